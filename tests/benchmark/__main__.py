# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure what connecting many environments costs, and write it to a file: ``make benchmark``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
import typing as t
from pathlib import Path

from .bench import JUDGES, RESULTS, Bench
from .machine import describe
from .measure import Failed
from .scenarios import SCENARIOS, subjects
from .stage import Stage

if t.TYPE_CHECKING:
    from .bench import Sample
    from .scenarios import Scenario

HOSTS = (1, 10, 50, 200, 500)
SLOW_UP_TO = 50


def main() -> int:
    """Measure; return the process's exit status."""
    options = parse()
    if not JUDGES.exists():
        print("SAP's Python client is missing: make judges-venv", file=sys.stderr)
        return 2
    # So that what is at work is ended, and the folder with its secrets removed.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    options.results.parent.mkdir(parents=True, exist_ok=True)
    report: dict[str, t.Any] = {
        "machine": describe(),
        "options": {"latency": options.latency, "forks": options.forks, "repetitions": options.repetitions},
        "samples": [],
    }
    try:
        for sample in samples(options):
            report["samples"].append(sample)
            # After each, for a run that is broken off has its worth too.
            options.results.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def parse() -> argparse.Namespace:
    """Return the options of the command line."""
    titles = [scenario.title for scenario in SCENARIOS]
    parser = argparse.ArgumentParser(prog="python -m benchmark", description=__doc__)
    parser.add_argument("--hosts", type=numbers, default=HOSTS, help="numbers of environments, such as 1,10,50")
    parser.add_argument("--slow-up-to", type=int, default=SLOW_UP_TO, help="most environments for uri and sdk")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0.08, help="seconds that each request waits")
    parser.add_argument("--forks", type=int, default=20)
    parser.add_argument("--scenario", action="append", choices=titles, help="only this one; may be repeated")
    parser.add_argument("--results", type=Path, default=RESULTS)
    return parser.parse_args()


def numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of a list with commas."""
    return tuple(int(number) for number in text.split(","))


def samples(options: argparse.Namespace) -> t.Iterator[Sample]:
    """Measure everything, and say so while it happens."""
    chosen = [scenario for scenario in SCENARIOS if scenario.title in (options.scenario or [scenario.title])]
    for hosts in options.hosts:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
            folder = Path(name)
            tokens = any(scenario.tokens for scenario in chosen)
            with Stage(hosts, options.latency, tokens, folder) as stage:
                bench = Bench(stage, folder, options.forks)
                for repetition in range(1, options.repetitions + 1):
                    yield from _round(bench, chosen, repetition, hosts <= options.slow_up_to)


def _round(bench: Bench, chosen: list[Scenario], repetition: int, slow: bool) -> t.Iterator[Sample]:
    for scenario in chosen:
        for subject in subjects(scenario, slow):
            sample = {"repetition": repetition, **bench.sample(scenario, subject)}
            reported = f"{sample['hosts']:4} hosts  {scenario.title:20} {subject:7} {sample['seconds']:8.2f} s"
            print(f"{time.strftime('%H:%M:%S')}  {reported}", flush=True)
            yield sample


if __name__ == "__main__":
    sys.exit(main())
