# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens of the authentication types, fetched from XSUAA and FSM: through SAP's Python client alone."""

from __future__ import annotations

import typing as t

import jwt
import pytest
from sap_cloud_sdk.destination import (
    ConsumptionLevel,
    ConsumptionOptions,
    Destination,
    DestinationClient,
    DestinationOperationError,
)

from landscape.destination_service.saml_bearer import AssertionRequest, Subject, signed_assertion
from landscape.platform.saml import EMAIL_FORMAT

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from landscape.subaccount.users import User

LogOn = t.Callable[[dict[str, str], "User"], dict[str, t.Any]]
Consume = t.Callable[..., t.Any]


@pytest.fixture
def consume(destinations: DestinationClient, environment: Environment) -> Consume:
    """Return the token of a destination with these properties, consumed with these options of the client."""
    client = environment.application.credentials()

    def consume(properties: dict[str, str], **options: str) -> t.Any:
        environment.subaccount.destinations["app"] = {
            "Type": "HTTP",
            "URL": "https://service.example",
            "clientId": client["clientid"],
            "clientSecret": client["clientsecret"],
            "tokenServiceURL": f"{client['url']}/oauth/token",
            **properties,
        }
        found = destinations.get_destination("app", ConsumptionLevel.SUBACCOUNT, ConsumptionOptions(**options))
        assert isinstance(found, Destination)
        assert len(found.auth_tokens) == 1
        return found.auth_tokens[0]

    return consume


def claims_of(token: t.Any) -> dict[str, t.Any]:
    claims: dict[str, t.Any] = jwt.decode(token.value, options={"verify_signature": False})
    return claims


def test_password_and_refresh_token(consume: Consume, environment: Environment) -> None:
    user = environment.users[0]
    logged_on = {"Authentication": "OAuth2Password", "User": user.user_name, "Password": user.password}
    first = consume(logged_on)
    assert claims_of(first)["user_name"] == user.user_name
    second = consume({"Authentication": "OAuth2RefreshToken"}, refresh_token=first.refresh_token)
    assert (claims_of(second)["user_name"], claims_of(second)["grant_type"]) == (user.user_name, "refresh_token")
    assert second.refresh_token


@pytest.mark.parametrize("authentication", ["OAuth2JWTBearer", "OAuth2UserTokenExchange"])
def test_user_names_the_tenant(
    consume: Consume, landscape: Landscape, environment: Environment, log_on: LogOn, authentication: str
) -> None:
    subscriber = landscape.add_subscriber(environment)
    credentials = environment.application.credentials()
    common = {
        "Authentication": authentication,
        "tokenServiceURLType": "Common",
        "tokenServiceURL": f"https://{credentials['uaadomain']}/oauth/token",
    }
    for subaccount, user in (
        (environment.subaccount, environment.users[0]),
        (subscriber, landscape.add_user(environment, subaccount=subscriber)),
    ):
        users_token = log_on({**credentials, "url": subaccount.uaa_url}, user)["access_token"]
        claims = claims_of(consume(common, user_token=users_token))
        assert (claims["zid"], claims["user_name"]) == (subaccount.id, user.user_name)


def test_header_names_the_tenant_of_a_technical_user(
    consume: Consume, landscape: Landscape, environment: Environment
) -> None:
    subscriber = landscape.add_subscriber(environment)
    technical = {"Authentication": "OAuth2ClientCredentials"}
    url = f"https://{{tenant}}.{environment.subaccount.region.uaa_domain}/oauth/token"
    common = {**technical, "tokenServiceURLType": "Common", "tokenServiceURL": url}
    assert claims_of(consume(common, tenant=subscriber.subdomain))["zid"] == subscriber.id
    with pytest.raises(DestinationOperationError, match="X-tenant is mandatory"):
        consume(common)
    with pytest.raises(DestinationOperationError, match="X-tenant is forbidden"):
        consume(technical, tenant=subscriber.subdomain)


def test_assertion_of_the_application(
    consume: Consume, landscape: Landscape, environment: Environment, secondary: dict[str, str]
) -> None:
    certificate = environment.subaccount.trust.active
    assert certificate is not None
    provided = {**secondary, "SAMLAssertionProvider": "ClientProvided"}
    with pytest.raises(DestinationOperationError, match="X-samlAssertion is mandatory"):
        consume(provided)
    user = environment.users[1]
    assertion = signed_assertion(
        AssertionRequest("application", secondary["audience"], secondary["tokenServiceURL"]),
        Subject(user.email, EMAIL_FORMAT, {}),
        certificate,
        landscape.clock.now(),
    )
    assert claims_of(consume(provided, saml_assertion=assertion))["user_email"] == user.email


@pytest.mark.parametrize(
    "authentication, options, reason",
    [
        ("OAuth2RefreshToken", {}, "X-refresh-token is mandatory"),
        ("OAuth2RefreshToken", {"refresh_token": "wrong"}, "400: invalid_grant"),
        ("OAuth2AuthorizationCode", {}, "X-code is mandatory"),
        ("OAuth2AuthorizationCode", {"code": "x"}, "400: unsupported_grant_type"),
        ("OAuth2TokenExchange", {"subject_token": "x"}, "X-subject-token-type is mandatory"),
        ("SAMLAssertion", {}, "Not simulated"),
    ],
)
def test_refusals_say_why(consume: Consume, authentication: str, options: dict[str, str], reason: str) -> None:
    with pytest.raises(DestinationOperationError, match=f"auth token retrieval failed: .*{reason}"):
        consume({"Authentication": authentication}, **options)
