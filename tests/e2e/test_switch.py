# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pausing and resuming: tc.enabled and nothing else, of a destination that may be switched."""

from __future__ import annotations

import typing as t

import pytest

from operating import ENABLED, LABELS, Connection

if t.TYPE_CHECKING:
    from operator_at_work import Operator


@pytest.mark.provokes("no_primary", "not_enabled", "other_system", "second_primary")
def test_pause_and_resume(operator: Operator) -> None:
    names = ("whole", "again", "on", "second", "missing", "other", "off", "elsewhere")
    connections = {name: Connection(operator, operator.environment()) for name in names}
    whole, second = connections["whole"], connections["second"]
    right = whole.destination("FSM")
    assert right is not None
    connections["again"].change("FSM", **{ENABLED: "false"})
    connections["other"].change("FSM", **{"URL": "https://mail.example.com", "tc.provider_type": "S4"})
    del connections["missing"].environment.subaccount.destinations["FSM"]
    disabled = {key: value for key, value in right.items() if key != ENABLED}
    connections["off"].environment.subaccount.destinations["FSM"] = disabled
    copied = {**second.environment.subaccount.destinations["FSM"], ENABLED: "false"}
    second.environment.subaccount.destinations["COPY"] = copied
    # No more than that is needed: not the variables of the connection.
    key = "fsm_destination_service_key"
    hosts = {name: {key: operator.variables(one.environment)[key]} for name, one in connections.items()}

    system = ("fsm_url", "fsm_account_id", "fsm_company_id")
    hosts["elsewhere"] |= {name: operator.variables(connections["elsewhere"].environment)[name] for name in system}
    hosts["elsewhere"]["fsm_company_id"] = "4711"

    preview = operator.play("pause_fsm", {"whole": hosts["whole"]}, "--check", "--diff")
    assert preview.changed("whole")
    assert whole.destination("FSM") == right

    paused = operator.play("pause_fsm", {name: hosts[name] for name in names if name != "on"})
    assert paused.code == 2
    assert paused.changed("whole")
    assert not paused.changed("again")
    assert whole.destination("FSM") == {**right, ENABLED: "false"}
    whole.tick()
    assert whole.connectors["FSM"].status == "PAUSED"
    assert "there is no destination of this name" in paused.failure("missing")
    assert "it leads to mail.example.com" in paused.failure("other")
    assert "Destination FSM has no tc.enabled" in paused.failure("off")
    assert "Destination FSM leads to another FSM system" in paused.failure("elsewhere")

    resumed = operator.play("resume_fsm", {name: hosts[name] for name in ("whole", "on", "second")})
    assert whole.destination("FSM") == right
    assert whole.labels("FSM") == LABELS
    assert not resumed.changed("on")
    assert "Destination COPY is a primary destination to the same FSM system" in resumed.failure("second")
    assert second.environment.subaccount.destinations["FSM"][ENABLED] == "false"
