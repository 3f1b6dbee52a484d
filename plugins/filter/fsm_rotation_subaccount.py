# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that tells by a service key which subaccount an environment belongs to."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils.service_key import read_service_key

DOCUMENTATION = r"""
name: fsm_rotation_subaccount
short_description: Tell by a service key which subaccount an environment belongs to
version_added: 0.1.0
description:
  - Returns the host of the subaccount's token service, by which subaccounts can be told apart, without any request.
  - Environments of one subaccount sign with the same trust certificates.
positional: _input
options:
  _input:
    description: Service key of a Destination Service instance, as a mapping, JSON text or the path of a file.
    type: raw
    required: true
"""

EXAMPLES = r"""
- name: What is no service key belongs to no subaccount
  ansible.builtin.assert:
    that: ({} | btp_ops.task_center.fsm_rotation_subaccount) == ''
"""

RETURN = r"""
_value:
  description: The host; empty when the input is no service key.
  type: str
"""


def subaccount(service_key: t.Any) -> str:
    """Return the host of the token service; nothing for what is no service key, which is told elsewhere."""
    # A vaulted text is no str of its own before ansible-core 2.19.
    value = service_key if isinstance(service_key, dict) else str(service_key or "")
    try:
        return read_service_key({"service_key": value}).tenant_host
    except InputError:
        return ""


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_rotation_subaccount": subaccount}
