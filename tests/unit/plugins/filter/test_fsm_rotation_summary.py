# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operator and a scheduler read of the rotation of many environments."""

from __future__ import annotations

import itertools
import typing as t
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import (
    rotation_summary,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rotation import (
    OUTCOMES,
    STEPS,
)

NOW = datetime.now(timezone.utc)


def row(name: str, outcome: str) -> dict[str, t.Any]:
    """Return a report as a host has it that was not reached, with an outcome."""
    empty: dict[str, t.Any] = {"phase": "-", "next": "-", "actor": "-", "active": None, "passive": None, "messages": []}
    return {"environment": name, "outcome": outcome, **empty}


@pytest.mark.parametrize("better, worse", list(itertools.combinations(reversed(OUTCOMES), 2)))
def test_worst_outcome_is_that_of_the_run(better: str, worse: str) -> None:
    summed = rotation_summary([row("dev", better), row("qa", worse), row("prod", better)])
    assert summed["outcome"] == worse
    assert [line["environment"] for line in summed["table"]] == ["dev", "qa", "prod"]
    assert summed["environments"]["qa"]["outcome"] == worse


@pytest.mark.parametrize(
    "fail_when, failing",
    [
        ([], ["dev"]),
        ("", ["dev"]),
        (["waiting for upload"], ["dev", "qa"]),
        ("waiting for upload, soaking", ["dev", "qa", "prod"]),
        ('["waiting for upload"]', ["dev", "qa"]),
    ],
)
def test_what_makes_a_run_fail(fail_when: t.Any, failing: list[str]) -> None:
    rows = [row("dev", "failed"), row("qa", "waiting for upload"), row("prod", "soaking"), row("it", "nothing to do")]
    summed = rotation_summary(rows, fail_when)
    assert summed["failing"] == failing
    assert NOW - timedelta(seconds=1) <= datetime.fromisoformat(summed["reported_at"])


def test_every_step_is_told() -> None:
    for _phase, words, actor in STEPS.values():
        assert words
        assert actor
