# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets that look like anything else: no result is destroyed by hiding them, and nothing is decided by what is."""

from __future__ import annotations

import re
import typing as t

from operating import Connection

if t.TYPE_CHECKING:
    from operator_at_work import Operator, Run, Variables

HEADER = "URL.headers.X-Api-Key"
# A text that is no secret in other places is shown there, unless it is as long as secrets usually are.
SHORT, LONG = "123456", "1234567890"
VALUES = {"true": "true", "letter": "e", "digit": "1", "account": SHORT}
OF_YESTERDAY = "F"
NEW = {"fsm_name": "NEW"}


def connected(operator: Operator, values: dict[str, str], account: str) -> dict[str, Connection]:
    """Return connections to an account, each with a secret header of its own in both destinations."""
    found = {}
    for name, value in values.items():
        one = found[name] = Connection(operator, operator.environment({"fsm": {"account_id": account}}))
        for destination in ("FSM", "FSM_PP"):
            one.change(destination, **{HEADER: value})
    return found


def hosts(connections: dict[str, Connection], **changes: t.Any) -> dict[str, Variables]:
    """Return the variables of all environments."""
    return {
        name: one.operator.variables(
            one.environment,
            fsm_task_center_refresh_seconds=0,
            **{
                f"fsm_{which}_secret_properties": {
                    HEADER: (one.destination("FSM") or one.destination("NEW") or {})[HEADER]
                }
                for which in ("primary", "secondary")
            },
            **changes,
        )
        for name, one in connections.items()
    }


def pairs(connections: dict[str, Connection], name: str = "FSM") -> dict[str, list[t.Any]]:
    """Return both destinations of each environment, and their labels, with the usual name."""
    return {
        host: [
            ({**(one.destination(f"{name}{end}") or {}), "Name": end}, one.labels(f"{name}{end}"))
            for end in ("", "_PP")
        ]
        for host, one in connections.items()
    }


def forget_secrets(connections: dict[str, Connection]) -> None:
    """Store the client secret of yesterday, which is as short."""
    for one in connections.values():
        one.change("NEW", clientSecret=OF_YESTERDAY, tokenServicePassword=OF_YESTERDAY)
        one.change("NEW_PP", tokenServicePassword=OF_YESTERDAY)


def assert_readable(run: Run) -> None:
    """Fail if what the user reads has stars, or their like, elsewhere than in the place of a secret property."""
    assert "VALUE_SPECIFIED" not in run.output
    # Ansible fills titles up with stars.
    lines = [line for line in run.output.splitlines() if not re.match(r"(TASK|PLAY|NO MORE)", line)]
    stars = [line for line in lines if "**" in line]
    assert [line for line in stars if not re.search(r"(clientSecret|tokenServicePassword|Api-Key)['\"]?: ", line)] == []
    for event in run.events:
        if event["action"].startswith("btp_ops."):
            assert event["result"]["changed"] in (True, False)
            assert event["result"].get("action", "none") in ("none", "create", "update", "delete", "export")


def test_secrets_that_look_like_anything_else(operator: Operator) -> None:
    connections = connected(operator, VALUES, SHORT)
    right = pairs(connections)

    def play(playbook: str, *arguments: str, **changes: t.Any) -> Run:
        run = operator.play(playbook, hosts(connections, **changes), "--diff", *arguments)
        assert run.code == 0, run.output
        assert_readable(run)
        return run

    def play_as_shown(playbook: str, **changes: t.Any) -> None:
        shown, done = (play(playbook, *arguments, **changes) for arguments in (["--check"], []))
        assert {name: shown.changed(name) for name in VALUES} == {name: done.changed(name) for name in VALUES}

    play_as_shown("connect_fsm")
    assert pairs(connections) == right
    assert not any(play("connect_fsm").changed(name) for name in VALUES)
    play("pause_fsm")
    assert {one.environment.subaccount.destinations["FSM"]["tc.enabled"] for one in connections.values()} == {"false"}
    play("resume_fsm")
    assert pairs(connections) == right
    play("repopulate_fsm")
    assert pairs(connections) == right
    play_as_shown("rename_fsm", **NEW, fsm_rename_from="FSM")
    assert pairs(connections, "NEW") == right
    assert [one.destination("FSM") or one.destination("FSM_PP") for one in connections.values()] == [None] * len(VALUES)
    forget_secrets(connections)
    play_as_shown("rotate_fsm_secret", **NEW)
    assert pairs(connections, "NEW") == right
    play("audit_fsm", **NEW)
    play("disconnect_fsm", **NEW, fsm_disconnect_confirm=len(VALUES))


def test_secret_that_is_hidden_everywhere_decides_nothing(operator: Operator) -> None:
    connections = connected(operator, {"account": LONG}, LONG)
    right = pairs(connections)
    assert operator.play("connect_fsm", hosts(connections), "--diff").code == 0
    assert pairs(connections) == right
    assert operator.play("rename_fsm", hosts(connections, **NEW, fsm_rename_from="FSM"), "--diff").code == 0
    assert pairs(connections, "NEW") == right
    forget_secrets(connections)
    assert operator.play("rotate_fsm_secret", hosts(connections, **NEW), "--diff").code == 0
    assert pairs(connections, "NEW") == right
