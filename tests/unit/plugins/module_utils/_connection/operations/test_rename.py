# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is left to do to rename a pair, wherever it was interrupted before, and what forbids it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations import rename
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.rename import (
    Rename,
    Renaming,
    plan_renaming,
)
from unit.plugins.connections import OFF as STOPPED
from unit.plugins.connections import (
    OTHER_SYSTEM,
    PRIMARY,
    SECONDARY,
    SETUP,
    VALUES,
    Destination,
    Findings,
    ids,
    operation,
    state,
)

Labels = dict[str, list[str]]
ON, PAUSED, OFF = {"tc.enabled": "true"}, {"tc.enabled": "not now"}, {"URL": "https://x"}
PREPARED = {rename.LABEL: ["prepared", "tc.enabled=false"]}
REMEMBERED = ["prepared", "tc.enabled=true"]
FORGET: dict[str, t.Any] = {rename.LABEL: None}


@pytest.mark.parametrize(
    "old, new, new_labels, first, value, waits",
    [
        # Nothing was done; the new one was written; the value is remembered.
        (ON, None, {}, None, "true", True),
        (ON, OFF, {}, None, "true", True),
        (PAUSED, OFF, PREPARED, None, "not now", True),
        # The value was taken from the old one, and the connector may still be there.
        (OFF, OFF, PREPARED, None, "false", True),
        (None, OFF, PREPARED, None, "false", True),
        # The new one has it.
        (OFF, ON, PREPARED, "true", "true", False),
        (OFF, PAUSED, {}, "not now", "not now", False),
        # It had one and lost it: Task Center sets it to false, or someone paused it.
        (OFF, PAUSED, {rename.LABEL: REMEMBERED}, "not now", "true", False),
        (None, ON, {}, "true", "true", False),
        # Someone has made two: the old one goes, and what it had counts.
        (ON, PAUSED, {}, "not now", "true", True),
        # Nobody knows which value it had.
        (OFF, OFF, {}, None, "true", True),
    ],
)
def test_renaming(
    old: dict[str, str] | None,
    new: dict[str, str] | None,
    new_labels: Labels,
    first: str | None,
    value: str,
    waits: bool,
) -> None:
    memory = {rename.LABEL: ["prepared", f"tc.enabled={value}"]} if first is None else {}
    expected = Renaming(first, value, waits, memory, {"owner": ["x"], **FORGET})
    assert plan_renaming(old, new, {"owner": ["x"]}, new_labels) == expected


NEW, NEW_PP = {**STOPPED, "Name": "NEW"}, {**STOPPED, "Name": "NEW_PP"}
POLLED = {**PRIMARY, "Name": "NEW"}
PAUSED_NEW = {**POLLED, "tc.enabled": "false"}


def renaming(**given: t.Any) -> Rename:
    """Return the operation that makes NEW of FSM."""
    return operation(Rename, **{"name": "NEW", "rename_from": "FSM", **given})


def found(*destinations: Destination, given: dict[str, t.Any] | None = None, **more: t.Any) -> Findings:
    """Return what is found when these destinations exist in addition to those of the initial setup."""
    return renaming(**(given or {})).findings(state(SETUP, *destinations, **more))


@pytest.mark.parametrize(
    "old, secondary, finding_ids",
    [
        # Header names have no case, and tc.enabled moves along.
        ({"url.headers.x-account-id": "1"}, {"tc.enabled": "true"}, []),
        ({"Description": "x"}, {}, ["rename_loses"]),
        ({"Description": "x", "tc.ui.label": "y"}, {"Description": "x"}, ["rename_loses", "rename_loses"]),
        ({"URL.headers.X-Api-Key": "s3cr3t"}, {}, ["rename_loses_secret"]),
        ({"Note": "https://u:********@x.example"}, {"Password": "s3cr3t"}, ["rename_loses_secret"] * 2),
    ],
)
def test_what_a_new_pair_will_lack(old: Destination, secondary: Destination, finding_ids: list[str]) -> None:
    pair = {**PRIMARY, **old}, {**SECONDARY, **secondary}
    reported = found(*pair)
    assert ids(reported) == finding_ids
    assert "s3cr3t" not in str(reported)
    # Whoever names them in the inventory loses nothing.
    named = {
        "primary_secret_properties": dict.fromkeys(old.keys() - {"url.headers.x-account-id"}, "x"),
        "secondary_secret_properties": dict.fromkeys(secondary.keys() - {"tc.enabled"}, "x"),
    }
    assert found(*pair, given=named) == []


def test_lost_properties_are_named_with_the_variable_that_keeps_them() -> None:
    reported = found({**PRIMARY, "Description": "x", "tc.ui.label": "y"}, {**SECONDARY, "Password": "s3cr3t"})
    assert "FSM has properties that NEW will not have: Description, tc.ui.label." in reported[0]["problem"]
    assert "fsm_primary_properties" in reported[0]["remedy"]
    assert "FSM_PP has secret properties that NEW_PP would not have: Password." in reported[1]["problem"]
    assert "fsm_secondary_secret_properties" in reported[1]["remedy"]


@pytest.mark.parametrize(
    "destinations, finding_ids",
    [
        ([PRIMARY, SECONDARY], []),
        # What is half done is no obstacle.
        ([PRIMARY, SECONDARY, NEW_PP, NEW], []),
        ([STOPPED, SECONDARY, NEW_PP, NEW], []),
        ([SECONDARY, NEW_PP, POLLED], []),
        # With both of the old one gone, all that is left to do is in the inventory.
        ([NEW_PP, PAUSED_NEW], ["rename_completed"]),
        ([NEW_PP, NEW], []),
        ([PRIMARY, SECONDARY, NEW_PP, PAUSED_NEW], ["rename_paused"]),
        ([], ["rename_nothing"]),
        ([{**PRIMARY, **OTHER_SYSTEM}, SECONDARY], ["destination_of_other_system"]),
        ([PRIMARY, {**SECONDARY, **OTHER_SYSTEM}], ["destination_of_other_system"]),
        ([PRIMARY, SECONDARY, {**POLLED, **OTHER_SYSTEM}, NEW_PP], ["destination_of_other_system"]),
        ([PRIMARY, SECONDARY, {**PRIMARY, "Name": "X"}, {**STOPPED, "Name": "X_PP"}], ["second_primary"]),
    ],
)
def test_what_can_be_renamed(destinations: list[Destination], finding_ids: list[str]) -> None:
    assert ids(found(*destinations)) == finding_ids


@pytest.mark.parametrize("phase", ["removing", "restoring"])
def test_repopulation_that_was_interrupted_has_to_be_finished_first(phase: str) -> None:
    labels = {"FSM": {"fsm-repopulation": [phase, "tc.enabled=true"]}}
    assert ids(found(STOPPED, SECONDARY, labels=labels)) == ["rename_while_repopulating"]


@pytest.mark.parametrize(
    "old, finding_id",
    [
        ("", "rename_old_name_missing"),
        (" ", "rename_old_name_missing"),
        ("NEW", "input_pattern"),
        ("FSM_PP", "name_is_secondary"),
        ("Identity_Authentication_Connectivity_IDS", "primary_unfit"),
    ],
)
def test_name_that_nothing_can_be_renamed_from(old: str, finding_id: str) -> None:
    (reported,) = renaming(rename_from=old).input_findings()
    assert reported["id"] == finding_id
    assert "fsm_rename_from" in reported["text"] or old in reported["text"]


def test_old_name_may_break_rules_for_new_ones() -> None:
    assert renaming(rename_from="F S M " * 20).input_findings() == []


def test_all_values_are_checked() -> None:
    wrong: dict[str, t.Any] = {"audience": None, "account_id": 5, "task_center_service_key": {"uaa": {}}}
    assert ids(renaming(**wrong).input_findings()) == ["input_not_text", "input_missing", "task_center_token_missing"]


def test_renaming_reads_what_connecting_reads() -> None:
    refused: dict[str, t.Any] = {"client": {"authenticated": False, "error": "401 Wrong."}}
    reported = found(PRIMARY, SECONDARY, in_instance=[{"Name": "NEW"}], **refused)
    assert ids(reported) == ["client_refused", "hidden_by_instance"]
    assert renaming().findings(state(subaccount=None)) == []
    assert ids(renaming().findings(state(subaccount=None, **refused))) == ["client_refused"]
    questions = renaming(check_client=False).questions
    assert (questions.client, questions.metadata, questions.trust) == (False, True, False)
    assert questions.labels == ("FSM", "FSM_PP", "NEW")


def test_labels_move_along() -> None:
    labels = {"FSM": {"owner": ["x"]}, "FSM_PP": {"trust-verified": ["y"]}, "NEW": {}}
    plan = renaming().plan(state(PRIMARY, SECONDARY, labels=labels))
    assert plan["labels"] == {"owner": ["x"], "fsm-renaming": None}
    assert plan["secondary_labels"] == {"trust-verified": ["y"]}
    assert (plan["old"], plan["old_secondary"], plan["new"]) == (True, True, False)


@pytest.mark.parametrize(
    "destinations, in_sync, asks",
    [
        ([PRIMARY, SECONDARY], False, True),
        ([STOPPED, SECONDARY, NEW_PP, NEW], False, True),
        ([STOPPED, SECONDARY, NEW_PP, POLLED], False, False),
        ([SECONDARY, NEW_PP, POLLED], False, False),
        ([NEW_PP, NEW], False, False),
        ([NEW_PP, POLLED], True, False),
        ([NEW_PP, PAUSED_NEW], True, False),
    ],
)
def test_end_of_a_renaming(destinations: list[Destination], in_sync: bool, asks: bool) -> None:
    read = state(*destinations)
    plan = renaming().plan(read)
    assert renaming().in_sync(read, plan) is in_sync
    assert renaming().needs_task_center(plan) is asks


def test_nobody_is_in_sync_who_was_not_seen() -> None:
    read = state(subaccount=None)
    assert renaming().plan(read) == {}
    assert not renaming().in_sync(read, {})
    assert not renaming().needs_task_center({})


def test_row() -> None:
    plan = renaming().plan(state(PRIMARY, SECONDARY))
    assert renaming().row(plan, None, []) == {
        "old": "FSM to be removed",
        "new": "NEW to be created",
        "tc.enabled": "true",
        "unverified": "primary, secondary, connector",
    }
    done = renaming().row({}, plan, ["primary", "connector"])
    assert (done["old"], done["new"]) == ("FSM removed", "NEW created")
    assert done["unverified"] == "secondary"
    again = renaming().row(renaming().plan(state(POLLED, NEW_PP)), None, [])
    assert (again["old"], again["new"]) == ("FSM absent", "NEW exists")
    assert renaming().row({}, None, []) == {"old": "FSM", "new": "NEW"}


def test_new_pair_is_that_of_the_variables() -> None:
    definitions = renaming().definitions
    assert {which: one.name for which, one in definitions.items()} == {"primary": "NEW", "secondary": "NEW_PP"}
    assert definitions["primary"].properties["URL"] == VALUES["url"]


@pytest.mark.parametrize(
    "labels, withdraws",
    [
        ({"FSM": {rename.LABEL: REMEMBERED}}, "tc.enabled"),
        # Nobody would know the value any more.
        ({}, ""),
    ],
)
def test_new_pair_makes_way_for_another_connection(labels: dict[str, Labels], withdraws: str) -> None:
    read = state(PRIMARY, SECONDARY, {**PRIMARY, "Name": "OTHER"}, labels=labels)
    renaming = operation(Rename, rename_from="OLD")
    assert renaming.withdraws(read, ["tc.enabled"]) == withdraws
    assert renaming.withdraws(read, []) == ""
