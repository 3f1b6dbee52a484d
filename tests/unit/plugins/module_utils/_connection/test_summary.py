# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every environment has a row that is true of it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.summary import stopped_by, summary

ROW = {"environment": "dev", "primary": "FSM unchanged"}
ERRORS = {"task": "btp_ops.task_center.fsm : Report the findings, and stop at errors", "errors": ["a", "b", "a"]}


def one(check: dict[str, t.Any], failure: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
    """Return the summary of one environment."""
    return summary([("dev", check, failure or {})])


@pytest.mark.parametrize("check", [{"row": ROW, "final": True}, {"row": ROW}])
def test_completed(check: dict[str, t.Any]) -> None:
    assert one(check) == {"completed": [ROW], "failing": [], "messages": {}}


def test_nothing_is_known() -> None:
    assert one({}) == {"completed": [], "failing": [], "messages": {}}


def test_failed() -> None:
    found = one({"row": ROW, "final": True}, ERRORS)
    assert found["completed"] == []
    assert found["failing"] == [{"environment": "dev", "outcome": "failed", "stopped by": "a, b"}]
    assert found["messages"]["dev"] == "dev: failed (stopped by a, b). Its message is further up."


@pytest.mark.parametrize(
    "check, outcome",
    [({"unreachable": True, "msg": "x"}, "unreachable"), ({"row": ROW, "final": False}, "stopped half-way")],
)
def test_cut_off(check: dict[str, t.Any], outcome: str) -> None:
    found = one(check)
    assert found["failing"] == [{"environment": "dev", "outcome": outcome, "stopped by": "-"}]
    assert found["messages"]["dev"].startswith(f"dev: {outcome}. ")


def test_stopped_by_a_task() -> None:
    assert stopped_by({**ERRORS, "errors": []}) == "task Report the findings, and stop at errors"
    assert stopped_by({"task": "-"}) == "task -"
