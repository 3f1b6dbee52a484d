# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is loaded and set up once in the process that runs the playbook, so that each of its workers has it.

Ansible imports an action plugin in that process before it forks workers from it, one per task and host. All that a
worker loads itself is lost with it: reading and compiling the plugins that a task's expressions use takes longer than
the task.
"""

from __future__ import annotations

import contextlib
import functools
import os

from ansible.plugins.loader import filter_loader, lookup_loader, test_loader

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients import shared_tokens, tls
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import MISSING_LIBRARIES

# One name of each file, which Ansible loads as a whole: its tests, and what the roles' expressions use.
EXPRESSIONS = (
    (test_loader, "ansible.builtin.defined"),
    (filter_loader, "btp_ops.task_center.fsm_destinations"),
    (filter_loader, "btp_ops.task_center.table"),
    (lookup_loader, "ansible.builtin.env"),
)


@functools.cache
def prepare() -> None:
    """Load and set up what workers need, if the required libraries are there."""
    if MISSING_LIBRARIES:
        return
    # Where Ansible knows nothing of this collection, nobody's expressions use it.
    with contextlib.suppress(KeyError):
        for loader, name in EXPRESSIONS:
            loader.get(name)
    shared_tokens.share()
    # Authorities that cannot be read are reported by the first request that needs them.
    with contextlib.suppress(OSError):
        tls.trusting(tls.authorities(None, os.environ))
