# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Callback that writes down when each task ran, and how much memory Ansible took, for the benchmark."""

from __future__ import annotations

import json
import os
import re
import resource
import time
import typing as t
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: costs
type: aggregate
short_description: Write down the times of tasks and the peak of memory
description:
  - Writes one JSON object to the file that the environment variable E(COSTS_FILE) names, when a playbook has ended.
author:
  - The btp_ops.task_center authors (@btp-ops)
"""


class CallbackModule(CallbackBase):
    """Notes the times at which Ansible's controller hands tasks to workers and gets their results."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "costs"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *arguments: t.Any, **options: t.Any) -> None:
        """Begin without any tasks."""
        super().__init__(*arguments, **options)
        self.tasks: dict[str, dict[str, t.Any]] = {}

    def v2_runner_on_start(self, host: t.Any, task: t.Any) -> None:
        """Note that a host begins with a task."""
        now = time.time()
        entry = self.tasks.setdefault(task._uuid, {"name": task.get_name().strip(), "began": now, "results": 0})
        entry["ended"] = now

    def v2_runner_on_ok(self, result: t.Any) -> None:
        """Note a result."""
        self._note(result)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        """Note a result."""
        self._note(result)

    def v2_runner_on_skipped(self, result: t.Any) -> None:
        """Note a result."""
        self._note(result)

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        """Write everything down."""
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        peak = re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)
        costs = {
            "controller_kib": int(peak[1]) if peak else None,
            # Of the largest one; what it shares with the controller is counted in both.
            "worker_kib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
            "tasks": list(self.tasks.values()),
        }
        Path(os.environ["COSTS_FILE"]).write_text(json.dumps(costs), encoding="utf-8")

    def _note(self, result: t.Any) -> None:
        entry = self.tasks[result._task._uuid]
        entry["ended"] = time.time()
        entry["results"] += 1
