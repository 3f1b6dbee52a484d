# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that checks what is about to be taken into the inventory."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.adoption import file_findings, first_run_findings

DOCUMENTATION = r"""
name: fsm_adoption_findings
short_description: Check what is about to be taken into the inventory
version_added: 0.1.0
description:
  - Finds what the first run of the role would change in the destinations that are taken over, and files that would be
    overwritten or no longer be read.
positional: _input
options:
  _input:
    description: What P(btp_ops.task_center.fsm_adopted#filter) returned.
    type: dict
    required: true
  wanted:
    description:
      - C(primary) and C(secondary) as the role wants them with the variables, secrets with any values. Empty if they
        cannot be known.
    type: dict
    default: {}
  secrets_known:
    description: Whether the source of the destinations shows which secrets they have.
    type: bool
    default: true
  files:
    description: Path to text of the files to be written.
    type: dict
    default: {}
  standing:
    description: The same of those among them that exist.
    type: dict
    default: {}
  hidden:
    description: Files that Ansible would no longer read.
    type: list
    elements: str
    default: []
  overwrite:
    description: Whether files may be overwritten.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: A file that someone has edited stays
  ansible.builtin.assert:
    that: >-
      {} | btp_ops.task_center.fsm_adoption_findings(files={'main.yml': 'new'}, standing={'main.yml': 'edited'})
      | map(attribute='id') == ['adoption_file_exists']
"""

RETURN = r"""
_value:
  description: Findings, as P(btp_ops.task_center.fsm_input_findings#filter) returns them.
  type: list
  elements: dict
"""


def adoption_findings(
    adopted: dict[str, t.Any],
    wanted: dict[str, dict[str, str]] | None = None,
    secrets_known: bool = True,
    files: dict[str, str] | None = None,
    standing: dict[str, str] | None = None,
    hidden: t.Sequence[str] = (),
    overwrite: bool = False,
) -> list[dict[str, str]]:
    """Return the findings."""
    results = first_run_findings(adopted, wanted, secrets_known) if wanted else []
    return results + file_findings(files or {}, standing or {}, list(hidden), overwrite)


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_adoption_findings": adoption_findings}
