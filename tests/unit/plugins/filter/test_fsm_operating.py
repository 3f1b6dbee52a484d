# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What forbids to work on a connection that stands, and what came of it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import FilterModule

of_operation = FilterModule().filters()["fsm_operation_findings"]
of_connector = FilterModule().filters()["fsm_connector_findings"]
of_removal = FilterModule().filters()["fsm_removal_findings"]
of_secret = FilterModule().filters()["fsm_secret_findings"]
repopulation = FilterModule().filters()["fsm_repopulation_plan"]
renaming = FilterModule().filters()["fsm_rename_plan"]

Destination = dict[str, str]
SETUP = {"Name": "Identity_Authentication_Connectivity_IDS"}
PRIMARY = {
    "Name": "FSM",
    "URL": "https://de.fsm.cloud.sap/cloud-approval-service/api",
    "tc.provider_type": "FSM",
    "tc.enabled": "true",
    "URL.headers.X-Account-ID": "1",
    "URL.headers.X-Company-ID": "2",
}
OFF = {key: value for key, value in PRIMARY.items() if key != "tc.enabled"}
SECONDARY = {**OFF, "Name": "FSM_PP"}
NEW, NEW_PP = {**OFF, "Name": "NEW"}, {**OFF, "Name": "NEW_PP"}
OTHER = {"URL.headers.X-Company-ID": "3"}
WANTED = {**PRIMARY, "Name": "NEW"}


def ids(findings: list[dict[str, str]]) -> list[str]:
    """Return the IDs of findings."""
    return [finding["id"] for finding in findings]


def asked(*destinations: Destination, in_instance: tuple[Destination, ...] = (), **client: t.Any) -> dict[str, t.Any]:
    """Return what the systems answered."""
    return {
        "client": client,
        "metadata": {},
        "subaccount": {"destinations": [SETUP, *destinations]},
        "instance": {"destinations": list(in_instance)},
    }


@pytest.mark.parametrize(
    "destinations, enables, found",
    [
        ([PRIMARY], True, []),
        ([{**PRIMARY, "tc.enabled": "no"}], True, []),
        ([], False, ["no_primary"]),
        ([{**PRIMARY, "tc.provider_type": "S4"}], False, ["no_primary"]),
        ([{"Name": "FSM", "URL": "https://mail.example"}], False, ["no_primary"]),
        ([OFF], True, ["not_enabled"]),
        ([PRIMARY, {**PRIMARY, "Name": "COPY", "tc.enabled": "false"}], False, []),
        ([PRIMARY, {**PRIMARY, "Name": "COPY", "tc.enabled": "false"}], True, ["second_primary"]),
        ([PRIMARY, {**PRIMARY, **OTHER, "Name": "COPY"}, SECONDARY], True, []),
    ],
)
def test_operation(destinations: list[Destination], enables: bool, found: list[str]) -> None:
    assert ids(of_operation(destinations, "FSM", enables)) == found


def test_pair_of_another_system_is_left_alone() -> None:
    destinations = [PRIMARY, SECONDARY, {"Name": "COPY", "URL": "https://mail.example"}]
    for declared, found in ((PRIMARY, []), ({}, []), ({**PRIMARY, **OTHER}, ["other_system"])):
        assert ids(of_operation(destinations, "FSM", True, declared=declared)) == found
        assert ids(repopulation(destinations, "FSM", {}, declared=declared)["findings"]) == found
        assert ids(of_removal(destinations, "FSM", declared=declared)) == found * 2


@pytest.mark.parametrize(
    "old, secondary, found",
    [
        # Header names have no case, and tc.enabled moves along.
        ({"url.headers.x-account-id": "1"}, {"tc.enabled": "true"}, []),
        ({"Description": "x"}, {}, ["rename_loses"]),
        ({"Description": "x", "tc.ui.label": "y"}, {"Description": "x"}, ["rename_loses", "rename_loses"]),
        ({"URL.headers.X-Api-Key": "********"}, {}, ["rename_loses_secret"]),
        ({"Note": "https://u:********@x.example"}, {"Password": "********"}, ["rename_loses_secret"] * 2),
    ],
)
def test_what_a_new_pair_will_lack(old: Destination, secondary: Destination, found: list[str]) -> None:
    answers = asked({**PRIMARY, **old}, {**SECONDARY, **secondary})
    assert ids(renaming(answers, WANTED, "FSM", {}, pair=(list(PRIMARY), list(SECONDARY)))["findings"]) == found
    # Whoever names them in the inventory loses nothing.
    pair = ([*PRIMARY, *old], [*SECONDARY, *secondary])
    assert renaming(answers, WANTED, "FSM", {}, pair=pair)["findings"] == []


def test_secondary_destination_is_no_primary_one() -> None:
    assert ids(of_operation([{**SECONDARY, "tc.enabled": "true"}], "FSM_PP")) == ["no_primary"]


def test_repopulation_of_what_cannot_be() -> None:
    assert ids(repopulation([], "FSM", {})["findings"]) == ["no_primary"]
    assert ids(repopulation([OFF], "FSM", {"FSM": {}})["findings"]) == ["not_enabled"]


def test_repopulation_of_what_was_connected_anew_in_the_meantime() -> None:
    """With its tc.enabled, users would see every task twice."""
    labels = {"FSM": {"fsm-repopulation": ["restoring", "tc.enabled=true"]}}
    assert ids(repopulation([OFF, NEW_PP, WANTED], "FSM", labels)["findings"]) == ["second_primary"]
    assert ids(repopulation([OFF, SECONDARY], "FSM", labels)["findings"]) == []


def test_repopulation_that_was_interrupted() -> None:
    labels = {"FSM": {"fsm-repopulation": ["restoring", "tc.enabled=no"]}}
    plan = repopulation([OFF], "FSM", labels)
    assert (ids(plan["findings"]), plan["value"], plan["removes"]) == (["repopulation_paused"], "no", False)
    assert labels["FSM"] == {plan["label"]: plan["restoring"]}


@pytest.mark.parametrize(
    "destinations, found",
    [
        ([PRIMARY, SECONDARY], []),
        # What is half done is no obstacle.
        ([PRIMARY, SECONDARY, NEW_PP, NEW], []),
        ([OFF, SECONDARY, NEW_PP, NEW], []),
        ([SECONDARY, NEW_PP, WANTED], []),
        ([NEW_PP, {**WANTED, "tc.enabled": "false"}], []),
        ([PRIMARY, SECONDARY, NEW_PP, {**WANTED, "tc.enabled": "false"}], ["rename_paused"]),
        ([], ["rename_nothing"]),
        ([{**PRIMARY, **OTHER}, SECONDARY], ["other_system"]),
        ([PRIMARY, {**SECONDARY, **OTHER}], ["other_system"]),
        ([PRIMARY, SECONDARY, {**WANTED, **OTHER}, NEW_PP], ["other_system"]),
        ([PRIMARY, SECONDARY, {**PRIMARY, "Name": "X"}, {**OFF, "Name": "X_PP"}], ["second_primary"]),
    ],
)
def test_renaming(destinations: list[Destination], found: list[str]) -> None:
    assert ids(renaming(asked(*destinations), WANTED, "FSM", {})["findings"]) == found


@pytest.mark.parametrize(
    "old, found",
    [
        ("NEW", ["input_pattern"]),
        ("FSM_PP", ["name_is_secondary"]),
        ("Identity_Authentication_Connectivity_IDS", ["no_primary"]),
    ],
)
def test_name_that_nothing_can_be_renamed_from(old: str, found: list[str]) -> None:
    told = ids(renaming(asked(WANTED, NEW_PP), WANTED, old, {})["findings"])
    assert told[:1] == found


def test_renaming_asks_what_connecting_asks() -> None:
    answers = asked(PRIMARY, SECONDARY, in_instance=({"Name": "NEW"},), authenticated=False, error="401 Wrong.")
    assert ids(renaming(answers, WANTED, "FSM", {})["findings"]) == ["client_refused", "shadowed"]
    unread = {**answers, "client": {}, "subaccount": {"failed": True, "msg": "503 Down."}}
    assert ids(renaming(unread, WANTED, "FSM", {})["findings"]) == ["system_unread"]


def test_labels_move_along() -> None:
    labels = {"FSM": {"owner": ["x"]}, "FSM_PP": {"trust-proven": ["y"]}, "NEW": {}}
    plan = renaming(asked(PRIMARY, SECONDARY), WANTED, "FSM", labels)
    assert plan["labels"] == {"owner": ["x"], "fsm-renaming": None}
    assert plan["secondary_labels"] == {"trust-proven": ["y"]}
    assert (plan["old"], plan["new"]) == (True, False)


@pytest.mark.parametrize(
    "destinations, found",
    [
        ([PRIMARY, SECONDARY], []),
        ([{**PRIMARY, "tc.enabled": "false"}, SECONDARY], []),
        ([PRIMARY], ["primary_alone"]),
        ([SECONDARY], ["no_primary"]),
        ([PRIMARY, {**SECONDARY, **OTHER}], ["other_system"]),
        # An expired secret has to be replaced whatever else is wrong.
        ([PRIMARY, SECONDARY, {**PRIMARY, "Name": "COPY"}], []),
    ],
)
def test_secret(destinations: list[Destination], found: list[str]) -> None:
    findings = of_secret(asked(*destinations), PRIMARY)
    assert ids(findings) == found
    assert {finding["severity"] for finding in findings} <= {"error"}


def test_secret_that_fsm_refuses_or_nobody_could_prove() -> None:
    answers = asked(PRIMARY, SECONDARY, in_instance=({"Name": "FSM"},), authenticated=False, error="401 Wrong.")
    assert ids(of_secret(answers, PRIMARY)) == ["client_refused", "shadowed"]
    answers["instance"] = {"failed": True, "msg": "503 Down."}
    assert ids(of_secret(answers, PRIMARY)) == ["system_unread", "client_refused"]


CONNECTOR = {"destination": "FSM", "status": "PAUSED", "jobs": []}


@pytest.mark.parametrize(
    "answer, value, found",
    [
        ({"reached": True, "connectors": []}, None, []),
        ({"reached": False, "connectors": [CONNECTOR], "waited": 9}, None, ["connector_stays"]),
        ({"skipped": True}, None, ["connector_unseen"]),
        ({"reached": True, "connectors": [{**CONNECTOR, "status": "OK"}]}, "true", []),
        ({"reached": True, "connectors": [CONNECTOR]}, "true", ["connector_paused"]),
        # It is paused on purpose.
        ({"reached": True, "connectors": [CONNECTOR]}, "false", []),
        ({"reached": False, "connectors": []}, "false", ["connector_missing"]),
        ({"skipped": True}, "true", ["connector_unseen"]),
    ],
)
def test_connector(answer: dict[str, t.Any], value: str | None, found: list[str]) -> None:
    assert ids(of_connector(answer, "FSM", value)) == found
