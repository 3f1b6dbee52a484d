# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens that the simulated Destination Service fetches, for each authentication type."""

from __future__ import annotations

import asyncio
import typing as t
from types import SimpleNamespace
from urllib.parse import parse_qsl

import httpx
import jwt
import pytest
from starlette.datastructures import Headers

from landscape.assumptions import Assumptions
from landscape.destination_service.token_cache import TokenCache
from landscape.destination_service.token_retrieval import TOKEN_EXCHANGE, auth_tokens
from landscape.platform.clock import Clock
from landscape.platform.saml import GRANT_TYPE

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from landscape.subaccount.tenants import Subaccount
    from landscape.subaccount.users import User
    from unit.landscape.conftest import Http

FIND = "/destinations/app"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
CLIENT = {"client_id": "client", "client_secret": "secret"}
Token = dict[str, t.Any]
Find = t.Callable[..., Token]
LogOn = t.Callable[[dict[str, str], "User"], dict[str, t.Any]]


@pytest.fixture
def find(service: Http, environment: Environment) -> Find:
    """Return the one token of a destination whose token service is XSUAA, found with these headers."""
    client = environment.application.credentials()

    def find(authentication: str, headers: dict[str, str] | None = None, **change: str) -> Token:
        environment.subaccount.destinations["app"] = {
            "Type": "HTTP",
            "URL": "https://service.example",
            "Authentication": authentication,
            "clientId": client["clientid"],
            "clientSecret": client["clientsecret"],
            "tokenServiceURL": f"{client['url']}/oauth/token",
            **change,
        }
        answer = service("GET", FIND, headers=headers)
        assert answer.status_code == 200
        assert answer.json() == {
            **service("GET", f"{FIND}@subaccount", headers=headers, api="/v2").json(),
            "owner": {"SubaccountId": environment.subaccount.id, "InstanceId": None},
            "authTokens": answer.json()["authTokens"],
        }
        [token] = answer.json()["authTokens"]
        assert bool(token["value"]) != ("error" in token)
        return t.cast("Token", token)

    return find


def claims_of(token: Token) -> dict[str, t.Any]:
    assert "error" not in token
    claims: dict[str, t.Any] = jwt.decode(token["value"], options={"verify_signature": False})
    return claims


def test_client_credentials(find: Find, environment: Environment) -> None:
    for change in ({}, {"tokenService.addClientCredentialsInBody": "false"}):
        assert claims_of(find("OAuth2ClientCredentials", **change))["zid"] == environment.subaccount.id


def common(subaccount: Subaccount) -> t.Iterator[dict[str, str]]:
    """Return both forms of a token service's URL for all tenants."""
    for prefix in ("", "{tenant}."):
        url = f"https://{prefix}{subaccount.region.uaa_domain}/oauth/token"
        yield {"tokenServiceURLType": "Common", "tokenServiceURL": url}


def test_tenant_of_a_technical_user_is_the_one_in_the_header(
    find: Find, landscape: Landscape, environment: Environment
) -> None:
    subscriber = landscape.add_subscriber(environment)
    for change in common(environment.subaccount):
        token = find("OAuth2ClientCredentials", {"X-tenant": subscriber.subdomain}, **change)
        assert claims_of(token)["zid"] == subscriber.id
        assert "X-tenant is mandatory" in find("OAuth2ClientCredentials", **change)["error"]
    for change in ({"tokenServiceURLType": "Dedicated"}, {}):
        refused = find("OAuth2ClientCredentials", {"X-tenant": subscriber.subdomain}, **change)
        assert "X-tenant is forbidden" in refused["error"]


@pytest.mark.parametrize("authentication", ["OAuth2JWTBearer", "OAuth2UserTokenExchange"])
def test_users_token_is_exchanged(
    find: Find, landscape: Landscape, environment: Environment, log_on: LogOn, user_token: str, authentication: str
) -> None:
    subscriber = landscape.add_subscriber(environment)
    user = landscape.add_user(environment, subaccount=subscriber)
    client = {**environment.application.credentials(), "url": subscriber.uaa_url}
    foreign = log_on(client, user)["access_token"]
    token = claims_of(find(authentication, {"X-user-token": user_token}))
    assert token["user_name"] == environment.users[0].user_name
    for change in common(environment.subaccount):
        # The user's token names the tenant, whatever that of the access token is.
        token = claims_of(find(authentication, {"X-user-token": foreign}, **change))
        assert (token["zid"], token["user_name"]) == (subscriber.id, user.user_name)
    assert "another tenant" in find(authentication, {"X-user-token": foreign})["error"]
    assert "X-user-token is missing" in find(authentication, {"X-tenant": subscriber.subdomain})["error"]


def test_password(find: Find, environment: Environment) -> None:
    user = environment.users[0]
    good = {"User": user.user_name, "Password": user.password}
    for change in ({}, *common(environment.subaccount)):
        # The header is for OAuth2ClientCredentials: other types do not take it into account.
        token = find("OAuth2Password", {"X-tenant": "elsewhere"}, **good, **change)
        assert claims_of(token)["user_name"] == user.user_name
        assert token["refresh_token"]
    refused = find("OAuth2Password", **{**good, "Password": "wrong"})["error"]
    assert "400: invalid_grant - Bad credentials" in refused


def test_refresh_token(find: Find, environment: Environment, log_on: LogOn) -> None:
    user = environment.users[0]
    given = log_on(environment.application.credentials(), user)["refresh_token"]
    token = find("OAuth2RefreshToken", {"X-refresh-token": given})
    assert claims_of(token)["user_name"] == user.user_name
    assert token["refresh_token"]
    assert "invalid_grant" in find("OAuth2RefreshToken", {"X-refresh-token": "wrong"})["error"]


@pytest.mark.parametrize(
    "authentication, headers, missing",
    [
        ("OAuth2RefreshToken", {}, "X-refresh-token"),
        ("OAuth2RefreshToken", {"X-refresh-token": ""}, "X-refresh-token"),
        ("OAuth2AuthorizationCode", {}, "X-code"),
        ("OAuth2TokenExchange", {}, "X-subject-token"),
        ("OAuth2TokenExchange", {"X-subject-token": "x"}, "X-subject-token-type"),
    ],
)
def test_mandatory_headers(find: Find, authentication: str, headers: dict[str, str], missing: str) -> None:
    assert find(authentication, headers)["error"] == f"Header {missing} is mandatory for {authentication}"


@pytest.mark.parametrize(
    "authentication, headers",
    [
        ("OAuth2AuthorizationCode", {"X-code": "x"}),
        ("OAuth2TokenExchange", {"X-subject-token": "x", "X-subject-token-type": ACCESS_TOKEN}),
    ],
)
def test_grants_that_xsuaa_does_not_know(find: Find, authentication: str, headers: dict[str, str]) -> None:
    assert "400: unsupported_grant_type" in find(authentication, headers)["error"]


@pytest.mark.parametrize(
    "authentication", ["SAMLAssertion", "SAPAssertionSSO", "OAuth2TechnicalUserPropagation", "Unheard of"]
)
def test_types_that_are_not_simulated(find: Find, authentication: str) -> None:
    assert find(authentication)["error"] == f"Not simulated: tokens of the authentication type {authentication}"


@pytest.mark.parametrize(
    "authentication", ["", "NoAuthentication", "ClientCertificateAuthentication", "PrincipalPropagation"]
)
def test_types_without_token(service: Http, environment: Environment, authentication: str) -> None:
    environment.subaccount.destinations["app"] = {"Type": "HTTP", "Authentication": authentication}
    assert "authTokens" not in service("GET", FIND).json()


@pytest.mark.parametrize(
    "change, headers, reason",
    [
        ({"tokenService.KeyStoreLocation": "client.p12"}, {}, "Not simulated: property tokenService.KeyStoreLocation"),
        ({"SystemUser": "technical"}, {}, "Not simulated: property SystemUser"),
        ({"clientAssertion.destinationName": "absent"}, {}, "There is no destination absent"),
        ({}, {"X-client-assertion-destination-name": "other"}, "Not simulated: assertions of destination other"),
        ({"SAMLAssertionProvider": "absent"}, {}, "There is no destination absent"),
        ({"SAMLAssertionProvider": "other"}, {}, "Not simulated: assertions of destination other"),
        ({"SAMLAssertionProvider": "ClientProvided"}, {}, "Header X-samlAssertion is mandatory"),
        ({"tokenServiceURL": "https://[", "tokenServiceURLType": "Common"}, {}, "tokenServiceURL is malformed"),
    ],
)
def test_nothing_fails_silently(
    find: Find,
    environment: Environment,
    user_token: str,
    change: dict[str, str],
    headers: dict[str, str],
    reason: str,
) -> None:
    environment.subaccount.destinations["other"] = {"Type": "HTTP", "URL": "https://service.example"}
    assert reason in find("OAuth2SAMLBearerAssertion", {"X-user-token": user_token, **headers}, **change)["error"]


def sent(headers: dict[str, str], **configuration: str) -> tuple[dict[str, str], str | None]:
    """Return the form, and the Authorization header, that a token service would be sent."""
    requests: list[httpx.Request] = []

    def issue(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={"access_token": "issued"})

    async def retrieve() -> list[Token]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(issue)) as outbound:
            subaccount = SimpleNamespace(id="tenant", subdomain="tenant")
            call = SimpleNamespace(
                request=SimpleNamespace(headers=Headers(headers)),
                outbound=outbound,
                caller=SimpleNamespace(subaccount=subaccount, assumptions=Assumptions({"token_cache": "none"})),
                tokens=TokenCache(Clock()),
            )
            return await auth_tokens(t.cast("t.Any", call), configuration)

    [token] = asyncio.run(retrieve())
    assert token["http_header"]["value"] == "Bearer issued"
    [request] = requests
    return dict(parse_qsl(request.content.decode())), request.headers.get("authorization")


@pytest.mark.parametrize(
    "authentication, headers, form",
    [
        (
            "OAuth2AuthorizationCode",
            {"X-code": "c", "X-redirect-uri": "https%3A%2F%2Fapp.example%2Fback", "X-code-verifier": "v"},
            {
                "grant_type": "authorization_code",
                "code": "c",
                "redirect_uri": "https://app.example/back",
                "code_verifier": "v",
            },
        ),
        ("OAuth2AuthorizationCode", {"X-code": "c"}, {"grant_type": "authorization_code", "code": "c"}),
        (
            "OAuth2TokenExchange",
            {
                "X-subject-token": "s",
                "X-subject-token-type": ACCESS_TOKEN,
                "X-actor-token": "a",
                "X-actor-token-type": ACCESS_TOKEN,
            },
            {
                "grant_type": TOKEN_EXCHANGE,
                "subject_token": "s",
                "subject_token_type": ACCESS_TOKEN,
                "actor_token": "a",
                "actor_token_type": ACCESS_TOKEN,
            },
        ),
        (
            "OAuth2TokenExchange",
            {"X-subject-token": "s", "X-subject-token-type": ACCESS_TOKEN},
            {"grant_type": TOKEN_EXCHANGE, "subject_token": "s", "subject_token_type": ACCESS_TOKEN},
        ),
        (
            "OAuth2RefreshToken",
            {"X-refresh-token": "r"},
            {"grant_type": "refresh_token", "refresh_token": "r"},
        ),
    ],
)
def test_headers_become_parameters(authentication: str, headers: dict[str, str], form: dict[str, str]) -> None:
    destination = {
        "Authentication": authentication,
        "clientId": "client",
        "clientSecret": "secret",
        "tokenServiceURL": "https://tokens.example/token",
        "scope": "read",
    }
    assert sent(headers, **destination) == ({**form, **CLIENT, "scope": "read"}, None)


def test_client_authenticates_as_the_destination_says() -> None:
    destination = {
        "Authentication": "OAuth2ClientCredentials",
        "clientId": "client",
        "clientSecret": "secret",
        "tokenServiceURL": "https://tokens.example/token",
    }
    grant = {"grant_type": "client_credentials"}
    client, user = "Basic Y2xpZW50OnNlY3JldA==", "Basic dXNlcjpwYXNzd29yZA=="
    with_user = {**destination, "tokenServiceUser": "user", "tokenServicePassword": "password"}
    in_header = {"tokenService.addClientCredentialsInBody": "false"}
    assert sent({}, **destination) == ({**grant, **CLIENT}, None)
    assert sent({}, **destination, **in_header) == (grant, client)
    assert sent({}, **with_user) == ({**grant, **CLIENT}, user)
    assert sent({}, **with_user, **in_header) == (grant, user)
    assertion = {"X-client-assertion": "jwt", "X-client-assertion-type": "urn:type"}
    expected = {"client_id": "client", "client_assertion": "jwt", "client_assertion_type": "urn:type"}
    assert sent(assertion, **destination) == ({**grant, **expected}, None)


def test_assertion_of_the_caller_is_passed_on() -> None:
    form, _unused = sent(
        {"X-samlAssertion": "of-the-caller"},
        Authentication="OAuth2SAMLBearerAssertion",
        SAMLAssertionProvider="ClientProvided",
        clientKey="key",
        tokenServiceURL="https://tokens.example/token",
    )
    assert form == {"grant_type": GRANT_TYPE, "assertion": "of-the-caller", "client_id": "key"}


def test_secondary_needs_a_user(service: Http, environment: Environment, secondary: dict[str, str]) -> None:
    environment.subaccount.destinations["app"] = secondary
    [token] = service("GET", FIND).json()["authTokens"]
    assert "X-user-token is missing" in token["error"]
    [token] = service("GET", FIND, headers={"X-user-token": "x"}).json()["authTokens"]
    assert "not valid" in token["error"]
