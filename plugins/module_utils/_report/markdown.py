# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as Markdown for a ticket: a table, what to do with the lines to paste, what differs. Pure.

What others wrote, such as the name of a property, is shown as it is and never taken for Markdown or HTML.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._report.view import Environment, Step, View
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.words import (
    DIFFERENCE_COLUMNS,
    cells_of,
    difference_cells,
    when,
)

# What begins markup somewhere. An underscore does only next to a blank or a sign.
SPECIAL = re.compile(r"[&<>|`*\\\[\]~@#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
NOTHING = "-"


def markdown(view: View) -> str:
    """Return the report as Markdown."""
    blocks = [
        f"# {_text(view.headline)}",
        f"Reported {when(view.report['reported_at'])}.",
        _overview(view),
        *_steps(view.steps),
        *_schedule(view),
        *_differences(view.environments),
        *_uploads(view.environments),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _text(text: str) -> str:
    """Return a text that is no markup, in one line."""
    return SPECIAL.sub(lambda sign: f"&#{ord(sign[0])};", " ".join(text.split("\n")))


def _verbatim(text: str) -> str:
    """Return a block that is shown as it is, to be copied from."""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _table(headings: t.Sequence[str], rows: t.Iterable[t.Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *([_text(cell) or NOTHING for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _overview(view: View) -> str:
    rows = [list(cells_of(one).values()) for one in view.environments]
    return _table(list(cells_of(view.environments[0])), rows) if rows else ""


def _steps(steps: list[Step]) -> t.Iterator[str]:
    if steps:
        yield "## What to do"
    for step in steps:
        found, names = step.finding, ", ".join(step.environments)
        mark = f" `{found['id']}`" if re.fullmatch(r"\w+", found["id"]) else ""
        severity = "error" if step.is_error else "warning"
        yield f"**{severity}**{mark} {_text(names)}: {_text(found['problem'])}"
        yield _text(found["impact"])
        yield _verbatim(found["remedy"]) if found["remedy"] else ""


def _schedule(view: View) -> t.Iterator[str]:
    if view.schedule:
        yield "## What is due"
        rows = [(when(due.when), due.environment, due.what, due.who) for due in view.schedule]
        yield _table(["when", "environment", "what", "who"], rows)


def _differences(environments: t.Iterable[Environment]) -> t.Iterator[str]:
    rows = [
        (one.name, *difference_cells(destination["name"], difference))
        for one in environments
        for destination in one.newest("destinations") or ()
        for difference in destination["differences"]
    ]
    if rows:
        yield "## What differs"
        yield _table(["environment", *DIFFERENCE_COLUMNS], rows)


def _uploads(environments: t.Iterable[Environment]) -> t.Iterator[str]:
    for one in environments:
        upload = one.newest("to_upload")
        if upload:
            yield f"## Certificate of {_text(one.name)} to upload to FSM"
            yield "Add this line to fsm_uploaded_certificates afterwards:"
            yield _verbatim(upload["line"])
            yield _verbatim(upload["pem"].strip("\n"))
