# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that checks that a pair of destinations may be given FSM's new client."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.operating import secret_findings

DOCUMENTATION = r"""
name: fsm_secret_findings
short_description: Check that a pair of destinations may be given FSM's new client
version_added: 0.1.0
description:
  - Finds that FSM refuses the new client, that one of the destinations is missing, leads to something else, or is
    hidden by one of the service instance.
positional: _input, wanted
options:
  _input:
    description: What the modules returned that asked, as P(btp_ops.task_center.fsm_prerequisite_findings#filter)
      takes it.
    type: dict
    required: true
  wanted:
    description: The primary destination as the variables describe it, by JSON key, with its C(Name).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: FSM refuses the new secret
  ansible.builtin.assert:
    that: >-
      'client_refused' in asked | btp_ops.task_center.fsm_secret_findings({'Name': 'FSM'}) | map(attribute='id')
  vars:
    asked:
      client: {authenticated: false, error: Bad client credentials.}
      subaccount: {destinations: []}
      instance: {destinations: []}
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
        return {"fsm_secret_findings": secret_findings}
