# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tables at the end of a run can be pasted as they are, whatever prints them, and have a row for every environment."""

from __future__ import annotations

import re
import typing as t

import pytest

from operating import Connection
from tables import rows_of

if t.TYPE_CHECKING:
    from operator_at_work import Operator, Run

COLUMNS = 80
LONG = "fsm-production-eu10-central-customer-landscape.operations.example.com"
TABLES = {
    "connect_fsm": ("Summarize the environments", "Summarize the environments that failed"),
    "check_fsm": ("Summarize the environments", "Summarize the environments that failed"),
    "audit_fsm": ("how the environments compare",),
    "rotate_fsm_trust": ("Show the outcome",),
}


def assert_pasted_as_it_is(run: Run, task: str, form: str) -> None:
    """Fail unless each line of a table is printed as it is, in one line of a terminal."""
    (lines,) = (event["result"]["msg"] for event in run.events if event["task"].endswith(task))
    printed = run.output.splitlines()
    before, after = {"json": ('        "', '",?'), "yaml": (r"\s+- ", "")}[form]
    found = [
        next((place for place, text in enumerate(printed) if re.fullmatch(before + re.escape(line) + after, text)), 0)
        for line in lines
    ]
    assert all(found), (lines, run.output)
    assert all(len(printed[place]) <= COLUMNS for place in found if LONG not in printed[place])


# The long name on every ansible-core, where rows become blocks.
@pytest.mark.parametrize(
    "name, form", [("dev", "json"), ("dev", "yaml"), pytest.param(LONG, "yaml", marks=[pytest.mark.core])]
)
def test_tables_survive_every_format(operator: Operator, form: str, name: str) -> None:
    works = Connection(operator, operator.environment())
    works.environment.subaccount.destinations["FSM"] |= {"Description": "by hand", "X": "y"}
    hosts = {
        name: operator.variables(works.environment),
        "input": operator.variables(works.environment, fsm_company_id="ACME"),
        "offline": {**operator.variables(works.environment), "ansible_connection": "offline"},
    }

    for playbook, tables in TABLES.items():
        run = operator.play(playbook, hosts, "--check", ANSIBLE_CALLBACK_RESULT_FORMAT=form, COLUMNS=str(COLUMNS))

        found = [rows_of(run, task) for task in tables]
        assert {host for rows in found for host in rows} == set(hosts), playbook
        for task in tables:
            assert_pasted_as_it_is(run, task, form)
        assert run.code != 0


def test_failed_and_unreachable_environments_have_rows(operator: Operator) -> None:
    works = Connection(operator, operator.environment())
    hosts = {
        "dev": operator.variables(works.environment),
        "input": operator.variables(works.environment, fsm_company_id="ACME", fsm_url=""),
        "broken": operator.variables(works.environment, fsm_name="{{ missing }}"),
        "offline": {**operator.variables(works.environment), "ansible_connection": "offline"},
    }

    run = operator.play("connect_fsm", hosts)

    assert set(rows_of(run, "Summarize the environments")) == {"dev"}
    failed = rows_of(run, "Summarize the environments that failed")
    assert {name: row["outcome"] for name, row in failed.items()} == {
        "input": "failed",
        "broken": "failed",
        "offline": "unreachable",
    }
    assert failed["input"]["stopped by"] == "input_missing, input_pattern"
    assert failed["broken"]["stopped by"].startswith("task ")
    assert "input: failed (stopped by input_missing, input_pattern). Its message is further up." in run.output
    recap = run.output.rpartition("PLAY RECAP")[2]
    assert re.search(r"^dev .* failed=0 ", recap, re.MULTILINE)
    assert re.search(r"^input .* failed=1 ", recap, re.MULTILINE)
