# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A machine that does not answer."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = """
name: offline
short_description: Reach nothing
description: What other connection plugins do where a machine is switched off.
author: The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment: connection_pipelining
"""


class Connection(Local):
    """The connection plugin."""

    transport = "offline"

    def exec_command(self, *args: t.Any, **options: t.Any) -> t.NoReturn:
        """Fail as a connection that nobody answers."""
        raise AnsibleConnectionFailure("the machine does not answer")
