# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Java's properties files are read as java.util.Properties reads them."""

from __future__ import annotations

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.java_properties import (
    comments,
    parse_properties,
)


@pytest.mark.parametrize(
    "content, properties",
    [
        # The three equal lines, the continued one and the separators of the class's own documentation.
        (b"Truth = Beauty", {"Truth": "Beauty"}),
        (b" Truth:Beauty", {"Truth": "Beauty"}),
        (b"Truth                    :Beauty", {"Truth": "Beauty"}),
        (
            b"fruits      apple, banana, \\\n            cantaloupe, \\\n\t\f kiwi, mango",
            {"fruits": "apple, banana, cantaloupe, kiwi, mango"},
        ),
        (b"cheeses", {"cheeses": ""}),
        (b"\\:\\= = x", {":=": "x"}),
        (b"a\\ key value", {"a key": "value"}),
        (b"key\tvalue", {"key": "value"}),
        (b"key\fvalue", {"key": "value"}),
        (b"key==value", {"key": "=value"}),
        (b"key = : value", {"key": ": value"}),
        (b"key=value \t", {"key": "value \t"}),
        (b"=value", {"": "value"}),
        (b"URL=https\\://de.fsm.cloud.sap/x?a\\=b", {"URL": "https://de.fsm.cloud.sap/x?a=b"}),
        (b"URL=https://de.fsm.cloud.sap/x?a=b", {"URL": "https://de.fsm.cloud.sap/x?a=b"}),
        (b"a=1\nb=2\r\nc=3\rd=4", {"a": "1", "b": "2", "c": "3", "d": "4"}),
        (b"a=x\xe4y", {"a": "x\u00e4y"}),
        (b"a=\\u00e4\\u20AC", {"a": "\u00e4\u20ac"}),
        (b"a=\\uD83D\\uDE00", {"a": "\U0001f600"}),
        (b"\\u0041=x", {"A": "x"}),
        (b'a=\\t\\n\\r\\f\\\\\\z\\"', {"a": '\t\n\r\f\\z"'}),
        (b"# a=1\n! b=2\n  #c=3\n\n \t\nd=4", {"d": "4"}),
        (b"a=1 # no comment", {"a": "1 # no comment"}),
        (b"a=1\\\n# no comment", {"a": "1# no comment"}),
        (b"a=1\\\n\nb=2", {"a": "1", "b": "2"}),
        (b"# comment \\\na=1", {"a": "1"}),
        (b"a=1\\\\\nb=2", {"a": "1\\", "b": "2"}),
        (b"a=1\\\\\\\n  b=2", {"a": "1\\b=2"}),
        (b"a=1\\\r\n  2", {"a": "12"}),
        (b"a=1\\", {"a": "1"}),
        (b"a=1\na=2", {"a": "2"}),
        # Only these three end a line: not what Unicode calls line ends as well.
        (b"a=1\x852\x0b3\x1c4", {"a": "1\x852\x0b3\x1c4"}),
        (b"", {}),
    ],
)
def test_properties(content: bytes, properties: dict[str, str]) -> None:
    assert parse_properties(content.decode("iso-8859-1")) == properties


@pytest.mark.parametrize("content", [b"a=\\u12", b"a=\\u12G4", b"a=\\u", b"\\uxyzw=1"])
def test_malformed_escape(content: bytes) -> None:
    with pytest.raises(ValueError, match="four hexadecimal digits"):
        parse_properties(content.decode("iso-8859-1"))


def test_comments() -> None:
    assert comments("#clientSecret=<< x >>\r\n!two\n  # three\na=1 # none\n\n") == [
        "clientSecret=<< x >>",
        "two",
        "three",
    ]
