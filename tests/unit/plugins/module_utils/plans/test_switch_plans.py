# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is left to do to repopulate a task cache or to rename a pair, wherever it was interrupted before."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils.plans import renaming, repopulation
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.renaming import Renaming, plan_renaming
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.repopulation import (
    Repopulation,
    plan_repopulation,
)

ON, PAUSED, OFF = {"tc.enabled": "true"}, {"tc.enabled": "not now"}, {"URL": "https://x"}
Labels = dict[str, list[str]]


def remembers(*values: str) -> Labels:
    """Return the labels of a destination that is being repopulated, beside one of the operator's."""
    return {"owner": ["field-service"], repopulation.LABEL: list(values)}


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
@pytest.mark.parametrize("phase", [repopulation.REMOVING, repopulation.RESTORING])
def test_what_is_remembered_is_recalled(value: str, phase: str) -> None:
    plan = plan_repopulation({"tc.enabled": value}, {})
    assert plan is not None
    recalled = plan_repopulation(OFF, {repopulation.LABEL: plan.memory[phase]})
    assert recalled == Repopulation(value, removes=phase == repopulation.REMOVING)


PREPARED = {renaming.LABEL: ["prepared", "tc.enabled=false"]}
REMEMBERED = ["prepared", "tc.enabled=true"]
FORGET: dict[str, t.Any] = {renaming.LABEL: None}


@pytest.mark.parametrize(
    "old, new, new_labels, first, value, waits",
    [
        # Nothing was done; the new one was written; the value is remembered.
        (ON, None, {}, None, "true", True),
        (ON, OFF, {}, None, "true", True),
        (PAUSED, OFF, PREPARED, None, "not now", True),
        # The value was taken from the old one, and the connector may still be there.
        (OFF, OFF, PREPARED, None, "false", True),
        (None, OFF, PREPARED, None, "false", True),
        # The new one has it.
        (OFF, ON, PREPARED, "true", "true", False),
        (OFF, PAUSED, {}, "not now", "not now", False),
        # It had one and lost it: Task Center sets it to false, or someone paused it.
        (OFF, PAUSED, {renaming.LABEL: REMEMBERED}, "not now", "true", False),
        (None, ON, {}, "true", "true", False),
        # Someone has made two: the old one goes, and what it had counts.
        (ON, PAUSED, {}, "not now", "true", True),
        # Nobody knows which value it had.
        (OFF, OFF, {}, None, "true", True),
    ],
)
def test_renaming(
    old: dict[str, str] | None,
    new: dict[str, str] | None,
    new_labels: Labels,
    first: str | None,
    value: str,
    waits: bool,
) -> None:
    memory = {renaming.LABEL: ["prepared", f"tc.enabled={value}"]} if first is None else {}
    expected = Renaming(first, value, waits, memory, {"owner": ["x"], **FORGET})
    assert plan_renaming(old, new, {"owner": ["x"]}, new_labels) == expected
