# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as Prometheus text, for the textfile collector of the node exporter. Pure.

Ages and remaining days are left to the query, with time(): a file stays as it is until the next run.
"""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.audit import STATUSES
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation_summary import OUTCOMES
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import Result, moment_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.schema import LEVELS, ROTATION
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.view import SLOTS, View

PREFIX = "fsm_task_center_"
SEVERITIES = ("error", "warning")

# Labels in addition to environment and run, and the value.
Sample = tuple[dict[str, str], float]
Samples = t.Iterator[Sample]


def prometheus(view: View) -> str:
    """Return the report as Prometheus text."""
    lines = []
    for name, (explanation, samples_of) in METRICS.items():
        lines += [f"# HELP {PREFIX}{name} {explanation}", f"# TYPE {PREFIX}{name} gauge"]
        for result in view.report["results"]:
            own = {"environment": result["environment"], "run": result["run"]}
            lines += [f"{PREFIX}{name}{_labels({**own, **more})} {value:.15g}" for more, value in samples_of(result)]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _level(result: Result) -> Samples:
    yield {}, len(LEVELS) - 1 - LEVELS.index(result["level"])


def _status(result: Result) -> Samples:
    for status in OUTCOMES if result["run"] == ROTATION else STATUSES:
        yield {"status": status}, float(status == result["status"])


def _checked(result: Result) -> Samples:
    yield from _moment({}, result["checked_at"])


def _destinations(result: Result) -> Samples:
    for one in result["destinations"]:
        yield {"destination": one["name"], "part": one["part"]}, float(one["status"] == "in sync")


def _connector(result: Result) -> Samples:
    if result["connector"]:
        yield {}, float(result["connector"]["status"] == "OK")


def _expiry(result: Result) -> Samples:
    for slot in SLOTS:
        certificate = (result["certificates"] or {}).get(slot)
        if certificate:
            yield from _moment({"slot": slot}, certificate["not_after"])


def _rotation_starts(result: Result) -> Samples:
    yield from _moment({}, result["rotation_starts"])


def _upload(result: Result) -> Samples:
    yield {}, float(result["to_upload"] is not None)


def _findings(result: Result) -> Samples:
    for severity in SEVERITIES:
        is_warning = severity != SEVERITIES[0]
        found = [one for one in result["findings"] if (one["severity"] == SEVERITIES[1]) == is_warning]
        yield {"severity": severity}, len(found)


def _moment(labels: dict[str, str], text: str | None) -> Samples:
    moment = moment_of(text)
    if moment:
        yield labels, moment.timestamp()


METRICS: dict[str, tuple[str, t.Callable[[Result], Samples]]] = {
    "level": ("How bad it is: 0 in order, 1 needs attention, 2 a problem.", _level),
    "status": ("1 for the status of an audit or check, or the outcome of a rotation; 0 for the others.", _status),
    "last_check_timestamp_seconds": ("When the environment was checked last.", _checked),
    "destination_in_sync": ("Whether a destination is as the inventory describes it.", _destinations),
    "connector_ok": ("Whether Task Center says OK of its connector; no sample if that was not read.", _connector),
    "certificate_expiry_timestamp_seconds": ("When a trust certificate expires.", _expiry),
    "rotation_start_timestamp_seconds": ("From when on the active trust certificate is replaced.", _rotation_starts),
    "certificate_upload_required": ("Whether a trust certificate waits for its upload to FSM.", _upload),
    "findings": ("Number of findings.", _findings),
}
