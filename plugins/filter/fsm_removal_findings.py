# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that checks that what is to be removed are destinations to FSM."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import removal_findings

DOCUMENTATION = r"""
name: fsm_removal_findings
short_description: Check that what is to be removed are destinations to FSM
version_added: 0.1.0
description:
  - Finds destinations of the given name, or of its secondary destination, that lead to something else than FSM.
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
  declared:
    description:
      - The FSM system that the variables name, by the JSON keys of a destination. What leads to another one is found.
      - Empty where they name none.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: A mail server is not FSM
  ansible.builtin.assert:
    that: >-
      [{'Name': 'Mail', 'URL': 'https://mail.example.com'}]
      | btp_ops.task_center.fsm_removal_findings('Mail') | map(attribute='id') == ['not_fsm']
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
        return {"fsm_removal_findings": removal_findings}
