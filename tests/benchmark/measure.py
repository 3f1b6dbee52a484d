# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a program and measures it from outside."""

from __future__ import annotations

import os
import subprocess
import time
import typing as t
from dataclasses import dataclass

if t.TYPE_CHECKING:
    from pathlib import Path

SHOWN = 3000  # characters of the output of a program that failed


class Failed(Exception):
    """A program did not do what it is measured for."""


@dataclass(frozen=True)
class Measured:
    """What a program took.

    Attributes:
        began: seconds since the epoch.
        seconds: of real time, from its start to its end.
        cpu: seconds of processor time, that of its own processes included.
    """

    began: float
    seconds: float
    cpu: float


def measure(command: t.Sequence[str], folder: Path, environment: t.Mapping[str, str]) -> Measured:
    """Run a program in a folder.

    Raises:
        Failed: it ended with another status than 0; with the end of its output.
    """
    log = folder / "output.log"
    with log.open("wb") as output:
        began, start = time.time(), time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            _process, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{command} ended with {process.returncode}:\n{log.read_text(encoding='utf-8')[-SHOWN:]}")
    return Measured(began, seconds, usage.ru_utime + usage.ru_stime)
