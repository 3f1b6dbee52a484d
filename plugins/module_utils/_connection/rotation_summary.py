# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came of a rotation over many environments, for people and for programs. Pure: no I/O, no Ansible."""

from __future__ import annotations

import typing as t
from datetime import datetime

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation import FAILED, OPERATOR
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import listed

NOT_REACHED = "not reached"
UNREACHABLE = "Ansible could not reach this host."
REACH = "see how Ansible reaches it: usually ansible_connection is local"
# From the worst to the best: the worst of all environments is the outcome of a run.
OUTCOMES = (
    FAILED,
    NOT_REACHED,
    "waiting for upload",
    "waiting for verification",
    "pending",
    "soaking",
    "done",
    "nothing to do",
)
# What of an environment's report is of use to other programs.
REPORTED = (
    "outcome",
    "phase",
    "step",
    "next",
    "actor",
    "active",
    "passive",
    "activated",
    "verified",
    "soaks_until",
    "done",
    "path",
    "messages",
)


def row_of(environment: str, report: t.Mapping[str, t.Any], failure: str) -> dict[str, t.Any]:
    """Return what came of an environment.

    :param report: what fsm_rotation_info returned last; empty if it was not asked
    :param failure: why the role failed; empty if it did not
    """
    empty: dict[str, t.Any] = {"phase": "-", "step": None, "active": None, "passive": None, "done": [], "messages": []}
    row = {"environment": environment, "actor": OPERATOR, **empty}
    if report.get("unreachable"):
        return {**row, "outcome": FAILED, "next": REACH, "messages": [UNREACHABLE]}
    if "outcome" in report and (not failure or report["outcome"] == FAILED):
        return {**row, **report}
    if failure:
        known = report if "outcome" in report else {}
        return {**row, **known, "outcome": FAILED, "next": "see the message", "actor": OPERATOR, "messages": [failure]}
    return {**row, "outcome": NOT_REACHED, "next": "run again when the environments that failed are corrected"}


def summary(rows: list[dict[str, t.Any]], fail_when: t.Mapping[str, t.Any], now: datetime) -> dict[str, t.Any]:
    """Return what came of a run over many environments: the worst outcome, and the rows of the table.

    :param rows: one per environment, as ``row_of`` returns it
    :param fail_when: the variable fsm_rotation_fail_when, by environment
    :param now: the moment of the report, with time zone
    """
    return {
        "reported_at": now.isoformat(timespec="seconds"),
        "outcome": min((row["outcome"] for row in rows), key=OUTCOMES.index, default="nothing to do"),
        "failing": [
            row["environment"]
            for row in rows
            if row["outcome"] in (FAILED, *outcomes_named(fail_when.get(row["environment"])))
        ],
        "environments": {row["environment"]: {key: row.get(key) for key in REPORTED} for row in rows},
        "table": [
            {
                "environment": row["environment"],
                "outcome": row["outcome"],
                "phase": row["phase"],
                "active": _cell(row["active"]),
                "passive": _cell(row["passive"]),
                "next step": row["next"],
                "who": row["actor"],
            }
            for row in rows
        ],
    }


def outcomes_named(value: t.Any) -> list[str]:
    """Return the outcomes that a list names; on the command line it may be one text, with commas or as JSON."""
    return [text for text in (str(entry).strip(" []\"'") for entry in listed(value)) if text]


def _cell(certificate: dict[str, t.Any] | None) -> str:
    if not certificate:
        return "-"
    days = "?" if certificate["days_left"] is None else certificate["days_left"]
    return f"{certificate['fingerprint'][:11]} ({days} d)"
