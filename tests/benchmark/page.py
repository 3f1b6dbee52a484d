# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation's page on what a run costs, from the results of a benchmark."""

from __future__ import annotations

import typing as t

from .results import quotient
from .scenarios import FLOOR, REPLAY, ROLE, SDK, SUBJECTS, URI

if t.TYPE_CHECKING:
    from .bench import Sample
    from .results import Results

NONE = "\u2013"  # a hyphen would begin a list
KIB_PER_MIB = 1024

COUNTED = """\
Requests, connections (each with a TLS handshake), tokens and writes are what the landscape received from outside. A
module process is one start of the Python interpreter that ``ansible_python_interpreter`` names.

"""
GREW = """\
Processor seconds are those of Ansible with all of its processes, and those of the landscape during the same run, both
with {many} environments. The controller's memory is the most that the process of ``ansible-playbook`` had in memory at
once; that of a worker, which shares most of it with the controller, is of the largest one.

"""
PROFILED = """\
A task's time is that from handing it to a worker to having its result. Its requests include those that it causes
between the landscape's systems.

"""

PICTURE = """
.. image:: {picture}
   :alt: Seconds of a run by number of environments, one line per subject
"""

HEAD = """\
..
  Copyright (c) 2026, The btp_ops.task_center authors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. _ansible_collections.btp_ops.task_center.docsite.benchmark:

What a run costs
================

Measured against a simulated landscape in which each request waits {latency:.0f} ms, those between its systems included;
a TLS handshake waits for nothing. Ansible had {forks} forks, and one inventory file without vaulted values. Each number
is the median of up to {repetitions} runs, with the fastest and the slowest one in parentheses.

Written by ``make benchmark`` on {date} with version {collection} of the collection, ansible-core {ansible_core} and
Python {python}, on {processors} processors ({model}) with {memory_gib} GiB of memory, {system}. The landscape ran on
the same processors.

"""


def page(results: Results, picture: str) -> str:
    """Return the page as reStructuredText.

    Args:
        picture: path of the plot's file, relative to the page.
    """
    latency, many = 1000 * results.options["latency"], results.sizes[-1]
    sections = [
        HEAD.format(**{**results.machine, **results.options, "latency": latency}),
        *(f":{subject}: {meaning}\n" for subject, meaning in SUBJECTS.items()),
        PICTURE.format(picture=picture),
        _section("Seconds of a run", _times(results)),
        _section(f"Per environment, of {results.usual} environments", COUNTED + _per_host(results)),
        _section(f"From {results.usual} to {many} environments", GREW.format(many=many) + _growth(results)),
    ]
    for title in results.titles():
        if results.profile(title, ROLE):
            heading = f"Where the time goes: {title}, one environment"
            sections.append(_section(heading, PROFILED + _profile(results, title)))
    return "".join(sections)


def _section(title: str, table: str) -> str:
    return f"\n{title}\n{'-' * len(title)}\n\n{table}"


def _times(results: Results) -> str:
    others = (URI, FLOOR, REPLAY)
    rows = [["Job", "Environments", *SUBJECTS, *(f"role / {other}" for other in others)]]
    for title in results.titles():
        for hosts in results.sizes:
            times = [_spread(results.of(title, subject, hosts), subject, results) for subject in SUBJECTS]
            ratios = [_number(results.ratio(title, hosts, ROLE, other), 2) for other in others]
            rows.append([title, str(hosts), *times, *ratios])
    return list_table(rows)


def _spread(samples: list[Sample], subject: str, results: Results) -> str:
    if not samples:
        return NONE
    seconds = sorted(sample["seconds"] for sample in samples)
    median = results.median(samples[0]["scenario"], subject, samples[0]["hosts"], "seconds")
    return f"{_number(median, 1)} ({seconds[0]:.1f} to {seconds[-1]:.1f})"


def _per_host(results: Results) -> str:
    hosts = results.usual
    fields = ("connections", "tokens", "writes", "processes")
    rows = [["Job", "Subject", "Requests", "Connections", "Tokens", "Writes", "Module processes"]]
    for title in results.titles():
        for subject in (ROLE, URI, SDK, FLOOR):
            samples = results.of(title, subject, hosts)
            if samples:
                requests = sum(samples[0]["requests"].values())
                numbers = [requests, *(results.median(title, subject, hosts, field) for field in fields)]
                rows.append([title, subject, *(_number(quotient(number, hosts), 1) for number in numbers)])
    return list_table(rows)


def _growth(results: Results) -> str:
    few, many = results.usual, results.sizes[-1]
    titles = ["Time", "Processor seconds", "of the landscape", "Controller, MiB", "KiB per environment", "Worker, MiB"]
    rows = [["Job", *titles]]
    for title in results.titles():
        values = {
            (field, hosts): results.median(title, ROLE, hosts, field)
            for field in ("seconds", "cpu", "landscape_cpu", "controller_kib", "worker_kib")
            for hosts in (few, many)
        }
        small, large = values["controller_kib", few], values["controller_kib", many]
        growth = quotient(large - small, many - few) if small is not None and large is not None else None
        factor = _number(quotient(values["seconds", many], values["seconds", few]), 1)
        rows.append(
            [
                title,
                f"{factor} times",
                _number(values["cpu", many], 1),
                _number(values["landscape_cpu", many], 1),
                _number(quotient(large, KIB_PER_MIB), 0),
                _number(growth, 0),
                _number(quotient(values["worker_kib", many], KIB_PER_MIB), 0),
            ]
        )
    return list_table(rows)


def _profile(results: Results, title: str) -> str:
    rows = [["Part", "Milliseconds", "Requests", "of it waited for them"]]
    parts = results.profile(title, ROLE)
    for part in parts:
        name = part["name"].rpartition(" : ")[2]
        rows.append(
            [name, _number(part["ms"], 0), _number(part["requests"] or None, 0), _number(part["latency_ms"] or None, 0)]
        )
    total = [_number(sum(part[field] for part in parts), 0) for field in ("ms", "requests", "latency_ms")]
    return list_table([*rows, ["in all", *total]])


def _number(value: float | None, digits: int) -> str:
    return NONE if value is None else f"{value:,.{digits}f}"


def list_table(rows: list[list[str]]) -> str:
    """Return a table as reStructuredText; the first row is its header."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        lines += [f"   {'* -' if number == 0 else '  -'} {cell}" for number, cell in enumerate(row)]
    return "\n".join(lines) + "\n"
