# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operator and a scheduler read of the rotation of many environments."""

from __future__ import annotations

import itertools
import typing as t
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import rotation_summary
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation import STEPS
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation_summary import OUTCOMES

NOW = datetime.now(timezone.utc)


def host(name: str, outcome: str, **variables: t.Any) -> dict[str, t.Any]:
    """Return the variables of a host whose role has left a report with an outcome."""
    empty: dict[str, t.Any] = {"phase": "-", "next": "-", "actor": "-", "active": None, "passive": None, "messages": []}
    return {"inventory_hostname": name, "fsm_rotation_state": {"outcome": outcome, **empty}, **variables}


@pytest.mark.parametrize("better, worse", list(itertools.combinations(reversed(OUTCOMES), 2)))
def test_worst_outcome_is_that_of_the_run(better: str, worse: str) -> None:
    summed = rotation_summary([host("dev", better), host("qa", worse), host("prod", better)])
    assert summed["outcome"] == worse
    assert [line["environment"] for line in summed["table"]] == ["dev", "qa", "prod"]
    assert summed["environments"]["qa"]["outcome"] == worse
    assert NOW - timedelta(seconds=1) <= datetime.fromisoformat(summed["reported_at"])


@pytest.mark.parametrize(
    "fail_when, failing",
    [
        (None, ["dev"]),
        ([], ["dev"]),
        ("", ["dev"]),
        (["waiting for upload"], ["dev", "qa"]),
        ("waiting for upload, soaking", ["dev", "qa", "prod"]),
        ('["waiting for upload"]', ["dev", "qa"]),
    ],
)
def test_what_makes_a_run_fail_each_environment_says_for_itself(fail_when: t.Any, failing: list[str]) -> None:
    outcomes = {"dev": "failed", "qa": "waiting for upload", "prod": "soaking", "it": "nothing to do"}
    own = {"fsm_rotation_fail_when": fail_when}
    assert rotation_summary([host(name, outcome, **own) for name, outcome in outcomes.items()])["failing"] == failing
    without = [host(name, outcome) for name, outcome in outcomes.items()]
    assert rotation_summary(without)["failing"] == ["dev"]


@pytest.mark.parametrize(
    "variables, outcome, message",
    [
        ({}, "not reached", None),
        ({"fsm_rotation_failure": "It is not set."}, "failed", "It is not set."),
        ({"fsm_rotation_state": {"unreachable": True, "msg": "x"}}, "failed", "Ansible could not reach this host."),
        ({"fsm_rotation_state": {"failed": True}, "fsm_rotation_failure": "No key."}, "failed", "No key."),
    ],
)
def test_row_of_a_host_without_a_report(variables: dict[str, t.Any], outcome: str, message: str | None) -> None:
    summed = rotation_summary([{"inventory_hostname": "dev", **variables}])
    row = summed["environments"]["dev"]
    assert row["outcome"] == outcome
    assert row["messages"] == ([message] if message else [])
    assert len(summed["table"]) == 1


def test_failure_after_a_report_counts() -> None:
    failed = rotation_summary([host("dev", "soaking", fsm_rotation_failure="Broken.")])["environments"]["dev"]
    assert (failed["outcome"], failed["messages"], failed["phase"]) == ("failed", ["Broken."], "-")


def test_without_environments_there_was_nothing_to_do() -> None:
    assert rotation_summary([])["outcome"] == "nothing to do"


def test_every_step_has_words_and_an_actor() -> None:
    for words, actor in STEPS.values():
        assert words
        assert actor
