# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XSUAA: the token service of the subaccounts."""

from __future__ import annotations

from .service import HOST, Xsuaa

__all__ = ["HOST", "Xsuaa"]
