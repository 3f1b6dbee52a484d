# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the documentation's page on costs, and its plot, from the results: ``python -m benchmark.report``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .bench import RESULTS, ROOT
from .page import page
from .plot import plot
from .results import Results

PAGE = ROOT / "docs" / "docsite" / "rst" / "benchmark.rst"
# Relative to the page; the Makefile takes this folder into the site.
PICTURE = "images/benchmark.svg"


def main() -> int:
    """Write the page and its plot; return the process's exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmark.report", description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--page", type=Path, default=PAGE)
    options = parser.parse_args()
    results = Results(json.loads(options.results.read_text(encoding="utf-8")))
    picture = options.page.parent / PICTURE
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(plot(results), encoding="utf-8")
    options.page.write_text(page(results, PICTURE), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
