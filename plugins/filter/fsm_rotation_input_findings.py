# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that checks the variables of the role fsm_trust_rotation."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rotation import input_findings

DOCUMENTATION = r"""
name: fsm_rotation_input_findings
short_description: Check the variables of the role fsm_trust_rotation
version_added: 0.1.0
description:
  - Returns everything that is wrong with the variables at once.
positional: _input
options:
  _input:
    description: Variable names and values, null where a variable is not set.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: A fingerprint has 64 hexadecimal digits
  ansible.builtin.assert:
    that: >-
      {'fsm_rotation_retry': 'AA:BB'} | btp_ops.task_center.fsm_rotation_input_findings
      | selectattr('what', 'search', 'AA:BB') | length == 1
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
        return {"fsm_rotation_input_findings": input_findings}
