# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that checks what a subaccount holds before FSM's destinations are written to it."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import subaccount_findings

DOCUMENTATION = r"""
name: fsm_subaccount_findings
short_description: Check what a subaccount holds before FSM's destinations are written to it
version_added: 0.1.0
description:
  - Finds that SAP Task Center's initial setup is missing, another primary destination to the same FSM system,
    destinations of the
    service instance that hide those of the subaccount, and a primary destination that is paused.
positional: _input, in_instance, wanted
options:
  _input:
    description: The destinations of the subaccount, as M(btp_ops.task_center.btp_destination_info) returns them.
    type: list
    elements: dict
    required: true
  in_instance:
    description: The destinations of the service instance.
    type: list
    elements: dict
    required: true
  wanted:
    description: The primary destination that is to stand, by JSON key, with its C(Name).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: An empty subaccount lacks Task Center's initial setup
  ansible.builtin.assert:
    that: >-
      [] | btp_ops.task_center.fsm_subaccount_findings([], {'Name': 'FSM'}) | map(attribute='id') ==
      ['initial_setup_missing']
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
        return {"fsm_subaccount_findings": subaccount_findings}
