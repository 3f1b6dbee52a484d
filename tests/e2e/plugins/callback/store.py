# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Callback that keeps whole events, as AWX does: what was asked of each task, and all that came of it."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: store
type: aggregate
short_description: Keep whole events
description:
  - Appends one JSON object per event to the file that the environment variable E(STORE_FILE) names.
author:
  - The btp_ops.task_center authors (@btp-ops)
"""


class CallbackModule(CallbackBase):
    """Keeps every event of a run with the arguments of its task, and results as callbacks get them."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "store"
    CALLBACK_NEEDS_ENABLED = True

    def v2_on_any(self, *args: t.Any, **kwargs: t.Any) -> None:
        """Keep an event, whatever it is of."""
        event = {"of": [self._kept(one) for one in args], **{name: self._kept(one) for name, one in kwargs.items()}}
        with Path(os.environ["STORE_FILE"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(event, default=str) + "\n")

    @staticmethod
    def _kept(one: t.Any) -> t.Any:
        task = getattr(one, "_task", one)
        kept: dict[str, t.Any] = {"what": str(one)}
        if hasattr(task, "args"):
            kept |= {"task": task.get_name(), "action": task.action, "task_args": task.args, "path": task.get_path()}
        if hasattr(one, "_result"):
            kept |= {"host": one._host.get_name(), "res": one._result}
        if hasattr(one, "custom"):
            kept |= {"artifact_data": one.custom}
        return kept
