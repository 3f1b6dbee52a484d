# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting until Task Center has removed a connector, and until it is back."""

from __future__ import annotations

import json
import time
import typing as t

import pytest

from landscape.faults import Matching, Status
from landscape.logon import log_on
from unit.plugins.checks import NOT_TODAY, Check, Result
from unit.plugins.connections import ids, logons

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape import Environment, Landscape

CONNECTORS = "/inbox/v1/connectors"
JUST_NOW: Result = {"plan": {}, "written_at": None}


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
