# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text of a mapping is taken exactly, or refused."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import Unfit, mapping, parsed_text


@pytest.mark.parametrize(
    "text, value",
    [
        ("0123456", "0123456"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("0o17", "0o17"),
        ("1e5", "1e5"),
        (".5", ".5"),
        ("2026-01-02", "2026-01-02"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("on", "on"),
        ("<<", "<<"),
        ("pa#ss", "pa#ss"),
        ("'pa:ss #word'", "pa:ss #word"),
        ('"a\\u00e9"', "a\u00e9"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_yaml_text_is_taken_exactly(text: str, value: t.Any) -> None:
    assert mapping(f"Password: {text}") == {"Password": value}


def test_json_text_is_taken_exactly() -> None:
    assert mapping('{"a": "007", "b": 7, "c": true}') == {"a": "007", "b": 7, "c": True}


@pytest.mark.parametrize(
    "text",
    [
        "Password: pa:ss #word",
        "Password: x # a comment",
        "# nothing\nPassword: x",
        "Password: x\nPassword: y",
        '{"Password": "x", "Password": "y"}',
        '{"Password": "x"',
        "Password=x",
        "- Password",
        "!!python/object:os.system {}",
        "{" * 10_000,
    ],
)
def test_text_of_which_something_would_be_lost_is_refused(text: str) -> None:
    with pytest.raises(Unfit):
        mapping(text)


def test_list_as_text() -> None:
    assert parsed_text("[1e5, NO, 0123]") == ["1e5", "NO", "0123"]
