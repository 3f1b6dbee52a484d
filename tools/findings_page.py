# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the documentation's page of findings from their catalogue: make generated."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import CATALOG, Finding
from rst import HEAD

PAGE = Path(__file__).resolve().parent.parent / "docs" / "docsite" / "rst" / "findings.rst"

# What reStructuredText would take for markup.
MARKUP = re.compile(r"([\\*`_|])")
BACKSLASH = r"\\\1"

INTRODUCTION = """\
What a run can find
===================

The playbooks report what they find with these texts: what is wrong, why it matters, and what to do. Words in braces are
placeholders. An error stops the run before anything is written, unless its text says otherwise; a warning does not stop
it. The first line of each message ends with the finding's name in brackets: search for it here. Its heading has a link
of its own, which stays the same.
"""


def entry(finding: Finding) -> str:
    """Return the section of a finding; its label and its anchor are the finding's name, whatever its text."""
    text = f"{finding.problem}\n{finding.impact}\n{finding.remedy}"
    lines = "\n".join(f"| {MARKUP.sub(BACKSLASH, line.strip())}" for line in text.splitlines())
    kind = finding.severity.capitalize() + (
        ", can be acknowledged: fsm\\_acknowledged" if finding.acknowledgeable else ""
    )
    label = f".. _ansible_collections.btp_ops.task_center.docsite.finding_{finding.id}:"
    return f"\n{label}\n\n{finding.id}\n{'-' * len(finding.id)}\n\n*{kind}*\n\n{lines}\n"


def page() -> str:
    """Return the page's text."""
    entries = (entry(finding) for _id, finding in sorted(CATALOG.items()))
    return HEAD.format(label="findings") + INTRODUCTION + "".join(entries)


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
