# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rotation that is killed, or loses an answer, at any request completes when it is run again.

Every environment of a test meets its trouble at a boundary of its own, so that one run tries many of them. Usually
these are the boundaries of the requests that write; ``make boundaries`` tries those of all requests.
"""

from __future__ import annotations

import os
import typing as t

import pytest

from interrupting import Boundary, kill_at, lose_answer, requests_of
from rotating import Rotating, report, rotate

if t.TYPE_CHECKING:
    from landscape.trust import TrustCertificate
    from operator_at_work import Operator, Run, Variables

EVERY = os.environ.get("ROTATION_BOUNDARIES") == "every"
# Environments that are killed at once: few enough to be at their boundaries before the first one's patience ends.
AT_ONCE = 6
Tell = t.Callable[[str, object], None]


class Part:
    """One of the two runs that a rotation takes, before and after the upload; and how to see that it is complete."""

    def __init__(self, operator: Operator, *, uploaded: bool) -> None:
        self.operator = operator
        self.uploaded = uploaded
        self.made: dict[str, int] = {}
        # Those that are uploaded and wait for their activation.
        self.news: dict[str, TrustCertificate] = {}

    def environment(self, name: str) -> Rotating:
        """Return an environment that is ready for the run; the key pairs that are made for it are counted."""
        one = Rotating(self.operator, self.operator.environment(), name)
        trust = one.environment.subaccount.trust
        if self.uploaded:
            self.news[name] = trust.replace("passive")
            one.environment.fsm_account.upload(self.news[name].pem)
        generate = trust.generate
        self.made[name] = 0

        def counted(**options: t.Any) -> t.Any:
            self.made[name] += 1
            return generate(**options)

        trust.generate = counted  # type: ignore[method-assign]
        return one

    def variables(self, one: Rotating) -> Variables:
        """Return the variables with which the run does all that can be done."""
        return one.variables(fsm_rotation_user_token=one.token, fsm_rotation_soak_hours=0)

    def run(self, *environments: Rotating) -> Run:
        """Run the playbook undisturbed."""
        return rotate(*environments, proving=True, fsm_rotation_soak_hours=0)

    def assert_safe(self, one: Rotating) -> None:
        """Check what has to hold at any moment: FSM trusts the active certificate; nothing needed is gone."""
        trusted = [certificate.fingerprint for certificate in one.environment.fsm_account.certificates]
        assert one.active.fingerprint in trusted, one.name
        slots = (one.active, one.passive)
        new = self.news.get(one.name)
        if new:
            assert new in slots, one.name
        # The old one is needed until users are proven to work with the new one.
        if not (new and one.active == new and one.labels.get("trust-proven")):
            assert one.old in slots, one.name
        assert self.made[one.name] <= (not self.uploaded), one.name

    def assert_complete(self, one: Rotating, run: Run) -> None:
        """Check what the run has to lead to."""
        self.assert_safe(one)
        outcome = report(run, one.name)["outcome"]
        if self.uploaded:
            assert outcome in ("done", "nothing to do"), (one.name, run.output)
            assert one.active != one.old, one.name
            assert one.passive is None, one.name
            assert sorted(one.labels) == ["trust-activated", "trust-proven"], one.name
        else:
            assert outcome == "waiting for upload", (one.name, run.output)
            assert one.active == one.old, one.name
            assert one.passive, one.name
            assert self.made[one.name] == 1, one.name


@pytest.fixture(params=[False, True], ids=["before the upload", "after the upload"])
def part(operator: Operator, request: pytest.FixtureRequest) -> Part:
    """Both runs of a rotation."""
    return Part(operator, uploaded=request.param)


@pytest.fixture
def numbers(part: Part) -> list[int]:
    """Which requests of the run to disturb."""
    one = part.environment("undisturbed")
    part.operator.landscape.forget_requests()
    part.assert_complete(one, part.run(one))
    made = requests_of(part.operator, one)
    written = [
        number
        for number, request in enumerate(made, 1)
        if not request.startswith("GET") and not request.endswith("/oauth/token")
    ]
    assert written
    return list(range(1, len(made) + 1)) if EVERY else written


def test_killed_and_run_again(part: Part, numbers: list[int], record_testsuite_property: Tell) -> None:
    boundaries = [Boundary(number, when) for number in numbers for when in t.get_args(t.Literal["before", "after"])]
    for start in range(0, len(boundaries), AT_ONCE):
        disturbed = {f"{boundary.when}-{boundary.number}": boundary for boundary in boundaries[start : start + AT_ONCE]}
        environments = {name: part.environment(name) for name in disturbed}

        kill_at(
            part.operator,
            {name: (one, disturbed[name]) for name, one in environments.items()},
            {name: part.variables(one) for name, one in environments.items()},
        )

        for one in environments.values():
            part.assert_safe(one)
        again = part.run(*environments.values())
        assert again.code == 0, again.output
        for one in environments.values():
            part.assert_complete(one, again)
    record_testsuite_property(f"boundaries at which the run was killed, uploaded: {part.uploaded}", len(boundaries))


def test_answers_lost_and_run_again(part: Part, numbers: list[int], record_testsuite_property: Tell) -> None:
    environments = [part.environment(f"lost-{number}") for number in numbers]
    for one, number in zip(environments, numbers, strict=True):
        lose_answer(part.operator, one, number)
    first = part.run(*environments)
    struck = [fault.struck for fault in part.operator.landscape.faults]
    part.operator.landscape.faults.clear()
    assert struck == [1] * len(numbers)
    for one in environments:
        part.assert_safe(one)

    again = part.run(*environments)

    assert again.code == 0, again.output
    for one in environments:
        part.assert_complete(one, again)
    record_testsuite_property(f"answers lost, uploaded: {part.uploaded}", len(numbers))
    failed = sum(report(first, one.name)["outcome"] == "failed" for one in environments)
    record_testsuite_property(f"environments that failed for a lost answer, uploaded: {part.uploaded}", failed)
