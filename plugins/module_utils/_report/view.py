# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a report says of each environment, and what is due when: what all formats show to people. Pure."""

from __future__ import annotations

import functools
import shlex
import typing as t
from dataclasses import dataclass
from datetime import datetime, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation import NOBODY, STEPS
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.printable import each_text, printable_lines
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import (
    CATALOG,
    WARNING,
    errors_among,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import Report, Result, moment_of, worst
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.schema import ATTENTION, LEVELS, OK, ROTATION

# As in the examples; of another inventory, the option -i differs.
CONNECT = "ansible-playbook -i inventories/ btp_ops.task_center.connect_fsm"
LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)
SLOTS = ("active", "passive")
# Phases in which no newer certificate is there yet, so that a rotation is still to come.
BEFORE_ROTATION = ("-", "none", "idle")


@dataclass(frozen=True)
class Environment:
    """Everything that a report says of one environment.

    :param results: of each kind of run, the newest first
    """

    name: str
    results: tuple[Result, ...]

    @property
    def level(self) -> str:
        """The worst level of its results."""
        return worst(one["level"] for one in self.results)

    @property
    def checked_at(self) -> datetime:
        """When it was checked last."""
        return moment_of(self.results[0]["checked_at"]) or LONG_AGO

    @property
    def words(self) -> list[str]:
        """The words of its runs, the worst first."""
        ordered = sorted(self.results, key=lambda one: LEVELS.index(one["level"]))
        return list(dict.fromkeys(one["status"] for one in ordered))

    @property
    def status(self) -> str:
        """The words of its runs in one line."""
        return ", ".join(self.words)

    @property
    def findings(self) -> list[dict[str, str]]:
        """Everything that was found, each once, errors first."""
        found = [finding for one in self.results for finding in one["findings"]]
        found += [differences_finding(one) for one in self.results if _merely_differs(one)]
        distinct = [one for number, one in enumerate(found) if one not in found[:number]]
        errors = errors_among(distinct)
        return errors + [one for one in distinct if one not in errors]

    def newest(self, field: str) -> t.Any:
        """Return a field of the newest result that has it; None if none has."""
        return next((one[field] for one in self.results if one[field]), None)

    def destination(self, part: str) -> dict[str, t.Any] | None:
        """Return the primary or the secondary destination, if it was compared."""
        return next((one for one in self.newest("destinations") or () if one["part"] == part), None)

    def certificate(self, slot: str) -> dict[str, t.Any] | None:
        """Return a trust certificate, if there is one."""
        return (self.newest("certificates") or {}).get(slot)


@dataclass(frozen=True)
class Due:
    """What is due at a certain time.

    :param when: None for now
    """

    environment: str
    when: datetime | None
    what: str
    who: str


@dataclass(frozen=True)
class Step:
    """A finding, and all environments in which it was found."""

    finding: dict[str, str]
    environments: tuple[str, ...]

    @property
    def is_error(self) -> bool:
        """Whether it stops a run."""
        return bool(errors_among([self.finding]))


@dataclass(frozen=True)
class View:
    """A report as people read it: nothing in it steers a terminal or the direction of writing.

    :param environments: the worst first
    """

    report: Report
    environments: tuple[Environment, ...]

    @functools.cached_property
    def schedule(self) -> list[Due]:
        """What is due, in the order of time."""
        dues = [due for one in self.environments for due in _dues(one)]
        return sorted(dues, key=lambda due: (due.when is not None, due.when or 0, due.environment))

    @functools.cached_property
    def steps(self) -> list[Step]:
        """What was found, errors first; what is the same in several environments, once."""
        found: dict[tuple[str, ...], list[str]] = {}
        for environment in self.environments:
            for one in environment.findings:
                found.setdefault(tuple(one.values()), []).append(environment.name)
        keys = ("id", "severity", "problem", "impact", "remedy")
        steps = [Step(dict(zip(keys, values, strict=True)), tuple(names)) for values, names in found.items()]
        return sorted(steps, key=lambda step: not step.is_error)

    @property
    def headline(self) -> str:
        """The report in one sentence."""
        counts, number = self.report["counts"], len(self.environments)
        if not number:
            return "No environment was checked"
        if counts[OK] == number:
            return f"All {number} environments are in order" if number > 1 else "The environment is in order"
        bad = number - counts[OK]
        return f"{bad} of {number} environment{'s' if number > 1 else ''} need{'s' if bad == 1 else ''} attention"


def view_of(report: Report) -> View:
    """Return a report as people read it."""
    readable = each_text(report, printable_lines)
    by_name: dict[str, list[Result]] = {}
    for one in readable["results"]:
        by_name.setdefault(one["environment"], []).append({**one, "findings": [_ordered(x) for x in one["findings"]]})
    newest_first = {
        name: sorted(results, key=lambda one: moment_of(one["checked_at"]) or LONG_AGO, reverse=True)
        for name, results in by_name.items()
    }
    environments = [Environment(name, tuple(results)) for name, results in newest_first.items()]
    return View(readable, tuple(sorted(environments, key=lambda one: (LEVELS.index(one.level), one.name))))


def differences_finding(result: Result) -> dict[str, str]:
    """Return what to do about differences with which nothing is wrong."""
    command = f"{CONNECT} --limit {shlex.quote(result['environment'])}"
    return {
        "id": "",
        "severity": WARNING,
        "problem": f"{result['status'].capitalize()}: {result['message']}.",
        "impact": "The environment is not as its inventory describes it; connect_fsm makes it so.",
        "remedy": f"1. Preview what it changes:\n     {command} --check --diff\n2. Run it:\n     {command}",
    }


def _merely_differs(result: Result) -> bool:
    return result["run"] != ROTATION and result["level"] != OK and not errors_among(result["findings"])


def _ordered(finding: dict[str, str]) -> dict[str, str]:
    return {key: finding[key] for key in ("id", "severity", "problem", "impact", "remedy")}


def _dues(environment: Environment) -> t.Iterator[Due]:
    """Return what is due in an environment, in the words of the rotation."""
    rotation, upload = environment.newest("rotation"), environment.newest("to_upload")
    waits = rotation is not None and any(one["rotation"] and one["level"] == ATTENTION for one in environment.results)
    if any(map(_merely_differs, environment.results)):
        what, who = STEPS["connect"]
        yield Due(environment.name, None, what, who)
    if waits:
        yield Due(environment.name, None, rotation["next"], rotation["actor"])
    elif upload:
        what, who = STEPS["upload"]
        yield Due(environment.name, None, what, who)
    yield from _dates(environment, rotation)


def _dates(environment: Environment, rotation: dict[str, t.Any] | None) -> t.Iterator[Due]:
    """Return what is due at a certain date."""
    starts = moment_of(environment.newest("rotation_starts"))
    if starts and environment.certificate("passive") is None and (rotation or {}).get("phase", "-") in BEFORE_ROTATION:
        what, who = STEPS["stage"]
        yield Due(environment.name, starts if starts > environment.checked_at else None, what, who)
    soaks_until = moment_of(rotation["soaks_until"]) if rotation else None
    if soaks_until:
        what, who = STEPS["retire"]
        yield Due(environment.name, soaks_until if soaks_until > environment.checked_at else None, what, who)
    active = environment.certificate("active")
    expires = moment_of(active["not_after"]) if active else None
    if expires:
        what = f"the active certificate expires: {CATALOG['certificate_expired'].impact}"
        yield Due(environment.name, expires, what, NOBODY)
