# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that checks what the systems say before FSM's destinations are written."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.prerequisites import prerequisite_findings

DOCUMENTATION = r"""
name: fsm_prerequisite_findings
short_description: Check what the systems say before FSM's destinations are written
version_added: 0.1.0
description:
  - Finds that a system could not be asked, that FSM refuses the client or says it is for another account, company or
    cluster, that the audience is not the entity ID of the account's SAML metadata, and everything that is wrong in the
    subaccount and in the service instance.
positional: _input, wanted
options:
  _input:
    description:
      - What the modules returned that asked, failures included. C(client) is of
        M(btp_ops.task_center.fsm_client_info), C(metadata) of M(btp_ops.task_center.fsm_saml_metadata_info),
        C(subaccount) and C(instance) are of M(btp_ops.task_center.btp_destination_info). Empty where nobody asked.
    type: dict
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
      asked | btp_ops.task_center.fsm_prerequisite_findings({'Name': 'FSM'}) | map(attribute='id') ==
      ['initial_setup_missing']
  vars:
    asked:
      client: {authenticated: true}
      metadata: {}
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
        return {"fsm_prerequisite_findings": prerequisite_findings}
