# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check after a change: whether what was planned is in effect and works."""

from __future__ import annotations

import time
import typing as t
from datetime import datetime, timedelta, timezone

import pytest

from landscape.faults import Matching
from unit.plugins.checks import NOT_TODAY, NOTHING, Check, Result
from unit.plugins.connections import certificate_file, connect, ids, logons

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape import Environment, Landscape


# What btp_destination returns of a destination that it has verified.
VERIFIED = {"obtained": True, "fresh": True, "doubt": "", "found_at": "subaccount", "differing_properties": []}


def done(result: Result, written_at: t.Any = None) -> Result:
    """Return what a run reports of its changes that a check has planned."""
    return {"after": {"plan": result["plan"], "written_at": written_at}}


def test_changes_that_are_in_effect(
    check: Check, landscape: Landscape, environment: Environment, tmp_path: Path
) -> None:
    before = check()
    fingerprint = connect(landscape, environment)
    active = environment.subaccount.trust.active
    assert active
    certificate_file(tmp_path, active.pem)
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


ALL = "primary, secondary, connector"


@pytest.mark.parametrize(
    "given, finding_ids, unverified",
    [
        ({}, [], "secondary, connector"),
        ({"fresh": False, "doubt": "it may be old"}, ["token_possibly_cached"], ALL),
        ({"obtained": False, "fresh": False, "error": "401"}, ["primary_without_token"], ALL),
        ({"obtained": False, "fresh": False, "found_at": "instance"}, ["found_in_instance"], ALL),
        ({"differing_properties": ["URL"]}, ["token_possibly_outdated"], ALL),
        (None, ["token_possibly_cached"], ALL),
    ],
)
def test_what_the_tasks_have_verified_is_not_tried_again(
    check: Check,
    landscape: Landscape,
    environment: Environment,
    connected: Result,
    given: Result | None,
    finding_ids: list[str],
    unverified: str,
) -> None:
    before = check(**connected)
    tokens = {} if given is None else {"primary": {**VERIFIED, "error": "", **given}}
    landscape.forget_requests()
    result = check(**connected, after={"plan": before["plan"], "written_at": time.time(), "tokens": tokens})
    found = [one for one in ids(result["findings"]) if not one.endswith("_unverified")]
    assert (found, result["row"]["unverified"]) == (finding_ids, unverified)
    asked = [one.path for one in landscape.requests(environment.name) if "/v1/destinations/" in one.path]
    assert len(asked) == (given is None)


@pytest.mark.parametrize(
    "ago, refresh, wait, polled, waited, outdated",
    [
        (0, 90, 300, True, 90, False),
        (40, 90, 300, True, 50, False),
        # What it reports may be older than the change.
        (0, 90, 60, True, 60, True),
        (100, 90, 0, True, 0, False),
        # Of what Task Center did not poll before, it reports nothing, which is waited for anyway.
        (0, 90, 0, False, 0, False),
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
    outdated: bool,
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
        assert ids(result["findings"]) == (["connector_possibly_outdated"] if outdated else [])
        assert ("connector" in result["row"]["unverified"]) is outdated
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
