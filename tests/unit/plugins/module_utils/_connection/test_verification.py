# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the connection works, as far as the systems report it: tokens, and Task Center's connector."""

from __future__ import annotations

import time
import typing as t
from datetime import datetime, timezone

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.answer_types import (
    FoundDestination,
    as_found,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import Http, Settings
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.connect import Connect
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.verification import (
    TASK_CENTER,
    Verification,
    Verifier,
    connector_findings,
    expired_token_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import ServiceError
from unit.plugins.connections import PRIMARY, SECONDARY, SECRET, Findings, ids, operation, state, values

if t.TYPE_CHECKING:
    from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import State

Answer = dict[str, t.Any]
# Of a user, and good for years: {"exp": 4102444800}.
TOKEN = "eyJhbGciOiJub25lIn0.eyJleHAiOjQxMDI0NDQ4MDB9."
# {"exp": 946684800}
EXPIRED = "eyJhbGciOiJub25lIn0.eyJleHAiOjk0NjY4NDgwMH0."


class Service:
    """The Destination Service, as far as it finds destinations and their tokens."""

    def __init__(self, **answers: t.Any) -> None:
        self.http = Http(Settings(), {})
        self.asked: list[tuple[str, str | None]] = []
        self._answers = answers

    def find(self, name: str, user_token: str | None) -> FoundDestination | None:
        """Return what was found, or fail if that is an error."""
        self.asked.append((name, user_token))
        answer = self._answers[name]
        if isinstance(answer, Exception):
            raise answer
        return as_found(answer) if answer else None


def found(destination: dict[str, str], *, instance: bool = False, **token: str) -> Answer:
    """Return what the service answers: by default a destination of the subaccount, and a token."""
    return {
        "owner": {"InstanceId": "i"} if instance else {"SubaccountId": "s"},
        "destinationConfiguration": destination,
        "authTokens": [token or {"value": "t", "type": "bearer"}],
    }


WORKING = {"FSM": found(PRIMARY), "FSM_PP": found(SECONDARY)}


def seen(service: Service) -> State:
    """Return what was read of a subaccount that is connected."""
    read = state(PRIMARY, SECONDARY)
    read.service = t.cast("t.Any", service)
    return read


def verified(service: Service | None = None, **given: t.Any) -> Verification:
    """Return what comes of verifying with these answers, in a user's name."""
    asked = service or Service(**WORKING)
    given = {"user_token": TOKEN, **given}
    verifier = Verifier({}, {}, seen(asked), values(**given), operation(Connect).definitions)
    return verifier.verify("AA:BB", enabled=True)


def of(**answers: t.Any) -> Findings:
    """Return what is found of tokens with some answers that are not right."""
    reported = verified(Service(**{**WORKING, **answers})).findings
    return [one for one in reported if one["id"] != "task_center_unverified"]


def test_tokens_are_obtained() -> None:
    service = Service(**WORKING)
    result = verified(service, user_token=f" {TOKEN}\n")
    assert ids(result.findings) == ["task_center_unverified"]
    assert result.verified() == ["primary", "secondary"]
    # As the token service issued it.
    assert service.asked == [("FSM", None), ("FSM_PP", TOKEN)]
    assert result.results["primary"]["token"]["obtained"]
    assert result.results["task_center"] == {}


def test_what_is_not_verified_is_listed_in_a_line_each() -> None:
    result = verified(user_token="")
    assert ids(result.findings) == ["user_propagation_unverified", "task_center_unverified"]
    assert result.findings[0]["text"] == (
        "Not verified (fsm_user_token is not set): users can act on tasks through FSM_PP [user_propagation_unverified]"
    )
    assert (result.results["secondary"], result.results["task_center"]) == ({}, {})
    assert result.verified() == ["primary"]


@pytest.mark.parametrize(
    "answer, finding_ids, reported",
    [
        (found(PRIMARY, error="401 Bad credentials."), ["primary_without_token"], "401 Bad credentials."),
        (found(PRIMARY, instance=True), ["found_in_instance"], "FSM was found in the service instance"),
        ({}, ["primary_without_token"], "There is no destination FSM."),
        (
            found({**PRIMARY, "URL": "x"}),
            ["token_possibly_outdated"],
            "other values of URL than it has",
        ),
    ],
)
def test_token_of_the_primary_destination(
    answer: Answer, finding_ids: list[str], reported: str, waits: list[float]
) -> None:
    findings = of(FSM=answer)
    assert ids(findings) == finding_ids
    assert reported in findings[0]["problem"]
    assert "primary" not in verified(Service(**{**WORKING, "FSM": answer})).verified()
    assert waits


def test_token_of_the_secondary_destination() -> None:
    (finding,) = of(FSM_PP=found(SECONDARY, error="401 Unknown user."))
    assert finding["id"] == "secondary_without_token"
    assert "AA:BB" in finding["remedy"]


def test_service_that_does_not_answer_is_reported_once() -> None:
    lost = ServiceError("503 Service Unavailable.", "Try again.")
    result = verified(Service(FSM=lost, FSM_PP=lost))
    assert [(one["id"], one["severity"]) for one in result.findings] == [
        ("verification_failed", "error"),
        ("task_center_unverified", "warning"),
    ]
    assert "503 Service Unavailable." in result.findings[0]["problem"]
    assert result.results["primary"] == {"failed": True, "msg": str(lost)}
    assert result.verified() == []


def test_errors_quote_no_secret_of_the_destination() -> None:
    destination = {**PRIMARY, "clientSecret": SECRET}
    read = state(destination, SECONDARY)
    refusing = Service(**{**WORKING, "FSM": found(destination, error=f"{SECRET} is wrong")})
    read.service = t.cast("t.Any", refusing)
    verifier = Verifier({}, {}, read, values(), operation(Connect).definitions)
    assert SECRET not in str(verifier.verify("AA:BB", enabled=True))


@pytest.mark.parametrize(
    "given, reported",
    [
        ({}, []),
        ({"user_token": TOKEN, "task_center_user_token": TOKEN}, []),
        ({"user_token": EXPIRED}, ["fsm_user_token"]),
        ({"user_token": EXPIRED, "task_center_user_token": EXPIRED}, ["fsm_user_token"]),
        (
            {"task_center_service_key": {"uaa": {}}, "task_center_user_token": EXPIRED},
            ["fsm_task_center_user_token"],
        ),
    ],
)
def test_expired_tokens(given: dict[str, t.Any], reported: list[str]) -> None:
    findings = expired_token_findings(seen(Service()), values(**given))
    assert ids(findings) == ["token_unusable"] * len(reported)
    assert [one["problem"].split()[0] for one in findings] == reported


# Task Center's connector.


def connector(status: str = "OK", destination: str = "FSM", **jobs: str) -> Answer:
    """Return a connector as task_center_connector_info returns it."""
    reported = [{"type": kind, "status": state, "message": ""} for kind, state in jobs.items()]
    return {"destination": destination, "status": status, "jobs": reported}


PULLED = connector(CONFIG="OK", INITIAL="OK", DELTA="OK")


@pytest.mark.parametrize(
    "connectors, reached, finding_ids",
    [
        ([PULLED], True, []),
        ([], False, ["connector_missing"]),
        ([connector("ERROR", destination="OTHER")], False, ["connector_missing"]),
        ([connector("ERROR", INITIAL="ERROR")], True, ["connector_fails"]),
        ([connector("PAUSED")], True, ["connector_paused"]),
        ([connector("SOMETHING_NEW", INITIAL="OK")], True, ["connector_fails"]),
        ([connector("WARNING", INITIAL="OK", META="WARNING")], True, ["connector_warns"]),
        ([connector("RUNNING", INITIAL="RUNNING")], False, ["connector_initial_pull_unfinished"]),
        ([connector("OK", CONFIG="OK")], False, ["connector_initial_pull_unfinished"]),
        ([connector("ERROR", destination="OTHER"), PULLED], True, []),
    ],
)
def test_connector(connectors: list[Answer], reached: bool, finding_ids: list[str]) -> None:
    assert ids(connector_findings({"connectors": connectors, "reached": reached}, "FSM")) == finding_ids


def test_paused_connector_is_an_error_unless_its_destination_is_paused() -> None:
    answer = {"connectors": [connector("PAUSED")], "reached": True}
    (finding,) = connector_findings(answer, "FSM", enabled=True)
    assert (finding["id"], finding["severity"]) == ("connector_paused", "error")
    assert connector_findings(answer, "FSM", enabled=False) == []


@pytest.mark.parametrize("status", ["OK", "PAUSED"])
def test_connector_of_a_paused_destination_verifies_nothing(status: str) -> None:
    """Whether Task Center has reread the destination yet or not."""
    answer = {"connectors": [{**PULLED, "status": status}], "reached": True}
    found = Verification({"primary": {}, "secondary": {}, TASK_CENTER: answer}, enabled=False)
    assert found.verified() == []
    assert Verification(found.results).verified() == (["connector"] if status == "OK" else [])


def test_settings_of_task_center() -> None:
    reported = [
        {"code": "Service_Configuration", "status": "OK", "message": ""},
        {"code": "IDS_Configuration", "status": "ERROR", "message": "no destination"},
        {"code": "Other", "status": "WARNING", "message": ""},
    ]
    findings = connector_findings({"connectors": [PULLED], "reached": True, "service_status": reported}, "FSM")
    assert ids(findings) == ["task_center_setup"] * 2
    assert findings[0]["problem"].endswith("IDS_Configuration that it is ERROR: no destination")
    assert findings[1]["problem"].endswith("It says no more.")


def silent(**given: t.Any) -> Verifier:
    """Return a verifier without access to Task Center."""
    return Verifier({}, {}, None, values(**given), operation(Connect).definitions)


def test_connector_without_access_to_task_center() -> None:
    assert not silent().reads_task_center
    result = silent().verify_connector(enabled=True)
    assert ids(result.findings) == ["connector_unverified"]
    assert "connector of FSM is back" in result.findings[0]["problem"]
    assert result.verified() == []


def test_removal_is_waited_for_without_access_to_task_center(waits: list[float]) -> None:
    soon = datetime.now(timezone.utc).timestamp() + 500
    (finding,) = silent(task_center_refresh_seconds=90).verify_removal("OLD", soon).findings
    assert finding["id"] == "connector_unverified"
    assert "connector of OLD is removed; this run has waited 90 seconds for it" in finding["problem"]
    (waited,) = waits
    assert 0 < waited <= 500


def test_removal_long_ago_is_not_waited_for(waits: list[float]) -> None:
    silent().verify_removal("OLD", time.time() - 1)
    assert waits == [0]
