# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that checks the variables of the role fsm."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rules import input_findings, name_findings

DOCUMENTATION = r"""
name: fsm_input_findings
short_description: Check the variables of the role fsm against SAP's rules
version_added: 0.1.0
description:
  - Returns everything that is wrong with the variables at once.
positional: _input
options:
  _input:
    description: Variable names and values, null where a variable is not set.
    type: dict
    required: true
  reserved:
    description: Per variable with additional properties, the names of the properties that the role sets itself.
    type: dict
    default: {}
  only_name:
    description: Whether only the destination's name matters, because the destinations are to be removed.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Refuse an account ID that is no number
  ansible.builtin.assert:
    that: >-
      {'fsm_account_id': 'ACME'} | btp_ops.task_center.fsm_input_findings | selectattr('what', 'search', 'ACME') |
      length == 1
"""

RETURN = r"""
_value:
  description:
    - Findings, each with C(id), C(severity) (V(error) or V(warning)), C(what) is wrong, C(why) it matters, what is
      C(todo), and all of it as
      one C(text).
  type: list
  elements: dict
"""


def findings(given: dict[str, t.Any], reserved: dict[str, list[str]] | None = None, only_name: bool = False) -> t.Any:
    """Return the findings of the given variables."""
    return name_findings(given.get("fsm_name")) if only_name else input_findings(given, reserved or {})


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_input_findings": findings}
