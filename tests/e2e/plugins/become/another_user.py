# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Becomes another user as far as Ansible can see, where nobody may become one: commands run as they are."""

from __future__ import annotations

import typing as t

from ansible.plugins.become import BecomeBase

DOCUMENTATION = """
name: another_user
short_description: Becomes nobody else
description: Runs commands as they are.
author: The btp_ops.task_center authors (@btp-ops)
options:
  become_user:
    description: Ignored.
    default: root
    vars: [{name: ansible_become_user}]
  become_exe:
    description: Ignored.
    vars: [{name: ansible_become_exe}]
  become_flags:
    description: Ignored.
    vars: [{name: ansible_become_flags}]
  become_pass:
    description: Ignored.
    vars: [{name: ansible_become_pass}]
"""


class BecomeModule(BecomeBase):
    """The become plugin."""

    name = "another_user"

    def build_become_command(self, cmd: str, shell: t.Any) -> str:
        """Return the command as it is."""
        super().build_become_command(cmd, shell)
        return cmd
