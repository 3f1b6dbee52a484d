# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SAP Field Service Management: accounts, token service, approvals, and a substitute of its administration."""

from __future__ import annotations

from .service import HOST, HOST_NAMES, TOKEN_PATH, Fsm

__all__ = ["HOST", "HOST_NAMES", "TOKEN_PATH", "Fsm"]
