# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that lays out rows as a table of text lines."""

from __future__ import annotations

import typing as t

DOCUMENTATION = r"""
name: table
short_description: Lay out rows as a table of text lines
version_added: 0.1.0
description:
  - Returns one line for the headings and one per row, columns aligned, for a message that people read.
positional: _input
options:
  _input:
    description:
      - Rows. Their keys are the headings, in the order in which they first occur. What a row lacks is shown as C(-).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Two environments
  ansible.builtin.assert:
    that: rows | btp_ops.task_center.table == ['environment  days left', 'dev          729', 'prod         12']
  vars:
    rows:
      - environment: dev
        days left: 729
      - environment: prod
        days left: 12
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
"""


def table(rows: list[dict[str, t.Any]]) -> list[str]:
    """Return the rows as aligned lines, headings first."""
    if not rows:
        return []
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    lines = [headings, *([str(row.get(heading, "-")) for heading in headings] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"table": table}
