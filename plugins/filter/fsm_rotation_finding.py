# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that returns one finding of the rotation, for what is found while a step is carried out."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import found

DOCUMENTATION = r"""
name: fsm_rotation_finding
short_description: Tell what was found while a certificate was rotated
version_added: 0.1.0
description:
  - Returns the text of a finding with its facts.
positional: _input
options:
  _input:
    description: ID of the finding.
    type: str
    required: true
  facts:
    description: What the finding's text names.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: The run before deleted the old certificate
  ansible.builtin.assert:
    that: "'is deleted' in ('rotation_retired' | btp_ops.task_center.fsm_rotation_finding(facts)).text"
  vars:
    facts: {fingerprint: "AA:BB", host: de.fsm.cloud.sap, account_id: "654321"}
"""

RETURN = r"""
_value:
  description: The finding, as P(btp_ops.task_center.fsm_input_findings#filter) returns several.
  type: dict
"""


def rotation_finding(finding: str, facts: dict[str, t.Any]) -> dict[str, str]:
    """Return a finding with its facts; of what services answered, the text sets the full stop."""
    answers = {name: str(facts.get(name, "")).rstrip(".") for name in ("error", "reason")}
    return found(finding, None, **{**facts, **answers})


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_rotation_finding": rotation_finding}
