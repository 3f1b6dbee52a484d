# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows become aligned lines."""

from __future__ import annotations

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
    assert table([{"a": "1", "bb": ""}]) == ["a  bb", "1"]
