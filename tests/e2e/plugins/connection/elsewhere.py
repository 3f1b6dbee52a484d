# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A machine that is not the controller, as far as Ansible knows."""

from __future__ import annotations

from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = """
name: elsewhere
short_description: Run on this machine, as on another one
description: What the connection plugin local does, under another name.
author: The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment: connection_pipelining
"""


class Connection(Local):
    """The connection plugin."""

    transport = "elsewhere"
