# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module fsm_rotation_info inside Ansible's worker where it can."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.modules import fsm_rotation_info
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._local_action import LocalAction


class ActionModule(LocalAction):
    """The module's action plugin."""

    module = fsm_rotation_info
    of_environments = True
