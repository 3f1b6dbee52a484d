# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the application to FSM, as a technical user and as a user: with SAP's Python client for both ways."""

from __future__ import annotations

import base64
import typing as t
from datetime import timedelta

import pytest
from asn1crypto import pem
from asn1crypto import x509 as asn1
from lxml import etree
from sap_cloud_sdk.destination import (
    ConsumptionLevel,
    ConsumptionOptions,
    Destination,
    DestinationClient,
    DestinationHttpClient,
    DestinationOperationError,
)

from landscape import UserConfig
from landscape.destination_service import saml_bearer
from landscape.subaccount.trust import TrustCertificate

if t.TYPE_CHECKING:
    import requests

    from landscape import Environment, Landscape
    from landscape.subaccount.users import User
    from unit.landscape.conftest import Http

LogOn = t.Callable[[dict[str, str], "User"], dict[str, t.Any]]
TASKS = "/simulated/tasks"
HEADERS = ("X-Account-ID", "X-Company-ID", "X-Client-ID", "X-Client-Version")
APPROVE = {"decision": "APPROVE"}
METADATA = "/saml2Metadata"


@pytest.fixture(autouse=True)
def connected(environment: Environment, primary: dict[str, str], secondary: dict[str, str]) -> Environment:
    """The environment, with both destinations as the administration guide has them."""
    values = (environment.fsm_account.id, environment.fsm_client.company_id, "sap-task-center", "1.0")
    headers = {f"URL.headers.{name}": value for name, value in zip(HEADERS, values, strict=True)}
    environment.subaccount.destinations.update({"FSM": {**primary, **headers}, "FSM_PP": {**secondary, **headers}})
    return environment


class Application:
    """An application that finds destinations and calls what is behind them, with SAP's client."""

    def __init__(self, client: DestinationClient, credentials: dict[str, str], log_on: LogOn) -> None:
        self.client = client
        self.credentials = credentials
        self.log_on = log_on

    def find(self, name: str, user: User | None = None) -> Destination:
        """Return a destination, with a token for this user, or for the technical user."""
        token = self.log_on(self.credentials, user)["access_token"] if user else None
        options = ConsumptionOptions(user_token=token)
        found = self.client.get_destination(name, ConsumptionLevel.SUBACCOUNT, options)
        assert isinstance(found, Destination)
        return found

    def call(self, destination: Destination, method: str, path: str, content: t.Any = None) -> requests.Response:
        """Call what a destination leads to."""
        with DestinationHttpClient(destination) as client:
            return client.request(method, path, json=content, timeout=30)

    def tasks(self, user: User) -> list[str]:
        """Return the IDs of the tasks that FSM shows this user."""
        answer = self.call(self.find("FSM_PP", user), "GET", TASKS)
        assert answer.status_code == 200, answer.text
        return [task["id"] for task in answer.json()]


@pytest.fixture
def application(destinations: DestinationClient, connected: Environment, log_on: LogOn) -> Application:
    """The application that is bound to the environment's services."""
    return Application(destinations, connected.application.credentials(), log_on)


def test_technical_user_reads_the_companys_tasks(
    application: Application, landscape: Landscape, connected: Environment
) -> None:
    tasks = [landscape.add_task(connected, user) for user in connected.users]
    found = application.find("FSM")
    assert [task["id"] for task in application.call(found, "GET", TASKS).json()] == [task.id for task in tasks]
    # A decision is a user's.
    assert application.call(found, "POST", f"{TASKS}/{tasks[0].id}/decision", APPROVE).status_code == 403
    # The token is valid no longer than FSM says.
    landscape.clock.advance(landscape.config.token_lifetime)
    assert application.call(found, "GET", TASKS).status_code == 401
    landscape.clock.advance(-landscape.config.token_lifetime)


@pytest.mark.parametrize("header", HEADERS)
def test_fsm_demands_four_headers(application: Application, connected: Environment, header: str) -> None:
    destinations = connected.subaccount.destinations
    key = f"URL.headers.{header}"
    complete = destinations["FSM"]
    destinations["FSM"] = {name: value for name, value in complete.items() if name != key}
    answer = application.call(application.find("FSM"), "GET", TASKS)
    assert (answer.status_code, header in answer.text) == (400, True)
    if header in ("X-Account-ID", "X-Company-ID"):
        destinations["FSM"] = {**complete, key: "1"}
        assert application.call(application.find("FSM"), "GET", TASKS).status_code == 403


def test_users_decide_their_own_tasks(application: Application, landscape: Landscape, connected: Environment) -> None:
    user, colleague = connected.users
    tasks = [landscape.add_task(connected, assignee) for assignee in (user, colleague)]
    assert [application.tasks(person) for person in (user, colleague)] == [[task.id] for task in tasks]
    decision = f"{TASKS}/{tasks[0].id}/decision"
    assert application.call(application.find("FSM_PP", colleague), "POST", decision, APPROVE).status_code == 404
    assert application.call(application.find("FSM_PP", user), "POST", decision, APPROVE).status_code == 200
    assert (tasks[0].decision, tasks[0].decided_by) == ("APPROVED", user.email)
    assert tasks[1].decision is None


@pytest.fixture
def decide(
    landscape: Landscape, connected: Environment, http: Http, log_on: LogOn
) -> t.Callable[[], tuple[int, str | None]]:
    """Let the first user decide a new task in Task Center's inbox: the answer's status, and what FSM knows of it."""
    destinations, key = connected.subaccount.destinations, connected.task_center.service_key()
    destinations["FSM"] = {**destinations["FSM"], "tc.enabled": "true", "tc.provider_type": "FSM"}

    def decide() -> tuple[int, str | None]:
        task = landscape.add_task(connected, connected.users[0])
        landscape.task_center.tick(connected.name)
        connector = landscape.task_center.connectors(connected.name)["FSM"]
        headers = {"Authorization": f"Bearer {log_on(key['uaa'], connected.users[0])['access_token']}"}
        url = f"{key['endpoints']['inbox_rest_url']}/simulated/tasks/{connector.id}/{task.id}/decision"
        return http("POST", url, json=APPROVE, headers=headers).status_code, task.decision

    return decide


def test_task_center_decides_through_the_secondary_of_the_same_name(
    connected: Environment, decide: t.Callable[[], tuple[int, str | None]]
) -> None:
    destinations = connected.subaccount.destinations
    sound = destinations.pop("FSM_PP")
    # It comes first: in the order of creation, and of the alphabet.
    destinations["A_PP"] = {**sound, "audience": "https://elsewhere.example"}
    destinations["FSM_PP"] = sound
    assert decide() == (204, "APPROVED")
    destinations.update({"A_PP": sound, "FSM_PP": {**sound, "audience": "https://elsewhere.example"}})
    assert decide() == (502, None)
    del destinations["FSM_PP"]
    assert decide() == (502, None)


def refusal(application: Application, user: User) -> str:
    with pytest.raises(DestinationOperationError, match="auth token retrieval failed") as refused:
        application.find("FSM_PP", user)
    return str(refused.value)


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"audience": "https://de.fsm.cloud.sap/elsewhere"}, "meant for audience"),
        # The same address, but not the same text.
        ({"tokenServiceURL": "https://de.fsm.cloud.sap/api/oauth2/v2/token?"}, "meant for recipient"),
        ({"userIdSource": "user_name"}, "There is no user"),
        ({"nameIdFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"}, "not an e-mail address"),
        ({"tokenServicePassword": "wrong"}, "401"),
    ],
)
def test_fsm_refuses_and_says_why(
    application: Application, connected: Environment, change: dict[str, str], reason: str
) -> None:
    destinations = connected.subaccount.destinations
    destinations["FSM_PP"] = {**destinations["FSM_PP"], **change}
    assert reason in refusal(application, connected.users[0])


@pytest.mark.parametrize("longer", ["/", "/elsewhere", "x"])
def test_audience_that_only_begins_with_fsms(application: Application, connected: Environment, longer: str) -> None:
    destinations = connected.subaccount.destinations
    secondary = destinations["FSM_PP"]
    destinations["FSM_PP"] = {**secondary, "audience": secondary["audience"] + longer}
    assert "meant for audience" in refusal(application, connected.users[0])


@pytest.mark.parametrize(
    "name, shift, reason", [("LIFETIME", -1, "has expired"), ("TOLERANCE", -60, "not valid before")]
)
def test_assertion_outside_its_time(
    application: Application,
    connected: Environment,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    shift: int,
    reason: str,
) -> None:
    monkeypatch.setattr(saml_bearer, name, timedelta(seconds=shift))
    assert reason in refusal(application, connected.users[0])


def test_user_unknown_to_fsm(application: Application, landscape: Landscape, connected: Environment) -> None:
    stranger = landscape.add_user(connected, UserConfig(in_fsm=False))
    assert "There is no user" in refusal(application, stranger)


def test_user_of_another_tenant(application: Application, landscape: Landscape, connected: Environment) -> None:
    other = landscape.add_environment({"users": [{"email": connected.users[0].email}]})
    foreign = Application(application.client, other.application.credentials(), application.log_on)
    assert "another tenant" in refusal(foreign, other.users[0])


def test_certificates_that_fsm_does_not_accept(application: Application, connected: Environment) -> None:
    user, trust, account = connected.users[0], connected.subaccount.trust, connected.fsm_account
    trusted = trust.active
    assert trusted is not None
    stranger = trust.replace()
    assert "not trusted" in refusal(application, user)
    # Somebody who has FSM's copy of the certificate does not have its key.
    trust.active = TrustCertificate(trusted.der, stranger.private_key)
    assert "signature of the assertion is not valid" in refusal(application, user)
    account.upload(trust.replace(expires_in_days=-1).pem)
    assert "not valid at this time" in refusal(application, user)
    trust.active = trusted
    assert application.tasks(user) == []


def test_certificate_that_another_account_trusts(
    application: Application, landscape: Landscape, connected: Environment
) -> None:
    other = landscape.add_environment({})
    assert other.fsm_account.cluster == connected.fsm_account.cluster
    other.fsm_account.upload(connected.subaccount.trust.replace().pem)
    assert f"not trusted by account {connected.fsm_account.id}" in refusal(application, connected.users[0])


def test_serial_numbers_are_of_both_signs(service: Http) -> None:
    """Real ones are negative in about half of all cases: a parser that refuses them has to be met in tests."""
    signs = set()
    for _unused in range(30):
        text = service("POST", f"{METADATA}/certificate/passive").json()["certificate"]
        certificate = asn1.Certificate.load(pem.unarmor(text.encode())[2])
        signs.add(certificate.serial_number < 0)
        if len(signs) == 2:
            return
    pytest.fail("30 certificates have serial numbers of one sign")


def certificates_in_metadata(service: Http) -> list[str]:
    document = base64.b64decode(service("GET", METADATA).json()["idpMetadata"])
    found = etree.fromstring(document).iterfind(".//{*}IDPSSODescriptor//{*}X509Certificate")
    return [f"-----BEGIN CERTIFICATE-----\n{element.text}\n-----END CERTIFICATE-----\n" for element in found]


# A token that was kept says nothing of the key that signs now.
@pytest.mark.parametrize("assumptions", [{"token_cache": "none"}], ids=["no kept tokens"])
def test_rotation_without_downtime(application: Application, connected: Environment, service: Http) -> None:
    user, account = connected.users[0], connected.fsm_account
    [old] = account.certificates
    assert application.tasks(user) == []
    assert service("POST", f"{METADATA}/certificate/passive").status_code == 200
    # The new key pair signs nothing yet: FSM still knows the old certificate alone.
    assert application.tasks(user) == []
    for text in certificates_in_metadata(service):
        account.upload(text)
    assert len(account.certificates) == 2
    new = account.certificates[1]
    rotated = service("POST", f"{METADATA}/rotateCertificate")
    assert rotated.status_code == 200
    assert set(rotated.json()) == {"activeCertificate", "passiveCertificate"}
    assert account.upload(rotated.json()["activeCertificate"]) == new
    assert account.upload(rotated.json()["passiveCertificate"]) == old
    account.remove(old.fingerprint)
    assert application.tasks(user) == []
    assert service("DELETE", f"{METADATA}/certificate/passive").status_code == 200
    assert application.tasks(user) == []
    assert account.upload(service("GET", f"{METADATA}/certificate").json()["certificate"]) == new
    assert service("GET", f"{METADATA}/certificate/passive").status_code == 404


def test_renewal_in_place_needs_an_upload(application: Application, connected: Environment, service: Http) -> None:
    user = connected.users[0]
    renewed = service("POST", f"{METADATA}/certificate").json()["certificate"]
    assert "not trusted" in refusal(application, user)
    connected.fsm_account.upload(renewed)
    assert application.tasks(user) == []


def test_subscribers_users_are_vouched_for_with_the_subscribers_key(
    destinations: DestinationClient, landscape: Landscape, connected: Environment, subscriber: t.Any, log_on: LogOn
) -> None:
    # Nothing replaces the provider.
    subscriber.destinations["FSM_PP"] = connected.subaccount.destinations.pop("FSM_PP")
    for certificate in connected.fsm_account.certificates:
        connected.fsm_account.remove(certificate.fingerprint)
    connected.fsm_account.upload(subscriber.trust.replace().pem)
    user = landscape.add_user(connected, subaccount=subscriber)
    credentials = {**connected.application.credentials(), "url": subscriber.uaa_url}
    token = log_on(credentials, user)["access_token"]
    found = destinations.get_destination(
        "FSM_PP", ConsumptionLevel.SUBACCOUNT, ConsumptionOptions(user_token=token), tenant=subscriber.subdomain
    )
    assert isinstance(found, Destination)
    with DestinationHttpClient(found) as client:
        assert client.request("GET", TASKS, timeout=30).json() == []
