# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow of a run: check, change, check again; what one inclusion of the role finds out says nothing of another."""

from __future__ import annotations

import typing as t

import pytest

from landscape.faults import Callback, Matching, Status
from operating import Connection
from prepared import connected

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator, Run, Variables

ROLE = "btp_ops.task_center.fsm"
NOT_FIRST = "inventory_hostname != 'a'"
# A user's token in the form of one, good for nothing: it expired in 2001 ("exp": 1000000000).
EXPIRED = "e30.eyJleHAiOiAxMDAwMDAwMDAwfQ.e30"


def play(**role: t.Any) -> list[dict[str, t.Any]]:
    """Return a play of one role."""
    return [{"hosts": "all", "gather_facts": False, "roles": [{"role": ROLE, **role}]}]


def tasks(*entries: dict[str, t.Any], **play_keys: t.Any) -> list[dict[str, t.Any]]:
    """Return a play of some tasks."""
    return [{"hosts": "all", "gather_facts": False, "tasks": list(entries), **play_keys}]


def writes(operator: Operator, environment: Environment) -> list[str]:
    """Return the requests for an environment that change something."""
    requests = operator.landscape.requests(environment.name)
    return [f"{one.method} {one.path}" for one in requests if one.method in ("PUT", "DELETE") or _creates(one)]


def _creates(request: t.Any) -> bool:
    return request.method == "POST" and "/destination-configuration/" in request.path


@pytest.mark.provokes("verification_failed")
def test_what_cannot_be_verified_is_no_reason_to_write(operator: Operator) -> None:
    """Task Center does not answer: the run fails for it, and takes none of the writing steps."""
    connection = Connection(operator, operator.environment())
    hosts = {"dev": connection.variables()}
    assert operator.play("connect_fsm", hosts).code == 0
    connection.refuse_to_report()
    operator.landscape.forget_requests()

    run = operator.play("connect_fsm", hosts)

    assert run.code == 2
    assert "So it is not known whether the connection works" in run.failure("dev")
    assert writes(operator, connection.environment) == []
    assert run.results("dev", "btp_destination") == []
    assert run.results("dev", "fsm_trust_cert") == []


@pytest.mark.provokes("changes_not_in_effect")
def test_what_somebody_else_changes_meanwhile_is_an_error(operator: Operator, uploaded: Environment) -> None:
    destinations = uploaded.subaccount.destinations

    def change(_arrival: t.Any) -> None:
        destinations["FSM"] |= {"ProxyType": "OnPremise"}

    lists = Matching(environment=uploaded.name, path="*/v1/subaccountDestinations", method="GET", origin="client")
    operator.landscape.faults.add(Callback(change), lists, nth=2)

    run = operator.play("connect_fsm", {"dev": operator.variables(uploaded)})

    assert run.code == 2
    assert "dev is not in sync although this run has just written it." in run.failure("dev")
    assert "What differs: FSM (ProxyType)." in run.failure("dev")


def test_what_the_list_shows_is_never_said_to_be_gone(operator: Operator) -> None:
    """Whatever the service answers to a request for a single destination."""
    bodies = {
        "json": '{"ErrorMessage":"Configuration with the specified name was not found"}',
        "text": "Configuration with the specified name was not found",
        "empty": "",
        "gateway": "<html>Not Found</html>",
    }
    environments = {name: connected(operator) for name in bodies}
    for name, body in bodies.items():
        single = Matching(environment=environments[name].name, path="*/v1/subaccountDestinations/*", origin="client")
        operator.landscape.faults.add(Status(404, body=body), single)
    hosts = {name: operator.variables(environment) for name, environment in environments.items()}

    run = operator.play("disconnect_fsm", hosts, "-e", "fsm_disconnect_confirm=4")

    for name, environment in environments.items():
        assert {"FSM", "FSM_PP"} <= set(environment.subaccount.destinations)
        words = "404" if name == "gateway" else "What differs: FSM (is there), FSM_PP (is there)."
        assert words in run.failure(name)


@pytest.mark.provokes("task_center_token_missing", "task_center_tokens_several", "token_unusable", "secrets_not_shown")
def test_what_would_fail_in_the_end_is_found_before_anything_is_written(operator: Operator) -> None:
    names = ("no-token", "two-tokens", "no-json-web-token", "expired", "secret")
    environments = {name: connected(operator) for name in names}
    hosts: dict[str, Variables] = {}
    for name, environment in environments.items():
        hosts[name] = operator.variables(environment, fsm_primary_properties={"Description": "new"})
    key = {name: environment.task_center.service_key() for name, environment in environments.items()}
    operator.secrets |= {"a-token-of-someone", "no token at all", EXPIRED.split(".")[1]}
    hosts["no-token"]["fsm_task_center_service_key"] = key["no-token"]
    hosts["two-tokens"] |= {
        "fsm_task_center_service_key": key["two-tokens"],
        "fsm_task_center_refresh_token": "a-token-of-someone",
        "fsm_task_center_user_token": "a-token-of-someone",
    }
    hosts["no-json-web-token"]["fsm_user_token"] = "no token at all"
    hosts["expired"]["fsm_user_token"] = EXPIRED
    # The service does not show it, so writing anything else would lose it.
    hosts["secret"]["fsm_update_secrets"] = "on_create"
    stored = environments["secret"].subaccount.destinations
    stored["FSM"] = {key: value for key, value in stored["FSM"].items() if key != "clientSecret"}
    before = {name: dict(environment.subaccount.destinations) for name, environment in environments.items()}

    run = operator.play("connect_fsm", hosts)

    assert run.code == 2
    for name, words in {
        "no-token": "fsm_task_center_service_key is set, and none of fsm_task_center_refresh_token_file",
        "two-tokens": "fsm_task_center_refresh_token and fsm_task_center_user_token are set.",
        "no-json-web-token": "fsm_user_token is no token.",
        "expired": "fsm_user_token has expired at 2001-09-09T01:46:40+00:00",
        "secret": "The Destination Service does not show clientSecret of destination FSM.",
    }.items():
        assert words in run.failure(name)
        assert dict(environments[name].subaccount.destinations) == before[name]


MISTYPED: dict[str, t.Any] = {
    "fsm_state": "presnt",
    "fsm_upload_gate": "enforced",
    "fsm_update_secrets": "sometimes",
    "fsm_check_client": "perhaps",
    "fsm_check_metadata": "2",
    "fsm_verify": "maybe",
    "fsm_task_center_wait": "soon",
    "fsm_task_center_refresh_seconds": "-1",
    "fsm_certificate_min_days": "thirty",
    "fsm_primary_properties": "Description=x",
    "fsm_secondary_properties": ["Description"],
}


def test_a_mistyped_value_is_reported_in_the_roles_words(operator: Operator, uploaded: Environment) -> None:
    hosts = {name.replace("_", "-"): operator.variables(uploaded, **{name: value}) for name, value in MISTYPED.items()}

    run = operator.play("connect_fsm", hosts)

    assert run.code == 2
    for name, value in MISTYPED.items():
        first, second, third = run.failure(name.replace("_", "-")).splitlines()
        assert first == f"{name} is '{value}'. [input_pattern]"
        assert second.startswith("It has to be ")
        assert third == "Correct it in the environment's variables."
    assert "argument_spec_data" not in run.output
    assert operator.landscape.requests(uploaded.name) == []


def test_values_may_be_text_and_blanks_are_not_set(operator: Operator, uploaded: Environment) -> None:
    """As extra vars and surveys give them."""
    blank = dict.fromkeys(("fsm_update_secrets", "fsm_upload_gate", "fsm_verify", "fsm_certificate_min_days"), "")
    text = {
        "fsm_primary_properties": '{"Description": "Field Service"}',
        "fsm_secondary_properties": "Description: of users",
        "fsm_uploaded_certificates": ",".join(operator.variables(uploaded)["fsm_uploaded_certificates"]),
        "fsm_check_metadata": "no",
        "fsm_certificate_dir": None,
    }

    run = operator.play("connect_fsm", {"dev": operator.variables(uploaded, **blank, **text)})

    assert run.code == 0
    destinations = uploaded.subaccount.destinations
    assert destinations["FSM"]["Description"] == "Field Service"
    assert destinations["FSM_PP"]["Description"] == "of users"
    assert list((operator.folder / "host_vars" / "fsm-certificates").glob("dev-*.pem")) != []


def test_one_inclusion_says_nothing_of_the_next(operator: Operator, uploaded: Environment) -> None:
    """Connected as one name, removed under another: the second summary knows nothing of the first."""
    include = {"ansible.builtin.include_role": {"name": ROLE}}
    show = {"ansible.builtin.debug": {"msg": "{{ fsm_connection.row }}"}}
    plays = tasks(
        include,
        {"name": "first", **show},
        {**include, "vars": {"fsm_name": "OTHER", "fsm_state": "absent"}},
        {"name": "second", **show},
    )

    run = operator.play(plays, {"dev": operator.variables(uploaded)})

    assert run.code == 0
    assert row(run, "first")["primary"] == "FSM created"
    assert row(run, "first")["unverified"] == "secondary, connector"
    assert row(run, "second") == {"environment": "dev", "primary": "OTHER absent", "secondary": "OTHER_PP absent"}


def row(run: Run, task: str) -> dict[str, t.Any]:
    """Return the row that a task has shown."""
    (found,) = (event["result"]["msg"] for event in run.events if event["task"] == task)
    return t.cast("dict[str, t.Any]", found)


CONDITIONS: dict[str, list[dict[str, t.Any]]] = {
    "role": play(when=NOT_FIRST),
    "import": tasks({"ansible.builtin.import_role": {"name": ROLE}, "when": NOT_FIRST}),
    "include": tasks({"ansible.builtin.include_role": {"name": ROLE}, "when": NOT_FIRST}),
    "block": tasks({"when": NOT_FIRST, "block": [{"ansible.builtin.import_role": {"name": ROLE}}]}),
}


@pytest.mark.core
@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.provokes("second_primary_in_inventory")
def test_a_condition_that_leaves_out_the_first_host(operator: Operator, condition: str) -> None:
    """The others are connected, and still compared with each other."""
    environments = {name: operator.environment() for name in ("a", "b", "c")}
    for environment in environments.values():
        environment.subaccount.trust.replace("active")
    hosts = {name: operator.variables(environment) for name, environment in environments.items()}
    # The same FSM system and subaccount as that of c, under another name.
    hosts["d"] = {**hosts["c"], "fsm_name": "TWICE"}

    run = operator.play(CONDITIONS[condition], hosts)

    assert run.code == 2
    assert {name for name in hosts if run.failed(name)} == {"c", "d"}
    assert "FSM" in environments["b"].subaccount.destinations
    assert "FSM" not in environments["a"].subaccount.destinations
    assert not {"FSM", "TWICE"} & set(environments["c"].subaccount.destinations)
