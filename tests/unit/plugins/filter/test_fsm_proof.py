# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the connection works, as far as the systems prove it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import FilterModule

check = FilterModule().filters()["fsm_proof_findings"]
PROVEN = {"token": {"obtained": True, "error": "", "found_at": "subaccount"}}


def connector(status: str = "OK", destination: str = "FSM", **jobs: str) -> dict[str, t.Any]:
    """Return a connector as task_center_connector_info tells it."""
    told = [{"type": kind, "status": state, "message": ""} for kind, state in jobs.items()]
    return {"destination": destination, "status": status, "jobs": told}


WORKING = connector(CONFIG="OK", INITIAL="OK", DELTA="OK")


def ids(**asked: t.Any) -> list[str]:
    """Return the IDs of what is found when some proofs are not right."""
    everything = {"primary": PROVEN, "secondary": PROVEN, "task_center": {"connectors": [WORKING], "reached": True}}
    return [finding["id"] for finding in check({**everything, **asked}, "FSM", "AA:BB")]


def test_everything_is_proven() -> None:
    assert ids() == []


def test_what_nobody_asked_is_listed() -> None:
    assert ids(secondary={"skipped": True}, task_center={"skipped": True}) == ["users_unproven", "task_center_unproven"]


@pytest.mark.parametrize(
    "connectors, reached, finding_ids",
    [
        ([], False, ["connector_missing"]),
        ([connector("ERROR", destination="OTHER")], False, ["connector_missing"]),
        ([connector("ERROR", INITIAL="ERROR")], True, ["connector_fails"]),
        ([connector("PAUSED")], True, ["connector_paused"]),
        ([connector("SOMETHING_NEW", INITIAL="OK")], True, ["connector_fails"]),
        ([connector("WARNING", INITIAL="OK", META="WARNING")], True, ["connector_warns"]),
        ([connector("RUNNING", INITIAL="RUNNING")], False, ["connector_not_done"]),
        ([connector("OK", CONFIG="OK")], False, ["connector_not_done"]),
        ([connector("ERROR", destination="OTHER"), WORKING], True, []),
    ],
)
def test_connector(connectors: list[dict[str, t.Any]], reached: bool, finding_ids: list[str]) -> None:
    assert ids(task_center={"connectors": connectors, "reached": reached}) == finding_ids


def test_settings_of_task_center() -> None:
    told = [
        {"code": "Service_Configuration", "status": "OK", "message": ""},
        {"code": "IDS_Configuration", "status": "ERROR", "message": "no destination"},
    ]
    assert ids(task_center={"connectors": [WORKING], "reached": True, "service_status": told}) == ["task_center_setup"]
