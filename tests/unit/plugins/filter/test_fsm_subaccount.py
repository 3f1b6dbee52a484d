# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a subaccount must hold and must not hold, and whether its trust certificate will do."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import FilterModule
from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import subaccount_findings

of_removal = FilterModule().filters()["fsm_removal_findings"]
of_certificate = FilterModule().filters()["fsm_trust_findings"]

SETUP = {"Name": "Identity_Authentication_Connectivity_IDS"}
PRIMARY = {
    "Name": "FSM",
    "URL": "https://de.fsm.cloud.sap/cloud-approval-service/api",
    "tc.provider_type": "FSM",
    "tc.enabled": "true",
    "URL.headers.X-Account-ID": "1",
    "URL.headers.X-Company-ID": "2",
}
SECONDARY = {key: value for key, value in PRIMARY.items() if key != "tc.enabled"} | {"Name": "FSM_PP"}
FINGERPRINT = ":".join(["AB"] * 32)
CERTIFICATE = {
    "fingerprint": FINGERPRINT,
    "not_before": "2026-01-01",
    "not_after": "2028-01-01",
    "days_left": 700,
    "expired": False,
    "not_yet_valid": False,
    "unreadable": None,
}


def ids(*destinations: dict[str, str], in_instance: tuple[dict[str, str], ...] = ()) -> list[str]:
    """Return the IDs of what is found in a subaccount."""
    return [finding["id"] for finding in subaccount_findings(list(destinations), list(in_instance), PRIMARY)]


def of(certificate: dict[str, t.Any] | None, **options: t.Any) -> list[tuple[str, str]]:
    """Return ID and severity of what is found of a certificate that was uploaded."""
    usual = {"uploaded": [FINGERPRINT], "wanted": PRIMARY, "path": "dev.pem", "min_days": 30, "gate": "enforce"}
    found = of_certificate(certificate, **{**usual, **options})
    return [(finding["id"], finding["severity"]) for finding in found]


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
    assert "Destination OLD is a primary destination" in found[0]["what"]
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
    assert ids(SETUP, {**SECONDARY, "Name": "OLD_PP"}) == ["secondary_alone"]


def test_own_secondary_with_a_stray_switch_is_drift_to_mend() -> None:
    """The role removes it; to take the secondary destination over as primary would be the wrong advice."""
    assert ids(SETUP, PRIMARY, {**SECONDARY, "tc.enabled": "true"}) == []


def test_every_second_primary_is_named() -> None:
    found = subaccount_findings([{**PRIMARY, "Name": "B"}, SETUP, {**PRIMARY, "Name": "A"}], [], PRIMARY)
    assert [finding["what"].split()[1] for finding in found] == ["A", "B"]


@pytest.mark.parametrize("name", ["FSM", "FSM_PP"])
def test_destination_of_the_instance_hides_ours(name: str) -> None:
    assert ids(SETUP, in_instance=({"Name": name}, {"Name": "OTHER"})) == ["shadowed"]


@pytest.mark.parametrize("value", ["false", "", "True"])
def test_paused_primary_is_worth_a_warning(value: str) -> None:
    found = subaccount_findings([SETUP, {**PRIMARY, "tc.enabled": value}, SECONDARY], [], PRIMARY)
    assert [(finding["id"], finding["severity"]) for finding in found] == [("paused", "warning")]


def test_certificate_that_will_do() -> None:
    assert of(CERTIFICATE) == []
    assert of({**CERTIFICATE, "days_left": 30}) == []


def test_no_certificate_yet() -> None:
    assert of(None) == [("certificate_none", "warning")]


@pytest.mark.parametrize(
    "difference, found",
    [
        ({"expired": True, "days_left": -1}, ("certificate_expired", "error")),
        ({"not_yet_valid": True}, ("certificate_not_yet_valid", "error")),
        ({"days_left": 29}, ("certificate_expires", "error")),
        (
            {"unreadable": "no", "expired": None, "not_yet_valid": None, "days_left": None},
            ("certificate_unreadable", "warning"),
        ),
    ],
)
def test_certificate_that_will_not_do(difference: dict[str, t.Any], found: tuple[str, str]) -> None:
    assert of({**CERTIFICATE, **difference}) == [found]


@pytest.mark.parametrize("gate, severity", [("enforce", "error"), ("warn", "warning")])
@pytest.mark.parametrize("uploaded", [[], [":".join(["CD"] * 32)]])
def test_certificate_that_is_not_declared(gate: str, severity: str, uploaded: list[str]) -> None:
    assert of(CERTIFICATE, uploaded=uploaded, gate=gate) == [("certificate_not_uploaded", severity)]


@pytest.mark.parametrize("spelling", [FINGERPRINT.lower(), FINGERPRINT.replace(":", ""), f" {FINGERPRINT}"])
def test_spelling_of_a_declared_fingerprint_does_not_matter(spelling: str) -> None:
    assert of(CERTIFICATE, uploaded=["12" * 32, spelling]) == []


def test_partner_of_another_system_is_none() -> None:
    mail = {"Name": "OLD", "URL": "https://mail.example.com"}
    assert ids(SETUP, {**SECONDARY, "Name": "OLD_PP"}, mail) == ["secondary_alone"]
    other = {**PRIMARY, "Name": "OLD", "URL.headers.X-Company-ID": "3"}
    assert ids(SETUP, other, {**mail, "Name": "OLD_PP"}) == ["primary_alone"]


def test_instructions_name_system_file_and_line() -> None:
    (found,) = of_certificate(CERTIFICATE, [], PRIMARY, "/files/dev.pem", 30, "enforce")
    for fact in ("de.fsm.cloud.sap", "account 1", "/files/dev.pem", f'- "{FINGERPRINT}"', "fsm_uploaded_certificates"):
        assert fact in found["todo"]


def test_declared_fingerprint_that_is_none() -> None:
    with pytest.raises(InputError, match="'AA' is no SHA-256 fingerprint"):
        of(CERTIFICATE, uploaded=["AA"])


FOREIGN = {"Type": "HTTP", "URL": "https://mail.example.com/api"}


@pytest.mark.parametrize("name", ["FSM", "FSM_PP"])
def test_destination_of_someone_else_has_the_name(name: str) -> None:
    found = subaccount_findings([SETUP, {**FOREIGN, "Name": name}], [], PRIMARY)
    assert [finding["id"] for finding in found] == ["name_taken"]
    assert found[0]["what"] == f"Destination {name} exists and leads to mail.example.com."
    assert found[0]["severity"] == "error"


@pytest.mark.parametrize("destination", [{"Name": "FSM", "Type": "MAIL"}, {"Name": "FSM", "Type": "TCP", "URL": ""}])
def test_destination_of_another_kind_has_the_name(destination: dict[str, str]) -> None:
    found = subaccount_findings([SETUP, destination], [], PRIMARY)
    assert [finding["id"] for finding in found] == ["name_taken"]


@pytest.mark.parametrize(
    "mark", [{"URL": "https://old.fsm.cloud.sap/"}, {"URL": "https://mail.example.com", "tc.provider_type": "FSM"}]
)
def test_destination_to_fsm_that_has_drifted_is_taken_over(mark: dict[str, str]) -> None:
    assert ids(SETUP, {"Name": "FSM", **mark}) == []


def test_only_destinations_to_fsm_are_removed() -> None:
    others = [{**FOREIGN, "Name": "OTHER"}, SETUP]
    assert of_removal([*others, PRIMARY, SECONDARY], "FSM") == []
    assert of_removal([], "FSM") == []
    found = of_removal([*others, {**FOREIGN, "Name": "FSM"}, {**FOREIGN, "Name": "FSM_PP"}], "FSM")
    assert [(finding["id"], finding["severity"]) for finding in found] == [("not_fsm", "error")] * 2
    assert found[0]["what"] == "Destination FSM leads to mail.example.com."


@pytest.mark.parametrize(
    "name",
    ["Identity_Authentication_Connectivity_ids", "identity-authentication-connectivity", "TaskCenterGlobalSettings"],
)
def test_misspelt_destination_of_the_initial_setup(name: str) -> None:
    found = subaccount_findings([{"Name": name}], [], PRIMARY)
    assert "setup_misspelt" in [finding["id"] for finding in found]


@pytest.mark.parametrize("name", ["Identity_Provider", "Task_Center", "FSM_global_settings"])
def test_name_that_only_resembles_one_of_the_initial_setup(name: str) -> None:
    assert "setup_misspelt" not in ids({"Name": name})


def test_right_name_beside_a_similar_one() -> None:
    assert ids(SETUP, {"Name": "Identity_Authentication_Connectivity_IDS2"}) == []


def test_pair_that_is_no_pair() -> None:
    other = {**PRIMARY, "Name": "OTHER", "URL.headers.X-Company-ID": "9"}
    assert ids(SETUP, other) == ["primary_alone"]
    assert ids(SETUP, {**other, "Name": "OTHER_PP"}) == ["secondary_alone"]
    assert ids(SETUP, other, {**other, "Name": "OTHER_PP"}) == []
    assert ids(SETUP, {"Name": "MAIL_PP", "URL": "https://mail.example.com"}) == []
