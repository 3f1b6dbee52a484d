# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tries all mutations: each has to be caught by the judge that is named with it, which passes without it."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
import typing as t

from . import MUTATIONS, trial

if t.TYPE_CHECKING:
    from multiprocessing.pool import AsyncResult

    from . import Mutation

    Running = AsyncResult[trial.Trial]

# Seconds that one trial may take, on a machine that is busy with others.
TIMEOUT = 600


def main() -> int:
    """Try the mutations that the command line names, all without any; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m judges.mutations", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="trials at the same time (default: 2)")
    parser.add_argument("names", nargs="*", metavar="NAME", help="the mutations to try (default: all)")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in MUTATIONS]
    if unknown:
        parser.error(f"there is no mutation named {', '.join(unknown)}")
    mutations = [MUTATIONS[name] for name in options.names or MUTATIONS]
    started = time.monotonic()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["judges.mutations.libraries"])
    # A process of its own for each: what a fault leaves behind meets no other one.
    with context.Pool(options.jobs, maxtasksperchild=1) as pool:
        judges = list(dict.fromkeys(mutation.judge for mutation in mutations))
        # Without any fault, the judges of a file share a landscape, as they do in any other run.
        files = dict.fromkeys(judge.partition("::")[0] for judge in judges)
        sound = [
            pool.apply_async(trial.run, (None, [judge for judge in judges if judge.startswith(f"{file}::")]))
            for file in files
        ]
        trials = [pool.apply_async(trial.run, (mutation.name, [mutation.judge])) for mutation in mutations]
        failures = _report(mutations, sound, trials)
    seconds = time.monotonic() - started
    print(f"\n{len(mutations)} faults, {len(mutations) - failures} caught, {len(judges)} judges, {seconds:.0f} s")
    return 1 if failures else 0


def _report(mutations: list[Mutation], sound: list[Running], trials: list[Running]) -> int:
    """Print the table as its rows become known, then what went wrong; return how many mutations were not caught."""
    print("| part | fault | what a user would suffer | caught by |\n|---|---|---|---|", flush=True)
    without = [_result(running) for running in sound]
    passed = {node.partition("judges/")[2] for tried in without for node in tried.passed}
    remarks = []
    for mutation, running in zip(mutations, trials, strict=True):
        tried = _result(running)
        verdict = _verdict(mutation, tried, mutation.judge in passed)
        print(f"| {mutation.part} | {mutation.name} | {mutation.harm} | {verdict or mutation.judge} |", flush=True)
        if verdict:
            remarks.append(f"\n{mutation.name}: {verdict}\n{tried.output}")
    for remark in remarks:
        print(remark)
    if any("FAILS WITHOUT" in remark for remark in remarks):
        print(*(tried.output for tried in without), sep="\n")
    return len(remarks)


def _result(running: Running) -> trial.Trial:
    try:
        return running.get(TIMEOUT)
    except multiprocessing.TimeoutError:
        return trial.Trial(breakdowns=[f"no result after {TIMEOUT} s"])


def _verdict(mutation: Mutation, tried: trial.Trial, sound: bool) -> str:
    """Return why a mutation is not caught; empty when it is."""
    if not sound:
        return f"JUDGE FAILS WITHOUT THE FAULT: {mutation.judge}"
    if tried.breakdowns:
        return f"NO VERDICT: {tried.breakdowns[0]}"
    if not tried.objections:
        return f"SURVIVED {mutation.judge}" if tried.passed else f"JUDGE DID NOT RUN: {mutation.judge}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
