# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words and cells that the formats for people share. Pure."""

from __future__ import annotations

import typing as t
from datetime import datetime, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import moment_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.view import Environment

NOW, UNKNOWN = "now", "unknown"
DIFFERENCE_COLUMNS = ("destination", "property", "difference", "wanted", "found")
# Of a value that is not shown.
HIDDEN = "not shown"


def when(moment: datetime | str | None, clock: bool = False) -> str:
    """Return a moment as people read it, by UTC: the day, and if there is none, that it is now.

    :param clock: whether the time is of interest too
    """
    if isinstance(moment, str):
        clock, moment = True, moment_of(moment)
    if moment is None:
        return NOW
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M UTC" if clock else "%Y-%m-%d")


def day(text: str | None) -> str:
    """Return the day of a moment in a report."""
    moment = moment_of(text)
    return when(moment) if moment else UNKNOWN


def days_left(certificate: dict[str, t.Any] | None) -> str:
    """Return how long a certificate is still valid."""
    if certificate is None:
        return ""
    days = certificate["days_left"]
    if days is None:
        return UNKNOWN
    if days < 0:
        return "expired"
    return f"{days} day{'' if days == 1 else 's'}"


def destination_words(destination: dict[str, t.Any] | None) -> str:
    """Return how a destination compares."""
    return f"{destination['name']} {destination['status']}" if destination else ""


def connector_words(connector: dict[str, t.Any] | None) -> str:
    """Return what Task Center says of a connector."""
    return connector["status"].lower() if connector else ""


def cells_of(environment: Environment) -> dict[str, str]:
    """Return an environment's row of the overview; a cell is empty if nothing is known."""
    errors = sum(one["severity"] != "warning" for one in environment.findings)
    warnings = len(environment.findings) - errors
    counted = [(errors, "error"), (warnings, "warning")]
    return {
        "environment": environment.name,
        "level": environment.level,
        "status": environment.status,
        "primary": destination_words(environment.destination("primary")),
        "secondary": destination_words(environment.destination("secondary")),
        "connector": connector_words(environment.newest("connector")),
        "certificate": days_left(environment.certificate("active")),
        "findings": ", ".join(f"{number} {what}{'' if number == 1 else 's'}" for number, what in counted if number),
        "checked": when(environment.checked_at, clock=True),
    }


def difference_cells(destination: str, difference: dict[str, t.Any]) -> tuple[str, ...]:
    """Return the cells of a property that differs, in the order of ``DIFFERENCE_COLUMNS``."""
    values = (
        "" if name in difference and difference[name] is None else difference.get(name, HIDDEN)
        for name in (
            "wanted",
            "found",
        )
    )
    return (destination, difference["property"], difference["difference"], *values)
