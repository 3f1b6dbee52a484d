# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every finding of the catalogue can be provoked, and tells the facts, why they matter and what to do."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.adoption import (
    adopt,
    file_findings,
    first_run_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import (
    CATALOG,
    ERROR,
    WARNING,
    errors_among,
    found,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.inventory import inventory_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.operating import (
    gone_findings,
    operation_findings,
    renaming,
    repopulation,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.prerequisites import prerequisite_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.proof import proof_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rules import SERVICE_DESTINATION, input_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import (
    removal_findings,
    subaccount_findings,
    trust_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.tables import Tables

URL = "https://de.fsm.cloud.sap/cloud-approval-service/api"
PRIMARY = {
    "Name": "FSM",
    "URL": URL,
    "tc.provider_type": "FSM",
    "tc.enabled": "true",
    "URL.headers.X-Account-ID": "1",
    "URL.headers.X-Company-ID": "2",
}
OFF = {key: value for key, value in PRIMARY.items() if key != "tc.enabled"}
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


NOT_ASKED: dict[str, dict[str, t.Any]] = {"client": {}, "metadata": {}, "subaccount": {}, "instance": {}}


def of_answer(system: str, **answer: t.Any) -> Findings:
    """Return what is found when one system has answered this."""
    return prerequisite_findings({**NOT_ASKED, system: answer}, PRIMARY)


def of_proof(enabled: bool = True, **asked: t.Any) -> Findings:
    """Return what is found when the proofs came to this."""
    proven = {"token": {"obtained": True, "error": "", "found_at": "subaccount"}}
    return proof_findings({"primary": proven, "secondary": {}, "task_center": {}, **asked}, "FSM", "AA:BB", enabled)


BAD_SETTING = {"code": "IDS_Configuration", "status": "ERROR", "message": "There is no destination."}


def of_connector(status: str, *jobs: tuple[str, str, str], destination: str = "FSM", enabled: bool = True) -> Findings:
    """Return what is found when Task Center has this connector."""
    told = [{"type": kind, "status": state, "message": message} for kind, state, message in jobs]
    connector = {"destination": destination, "status": status, "jobs": told}
    answer = {"connectors": [connector], "reached": True, "service_status": [BAD_SETTING]}
    return of_proof(enabled, task_center=answer)


NO_TOKEN = {"token": {"obtained": False, "error": "401 Bad credentials.", "found_at": "subaccount"}}
OF_ANOTHER = {
    "token": {"obtained": True, "error": "", "found_at": "subaccount", "differing_properties": ["clientSecret"]}
}
SHADOWED = {"token": {"obtained": True, "error": "", "found_at": "instance"}}
SECONDARY = {"Name": "OLD_PP", "URL": URL}
TYPE = {"tc.provider_type": "FSM"}


def of_renaming(
    *destinations: dict[str, str], pair: tuple[list[str], list[str]] | None = None, **labels: list[str]
) -> Findings:
    """Return what is found when OLD is to become FSM; ``labels`` are those of OLD, ``pair`` the new one's keys."""
    asked = {**NOT_ASKED, "subaccount": {"destinations": list(destinations)}, "instance": {"destinations": []}}
    labelled = {"OLD": {key.replace("_", "-"): values for key, values in labels.items()}}
    return t.cast("Findings", renaming(asked, PRIMARY, "OLD", labelled, pair)["findings"])


TABLE = {"URL": "{fsm_url}", "URL.headers.X-Account-ID": "{fsm_account_id}", **TYPE, "tc.enabled": "true"}
TABLES: Tables = {"primary": TABLE, "primary_secrets": {}, "secondary": TABLE, "secondary_secrets": {}}


def of_adoption(*destinations: dict[str, str], name: str = "") -> dict[str, t.Any]:
    """Return what comes of an adoption."""
    return adopt(list(destinations), TABLES, name, "The subaccount")


def of_first_run() -> Findings:
    """Return what is found when a secondary destination has to change."""
    changed = {**PRIMARY, "Name": "FSM_PP", "TrustAll": "true"}
    return first_run_findings(of_adoption(PRIMARY, changed), TABLES, True)


# Finding to: what provokes it, and a fact that its text has to name.
PROVOCATIONS: dict[str, tuple[t.Callable[[], Findings], str]] = {
    "not_to_be_connected": (lambda: of_input(fsm_state="absent"), "FSM is not to be connected"),
    "task_center_elsewhere": (
        lambda: of_input(
            subaccounts={"fsm_destination_service_key": "a.host", "fsm_task_center_service_key": "b.host"}
        ),
        "of b.host",
    ),
    "service_key_unusable": (
        lambda: [found("service_key_unusable", error="It is not set.", system="Task Center", todo="Set it.")],
        "So Task Center cannot be asked.",
    ),
    "old_name_missing": (lambda: [found("old_name_missing", name="NEW")], "-e fsm_name=NEW"),
    "input_missing": (of_input, "fsm_url"),
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
    "system_changes": (
        lambda: of_subaccount({**PRIMARY, "URL.headers.X-Company-ID": "3"}),
        "company 3) than the variables (host de.fsm.cloud.sap, account 1, company 2)",
    ),
    "primary_unpolled": (lambda: of_subaccount({**OFF, "Name": "OLD"}), "OLD to the same FSM system has no tc.enabled"),
    "name_taken": (lambda: of_subaccount({"Name": "FSM", "URL": "https://other.example/x"}), "other.example"),
    "second_primary_in_inventory": (lambda: of_inventory(Name="FSM2"), "qa connects the same FSM system"),
    "name_shared_in_inventory": (lambda: of_inventory(**{"URL.headers.X-Company-ID": "3"}), "company 3"),
    "not_fsm": (lambda: removal_findings([{"Name": "FSM", "URL": "https://other.example/x"}], "FSM"), "other.example"),
    "setup_misspelt": (lambda: of_subaccount({"Name": "identity-authentication-connectivity"}), SERVICE_DESTINATION),
    "second_primary_in_instance": (lambda: of_subaccount(in_instance=({**PRIMARY, "Name": "OLD"},)), "account 1"),
    "secondary_alone": (lambda: of_subaccount(SECONDARY), "its primary destination OLD."),
    "primary_alone": (lambda: of_subaccount(PRIMARY), "its secondary destination FSM_PP"),
    "system_unread": (lambda: of_answer("instance", failed=True, msg="It cannot be reached."), "It cannot be reached."),
    "client_refused": (lambda: of_answer("client", authenticated=False, error="401 Wrong."), "401 Wrong."),
    "client_of_other_account": (
        lambda: of_answer("client", account_matches=False, account={"id": "77", "name": None}),
        "belongs to account 77; fsm_account_id is 1.",
    ),
    "client_of_other_company": (
        lambda: of_answer("client", company_matches=False, companies=[{"id": "8"}, {"id": "9"}]),
        "may work for 8, 9; fsm_company_id is 2.",
    ),
    "client_of_other_cluster": (
        lambda: of_answer("client", cluster_matches=False, cluster_url="https://us.fsm.cloud.sap"),
        "on https://us.fsm.cloud.sap; fsm_url is on de.fsm.cloud.sap.",
    ),
    "metadata_unavailable": (lambda: of_answer("metadata", available=False, error="404 Not Found."), "404 Not Found."),
    "audience_differs": (
        lambda: of_answer("metadata", available=True, entity_id_matches=False, entity_id="https://other/metadata"),
        "https://other/metadata",
    ),
    "primary_without_token": (lambda: of_proof(primary=NO_TOKEN), "through FSM: 401 Bad credentials."),
    "secondary_without_token": (lambda: of_proof(secondary=NO_TOKEN), "AA:BB"),
    "found_in_instance": (lambda: of_proof(primary=SHADOWED), "FSM was found in the service instance"),
    "proof_of_another": (lambda: of_proof(primary=OF_ANOTHER), "other values of clientSecret than it has"),
    "users_unproven": (of_proof, "FSM_PP"),
    "task_center_unproven": (of_proof, "FSM"),
    "task_center_setup": (lambda: of_connector("OK"), "IDS_Configuration that it is ERROR: There is no destination."),
    "connector_missing": (lambda: of_connector("OK", destination="OTHER"), "no connector of FSM"),
    "connector_fails": (
        lambda: of_connector("ERROR", ("CONFIG", "OK", ""), ("INITIAL", "ERROR", "no token")),
        "is ERROR: CONFIG OK; INITIAL ERROR no token.",
    ),
    "connector_warns": (
        lambda: of_connector("WARNING", ("INITIAL", "OK", ""), ("META", "WARNING", "")),
        "META WARNING",
    ),
    "connector_paused": (lambda: of_connector("PAUSED", enabled=False), "is PAUSED: no job has run."),
    "connector_not_done": (lambda: of_connector("RUNNING", ("INITIAL", "RUNNING", "")), "INITIAL RUNNING"),
    "no_primary": (
        lambda: operation_findings([{"Name": "FSM", "URL": "https://other.example/x"}], "FSM"),
        "leads to other.example",
    ),
    "not_enabled": (lambda: operation_findings([{"Name": "FSM", "URL": URL, **TYPE}], "FSM"), "repopulate_fsm"),
    "other_system": (
        lambda: of_renaming({**PRIMARY, "Name": "OLD", "URL.headers.X-Company-ID": "3"}),
        "OLD leads to another FSM system (host de.fsm.cloud.sap, account 1, company 3)",
    ),
    "rename_loses": (
        lambda: of_renaming({**PRIMARY, "Name": "OLD", "Description": "x"}, pair=(list(PRIMARY), [])),
        "OLD has properties that FSM will not have: Description.",
    ),
    "rename_loses_secret": (
        lambda: of_renaming(PRIMARY, {**SECONDARY, "Password": "********"}, pair=([], ["Name", "url"])),
        "into fsm_secondary_secret_properties, or remove from OLD_PP",
    ),
    "rename_paused": (
        lambda: of_renaming({**PRIMARY, "Name": "OLD"}, {**PRIMARY, "tc.enabled": "false"}),
        "FSM has tc.enabled false already, where the old one had true.",
    ),
    "repopulation_paused": (
        lambda: t.cast("Findings", repopulation([{**PRIMARY, "tc.enabled": "no"}], "FSM", {})["findings"]),
        "FSM is paused: its tc.enabled is no.",
    ),
    "refresh_token_renewed": (lambda: [found("refresh_token_renewed")], "fsm_task_center_refresh_token_file"),
    "rename_nothing": (of_renaming, "neither a destination OLD nor a destination FSM"),
    "rename_while_repopulating": (
        lambda: of_renaming({**PRIMARY, "Name": "OLD"}, fsm_repopulation=["removing", "tc.enabled=true"]),
        "The repopulation of OLD",
    ),
    "connector_stays": (lambda: gone_findings({"reached": False, "waited": 300}, "FSM", 0), "300 seconds"),
    "connector_unseen": (lambda: gone_findings({}, "FSM", 120), "is gone; this run has waited 120 seconds"),
    "gate_in_preview": (lambda: of_certificate(CERTIFICATE, "preview"), "/files/dev.pem"),
    "shadowed": (lambda: of_subaccount(in_instance=({"Name": "FSM"},)), "FSM"),
    "paused": (lambda: of_subaccount({**PRIMARY, "tc.enabled": "false"}), "tc.enabled false"),
    "certificate_none": (lambda: of_certificate(None), "no trust certificate"),
    "certificate_expired": (lambda: of_certificate({**CERTIFICATE, "expired": True, "days_left": -1}), "2028-01-01"),
    "certificate_not_yet_valid": (lambda: of_certificate({**CERTIFICATE, "not_yet_valid": True}), "2026-01-01"),
    "certificate_expires": (lambda: of_certificate({**CERTIFICATE, "days_left": 29}), "29 days"),
    "certificate_unreadable": (lambda: of_certificate({**CERTIFICATE, "unreadable": "bad version"}), "bad version"),
    "certificate_not_uploaded": (lambda: of_certificate(CERTIFICATE), "/files/dev.pem"),
    "adoption_none": (lambda: of_adoption()["findings"], "The subaccount"),
    "adoption_several": (lambda: of_adoption(PRIMARY, {**PRIMARY, "Name": "OLD"})["findings"], "OLD (host de.fsm"),
    "adoption_not_found": (lambda: of_adoption(PRIMARY, name="OLD")["findings"], "FSM (host de.fsm"),
    "adoption_foreign": (
        lambda: of_adoption({"Name": "M", "URL": "https://m.example"}, name="M")["findings"],
        "m.example",
    ),
    "adoption_no_secondary": (lambda: of_adoption(PRIMARY)["findings"], "FSM_PP"),
    "adoption_changes": (of_first_run, "TrustAll goes"),
    "adoption_file_exists": (lambda: file_findings({"/f": "new"}, {"/f": "old"}, [], False), "/f"),
    "adoption_file_hidden": (lambda: file_findings({}, {}, ["/f"], False), "/f"),
}


# Those of a rotation come from its decisions: test_fsm_rotation.py.
CHECKS = [finding for finding in CATALOG if not finding.startswith("rotation_")]


@pytest.mark.parametrize("finding_id", CHECKS)
def test_finding_is_provoked(finding_id: str) -> None:
    provoke, fact = PROVOCATIONS[finding_id]
    told = [finding for finding in provoke() if finding["id"] == finding_id]
    assert told
    assert fact in told[0]["text"]
    assert told[0]["severity"] == CATALOG[finding_id].severity
    assert told[0]["text"].split() == f"{told[0]['what']} {told[0]['why']} {told[0]['todo']}".split()


def test_no_provocation_of_what_is_not_catalogued() -> None:
    assert set(PROVOCATIONS) == set(CHECKS)


@pytest.mark.parametrize("finding_id", list(CATALOG))
def test_finding_is_complete(finding_id: str) -> None:
    finding = CATALOG[finding_id]
    assert finding.severity in (ERROR, WARNING)
    for text in (finding.what, finding.why, finding.todo):
        assert text.strip()
        assert text in ("{rule}", "{error}", "{todo}") or text.endswith((".", ": {error}", ": {message}", "={name}"))


def test_what_is_not_known_to_be_harmless_stops_a_run() -> None:
    """Also what became unreadable because a secret is a part of the word."""
    warning, error, masked = {"severity": WARNING}, {"severity": ERROR}, {"severity": "********ror"}
    assert errors_among([warning, error, masked]) == [error, masked]
    assert errors_among([warning]) == []


def test_braces_in_a_fact_stay() -> None:
    assert "'{cluster}'" in found("input_pattern", variable="v", value="{cluster}", rule="r")["text"]


def test_severity_can_differ_from_the_usual_one() -> None:
    assert found("certificate_none", ERROR)["severity"] == ERROR
    assert found("certificate_none")["severity"] == WARNING
