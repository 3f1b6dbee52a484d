# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conditions of lists: what the service is asked, and never in a request that is too long for it."""

from __future__ import annotations

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_filters import (
    label_conditions,
    name_condition,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError


@pytest.mark.parametrize(
    "pattern, condition",
    [
        ("FSM*", "startswith(Name, 'FSM')"),
        ("FSM", "startswith(Name, 'FSM')"),
        ("FSM?_PP", "startswith(Name, 'FSM')"),
        ("F[SM]M*", "startswith(Name, 'F')"),
        ("*_PP", "endswith(Name, '_PP')"),
        ("[FS]_PP", "endswith(Name, '_PP')"),
        ("?FSM*x", "endswith(Name, 'x')"),
        ("John's*", "startswith(Name, 'John''s')"),
        ("*FSM*", None),
        ("*", None),
        ("", None),
    ],
)
def test_names(pattern: str, condition: str | None) -> None:
    assert name_condition(pattern) == condition


def test_labels_of_one_value_are_asked_for_together() -> None:
    conditions = label_conditions({"a": ["1"], "b": ["x", "y"], "c'": ["2 3"]}, lambda _condition: True)
    assert conditions == [
        ["Label['a'] HAS ('1') AND Label['c%27'] HAS ('2%203')"],
        ["Label['b'] HAS ('x')", "Label['b'] HAS ('y')"],
    ]


def test_requests_stay_short() -> None:
    labels = {f"key{number}": ["value" * 3] for number in range(10)}
    groups = label_conditions(labels, lambda condition: len(condition) <= 100)
    assert len(groups) == 5
    assert all(len(condition) <= 100 for group in groups for condition in group)
    assert sum(condition.count("HAS") for group in groups for condition in group) == 10


def test_label_that_no_request_can_hold() -> None:
    with pytest.raises(InputError, match="label long"):
        label_conditions({"short": ["x"], "long": ["x" * 90]}, lambda condition: len(condition) <= 100)
