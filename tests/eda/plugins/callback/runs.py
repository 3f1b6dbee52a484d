# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes which playbooks have run on which hosts, a JSON object per line, to the file that RUNS_FILE names."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: runs
type: aggregate
short_description: Writes which playbooks have run on which hosts
description: The environment variable E(RUNS_FILE) names the file.
"""


class CallbackModule(CallbackBase):
    """Notes each run when it has ended."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "runs"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_start(self, playbook: t.Any) -> None:
        """Remember its name."""
        self._name = Path(playbook._file_name).stem

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        """Note how many tasks each host had."""
        tasks = {host: sum(stats.summarize(host).values()) for host in stats.processed}
        with Path(os.environ["RUNS_FILE"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"playbook": self._name, "tasks": tasks}) + "\n")
