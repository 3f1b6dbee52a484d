# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What others wrote steers no terminal, and stays readable."""

from __future__ import annotations

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import without_secrets
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.printable import (
    each_text,
    printable,
    printable_lines,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN


@pytest.mark.parametrize(
    "text, shown",
    [
        ("Außendienst “ä” 日本 🙂", "Außendienst “ä” 日本 🙂"),
        ("a\u00a0b", "a\u00a0b"),
        ("\x1b[2J\x1b]0;owned\x07", "\\x1b[2J\\x1b]0;owned\\x07"),
        ("a\r\nok: [prod]", "a\\r\\nok: [prod]"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
        ("\x9b31m", "\\x9b31m"),
        ("\ud800", "\\ud800"),
    ],
)
def test_text_of_others(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_lines_of_a_message_stay() -> None:
    assert printable_lines("1. Do this.\n2. \x1b[31mThat.") == "1. Do this.\n2. \\x1b[31mThat."


def test_every_text_of_a_value() -> None:
    assert each_text({"a": ["b", {"c": 1}], "d": None}, str.upper) == {"A": ["B", {"C": 1}], "D": None}


@pytest.mark.parametrize("name", ["msg", "warnings", "diff", "findings", "messages"])
def test_what_is_printed_of_a_result(name: str) -> None:
    said = "\x1b[2Jsee https://ops:pass-word@proxy.example"
    shown = f"\\x1b[2Jsee https://{HIDDEN}@proxy.example"
    result = without_secrets({name: said if name == "msg" else [{said: said}]}, {"url": "https://u:p@h.example"}, ())
    assert result[name] == (shown if name == "msg" else [{shown: shown}])
    assert result["invocation"] == {"module_args": {"url": f"https://{HIDDEN}@h.example"}}


def test_value_of_a_destination_is_returned_as_it_is() -> None:
    value = {"destination": {"Description": "\x1b[0m"}}
    assert without_secrets(dict(value), {}, ())["destination"] == value["destination"]
