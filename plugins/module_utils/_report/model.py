# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report on many environments: put together from results, read from JSON, merged with others. Pure."""

from __future__ import annotations

import json
import typing as t
from datetime import datetime, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.schema import (
    LEVELS,
    NAME,
    OK,
    RUNS,
    SCHEMA,
    VERSION,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.validation import violation

Report = dict[str, t.Any]
Result = dict[str, t.Any]


def report_of(results: t.Sequence[Result], reported_at: str) -> Report:
    """Return the report that these results make.

    :param reported_at: ISO 8601
    """
    ordered = sorted(results, key=lambda one: (one["environment"], RUNS.index(one["run"])))
    levels: dict[str, str] = {}
    for one in ordered:
        levels[one["environment"]] = worst([levels.get(one["environment"], OK), one["level"]])
    return {
        "schema": NAME,
        "version": VERSION,
        "reported_at": reported_at,
        "outcome": worst(levels.values()),
        "counts": {level: list(levels.values()).count(level) for level in LEVELS},
        "results": ordered,
    }


def worst(levels: t.Iterable[str]) -> str:
    """Return the worst of some levels."""
    return min(levels, key=LEVELS.index, default=OK)


def shown_moment(moment: datetime) -> str:
    """Return a moment as reports have it, by UTC."""
    return moment.astimezone(timezone.utc).isoformat(timespec="seconds")


def moment_of(text: str | None) -> datetime | None:
    """Return the moment that a report names; None without one, and for what is none."""
    try:
        moment = datetime.fromisoformat((text or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def read_report(text: str, path: str) -> Report:
    """Return the report in a file.

    :param path: the file, for messages
    :raises InputError: the file holds no report, or one of another version
    """
    try:
        report = json.loads(text)
    except ValueError:
        raise InputError(f"{path} is no JSON.", "Name the .json files that a run has written.") from None
    return checked_report(report, path)


def checked_report(report: t.Any, path: str) -> Report:
    """Return a report if it is one.

    :param path: where it comes from, for messages
    :raises InputError: it is none, or one of another version
    """
    wrong = violation(report, SCHEMA)
    if not wrong and not all(moment_of(one["checked_at"]) for one in report["results"]):
        wrong = "checked_at of a result is no moment"
    if wrong:
        raise InputError(
            f"{path} is no report of version {VERSION}: {wrong}.",
            "Name the .json files that a run of this collection has written.",
        )
    return t.cast("Report", report)


def merged(reports: t.Sequence[Report]) -> Report:
    """Return one report of several: of each environment the newest result of each kind of run.

    :param reports: at least one
    """
    newest: dict[tuple[str, str], Result] = {}
    # Of two that are equally old, the one that is named last counts.
    for one in (result for report in reports for result in report["results"]):
        key = (one["environment"], one["run"])
        if key not in newest or _when(one["checked_at"]) >= _when(newest[key]["checked_at"]):
            newest[key] = one
    return report_of(list(newest.values()), max((one["reported_at"] for one in reports), key=_when))


def _when(text: str) -> datetime:
    return moment_of(text) or datetime.min.replace(tzinfo=timezone.utc)
