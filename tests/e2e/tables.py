# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tables at the end of runs, read as people read them."""

from __future__ import annotations

import re
import typing as t

if t.TYPE_CHECKING:
    from operator_at_work import Run

CONTINUED = "+"
RULE = "============"

Row = dict[str, str]


def rows_of(run: Run, task: str) -> dict[str, Row]:
    """Return the rows of the table that a task shows, heading to cell, by their first cell.

    Args:
        run: what came of it.
        task: its name, or the end of it.
    """
    (lines,) = (event["result"]["msg"] for event in run.events if event["task"].endswith(task))
    # A block's line has a heading and its cell; a table has more columns than two.
    is_table = len(re.split(r"\s{2,}", lines[0])) > 2
    rows = _of_columns(lines) if is_table else _of_blocks(lines)
    return {next(iter(row.values())): row for row in rows}


def _of_columns(lines: list[str]) -> list[Row]:
    starts = [match.start() for match in re.finditer(r"(?<!\S)\S", re.sub(r"(?<=\S) (?=\S)", "_", lines[0]))]
    headings, *found = ([line[i:j].strip() for i, j in zip(starts, [*starts[1:], None], strict=True)] for line in lines)
    rows: list[Row] = []
    for cells in found:
        if cells[0] == CONTINUED:
            more = dict(zip(headings[1:], cells[1:], strict=True))
            rows[-1] |= {heading: f"{rows[-1][heading]} {cell}".strip() for heading, cell in more.items()}
        else:
            rows.append(dict(zip(headings, cells, strict=True)))
    return rows


def _of_blocks(lines: list[str]) -> list[Row]:
    rows: list[Row] = [{}]
    latest = ""
    for line in lines:
        if line == RULE:
            rows.append({})
            continue
        heading, cell = re.split(r"\s{2,}", line, maxsplit=1)
        latest = latest if heading == CONTINUED else heading
        rows[-1][latest] = f"{rows[-1].get(latest, '')} {cell}".strip()
    return rows
