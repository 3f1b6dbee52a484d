# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users are propagated all the time: not one of them notices a rotation, and all of them a renewal in place."""

from __future__ import annotations

import typing as t

from interrupting import AGENT
from load import LEAST, Load
from rotating import Rotating, report, rotate

if t.TYPE_CHECKING:
    from operator_at_work import Operator


def three(operator: Operator, **assumptions: str) -> list[Rotating]:
    """Return three environments whose certificates are about to expire."""
    config = {"assumptions": assumptions}
    return [Rotating(operator, operator.environment(config), name) for name in ("dev", "qa", "prod")]


def assert_kept_up(load: Load) -> None:
    """Check by the landscape's record that users were at work before each change, several in each environment."""
    assert load.held_up == []
    users = {(one.environment, one.user) for one in load.done}
    assert len(users) == load.users * len(load.environments)
    names = {one.name for one in load.environments}
    served, first, changes = 0, None, 0
    for request in load.landscape.requests():
        if request.environment not in names or (request.user_agent == AGENT and request.method == "GET"):
            continue
        if request.path.endswith("/destinations/FSM_PP"):
            served += 1
            first = first or request.at
        elif request.user_agent == AGENT and not request.path.endswith("/oauth/token"):
            assert first
            changes += 1
            assert served >= LEAST * (request.at - first).total_seconds(), request
    assert changes
    assert served == len(load.done)


def test_no_user_notices_the_rotation_of_three_environments(
    operator: Operator, record_testsuite_property: t.Callable[[str, object], None]
) -> None:
    environments = three(operator)

    with Load(operator.landscape, [one.environment for one in environments]) as load:
        assert rotate(*environments).code == 0
        load.go_on()
        for one in environments:
            one.upload()
        run = rotate(*environments, verifying=True, fsm_rotation_soak_hours=0)
        load.go_on()
        for one in environments:
            one.environment.fsm_account.remove(one.old.fingerprint)
        load.go_on()

    record_testsuite_property("requests during the rotation", len(load.done))
    record_testsuite_property("failed requests during the rotation", len(load.failures))
    record_testsuite_property("requests per second during the rotation", round(load.rate, 1))
    assert run.code == 0
    for one in environments:
        assert report(run, one.name)["outcome"] == "done"
        assert one.active != one.old
        assert one.passive is None
    assert load.failures == []
    assert_kept_up(load)


def test_users_notice_a_renewal_in_place(
    operator: Operator, record_testsuite_property: t.Callable[[str, object], None]
) -> None:
    # Where tokens are kept, users would notice only when they expire.
    environments = three(operator, token_cache="none")
    renew = {
        "service_key": "{{ fsm_destination_service_key }}",
        "renew_in_place": "{{ fsm_uploaded_certificates | first }}",
    }
    plays = [{"hosts": "all", "gather_facts": False, "tasks": [{"btp_ops.task_center.fsm_trust_cert": renew}]}]

    with Load(operator.landscape, [one.environment for one in environments]) as load:
        assert load.failures == []
        operator.play(plays, {one.name: one.variables() for one in environments}, expect_warning="was renewed in place")
        load.go_on()
        for one in environments:
            one.environment.fsm_account.upload(one.active.pem)
        load.go_on(1)
        known = len(load.failures)
        load.go_on()

    record_testsuite_property("requests during the renewal in place", len(load.done))
    record_testsuite_property("failed requests during the renewal in place", len(load.failures))
    assert {failure.split(":")[0] for failure in load.failures} == {one.environment.name for one in environments}
    assert all("is not trusted by account" in failure for failure in load.failures)
    assert_kept_up(load)
    # Since the upload they work again.
    assert len(load.failures) == known
