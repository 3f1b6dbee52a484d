# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: what can be switched on, and what makes it strike. Faults reach every system; no system knows of them."""

from __future__ import annotations

from .effects import (
    EFFECTS,
    Arrival,
    Callback,
    Echo,
    Effect,
    ExpiringToken,
    Fault,
    Faults,
    Lag,
    Latency,
    LostAnswer,
    Matching,
    NotJson,
    Origin,
    Pause,
    RefusedConnection,
    ResetConnection,
    RevokedToken,
    Status,
    TruncatedBody,
    When,
)

__all__ = [
    "EFFECTS",
    "Arrival",
    "Callback",
    "Echo",
    "Effect",
    "ExpiringToken",
    "Fault",
    "Faults",
    "Lag",
    "Latency",
    "LostAnswer",
    "Matching",
    "NotJson",
    "Origin",
    "Pause",
    "RefusedConnection",
    "ResetConnection",
    "RevokedToken",
    "Status",
    "TruncatedBody",
    "When",
]
