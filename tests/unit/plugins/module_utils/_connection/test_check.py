# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check before a change: which systems are read, with which keys, and what is left to do."""

from __future__ import annotations

import json
import typing as t

import pytest

from landscape.faults import Matching
from unit.plugins.checks import NOT_TODAY, NOTHING, Check, Result
from unit.plugins.connections import OTHER_SYSTEM, SECRET, ids

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape import Environment, Landscape


@pytest.mark.parametrize("preview", [True, False])
def test_first_check(check: Check, landscape: Landscape, environment: Environment, preview: bool) -> None:
    result = check(preview=preview)
    assert ids(result["findings"]) == (["certificate_missing"] if preview else [])
    assert result["in_sync"] is False
    assert result["plan"] == {"polled": False, "keeps": {}, "primary": "create", "secondary": "create"}
    assert (result["verification"], result["certificate"]) == (NOTHING, None)
    requests = landscape.requests(environment.name)
    zone = environment.service_key.credentials()["identityzone"]
    # One token each.
    assert sorted(item.host.split(".")[0] for item in requests if item.path.endswith("/token")) == ["de", zone]
    assert len({item.connection for item in requests}) == 3
    assert {item.method for item in requests if not item.path.endswith("/token")} == {"GET"}


def test_what_this_environment_connects(check: Check, environment: Environment) -> None:
    result = check()
    fsm = environment.inputs()["fsm"]
    assert result["connects"]["environment"] == "dev"
    assert result["connects"]["primary"] == {
        "Name": "FSM",
        "Type": "HTTP",
        "URL": fsm["url"],
        "Authentication": "OAuth2ClientCredentials",
        "tc.provider_type": "FSM",
        "tc.enabled": "true",
        "URL.headers.X-Account-ID": fsm["account_id"],
        "URL.headers.X-Company-ID": fsm["company_id"],
    }
    zone = environment.service_key.credentials()["identityzone"]
    assert result["connects"]["subaccount"].startswith(f"{zone}.authentication.")
    assert check("disconnect")["connects"] is None


def test_of_other_destinations_nothing_is_reported(check: Check, environment: Environment) -> None:
    whole = {"Type": "HTTP", "URL": "https://x.example", "mail.pass": SECRET, "Description": "0wn", "Password": SECRET}
    for name in ("FSM", "OTHER"):
        environment.subaccount.destinations[name] = {"Name": name, **whole}
    result = check()
    assert ids(result["findings"]) == ["name_in_use"]
    assert result["changes"]["primary"]["diff"][0]["before"]["Description"] == "0wn"
    assert SECRET not in str(result)
    assert "OTHER" not in str(result)


def test_only_what_is_needed_is_read(check: Check, landscape: Landscape, environment: Environment) -> None:
    assert check(check_client=False, check_metadata="no")["findings"] == []
    assert not [item for item in landscape.requests(environment.name) if item.host.endswith("fsm.cloud.sap")]


@pytest.mark.parametrize(
    "wrong, found",
    [
        ({"audience": None}, ["input_missing"]),
        ({"client_secret": "", "url": " "}, ["input_missing", "input_missing"]),
        ({"name": "", "company_id": 5}, ["input_not_text"]),
        ({"upload_gate": "enforced", "verify": "maybe"}, ["input_pattern", "input_pattern"]),
        # All at once, but for what depends on the state that nobody knows.
        ({"upload_gate": "enforced", "audience": None}, ["input_pattern", "input_missing"]),
        ({"state": "absnet", "audience": None}, ["input_pattern"]),
        ({"task_center_service_key": {"uaa": {}}}, ["task_center_token_missing", "service_key_unusable"]),
        ({"user_token": "no token at all"}, ["token_unusable"]),
    ],
)
@pytest.mark.parametrize("operation", ["connect", "audit", "check", "rotate_secret"])
def test_with_errors_in_the_values_no_system_is_read(
    check: Check, asked: t.Callable[[], list[str]], operation: str, wrong: Result, found: list[str]
) -> None:
    result = check(operation, **wrong)
    assert ids(result["findings"]) == found
    assert asked() == []
    assert (result["in_sync"], result["plan"], result["changes"]) == (False, {}, {})
    assert (result["verification"], result["connects"], result["certificate"]) == (NOTHING, None, None)


def test_values_and_service_keys_are_reported_at_once(check: Check, environment: Environment) -> None:
    key = {"clientid": "c"}
    result = check(service_key=key, task_center_service_key=environment.service_key.credentials(), audience=None)
    assert ids(result["findings"]) == [
        "input_missing",
        "task_center_token_missing",
        "service_key_unusable",
        "service_key_unusable",
    ]


def test_warnings_of_the_values_are_reported_with_the_rest(check: Check) -> None:
    audience = "https://us.fsm.cloud.sap/api/oauth2/v2/saml/acme/metadata"
    result = check(audience=audience, check_metadata=False)
    assert ids(result["findings"]) == ["cluster_differs"]
    assert result["plan"]["primary"] == "create"


def test_systems_that_cannot_be_read_are_findings(check: Check, environment: Environment, faults: t.Any) -> None:
    for path in ("*/subaccountDestinations", "*/saml2Metadata/certificate", "*/companies"):
        faults.add(NOT_TODAY, Matching(environment=environment.name, path=path))
    result = check(client_secret="wr0ng-s3cret")
    assert ids(result["findings"]) == ["system_not_readable", "system_not_readable", "client_refused"]
    assert "wr0ng-s3cret" not in str(result)
    assert (result["in_sync"], result["plan"]) == (False, {})


def test_check_is_identified(check: Check) -> None:
    """So that nobody takes what another check has found for its own."""
    assert len({check(audience=None)["check_id"] for _time in range(3)}) == 3


# Service keys.


def texts_of(result: Result) -> list[str]:
    """Return the texts of the findings."""
    return [one["text"] for one in result["findings"]]


@pytest.mark.parametrize("key", [None, "", "  "])
def test_missing_service_key_is_reported_with_what_to_do(check: Check, key: str | None) -> None:
    (text,) = texts_of(check(service_key=key))
    first, second, *_more = text.splitlines()
    assert first == "fsm_destination_service_key is not set. [service_key_unusable]"
    assert second == "So the Destination Service cannot be read."
    assert "pass its whole JSON as fsm_destination_service_key." in text


def test_service_keys_in_several_forms(check: Check, environment: Environment, tmp_path: Path) -> None:
    key = environment.service_key.credentials()
    file = tmp_path / "key.json"
    file.write_text(json.dumps(key), encoding="utf-8")
    for form in (key, json.dumps(key), str(file)):
        assert check(service_key=form)["findings"] == []


def test_file_that_cannot_be_read_is_named(check: Check, tmp_path: Path) -> None:
    (text,) = texts_of(check(service_key=f"{tmp_path}/wrong.json"))
    assert text.startswith(f"The file {tmp_path}/wrong.json, which fsm_destination_service_key names, cannot be read")


def test_service_keys_that_were_confused(check: Check, environment: Environment) -> None:
    own, other = environment.service_key.credentials(), environment.task_center.service_key()
    first, second = texts_of(check("pause", service_key=other, task_center_service_key=own))
    assert first.startswith("fsm_destination_service_key is one of SAP Task Center, not of the Destination Service.")
    assert second.startswith("fsm_task_center_service_key is one of the Destination Service, not of SAP Task Center.")
    for secret in (own["clientsecret"], other["uaa"]["clientsecret"]):
        assert secret not in first + second


def test_service_keys_of_two_subaccounts(check: Check, landscape: Landscape, asked: t.Callable[[], list[str]]) -> None:
    elsewhere = landscape.add_environment({}).task_center.service_key()
    result = check("check", task_center_service_key=elsewhere, task_center_refresh_token="x")
    assert ids(result["findings"]) == ["task_center_of_other_subaccount"]
    assert "is of the subaccount of" in result["findings"][0]["problem"]
    assert asked() == []


# Connections that are not to exist.


@pytest.mark.parametrize("operation", ["connect", "audit"])
def test_absent_turns_these_into_their_opposite(check: Check, connected: Result, operation: str) -> None:
    nothing = dict.fromkeys(("url", "account_id", "company_id", "client_id", "client_secret", "audience"))
    result = check(operation, state="absent", **nothing)
    assert (result["findings"], result["in_sync"]) == ([], False)
    assert result["plan"] == {"primary": "delete", "secondary": "delete"}
    assert result["connects"] is None


@pytest.mark.parametrize("operation", ["check", "rename", "rotate_secret"])
def test_absent_leaves_nothing_to_these(check: Check, asked: t.Callable[[], list[str]], operation: str) -> None:
    result = check(operation, state="absent", rename_from="OLD")
    assert ids(result["findings"]) == ["state_is_absent"]
    assert asked() == []


@pytest.mark.parametrize("operation", ["pause", "resume", "repopulate", "disconnect"])
@pytest.mark.parametrize("state", ["absent", "present"])
def test_state_does_not_matter_to_these(check: Check, connected: Result, operation: str, state: str) -> None:
    assert check(operation, state=state)["findings"] == []


def test_nothing_is_left_to_remove(check: Check) -> None:
    result = check(state="absent")
    assert (result["findings"], result["in_sync"], result["verification"]) == ([], True, NOTHING)
    assert result["row"] == {"environment": "dev", "primary": "FSM absent", "secondary": "FSM_PP absent"}


# Where it runs.


def test_folder_of_certificates_is_at_home_unless_one_is_named(
    check: Check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    by_default = f"{tmp_path}/fsm/host_vars/fsm-certificates/dev-<fingerprint>.pem"
    assert check(certificate_dir="")["certificate_path"] == by_default
    assert check(certificate_dir="/x", audience=None)["certificate_path"] == "/x/dev-<fingerprint>.pem"


def test_client_that_both_have_already_is_said_to_be_no_new_one(
    check: Check, environment: Environment, connected: Result
) -> None:
    assert "no_new_client" in ids(check("rotate_secret", **connected)["findings"])
    # Of what this run has written itself, it is not said.
    plan = {"primary": "update", "secondary": "update"}
    after: Result = {"plan": plan, "written_at": None, "reported": [], "tokens": {}}
    assert "no_new_client" not in ids(check("rotate_secret", after=after, **connected)["findings"])
    environment.subaccount.destinations["FSM"] |= {"clientSecret": "of-yesterday"}
    assert "no_new_client" not in ids(check("rotate_secret", **connected)["findings"])


def test_pair_of_another_system(check: Check, environment: Environment, connected: Result) -> None:
    changed = {**environment.subaccount.destinations["FSM"], **OTHER_SYSTEM}
    environment.subaccount.destinations["FSM"] = changed
    for operation in ("pause", "resume", "repopulate", "disconnect", "rotate_secret"):
        assert ids(check(operation)["findings"]) == ["destination_of_other_system"]
