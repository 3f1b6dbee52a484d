# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Odd certificates, and a controller whose clock is wrong, as a rotation meets them."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from rotating import Rotating, report, user_token, writes

if t.TYPE_CHECKING:
    from landscape import Landscape
    from landscape.subaccount.trust import TrustStore
    from operator_at_work import Operator

AHEAD = timedelta(days=40)
HOURS = 0.2  # days


@pytest.fixture
def ahead(landscape: Landscape) -> t.Iterator[timedelta]:
    """Let the landscape's clock be ahead of the controller's."""
    landscape.clock.advance(AHEAD.total_seconds())
    yield AHEAD
    landscape.clock.advance(-AHEAD.total_seconds())


def test_odd_certificates_and_a_clock_that_is_behind(operator: Operator, ahead: timedelta) -> None:
    everyone: dict[str, Rotating] = {}

    def add(name: str, active: float, passive: float | None = None, **traits: t.Any) -> TrustStore:
        """Add an environment whose certificates have some days left, by the service's clock; FSM trusts both."""
        one = everyone[name] = Rotating(operator, operator.environment(), name)
        trust = one.environment.subaccount.trust
        one.old = trust.replace("active", expires_in_days=active, **traits)
        one.environment.fsm_account.upload(one.old.pem)
        if passive is not None:
            trust.replace("passive", expires_in_days=passive, **traits)
            one.upload()
        return trust

    # By the controller's clock it has 80 days, and its successor begins in 40.
    add("aged", 40)
    add("replaced", 40, 730)
    add("hours", HOURS, 730, serial_sign="negative")
    add("alone", HOURS)
    add("brief", HOURS / 2, HOURS)
    # Of the usual lifetime, so that it begins in ten days.
    add("early", 20, 740)
    unreadable = add("unreadable", 20)
    assert unreadable.active
    unreadable.active = replace(unreadable.active, der=unreadable.active.der + b"\0")
    before = {name: (one.active, one.passive) for name, one in everyone.items()}
    for one in everyone.values():
        one.token = user_token(operator.landscape, one.environment, one.environment.users[0])
    operator.landscape.forget_requests()

    run = operator.play(
        "rotate_fsm_trust",
        {name: one.variables(fsm_user_token=one.token) for name, one in everyone.items()},
        *("-e", "fsm_rotation_serial=100%"),
    )

    reported = {name: report(run, name) for name in everyone}
    messages = {name: "\n".join(one["messages"]) for name, one in reported.items()}
    assert {name: one["outcome"] for name, one in reported.items()} == {
        "aged": "waiting for upload",
        "replaced": "soaking",
        "hours": "soaking",
        "alone": "waiting for upload",
        "brief": "failed",
        "early": "failed",
        "unreadable": "failed",
    }
    for name in ("replaced", "hours"):
        active, passive = before[name]
        assert (everyone[name].active, everyone[name].passive) == (passive, active), name
        assert reported[name]["verified"], name
    activated = everyone["replaced"].labels["trust-activated"][0].split("-")[-1]
    service_now = datetime.now(timezone.utc) + ahead
    assert abs(datetime.strptime(activated, "%Y%m%dT%H%M%S%z") - service_now) < timedelta(hours=1)
    assert reported["aged"]["active"]["days_left"] == 39
    for name in ("aged", "alone"):
        passive = everyone[name].passive
        assert passive
        assert reported[name]["passive"]["fingerprint"] == passive.fingerprint, name
    assert "is valid for 0 more days" in messages["alone"]
    assert "itself expires in 0 days" in messages["brief"]
    assert "fsm_rotation_discard" in messages["brief"]
    assert "is valid from" in messages["early"]
    assert "It is not known when the active trust certificate" in messages["unreadable"]
    for name in ("brief", "early", "unreadable"):
        assert (everyone[name].active, everyone[name].passive) == before[name], name
        assert writes(operator, everyone[name].environment) == [], name
