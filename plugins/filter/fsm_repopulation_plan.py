# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that decides what is left to do to repopulate a task cache."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.operating import repopulation

DOCUMENTATION = r"""
name: fsm_repopulation_plan
short_description: Decide what is left to do to repopulate a task cache
version_added: 0.1.0
description:
  - Looks at C(tc.enabled) of the primary destination and at what an earlier run left in its labels.
positional: _input, name, labels
options:
  _input:
    description: The primary destination in a list, or an empty one, as M(btp_ops.task_center.btp_destination_info)
      returns them.
    type: list
    elements: dict
    required: true
  name:
    description: Name of the primary destination.
    type: str
    required: true
  labels:
    description: Labels by name of destination.
    type: dict
    required: true
  declared:
    description:
      - The FSM system that the variables name, by the JSON keys of a destination. What leads to another one is found.
      - Empty where they name none.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: A destination that is paused stays so
  ansible.builtin.assert:
    that: "([paused] | btp_ops.task_center.fsm_repopulation_plan('FSM', {})).value == 'false'"
  vars:
    paused: {Name: FSM, URL: "https://de.fsm.cloud.sap/x", tc.provider_type: FSM, tc.enabled: "false"}
"""

RETURN = r"""
_value:
  description:
    - C(findings) as P(btp_ops.task_center.fsm_input_findings#filter) returns them, and the key of the C(label) that
      remembers what was done. Without findings, also the C(value) that C(tc.enabled) has in the end, whether the run
      C(removes) it first, and the label's values while it is C(removing) and C(restoring) it.
  type: dict
"""


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_repopulation_plan": repopulation}
