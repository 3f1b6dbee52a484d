# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Java's properties files, in which the cockpit exports destinations.

Source: Java SE, class ``java.util.Properties``, method ``load(Reader)``.
"""

from __future__ import annotations

import re
import typing as t

BLANK = " \t\f"
COMMENT = "#!"
ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
# A natural line ends with any of the three; unlike str.splitlines, nothing else ends one.
LINE_END = re.compile(r"\r\n|\r|\n")
ESCAPE = re.compile(r"\\(u.{0,4}|.)", re.DOTALL)
# A key ends before the first separator that is not escaped; around = or : there may be blanks.
KEY_AND_VALUE = re.compile(r"((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)", re.DOTALL)


def parse_properties(text: str) -> dict[str, str]:
    """Return the properties of a file's text; of a key that occurs twice, the last value.

    :raises ValueError: a ``\\u`` is not followed by four hexadecimal digits
    """
    properties = {}
    for line in _logical_lines(text):
        match = KEY_AND_VALUE.fullmatch(line)
        if match:
            properties[_unescaped(match[1])] = _unescaped(match[2])
    return properties


def comments(text: str) -> list[str]:
    """Return the comments of a file's text, without their marks."""
    lines = (line.lstrip(BLANK) for line in LINE_END.split(text))
    return [line[1:].strip() for line in lines if line.startswith(tuple(COMMENT))]


def _logical_lines(text: str) -> t.Iterator[str]:
    """Join natural lines that continue, and leave out blank ones and comments."""
    continued: str | None = None
    for natural in LINE_END.split(text):
        line = natural.lstrip(BLANK)
        if continued is None and (not line or line[0] in COMMENT):
            continue
        line = (continued or "") + line
        # An odd number of backslashes: the last one escapes the line's end.
        if (len(line) - len(line.rstrip("\\"))) % 2:
            continued = line[:-1]
        else:
            continued = None
            yield line
    if continued:
        yield continued


def _unescaped(text: str) -> str:
    plain = ESCAPE.sub(_character, text)
    # Java's characters are UTF-16, so one beyond the first 65,536 is written as two escapes.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(escape: re.Match[str]) -> str:
    name = escape[1]
    if name[0] != "u":
        return ESCAPES.get(name, name)
    if not re.fullmatch(r"u[0-9a-fA-F]{4}", name):
        raise ValueError(f"\\{name} is no \\u with four hexadecimal digits")
    return chr(int(name[1:], 16))
