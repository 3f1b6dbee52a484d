# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What SAP Task Center says of its connectors. Pure: no I/O, no Ansible.

Its guide ("Monitoring") names paths, statuses and types of jobs, and no field of the JSON. So it is read tolerantly:
fields by any name that they may have, in any spelling. What cannot be understood is an error, never "all is well".
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.words import kind_of

NAMES = ("destinationname", "destination", "connectorname", "name")
IDS = ("connectorid", "id")
STATUSES = ("status", "connectorstatus", "jobstatus", "state")
JOBS = ("jobs", "jobtypes", "jobstatuses")
TYPES = ("jobtype", "type", "name")
CODES = ("code", "name", "type", "id")
MESSAGES = ("message", "statusmessage", "errormessage", "error", "description", "details")

STARTS = ("startedat", "start", "starttime", "startdate", "starttimestamp", "begin", "started", "startat")
ENDS = (
    "finishedat",
    "end",
    "endtime",
    "enddate",
    "endtimestamp",
    "finished",
    "endat",
    "timestamp",
    "time",
    "date",
    "at",
)

INITIAL = "INITIAL"
# The jobs of a connector, as the guide names them.
JOB_TYPES = (INITIAL, "CONFIG", "DELTA", "META", "PUSH")


class Unreadable(ValueError):
    """An answer that cannot be understood; the message names fields, never their values."""


@dataclass(frozen=True)
class Job:
    """The last run of a connector's job: OK, RUNNING, WARNING, ERROR or what else Task Center says."""

    type: str
    status: str
    message: str = ""


@dataclass(frozen=True)
class Connector:
    """What Task Center makes of a primary destination.

    :param destination: the destination's name; empty when the answer does not say
    :param id: None when the answer has none
    :param status: OK, WARNING, ERROR, PAUSED or what else Task Center says; None when the answer does not say
    :param jobs: None when the answer does not say
    """

    destination: str
    id: str | None
    status: str | None
    jobs: tuple[Job, ...] | None = None

    @property
    def settled(self) -> bool:
        """Whether the first pull of tasks is over, well or badly, or is not to be expected.

        It is not while INITIAL runs, nor before: a new connector shows CONFIG alone, until its first pull has begun.
        """
        states = {job.type: job.status for job in self.jobs or ()}
        if INITIAL in states:
            return states[INITIAL] != "RUNNING"
        return "DELTA" in states or self.status in ("ERROR", "PAUSED")

    def or_else(self, other: Connector) -> Connector:
        """Return the same, filled with what another answer says of it."""
        jobs = other.jobs if self.jobs is None else self.jobs
        destination = self.destination or other.destination
        return Connector(destination, self.id or other.id, self.status or other.status, jobs)


def read_connectors(said: t.Any) -> list[Connector]:
    """Return all connectors in an answer.

    :raises Unreadable: it cannot be understood
    """
    return [read_connector(entry) for entry in _entries(said, "connectors")]


def read_connector(said: t.Any) -> Connector:
    """Return one connector.

    :raises Unreadable: it cannot be understood
    """
    if not isinstance(said, dict):
        raise Unreadable(f"a connector is {kind_of(said)}")
    jobs = _found(said, JOBS)
    name, connector_id = _optional(said, NAMES), _optional(said, IDS)
    if not name and not connector_id:
        raise Unreadable(f"a connector has neither name nor ID among its fields {_fields(said)}")
    return Connector(
        destination=name,
        id=connector_id or None,
        status=_optional(said, STATUSES).upper() or None,
        jobs=None if jobs is None else _jobs(jobs),
    )


def read_job(said: t.Any, job_type: str = "") -> Job:
    """Return one job; of a history of its runs, the last one.

    :param job_type: its type, where the answer need not repeat it
    :raises Unreadable: it cannot be understood
    """
    runs = _runs(said)
    if runs == []:
        raise Unreadable("a job is an empty list")
    if runs is not None:
        said = _last(runs)
    if isinstance(said, str) and job_type:
        said = {"status": said}
    if not isinstance(said, dict):
        raise Unreadable(f"a job is {kind_of(said)}")
    named = job_type or _text(said, TYPES, "job", "type")
    return Job(named.upper(), _text(said, STATUSES, "job", "status").upper(), _optional(said, MESSAGES))


def has_runs(said: t.Any) -> bool:
    """Return whether the answer about a job tells of any run: a history may be empty."""
    return _runs(said) != []


def read_service_status(said: t.Any) -> list[dict[str, str]]:
    """Return the states of the service's own settings, each with code, status and message.

    :raises Unreadable: the answer cannot be understood
    """
    states = [
        {
            "code": _text(entry, CODES, "state", "code"),
            "status": _text(entry, STATUSES, "state", "status").upper(),
            "message": _optional(entry, MESSAGES),
        }
        for entry in _entries(said, "status")
    ]
    if not states:
        raise Unreadable("it names no state")
    return states


def _runs(said: t.Any) -> list[dict[str, t.Any]] | None:
    """Return the runs of a job if the answer is a history of them, or holds one; else None.

    :raises Unreadable: it is a list of something else
    """
    if isinstance(said, dict) and not _optional(said, STATUSES):
        lists = [value for value in said.values() if isinstance(value, list)]
        said = lists[0] if len(lists) == 1 else said
    if not isinstance(said, list):
        return None
    if not all(isinstance(run, dict) for run in said):
        raise Unreadable("it holds no list of runs")
    return said


def _last(runs: list[dict[str, t.Any]]) -> dict[str, t.Any]:
    """Return the last run of a history: SAP does not publish whether it comes first.

    :raises Unreadable: its runs differ, and nothing says which one is the last
    """
    moments = [moment for moment in map(_moment, runs) if moment is not None]
    if len(moments) == len(runs):
        return runs[moments.index(max(moments))]
    if len({_optional(run, STATUSES).upper() for run in runs}) > 1:
        raise Unreadable("it holds several runs of a job, and no time that can be understood")
    return runs[0]


def _moment(run: dict[str, t.Any]) -> float | None:
    """Return when a run began, or else ended, in seconds since the epoch; None if that cannot be understood."""
    value = _optional(run, STARTS) or _optional(run, ENDS)
    if re.fullmatch(r"[0-9]{1,18}", value, re.ASCII):
        # Seconds, or milliseconds; within one answer they are the same.
        return float(value)
    try:
        return datetime.fromisoformat(re.sub("[zZ]$", "+00:00", value)).timestamp()
    except (ValueError, OverflowError):
        return None


def _jobs(said: t.Any) -> tuple[Job, ...] | None:
    if isinstance(said, dict):
        return tuple(read_job(job, str(job_type)) for job_type, job in said.items())
    if not isinstance(said, list):
        raise Unreadable(f"the jobs are {kind_of(said)}")
    if said and all(isinstance(job, str) for job in said):
        # Which jobs there are, and nothing of them.
        return None
    return tuple(read_job(job) for job in said)


def _entries(said: t.Any, name: str) -> list[dict[str, t.Any]]:
    """Return the list that an answer is, or holds under this name or as its only list."""
    if isinstance(said, dict):
        lists = {_plain(key): value for key, value in said.items() if isinstance(value, list)}
        if name not in lists and len(lists) != 1:
            raise Unreadable(f"it holds no list of {name}, only {_fields(said)}")
        said = lists.get(name, next(iter(lists.values())))
    if not isinstance(said, list) or not all(isinstance(entry, dict) for entry in said):
        raise Unreadable(f"it holds no list of {name}")
    return said


def _found(said: dict[str, t.Any], names: t.Sequence[str]) -> t.Any:
    """Return the value of the first of these fields that is there."""
    plain = {_plain(key): value for key, value in said.items()}
    return next((plain[name] for name in names if plain.get(name) is not None), None)


def _optional(said: dict[str, t.Any], names: t.Sequence[str]) -> str:
    value = _found(said, names)
    if isinstance(value, dict):
        # Such as {"destination": {"name": ...}} and {"status": {"code": ...}}.
        value = _found(value, (*names, "name", "code", "value", "text"))
    return str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _text(said: dict[str, t.Any], names: t.Sequence[str], thing: str, what: str) -> str:
    value = _optional(said, names)
    if not value:
        raise Unreadable(f"a {thing} has no {what} among its fields {_fields(said)}")
    return value


def _fields(said: dict[str, t.Any]) -> str:
    return ", ".join(sorted(map(str, said))) or "(none)"


def _plain(name: t.Any) -> str:
    return re.sub(r"[^a-z]", "", str(name).lower())
