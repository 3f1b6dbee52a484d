# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A new client of FSM: what forbids to give it to both destinations, and that nothing else in them changes."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.rotate_secret import (
    RotateSecret,
    of_client,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import DIFFERENT
from unit.plugins.connections import (
    OTHER_SYSTEM,
    PRIMARY,
    SECONDARY,
    SECRET,
    SETUP,
    Destination,
    ids,
    operation,
    state,
)

REFUSED: dict[str, t.Any] = {"client": {"authenticated": False, "error": "401 Wrong."}}


@pytest.mark.parametrize(
    "destinations, found",
    [
        ([PRIMARY, SECONDARY], []),
        ([{**PRIMARY, "tc.enabled": "false"}, SECONDARY], []),
        ([PRIMARY], ["primary_without_secondary"]),
        ([SECONDARY], ["primary_unfit"]),
        ([PRIMARY, {**SECONDARY, **OTHER_SYSTEM}], ["destination_of_other_system"]),
        # An expired secret has to be replaced whatever else is wrong.
        ([PRIMARY, SECONDARY, {**PRIMARY, "Name": "COPY"}], []),
    ],
)
def test_what_can_get_a_new_client(destinations: list[Destination], found: list[str]) -> None:
    findings = operation(RotateSecret).findings(state(SETUP, *destinations))
    assert ids(findings) == found
    assert {finding["severity"] for finding in findings} <= {"error"}


def test_client_that_fsm_refuses_or_nobody_could_verify() -> None:
    rotating = operation(RotateSecret)
    hidden = state(SETUP, PRIMARY, SECONDARY, in_instance=[{"Name": "FSM"}], **REFUSED)
    assert ids(rotating.findings(hidden)) == ["client_refused", "hidden_by_instance"]
    # What could not be read is reported elsewhere, as an error.
    assert ids(rotating.findings(state(SETUP, PRIMARY, SECONDARY, instance=None, **REFUSED))) == ["client_refused"]
    assert rotating.findings(state(subaccount=None)) == []


def test_client_is_tried_and_the_metadata_are_not_read() -> None:
    """Whatever the variables say: an expired secret has to be replaced whatever else is wrong."""
    questions = operation(RotateSecret, check_client=False, check_metadata=True).questions
    assert (questions.client, questions.metadata, questions.trust) == (True, False, False)


def test_all_values_are_checked() -> None:
    rotating = operation(RotateSecret, client_secret=None, user_token="no token")
    assert ids(rotating.input_findings()) == ["input_missing", "token_unusable"]
    assert ids(operation(RotateSecret, verify=False, user_token="no token").input_findings()) == []


def test_only_what_comes_from_the_client_changes() -> None:
    pair = {**PRIMARY, "Description": "by hand"}, {**SECONDARY, "clientKey": "old", "audience": "by hand"}
    rotating = operation(RotateSecret, primary_properties={"tc.ui.label": "not now"})
    read = state(SETUP, *pair)
    plan = rotating.plan(read)
    assert plan == {"polled": True, "enabled": "true", "primary": "update", "secondary": "update"}
    primary, secondary = rotating.changes["primary"], rotating.changes["secondary"]
    assert primary["changed_properties"] == ["clientId", "clientSecret", "tokenServicePassword", "tokenServiceUser"]
    assert secondary["changed_properties"] == ["clientKey", "tokenServicePassword", "tokenServiceUser"]
    assert secondary["destination"]["audience"] == "by hand"
    assert SECRET not in str(rotating.changes)
    assert not rotating.in_sync(read, plan)
    row = rotating.row(plan, None, [])
    assert (row["secondary"], row["tc.enabled"]) == ("FSM_PP to be updated", "true")


def test_client_that_both_have_already() -> None:
    rotating = operation(RotateSecret)
    pair: list[dict[str, t.Any]] = []
    for which, destination in (("primary", PRIMARY), ("secondary", SECONDARY)):
        properties, secrets = of_client(rotating.definitions[which])
        pair.append({**destination, **properties, **secrets})
    read = state(SETUP, *pair)
    assert rotating.in_sync(read, rotating.plan(read))
    pair[1]["tokenServicePassword"] = "old"
    again = state(SETUP, *pair)
    assert rotating.plan(again)["secondary"] == "update"
    assert rotating.changes["secondary"]["destination"]["tokenServicePassword"] == DIFFERENT


def test_key_of_the_client_comes_from_the_client_unless_it_is_set() -> None:
    assert of_client(operation(RotateSecret).definitions["secondary"])[0]["clientKey"] == "client"
    assert of_client(operation(RotateSecret, client_key="key").definitions["secondary"])[0]["clientKey"] == "key"


def test_pair_that_is_no_pair_has_no_plan() -> None:
    for read in (state(SETUP, PRIMARY), state(subaccount=None)):
        plan = operation(RotateSecret).plan(read)
        assert plan == {}
        assert not operation(RotateSecret).in_sync(read, plan)


def test_destination_that_task_center_does_not_poll() -> None:
    read = state({key: value for key, value in PRIMARY.items() if key != "tc.enabled"}, SECONDARY)
    assert operation(RotateSecret).plan(read)["polled"] is False
