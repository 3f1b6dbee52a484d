# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Python interpreter that counts how often it is started: once per process of a module."""

from __future__ import annotations

import shlex
import sys
import typing as t

if t.TYPE_CHECKING:
    from pathlib import Path


class CountingInterpreter:
    """What ``ansible_python_interpreter`` names. Its shell script costs each process about a millisecond.

    Args:
        folder: where its two files are made; without a blank in its path, which Ansible does not support.
    """

    def __init__(self, folder: Path) -> None:
        self._starts = folder / "starts"
        self.path = folder / "counting-python"
        count = f"echo >> {shlex.quote(str(self._starts))}"
        self.path.write_text(f'#!/bin/sh\n{count}\nexec {shlex.quote(sys.executable)} "$@"\n', encoding="utf-8")
        self.path.chmod(0o700)
        self.forget()

    def forget(self) -> None:
        """Begin to count again."""
        self._starts.write_bytes(b"")

    def count(self) -> int:
        """Return how often it was started."""
        return len(self._starts.read_bytes())
