# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An operation that is killed, or ended with Ctrl-C, at a request which writes loses nothing; the next completes it.

A temporary copy of a destination that it leaves is the matter of test_token_cache.py.

``make boundaries`` kills each operation before and after each of these requests; else a sample is tried. The rotation
of the trust certificate is the matter of test_rotation_boundaries.py.
"""

from __future__ import annotations

import os
import random
import typing as t

import pytest

from assumption_operations import (
    Connect,
    Correct,
    Disconnect,
    Operation,
    Pause,
    Rename,
    Repopulate,
    Resume,
    RotateSecret,
)
from fault_cells import FaultCell
from interrupting import Boundary, Ending, kill, kill_at, press_ctrl_c, requests_of, writing

if t.TYPE_CHECKING:
    from operator_at_work import Operator

WHOLE = os.environ.get("KILLS") == "every"
# Another seed, another sample.
SEED = os.environ.get("KILLS_SEED", "1")
SAMPLE = 2  # boundaries per operation
# Environments that are killed at once: few enough to be at their boundaries before the first one's patience ends.
AT_ONCE = 6
KILLED: tuple[type[Operation], ...] = (
    Connect,
    Correct,
    Pause,
    Resume,
    Repopulate,
    Rename,
    RotateSecret,
    Disconnect,
)
Tell = t.Callable[[str, object], None]


def boundaries(operator: Operator, kind: type[Operation]) -> list[Boundary]:
    """Return the moments at which an operation is about to write, or has just written."""
    operation = kind(operator, [FaultCell("none", 1)])
    operator.landscape.forget_requests()
    operation.play(operation.playbook, operation.subjects)
    (one,) = operation.subjects
    numbers = writing(requests_of(operator, one))
    assert numbers
    return [Boundary(number, when) for number in numbers for when in t.get_args(t.Literal["before", "after"])]


@pytest.mark.parametrize("kind", KILLED, ids=lambda one: one.name.replace(" ", "-"))
def test_killed_and_run_again(operator: Operator, kind: type[Operation], record_testsuite_property: Tell) -> None:
    every = boundaries(operator, kind)
    tried = every if WHOLE else random.Random(f"{SEED} {kind.name}").sample(every, min(SAMPLE, len(every)))

    for start in range(0, len(tried), AT_ONCE):
        ended_and_completed(operator, kind, tried[start : start + AT_ONCE], kill)

    record_testsuite_property(f"boundaries at which the run was killed, {kind.name}", len(tried))


@pytest.mark.parametrize("kind", KILLED if WHOLE else (Connect,), ids=lambda one: one.name)
def test_interrupted_and_run_again(operator: Operator, kind: type[Operation]) -> None:
    every = boundaries(operator, kind)
    tried = every if WHOLE else random.Random(f"{SEED} {kind.name}").sample(every, SAMPLE)
    left = operator.folder / "temporary"
    left.mkdir()

    for start in range(0, len(tried), AT_ONCE):
        printed = ended_and_completed(
            operator, kind, tried[start : start + AT_ONCE], press_ctrl_c, TMPDIR=str(left), ANSIBLE_LOCAL_TEMP=str(left)
        )

        assert "Traceback" not in printed
        assert printed.count("User interrupted execution") == len(tried[start : start + AT_ONCE])
        assert list(left.iterdir()) == []


def ended_and_completed(
    operator: Operator, kind: type[Operation], tried: t.Sequence[Boundary], end: Ending, **variables: str
) -> str:
    """End an operation in environments, each at a boundary of its own, and run it again; return what it printed."""
    operation = kind(operator, [FaultCell(boundary.when, boundary.number) for boundary in tried])
    subjects = operation.subjects
    printed = kill_at(
        operator,
        {one.host: (one, boundary) for one, boundary in zip(subjects, tried, strict=True)},
        {one.host: one.variables for one in subjects},
        playbook=operation.playbook,
        end=end,
        **variables,
    )
    for one in subjects:
        one.check_nothing_lost()

    again = operation.play(operation.playbook, subjects, allow_warning="WARNING]")

    for one in subjects:
        assert not again.failed(one.host), again.failure(one.host)
        one.check_nothing_lost()
        assert operation.is_right(one), (one.host, one.destinations)
    return printed
