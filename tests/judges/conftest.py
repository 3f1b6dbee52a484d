# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the judges of the landscape share: programs and descriptions that others wrote, held against it."""

from __future__ import annotations

from unit.landscape.conftest import environment, fetch_token, http, landscape, primary

__all__ = ["environment", "fetch_token", "http", "landscape", "primary"]
