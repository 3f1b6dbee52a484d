# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module fsm_report_files on the controller, whatever the connection of the task's host is."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import MISSING_LIBRARIES
from ansible_collections.btp_ops.task_center.plugins.modules import fsm_report_files
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._local_action import LocalAction

Result = dict[str, t.Any]


class ActionModule(LocalAction):
    """The module's action plugin."""

    module = fsm_report_files
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: Result | None = None) -> Result:
        """Write the files; the report itself is not repeated in the result, which callbacks keep."""
        result: Result = super().run(tmp, task_vars)
        arguments = result.get("invocation", {}).get("module_args")
        if isinstance(arguments, dict):
            arguments.pop("report", None)
        return result

    def _runs_here(self, task_vars: Result) -> bool:
        return not MISSING_LIBRARIES
