# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text of others on an operator's terminal: what systems answer, and how others call what they write to them."""

from __future__ import annotations

import typing as t
import unicodedata


def printable(text: str) -> str:
    """Return what others wrote as a message may show it: in one line, and without what steers a terminal."""
    return "".join(sign if _is_harmless(sign) else sign.encode("unicode_escape").decode() for sign in text)


def printable_lines(text: str) -> str:
    """Return a message that others may have written in part, without what steers a terminal; its lines stay."""
    return "\n".join(map(printable, text.split("\n")))


def each_text(value: t.Any, change: t.Callable[[str], str]) -> t.Any:
    """Return a value of mappings, lists and texts with every text in it, also every key, changed."""
    if isinstance(value, dict):
        return {each_text(key, change): each_text(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [each_text(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def _is_harmless(sign: str) -> bool:
    # Blanks of other scripts do no harm; what turns the direction of writing does.
    return sign.isprintable() or unicodedata.category(sign) == "Zs"
