# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came of an operation in many environments: a row for each, also for those in which it failed. Pure: no I/O."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation_summary import REACH

Row = dict[str, t.Any]

FAILED, UNREACHABLE, STOPPED = "failed", "unreachable", "stopped half-way"
REMEDY = {
    FAILED: "Its message is further up.",
    UNREACHABLE: f"What to do: {REACH}.",
    STOPPED: "See why further up, and run the playbook again: it continues from there.",
}


def summary(environments: t.Iterable[tuple[str, t.Mapping[str, t.Any], t.Mapping[str, t.Any]]]) -> dict[str, t.Any]:
    """Return the rows of two tables, ``completed`` and ``failing``, and why each of the latter is there.

    An environment of which nothing is known, for instance because tags left it out, has no row.

    :param environments: name of each, what fsm_connection_info returned last, and what its failure was: ``task`` and
        the IDs of ``errors``; both empty if there is none
    """
    completed: list[Row] = []
    failing: list[Row] = []
    for name, check, failure in environments:
        if check.get(UNREACHABLE):
            failing.append({"environment": name, "outcome": UNREACHABLE, "stopped by": "-"})
        elif failure:
            failing.append({"environment": name, "outcome": FAILED, "stopped by": stopped_by(failure)})
        elif check.get("row") and not check.get("final", True):
            failing.append({"environment": name, "outcome": STOPPED, "stopped by": "-"})
        elif check.get("row"):
            completed.append(check["row"])
    messages = {row["environment"]: _message(row) for row in failing}
    return {"completed": completed, "failing": failing, "messages": messages}


def stopped_by(failure: t.Mapping[str, t.Any]) -> str:
    """Return what an environment was stopped by: the IDs of findings that are errors, or else a task."""
    errors = dict.fromkeys(map(str, failure.get("errors") or ()))
    return ", ".join(errors) or f"task {str(failure.get('task') or '-').rpartition(' : ')[2]}"


def _message(row: Row) -> str:
    """Return in one line why an environment is among those that failed."""
    cause = f" (stopped by {row['stopped by']})" if row["outcome"] == FAILED else ""
    return f"{row['environment']}: {row['outcome']}{cause}. {REMEDY[row['outcome']]}"
