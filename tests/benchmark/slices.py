# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure an audit in slices side by side, each a job of ansible-runner as AWX makes one: python -m benchmark.slices"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

from .bench import ROOT, Bench
from .measure import Failed
from .stage import Stage

PROGRAM = ROOT / "examples" / "awx" / "slices.py"


def main() -> int:
    """Measure, and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmark.slices", description=__doc__)
    parser.add_argument("--hosts", type=int, default=500)
    parser.add_argument("--slices", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--latency", type=float, default=0.08, help="seconds that each request waits")
    parser.add_argument("--forks", type=int, default=20, help="of each slice")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        with Stage(options.hosts, options.latency, False, folder) as stage:
            bench = Bench(stage, folder, options.forks)
            for count in options.slices:
                stage.prepare("connected")
                seconds = audit(bench, folder / "jobs", count, options.forks)
                shown = f"{options.hosts} environments, {count} slices: {seconds:.1f} s"
                print(f"{shown}; load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors", flush=True)
    return 0


def audit(bench: Bench, folder: Path, count: int, forks: int) -> float:
    """Audit all environments in slices side by side, and return the seconds until the last one has ended.

    Raises:
        Failed: a slice ended with another status than 0.
    """
    shutil.rmtree(folder, ignore_errors=True)
    inventory, environment = bench.job()
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    make = [sys.executable, str(PROGRAM), str(folder), "--inventory", str(inventory), "--slices", str(count)]
    subprocess.run(make, env=environment, check=True, stdout=subprocess.DEVNULL)
    start = time.monotonic()
    jobs = [_start(folder / str(number), forks, environment) for number in range(1, count + 1)]
    for job in jobs:
        if job.wait():
            raise Failed(f"{job.args!r} ended with {job.returncode}.")
    return time.monotonic() - start


def _start(folder: Path, forks: int, environment: t.Mapping[str, str]) -> subprocess.Popen[bytes]:
    arguments = ["run", str(folder), "-p", "audit.yml", "--forks", str(forks), "-q"]
    command = [sys.executable, "-m", "ansible_runner", *arguments]
    return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
