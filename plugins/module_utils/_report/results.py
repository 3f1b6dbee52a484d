# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What audits, checks and rotations found in an environment, as results of a report. Pure.

The words are those of the runs: statuses and outcomes, the texts of findings, the next step and who takes it.
"""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection import audit
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import SECONDARY_SUFFIX
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation import FAILED
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation_summary import NOT_REACHED
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import ERROR
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import Result, moment_of, shown_moment
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.schema import ATTENTION, OK, PROBLEM, ROTATION
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation import Settings

LEVEL_OF_STATUS = {
    audit.FAILED: PROBLEM,
    audit.DUPLICATED: PROBLEM,
    audit.MISSING: PROBLEM,
    audit.DRIFTED: ATTENTION,
    audit.IN_SYNC: OK,
}
LEVEL_OF_OUTCOME = {
    FAILED: PROBLEM,
    NOT_REACHED: ATTENTION,
    "waiting for upload": ATTENTION,
    "waiting for verification": ATTENTION,
}
PAUSES = ("connection_paused", "pause_outdated", "pause_unknown")
CERTIFICATE_FACTS = ("fingerprint", "not_before", "not_after", "days_left")
ROTATION_FACTS = ("phase", "step", "next", "actor", "done", "activated", "verified", "soaks_until")
FINDING_FACTS = ("id", "severity", "problem", "impact", "remedy")

Certificate = dict[str, t.Any]


def compared_result(
    environment: str, run: str, report: t.Mapping[str, t.Any], checked_at: str, start_days: t.Any = None
) -> Result:
    """Return the result of an audit or a check.

    :param run: ``audit`` or ``check``
    :param report: the whole report of ``_connection/audit.py``
    :param start_days: the variable fsm_rotation_start_days
    """
    names = list(report["destinations"])
    active, passive = (_certificate(report[slot], report[slot]) for slot in ("certificate", "passive"))
    message = _message(report["message"], report["differences"])
    return {
        "environment": environment,
        "run": run,
        "checked_at": checked_at,
        "level": _level(report),
        "status": report["status"],
        "message": message,
        "destinations": [_destination(name, names, facts) for name, facts in report["destinations"].items()],
        "connector": report["connector"],
        "certificates": {"active": active, "passive": passive} if active or passive else None,
        "rotation_starts": _rotation_starts(active, start_days),
        "to_upload": _upload(report["to_upload"]),
        "rotation": None,
        "findings": _findings(report["findings"]) or _failure(report["status"] == audit.FAILED, message),
    }


def rotation_result(
    row: t.Mapping[str, t.Any], checked_at: str, start_days: t.Any = None, uploaded: t.Any = None
) -> Result:
    """Return the result of a rotation.

    :param row: what came of an environment, as ``rotation_summary.row_of`` returns it
    :param start_days: the variable fsm_rotation_start_days
    :param uploaded: the variable fsm_uploaded_certificates; None if it is not known
    """
    declared = None if uploaded is None else audit.declared_fingerprints(uploaded)
    active, passive = (
        _certificate(one, {"uploaded": one["fingerprint"] in declared} if one and declared is not None else {})
        for one in (row["active"], row["passive"])
    )
    found = _findings(row.get("findings") or ())
    known = {one["text"] for one in row.get("findings") or ()}
    found += [one for text in row["messages"] if text not in known for one in _failure(True, text)]
    return {
        "environment": row["environment"],
        "run": ROTATION,
        "checked_at": checked_at,
        "level": LEVEL_OF_OUTCOME.get(row["outcome"], OK),
        "status": row["outcome"],
        "message": found[0]["problem"] if found else "",
        "destinations": [],
        "connector": None,
        "certificates": {"active": active, "passive": passive} if active or passive else None,
        "rotation_starts": _rotation_starts(active, start_days),
        "to_upload": _upload(row.get("to_upload")),
        "rotation": {key: row.get(key) for key in ROTATION_FACTS},
        "findings": found,
    }


def _level(report: t.Mapping[str, t.Any]) -> str:
    """Return how much attention an environment needs: in sync with a pause is no normal state."""
    paused = any(one["id"] in PAUSES for one in report["findings"])
    return ATTENTION if paused and report["status"] == audit.IN_SYNC else LEVEL_OF_STATUS[report["status"]]


def upload_line(fingerprint: str) -> str:
    """Return the line with which the inventory declares a certificate as uploaded to FSM."""
    return f'- "{fingerprint}"'


def _message(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def _destination(name: str, names: list[str], facts: dict[str, t.Any]) -> dict[str, t.Any]:
    is_secondary = name.endswith(SECONDARY_SUFFIX) and name.removesuffix(SECONDARY_SUFFIX) in names
    return {
        "name": name,
        "part": "secondary" if is_secondary else "primary",
        "status": facts["status"],
        "differences": facts["properties"],
    }


def _certificate(facts: Certificate | None, more: Certificate | None) -> Certificate | None:
    if facts is None:
        return None
    return {**{key: facts.get(key) for key in CERTIFICATE_FACTS}, "uploaded": (more or {}).get("uploaded")}


def _rotation_starts(active: Certificate | None, start_days: t.Any) -> str | None:
    """Return the day from which on the rotation replaces a certificate; as usual if the variable is no number."""
    end = moment_of(active["not_after"]) if active else None
    try:
        days = int(start_days)
    except (TypeError, ValueError):
        days = Settings.start_days
    return shown_moment(_earlier(end, days)) if end else None


def _earlier(moment: datetime, days: int) -> datetime:
    try:
        return moment - timedelta(days=days)
    except OverflowError:
        return moment


def _upload(upload: dict[str, t.Any] | None) -> dict[str, t.Any] | None:
    return {**upload, "line": upload_line(upload["fingerprint"])} if upload else None


def _findings(findings: t.Iterable[dict[str, str]]) -> list[dict[str, str]]:
    return [{key: one.get(key, "") for key in FINDING_FACTS} for one in findings]


def _failure(failed: bool, problem: str) -> list[dict[str, str]]:
    """Return the finding of a failure that has none."""
    return [{**dict.fromkeys(FINDING_FACTS, ""), "severity": ERROR, "problem": problem}] if failed else []
