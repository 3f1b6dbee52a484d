# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sum up the results of all pytest runs of `make test`. Fails when a test failed or was skipped, or when none ran."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def main() -> int:
    """Read the JUnit files of the folder named on the command line; print a line for each and the sum as the last."""
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for report in sorted(Path(sys.argv[1]).glob("*.xml")):
        suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 - pytest wrote it a minute ago
        counts = dict.fromkeys(totals, 0)
        for suite in suites:
            counts = {key: value + int(suite.get(key, 0)) for key, value in counts.items()}
        print(f"{report.stem}: {counts['tests']} tests")
        totals = {key: value + counts[key] for key, value in totals.items()}
    failed = totals["failures"] + totals["errors"]
    passed = totals["tests"] - failed - totals["skipped"]
    if totals["skipped"]:
        print(f"{totals['skipped']} tests were skipped: a check that does not run verifies nothing.")
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0 or totals["skipped"] > 0 or passed == 0)


if __name__ == "__main__":
    sys.exit(main())
