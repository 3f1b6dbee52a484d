# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A preview predicts the run: every operation from every state, first with --check, then for real."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN, INCOMPARABLE
from operating import ENABLED, Connection

if t.TYPE_CHECKING:
    from operator_at_work import Operator, Run, Variables

VALUE = f"{ENABLED}=true"


def untouched(_one: Connection) -> None:
    """Leave the pair as SAP's guide has it."""


def paused(one: Connection) -> None:
    """Pause it."""
    one.change("FSM", **{ENABLED: "false"})


def ignored(one: Connection) -> None:
    """Take tc.enabled away, and let nobody remember it."""
    remove(one, "FSM", ENABLED)


def drifted(one: Connection) -> None:
    """Change, add and remove a property of each."""
    for name in ("FSM", "FSM_PP"):
        one.change(name, tokenServiceURL="https://de.fsm.cloud.sap/api/oauth2/v1/token", TrustAll="true")
        remove(one, name, "URL.headers.X-Client-Version")


def other_secret(one: Connection) -> None:
    """Store a secret that FSM has not given out."""
    one.operator.secrets.add("a-secret-of-yesterday")
    one.change("FSM", clientSecret="a-secret-of-yesterday", tokenServicePassword="a-secret-of-yesterday")
    one.change("FSM_PP", tokenServicePassword="a-secret-of-yesterday")


def without_secondary(one: Connection) -> None:
    """Remove the secondary destination."""
    del one.environment.subaccount.destinations["FSM_PP"]


def absent(one: Connection) -> None:
    """Remove both destinations."""
    without_secondary(one)
    del one.environment.subaccount.destinations["FSM"]


def labelled(one: Connection) -> None:
    """Label both as somebody does."""
    one.environment.subaccount.destinations.set_labels("FSM", {"stage": ["prod"], "owner": ["b", "a"]})
    one.environment.subaccount.destinations.set_labels("FSM_PP", {"stage": ["prod"]})


def removing(one: Connection) -> None:
    """Interrupt a repopulation before tc.enabled is removed."""
    remember(one, "FSM", "fsm-repopulation", "removing")


def removed(one: Connection) -> None:
    """Interrupt it after that."""
    removing(one)
    ignored(one)


def restoring(one: Connection) -> None:
    """Interrupt it after the connector was removed."""
    remember(one, "FSM", "fsm-repopulation", "restoring")
    ignored(one)


def restored(one: Connection) -> None:
    """Interrupt it after tc.enabled was restored."""
    remember(one, "FSM", "fsm-repopulation", "restoring")


def new_secondary(one: Connection) -> None:
    """Interrupt a renaming after its first step."""
    copy(one, "FSM_PP", "NEW_PP")


def new_pair(one: Connection) -> None:
    """Interrupt it before the old connector is removed."""
    new_secondary(one)
    copy(one, "FSM", "NEW")
    remove(one, "NEW", ENABLED)
    remember(one, "NEW", "fsm-renaming", "prepared")


def new_pair_drifted(one: Connection) -> None:
    """Interrupt it there, and change what was written."""
    new_pair(one)
    one.change("NEW", **{"tc.ui.label": "x", "clientSecret": "a-secret-of-yesterday"})
    one.operator.secrets.add("a-secret-of-yesterday")


def exchanged(one: Connection) -> None:
    """Interrupt it before the new connector is added."""
    new_pair(one)
    ignored(one)


def new_polled(one: Connection) -> None:
    """Interrupt it before the old pair is removed."""
    exchanged(one)
    one.change("NEW", **{ENABLED: "true"})


def old_secondary_left(one: Connection) -> None:
    """Interrupt it before its last step."""
    new_polled(one)
    one.environment.subaccount.destinations.set_labels("NEW", {})
    del one.environment.subaccount.destinations["FSM"]


STATES: tuple[t.Callable[[Connection], None], ...] = (
    untouched,
    paused,
    ignored,
    drifted,
    other_secret,
    without_secondary,
    absent,
    labelled,
    removing,
    removed,
    restoring,
    restored,
    new_secondary,
    new_pair,
    new_pair_drifted,
    exchanged,
    new_polled,
    old_secondary_left,
)
# How a service may hide secrets; that it leaves them out, nobody knows of a destination that is not there yet.
HIDING = ("null", "starred")
# Adopting changes no destination, and does not ask for what was interrupted.
ADOPTED = (untouched, paused, drifted, without_secondary, absent)
OPERATIONS: dict[str, Variables] = {
    "connect_fsm": {},
    "disconnect_fsm": {},
    "check_fsm": {},
    "audit_fsm": {},
    "adopt_fsm": {},
    "pause_fsm": {},
    "resume_fsm": {},
    "repopulate_fsm": {},
    "rename_fsm": {"fsm_name": "NEW", "fsm_rename_from": "FSM"},
    "rotate_fsm_secret": {},
}


def remove(one: Connection, name: str, key: str) -> None:
    """Remove a property as if by hand."""
    destinations = one.environment.subaccount.destinations
    destinations[name] = {other: value for other, value in destinations[name].items() if other != key}


def copy(one: Connection, name: str, other: str) -> None:
    """Create a destination like another one."""
    destinations = one.environment.subaccount.destinations
    destinations[other] = {**destinations[name], "Name": other}


def remember(one: Connection, name: str, label: str, phase: str) -> None:
    """Let a label say what an interrupted run has stored."""
    one.environment.subaccount.destinations.set_labels(name, {**one.labels(name), label: [phase, VALUE]})


def steps(run: Run, host: str) -> list[tuple[str, str, bool, str]]:
    """Return what a run did in one environment: each task, how it ended, whether it changed something, and its diff."""
    return [
        (event["task"], event["status"], event["result"].get("changed", False), _diffs(event["result"].get("diff")))
        for event in run.events
        if event["host"] == host
    ]


def _diffs(found: t.Any) -> str:
    parts = found if isinstance(found, list) else [found]
    keys = ("before_header", "after_header", "before", "after")
    # Of a destination that does not exist yet, nobody knows whether its secrets will be shown.
    text = json.dumps([[part.get(key, "") for key in keys] for part in parts if part], sort_keys=True)
    return text.replace(INCOMPARABLE, HIDDEN)


def written(one: Connection) -> dict[str, t.Any]:
    """Return all that a run may have changed in the subaccount."""
    destinations = one.environment.subaccount.destinations
    return {name: (destination, one.labels(name)) for name, destination in destinations.items()}


def writes(operator: Operator) -> list[str]:
    """Return the requests of operators that would change something."""
    return [
        f"{request.method} {request.path}"
        for request in operator.landscape.requests()
        if request.user_agent == "btp_ops.task_center"
        and request.method != "GET"
        and not request.path.endswith("/token")
    ]


# On every ansible-core, those whose tasks build on each other.
ON_EVERY_CORE = ("adopt_fsm", "rename_fsm", "repopulate_fsm")


@pytest.mark.parametrize(
    "playbook",
    [pytest.param(name, marks=[pytest.mark.core] if name in ON_EVERY_CORE else []) for name in OPERATIONS],
)
def test_preview_predicts_the_run(operator: Operator, playbook: str) -> None:
    states = ADOPTED if playbook == "adopt_fsm" else STATES
    connections = {state.__name__: Connection(operator, operator.environment()) for state in states}
    for state in states:
        state(connections[state.__name__])
    for way in HIDING:
        connections[way] = Connection(operator, operator.environment({"assumptions": {"destination_secrets": way}}))
    every = len(states) + len(HIDING)
    variables = {
        "fsm_task_center_refresh_seconds": 0,
        "fsm_disconnect_confirm": every,
        **OPERATIONS[playbook],
    }
    hosts = {name: operator.variables(one.environment, **variables) for name, one in connections.items()}
    if playbook == "adopt_fsm":
        (operator.folder / "host_vars" / "paused").mkdir(parents=True)
    before = {name: written(one) for name, one in connections.items()}
    operator.landscape.forget_requests()

    preview = operator.play(playbook, hosts, "--check", "--diff")
    assert writes(operator) == []
    real = operator.play(playbook, hosts, "--diff")

    assert {name: steps(preview, name) for name in hosts} == {name: steps(real, name) for name in hosts}
    assert preview.code == real.code
    changed = {name for name, one in connections.items() if written(one) != before[name]}
    assert changed <= {name for name in hosts if preview.changed(name)}
