# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check before and after a change: which systems are read, what is left to do, and what is verified."""

from __future__ import annotations

import json
import time
import typing as t
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import is_secret
from ansible_collections.btp_ops.task_center.plugins.modules import fsm_connection_info
from landscape.faults import Matching, Status
from landscape.logon import log_on
from landscape.made_by_hand import expected_pair
from unit.plugins.connections import OTHER_SYSTEM, SECRET, connect, ids, logons, variables

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape import Environment, Landscape

Result = dict[str, t.Any]
Check = t.Callable[..., Result]

CONNECTORS = "/inbox/v1/connectors"
DAY = 24 * 60 * 60  # seconds
NOT_TODAY = Status(403, body="Not today.")
JUST_NOW: Result = {"plan": {}, "written_at": None}
NOTHING: Result = {"primary": {}, "secondary": {}, "task_center": {}}


@pytest.fixture
def check(run: t.Callable[..., t.Any], environment: Environment, tmp_path: Path) -> Check:
    """Check the environment for an operation; what is given next to its options are variables that differ."""

    def checked(operation: str = "connect", preview: bool = False, **given: t.Any) -> Result:
        names = ("after", "destination", "service_key", "retries")
        options = {name: given.pop(name) for name in names if name in given}
        connection = variables(environment, **{"certificate_dir": str(tmp_path), **given})
        outcome = run(
            fsm_connection_info, preview, environment="dev", operation=operation, connection=connection, **options
        )
        assert (outcome.changed, outcome.diff) == (False, [])
        return {**outcome.facts, **outcome.decisions, "warnings": outcome.warnings}

    return checked


@pytest.fixture
def connected(landscape: Landscape, environment: Environment, tmp_path: Path) -> Result:
    """An environment that is connected, its certificate in its file; returns what declares it as uploaded."""
    fingerprint = connect(landscape, environment)
    active = environment.subaccount.trust.active
    assert active
    (tmp_path / "dev.pem").write_text(active.pem, encoding="ascii")
    (tmp_path / "dev.pem").chmod(0o644)
    landscape.forget_requests()
    return {"uploaded_certificates": [fingerprint]}


@pytest.fixture
def faults(landscape: Landscape) -> t.Iterator[t.Any]:
    """The landscape's faults, switched off afterwards."""
    yield landscape.faults
    landscape.faults.clear()


@pytest.fixture
def asked(landscape: Landscape, environment: Environment) -> t.Callable[[], list[str]]:
    """Return the paths of the requests."""
    landscape.forget_requests()
    return lambda: [item.path for item in landscape.requests(environment.name)]


# What btp_destination returns of a destination that it has verified.
VERIFIED = {"obtained": True, "fresh": True, "doubt": "", "found_at": "subaccount", "differing_properties": []}


def done(result: Result, written_at: t.Any = None) -> Result:
    """Return what a run reports of its changes that a check has planned."""
    return {"after": {"plan": result["plan"], "written_at": written_at}}


# Which systems are read.


@pytest.mark.parametrize("preview", [True, False])
def test_first_check(check: Check, landscape: Landscape, environment: Environment, preview: bool) -> None:
    result = check(preview=preview)
    assert ids(result["findings"]) == (["certificate_none"] if preview else [])
    assert result["in_sync"] is False
    assert result["plan"] == {"polled": False, "primary": "create", "secondary": "create"}
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


# What is verified.


def test_connection_that_works(check: Check, landscape: Landscape, environment: Environment, connected: Result) -> None:
    tokens = logons(landscape, environment)
    landscape.forget_requests()
    result = check(**connected, **tokens)
    assert (result["findings"], result["in_sync"]) == ([], True)
    assert result["plan"] == {"polled": True, "primary": "none", "secondary": "none"}
    verification = result["verification"]
    assert verification["primary"]["token"]["obtained"]
    assert verification["secondary"]["token"]["obtained"]
    assert verification["task_center"]["reached"]
    assert not [item for item in landscape.requests(environment.name) if item.method not in ("GET", "POST")]
    for secret in (environment.fsm_client.secret, tokens["user_token"], tokens["task_center_user_token"]):
        assert secret not in str(result)
    fingerprint = connected["uploaded_certificates"][0]
    assert result["certificate"]["fingerprint"] == fingerprint
    assert result["row"].pop("days") in (729, 730)
    assert result["row"] == {
        "environment": "dev",
        "primary": "FSM unchanged",
        "secondary": "FSM_PP unchanged",
        "verified": "primary,secondary,connector",
        "not verified": "-",
        "certificate": fingerprint[:11],
    }


def test_what_nobody_lets_verify_is_reported(check: Check, connected: Result) -> None:
    result = check(**connected)
    assert result["in_sync"] is True
    assert ids(result["findings"]) == ["user_propagation_unverified", "task_center_unverified"]
    assert (result["row"]["verified"], result["row"]["not verified"]) == ("primary", "secondary,connector")


def test_verifying_can_be_switched_off(check: Check, connected: Result, asked: t.Callable[[], list[str]]) -> None:
    result = check(**connected, verify=False, user_token="no token at all")
    assert (result["findings"], result["in_sync"], result["verification"]) == ([], True, NOTHING)
    assert not [path for path in asked() if "/destinations/" in path]


def test_connection_that_does_not_work(check: Check, environment: Environment, connected: Result) -> None:
    """It is as it was set, and wrong: nothing to write."""
    for destination in expected_pair(environment):
        wrong = {key: SECRET if is_secret(key) else value for key, value in destination.items()}
        environment.subaccount.destinations[destination["Name"]] = wrong
    result = check(**connected, check_client=False, client_secret=SECRET)
    assert result["in_sync"] is True
    assert ids(result["findings"])[0] == "primary_without_token"
    assert SECRET not in str(result)


def test_system_that_cannot_verify_is_no_reason_to_write(
    check: Check, environment: Environment, connected: Result, faults: t.Any
) -> None:
    fault = faults.add(NOT_TODAY, Matching(environment=environment.name, path="*/FSM"))
    result = check(**connected)
    assert fault.struck == 1
    assert result["in_sync"] is True
    first = result["findings"][0]
    assert (first["id"], first["severity"]) == ("verification_failed", "error")
    assert result["verification"]["primary"]["failed"]


def test_task_center_that_does_not_answer_is_no_reason_to_write(
    check: Check, landscape: Landscape, environment: Environment, connected: Result, faults: t.Any
) -> None:
    tokens = logons(landscape, environment)
    faults.add(NOT_TODAY, Matching(environment=environment.name, system="task-center"))
    result = check(**connected, **tokens)
    assert result["in_sync"] is True
    assert [(one["id"], one["severity"]) for one in result["findings"]] == [("verification_failed", "error")]
    assert result["row"]["verified"] == "primary,secondary"


def test_tokens_that_have_expired_are_found_before_anything_is_written(
    check: Check, landscape: Landscape, environment: Environment, connected: Result
) -> None:
    tokens = logons(landscape, environment)
    landscape.clock.advance(DAY)
    try:
        result = check(**connected, **tokens)
        unused = check(**connected, **tokens, verify=False)
    finally:
        landscape.clock.advance(-DAY)
    assert ids(result["findings"]) == ["token_unusable"] * 2
    assert [one["problem"].split(" at ")[0] for one in result["findings"]] == [
        "fsm_user_token has expired",
        "fsm_task_center_user_token has expired",
    ]
    assert result["verification"] == NOTHING
    assert unused["findings"] == []


@pytest.mark.parametrize("name", ["FSM", "FSM_PP"])
def test_what_differs_is_planned_and_not_verified(
    check: Check, environment: Environment, connected: Result, asked: t.Callable[[], list[str]], name: str
) -> None:
    changes = {"tokenServiceUser": "another", "tokenServicePassword": SECRET}
    environment.subaccount.destinations[name] = {**environment.subaccount.destinations[name], **changes}
    result = check(**connected)
    planned = result["changes"]["secondary" if name == "FSM_PP" else "primary"]
    assert (result["findings"], result["in_sync"], result["verification"]) == ([], False, NOTHING)
    assert planned["action"] == "update"
    assert planned["changed_properties"] == ["tokenServicePassword", "tokenServiceUser"]
    assert planned["diff"][0]["before"]["tokenServiceUser"] == "another"
    assert SECRET not in str(result)
    assert not [path for path in asked() if "/destinations/" in path]


def test_nothing_is_verified_where_something_is_wrong(
    check: Check, connected: Result, asked: t.Callable[[], list[str]]
) -> None:
    result = check()
    assert ids(result["findings"]) == ["certificate_not_uploaded"]
    assert (result["in_sync"], result["verification"]) == (True, NOTHING)
    assert not [path for path in asked() if "/destinations/" in path]


def test_subaccount_without_certificate_is_not_in_sync(
    check: Check, environment: Environment, connected: Result
) -> None:
    environment.subaccount.trust.active = None
    result = check(**connected)
    assert (result["findings"], result["in_sync"]) == ([], False)
    assert result["row"]["certificate"] == result["row"]["days"] == "-"


def test_certificate_that_is_in_no_file_is_not_in_sync(check: Check, connected: Result, tmp_path: Path) -> None:
    (tmp_path / "dev.pem").unlink()
    result = check(**connected)
    assert (result["findings"], result["in_sync"]) == ([], False)
    assert result["certificate_path"] == f"{tmp_path}/dev.pem"
    assert not (tmp_path / "dev.pem").exists()


@pytest.mark.parametrize("path", ["*/subaccountDestinations", "*/saml2Metadata/certificate"])
def test_nobody_is_in_sync_who_was_not_seen(
    check: Check, environment: Environment, connected: Result, faults: t.Any, path: str
) -> None:
    faults.add(NOT_TODAY, Matching(environment=environment.name, path=path))
    result = check(**connected)
    assert result["in_sync"] is False
    assert ids(result["findings"]) == ["system_not_readable"]


def test_update_that_would_be_refused_is_one_finding(check: Check, environment: Environment, connected: Result) -> None:
    existing = environment.subaccount.destinations["FSM"]
    without = {key: value for key, value in existing.items() if key != "clientSecret"}
    environment.subaccount.destinations["FSM"] = {**without, "URL.headers.X-Client-Version": "0.9"}
    result = check(**connected, update_secrets="on_create")
    assert ids(result["findings"]) == ["secrets_not_shown"]
    assert "fsm_client_secret" in result["findings"][0]["remedy"]
    assert result["in_sync"] is False
    assert result["changes"]["secondary"]["action"] == "none"


@pytest.mark.parametrize("operation", ["check", "audit"])
def test_check_and_audit_verify_nothing(
    check: Check, connected: Result, asked: t.Callable[[], list[str]], operation: str
) -> None:
    result = check(operation, **connected)
    assert (result["findings"], result["in_sync"], result["verification"]) == ([], True, NOTHING)
    assert not [path for path in asked() if "/destinations/" in path]
    assert ("audit" in result) is (operation == "audit")
    assert set(result["row"]) == {"environment", "certificate", "days"}


def test_audit(check: Check, environment: Environment, connected: Result) -> None:
    assert check("audit", **connected)["audit"]["status"] == "in sync"
    environment.subaccount.destinations["FSM"] = {**environment.subaccount.destinations["FSM"], "URL": "https://x"}
    report = check("audit", **connected)["audit"]
    assert (report["status"], report["differences"]) == ("drifted", "FSM: URL")
    del environment.subaccount.destinations["FSM_PP"]
    assert check("audit", **connected)["audit"]["status"] == "missing"
    assert check("audit", audience=None)["audit"]["status"] == "failed"
    assert check("audit", **connected, state="absent")["audit"]["status"] == "drifted"


# After a change.


def test_changes_that_are_in_effect(
    check: Check, landscape: Landscape, environment: Environment, tmp_path: Path
) -> None:
    before = check()
    fingerprint = connect(landscape, environment)
    active = environment.subaccount.trust.active
    assert active
    (tmp_path / "dev.pem").write_text(active.pem, encoding="ascii")
    (tmp_path / "dev.pem").chmod(0o644)
    result = check(uploaded_certificates=fingerprint, **done(before))
    assert result["in_sync"] is True
    assert ids(result["findings"]) == ["user_propagation_unverified", "task_center_unverified"]
    assert (result["row"]["primary"], result["row"]["secondary"]) == ("FSM created", "FSM_PP created")
    assert result["verification"]["primary"]["token"]["obtained"]


def test_changes_that_are_not_in_effect_are_an_error(check: Check, environment: Environment, connected: Result) -> None:
    before = check(**connected)
    changed = {**environment.subaccount.destinations["FSM"], "tokenServiceUser": "another"}
    environment.subaccount.destinations["FSM"] = changed
    result = check(**connected, **done(before))
    assert [(one["id"], one["severity"]) for one in result["findings"]] == [("changes_not_in_effect", "error")]
    assert result["findings"][0]["problem"].startswith("dev is not in sync")
    assert (result["in_sync"], result["verification"]) == (False, NOTHING)


def test_what_could_not_be_read_after_a_change_is_an_error_of_its_own(
    check: Check, environment: Environment, connected: Result, faults: t.Any
) -> None:
    before = check(**connected)
    faults.add(NOT_TODAY, Matching(environment=environment.name, path="*/subaccountDestinations"))
    result = check(**connected, **done(before))
    assert ids(result["findings"]) == ["system_not_readable"]
    assert result["in_sync"] is False


def test_copy_that_a_killed_run_has_left_is_something_to_do(
    check: Check, environment: Environment, connected: Result
) -> None:
    instance = environment.subaccount.instance_destinations
    for minutes, in_sync in ((5, True), (15, False)):
        made = datetime.now(timezone.utc) - timedelta(minutes=minutes)
        name = f"btp-ops-token-check-{made:%Y%m%dT%H%M%SZ}-0123456789abcdef"
        copied = {key: value for key, value in environment.subaccount.destinations["FSM"].items() if key[:3] != "tc."}
        instance[name] = {**copied, "Name": name}
        for operation in ("connect", "check"):
            result = check(**connected, operation=operation)
            assert result["in_sync"] is (in_sync or operation == "check")
            # It is none of the connection's.
            assert {one for one in ids(result["findings"]) if not one.endswith("_unverified")} == set()
        assert check(**connected, verify=False)["in_sync"]


@pytest.mark.parametrize(
    "given, finding_ids, verified",
    [
        ({}, [], "primary"),
        ({"fresh": False, "doubt": "it may be old"}, ["token_possibly_cached"], "-"),
        ({"obtained": False, "fresh": False, "error": "401"}, ["primary_without_token"], "-"),
        ({"obtained": False, "fresh": False, "found_at": "instance"}, ["found_in_instance"], "-"),
        ({"differing_properties": ["URL"]}, ["token_possibly_outdated"], "-"),
        (None, ["token_possibly_cached"], "-"),
    ],
)
def test_what_the_tasks_have_verified_is_not_tried_again(
    check: Check,
    landscape: Landscape,
    environment: Environment,
    connected: Result,
    given: Result | None,
    finding_ids: list[str],
    verified: str,
) -> None:
    before = check(**connected)
    tokens = {} if given is None else {"primary": {**VERIFIED, "error": "", **given}}
    landscape.forget_requests()
    result = check(**connected, after={"plan": before["plan"], "written_at": time.time(), "tokens": tokens})
    found = [one for one in ids(result["findings"]) if not one.endswith("_unverified")]
    assert (found, result["row"]["verified"]) == (finding_ids, verified)
    asked = [one.path for one in landscape.requests(environment.name) if "/v1/destinations/" in one.path]
    assert len(asked) == (given is None)


@pytest.mark.parametrize(
    "ago, refresh, wait, polled, waited",
    [
        (0, 90, 300, True, 90),
        (40, 90, 300, True, 50),
        (0, 90, 60, True, 60),
        (100, 90, 300, True, 0),
        # Of what Task Center did not poll before, it reports nothing, which is waited for anyway.
        (0, 90, 300, False, 0),
    ],
)
def test_task_center_is_read_once_it_has_reread_the_destinations(
    check: Check,
    landscape: Landscape,
    environment: Environment,
    connected: Result,
    monkeypatch: pytest.MonkeyPatch,
    waits: list[float],
    ago: float,
    refresh: int,
    wait: int,
    polled: bool,
    waited: float,
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    given = {
        **connected,
        **logons(landscape, environment),
        "task_center_refresh_seconds": refresh,
        "task_center_wait": wait,
    }
    plan = {"primary": "update", "secondary": "none", "polled": polled}
    # As text, as ansible-core before 2.19 hands it over.
    for written_at in (now - ago, str(now - ago)):
        waits.clear()
        tokens = {"primary": VERIFIED, "secondary": VERIFIED}
        result = check(**given, after={"plan": plan, "written_at": written_at, "tokens": tokens})
        assert result["findings"] == []
        assert sum(waits) == pytest.approx(waited)


def test_without_a_time_of_the_change_it_counts_as_just_made(
    check: Check,
    landscape: Landscape,
    environment: Environment,
    connected: Result,
    monkeypatch: pytest.MonkeyPatch,
    waits: list[float],
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    given = {**connected, **logons(landscape, environment), "task_center_wait": 300}
    for nothing in (None, ""):
        waits.clear()
        check(**given, task_center_refresh_seconds=70, after={"plan": {"polled": True}, "written_at": nothing})
        assert sum(waits) == pytest.approx(70)


def test_first_check_does_not_wait(
    check: Check, landscape: Landscape, environment: Environment, connected: Result, waits: list[float]
) -> None:
    assert check(**connected, **logons(landscape, environment))["findings"] == []
    assert sum(waits) == 0


# Waiting for Task Center.


def test_connector_that_is_gone(
    check: Check, landscape: Landscape, environment: Environment, waits: list[float]
) -> None:
    result = check("await_removal", destination="FSM", after=JUST_NOW, **logons(landscape, environment))
    assert result["findings"] == []
    assert result["verification"]["task_center"]["reached"] is True
    assert sum(waits) == 0


def test_connector_that_does_not_go(
    check: Check, landscape: Landscape, environment: Environment, connected: Result, waits: list[float]
) -> None:
    given = {**logons(landscape, environment), "task_center_wait": 25}
    after: Result = {"plan": {}, "written_at": time.time()}
    (finding,) = check("await_removal", destination="FSM", after=after, **given)["findings"]
    assert (finding["id"], finding["severity"]) == ("connector_not_removed", "error")
    assert "25 seconds after" in finding["problem"]
    assert waits == [10, 10, 5]


def test_removal_that_cannot_be_verified_is_an_error(
    check: Check, landscape: Landscape, environment: Environment, faults: t.Any
) -> None:
    tokens = logons(landscape, environment)
    faults.add(NOT_TODAY, Matching(environment=environment.name, system="task-center"))
    (finding,) = check("await_removal", destination="FSM", after=JUST_NOW, **tokens)["findings"]
    assert (finding["id"], finding["severity"]) == ("verification_failed", "error")


@pytest.mark.parametrize("written_at", [None, "now"])
def test_removal_is_waited_for_without_access_to_task_center(
    check: Check,
    monkeypatch: pytest.MonkeyPatch,
    waits: list[float],
    asked: t.Callable[[], list[str]],
    written_at: str | None,
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    after: Result = {"plan": {}, "written_at": written_at and now - 20}
    result = check("await_removal", destination="OLD", after=after, task_center_refresh_seconds=90)
    assert [(one["id"], one["severity"]) for one in result["findings"]] == [("connector_unverified", "warning")]
    assert "connector of OLD is removed; this run has waited 90 seconds" in result["findings"][0]["problem"]
    assert waits == [pytest.approx(70 if written_at else 90)]
    assert asked() == []


def test_with_errors_in_the_values_nobody_waits(
    check: Check, waits: list[float], asked: t.Callable[[], list[str]]
) -> None:
    result = check("await_removal", destination="FSM", after=JUST_NOW, task_center_refresh_seconds="long")
    assert ids(result["findings"]) == ["input_pattern"]
    assert (waits, asked()) == ([], [])


def test_repopulation_begins_only_if_task_center_can_be_read(
    check: Check, landscape: Landscape, environment: Environment, connected: Result, faults: t.Any
) -> None:
    tokens = logons(landscape, environment)
    assert check("repopulate", **tokens)["findings"] == []
    faults.add(NOT_TODAY, Matching(environment=environment.name, system="task-center"))
    (finding,) = check("repopulate", **tokens)["findings"]
    assert (finding["id"], finding["severity"]) == ("task_center_not_readable", "error")


def test_refresh_token_that_is_renewed_each_time_would_be_lost(
    check: Check, landscape: Landscape, environment: Environment, connected: Result, faults: t.Any, tmp_path: Path
) -> None:
    key = environment.task_center.service_key()
    answer = log_on(landscape, key["uaa"], environment.users[0])
    renewed = json.dumps({**answer, "refresh_token": "renewed-r3fresh-token"})
    own = Matching(system="xsuaa", environment=environment.name, path="/oauth/token")

    def repopulating(**token: str) -> Result:
        # The first token is that of the Destination Service.
        faults.add(Status(200, body=renewed, content_type="application/json"), own, nth=2, times=1)
        return check("repopulate", task_center_service_key=key, **token)

    result = repopulating(task_center_refresh_token=answer["refresh_token"])
    assert ids(result["findings"]) == ["refresh_token_renewed"]
    assert "renewed-r3fresh-token" not in str(result)
    faults.clear()
    # In a file each new one is kept.
    file = tmp_path / "refresh-token"
    file.write_text(answer["refresh_token"], encoding="ascii")
    assert repopulating(task_center_refresh_token_file=str(file))["findings"] == []
    assert file.read_text(encoding="ascii").strip() == "renewed-r3fresh-token"


@pytest.mark.parametrize(
    "enabled, status, found",
    [
        ("true", "OK", []),
        ("true", "PAUSED", ["connector_paused"]),
        # It is paused on purpose.
        ("false", "PAUSED", ["repopulation_paused"]),
        ("false", None, ["repopulation_paused", "connector_missing"]),
        ("true", None, ["connector_missing"]),
    ],
)
def test_connector_that_has_to_be_back(
    check: Check,
    landscape: Landscape,
    environment: Environment,
    connected: Result,
    faults: t.Any,
    enabled: str,
    status: str | None,
    found: list[str],
) -> None:
    environment.subaccount.destinations["FSM"] = {**environment.subaccount.destinations["FSM"], "tc.enabled": enabled}
    jobs = [{"jobType": "INITIAL", "status": "OK"}]
    connectors = [{"name": "FSM", "status": status, "jobs": jobs}] if status else []
    matching = Matching(system="task-center", path=CONNECTORS, environment=environment.name)
    faults.add(Status(200, body=json.dumps(connectors), content_type="application/json"), matching)
    plan = {"value": enabled, "removes": True}
    result = check("repopulate", **logons(landscape, environment), after={"plan": plan, "written_at": None})
    assert ids(result["findings"]) == found
    assert result["in_sync"] is True


def test_connector_without_access_to_task_center(check: Check, connected: Result) -> None:
    result = check("repopulate", after={"plan": {"value": "true", "removes": True}, "written_at": None})
    assert ids(result["findings"]) == ["connector_unverified"]
    assert "is back" in result["findings"][0]["problem"]
    assert result["row"]["task cache"] == "not verified"


# Where it runs.


def test_folder_of_certificates_is_below_where_the_playbook_was_started(
    check: Check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert check(certificate_dir="")["certificate_path"] == f"{tmp_path}/fsm-certificates/dev.pem"
    assert check(certificate_dir="/x", audience=None)["certificate_path"] == "/x/dev.pem"


def test_pair_of_another_system(check: Check, environment: Environment, connected: Result) -> None:
    changed = {**environment.subaccount.destinations["FSM"], **OTHER_SYSTEM}
    environment.subaccount.destinations["FSM"] = changed
    for operation in ("pause", "resume", "repopulate", "disconnect", "rotate_secret"):
        assert ids(check(operation)["findings"]) == ["other_system"]
