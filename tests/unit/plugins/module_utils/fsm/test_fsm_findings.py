# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every finding of the catalogue can be provoked, and tells the facts, why they matter and what to do."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import CATALOG, ERROR, WARNING, found
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.inventory import inventory_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rules import SERVICE_DESTINATION, input_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import (
    removal_findings,
    subaccount_findings,
    trust_findings,
)

URL = "https://de.fsm.cloud.sap/cloud-approval-service/api"
PRIMARY = {
    "Name": "FSM",
    "URL": URL,
    "tc.provider_type": "FSM",
    "tc.enabled": "true",
    "URL.headers.X-Account-ID": "1",
    "URL.headers.X-Company-ID": "2",
}
SETUP = {"Name": SERVICE_DESTINATION}
CERTIFICATE = {
    "fingerprint": "AA:BB",
    "not_before": "2026-01-01",
    "not_after": "2028-01-01",
    "days_left": 700,
    "expired": False,
    "not_yet_valid": False,
    "unreadable": None,
}
Findings = list[dict[str, str]]


def of_input(**given: t.Any) -> Findings:
    """Return what is found in variables."""
    return input_findings(
        {"fsm_name": "FSM", **given}, {"fsm_primary_properties": ["URL"], "fsm_secondary_properties": []}
    )


def of_subaccount(*destinations: dict[str, str], in_instance: tuple[dict[str, str], ...] = ()) -> Findings:
    """Return what is found in a subaccount."""
    return subaccount_findings(list(destinations), list(in_instance), PRIMARY)


def of_certificate(certificate: dict[str, t.Any] | None, gate: str = "enforce") -> Findings:
    """Return what is found of a certificate."""
    return trust_findings(certificate, [], PRIMARY, "/files/dev.pem", min_days=30, gate=gate)


def of_inventory(**difference: str) -> Findings:
    """Return what is found of an environment beside another one of the same subaccount, which differs."""
    primaries = {"dev": PRIMARY, "qa": {**PRIMARY, **difference}}
    environments = [
        {"environment": name, "subaccount": "acme", "primary": primary} for name, primary in primaries.items()
    ]
    return inventory_findings(environments)["dev"]


# Finding to: what provokes it, and a fact that its text has to name.
PROVOCATIONS: dict[str, tuple[t.Callable[[], Findings], str]] = {
    "input_missing": (lambda: of_input(fsm_destination_service_key=True), "fsm_url"),
    "input_not_text": (lambda: of_input(fsm_account_id=5), "fsm_account_id"),
    "input_spaces": (lambda: of_input(fsm_client_id=" x"), "fsm_client_id"),
    "input_pattern": (lambda: of_input(fsm_company_id="ACME"), "ACME"),
    "name_is_secondary": (lambda: of_input(fsm_name="X_PP"), "X_PP"),
    "cluster_differs": (
        lambda: of_input(fsm_url=URL, fsm_audience="https://us.fsm.cloud.sap/x"),
        "us.fsm.cloud.sap",
    ),
    "property_set_by_role": (lambda: of_input(fsm_primary_properties={"url": "x"}), "as URL"),
    "property_forbidden": (lambda: of_input(fsm_primary_properties={"TrustAll": "true"}), "TLS verification"),
    "property_value": (lambda: of_input(fsm_primary_properties={"tc.inbox.pull.days": 999}), "999"),
    "initial_setup_missing": (of_subaccount, SERVICE_DESTINATION),
    "second_primary": (
        lambda: of_subaccount({**PRIMARY, "Name": "OLD"}),
        "host de.fsm.cloud.sap, account 1, company 2",
    ),
    "name_of_service": (lambda: of_input(fsm_name=SERVICE_DESTINATION), SERVICE_DESTINATION),
    "name_taken": (lambda: of_subaccount({"Name": "FSM", "URL": "https://other.example/x"}), "other.example"),
    "second_primary_in_inventory": (lambda: of_inventory(Name="FSM2"), "qa connects the same FSM system"),
    "name_shared_in_inventory": (lambda: of_inventory(**{"URL.headers.X-Company-ID": "3"}), "company 3"),
    "not_fsm": (lambda: removal_findings([{"Name": "FSM", "URL": "https://other.example/x"}], "FSM"), "other.example"),
    "gate_in_preview": (lambda: of_certificate(CERTIFICATE, "preview"), "/files/dev.pem"),
    "shadowed": (lambda: of_subaccount(in_instance=({"Name": "FSM"},)), "FSM"),
    "paused": (lambda: of_subaccount({**PRIMARY, "tc.enabled": "false"}), "tc.enabled false"),
    "certificate_none": (lambda: of_certificate(None), "no trust certificate"),
    "certificate_expired": (lambda: of_certificate({**CERTIFICATE, "expired": True, "days_left": -1}), "2028-01-01"),
    "certificate_not_yet_valid": (lambda: of_certificate({**CERTIFICATE, "not_yet_valid": True}), "2026-01-01"),
    "certificate_expires": (lambda: of_certificate({**CERTIFICATE, "days_left": 29}), "29 days"),
    "certificate_unreadable": (lambda: of_certificate({**CERTIFICATE, "unreadable": "bad version"}), "bad version"),
    "certificate_not_uploaded": (lambda: of_certificate(CERTIFICATE), "/files/dev.pem"),
}


@pytest.mark.parametrize("finding_id", list(CATALOG))
def test_finding_is_provoked(finding_id: str) -> None:
    provoke, fact = PROVOCATIONS[finding_id]
    told = [finding for finding in provoke() if finding["id"] == finding_id]
    assert told
    assert fact in told[0]["text"]
    assert told[0]["severity"] == CATALOG[finding_id].severity
    assert told[0]["text"].split() == f"{told[0]['what']} {told[0]['why']} {told[0]['todo']}".split()


def test_no_provocation_of_what_is_not_catalogued() -> None:
    assert set(PROVOCATIONS) == set(CATALOG)


@pytest.mark.parametrize("finding_id", list(CATALOG))
def test_finding_is_complete(finding_id: str) -> None:
    finding = CATALOG[finding_id]
    assert finding.severity in (ERROR, WARNING)
    for text in (finding.what, finding.why, finding.todo):
        assert text.strip()
        assert text.endswith(".") or text == "{rule}"


def test_braces_in_a_fact_stay() -> None:
    assert "'{cluster}'" in found("input_pattern", variable="v", value="{cluster}", rule="r")["text"]


def test_severity_can_differ_from_the_usual_one() -> None:
    assert found("certificate_none", ERROR)["severity"] == ERROR
    assert found("certificate_none")["severity"] == WARNING
