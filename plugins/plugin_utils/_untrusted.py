# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Marks what others wrote, such as the properties of a destination, so that it is never taken for a template.

Before ansible-core 2.19, a text that a filter composes is evaluated when it is read back from a fact: everyone who may
edit a destination could otherwise run code where the playbook runs.
"""

from __future__ import annotations

import typing as t

from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.btp_ops.task_center.plugins.plugin_utils._plain_values import plain


def untrusted(value: t.Any) -> t.Any:
    """Return a filter's result with every text in it marked."""
    return wrap_var(plain(value))
