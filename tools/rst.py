# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""reStructuredText of the pages that are derived."""

from __future__ import annotations

import textwrap
import typing as t

# The beginning of every page.
HEAD = """\
..
  Copyright (c) 2026, The btp_ops.task_center authors
  GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
  SPDX-License-Identifier: GPL-3.0-or-later

.. _ansible_collections.btp_ops.task_center.docsite.{label}:

"""


def table(head: t.Sequence[str], rows: t.Iterable[t.Sequence[str]], widths: t.Sequence[int]) -> str:
    """Return a table.

    :param widths: of the columns, in parts of all
    """
    lines = [".. list-table::", "   :header-rows: 1", f"   :widths: {' '.join(map(str, widths))}", ""]
    for row in [head, *rows]:
        for number, cell in enumerate(row):
            begin = "   * - " if number == 0 else "     - "
            lines.append(begin + textwrap.indent(cell, " " * 7).lstrip())
    return "\n".join(lines) + "\n"
