# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When labels count as changed, what they are to be then, and what is refused."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, Refused
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.labels import (
    desired_labels,
    filter_labels,
    plan_labels,
)

STAND = {"stage": ["prod", "eu"], "owner": ["ops"]}


@pytest.mark.parametrize(
    "labels, purge, after, changed",
    [
        ({}, False, STAND, []),
        ({"stage": ["eu", "prod", "eu"]}, False, STAND, []),
        ({"stage": ["eu"]}, False, {"stage": ["eu"], "owner": ["ops"]}, ["stage"]),
        ({"new": [1, True]}, False, {**STAND, "new": ["1", "true"]}, ["new"]),
        ({"owner": None, "absent": None}, False, {"stage": ["prod", "eu"]}, ["owner"]),
        ({"owner": ["ops"]}, True, {"owner": ["ops"]}, ["stage"]),
        ({}, True, {}, ["owner", "stage"]),
        ({"Stage": ["prod"]}, False, {**STAND, "Stage": ["prod"]}, ["Stage"]),
    ],
)
def test_plan(labels: dict[str, t.Any], purge: bool, after: dict[str, list[str]], changed: list[str]) -> None:
    planned = plan_labels("X", desired_labels("X", labels), STAND, purge)
    assert planned.before == STAND
    assert planned.after == after
    assert planned.changed_labels == changed


def test_order_of_values_means_nothing_and_stays() -> None:
    planned = plan_labels("X", desired_labels("X", {"stage": ["eu", "prod"], "new": ["x"]}), STAND)
    assert planned.after["stage"] == ["prod", "eu"]


TEN = {f"key{number}": [f"value{value}" for value in range(10)] for number in range(10)}


def test_as_much_as_the_service_keeps() -> None:
    assert plan_labels("X", desired_labels("X", TEN), {}).after == TEN
    assert plan_labels("X", desired_labels("X", {"key0": None, "new": ["x"]}), TEN).changed_labels == ["key0", "new"]


@pytest.mark.parametrize(
    "labels, reported",
    [
        ({**TEN, "key10": ["x"]}, "there are 11 labels, and the Destination Service keeps at most 10"),
        ({"stage": [*range(11)]}, "label stage has 11 values, and the Destination Service keeps at most 10"),
        ({"stage": "prod"}, "label stage is a text; a label is a list of texts"),
        ({"stage": {"prod": True}}, "label stage is a mapping"),
        ({"stage": []}, "label stage has no values; null removes a label"),
        ({"stage": ["prod", " "]}, "label stage has an empty value"),
        ({"version": [1.0]}, "label version has a value that is no text; quote it"),
        ({"stage": [None]}, "label stage has a value that is no text"),
        ({" ": ["x"]}, "a label has no name"),
        ({5: ["x"]}, "the label 5 is a number; quote it"),
    ],
)
def test_labels_that_cannot_be_meant(labels: dict[t.Any, t.Any], reported: str) -> None:
    with pytest.raises(InputError, match="Destination X: ") as caught:
        desired_labels("X", labels)
    assert reported in caught.value.problem


def test_all_that_is_wrong_is_reported_at_once() -> None:
    with pytest.raises(InputError) as caught:
        desired_labels("X", {"a": "x", "b": [1.5], "c": ["fine"]})
    assert "label a" in caught.value.problem
    assert "label b" in caught.value.problem
    assert "label c" not in caught.value.problem


def test_too_many_with_those_that_the_task_does_not_name() -> None:
    with pytest.raises(Refused, match="would have 11 labels") as caught:
        plan_labels("X", {"new": ["x"], "key0": ["x"]}, TEN)
    assert "does not name key1, key2" in caught.value.problem
    assert "purge_labels" in caught.value.remedy
    assert plan_labels("X", {"new": ["x"]}, TEN, purge=True).after == {"new": ["x"]}


def test_labels_to_select_by() -> None:
    many = [str(number) for number in range(30)]
    assert filter_labels({"stage": many, "flag": [True]}) == {"stage": many, "flag": ["true"]}
    with pytest.raises(InputError) as caught:
        filter_labels({"a": None, "b": [], "c": "x"})
    for reported in ("a has no values to select by", "b has no values to select by", "c is a text"):
        assert f"the label {reported}" in caught.value.problem
