# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Callback that writes every task result to a file as JSON lines, for tests to read besides what the user reads."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: record
type: aggregate
short_description: Write every task result to a file
description:
  - Appends one JSON object per result to the file that the environment variable E(RECORD_FILE) names.
author:
  - The btp_ops.task_center authors (@btp-ops)
"""


class CallbackModule(CallbackBase):
    """Records results as callbacks get them: after Ansible's own censoring."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def v2_runner_on_ok(self, result: t.Any) -> None:
        """Record a success."""
        self._write("ok", result)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        """Record a failure."""
        self._write("failed", result)

    def _write(self, status: str, result: t.Any) -> None:
        task = result._task
        event = {
            "status": status,
            "host": result._host.get_name(),
            "task": task.get_name(),
            "action": task.action,
            "result": result._result,
        }
        with Path(os.environ["RECORD_FILE"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(event, default=str) + "\n")
