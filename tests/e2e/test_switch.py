# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pausing and resuming: tc.enabled and nothing else, of a destination that may be switched."""

from __future__ import annotations

import json
import typing as t
from datetime import datetime, timezone

import pytest

from landscape import Matching
from landscape.faults import Status
from operating import ENABLED, LABELS, Connection
from tables import rows_of

if t.TYPE_CHECKING:
    from landscape import Landscape
    from operator_at_work import Operator


@pytest.mark.provokes("primary_unfit", "tc_enabled_missing", "destination_of_other_system", "second_primary")
def test_pause_and_resume(operator: Operator) -> None:
    names = ("whole", "again", "on", "second", "missing", "other", "off", "elsewhere")
    connections = {name: Connection(operator, operator.environment()) for name in names}
    whole, second = connections["whole"], connections["second"]
    right = whole.destination("FSM")
    assert right is not None
    right_again = connections["again"].destination("FSM") or {}
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
    # Somebody has paused it by hand; from now on that is remembered.
    assert paused.changed("again")
    assert connections["again"].destination("FSM") == {**right_again, ENABLED: "false"}
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


@pytest.mark.provokes("connection_paused")
def test_paused_connection_stays_so_until_it_is_resumed(operator: Operator) -> None:
    connection = Connection(operator, operator.environment())
    right = connection.destination("FSM")
    assert right is not None
    hosts = {"dev": operator.variables(connection.environment, fsm_task_center_refresh_seconds=0)}
    today = datetime.now(timezone.utc).date().isoformat()
    reason = "Migration of 'FSM': {{ 7 * 7 }}"
    given = ("-e", json.dumps({"fsm_pause_reason": {"__ansible_unsafe": reason}}))

    operator.play("pause_fsm", hosts, *given)
    assert connection.labels("FSM") == {**LABELS, "fsm-pause": [f"since={today}", f"reason={reason}"]}
    again = operator.play("pause_fsm", hosts)
    assert not again.changed("dev")

    # Also one that has something to change.
    connection.change("FSM", Description="by hand")
    for playbook in ("connect_fsm", "connect_fsm", "rotate_fsm_secret"):
        run = operator.play(playbook, hosts)
        assert run.code == 0
        assert connection.destination("FSM") == {**right, ENABLED: "false"}
        if playbook == "connect_fsm":
            assert f"Destination FSM is paused since {today} ({reason})." in run.output
    audit = operator.play("audit_fsm", hosts)
    assert audit.code == 0
    assert rows_of(audit, "how the environments compare")["dev"]["status"] == "in sync"

    resumed = operator.play("resume_fsm", hosts)
    assert resumed.code == 0
    assert (connection.destination("FSM"), connection.labels("FSM")) == (right, LABELS)
    assert not operator.play("connect_fsm", hosts).changed("dev")


@pytest.mark.provokes("pause_not_remembered", "pause_unknown", "pause_label_stays")
def test_pause_without_labels_is_made_and_says_that_it_is_forgotten(operator: Operator, landscape: Landscape) -> None:
    connection = Connection(operator, operator.environment())
    refused = Matching(path="*/labels", environment=connection.environment.name)
    landscape.faults.add(Status(403, body="no labels for you"), refused)

    hosts = {"dev": operator.variables(connection.environment)}

    run = operator.play("pause_fsm", hosts)

    assert run.code == 0
    assert (connection.destination("FSM") or {})[ENABLED] == "false"
    assert "the next run of connect_fsm sets its tc.enabled to true." in run.output
    # As long as nobody can read whether the pause is wanted, no run ends it but the one that is meant to.
    kept = operator.play("connect_fsm", hosts)
    assert (kept.code, (connection.destination("FSM") or {})[ENABLED]) == (0, "false")
    resumed = operator.play("resume_fsm", hosts)
    assert (resumed.code, (connection.destination("FSM") or {})[ENABLED]) == (0, "true")


@pytest.mark.provokes("pause_outdated")
def test_pause_that_somebody_has_ended_by_hand_is_reported(operator: Operator) -> None:
    connection = Connection(operator, operator.environment())
    hosts = {"dev": operator.variables(connection.environment)}
    operator.play("pause_fsm", hosts)
    connection.change("FSM", **{ENABLED: "true"})

    assert "pause_outdated" in operator.play("audit_fsm", hosts).reported("dev")
    operator.play("resume_fsm", hosts)
    assert connection.labels("FSM") == LABELS
    assert "pause_outdated" not in operator.play("audit_fsm", hosts).reported("dev")
