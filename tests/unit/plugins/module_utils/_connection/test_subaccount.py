# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a subaccount must hold and must not hold."""

from __future__ import annotations

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import (
    identifying_properties,
    of_other_systems,
    subaccount_findings,
)
from unit.plugins.connections import FOREIGN, OTHER_SYSTEM, PRIMARY, SECONDARY, SETUP
from unit.plugins.connections import ids as ids_of


def ids(*destinations: dict[str, str], in_instance: tuple[dict[str, str], ...] = ()) -> list[str]:
    """Return the IDs of what is found in a subaccount."""
    return ids_of(subaccount_findings(list(destinations), list(in_instance), PRIMARY))


def test_subaccount_after_the_initial_setup() -> None:
    assert ids(SETUP) == []


def test_connected_subaccount() -> None:
    assert ids(SETUP, PRIMARY, SECONDARY) == []


def test_setup_in_the_instance_does_not_count() -> None:
    assert ids(in_instance=(SETUP,)) == ["initial_setup_missing"]


@pytest.mark.parametrize(
    "difference",
    [
        {},
        {"tc.enabled": "false"},
        {"tc.enabled": "anything"},
        {"URL": "https://DE.fsm.cloud.sap:443/cloud-approval-service/api/"},
        {"URL": "https://de.fsm.cloud.sap./other"},
        # FSM's older domain.
        {"URL": "https://DE.coresuite.com/cloud-approval-service/api"},
    ],
)
def test_second_primary(difference: dict[str, str]) -> None:
    found = subaccount_findings([SETUP, {**PRIMARY, "Name": "OLD", **difference}], [], PRIMARY)
    assert [finding["id"] for finding in found] == ["second_primary"]
    assert "Destination OLD is a primary destination" in found[0]["problem"]
    assert found[0]["severity"] == "error"


def test_second_primary_with_other_spelling_of_its_headers() -> None:
    """Names of HTTP headers have no case (RFC 9110, section 5.1)."""
    other = {key.replace("X-Account-ID", "x-account-id"): value for key, value in PRIMARY.items()}
    assert ids(SETUP, {**other, "Name": "OLD"}) == ["second_primary"]


@pytest.mark.parametrize(
    "difference",
    [
        {"URL": "https://us.fsm.cloud.sap/cloud-approval-service/api"},
        {"URL.headers.X-Account-ID": "01"},
        {"URL.headers.X-Company-ID": "3"},
        {"tc.provider_type": "S4"},
    ],
)
def test_destination_to_another_system(difference: dict[str, str]) -> None:
    assert ids(SETUP, {**PRIMARY, "Name": "OTHER", **difference}, {**SECONDARY, "Name": "OTHER_PP"}) == []


def test_secondary_of_another_name_is_no_primary() -> None:
    assert ids(SETUP, {**SECONDARY, "Name": "OLD_PP"}) == ["secondary_without_primary"]


def test_own_secondary_with_a_stray_switch_is_drift_to_correct() -> None:
    """The role removes it; to take the secondary destination over as primary would be the wrong advice."""
    assert ids(SETUP, PRIMARY, {**SECONDARY, "tc.enabled": "true"}) == []


def test_every_second_primary_is_named() -> None:
    found = subaccount_findings([{**PRIMARY, "Name": "B"}, SETUP, {**PRIMARY, "Name": "A"}], [], PRIMARY)
    assert [finding["problem"].split()[1] for finding in found] == ["A", "B"]


@pytest.mark.parametrize("name", ["FSM", "FSM_PP"])
def test_destination_of_the_instance_hides_ours(name: str) -> None:
    assert ids(SETUP, in_instance=({"Name": name}, {"Name": "OTHER"})) == ["hidden_by_instance"]


@pytest.mark.parametrize("value", ["false", "", "True"])
def test_paused_primary_is_worth_a_warning(value: str) -> None:
    found = subaccount_findings([SETUP, {**PRIMARY, "tc.enabled": value}, SECONDARY], [], PRIMARY)
    assert [(finding["id"], finding["severity"]) for finding in found] == [("destination_paused", "warning")]


def test_partner_of_another_system_is_none() -> None:
    mail = {"Name": "OLD", "URL": "https://mail.example.com"}
    assert ids(SETUP, {**SECONDARY, "Name": "OLD_PP"}, mail) == ["secondary_without_primary"]
    other = {**PRIMARY, "Name": "OLD", "URL.headers.X-Company-ID": "3"}
    assert ids(SETUP, other, {**mail, "Name": "OLD_PP"}) == ["primary_without_secondary"]


@pytest.mark.parametrize("name", ["FSM", "FSM_PP"])
def test_destination_of_someone_else_has_the_name(name: str) -> None:
    found = subaccount_findings([SETUP, {**FOREIGN, "Name": name}], [], PRIMARY)
    assert [finding["id"] for finding in found] == ["name_in_use"]
    assert found[0]["problem"] == f"Destination {name} exists and leads to mail.example.com."
    assert found[0]["severity"] == "error"


@pytest.mark.parametrize("destination", [{"Name": "FSM", "Type": "MAIL"}, {"Name": "FSM", "Type": "TCP", "URL": ""}])
def test_destination_of_another_kind_has_the_name(destination: dict[str, str]) -> None:
    found = subaccount_findings([SETUP, destination], [], PRIMARY)
    assert [finding["id"] for finding in found] == ["name_in_use"]


@pytest.mark.parametrize(
    "mark", [{"URL": "https://old.fsm.cloud.sap/"}, {"URL": "https://mail.example.com", "tc.provider_type": "FSM"}]
)
def test_destination_to_fsm_that_has_drifted_is_taken_over(mark: dict[str, str]) -> None:
    assert ids(SETUP, {"Name": "FSM", **mark}) == []


@pytest.mark.parametrize(
    "name",
    ["Identity_Authentication_Connectivity_ids", "identity-authentication-connectivity", "TaskCenterGlobalSettings"],
)
def test_misspelt_destination_of_the_initial_setup(name: str) -> None:
    found = subaccount_findings([{"Name": name}], [], PRIMARY)
    assert "initial_setup_name_typo" in [finding["id"] for finding in found]


@pytest.mark.parametrize("name", ["Identity_Provider", "Task_Center", "FSM_global_settings"])
def test_name_that_only_resembles_one_of_the_initial_setup(name: str) -> None:
    assert "initial_setup_name_typo" not in ids({"Name": name})


def test_right_name_next_to_a_similar_one() -> None:
    assert ids(SETUP, {"Name": "Identity_Authentication_Connectivity_IDS2"}) == []


def test_pair_that_is_no_pair() -> None:
    other = {**PRIMARY, "Name": "OTHER", "URL.headers.X-Company-ID": "9"}
    assert ids(SETUP, other) == ["primary_without_secondary"]
    assert ids(SETUP, {**other, "Name": "OTHER_PP"}) == ["secondary_without_primary"]
    assert ids(SETUP, other, {**other, "Name": "OTHER_PP"}) == []
    assert ids(SETUP, {"Name": "MAIL_PP", "URL": "https://mail.example.com"}) == []


@pytest.mark.parametrize("client, severity", [("client", "warning"), (None, "warning"), ("another", "error")])
def test_destination_of_another_system_has_the_name(client: str | None, severity: str) -> None:
    """Someone who mistypes an ID has the same client; what another client made belongs to another connection."""
    other = {**PRIMARY, **OTHER_SYSTEM, **({"clientId": client} if client else {})}
    wanted = {**PRIMARY, "clientId": "client"}
    (found,) = subaccount_findings([SETUP, other, {**SECONDARY, **OTHER_SYSTEM}], [], wanted)
    assert (found["id"], found["severity"]) == ("destination_changes_system", severity)
    assert "company 3" in found["problem"]
    # One that names no system completely has drifted.
    del other["URL.headers.X-Account-ID"]
    assert subaccount_findings([SETUP, other, SECONDARY], [], wanted) == []


def test_primary_that_lost_its_switch() -> None:
    off = {key: value for key, value in PRIMARY.items() if key != "tc.enabled"}
    assert ids(SETUP, {**off, "Name": "OLD"}) == ["primary_without_tc_enabled"]
    assert ids(SETUP, {**off, **OTHER_SYSTEM, "Name": "OLD"}) == []
    assert ids(SETUP, off, SECONDARY) == []


def test_second_primary_in_the_instance() -> None:
    assert ids(SETUP, in_instance=({**PRIMARY, "Name": "OLD"},)) == ["second_primary_in_instance"]


def test_other_systems() -> None:
    found = of_other_systems([PRIMARY, {**SECONDARY, **OTHER_SYSTEM}], PRIMARY)
    assert [(one["id"], one["problem"].split()[1]) for one in found] == [("destination_of_other_system", "FSM_PP")]
    assert of_other_systems([PRIMARY], None) == of_other_systems([PRIMARY], {}) == []


def test_only_identifying_properties_are_shown_to_others() -> None:
    whole = {**PRIMARY, "Type": "HTTP", "mail.pass": "s3cr3t", "Description": "own", "clientId": "c", "Password": "x"}
    assert identifying_properties(whole) == {**PRIMARY, "Type": "HTTP"}
    other_case = {"url.headers.x-account-id": "1", "URL": "x"}
    assert identifying_properties({**other_case, "User": "me"}) == other_case
