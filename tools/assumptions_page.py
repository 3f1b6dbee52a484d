# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the documentation's page of assumptions from their list and from what trying each of them has come to.

``make assumptions`` tries them and writes the page; ``make generated`` writes it again from the results of that time.
"""

from __future__ import annotations

import json
import re
import sys
import typing as t
from pathlib import Path

from landscape.assumptions import ASSUMPTIONS, NO_SOURCE, Assumption

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "docsite" / "rst" / "assumptions.rst"
# By operation and "assumption.alternative", how it ended.
RESULTS = ROOT / "tests" / "e2e" / "assumption_results.json"
# Where the tests leave the results of each operation.
FRESH = ROOT / ".work" / "assumptions"

Results = dict[str, dict[str, str]]

RIGHT, STOP = "right state", "clear stop"
EVERY = "all operations"
MARKUP = re.compile(r"([\\*`_|])")

HEAD = """\
..
  Copyright (c) 2026, The btp_ops.task_center authors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. _ansible_collections.btp_ops.task_center.docsite.assumptions:

What is not known of SAP's systems
==================================

SAP does not publish everything about its systems that matters here. Each open question below has the possible answers
as alternatives, the expected one first. The operations were run in a simulated landscape under each alternative, one
question at a time.

*Right state* means that the run succeeded and the state is the one that it promises. *Clear stop* means that it failed,
said why, and changed nothing, or left what another run completes. An operation never succeeds without the right state.

These operations were tried: {operations}.
"""


def collected(folder: Path, names: t.Sequence[str]) -> Results:
    """Return the results that tests have left in a folder.

    :param names: of the operations, in their order
    :raises FileNotFoundError: one of them was not tried
    """
    return {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in names}


def page(results: Results) -> str:
    """Return the page's text."""
    head = HEAD.format(operations=", ".join(results))
    return head + "".join(_section(name, one, results) for name, one in ASSUMPTIONS.items())


def key(assumption: str, alternative: str) -> str:
    """Return under which name the results have an alternative of an assumption."""
    return f"{assumption}.{alternative.replace('+', '.')}"


def _section(name: str, one: Assumption, results: Results) -> str:
    source = "SAP publishes nothing about it." if one.source == NO_SOURCE else f"What there is: {one.source}."
    lines = ["", one.question, "-" * len(one.question), "", _plain(source), ""]
    lines += [".. list-table::", "   :header-rows: 1", "   :widths: 40 30 30", ""]
    lines += ["   * - Alternative", f"     - {RIGHT.capitalize()}", f"     - {STOP.capitalize()}"]
    for alternative, text in one.alternatives.items():
        outcomes = {operation: found[key(name, alternative)] for operation, found in results.items()}
        lines.append(f"   * - {_plain(text)} (``{name}``: ``{alternative}``)")
        lines += [f"     - {_listed(outcomes, outcome)}" for outcome in (RIGHT, STOP)]
    return "\n".join(lines) + "\n"


def _listed(outcomes: dict[str, str], outcome: str) -> str:
    names = [operation for operation, found in outcomes.items() if found == outcome]
    if len(names) == len(outcomes):
        return EVERY
    return ", ".join(names) or "none"


def _plain(text: str) -> str:
    return MARKUP.sub(r"\\\1", text)


def main(arguments: t.Sequence[str]) -> int:
    """Write the page; with operations as arguments, first the results of these, which tests have left."""
    if arguments:
        results = collected(FRESH, arguments)
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(json.loads(RESULTS.read_text(encoding="utf-8"))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
