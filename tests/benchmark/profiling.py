# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the time of a run with one environment goes: task by task, and how much of it is waiting for systems."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from landscape import RecordedRequest

    from .measure import Measured

START, BETWEEN, END = "start of ansible-playbook", "between the tasks", "end of ansible-playbook"


class Part(t.TypedDict):
    """One part of a run.

    Attributes:
        requests: those of the landscape's systems to each other included.
        latency_ms: what these requests waited for.
    """

    name: str
    ms: float
    requests: int
    latency_ms: float


def profile(
    tasks: list[dict[str, t.Any]], measured: Measured, recorded: t.Sequence[RecordedRequest], latency: float
) -> list[Part]:
    """Return the parts of a run, in their order; their times add up to that of the run.

    Args:
        tasks: as the callback ``costs`` wrote them down.
        latency: of each request, in seconds.
    """
    tasks = sorted(tasks, key=lambda task: task["began"])
    arrivals = [request.at.timestamp() for request in recorded]
    parts = [_part(START, tasks[0]["began"] - measured.began)]
    for task in tasks:
        requests = sum(task["began"] <= arrival <= task["ended"] for arrival in arrivals)
        parts.append(_part(task["name"], task["ended"] - task["began"], requests, latency))
    in_tasks = sum(task["ended"] - task["began"] for task in tasks)
    parts.append(_part(BETWEEN, tasks[-1]["ended"] - tasks[0]["began"] - in_tasks))
    parts.append(_part(END, measured.began + measured.seconds - tasks[-1]["ended"]))
    return parts


def _part(name: str, seconds: float, requests: int = 0, latency: float = 0) -> Part:
    return {
        "name": name,
        "ms": round(1000 * seconds, 1),
        "requests": requests,
        "latency_ms": round(1000 * requests * latency),
    }
