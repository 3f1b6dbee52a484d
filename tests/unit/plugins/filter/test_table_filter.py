# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows become aligned lines."""

from __future__ import annotations

import json
import typing as t

import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.btp_ops.task_center.plugins.filter.table import FilterModule

table = FilterModule().filters()["table"]


def test_columns_are_aligned() -> None:
    rows = [{"environment": "dev", "days left": 729}, {"environment": "production", "days left": 12}]
    assert table(rows) == ["environment  days left", "dev          729", "production   12"]


def test_cell_wider_than_its_heading() -> None:
    assert table([{"a": "long text", "b": None}]) == ["a          b", "long text  None"]


def test_order_of_columns_is_that_of_the_first_row() -> None:
    assert table([{"a": "1", "b": "2"}, {"b": "4", "a": "3"}]) == ["a  b", "1  2", "3  4"]


def test_no_rows_no_lines() -> None:
    assert table([]) == []


def test_lines_have_no_blanks_at_the_end() -> None:
    assert table([{"a": "x", "bb": "y"}, {"a": "xxx", "bb": ""}]) == ["a    bb", "x    y", "xxx  -"]


LONG = "fsm-production-eu10-central.operations.example.com"


def test_cells_are_wrapped_where_a_row_does_not_fit() -> None:
    row = {"environment": "dev", "primary": "FSM unchanged", "secondary": "FSM_PP unchanged"}

    assert table([{**row, "unverified": "secondary, connector", "days left": 729}]) == [
        "environment  primary        secondary         unverified  days left",
        "dev          FSM unchanged  FSM_PP unchanged  secondary,  729",
        "+                                             connector",
    ]


def test_rows_that_do_not_fit_are_blocks() -> None:
    rows = [{"environment": LONG, "primary": "FSM unchanged"}, {"environment": "dev", "primary": "FSM created"}]
    problem = "The subaccount has another primary destination to the same system."

    assert table([{**row, "problem": problem} for row in rows]) == [
        f"environment  {LONG}",
        "primary      FSM unchanged",
        "problem      The subaccount has another primary destination to the",
        "+            same system.",
        "============",
        "environment  dev",
        "primary      FSM created",
        "problem      The subaccount has another primary destination to the",
        "+            same system.",
    ]


def test_what_yaml_would_quote_is_written_otherwise() -> None:
    rows = [{"environment": "dev", "differences": "FSM: URL", "comment": "#7", "text": 'a "b"'}]

    assert table(rows)[1] == "dev          FSM - URL    no.7     a 'b'"
    assert table([{"n": 12}, {"n": "- x"}, {"n": "true"}]) == [".  n", ".  12", ".  - x", ".  true"]


CELLS = st.one_of(
    st.text(max_size=40), st.text("ab:#-?,{}[]&*!|>'\"%@`\n\t \\é", max_size=90), st.integers(), st.none()
)


@given(st.lists(st.dictionaries(st.sampled_from(["environment", "status", "a: b", "#"]), CELLS), max_size=4))
def test_lines_look_the_same_in_yaml_and_json(rows: list[dict[str, t.Any]]) -> None:
    lines = table(rows)

    for line in lines:
        # As Ansible's callbacks write them.
        assert f"- {line}\n" in yaml.safe_dump({"msg": lines}, allow_unicode=True, default_flow_style=False)
        assert line.replace("\\", "\\\\") in json.dumps({"msg": lines}, ensure_ascii=False)
        assert len(line) <= 72 or " " not in line.split("  ")[-1]
