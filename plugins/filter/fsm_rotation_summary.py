# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that sums up a rotation over many environments."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rotation import summary

DOCUMENTATION = r"""
name: fsm_rotation_summary
short_description: Sum up a rotation of trust certificates over many environments
version_added: 0.1.0
description:
  - Returns the worst outcome, the reports by environment, and the rows of a table for people.
positional: _input
options:
  _input:
    description: One report per environment, as the role C(fsm_trust_rotation) leaves it in C(fsm_trust_rotation).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Without environments there was nothing to do
  ansible.builtin.assert:
    that: ([] | btp_ops.task_center.fsm_rotation_summary).outcome == 'nothing to do'
"""

RETURN = r"""
_value:
  description: C(outcome), C(environments) and C(table).
  type: dict
"""


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_rotation_summary": summary}
