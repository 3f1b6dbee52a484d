# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One landscape for all of these tests, over real HTTPS; each test takes an environment of its own in it."""

from __future__ import annotations

import typing as t

import pytest
import requests

from landscape import Environment, Landscape, Matching

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from landscape.subaccount.users import User

Http = t.Callable[..., requests.Response]


@pytest.fixture(scope="session")
def landscape(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landscape]:
    """The running landscape."""
    with Landscape(
        {"key_size": 2048, "x509_service_keys": False}, directory=tmp_path_factory.mktemp("landscape")
    ) as running:
        yield running


@pytest.fixture
def assumptions() -> dict[str, str]:
    """The alternatives of assumptions that hold in the test's environment; tests give other ones as parameters."""
    return {}


@pytest.fixture
def environment(landscape: Landscape, assumptions: dict[str, str]) -> Environment:
    """An environment that no other test knows."""
    return landscape.add_environment({"assumptions": assumptions})


@pytest.fixture
def no_faults(landscape: Landscape) -> Iterator[None]:
    """Neither before the test nor after it is there a fault."""
    landscape.faults.clear()
    yield
    landscape.faults.clear()


@pytest.fixture
def reads(environment: Environment) -> Matching:
    """Reads of the test's environment in its Destination Service."""
    return Matching(method="GET", system="destination-service", environment=environment.name)


@pytest.fixture
def http(landscape: Landscape) -> Iterator[Http]:
    """Send one request through the landscape's proxy: ``http("GET", url, ...)``."""
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"https": landscape.proxy_url}
        session.verify = str(landscape.ca_file)

        def send(method: str, url: str, **options: t.Any) -> requests.Response:
            return session.request(method, url, timeout=30, allow_redirects=False, **options)

        yield send


@pytest.fixture
def fetch_token(http: Http) -> t.Callable[[dict[str, str]], str]:
    """Fetch an access token with a service key that has a secret."""

    def fetch(key: dict[str, str]) -> str:
        answer = http(
            "POST",
            f"{key['url']}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(key["clientid"], key["clientsecret"]),
        )
        assert answer.status_code == 200
        return str(answer.json()["access_token"])

    return fetch


@pytest.fixture
def service(http: Http, environment: Environment, fetch_token: t.Callable[[dict[str, str]], str]) -> Http:
    """Call the Destination Service for the test's environment: ``service("GET", "/subaccountDestinations")``.

    ``api="/v2"`` calls another API than version 1.
    """
    key = environment.inputs()["service_key"]
    token = fetch_token(key)

    def call(
        method: str, path: str, headers: t.Mapping[str, str] | None = None, *, api: str = "/v1", **options: t.Any
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}", **(headers or {})}
        return http(method, f"{key['uri']}/destination-configuration{api}{path}", headers=headers, **options)

    return call


@pytest.fixture
def primary(environment: Environment) -> dict[str, str]:
    """A destination whose token the environment's FSM grants."""
    fsm = environment.inputs()["fsm"]
    return {
        "Name": "FSM",
        "Type": "HTTP",
        "URL": fsm["url"],
        "ProxyType": "Internet",
        "Authentication": "OAuth2ClientCredentials",
        "clientId": fsm["client_id"],
        "clientSecret": fsm["client_secret"],
        "tokenServiceURLType": "Dedicated",
        "tokenServiceURL": "https://de.fsm.cloud.sap/api/oauth2/v2/token",
        "tokenServiceUser": fsm["client_id"],
        "tokenServicePassword": fsm["client_secret"],
    }


@pytest.fixture
def secondary(environment: Environment, primary: dict[str, str]) -> dict[str, str]:
    """The destination that propagates users to the environment's FSM, whose trust certificate FSM knows."""
    environment.fsm_account.upload(environment.subaccount.trust.replace().pem)
    kept = ("Type", "URL", "ProxyType", "tokenServiceURLType", "tokenServiceURL", "tokenServiceUser")
    return {
        **{key: primary[key] for key in (*kept, "tokenServicePassword")},
        "Name": "FSM_PP",
        "Authentication": "OAuth2SAMLBearerAssertion",
        "audience": environment.inputs()["fsm"]["audience"],
        "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PreviousSession",
        "clientKey": primary["clientId"],
        "userIdSource": "email",
    }


@pytest.fixture
def log_on(http: Http) -> t.Callable[[dict[str, str], User], dict[str, t.Any]]:
    """Log a user on: the answer of XSUAA to a client with these credentials."""

    def log_on(client: dict[str, str], user: User) -> dict[str, t.Any]:
        form = {"grant_type": "password", "username": user.user_name, "password": user.password}
        answer = http(
            "POST", f"{client['url']}/oauth/token", data=form, auth=(client["clientid"], client["clientsecret"])
        )
        assert answer.status_code == 200, answer.text
        content: dict[str, t.Any] = answer.json()
        return content

    return log_on


@pytest.fixture
def user_token(environment: Environment, log_on: t.Callable[[dict[str, str], User], dict[str, t.Any]]) -> str:
    """The token of the environment's first user, logged on to the application."""
    return str(log_on(environment.application.credentials(), environment.users[0])["access_token"])
