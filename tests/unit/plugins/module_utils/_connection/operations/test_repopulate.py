# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is left to do to repopulate a task cache, wherever it was interrupted before, and what forbids it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations import repopulate
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.repopulate import (
    Repopulate,
    Repopulation,
    plan_repopulation,
)
from unit.plugins.connections import OFF as STOPPED
from unit.plugins.connections import PRIMARY, SECONDARY, ids, operation, state

ON, PAUSED, OFF = {"tc.enabled": "true"}, {"tc.enabled": "not now"}, {"URL": "https://x"}
Labels = dict[str, list[str]]


def remembers(*values: str) -> Labels:
    """Return the labels of a destination that is being repopulated, next to one of the operator's."""
    return {"owner": ["field-service"], repopulate.LABEL: list(values)}


@pytest.mark.parametrize(
    "destination, labels, plan",
    [
        (ON, {}, Repopulation("true", removes=True)),
        (PAUSED, {}, Repopulation("not now", removes=True)),
        ({"tc.enabled": ""}, {}, Repopulation("", removes=True)),
        (ON, remembers("removing", "tc.enabled=true"), Repopulation("true", removes=True)),
        (OFF, remembers("tc.enabled=not now", "removing"), Repopulation("not now", removes=True)),
        (OFF, remembers("removing", "tc.enabled="), Repopulation("", removes=True)),
        (OFF, remembers("restoring", "tc.enabled=true"), Repopulation("true", removes=False)),
        (ON, remembers("restoring", "tc.enabled=true"), Repopulation("true", removes=False)),
        # Someone has set it since, who knew better.
        (PAUSED, remembers("removing", "tc.enabled=true"), Repopulation("not now", removes=True)),
        (PAUSED, remembers("restoring", "tc.enabled=true"), Repopulation("not now", removes=False)),
        # What nobody can read says nothing.
        (ON, remembers("restoring"), Repopulation("true", removes=True)),
        (OFF, remembers("tc.enabled=true"), None),
        (OFF, remembers("removing", "restoring", "tc.enabled=true"), None),
        (OFF, {}, None),
    ],
)
def test_repopulation(destination: dict[str, str], labels: Labels, plan: Repopulation | None) -> None:
    assert plan_repopulation(destination, labels) == plan


@pytest.mark.parametrize("value", ["true", "not now", "", "removing", "tc.enabled=x"])
@pytest.mark.parametrize("phase", [repopulate.REMOVING, repopulate.RESTORING])
def test_what_is_remembered_is_recalled(value: str, phase: str) -> None:
    plan = plan_repopulation({"tc.enabled": value}, {})
    assert plan is not None
    recalled = plan_repopulation(OFF, {repopulate.LABEL: plan.memory[phase]})
    assert recalled == Repopulation(value, removes=phase == repopulate.REMOVING)


RESTORING = {"FSM": {"fsm-repopulation": ["restoring", "tc.enabled=no"]}}
REMOVING = {"FSM": {"fsm-repopulation": ["removing", "tc.enabled=true"]}}
SECOND = {**PRIMARY, "Name": "NEW"}


@pytest.mark.parametrize(
    "destinations, labels, given, found",
    [
        ([PRIMARY, SECONDARY], {}, {}, []),
        ([], {}, {}, ["primary_unfit"]),
        ([STOPPED], {"FSM": {}}, {}, ["tc_enabled_missing"]),
        ([STOPPED, SECONDARY], REMOVING, {}, []),
        # With its tc.enabled, users would see every task twice.
        ([STOPPED, SECOND], REMOVING, {}, ["second_primary"]),
        ([PRIMARY, SECONDARY], {}, {"company_id": "3"}, ["destination_of_other_system"]),
        ([PRIMARY, SECONDARY], {}, {"company_id": ""}, []),
        ([{**PRIMARY, "tc.enabled": "no"}], {}, {}, ["repopulation_paused"]),
        ([STOPPED], RESTORING, {}, ["repopulation_paused"]),
    ],
)
def test_what_can_be_repopulated(
    destinations: list[dict[str, str]], labels: dict[str, Labels], given: dict[str, t.Any], found: list[str]
) -> None:
    assert ids(operation(Repopulate, **given).findings(state(*destinations, labels=labels))) == found


def test_labels_of_the_primary_destination_are_read() -> None:
    assert operation(Repopulate, name="OLD").questions.labels == ("OLD",)


def test_plan_of_what_was_interrupted() -> None:
    repopulating = operation(Repopulate)
    plan = repopulating.plan(state(STOPPED, labels=RESTORING))
    assert (plan["value"], plan["removes"]) == ("no", False)
    assert RESTORING["FSM"] == plan["while_restoring"]
    assert plan["while_removing"] == {"fsm-repopulation": ["removing", "tc.enabled=no"]}
    assert plan["afterwards"] == {"fsm-repopulation": None}
    assert not repopulating.needs_task_center(plan)
    assert repopulating.needs_task_center(repopulating.plan(state(PRIMARY)))
    assert repopulating.plan(state()) == repopulating.plan(state(subaccount=None)) == {}
    assert not repopulating.needs_task_center({})


def test_it_is_always_to_be_done() -> None:
    repopulating = operation(Repopulate)
    assert not repopulating.in_sync(state(PRIMARY), repopulating.plan(state(PRIMARY)))


@pytest.mark.parametrize(
    "destination, labels, done",
    [
        (PRIMARY, {}, True),
        (PRIMARY, {"FSM": {"owner": ["x"]}}, True),
        (STOPPED, {}, False),
        ({**PRIMARY, "tc.enabled": "false"}, {}, False),
        # Something is remembered still.
        (PRIMARY, REMOVING, False),
    ],
)
def test_value_is_back_and_nothing_is_remembered(
    destination: dict[str, str], labels: dict[str, Labels], done: bool
) -> None:
    repopulating = operation(Repopulate)
    planned = repopulating.plan(state(PRIMARY))
    read = state(destination, labels=labels)
    assert repopulating.completed(read, repopulating.plan(read), planned) is done


@pytest.mark.parametrize(
    "value, before, verified, cache",
    [
        ("true", True, [], "to be repopulated"),
        ("true", False, ["connector"], "repopulated"),
        ("true", False, [], "not verified"),
        ("no", True, [], "paused"),
        ("no", False, ["connector"], "paused"),
    ],
)
def test_row(value: str, before: bool, verified: list[str], cache: str) -> None:
    repopulating = operation(Repopulate)
    plan = repopulating.plan(state({**PRIMARY, "tc.enabled": value}))
    assert repopulating.row(plan, None if before else plan, verified) == {
        "primary": "FSM",
        "tc.enabled": value,
        "task cache": cache,
    }
