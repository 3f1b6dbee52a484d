# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the systems say before anything is written: all findings at once, and silence is none."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.prerequisites import prerequisite_findings
from unit.plugins.connections import PRIMARY, SETUP, ids, state

RIGHT: dict[str, t.Any] = {
    "client": {"authenticated": True, "account_matches": True, "company_matches": True, "cluster_matches": True},
    "metadata": {"available": True, "entity_id_matches": True},
    "subaccount": [SETUP],
    "instance": [],
}
SILENT = {"authenticated": True, "account_matches": None, "company_matches": None, "cluster_matches": None}


def found(**answers: t.Any) -> list[str]:
    """Return the IDs of what is found when some answers are not right."""
    return ids(prerequisite_findings(state(**{**RIGHT, **answers}), PRIMARY))


def test_everything_is_right() -> None:
    assert found() == []


def test_silence_is_no_finding() -> None:
    assert found(client=SILENT, metadata={"available": True, "entity_id_matches": None}) == []


def test_fsm_was_not_read() -> None:
    assert found(client={}, metadata={}) == []


@pytest.mark.parametrize("unread", ["subaccount", "instance"])
def test_what_could_not_be_read_is_not_evaluated(unread: str) -> None:
    """That it could not is reported where it is read. What only one level holds says nothing about the other."""
    assert found(**{"subaccount": [], unread: None}) == []


def test_everything_wrong_is_reported_at_once() -> None:
    refused = {"authenticated": False, "error": "401 Bad credentials."}
    unavailable = {"available": False, "error": "404 Not Found."}
    assert found(client=refused, metadata=unavailable, subaccount=[]) == [
        "client_refused",
        "metadata_unavailable",
        "initial_setup_missing",
    ]
