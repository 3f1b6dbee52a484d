# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write what describes reports from their schema: the schema as a file, and the table in the guide. make generated."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

from ansible_collections.btp_ops.task_center.plugins.module_utils._report.schema import SCHEMA, Schema

DOCS = Path(__file__).resolve().parent.parent / "docs" / "docsite"
SHIPPED = DOCS / "report.schema.json"
PAGE = DOCS / "rst" / "reports.rst"
BEGIN, END = ".. What follows is generated from the schema.\n", ".. End of what is generated.\n"
HEAD = """
.. list-table::
   :header-rows: 1
   :widths: 34 14 52

   * - Field
     - Type
     - Content
"""


def schema() -> str:
    """Return the schema as a file."""
    return json.dumps(SCHEMA, indent=2) + "\n"


def page(text: str) -> str:
    """Return the guide with the table of this schema in place of the one that it has."""
    before, rest = text.split(BEGIN)
    _old, after = rest.split(END)
    rows = "".join(f"   * - ``{path}``\n     - {kind}\n     - {words}\n" for path, kind, words in fields(SCHEMA))
    return f"{before}{BEGIN}{HEAD}{rows}\n{END}{after}"


def fields(schema: Schema, path: str = "") -> t.Iterator[tuple[str, str, str]]:
    """Return the path, the type and the description of every field."""
    for name, facts in schema.get("properties", {}).items():
        own = f"{path}{name}"
        words = facts["description"]
        if "enum" in facts:
            words += f" One of {', '.join(f'``{choice}``' for choice in facts['enum'])}."
        yield own, _kind(facts), words
        yield from fields(facts, f"{own}.")
        yield from fields(facts.get("items", {}), f"{own}[].")


def _kind(facts: Schema) -> str:
    kinds = facts.get("type", "string")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)


def main() -> None:
    """Write both."""
    SHIPPED.write_text(schema(), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
