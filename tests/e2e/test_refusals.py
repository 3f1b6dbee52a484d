# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input, and what must not be removed or connected: named in words an operator understands; nothing is written."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from landscape.made_by_hand import expected_pair
from operator_at_work import ROOT
from prepared import mail_server

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator

# What is wrong, and words that the message has to hold.
BAD_INPUT: dict[str, tuple[dict[str, t.Any], tuple[str, ...]]] = {
    "no-url": ({"fsm_url": None}, ("fsm_url is not set",)),
    "no-account": ({"fsm_account_id": None}, ("fsm_account_id is not set",)),
    "no-company": ({"fsm_company_id": None}, ("fsm_company_id is not set",)),
    "no-client": ({"fsm_client_id": None}, ("fsm_client_id is not set",)),
    "empty-secret": ({"fsm_client_secret": ""}, ("fsm_client_secret is not set", "vaulted")),
    "no-audience": ({"fsm_audience": None}, ("fsm_audience is not set",)),
    "several": ({"fsm_url": None, "fsm_company_id": "x"}, ("fsm_url is not set", "fsm_company_id is 'x'")),
    "http": ({"fsm_url": "http://de.fsm.cloud.sap/cloud-approval-service/api"}, ("fsm_url", "https://{cluster}")),
    "slash": ({"fsm_url": "https://de.fsm.cloud.sap/cloud-approval-service/api/"}, ("without a slash",)),
    "foreign-host": ({"fsm_url": "https://de.example.com/cloud-approval-service/api"}, ("fsm_url is",)),
    "letters": ({"fsm_account_id": "65432x"}, ("fsm_account_id is '65432x'", "digits")),
    "unquoted": ({"fsm_company_id": 83}, ("fsm_company_id is a number", "quotes")),
    "long-name": ({"fsm_name": "F" * 65}, ("fsm_name is", "64")),
    "dotted-name": ({"fsm_name": "FSM.1"}, ("fsm_name is 'FSM.1'",)),
    "service-name": (
        {"fsm_name": "Identity_Authentication_Connectivity_IDS"},
        ("fsm_name is Identity_Authentication_Connectivity_IDS", "initial setup"),
    ),
    "pp-name": ({"fsm_name": "FSM_PP"}, ("ends with _PP",)),
    "audience": ({"fsm_audience": "saml test"}, ("fsm_audience is 'saml test'", "metadata")),
    "spaces": ({"fsm_client_id": "abc "}, ("fsm_client_id begins or ends with white space",)),
    "pull-days": ({"fsm_primary_properties": {"tc.inbox.pull.days": 181}}, ("tc.inbox.pull.days is 181", "180")),
    "notifications": (
        {"fsm_primary_properties": {"tc.notifications.enabled": "yes"}},
        ("tc.notifications.enabled is yes", "true or false"),
    ),
    "language": ({"fsm_primary_properties": {"tc.ui.label.de-AT": "x"}}, ("no language de-AT", "de-DE")),
    "unknown-tc": ({"fsm_primary_properties": {"tc.enable": "true"}}, ("tc.enable is no property",)),
    "set-by-role": ({"fsm_primary_properties": {"URL": "https://example.com"}}, ("sets URL", "The role derives")),
    "other-case": ({"fsm_primary_properties": {"clientid": "x"}}, ("sets clientid", "as clientId")),
    "trust-all": ({"fsm_primary_properties": {"TrustAll": True}}, ("sets TrustAll", "TLS verification")),
    "secret-setting": (
        {"fsm_primary_secret_properties": {"tc.ui.label": "x"}},
        ("fsm_primary_secret_properties sets tc.ui.label", "no secrets"),
    ),
    "polled-twice": ({"fsm_secondary_properties": {"tc.enabled": "true"}}, ("sets tc.enabled", "poll the secondary")),
    "float": ({"fsm_secondary_properties": {"HTML5.Version": 1.0}}, ("HTML5.Version is the number 1.0", "quote")),
    "secret": ({"fsm_secondary_properties": {"Password": "p"}}, ("Password is the name of a secret",)),
    "fingerprint": ({"fsm_uploaded_certificates": ["AB:CD"]}, ("fsm_uploaded_certificates is 'AB:CD'", "64")),
    "choice": ({"fsm_upload_gate": "open"}, ("fsm_upload_gate", "enforce")),
    "no-key": (
        {"fsm_destination_service_key": None},
        ("fsm_destination_service_key is not set.", "Create a service key"),
    ),
    "no-file": (
        {"fsm_destination_service_key": "/no/such/key.json"},
        ("The file /no/such/key.json, which fsm_destination_service_key names, cannot be read: No such file",),
    ),
    "vaulted": (
        {"fsm_destination_service_key": "$ANSIBLE_VAULT;1.1;AES256\n3162\n"},
        ("fsm_destination_service_key is encrypted with Ansible Vault, and was not decrypted.", "unvault"),
    ),
    "no-json": ({"fsm_destination_service_key": "{clientid: x"}, ("fsm_destination_service_key is not valid JSON.",)),
    "other-key": (
        {"fsm_task_center_service_key": {"clientid": "c", "uri": "https://destination.example"}},
        ("fsm_task_center_service_key is one of the Destination Service, not of SAP Task Center.",),
    ),
}


@pytest.mark.core
@pytest.mark.provokes(
    "service_key_unusable",
    "input_missing",
    "input_not_text",
    "input_spaces",
    "input_pattern",
    "name_is_secondary",
    "name_of_service",
    "property_set_by_role",
    "property_forbidden",
    "property_value",
)
def test_bad_input_is_refused_before_any_request(operator: Operator, uploaded: Environment) -> None:
    hosts = {name: operator.variables(uploaded, **changes) for name, (changes, _words) in BAD_INPUT.items()}

    run = operator.play("connect_fsm", hosts)

    assert run.code == 2
    for name, (_changes, words) in BAD_INPUT.items():
        for word in words:
            assert word in _everything_reported(run, name), f"{name}: {word}"
    assert operator.landscape.requests(uploaded.name) == []


def entry_points() -> list[str]:
    """Return the entry points of the role fsm that a playbook of the operator may use."""
    specs = (ROOT / "roles" / "fsm" / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    return [name for name in yaml.safe_load(specs)["argument_specs"] if not name.endswith("_report")]


def play_of(entry_point: str) -> dict[str, t.Any]:
    """Return a play that uses an entry point for the host of its name."""
    role = {"name": "btp_ops.task_center.fsm", "tasks_from": entry_point}
    # An audit leaves what it finds to the report on all environments.
    report = {
        "name": "Report the findings",
        "btp_ops.task_center.fsm_findings": {"findings": "{{ fsm_connection.findings }}"},
    }
    block = [{"name": "Use the entry point", "ansible.builtin.import_role": role}, report]
    # For the plays that follow.
    rescue = [{"name": "Continue", "ansible.builtin.meta": "noop"}]
    tasks = [{"name": "Use and report", "block": block, "rescue": rescue}]
    return {"hosts": entry_point, "gather_facts": False, "tasks": tasks}


@pytest.mark.core
def test_wrong_variable_is_reported_in_the_same_words_at_every_entry_point(
    operator: Operator, uploaded: Environment
) -> None:
    """Although each variable is documented at one of them only."""
    wrong = {"fsm_upload_gate": "enforced", "fsm_adopt_overwrite": "perhaps", "fsm_rename_from": "OLD"}
    hosts = dict.fromkeys(entry_points(), operator.variables(uploaded, **wrong))
    operator.landscape.forget_requests()

    run = operator.play([play_of(name) for name in hosts], hosts)

    for name in hosts:
        assert "input_pattern" in run.reported(name), name
        variable = "fsm_adopt_overwrite is 'perhaps'" if name == "adopt" else "fsm_upload_gate is 'enforced'"
        assert run.failure(name).startswith(variable), name
    assert operator.landscape.requests(uploaded.name) == []


def _everything_reported(run: t.Any, host: str) -> str:
    """Return a failure's message and, for argument specs, the errors next to it."""
    results = [event["result"] for event in run.events if event["host"] == host and event["status"] == "failed"]
    return "\n".join(f"{result['msg']} {result.get('argument_errors', '')}" for result in results)


@pytest.mark.provokes("removal_of_other_system", "destination_of_other_system")
def test_only_destinations_to_fsm_are_removed(operator: Operator, environment: Environment) -> None:
    environment.subaccount.destinations["FSM"] = mail_server("FSM")
    other = operator.environment()
    pair = expected_pair(other)
    for destination in pair:
        other.subaccount.destinations[destination["Name"]] = destination

    hosts = {
        "dev": operator.variables(environment),
        "other": operator.variables(other, fsm_company_id="4711"),
        # Not a word of where it leads to, so its name is enough.
        "key": operator.variables(other, fsm_url=None),
    }
    run = operator.play("disconnect_fsm", {name: hosts[name] for name in ("dev", "other")}, "--check")

    assert "Destination FSM_PP leads to another FSM system" in run.failure("other")
    assert (other.subaccount.destinations["FSM"], other.subaccount.destinations["FSM_PP"]) == pair
    assert operator.play("disconnect_fsm", {"key": hosts["key"]}, "--check").changed("key")
    assert (
        "Destination FSM leads to mail.example.com. [removal_of_other_system]\nIt is no destination to FSM"
        in run.failure("dev")
    )
    assert environment.subaccount.destinations["FSM"] == mail_server("FSM")


@pytest.mark.provokes("second_primary_in_inventory")
def test_clash_is_found_behind_a_host_that_is_to_be_absent_and_texts_are_booleans(
    operator: Operator, uploaded: Environment
) -> None:
    variables = operator.variables(uploaded)
    hosts = {
        # Counts for nobody, and its state is not that of the others.
        "gone": {**variables, "fsm_name": "GONE", "fsm_state": "absent"},
        "one": {**variables, "fsm_client_secret": "not-to-be-tried-1"},
        "two": {**variables, "fsm_name": "OTHER_NAME"},
        "alone": operator.variables(
            operator.environment(), fsm_client_secret="not-to-be-tried-2", fsm_upload_gate="warn"
        ),
    }
    operator.secrets |= {"not-to-be-tried-1", "not-to-be-tried-2"}
    operator.landscape.forget_requests()
    switched_off = [f"fsm_{name}=false" for name in ("verify", "check_client", "check_metadata")]

    run = operator.play("connect_fsm", hosts, *(word for text in switched_off for word in ("-e", text)))

    assert run.code == 2
    assert run.failure("one").startswith("two connects the same FSM system")
    assert run.failure("two").startswith("one connects the same FSM system")
    assert "GONE" not in uploaded.subaccount.destinations
    assert "FSM" not in uploaded.subaccount.destinations
    # Neither the client nor the metadata were tried, nor was anything verified with the wrong secret.
    assert run.changed("alone")
    assert [one.path for one in operator.landscape.requests() if one.host.endswith("fsm.cloud.sap")] == []


@pytest.mark.provokes("destination_changes_system")
def test_two_fsm_systems_in_one_subaccount(operator: Operator, uploaded: Environment) -> None:
    other = operator.environment()
    first = operator.variables(uploaded)
    key, certificates = first["fsm_destination_service_key"], first["fsm_uploaded_certificates"]
    second = operator.variables(
        other, fsm_destination_service_key=key, fsm_uploaded_certificates=certificates, fsm_name="FSM2"
    )

    run = operator.play("connect_fsm", {"one": first, "two": second})

    assert run.code == 0
    destinations = uploaded.subaccount.destinations
    assert {"FSM", "FSM_PP", "FSM2", "FSM2_PP"} <= set(destinations)
    assert destinations["FSM2_PP"]["URL.headers.X-Account-ID"] == other.fsm_account.id
    assert not operator.play("connect_fsm", {"one": first, "two": second}).changed("two")

    # The other one is not in the run, and so not compared with; its properties show that it is another connection's.
    before = dict(destinations)
    alone = operator.play("connect_fsm", {"one": first, "two": {**second, "fsm_name": "FSM"}}, "--limit", "two")
    assert alone.reported("two") == {"second_primary", "destination_changes_system"}
    assert "Destination FSM leads to another FSM system" in alone.failure("two")
    assert dict(destinations) == before
