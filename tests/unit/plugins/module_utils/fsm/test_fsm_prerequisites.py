# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the systems say before anything is written: all findings at once, and silence is none."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.prerequisites import prerequisite_findings

WANTED = {
    "Name": "FSM",
    "URL": "https://de.fsm.cloud.sap/cloud-approval-service/api",
    "URL.headers.X-Account-ID": "1",
    "URL.headers.X-Company-ID": "2",
}
RIGHT: dict[str, dict[str, t.Any]] = {
    "client": {"authenticated": True, "account_matches": True, "company_matches": True, "cluster_matches": True},
    "metadata": {"available": True, "entity_id_matches": True},
    "subaccount": {"destinations": [{"Name": "Identity_Authentication_Connectivity_IDS"}]},
    "instance": {"destinations": []},
}
SILENT = {"authenticated": True, "account_matches": None, "company_matches": None, "cluster_matches": None}
UNREAD = {"failed": True, "msg": "The service cannot be reached. Check the URL."}


def ids(**answers: dict[str, t.Any]) -> list[str]:
    """Return the IDs of what is found when some answers are not right."""
    return [finding["id"] for finding in prerequisite_findings({**RIGHT, **answers}, WANTED)]


def test_everything_is_right() -> None:
    assert ids() == []


def test_silence_is_no_finding() -> None:
    assert ids(client=SILENT, metadata={"available": True, "entity_id_matches": None}) == []


def test_nobody_asked_fsm() -> None:
    assert ids(client={"skipped": True, "changed": False}, metadata={"skipped": True, "changed": False}) == []


def test_system_that_cannot_be_asked() -> None:
    assert ids(client=UNREAD, metadata={}) == ["system_unread"]
    assert ids(subaccount=UNREAD, instance={}) == ["system_unread"]
    # What only the other level holds proves nothing about this one.
    assert ids(instance=UNREAD) == ["system_unread"]


def test_everything_wrong_is_told_at_once() -> None:
    refused = {"authenticated": False, "error": "401 Bad credentials."}
    unavailable = {"available": False, "error": "404 Not Found."}
    found = ids(client=refused, metadata=unavailable, subaccount={"destinations": []})
    assert found == ["client_refused", "metadata_unavailable", "initial_setup_missing"]
