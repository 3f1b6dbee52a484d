# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a connection needs, verified instead of assumed: in one run over environments with another fault in each."""

from __future__ import annotations

import dataclasses
import json
import typing as t
from datetime import timedelta

import pytest

from landscape.faults import Matching, Status
from landscape.made_by_hand import expected_pair
from landscape.subaccount.trust import self_signed
from prepared import Case, mail_server, missed
from prepared import connected as connect

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator, Variables

SETUP = "Identity_Authentication_Connectivity_IDS"
GLOBAL_SETTINGS = "Task_Center_global_settings"


class Prepared:
    """Environments, each with what is to be found in it."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.cases: dict[str, Case] = {}

    def add(
        self,
        name: str,
        reported: str,
        *words: str,
        config: Variables | None = None,
        connected: bool = False,
        **changes: t.Any,
    ) -> Environment:
        """Add an environment without a fault, apart from changed variables.

        Args:
            name: of its host in the inventory.
            reported: IDs of the findings, with blanks between them.
            words: that they have to hold.
            config: the landscape's configuration of it.
            connected: whether both destinations exist already.
            changes: variables of the role.
        """
        environment = connect(self.operator, config)
        if not connected:
            for destination in ("FSM", "FSM_PP"):
                del environment.subaccount.destinations[destination]
        self.cases[name] = Case(
            environment, self.operator.variables(environment, **changes), set(reported.split()), words
        )
        return environment

    def share(self, name: str, with_: str, reported: str, *words: str, **changes: t.Any) -> None:
        """Add a host whose environment is the one of another host."""
        other = self.cases[with_]
        self.cases[name] = Case(other.environment, {**other.variables, **changes}, set(reported.split()), words)

    def answers(self, environment: Environment, path: str, body: str) -> None:
        """Let FSM answer this to the operator."""
        matching = Matching(system="fsm", environment=environment.name, path=path, origin="client")
        self.operator.landscape.faults.add(Status(200, body=body), matching)


def primary_of(environment: Environment, name: str, **changes: str) -> dict[str, str]:
    """Return one more primary destination to the FSM system of an environment."""
    primary, _secondary = expected_pair(environment)
    return {**primary, "Name": name, **changes}


def errors(prepared: Prepared) -> None:
    """Add environments in which one prerequisite fails each."""
    operator, add = prepared.operator, prepared.add
    _of_the_client(prepared)
    add("setup", "initial_setup_missing", SETUP, "initial setup", config={"initial_setup": False})
    environment = add(
        "misspelt", "initial_setup_missing initial_setup_name_typo", SETUP, config={"initial_setup": False}
    )
    environment.subaccount.destinations[SETUP.removesuffix("S")] = mail_server("misspelt")

    # Any name, either level, any spelling of the URL: FSM's older domain among them.
    environment = add("second", "second_primary", "OLD_FSM is a primary", "COPY is a primary", "every task twice")
    url = expected_pair(environment)[0]["URL"]
    for name, other in {
        "OLD_FSM": url.replace("https://de.", "https://DE.").replace(".sap/", ".sap:443/") + "/",
        "COPY": url.replace(".fsm.cloud.sap", ".coresuite.com"),
    }.items():
        changes = {"URL": other, "tc.enabled": "false", "Authentication": "NoAuthentication"}
        environment.subaccount.destinations[name] = primary_of(environment, name, **changes)
        environment.subaccount.destinations[f"{name}_PP"] = mail_server(f"{name}_PP")
    environment = add(
        "in-instance", "second_primary_in_instance", "ELSEWHERE of the service instance", "level instance"
    )
    environment.subaccount.instance_destinations["ELSEWHERE"] = primary_of(environment, "ELSEWHERE")
    environment = add("spelt", "name_differs_in_case", "destination fsm, whose name differs from FSM")
    environment.subaccount.destinations["fsm"] = mail_server("fsm")
    for name in ("FSM", "FSM_PP"):
        environment = add(f"shadow-{name}", "hidden_by_instance", f"a destination {name} of its own", "level instance")
        environment.subaccount.instance_destinations[name] = mail_server(name)
        environment = add(f"taken-{name}", "name_in_use", f"Destination {name} exists and leads to mail.example.com")
        environment.subaccount.destinations[name] = mail_server(name)
    environment = add("changes", "destination_changes_system", "company 4711) than the variables", connected=True)
    another = {"URL.headers.X-Company-ID": "4711", "clientId": "of-another-connection"}
    environment.subaccount.destinations["FSM"] |= another

    add("first-name", "second_primary_in_inventory", "second-name connects the same FSM system", "as OTHER_NAME")
    words = ("first-name connects the same FSM system", "as FSM;", "every task twice")
    prepared.share("second-name", "first-name", "second_primary_in_inventory", *words, fsm_name="OTHER_NAME")
    shared = ("name_shared_in_inventory", "writes destination FSM of the same subaccount as well")
    environment = add("first-system", *shared)
    account = environment.fsm_account
    account.companies["4711"] = "company-4711"
    prepared.share("second-system", "first-system", *shared, "different values of fsm_name", fsm_company_id="4711")

    _of_the_certificate(prepared)
    operator.secrets |= {"no-longer-valid-secret", "another-wrong-1"}
    add("credentials", "system_not_readable", "The token service", "401", "service key is current")
    wrong: Variables = {"fsm_client_secret": "another-wrong-1"}
    add("both", "system_not_readable client_refused", "The token service", "Neither destination", **wrong)
    for name in ("credentials", "both"):
        variables = prepared.cases[name].variables
        key = {**variables["fsm_destination_service_key"], "clientsecret": "no-longer-valid-secret"}
        variables["fsm_destination_service_key"] = key


def _of_the_client(prepared: Prepared) -> None:
    add, secrets = prepared.add, prepared.operator.secrets
    secrets.add("no-longer-valid-client")
    refused: Variables = {"fsm_client_secret": "no-longer-valid-client"}
    add("client", "client_refused", "401", "Neither destination would get a token", **refused)
    # FSM's answers may name account and companies; of those that do not, the accounts API names the companies.
    naming: Variables = {"assumptions": {"fsm_token_account": "named"}}
    reported = ("client_of_other_account", "fsm_account_id is 4711", "Use the client of this account")
    add("account", *reported, config=naming, fsm_account_id="4711")
    reported = ("client_of_other_company", "fsm_company_id is 4711", "in FSM Admin")
    add("company", *reported, config=naming, fsm_company_id="4711")
    environment = add("company-of-api", reported[0], "may work for 4711; fsm_company_id is", reported[2])
    prepared.answers(environment, "*/companies", '[{"id": 4711}]')
    environment = add(
        "cluster", "client_of_other_cluster", "on https://us.fsm.cloud.sap; fsm_url is on de.fsm.cloud.sap"
    )
    answer = {"access_token": "an-opaque-one", "expires_in": 60, "cluster_url": "https://us.fsm.cloud.sap"}
    prepared.answers(environment, "*/token", json.dumps(answer))
    url = "https://nowhere.fsm.cloud.sap/cloud-approval-service/api"
    unreachable = ("cannot be reached", "https://nowhere.fsm.cloud.sap/api/oauth2/v2/token")
    add("unreachable", "cluster_differs system_not_readable", *unreachable, fsm_url=url)

    missing = "https://de.fsm.cloud.sap/api/other/metadata"
    add("metadata", "metadata_unavailable", "404", "Copy the SAML metadata URL", fsm_audience=missing)
    environment = add("no-metadata", "metadata_unavailable", "is no SAML 2.0 metadata")
    path = f"*/{environment.fsm_account.saml_name}/metadata"
    portal = Matching(system="fsm", path=path)
    prepared.operator.landscape.faults.add(Status(200, body="<html>Please log on</html>"), portal)


def _of_the_certificate(prepared: Prepared) -> None:
    """Add environments whose trust certificate is not as it has to be, and one in which it is not uploaded."""
    reported = ("is not declared as uploaded to FSM", "FSM Admin portal")
    prepared.add("gate", "certificate_not_uploaded", *reported, fsm_uploaded_certificates=[])
    for name, days, finding, words in (
        ("expired", -1, "certificate_expired", ("has expired on", "Rotate")),
        ("expires", 20, "certificate_expires", ("expires in 19 days", "fsm_certificate_min_days")),
    ):
        environment = prepared.add(name, finding, *words)
        certificate = environment.subaccount.trust.replace("active", expires_in_days=days)
        prepared.cases[name].variables["fsm_uploaded_certificates"] = [certificate.fingerprint]
    environment = prepared.add("early", "certificate_not_yet_valid", "is valid from", "Wait until then")
    tomorrow = prepared.operator.landscape.clock.now() + timedelta(days=1)
    trust = environment.subaccount.trust
    trust.active = self_signed(trust.subject, 2048, tomorrow, tomorrow + timedelta(days=730))
    prepared.cases["early"].variables["fsm_uploaded_certificates"] = [trust.active.fingerprint]


def warnings(prepared: Prepared) -> None:
    """Add environments in which something is worth reporting, and nothing keeps from connecting them."""
    add = prepared.add
    add("fine", "")
    add("connected", "", connected=True)
    environment = add("optional", "initial_setup_name_typo", f"probably {GLOBAL_SETTINGS} misspelt")
    environment.subaccount.destinations["Task_Center_Global_Setting"] = mail_server("Task_Center_Global_Setting")
    environment = add(
        "no-secondary", "primary_without_secondary", "without its secondary destination FSM_PP", connected=True
    )
    del environment.subaccount.destinations["FSM_PP"]
    # Also of a pair that has nothing to do with this environment's.
    environment = add(
        "orphan", "secondary_without_primary primary_without_secondary", "destination OLD.", "destination OTHER_PP."
    )
    _primary, secondary = expected_pair(environment)
    environment.subaccount.destinations["OLD_PP"] = {**secondary, "Name": "OLD_PP"}
    other = primary_of(environment, "OTHER", **{"URL.headers.X-Company-ID": "4711"})
    environment.subaccount.destinations["OTHER"] = other
    environment = add(
        "unpolled", "primary_without_tc_enabled", "Destination OLD to the same FSM system has no tc.enabled"
    )
    unpolled = primary_of(environment, "OLD")
    del unpolled["tc.enabled"]
    environment.subaccount.destinations["OLD"] = unpolled
    environment = add("paused", "destination_paused", "tc.enabled false", connected=True)
    environment.subaccount.destinations["FSM"] |= {"tc.enabled": "false"}
    environment = add("mistyped", "destination_changes_system", "company 4711) than the variables", connected=True)
    for name in ("FSM", "FSM_PP"):
        environment.subaccount.destinations[name] |= {"URL.headers.X-Company-ID": "4711"}
    add("unknown-gate", "certificate_not_uploaded", fsm_uploaded_certificates=[], fsm_upload_gate="warn")
    # The same document under another spelling of its URL: SAP does not publish which of both FSM expects.
    environment = add("audience", "audience_differs")
    right = environment.fsm_account.saml_metadata_url
    prepared.cases["audience"].variables["fsm_audience"] = right.replace("/saml-", "/saml%2D")
    prepared.cases["audience"].words = (f"name {right} as their entity ID", "/saml%2D", f"fsm_audience to {right}.")
    add("log-on", "metadata_not_public", "401", "fsm_user_token", config={"assumptions": {"fsm_metadata": "private"}})
    add("entity-id", "audience_is_no_url", "fsm_audience is FSM_de_1", fsm_audience="FSM_de_1")
    environment = add(
        "assertion", "assertion_changes", "userIdSource $.email", "KeyStoreLocation own.p12", connected=True
    )
    own = {"userIdSource": "$.email", "KeyStoreLocation": "own.p12", "KeyStorePassword": "x"}
    environment.subaccount.destinations["FSM_PP"] |= own
    hidden = ("secrets_not_compared", "does not show clientSecret, tokenServicePassword of destination FSM,")
    add("hidden", *hidden, connected=True, config={"assumptions": {"destination_secrets": "left_out"}})
    environment = add("no-certificate", "certificate_missing", "no trust certificate yet")
    environment.subaccount.trust.active = None
    environment = add("unreadable", "certificate_unreadable", "openssl x509")
    certificate = environment.subaccount.trust.active
    assert certificate
    # A version that no library knows, in the place of the third one.
    der = certificate.der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020107"), 1)
    odd = dataclasses.replace(certificate, der=der)
    environment.subaccount.trust.active = odd
    prepared.cases["unreadable"].variables["fsm_uploaded_certificates"] = [odd.fingerprint]
    # The network forbids the request, as a variable says.
    skipped: Variables = {"fsm_check_metadata": False, "fsm_audience": "https://de.fsm.cloud.sap/api/unasked/metadata"}
    add("unasked", "", **skipped)


ERRORS = (
    "client_refused",
    "client_of_other_account",
    "client_of_other_company",
    "client_of_other_cluster",
    "metadata_unavailable",
    "name_differs_in_case",
    "system_not_readable",
    "initial_setup_missing",
    "second_primary",
    "second_primary_in_instance",
    "second_primary_in_inventory",
    "name_shared_in_inventory",
    "name_in_use",
    "hidden_by_instance",
    "certificate_expired",
    "certificate_not_yet_valid",
    "certificate_expires",
    "certificate_not_uploaded",
)
WARNINGS = (
    "audience_differs",
    "audience_is_no_url",
    "metadata_not_public",
    "assertion_changes",
    "secrets_not_compared",
    "cluster_differs",
    "initial_setup_name_typo",
    "destination_changes_system",
    "primary_without_tc_enabled",
    "secondary_without_primary",
    "primary_without_secondary",
    "destination_paused",
    "certificate_missing",
    "certificate_unreadable",
)


@pytest.mark.provokes(*ERRORS, *WARNINGS)
def test_a_check_reports_everything_at_once_and_changes_nothing(operator: Operator) -> None:
    prepared, harmless = Prepared(operator), Prepared(operator)
    errors(prepared)
    warnings(harmless)
    cases = {**prepared.cases, **harmless.cases}
    before = {name: case.state() for name, case in cases.items()}

    run = operator.play("check_fsm", {name: case.variables for name, case in cases.items()})

    assert run.code == 2
    assert missed(run, cases) == {}
    assert {name for name in cases if run.failed(name)} == set(prepared.cases)
    assert {name: case.state() for name, case in cases.items()} == before
    assert not any(run.changed(name) for name in cases)


@pytest.mark.provokes(*ERRORS)
def test_connecting_stops_at_the_same_before_anything_is_written(operator: Operator) -> None:
    prepared = Prepared(operator)
    errors(prepared)
    before = {name: case.state() for name, case in prepared.cases.items()}

    run = operator.play("connect_fsm", {name: case.variables for name, case in prepared.cases.items()})

    assert run.code == 2
    assert missed(run, prepared.cases) == {}
    assert {name: case.state() for name, case in prepared.cases.items()} == before
