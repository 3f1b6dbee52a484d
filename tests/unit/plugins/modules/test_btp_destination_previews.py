# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option preview_after of btp_destination: several tasks about one destination, previewed, then done."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.modules import btp_destination

if t.TYPE_CHECKING:
    from landscape import Environment

SECRET = "s3cr3t-0f-s0meone"
CREATED: dict[str, t.Any] = {
    "properties": {"Type": "HTTP", "URL": "https://x"},
    "secret_properties": {"Password": SECRET},
    "labels": {"memory": ["x"]},
    "purge_properties": True,
}
ENABLED = {"properties": {"tc.enabled": "true"}}
FORGOTTEN = {"labels": {"memory": None, "stage": ["prod"]}}
STEPS: tuple[dict[str, t.Any], ...] = (CREATED, ENABLED, FORGOTTEN, {"state": "absent"})
UNSAID = {name: option.get("default") for name, option in btp_destination.DESCRIPTION.items()}


def test_preview_of_several_tasks_equals_the_run(run: t.Callable[..., t.Any], environment: Environment) -> None:
    previews = [
        run(btp_destination, True, name="X", preview_after=[{**UNSAID, **one} for one in STEPS[:number]], **step)
        for number, step in enumerate(STEPS)
    ]
    assert "X" not in environment.subaccount.destinations
    done = [run(btp_destination, name="X", **step) for step in STEPS]
    assert [one.diff for one in previews] == [one.diff for one in done]
    assert [one.changed for one in previews] == [True] * len(STEPS)
    assert SECRET not in str([one.facts for one in previews])


def test_nothing_of_it_decides_a_run(run: t.Callable[..., t.Any], environment: Environment) -> None:
    run(btp_destination, name="X", **CREATED)
    before = environment.subaccount.destinations["X"]
    given = [{"properties": {"URL": "https://elsewhere"}, "labels": {"memory": None}}]
    again = run(btp_destination, name="X", preview_after=given, **CREATED)
    assert not again.changed
    assert environment.subaccount.destinations["X"] == before
    refused = [{"properties": {"version": 1.0}}]
    assert not run(btp_destination, name="X", preview_after=refused, **CREATED).changed
