# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every finding of the catalogue can be provoked, and reports the facts, why they matter and what to do."""

from __future__ import annotations

import inspect
import json
import time
import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.answer_types import (
    FoundDestination,
    as_found,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import Http, Settings
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import HTTP
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.adoption import (
    adopt,
    file_findings,
    unusable_export,
    upload_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.check import check
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.conflicts import conflicts
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.base import Operation
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.connect import Check, Connect
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.disconnect import Disconnect
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.rename import Rename
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.repopulate import Repopulate
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.rotate_secret import (
    RotateSecret,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.switch import Pause, Resume
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.prerequisites import prerequisite_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import SERVICE_DESTINATION
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import (
    look_alike_findings,
    subaccount_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.verification import (
    Changes,
    Verifier,
    connector_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import (
    CATALOG,
    ERROR,
    WARNING,
    errors_among,
    finding,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.upload import Upload, validity_findings
from ansible_collections.btp_ops.task_center.plugins.modules import fsm_connection_info
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._local_action import remote_by_omission
from landscape.faults import Matching, Status
from landscape.logon import log_on
from unit.plugins.connections import connect, logons, operation, slots, state, values, variables

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

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


# Options of modules that ask nobody: the proxy is a port on which nobody listens.
OPTIONS: dict[str, t.Any] = {
    "environment": "dev",
    "after": None,
    **dict.fromkeys(("service_key", "api_url", "ca_path")),
    **{name: option["default"] for name, option in HTTP.options.items() if "default" in option},
    "retries": 0,
}
DOWN = {"HTTPS_PROXY": "http://127.0.0.1:9"}
CLIENT = {"clientid": "c", "clientsecret": "s"}
KEY = {**CLIENT, "url": "https://a.host", "uri": "https://api.example"}
TASK_CENTER: dict[str, t.Any] = {
    "task_center_service_key": {
        "endpoints": {"inbox_rest_url": "https://task-center.example"},
        "uaa": {**CLIENT, "url": "https://b.host"},
    },
    "task_center_refresh_token": "x",
}


def of_check(operation: str = "connect", key: dict[str, str] | None = None, **connection: t.Any) -> Findings:
    """Return what the module finds in these variables, by default without a service key."""
    params = {**OPTIONS, "operation": operation, "connection": connection, "service_key": key}
    return t.cast("Findings", check(params, DOWN, False).facts["findings"])


def of_state(kind: type[Operation], *destinations: dict[str, str], more: t.Any = None, **given: t.Any) -> Findings:
    """Return what an operation finds in a subaccount."""
    return operation(kind, **given).findings(state(SETUP, *destinations, **(more or {})))


def of_subaccount(*destinations: dict[str, str], in_instance: tuple[dict[str, str], ...] = ()) -> Findings:
    """Return what is found in a subaccount."""
    return subaccount_findings(list(destinations), list(in_instance), PRIMARY)


def of_certificate(**difference: t.Any) -> Findings:
    """Return what is found of a certificate's validity."""
    return validity_findings({**CERTIFICATE, **difference}, min_days=30)


def of_upload(preview: bool = False) -> Findings:
    """Return what is found of a certificate that nobody declares as uploaded."""
    return Upload([], "enforce", "de.fsm.cloud.sap", "1").findings("AA:BB", "/files/dev.pem", preview)


def of_inventory(**difference: str) -> Findings:
    """Return what is found of an environment next to another one of the same subaccount, which differs."""
    primaries = {"dev": PRIMARY, "qa": {**PRIMARY, **difference}}
    checks = [
        {"check_id": name, "connects": {"environment": name, "subaccount": "acme", "primary": primary}}
        for name, primary in primaries.items()
    ]
    return conflicts(checks)["dev"]


def of_audience() -> Findings:
    """Return what is found of an environment whose audience is that of another account."""
    one = {"environment": "dev", "subaccount": "a", "primary": PRIMARY, "audience": "https://x/metadata"}
    other = {**one, "environment": "qa", "subaccount": "b", "primary": {**PRIMARY, "URL.headers.X-Account-ID": "9"}}
    return conflicts([{"check_id": str(number), "connects": connects} for number, connects in enumerate((one, other))])[
        "0"
    ]


def of_answer(system: str, **answer: t.Any) -> Findings:
    """Return what is found when one system has answered this."""
    read: dict[str, t.Any] = {system: answer}
    return prerequisite_findings(state(SETUP, **read), PRIMARY)


class Service:
    """The Destination Service that finds each destination with this answer."""

    def __init__(self, answer: dict[str, t.Any]) -> None:
        self.http = Http(Settings(), {})
        self._answer = answer

    def find(self, name: str, _user_token: str | None) -> FoundDestination:
        """Return what was found."""
        return as_found({"destinationConfiguration": {"Name": name}, **self._answer})


def verifier(answer: dict[str, t.Any] | None = None, changes: Changes | None = None, **given: t.Any) -> Verifier:
    """Return what verifies a connection of which the service says this."""
    read = state({"Name": "FSM"}, {"Name": "FSM_PP"})
    read.service = t.cast("t.Any", Service(answer or TOKEN))
    return Verifier(OPTIONS, DOWN, read, values(**given), operation(Connect).definitions, changes or Changes())


def of_token(answer: dict[str, t.Any], **given: t.Any) -> Findings:
    """Return what is found when a token is asked for through both destinations, of which the service says this."""
    return verifier(answer, **given).verify("AA:BB", enabled=True).findings


TOKEN = {"owner": {"SubaccountId": "s"}, "authTokens": [{"value": "t"}]}
NO_TOKEN = {**TOKEN, "authTokens": [{"error": "401 Bad credentials."}]}
OUTDATED = {**TOKEN, "destinationConfiguration": {"Name": "OLD"}}
IN_INSTANCE = {**TOKEN, "owner": {"InstanceId": "i"}}
BAD_SETTING = {"code": "IDS_Configuration", "status": "ERROR", "message": "There is no destination."}


def of_connector(
    status: str,
    *jobs: tuple[str, str, str],
    destination: str = "FSM",
    enabled: bool = True,
    outdated: bool = False,
) -> Findings:
    """Return what is found when Task Center has this connector."""
    reported = [{"type": kind, "status": state, "message": message} for kind, state, message in jobs]
    connector = {"destination": destination, "status": status, "jobs": reported}
    answer = {
        "connectors": [connector],
        "reached": True,
        "service_status": [BAD_SETTING],
        "possibly_outdated": outdated,
    }
    return connector_findings(answer, "FSM", enabled)


TYPE = {"tc.provider_type": "FSM"}
SECONDARY = {"Name": "OLD_PP", "URL": URL, **TYPE, "URL.headers.X-Account-ID": "1", "URL.headers.X-Company-ID": "2"}
OLD = {**PRIMARY, "Name": "OLD"}


def of_renaming(*destinations: dict[str, str], **labels: list[str]) -> Findings:
    """Return what is found when OLD is to become FSM; ``labels`` are those of OLD."""
    labelled = {"OLD": {key.replace("_", "-"): texts for key, texts in labels.items()}}
    return of_state(Rename, *destinations, more={"labels": labelled}, rename_from="OLD")


def of_refused_change() -> Findings:
    """Return what is found when a stored secret that nobody can read again would be lost."""
    connecting = operation(Connect, update_secrets="on_create")
    connecting.plan(state(PRIMARY))
    return connecting.refused


# With the landscape, by the names of the fixtures.


def of_change_without_effect(run: t.Callable[..., t.Any], environment: Environment) -> Findings:
    """Return what is found after a change of which nothing is there."""
    return of_landscape(run, environment, "connect", after={"plan": {}, "written_at": None})


def of_connector_that_stays(
    run: t.Callable[..., t.Any], environment: Environment, landscape: Landscape, waits: list[float]
) -> Findings:
    """Return what is found when Task Center keeps its connector for 300 seconds."""
    assert waits == []
    connect(landscape, environment)
    more = {**logons(landscape, environment), "task_center_wait": 300}
    after: dict[str, t.Any] = {"plan": {}, "written_at": None}
    return of_landscape(run, environment, "await_removal", more, after=after, destination="FSM")


def of_renewed_refresh_token(run: t.Callable[..., t.Any], environment: Environment, landscape: Landscape) -> Findings:
    """Return what is found when the token service hands out another refresh token than the given one."""
    connect(landscape, environment)
    key = environment.task_center.service_key()
    answer = {**log_on(landscape, key["uaa"], environment.users[0]), "refresh_token": "another"}
    own = Matching(system="xsuaa", environment=environment.name, path="/oauth/token")
    # The first token is that of the Destination Service.
    landscape.faults.add(Status(200, body=json.dumps(answer), content_type="application/json"), own, nth=2, times=1)
    more = {"task_center_service_key": key, "task_center_refresh_token": "x"}
    return of_landscape(run, environment, "repopulate", more)


def of_landscape(
    run: t.Callable[..., t.Any],
    environment: Environment,
    operation: str,
    more: dict[str, t.Any] | None = None,
    **options: t.Any,
) -> Findings:
    """Return what is found in the landscape; ``more`` are further variables."""
    connection = variables(environment, **(more or {}))
    outcome = run(fsm_connection_info, environment="dev", operation=operation, connection=connection, **options)
    return t.cast("Findings", outcome.facts["findings"])


def of_adoption(*destinations: dict[str, str], name: str = "") -> Findings:
    """Return what is found when destinations are adopted."""
    return adopt(list(destinations), name, "The subaccount")[1]


# Finding to: what provokes it (its parameters without a default are fixtures), and a fact that its text has to name.
PROVOCATIONS: dict[str, tuple[t.Callable[..., Findings], str]] = {
    "connection_not_local": (lambda: remote_by_omission("dev", set()), "log on to dev by SSH"),
    "state_is_absent": (lambda: of_check("check", state="absent"), "FSM is not to be connected"),
    "task_center_of_other_subaccount": (lambda: of_check(key=KEY, **TASK_CENTER), "of b.host"),
    "task_center_token_missing": (
        lambda: of_check(task_center_service_key={"uaa": {}}),
        "none of fsm_task_center_refresh_token_file, fsm_task_center_refresh_token, fsm_task_center_user_token.",
    ),
    "task_center_tokens_several": (
        lambda: of_check(
            task_center_service_key={"uaa": {}}, task_center_refresh_token="x", task_center_user_token="y"
        ),
        "fsm_task_center_refresh_token and fsm_task_center_user_token are set.",
    ),
    "token_unusable": (lambda: of_check(user_token="no token"), "fsm_user_token is no token."),
    "service_key_unusable": (lambda: of_check("pause"), "So the Destination Service cannot be read."),
    "rename_old_name_missing": (lambda: of_check("rename", name="NEW"), "-e fsm_name=NEW"),
    "input_missing": (of_check, "fsm_url"),
    "input_not_text": (lambda: of_check(account_id=5), "fsm_account_id"),
    "input_spaces": (lambda: of_check(client_id=" x"), "fsm_client_id"),
    "input_pattern": (lambda: of_check(upload_gate="enforced"), "one of: enforce, warn"),
    "name_is_secondary": (lambda: of_check(name="X_PP"), "X_PP"),
    "cluster_differs": (lambda: of_check(url=URL, audience="https://us.fsm.cloud.sap/x"), "us.fsm.cloud.sap"),
    "property_set_by_role": (lambda: of_check(primary_properties={"url": "x"}), "as URL"),
    "property_forbidden": (lambda: of_check(primary_properties={"TrustAll": "true"}), "TLS verification"),
    "property_value": (lambda: of_check(primary_properties={"tc.inbox.pull.days": 999}), "999"),
    "initial_setup_missing": (of_subaccount, SERVICE_DESTINATION),
    "second_primary": (
        lambda: of_subaccount({**PRIMARY, "Name": "OLD"}),
        "host de.fsm.cloud.sap, account 1, company 2",
    ),
    "connected_at_the_same_time": (
        lambda: operation(Connect).withdrawal_findings(state(PRIMARY, {**PRIMARY, "Name": "OLD"}), "pair"),
        "at the same time, as OLD.",
    ),
    "enabled_at_the_same_time": (
        lambda: operation(Connect).withdrawal_findings(state(PRIMARY, {**PRIMARY, "Name": "OLD"}), "tc.enabled"),
        "removed tc.enabled from FSM again",
    ),
    "name_of_service": (lambda: of_check(name=SERVICE_DESTINATION), SERVICE_DESTINATION),
    "destination_changes_system": (
        lambda: of_subaccount({**PRIMARY, "URL.headers.X-Company-ID": "3"}),
        "company 3) than the variables (host de.fsm.cloud.sap, account 1, company 2)",
    ),
    "primary_without_tc_enabled": (
        lambda: of_subaccount({**OFF, "Name": "OLD"}),
        "OLD to the same FSM system has no tc.enabled",
    ),
    "name_in_use": (lambda: of_subaccount({"Name": "FSM", "URL": "https://other.example/x"}), "other.example"),
    "second_primary_in_inventory": (lambda: of_inventory(Name="FSM2"), "qa connects the same FSM system"),
    "name_shared_in_inventory": (lambda: of_inventory(**{"URL.headers.X-Company-ID": "3"}), "company 3"),
    "removal_of_other_system": (
        lambda: of_state(Disconnect, {"Name": "FSM", "URL": "https://other.example/x"}),
        "other.example",
    ),
    "initial_setup_name_typo": (
        lambda: of_subaccount({"Name": "identity-authentication-connectivity"}),
        SERVICE_DESTINATION,
    ),
    "second_primary_in_instance": (lambda: of_subaccount(in_instance=({**PRIMARY, "Name": "OLD"},)), "account 1"),
    "secondary_without_primary": (lambda: of_subaccount(SECONDARY), "its primary destination OLD."),
    "primary_without_secondary": (lambda: of_subaccount(PRIMARY), "its secondary destination FSM_PP"),
    "system_not_readable": (lambda: of_check("pause", KEY), "cannot be reached"),
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
        lambda: of_answer(
            "metadata", available=True, entity_id_matches=False, entity_id="https://other/metadata", audience=URL
        ),
        f"name https://other/metadata as their entity ID, and fsm_audience is {URL}.",
    ),
    "metadata_not_public": (
        lambda: of_answer("metadata", available=False, requires_logon=True, error="401 Log on."),
        "401 Log on.",
    ),
    "audience_is_no_url": (lambda: of_check(audience="FSM_de_1"), "fsm_audience is FSM_de_1"),
    "primary_without_token": (lambda: of_token(NO_TOKEN), "through FSM: 401 Bad credentials."),
    "secondary_without_token": (lambda: of_token(NO_TOKEN, user_token="x"), "AA:BB"),
    "found_in_instance": (lambda: of_token(IN_INSTANCE), "FSM was found in the service instance"),
    "token_possibly_outdated": (lambda: of_token(OUTDATED), "other values of Name than it has"),
    "token_possibly_cached": (
        lambda: of_token(TOKEN, changes=Changes(written_at=time.time())),
        "FSM yields a token as it is now: the service may have kept it from before",
    ),
    "user_propagation_unverified": (lambda: of_token(TOKEN), "FSM_PP"),
    "task_center_unverified": (lambda: of_token(TOKEN), "FSM"),
    "connector_possibly_outdated": (lambda: of_connector("OK", outdated=True), "FSM works as it is now"),
    "verification_failed": (lambda: verifier(**TASK_CENTER).verify_connector(True).findings, "cannot be reached"),
    "changes_not_in_effect": (of_change_without_effect, "dev is not in sync although"),
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
    "connector_paused": (lambda: of_connector("PAUSED"), "is PAUSED: no job has run."),
    "connector_initial_pull_unfinished": (
        lambda: of_connector("RUNNING", ("INITIAL", "RUNNING", "")),
        "INITIAL RUNNING",
    ),
    "primary_unfit": (
        lambda: of_state(Resume, {"Name": "FSM", "URL": "https://other.example/x"}),
        "leads to other.example",
    ),
    "tc_enabled_missing": (lambda: of_state(Resume, OFF), "repopulate_fsm"),
    "destination_of_other_system": (
        lambda: of_renaming({**OLD, "URL.headers.X-Company-ID": "3"}),
        "OLD leads to another FSM system (host de.fsm.cloud.sap, account 1, company 3)",
    ),
    "rename_loses": (
        lambda: of_renaming({**OLD, "Description": "x"}),
        "OLD has properties that FSM will not have: Description.",
    ),
    "rename_loses_secret": (
        lambda: of_renaming(OLD, {**SECONDARY, "Password": "x"}),
        "into fsm_secondary_secret_properties, or remove from OLD_PP",
    ),
    "rename_paused": (
        lambda: of_renaming(OLD, {**PRIMARY, "tc.enabled": "false"}),
        "FSM has tc.enabled false already, where the old one had true.",
    ),
    "rename_completed": (lambda: of_renaming({**PRIMARY, "Name": "FSM"}), "Set fsm_name to FSM in the inventory"),
    "no_new_client": (lambda: operation(RotateSecret).nothing_to_do(), "FSM and FSM_PP have fsm_client_id"),
    "repopulation_paused": (
        lambda: of_state(Repopulate, {**PRIMARY, "tc.enabled": "no"}),
        "FSM is paused: its tc.enabled is no.",
    ),
    "refresh_token_renewed": (of_renewed_refresh_token, "fsm_task_center_refresh_token_file"),
    "rename_nothing": (of_renaming, "neither a destination OLD nor a destination FSM"),
    "rename_while_repopulating": (
        lambda: of_renaming(OLD, fsm_repopulation=["removing", "tc.enabled=true"]),
        "The repopulation of OLD",
    ),
    "connector_not_removed": (of_connector_that_stays, "300 seconds"),
    "connector_unverified": (
        lambda: verifier().verify_removal("FSM", 0).findings,
        "is removed; this run has waited 120 seconds",
    ),
    "task_center_not_readable": (lambda: verifier(**TASK_CENTER).access_findings(), "cannot be reached"),
    "upload_required_before_run": (lambda: of_upload(preview=True), "/files/dev.pem"),
    "hidden_by_instance": (lambda: of_subaccount(in_instance=({"Name": "FSM"},)), "FSM"),
    "destination_paused": (lambda: of_subaccount({**PRIMARY, "tc.enabled": "false"}), "tc.enabled false"),
    "secrets_not_shown": (of_refused_change, "clientSecret"),
    "secrets_not_compared": (
        lambda: of_state(Check, {**PRIMARY, "clientSecret": "****"}),
        "does not show clientSecret of destination FSM",
    ),
    "assertion_changes": (
        lambda: of_state(Check, {**OFF, "Name": "FSM_PP", "userIdSource": "$.email", "KeyStoreLocation": "own.p12"}),
        "KeyStoreLocation own.p12, userIdSource $.email",
    ),
    "name_differs_in_case": (
        lambda: look_alike_findings([{**PRIMARY, "Name": "fsm"}], ["FSM", "FSM_PP"]),
        "destination fsm, whose name differs from FSM",
    ),
    "pause_not_remembered": (
        lambda: of_state(Pause, PRIMARY, more={"without_labels": {"FSM": "403 No."}}),
        "403 No.",
    ),
    "pause_label_stays": (
        lambda: of_state(Resume, PRIMARY, more={"without_labels": {"FSM": "403 No."}}),
        "403 No.",
    ),
    "pause_unknown": (
        lambda: of_state(Connect, {**PRIMARY, "tc.enabled": "false"}, more={"without_labels": {"FSM": "403 No."}}),
        "403 No.",
    ),
    "pause_outdated": (
        lambda: of_state(Connect, PRIMARY, more={"labels": {"FSM": {"fsm-pause": ["since=2026-03-01"]}}}),
        "remembers a pause",
    ),
    "connection_paused": (
        lambda: of_state(
            Connect,
            {**PRIMARY, "tc.enabled": "false"},
            more={"labels": {"FSM": {"fsm-pause": ["since=2026-03-01", "reason=Migration"]}}},
        ),
        "paused since 2026-03-01 (Migration).",
    ),
    "audience_of_other_environment": (of_audience, "is also the one of qa (host de.fsm.cloud.sap, account 9)"),
    "labels_not_available": (
        lambda: of_state(Repopulate, PRIMARY, more={"without_labels": {"FSM": "403 No."}}),
        "403 No.",
    ),
    "certificate_missing": (
        lambda: of_state(Check, more={"slots": slots()}),
        "no trust certificate",
    ),
    "certificate_expired": (lambda: of_certificate(expired=True, days_left=-1), "2028-01-01"),
    "certificate_not_yet_valid": (lambda: of_certificate(not_yet_valid=True), "2026-01-01"),
    "certificate_expires": (lambda: of_certificate(days_left=29), "29 days"),
    "certificate_unreadable": (lambda: of_certificate(unreadable="bad version"), "bad version"),
    "certificate_not_uploaded": (of_upload, "/files/dev.pem"),
    "adoption_primary_missing": (of_adoption, "The subaccount"),
    "adoption_several": (lambda: of_adoption(PRIMARY, {**PRIMARY, "Name": "OLD"}), "OLD (host de.fsm"),
    "adoption_not_found": (lambda: of_adoption(PRIMARY, name="OLD"), "FSM (host de.fsm"),
    "adoption_foreign": (lambda: of_adoption({"Name": "M", "URL": "https://m.example"}, name="M"), "m.example"),
    "adoption_no_secondary": (lambda: of_adoption(PRIMARY), "FSM_PP"),
    "adoption_changes": (
        lambda: of_adoption({**PRIMARY, "TrustAll": "true"}),
        "TrustAll is removed",
    ),
    "adoption_look_alike": (lambda: of_adoption({**PRIMARY, "ClientId": "x"}), "ClientId"),
    "adoption_upload_undeclared": (lambda: upload_findings(CERTIFICATE, "/h/main.yml"), "/h/main.yml"),
    "adoption_export_unusable": (lambda: unusable_export(InputError("The file /f is no export.", "Export it.")), "/f"),
    "adoption_file_exists": (lambda: file_findings({"/f": "new"}, {"/f": b"old"}, [], False), "/f"),
    "adoption_file_hidden": (lambda: file_findings({}, {}, ["/f"], False), "/f"),
}


# Those of a rotation come from its decisions: test_fsm_rotation.py.
CHECKS = [finding for finding in CATALOG if not finding.startswith("rotation_")]


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("finding_id", CHECKS)
def test_finding_is_provoked(finding_id: str, request: pytest.FixtureRequest) -> None:
    provoke, fact = PROVOCATIONS[finding_id]
    needed = [
        one.name
        for one in inspect.signature(provoke).parameters.values()
        if one.kind is one.POSITIONAL_OR_KEYWORD and one.default is one.empty
    ]
    found = provoke(*map(request.getfixturevalue, needed))
    reported = [finding for finding in found if finding["id"] == finding_id]
    assert reported
    assert fact in reported[0]["text"]
    assert reported[0]["severity"] == CATALOG[finding_id].severity
    assert reported[0]["text"].splitlines()[0] == f"{reported[0]['problem'].splitlines()[0]} [{finding_id}]"
    if not CATALOG[finding_id].brief:
        assert reported[0]["text"].endswith(f"{reported[0]['impact']}\n{reported[0]['remedy']}")


def test_no_provocation_of_what_is_not_catalogued() -> None:
    assert set(PROVOCATIONS) == set(CHECKS)


@pytest.mark.parametrize("finding_id", list(CATALOG))
def test_finding_is_complete(finding_id: str) -> None:
    finding = CATALOG[finding_id]
    assert finding.severity in (ERROR, WARNING)
    for text in (finding.problem, finding.impact, finding.remedy):
        assert text.strip()
        # One that is reported in a line is no sentence.
        if finding.brief and text == finding.problem:
            continue
        assert text in ("{rule}", "{error}", "{remedy}") or text.endswith((".", ": {error}", ": {message}", "={name}"))


def test_what_is_not_known_to_be_harmless_stops_a_run() -> None:
    """Also what became unreadable because a secret is a part of the word."""
    warning, error, masked = {"severity": WARNING}, {"severity": ERROR}, {"severity": "********ror"}
    assert errors_among([warning, error, masked]) == [error, masked]
    assert errors_among([warning]) == []


def test_braces_in_a_fact_stay() -> None:
    assert "'{cluster}'" in finding("input_pattern", variable="v", value="{cluster}", rule="r")["text"]


def test_severity_can_differ_from_the_usual_one() -> None:
    assert finding("certificate_missing", ERROR)["severity"] == ERROR
    assert finding("certificate_missing")["severity"] == WARNING
