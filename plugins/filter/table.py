# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that lays out rows as a table of text lines."""

from __future__ import annotations

import re
import textwrap
import typing as t

import yaml

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.printable import printable

DOCUMENTATION = r"""
name: table
short_description: Lay out rows as a table of text lines
version_added: 1.0.0
description:
  - Returns lines for a message that people read, one for the headings and at least one per row, columns aligned.
  - The lines look the same whether Ansible prints results as JSON or as YAML, on a terminal of 80 columns. So they have
    at most 68 characters, and none of them has to be quoted in YAML. A colon before a blank becomes a hyphen.
  - Where the rows do not fit, cells are wrapped; a line that begins with C(+) goes on with the row above it. Where that
    does not help, such as with long names of hosts, each row is a block of its own, with a line per heading.
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

Lines = list[str]

# With the indentation, quotes and comma that Ansible's callbacks add, less than 80 columns.
WIDTH = 68
GAP = "  "
CONTINUED = "+"
MARGIN = "."  # before lines that would begin with a character, or consist of a word, that means something in YAML
NO_BREAK = "\u00a0"
RULE = "=" * 12


def table(rows: list[dict[str, t.Any]]) -> Lines:
    """Return the rows as lines, headings first, or as a block each where they do not fit."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    if not headings:
        return []
    cells = [
        [_text(cell) for cell in line]
        for line in (headings, *([row.get(key, "-") for key in headings] for row in rows))
    ]
    # Headings are not wrapped.
    cells[0] = [heading.replace(" ", NO_BREAK) for heading in cells[0]]
    widths = _widths(cells)
    return _plain(_aligned(cells, widths) if widths else _blocks(cells))


def _text(value: t.Any) -> str:
    """Return a cell that neither JSON nor YAML has to quote, in one line, with blanks at which it can be wrapped."""
    words = printable(re.sub(r"\s", " ", str(value))).replace('"', "'").split()
    text = " ".join(re.sub(r"^#", "no.", word) for word in words)
    return re.sub(r":(?=\s|$)", " -", text) or "-"


def _widths(cells: list[list[str]]) -> list[int]:
    """Return how wide each column is, wrapped as little as need be; nothing if they do not fit side by side."""
    columns = list(zip(*cells, strict=True))
    widths = [max(map(len, column)) for column in columns]
    room = WIDTH - len(GAP) * (len(columns) - 1)
    while sum(widths) > room:
        narrower = [_narrower(column, width) for column, width in zip(columns, widths, strict=True)]
        most = max(range(len(widths)), key=lambda number: widths[number] - narrower[number])
        if narrower[most] >= widths[most]:
            return []
        widths[most] = narrower[most]
    return widths


def _narrower(column: tuple[str, ...], width: int) -> int:
    """Return the width of a column once its widest cells are wrapped at one blank more; the same if they have none."""
    return max(len(line) for cell in column for line in _wrapped(cell, width - 1))


def _aligned(cells: list[list[str]], widths: list[int]) -> Lines:
    """Return a line per row, or several where cells are wrapped."""
    lines = []
    for row in cells:
        wrapped = [_wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
        for number in range(max(map(len, wrapped))):
            parts = [part[number] if number < len(part) else "" for part in wrapped]
            parts[0] = parts[0] or CONTINUED
            lines.append(GAP.join(part.ljust(width) for part, width in zip(parts, widths, strict=True)))
    return lines


def _blocks(cells: list[list[str]]) -> Lines:
    """Return a block per row, with a line per heading."""
    headings, *rows = cells
    width = max(map(len, headings))
    lines: Lines = []
    for row in rows:
        lines += [RULE] if lines else []
        for heading, cell in zip(headings, row, strict=True):
            first, *others = _wrapped(cell, WIDTH - width - len(GAP))
            lines.append(f"{heading.ljust(width)}{GAP}{first}")
            lines += [f"{CONTINUED.ljust(width)}{GAP}{other}" for other in others]
    return lines


def _wrapped(cell: str, width: int) -> Lines:
    return textwrap.wrap(cell, max(width, 1), break_long_words=False, break_on_hyphens=False)


def _plain(lines: Lines) -> Lines:
    """Return lines that YAML does not quote as entries of a list."""
    lines = [line.rstrip().replace(NO_BREAK, " ") for line in lines]
    shown = yaml.safe_dump(lines, allow_unicode=True, width=10 * WIDTH)
    return lines if shown == "".join(f"- {line}\n" for line in lines) else [f"{MARGIN}{GAP}{line}" for line in lines]


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"table": table}
