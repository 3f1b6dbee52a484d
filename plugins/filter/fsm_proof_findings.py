# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that checks what came of the proofs that a connection works."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.proof import proof_findings

DOCUMENTATION = r"""
name: fsm_proof_findings
short_description: Check what came of the proofs that a connection works
version_added: 0.1.0
description:
  - Finds that no token can be had through a destination, that Task Center's connector does not work, and lists what
    nobody has proven.
positional: _input, name, fingerprint
options:
  _input:
    description:
      - What the modules returned that asked. C(primary) and C(secondary) are of
        M(btp_ops.task_center.btp_destination_info) with C(prove_token), C(task_center) is of
        M(btp_ops.task_center.task_center_connector_info). C(secondary) and C(task_center) are empty where nobody asked.
    type: dict
    required: true
  name:
    description: Name of the primary destination.
    type: str
    required: true
  fingerprint:
    description: Fingerprint of the active trust certificate.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: The primary destination works, and nobody asked about the rest
  ansible.builtin.assert:
    that: >-
      asked | btp_ops.task_center.fsm_proof_findings('FSM', 'AA:BB') | map(attribute='id') ==
      ['users_unproven', 'task_center_unproven']
  vars:
    asked:
      primary: {token: {obtained: true, error: "", found_at: subaccount}}
      secondary: {}
      task_center: {}
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
        return {"fsm_proof_findings": proof_findings}
