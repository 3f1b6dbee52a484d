# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that checks the environments of one run against each other."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.inventory import inventory_findings

DOCUMENTATION = r"""
name: fsm_inventory_findings
short_description: Check the environments of one run against each other
version_added: 0.1.0
description:
  - Finds environments that connect the same FSM system to the same subaccount under different names, and environments
    that write a destination of the same name for different FSM systems.
positional: _input
options:
  _input:
    description:
      - The environments, each with C(environment), its name in the inventory; C(subaccount), as
        M(btp_ops.task_center.btp_destination_info) returns it; and C(primary), the primary destination as it is to
        stand, by JSON key.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: One FSM system under two names
  ansible.builtin.assert:
    that: >-
      [{'environment': 'dev', 'subaccount': 'dev-1', 'primary': {'Name': 'FSM'}},
       {'environment': 'qa', 'subaccount': 'dev-1', 'primary': {'Name': 'FSM2'}}]
      | btp_ops.task_center.fsm_inventory_findings | sort == ['dev', 'qa']
"""

RETURN = r"""
_value:
  description:
    - Environment to its findings, as P(btp_ops.task_center.fsm_input_findings#filter) returns them, for those
      environments that have some.
  type: dict
"""


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_inventory_findings": inventory_findings}
