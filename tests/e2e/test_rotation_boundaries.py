# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rotation that is killed, or loses an answer, at any request completes when it is run again.

Every environment of a test meets its trouble at a boundary of its own. Usually these are a sample of the boundaries of
the requests that write, in all scenarios; ``make boundaries`` tries those of all requests.
"""

from __future__ import annotations

import os
import random
import typing as t
from collections import Counter

import pytest

from interrupting import Boundary, kill_at, lose_answer, requests_of, writing
from rotating import Rotating, report
from rotation_scenarios import SCENARIOS, Scenario

if t.TYPE_CHECKING:
    from operator_at_work import Operator, Run

EVERY = os.environ.get("ROTATION_BOUNDARIES") == "every"
# Before a request that writes, the service stands as after the one before, so that one side is enough there.
SIDES: tuple[t.Literal["before", "after"], ...] = ("before", "after") if EVERY else ("after",)
# Another seed, another sample.
SEED = os.environ.get("ROTATION_BOUNDARIES_SEED", "1")
SAMPLE = 8  # boundaries, of all scenarios together
# Environments that are killed at once: few enough to be at their boundaries before the first one's patience ends.
AT_ONCE = 6
# Environments that lose an answer in one run: few enough to be done before the run is taken for hanging.
IN_ONE_RUN = 40
Tell = t.Callable[[str, object], None]
One = t.TypeVar("One")


class Disturbed(t.NamedTuple):
    """An environment that is in some scenario, and meets its trouble at a boundary."""

    scenario: Scenario
    rotating: Rotating
    boundary: Boundary


def run(operator: Operator, environments: t.Iterable[tuple[Scenario, Rotating]]) -> Run:
    """Run the playbook undisturbed."""
    hosts = {one.name: scenario.variables(one) for scenario, one in environments}
    return operator.play("rotate_fsm_trust", hosts, "-e", "fsm_rotation_serial=100%")


@pytest.fixture
def numbers(operator: Operator) -> dict[type[Scenario], list[int]]:
    """Which requests of each scenario's run to disturb."""
    undisturbed = [(scenario := kind(operator), scenario.environment(f"{scenario.name}-0")) for kind in SCENARIOS]
    operator.landscape.forget_requests()
    done = run(operator, undisturbed)
    results = {}
    for scenario, one in undisturbed:
        scenario.assert_complete(one, done)
        made = requests_of(operator, one)
        written = writing(made)
        assert written
        results[type(scenario)] = list(range(1, len(made) + 1)) if EVERY else written
    return results


def tried(every: list[One]) -> list[One]:
    """Return all, or the sample of them that is tried."""
    return every if EVERY else random.Random(SEED).sample(every, min(SAMPLE, len(every)))


def test_killed_and_run_again(
    operator: Operator, numbers: dict[type[Scenario], list[int]], record_testsuite_property: Tell
) -> None:
    boundaries = tried(
        [(kind, Boundary(number, when)) for kind, made in numbers.items() for number in made for when in SIDES]
    )
    for start in range(0, len(boundaries), AT_ONCE):
        everyone = []
        for kind, boundary in boundaries[start : start + AT_ONCE]:
            scenario = kind(operator)
            one = scenario.environment(f"{scenario.name}-{boundary.when}-{boundary.number}")
            everyone.append(Disturbed(scenario, one, boundary))

        kill_at(
            operator,
            {one.name: (one, boundary) for _scenario, one, boundary in everyone},
            {one.name: scenario.variables(one) for scenario, one, _boundary in everyone},
        )

        for scenario, one, _boundary in everyone:
            scenario.assert_safe(one)
        again = run(operator, [(scenario, one) for scenario, one, _boundary in everyone])
        for scenario, one, _boundary in everyone:
            scenario.assert_complete(one, again)
    for kind in numbers:
        count = sum(one is kind for one, _boundary in boundaries)
        record_testsuite_property(f"boundaries at which the run was killed, {kind.__name__}", count)


def test_answers_lost_and_run_again(
    operator: Operator, numbers: dict[type[Scenario], list[int]], record_testsuite_property: Tell
) -> None:
    losses = tried([(kind, number) for kind, made in numbers.items() for number in made])
    failed: Counter[type[Scenario]] = Counter()
    for start in range(0, len(losses), IN_ONE_RUN):
        everyone = []
        for kind, number in losses[start : start + IN_ONE_RUN]:
            scenario = kind(operator)
            one = scenario.environment(f"{scenario.name}-lost-{number}")
            lose_answer(operator, one, number)
            everyone.append((scenario, one))
        first = run(operator, everyone)
        struck = [fault.struck for fault in operator.landscape.faults]
        operator.landscape.faults.clear()
        assert struck == [1] * len(everyone)
        for scenario, one in everyone:
            scenario.assert_safe(one)
            failed[type(scenario)] += report(first, one.name)["outcome"] not in scenario.outcomes

        again = run(operator, everyone)

        for scenario, one in everyone:
            scenario.assert_complete(one, again)
    for kind in numbers:
        count = sum(one is kind for one, _number in losses)
        record_testsuite_property(f"answers lost, {kind.__name__}", count)
        record_testsuite_property(f"environments that failed for a lost answer, {kind.__name__}", failed[kind])
