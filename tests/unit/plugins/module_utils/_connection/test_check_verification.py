# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a check verifies of a connection in sync, and what it leaves unverified."""

from __future__ import annotations

import base64
import json
import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN, is_secret
from landscape.faults import Matching, Status
from landscape.faults.echo import FORMS
from landscape.made_by_hand import expected_pair
from unit.plugins.checks import NOT_TODAY, NOTHING, Check, Result
from unit.plugins.connections import SECRET, ids, logons

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape import Environment, Landscape

DAY = 24 * 60 * 60  # seconds


def test_connection_that_works(check: Check, landscape: Landscape, environment: Environment, connected: Result) -> None:
    tokens = logons(landscape, environment)
    landscape.forget_requests()
    result = check(**connected, **tokens)
    assert (result["findings"], result["in_sync"]) == ([], True)
    assert result["plan"] == {"polled": True, "keeps": {}, "primary": "none", "secondary": "none"}
    verification = result["verification"]
    assert verification["primary"]["token"]["obtained"]
    assert verification["secondary"]["token"]["obtained"]
    assert verification["task_center"]["reached"]
    assert not [item for item in landscape.requests(environment.name) if item.method not in ("GET", "POST")]
    for secret in (environment.fsm_client.secret, tokens["user_token"], tokens["task_center_user_token"]):
        assert secret not in str(result)
    fingerprint = connected["uploaded_certificates"][0]
    assert result["certificate"]["fingerprint"] == fingerprint
    assert result["row"].pop("days left") in (729, 730)
    assert result["row"] == {
        "environment": "dev",
        "primary": "FSM unchanged",
        "secondary": "FSM_PP unchanged",
        "unverified": "-",
    }


@pytest.mark.parametrize("form", FORMS)
def test_task_center_quotes_what_fsm_quotes_of_a_secret(
    check: Check, faults: t.Any, landscape: Landscape, environment: Environment, connected: Result, form: str
) -> None:
    client = environment.fsm_client
    basic = base64.b64encode(f"{client.id}:{client.secret}".encode()).decode()
    message = FORMS[form]([("authorization", f"Basic {basic}"), ("client_secret", client.secret)])
    job = {"jobType": "INITIAL", "status": "ERROR", "message": message}
    connectors = [{"id": "1", "destinationName": "FSM", "status": "ERROR", "jobs": [job]}]
    listing = Matching(system="task-center", path="*/v1/connectors", environment=environment.name)
    faults.add(Status(200, body=json.dumps(connectors), content_type="application/json"), listing)
    result = check(**connected, **logons(landscape, environment))
    assert HIDDEN in str(result["verification"]["task_center"]["connectors"])
    assert not [shown for shown in (client.secret, basic[-24:-3], client.secret.encode().hex()) if shown in str(result)]


def test_what_nobody_lets_verify_is_reported(check: Check, connected: Result) -> None:
    result = check(**connected)
    assert result["in_sync"] is True
    assert ids(result["findings"]) == ["user_propagation_unverified", "task_center_unverified"]
    assert result["row"]["unverified"] == "secondary, connector"


def test_verifying_can_be_switched_off(check: Check, connected: Result, asked: t.Callable[[], list[str]]) -> None:
    result = check(**connected, verify=False, user_token="no token at all")
    assert (result["findings"], result["in_sync"], result["verification"]) == ([], True, NOTHING)
    assert not [path for path in asked() if "/destinations/" in path]


def test_operation_check_reads_the_connector_as_it_is_and_obtains_no_token(
    check: Check, landscape: Landscape, environment: Environment, connected: Result
) -> None:
    tokens = logons(landscape, environment)
    landscape.task_center.tick(environment.name)
    landscape.forget_requests()
    works = check("check", **connected, **tokens)
    assert (works["findings"], works["in_sync"]) == ([], True)
    assert not [one for one in landscape.requests(environment.name) if "/destinations/" in one.path]

    # Whatever is left to do, and without waiting for a connector that is not there.
    environment.subaccount.destinations["FSM"] |= {"Description": "another"}
    environment.task_center.connectors.clear()
    missing = check("check", **connected, **{**tokens, "task_center_wait": 600})
    assert (ids(missing["findings"]), missing["in_sync"]) == (["connector_missing"], False)

    assert check("check", **connected)["findings"] == []
    assert check("check", **connected, **tokens, verify=False)["findings"] == []
    # Without a primary destination, there is nothing of which a connector could be.
    del environment.subaccount.destinations["FSM"]
    assert ids(check("check", **connected, **tokens)["findings"]) == ["secondary_without_primary"]


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
    assert result["row"]["unverified"] == "connector"


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
    assert result["row"]["days left"] == "-"


def test_certificate_that_is_in_no_file_is_not_in_sync(check: Check, connected: Result, tmp_path: Path) -> None:
    (file,) = tmp_path.glob("*.pem")
    file.unlink()
    result = check(**connected)
    assert (result["findings"], result["in_sync"]) == ([], False)
    assert result["certificate_path"] == str(file)
    assert not file.exists()


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
def test_check_and_audit_read_the_connector_as_it_is(
    check: Check, landscape: Landscape, environment: Environment, connected: Result, operation: str
) -> None:
    given = {**connected, **logons(landscape, environment)}
    well = check(operation, **given)
    assert (well["findings"], well["audit"]["connector"]["status"]) == ([], "OK")
    assert check(operation, **{**given, "verify": False})["audit"]["connector"] is None

    connectors = environment.task_center.connectors
    connectors.clear()
    missing = check(operation, **given)
    assert ids(missing["findings"]) == ["connector_missing"]
    assert missing["audit"]["connector"] == {"status": "MISSING", "jobs": []}
    assert missing["audit"]["status"] == "failed"

    # What Task Center should not poll has no connector.
    primary = environment.subaccount.destinations["FSM"]
    environment.subaccount.destinations["FSM"] = {key: value for key, value in primary.items() if key != "tc.enabled"}
    assert "connector_missing" not in ids(check(operation, **given)["findings"])


def test_task_center_that_an_audit_cannot_read_is_a_warning(
    check: Check, faults: t.Any, landscape: Landscape, environment: Environment, connected: Result
) -> None:
    given = {**connected, **logons(landscape, environment)}
    faults.add(Status(503), Matching(environment=environment.name, system="task-center"))
    audited = check("audit", **given)
    assert [(one["id"], one["severity"]) for one in audited["findings"]] == [("verification_failed", "warning")]
    assert (audited["audit"]["status"], audited["audit"]["connector"]) == ("in sync", None)


@pytest.mark.parametrize("operation", ["check", "audit"])
def test_check_and_audit_verify_nothing(
    check: Check, connected: Result, asked: t.Callable[[], list[str]], operation: str
) -> None:
    result = check(operation, **connected)
    assert (result["findings"], result["in_sync"], result["verification"]) == ([], True, NOTHING)
    assert not [path for path in asked() if "/destinations/" in path]
    assert result["audit"]["status"] == "in sync"
    assert result["audit"]["connector"] is None
    assert set(result["row"]) == {
        "environment",
        "primary",
        "secondary",
        "tc.enabled",
        "days left",
    }


def test_audit(check: Check, environment: Environment, connected: Result) -> None:
    assert check("audit", **connected)["audit"]["status"] == "in sync"
    environment.subaccount.destinations["FSM"] = {**environment.subaccount.destinations["FSM"], "URL": "https://x"}
    report = check("audit", **connected)["audit"]
    assert (report["status"], report["differences"]) == ("drifted", "FSM (URL)")
    del environment.subaccount.destinations["FSM_PP"]
    assert check("audit", **connected)["audit"]["status"] == "missing"
    assert check("audit", audience=None)["audit"]["status"] == "failed"
    assert check("audit", **connected, state="absent")["audit"]["status"] == "drifted"
