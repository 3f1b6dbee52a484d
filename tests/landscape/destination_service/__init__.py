# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Destination Service: configurations, trust certificates, and the tokens it fetches."""

from __future__ import annotations

from .service import BASE_PATH, HOST, OPERATIONS, DestinationService

__all__ = ["BASE_PATH", "HOST", "OPERATIONS", "DestinationService"]
