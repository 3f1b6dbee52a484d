# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of findings: errors first, and with what environments of a run do to each other."""

from __future__ import annotations

import typing as t
from types import SimpleNamespace

import pytest

from ansible_collections.btp_ops.task_center.plugins.action.fsm_findings import ActionModule
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.conflicts import conflicts
from unit.plugins.connections import PRIMARY

Result = dict[str, t.Any]

WARNING = {"id": "w", "severity": "warning", "text": "It is warm."}
ERROR = {"id": "e", "severity": "error", "text": "It burns."}
# What became unreadable because a secret is a part of the word.
MASKED = {"id": "m", "severity": "********ror", "text": "Who knows?"}


def report(task_vars: Result | None = None, **arguments: t.Any) -> Result:
    """Return what the task returns with these arguments."""
    shell = SimpleNamespace(tmpdir=None)
    task: t.Any = SimpleNamespace(args=arguments, async_val=0, check_mode=False)
    connection: t.Any = SimpleNamespace(_shell=shell)
    nothing: t.Any = None
    return ActionModule(task, connection, nothing, nothing, nothing, nothing).run(task_vars=task_vars)


def check(name: str, **difference: str) -> Result:
    """Return the check of an environment, whose ID is its name."""
    primary = {**PRIMARY, **difference}
    connects = {"environment": name, "subaccount": "a", "primary": primary}
    return {"check_id": name, "connects": connects, "findings": []}


CHECKS = {"dev": check("dev"), "qa": check("qa", Name="FSM2"), "prod": {"failed": True, "msg": "no"}}
HOSTS: Result = {
    "ansible_play_hosts": [*CHECKS, "never checked"],
    "hostvars": {**{name: {"fsm_connection": one} for name, one in CHECKS.items()}, "never checked": {}},
}


def test_nothing_is_found() -> None:
    result = report(findings=[])
    assert (result["changed"], result["failed"], result["msg"]) == (False, False, "")
    assert not result["_ansible_verbose_always"]


def test_warnings_are_shown_and_the_run_goes_on() -> None:
    result = report(findings=[WARNING, WARNING])
    assert (result["failed"], result["msg"]) == (False, "It is warm.\n\nIt is warm.")
    # Without -v.
    assert result["_ansible_verbose_always"]


@pytest.mark.parametrize("error", [ERROR, MASKED])
def test_errors_come_first_and_stop_the_run(error: Result) -> None:
    result = report(findings=[WARNING, error])
    assert (result["failed"], result["msg"]) == (True, f"{error['text']}\n\nIt is warm.")


def test_conflicts_of_this_check_are_reported_with_its_findings() -> None:
    found = conflicts(list(CHECKS.values()))
    result = report(HOSTS, findings=[WARNING], check_id="dev", conflicts=found)
    assert result["failed"] is True
    assert result["msg"].startswith("qa connects the same FSM system")
    assert result["msg"].endswith("It is warm.")


@pytest.mark.parametrize("stale", [{}, {"of another check": [ERROR]}])
def test_environments_are_compared_again_where_nobody_has_compared_this_check(stale: Result) -> None:
    """A condition on the role that leaves out the first host leaves out the comparison for all."""
    result = report(HOSTS, findings=[], check_id="dev", conflicts=stale)
    assert result["failed"] is True
    assert "qa connects the same FSM system" in result["msg"]
    assert "It burns." not in result["msg"]


def test_without_a_check_nothing_is_compared() -> None:
    assert report(HOSTS, findings=[])["msg"] == ""
