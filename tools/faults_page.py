# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the documentation's page of faults from what striking the requests of each operation has come to.

``make faults`` strikes them and writes the page; ``make generated`` writes it again from the results of that time.
"""

from __future__ import annotations

import json
import sys
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests" / "e2e"))

from fault_cells import KINDS  # noqa: E402 - it is found only now

PAGE = ROOT / "docs" / "docsite" / "rst" / "faults.rst"
# By operation and "kind.number of the request", how it ended.
RESULTS = ROOT / "tests" / "e2e" / "fault_results.json"
# Where the tests leave the results of each operation.
FRESH = ROOT / ".work" / "faults"

Results = dict[str, dict[str, str]]

RIGHT, STOP = "right state", "clear stop"

HEAD = """\
..
  Copyright (c) 2026, The btp_ops.task_center authors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. _ansible_collections.btp_ops.task_center.docsite.faults:

What happens when a system is in trouble
========================================

The requests of each operation were struck by faults in a simulated landscape: one kind of fault at one request in an
environment of its own. {tried} such cases were tried.

*Right state* means that the run succeeded all the same, and the state is the one that it promises. *Clear stop* means
that it failed and said why, that nothing was lost, and that the next run completed it. There was no other end. An
outage is reported as an outage: no message then advises to replace a key.

.. list-table:: Cases by kind of fault: right state / clear stop
   :header-rows: 1
   :widths: 60 20 20

   * - Fault
     - {right}
     - {stop}
"""


def collected() -> Results:
    """Return the results that tests have left."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FRESH.glob("*.json"))}


def page(results: Results) -> str:
    """Return the page's text."""
    outcomes = [(host.partition(".")[0], outcome) for found in results.values() for host, outcome in found.items()]
    text = HEAD.format(tried=len(outcomes), right=RIGHT.capitalize(), stop=STOP.capitalize())
    for name, kind in KINDS.items():
        counts = [sum(one == (name, outcome) for one in outcomes) for outcome in (RIGHT, STOP)]
        text += f"   * - {kind.what[:1].upper()}{kind.what[1:]}\n     - {counts[0]}\n     - {counts[1]}\n"
    text += "\n.. list-table:: Cases by operation\n   :header-rows: 1\n   :widths: 60 20 20\n\n"
    text += f"   * - Operation\n     - {RIGHT.capitalize()}\n     - {STOP.capitalize()}\n"
    for name, found in results.items():
        counts = [sum(one == outcome for one in found.values()) for outcome in (RIGHT, STOP)]
        text += f"   * - {name.capitalize()}\n     - {counts[0]}\n     - {counts[1]}\n"
    return text


def main(arguments: t.Sequence[str]) -> int:
    """Write the page; with ``fresh`` as argument, from the results that tests have left."""
    if "fresh" in arguments:
        RESULTS.write_text(json.dumps(collected(), indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(json.loads(RESULTS.read_text(encoding="utf-8"))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
