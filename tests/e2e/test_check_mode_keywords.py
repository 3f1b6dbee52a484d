# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The keyword check_mode, wherever Ansible takes it, previews like the option --check, whatever the operation."""

from __future__ import annotations

import json
import typing as t

import pytest

from operating import ENABLED, Connection

if t.TYPE_CHECKING:
    from operator_at_work import Operator, Run, Variables

ROLE = "btp_ops.task_center.fsm"
# What makes each operation change something in a pair as SAP's guide has it: variables, and properties of the primary
# destination.
OPERATIONS: dict[str, tuple[Variables, dict[str, str]]] = {
    "main": ({"fsm_primary_properties": {"Description": "new"}}, {}),
    "absent": ({"fsm_state": "absent"}, {}),
    "adopt": ({}, {}),
    "audit": ({}, {}),
    "check": ({}, {}),
    "pause": ({}, {}),
    "resume": ({}, {ENABLED: "false"}),
    "repopulate": ({}, {}),
    "rename": ({"fsm_name": "NEW", "fsm_rename_from": "FSM"}, {}),
    "rotate_secret": ({}, {"clientSecret": "of-yesterday", "tokenServicePassword": "of-yesterday"}),
}
READING = ("audit", "check")


def use(operation: str) -> dict[str, str]:
    """Return what names the role's entry point for an operation."""
    return {"name": ROLE, "tasks_from": "main" if operation == "absent" else operation}


# Where the keyword is set; the role has no other entry point where a play lists it.
KEYWORDS: dict[str, t.Callable[[str], dict[str, t.Any]]] = {
    "play": lambda one: {"check_mode": True, "tasks": [{"import_role": use(one)}]},
    "play-dynamic": lambda one: {"check_mode": True, "tasks": [{"include_role": use(one)}]},
    "block": lambda one: {"tasks": [{"check_mode": True, "block": [{"import_role": use(one)}]}]},
    "block-dynamic": lambda one: {"tasks": [{"check_mode": True, "block": [{"include_role": use(one)}]}]},
    "task": lambda one: {"tasks": [{"import_role": use(one), "check_mode": True}]},
    "task-dynamic": lambda one: {"tasks": [{"include_role": {**use(one), "apply": {"check_mode": True}}}]},
    "role": lambda _one: {"roles": [{"role": ROLE, "check_mode": True}]},
}


def steps(run: Run, host: str) -> list[tuple[str, str, t.Any]]:
    """Return what a run did on a host: each task, how it ended, and what the user sees of the change."""
    return [
        (event["task"], event["status"], [event["result"].get(key) for key in ("changed", "diff")])
        for event in run.events
        if event["host"] == host and event["action"] != "include_role"
    ]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_keyword_previews_like_the_option(operator: Operator, operation: str) -> None:
    variables, properties = OPERATIONS[operation]
    connection = Connection(operator, operator.environment(), **properties)
    operator.secrets.add("of-yesterday")
    destinations = connection.environment.subaccount.destinations
    before = dict(destinations)
    keywords = [name for name in KEYWORDS if name != "role" or use(operation)["tasks_from"] == "main"]
    given = operator.variables(
        connection.environment, fsm_task_center_refresh_seconds=0, fsm_adopt_dir="adopted", **variables
    )
    # One environment for all, which none of them changes.
    hosts = dict.fromkeys(("option", *keywords), given)
    plays = {name: {"hosts": name, "gather_facts": False, **KEYWORDS[name](operation)} for name in keywords}
    operator.landscape.forget_requests()

    preview = operator.play(
        [{"hosts": "option", "gather_facts": False, "tasks": [{"import_role": use(operation)}]}],
        {"option": given},
        "--check",
        "--diff",
    )
    run = operator.play(list(plays.values()), hosts, "--diff")

    assert (preview.code, run.code) == (0, 0), preview.output
    assert preview.changed("option") is (operation not in READING)
    expected = json.dumps(steps(preview, "option"))
    for name in keywords:
        # Names of files are those of hosts, and headers name them.
        shown = json.dumps(steps(run, name)).replace(f"/{name}", "/option").replace(f'"{name}: ', '"option: ')
        assert json.loads(shown) == json.loads(expected), name
    sent = [one for one in operator.landscape.requests() if one.method != "GET" and not one.path.endswith("/token")]
    assert sent == []
    assert dict(destinations) == before
    assert not (operator.folder / "certificates").exists()
    assert not (operator.folder / "adopted").exists()
