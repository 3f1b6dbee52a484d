# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever strikes whichever request of an operation: the right state, or a clear stop that the next run completes.

``make faults`` tries every fault at every request; else a sample of them is tried. The rotation at each of its requests
is the matter of test_rotation_boundaries.py as well.
"""

from __future__ import annotations

import json
import os
import random
import typing as t

import pytest

from assumption_cells import RIGHT, STOP, Broken
from assumption_operations import OPERATIONS, AuditDrift, Operation, RotateTrust
from fault_cells import KINDS, FaultCell
from interrupting import AGENT
from operator_at_work import ROOT

if t.TYPE_CHECKING:
    from assumption_cells import Subject
    from operator_at_work import Operator, Run

# Cells per operation: every one, or how many.
CHOICE = os.environ.get("FAULTS", "4")
WHOLE = CHOICE == "every"
# Another seed, another sample.
SEED = os.environ.get("FAULTS_SEED", "1")
AT_ONCE = 40  # environments of one run
RESULTS = ROOT / ".work" / "faults"
# An audit that finds a difference fails in any case.
TRIED = tuple(one for one in OPERATIONS if one is not AuditDrift)
# What nobody is to be told because a system is in trouble.
BLAMED = ("service key is current", "the client secret.", "Create a service key", "Generate a new")


@pytest.mark.parametrize("kind", TRIED, ids=lambda one: one.name.replace(" ", "-"))
def test_no_fault_ends_in_a_wrong_state(operator: Operator, kind: type[Operation]) -> None:
    cells = [FaultCell(name, nth) for nth in range(1, requests(operator, kind) + 1) for name in KINDS]
    tried = cells if WHOLE else random.Random(f"{SEED} {kind.name}").sample(cells, min(int(CHOICE), len(cells)))

    outcomes: dict[str, str] = {}
    for start in range(0, len(tried), AT_ONCE):
        outcomes |= struck(operator, kind, tried[start : start + AT_ONCE])

    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{kind.name}.json").write_text(json.dumps(outcomes, indent=1), encoding="utf-8")
    assert set(outcomes) == {cell.host for cell in tried}
    assert {host: outcome for host, outcome in outcomes.items() if outcome not in (RIGHT, STOP)} == {}


def requests(operator: Operator, kind: type[Operation]) -> int:
    """Return how many requests the operation makes where nothing strikes it; of several runs, the first one."""
    operation = kind(operator, [FaultCell("none", 1)])
    (one,) = operation.subjects
    operator.landscape.forget_requests()
    operation.play(operation.playbook, operation.subjects)
    made = operator.landscape.requests(one.environment.name)
    return sum(request.user_agent == AGENT for request in made)


def struck(operator: Operator, kind: type[Operation], cells: t.Sequence[FaultCell]) -> dict[str, str]:
    """Run an operation over environments that a fault strikes each, then again without; return how that ended."""
    operation = kind(operator, cells)
    faults = [cell.strike(one) for cell, one in zip(cells, operation.subjects, strict=True)]
    first = operation.play(operation.playbook, operation.subjects, allow_warning="WARNING]")
    for fault in faults:
        operator.landscape.faults.remove(fault)
    operator.landscape.faults.revoked_tokens.clear()
    results = {one.host: judged(operation, one, first) for one in operation.subjects}
    stopped = [one for one in operation.subjects if results[one.host] == STOP]
    if stopped:
        again = operation.play(operation.playbook, stopped, allow_warning="WARNING]")
        for one in stopped:
            results[one.host] = completed(operation, one, again)
    return results


def judged(operation: Operation, one: Subject, run: Run) -> str:
    """Return how the run ended in which the fault struck."""
    kind = KINDS[one.cell.kind]  # type: ignore[attr-defined]
    try:
        one.check_nothing_lost()
        if not run.failed(one.host):
            if isinstance(operation, RotateTrust) or operation.is_right(one):
                return RIGHT
            raise Broken(f"it succeeds, and the state is not the right one: {one.destinations}")
        one.check_explained(run)
        said = run.failure(one.host)
        if kind.outage and any(word in said for word in BLAMED):
            raise Broken(f"it blames a key for an outage: {said}")
    except Broken as problem:
        return str(problem)
    return STOP


def completed(operation: Operation, one: Subject, run: Run) -> str:
    """Return how the run after it ended, in which nothing struck."""
    try:
        one.check_nothing_lost()
        if run.failed(one.host):
            raise Broken(f"the next run fails: {run.failure(one.host)}")
        if not isinstance(operation, RotateTrust) and not operation.is_right(one):
            raise Broken(f"the next run succeeds, and the state is not the right one: {one.destinations}")
    except Broken as problem:
        return str(problem)
    return STOP
