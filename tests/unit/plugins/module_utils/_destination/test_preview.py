# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What earlier tasks of a preview would have done: the same as if each had been carried out."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import Refused
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.labels import desired_labels
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import (
    Destination,
    desired_destination,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.preview import (
    EarlierTask,
    destination_after,
    labels_after,
)

STORED = {"Name": "X", "URL": "https://x", "Password": "s3cr3t", "tc.enabled": "true"}


def earlier(properties: dict[str, t.Any] | None = None, labels: t.Any = None, **more: t.Any) -> EarlierTask:
    """Return an earlier task."""
    wanted = desired_destination("X", properties or {}, more.pop("secrets", {}), **more)
    return EarlierTask(wanted, None if labels is None else desired_labels("X", labels))


@pytest.mark.parametrize(
    "tasks, before, after",
    [
        ([], None, None),
        ([], STORED, STORED),
        ([earlier({"tc.enabled": None})], STORED, {"Name": "X", "URL": "https://x", "Password": "s3cr3t"}),
        ([earlier({"tc.enabled": None}), earlier({"tc.enabled": "false"})], STORED, {**STORED, "tc.enabled": "false"}),
        ([earlier({"URL": "y"}, secrets={"Password": "p"})], None, {"Name": "X", "URL": "y", "Password": "p"}),
        ([earlier({"URL": "y"}, purge=True)], STORED, {"Name": "X", "URL": "y"}),
        ([earlier({}, secrets={"Password": "p"}, update_secrets="on_create")], STORED, STORED),
        ([earlier(labels={"stage": ["prod"]})], STORED, STORED),
    ],
)
def test_destination(tasks: list[EarlierTask], before: Destination | None, after: Destination | None) -> None:
    assert destination_after(tasks, before) == after


@pytest.mark.parametrize("shown", [{"Password": "****"}, {}])
def test_what_the_service_does_not_show_it_does_not_show_afterwards(shown: Destination) -> None:
    stored = {"Name": "X", "Authentication": "BasicAuthentication", "User": "u", **shown}
    task = earlier({"User": "v"}, secrets={"Password": "p"}, update_secrets="unless_shown")
    assert destination_after([task], stored) == {**stored, "User": "v"}
    # Whether a task has what it needs, its own preview finds out.
    assert destination_after([earlier({"User": "v"})], stored) == {**stored, "User": "v"}
    gone = {key: value for key, value in stored.items() if key != "Password"}
    assert destination_after([earlier({}, secrets={"Password": None})], stored) == gone


def test_labels() -> None:
    tasks = [earlier(), earlier(labels={"a": ["1"], "b": None}), earlier(labels={"c": [True]})]
    assert labels_after(tasks, {"b": ["2"], "d": ["3"]}) == {"a": ["1"], "c": ["true"], "d": ["3"]}
    assert labels_after([], {"b": ["2"]}) == {"b": ["2"]}
    with pytest.raises(Refused, match="at most 10"):
        labels_after(tasks, {f"label{number}": ["x"] for number in range(9)})
