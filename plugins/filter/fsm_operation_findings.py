# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that checks that a primary destination may be paused or resumed."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.operating import operation_findings

DOCUMENTATION = r"""
name: fsm_operation_findings
short_description: Check that a primary destination may be paused or resumed
version_added: 0.1.0
description:
  - Finds that there is no such destination, that it is no primary one to FSM, or that Task Center has no connector of
    it; and, where it is to be polled again, another primary destination to the same FSM system.
positional: _input, name
options:
  _input:
    description: The destinations of the subaccount, as M(btp_ops.task_center.btp_destination_info) returns them.
    type: list
    elements: dict
    required: true
  name:
    description: Name of the primary destination.
    type: str
    required: true
  enables:
    description: Whether Task Center is to poll it afterwards.
    type: bool
    default: false
  declared:
    description:
      - The FSM system that the variables name, by the JSON keys of a destination. What leads to another one is found.
      - Empty where they name none.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: A destination that is not there cannot be paused
  ansible.builtin.assert:
    that: "([] | btp_ops.task_center.fsm_operation_findings('FSM') | map(attribute='id')) == ['no_primary']"
"""

RETURN = r"""
_value:
  description: Findings, as P(btp_ops.task_center.fsm_input_findings#filter) returns them.
  type: list
  elements: dict
"""


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_operation_findings": operation_findings}
