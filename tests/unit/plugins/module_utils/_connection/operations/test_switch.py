# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pausing and resuming: one property of the primary destination, and only of what is one to FSM."""

from __future__ import annotations

import typing as t
from datetime import datetime, timezone

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.switch import Pause, Resume
from unit.plugins.connections import FOREIGN, OFF, OTHER_SYSTEM, PRIMARY, SECONDARY, SETUP, ids, operation, state

COPY = {**PRIMARY, "Name": "COPY"}
PAUSED = {**PRIMARY, "tc.enabled": "false"}
BOTH = (Pause, Resume)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    "destinations, found",
    [
        ([PRIMARY], []),
        ([{**PRIMARY, "tc.enabled": "no"}], []),
        ([], ["primary_unfit"]),
        ([{**PRIMARY, "tc.provider_type": "S4"}], ["primary_unfit"]),
        ([FOREIGN], ["primary_unfit"]),
        ([OFF], ["tc_enabled_missing"]),
        ([PRIMARY, {**COPY, **OTHER_SYSTEM}, SECONDARY], []),
    ],
)
def test_what_can_be_switched(kind: type[Pause | Resume], destinations: list[dict[str, str]], found: list[str]) -> None:
    switching = operation(kind)
    findings = switching.findings(state(SETUP, *destinations))
    assert ids(findings) == found
    assert {one["severity"] for one in findings} <= {"error"}


@pytest.mark.parametrize("value", ["true", "false"])
def test_second_primary_forbids_only_to_enable(value: str) -> None:
    """Otherwise nobody could pause what users see twice."""
    read = state(PAUSED, {**COPY, "tc.enabled": value})
    assert ids(operation(Pause).findings(read)) == []
    assert ids(operation(Resume).findings(read)) == ["second_primary"]


@pytest.mark.parametrize("kind", BOTH)
def test_secondary_destination_is_no_primary_one(kind: type[Pause | Resume]) -> None:
    read = state({**SECONDARY, "tc.enabled": "true"})
    assert ids(operation(kind, name="FSM_PP").input_findings()) == ["name_is_secondary"]
    assert ids(operation(kind, name="FSM_PP").findings(read)) == ["primary_unfit"]


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    "given, found",
    [
        ({}, []),
        ({"company_id": "3"}, ["destination_of_other_system"]),
        # Whoever does not name a system has nothing to compare.
        ({"company_id": ""}, []),
        ({"company_id": "3", "url": None}, []),
    ],
)
def test_pair_of_another_system_is_left_alone(
    kind: type[Pause | Resume], given: dict[str, t.Any], found: list[str]
) -> None:
    assert ids(operation(kind, **given).findings(state(PRIMARY, SECONDARY))) == found


@pytest.mark.parametrize("kind", BOTH)
def test_only_the_name_matters(kind: type[Pause | Resume]) -> None:
    nothing: dict[str, t.Any] = dict.fromkeys(
        ("url", "account_id", "company_id", "client_id", "client_secret", "audience")
    )
    assert operation(kind, **nothing).input_findings() == []
    assert ids(operation(kind, name="F S", **nothing).input_findings()) == ["input_pattern"]


TODAY = datetime.now(timezone.utc).date().isoformat()
REMEMBERED = {"fsm-pause": ["since=2026-03-01", "reason=Migration"]}


def test_pause_changes_one_property_and_remembers_why() -> None:
    read = state({**PRIMARY, "Description": "by hand"}, labels={"FSM": {"owner": ["x"]}})
    pausing = operation(Pause, pause_reason="Migration")
    plan = pausing.plan(read)
    pause = {"since": TODAY, "reason": "Migration"}
    labels = {"fsm-pause": [f"since={TODAY}", "reason=Migration"]}
    assert plan == {"primary": "update", "labels": labels, "pause": pause}
    assert pausing.changes["primary"]["changed_properties"] == ["tc.enabled"]
    assert pausing.changes["primary"]["destination"]["Description"] == "by hand"
    assert not pausing.in_sync(read, plan)
    paused = {"tc.enabled": "false", **pause}
    assert pausing.row(plan, None, []) == {"primary": "FSM to be updated", **paused}
    assert pausing.row({"primary": "none"}, plan, []) == {"primary": "FSM updated", **paused}


@pytest.mark.parametrize(
    "reason, labels, since, left",
    [
        (None, REMEMBERED, "2026-03-01", {}),
        ("Migration", REMEMBERED, "2026-03-01", {}),
        ("Audit", REMEMBERED, "2026-03-01", {"fsm-pause": ["since=2026-03-01", "reason=Audit"]}),
        # Somebody, or Task Center itself, has paused it.
        (None, {}, TODAY, {"fsm-pause": [f"since={TODAY}"]}),
    ],
)
def test_second_pause_keeps_the_day(
    reason: str | None, labels: dict[str, list[str]], since: str, left: dict[str, list[str]]
) -> None:
    read = state(PAUSED, labels={"FSM": labels})
    pausing = operation(Pause, pause_reason=reason)
    plan = pausing.plan(read)
    assert (plan["primary"], plan["labels"]) == ("none", left)
    assert pausing.in_sync(read, plan) is not bool(left)
    assert pausing.row(plan, None, [])["since"] == since


def test_old_memory_of_a_pause_that_is_over_does_not_count() -> None:
    plan = operation(Pause).plan(state(PRIMARY, labels={"FSM": REMEMBERED}))
    assert plan["labels"] == {"fsm-pause": [f"since={TODAY}"]}


def test_pause_that_cannot_be_remembered_is_none_the_less_made() -> None:
    read = state(PRIMARY, without_labels={"FSM": "403 No."})
    pausing = operation(Pause)
    assert [(one["id"], one["severity"]) for one in pausing.findings(read)] == [("pause_not_remembered", "warning")]
    plan = pausing.plan(read)
    assert (plan["primary"], plan["labels"]) == ("update", {})


@pytest.mark.parametrize("labels, left", [({}, {}), (REMEMBERED, {"fsm-pause": None})])
def test_resuming_forgets_the_pause(labels: dict[str, list[str]], left: dict[str, None]) -> None:
    read = state(PAUSED, labels={"FSM": labels})
    resuming = operation(Resume)
    plan = resuming.plan(read)
    assert plan == {"primary": "update", "labels": left}
    assert resuming.changes["primary"]["changed_properties"] == ["tc.enabled"]
    assert resuming.row(plan, None, []) == {"primary": "FSM to be updated", "tc.enabled": "true"}
    # After an interruption.
    again = operation(Resume)
    enabled = state(PRIMARY, labels={"FSM": labels})
    assert again.in_sync(enabled, again.plan(enabled)) is not bool(left)


@pytest.mark.parametrize("kind", BOTH)
def test_nobody_is_in_sync_who_was_not_seen(kind: type[Pause | Resume]) -> None:
    switching = operation(kind)
    for read in (state(subaccount=None), state()):
        plan = switching.plan(read)
        assert plan == {}
        assert not switching.in_sync(read, plan)
    # That it could not be read is reported elsewhere.
    assert switching.findings(state(subaccount=None)) == []
