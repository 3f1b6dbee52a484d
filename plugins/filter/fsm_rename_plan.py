# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that decides what is left to do to rename a pair of destinations."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.operating import renaming

DOCUMENTATION = r"""
name: fsm_rename_plan
short_description: Decide what is left to do to rename a pair of destinations
version_added: 0.1.0
description:
  - Looks at the old pair, the new one, and at what an earlier run left in the labels of the new primary destination.
positional: _input, wanted, old, labels
options:
  _input:
    description: What the modules returned that asked, as P(btp_ops.task_center.fsm_prerequisite_findings#filter)
      takes it.
    type: dict
    required: true
  wanted:
    description: The primary destination under its new name, by JSON key, with its C(Name).
    type: dict
    required: true
  old:
    description: The name that it has until now.
    type: str
    required: true
  labels:
    description: Labels by name of destination.
    type: dict
    required: true
  pair:
    description:
      - The names of the properties of the new primary destination, and of the new secondary one. What else the old pair
        has is found, for the new one will not have it.
      - Without them, this is not looked at.
    type: list
    elements: list
"""

EXAMPLES = r"""
- name: Without an old or a new destination there is nothing to rename
  ansible.builtin.assert:
    that: >-
      'rename_nothing' in (asked | btp_ops.task_center.fsm_rename_plan({'Name': 'NEW'}, 'OLD', {})).findings
      | map(attribute='id')
  vars:
    asked:
      client: {}
      metadata: {}
      subaccount: {destinations: []}
      instance: {destinations: []}
"""

RETURN = r"""
_value:
  description:
    - C(findings) as P(btp_ops.task_center.fsm_input_findings#filter) returns them; whether the C(old) and the C(new)
      primary destination stand; the value of C(tc.enabled) with which the new one is written C(first), null for none,
      and the C(value) that it has in the end; whether the run C(waits) for the old connector to go; the labels of the
      new one as C(memory) and in the end (C(labels)); and the C(secondary_labels).
  type: dict
"""


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_rename_plan": renaming}
