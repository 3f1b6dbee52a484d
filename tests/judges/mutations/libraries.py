# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What takes long to import and is the same in all trials: processes are forked from one that has it already."""

from __future__ import annotations

import cachecontrol
import hypothesis
import sap_cloud_sdk.destination
import schemathesis.engine

import landscape

from . import trial

__all__ = ["cachecontrol", "hypothesis", "landscape", "sap_cloud_sdk", "schemathesis", "trial"]
