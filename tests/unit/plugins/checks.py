# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of a connection as tests make them, and what they have in common."""

from __future__ import annotations

import typing as t

from landscape.faults import Status

Result = dict[str, t.Any]
Check = t.Callable[..., Result]

NOT_TODAY = Status(403, body="Not today.")
# What is verified where nothing is.
NOTHING: Result = {"primary": {}, "secondary": {}, "task_center": {}}
