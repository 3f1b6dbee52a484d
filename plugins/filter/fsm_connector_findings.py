# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that checks what became of a connector after its destination was changed."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.operating import (
    back_findings,
    gone_findings,
)

DOCUMENTATION = r"""
name: fsm_connector_findings
short_description: Check what became of a connector after its destination was changed
version_added: 0.1.0
description:
  - Finds that Task Center's connector is not gone, or is not back, as it has to be; or that nobody has seen it.
positional: _input, name, value
options:
  _input:
    description: What M(btp_ops.task_center.task_center_connector_info) returned; empty or skipped where nobody asked.
    type: dict
    required: true
  name:
    description: Name of the primary destination.
    type: str
    required: true
  value:
    description: Value of C(tc.enabled) of the destination; null when it was removed.
    type: str
    required: true
  waited:
    description: Seconds that were waited for it to be gone if nobody asked.
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: Nobody has asked Task Center
  ansible.builtin.assert:
    that: "({} | btp_ops.task_center.fsm_connector_findings('FSM', none) | map(attribute='id')) == ['connector_unseen']"
"""

RETURN = r"""
_value:
  description: Findings, as P(btp_ops.task_center.fsm_input_findings#filter) returns them.
  type: list
  elements: dict
"""


def findings(answer: dict[str, t.Any], name: str, value: str | None, waited: t.Any = 0) -> t.Any:
    """Return the findings of a connector that has to be gone, or (with a value) back."""
    return gone_findings(answer, name, waited) if value is None else back_findings(answer, name, value)


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_connector_findings": findings}
