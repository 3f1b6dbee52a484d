# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pausing and resuming: one property of the primary destination, and only of what is one to FSM."""

from __future__ import annotations

import typing as t

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
        ([], ["no_primary"]),
        ([{**PRIMARY, "tc.provider_type": "S4"}], ["no_primary"]),
        ([FOREIGN], ["no_primary"]),
        ([OFF], ["not_enabled"]),
        ([PRIMARY, {**COPY, **OTHER_SYSTEM}, SECONDARY], []),
    ],
)
def test_what_can_be_switched(kind: type[Pause], destinations: list[dict[str, str]], found: list[str]) -> None:
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
def test_secondary_destination_is_no_primary_one(kind: type[Pause]) -> None:
    read = state({**SECONDARY, "tc.enabled": "true"})
    assert ids(operation(kind, name="FSM_PP").input_findings()) == ["name_is_secondary"]
    assert ids(operation(kind, name="FSM_PP").findings(read)) == ["no_primary"]


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    "given, found",
    [
        ({}, []),
        ({"company_id": "3"}, ["other_system"]),
        # Whoever does not name a system has nothing to compare.
        ({"company_id": ""}, []),
        ({"company_id": "3", "url": None}, []),
    ],
)
def test_pair_of_another_system_is_left_alone(kind: type[Pause], given: dict[str, t.Any], found: list[str]) -> None:
    assert ids(operation(kind, **given).findings(state(PRIMARY, SECONDARY))) == found


@pytest.mark.parametrize("kind", BOTH)
def test_only_the_name_matters(kind: type[Pause]) -> None:
    nothing: dict[str, t.Any] = dict.fromkeys(
        ("url", "account_id", "company_id", "client_id", "client_secret", "audience")
    )
    assert operation(kind, **nothing).input_findings() == []
    assert ids(operation(kind, name="F S", **nothing).input_findings()) == ["input_pattern"]


@pytest.mark.parametrize("kind, value", [(Pause, "false"), (Resume, "true")])
def test_one_property_changes(kind: type[Pause], value: str) -> None:
    other = "true" if value == "false" else "false"
    read = state({**PRIMARY, "tc.enabled": other, "Description": "by hand"})
    switching = operation(kind)
    plan = switching.plan(read)
    assert plan == {"primary": "update"}
    assert switching.changes["primary"]["changed_properties"] == ["tc.enabled"]
    assert switching.changes["primary"]["destination"]["Description"] == "by hand"
    assert not switching.in_sync(read, plan)
    assert switching.row(plan, None, []) == {"primary": "FSM to be updated", "tc.enabled": value}
    assert switching.row({"primary": "none"}, plan, []) == {"primary": "FSM updated", "tc.enabled": value}


@pytest.mark.parametrize("kind, value", [(Pause, "false"), (Resume, "true")])
def test_nothing_is_left_to_do(kind: type[Pause], value: str) -> None:
    read = state({**PRIMARY, "tc.enabled": value})
    switching = operation(kind)
    plan = switching.plan(read)
    assert switching.in_sync(read, plan)
    assert switching.row(plan, None, [])["primary"] == "FSM unchanged"


@pytest.mark.parametrize("kind", BOTH)
def test_nobody_is_in_sync_who_was_not_seen(kind: type[Pause]) -> None:
    switching = operation(kind)
    for read in (state(subaccount=None), state()):
        plan = switching.plan(read)
        assert plan == {}
        assert not switching.in_sync(read, plan)
    # That it could not be read is reported elsewhere.
    assert switching.findings(state(subaccount=None)) == []
