# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each word at the end of a run is true: of what is paused, renamed, removed before, or was left out."""

from __future__ import annotations

import typing as t

import pytest

from operating import ENABLED, Connection
from tables import rows_of

if t.TYPE_CHECKING:
    from operator_at_work import Operator, Run

ROLE = "btp_ops.task_center.fsm"
AUDIT = "how the environments compare"
PAUSED = {ENABLED: "false"}


def rows(run: Run) -> dict[str, list[str]]:
    """Return the cells of the table at the end of a run by environment, without its name."""
    audited = any(event["task"].endswith(AUDIT) for event in run.events)
    found = rows_of(run, AUDIT if audited else "Summarize the environments")
    return {name: list(row.values())[1:] for name, row in found.items()}


@pytest.mark.provokes("rename_completed", "no_new_client", "second_primary", "destination_paused")
def test_words_of_summaries(operator: Operator) -> None:
    connections = {
        name: Connection(operator, operator.environment(), **properties)
        for name, properties in (("works", {}), ("paused", PAUSED))
    }
    hosts = {name: operator.variables(one.environment) for name, one in connections.items()}
    for variables in hosts.values():
        variables["fsm_task_center_refresh_seconds"] = 0
    paused = connections["paused"].variables()

    checked = rows(operator.play("check_fsm", hosts))
    assert checked["works"][:3] == ["FSM in sync", "FSM_PP in sync", "true"]
    assert checked["paused"][:3] == ["FSM drifted", "FSM_PP in sync", "false"]
    assert rows(operator.play("audit_fsm", hosts))["paused"][:2] == ["drifted", "FSM (paused by tc.enabled)"]
    rotated = operator.play("rotate_fsm_secret", {"works": hosts["works"], "paused": paused})
    assert rows(rotated)["works"][:4] == ["FSM unchanged", "FSM_PP unchanged", "true", "secondary, connector"]
    # A paused connector says nothing of whether it would work.
    assert rows(rotated)["paused"] == ["FSM unchanged", "FSM_PP unchanged", "false", "secondary, connector"]
    assert "No new secret was given: FSM and FSM_PP have fsm_client_id and fsm_client_secret already." in rotated.output

    new = {name: {**variables, "fsm_name": "NEW"} for name, variables in hosts.items()}
    preview = operator.play("rename_fsm", new, "-e", "fsm_rename_from=FSM", "--check")
    assert rows(preview)["works"][:3] == ["FSM to be removed", "NEW to be created", "true"]
    renamed = operator.play("rename_fsm", new, "-e", "fsm_rename_from=FSM")
    assert rows(renamed)["paused"][:3] == ["FSM removed", "NEW exists", "false"]
    assert renamed.output.count("Set fsm_name to NEW in the inventory") == len(hosts)
    before = operator.play("audit_fsm", hosts)
    assert rows(before)["works"][:2] == ["missing", "FSM missing; FSM_PP missing"]
    assert "missing: Destination NEW is a primary destination to the same FSM system" in before.failure("works")
    assert operator.play("audit_fsm", {"works": new["works"]}).reported("works") == set()

    confirm = ("-e", "fsm_disconnect_confirm=2")
    assert rows(operator.play("disconnect_fsm", new, *confirm))["works"] == ["NEW removed", "NEW_PP removed"]
    for arguments in ([], ["--check"]):
        again = operator.play("disconnect_fsm", new, *confirm, *arguments)
        assert rows(again)["works"] == ["NEW absent", "NEW_PP absent"]
        assert not again.changed("works")
    assert rows(operator.play("check_fsm", new))["works"][:3] == ["NEW missing", "NEW_PP missing", "-"]


@pytest.mark.parametrize("arguments", [["--tags", "other"], ["--skip-tags", "fsm"]])
def test_summary_of_work_that_tags_left_out_claims_nothing(operator: Operator, arguments: list[str]) -> None:
    connection = Connection(operator, operator.environment(), **PAUSED)
    rows_of_all = "{{ ansible_play_hosts | map('extract', hostvars) | selectattr('fsm_connection', 'defined') | list }}"
    summary = {"name": "Summarize", "tags": ["always"], "ansible.builtin.debug": {"msg": rows_of_all}}
    play = {"hosts": "all", "gather_facts": False, "roles": [{"role": ROLE, "tags": ["fsm"]}], "post_tasks": [summary]}
    operator.landscape.forget_requests()

    run = operator.play([play], {"dev": operator.variables(connection.environment)}, *arguments)

    (said,) = (event["result"]["msg"] for event in run.events if event["task"] == "Summarize")
    assert (run.code, said) == (0, [])
    assert operator.landscape.requests(connection.environment.name) == []
    if arguments[0] == "--tags":
        shipped = operator.play("connect_fsm", {"dev": operator.variables(connection.environment)}, *arguments)
        assert "Summarize the environments" not in shipped.output
