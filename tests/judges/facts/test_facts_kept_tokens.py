# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tokens that the Destination Service keeps are the right ones.

Sources: SAP BTP Connectivity's guide: for OAuth2ClientCredentials "the retrieved access token is cached and
auto-renovated", for OAuth2SAMLBearerAssertion "automatic token retrieval and caching"; RFC 6749, section 5.1, on
expires_in. By what a token is found again is not public; that it is one of the right user and tenant, goes without
saying.
"""

from __future__ import annotations

import typing as t

import jwt
import pytest

from landscape import UserConfig

if t.TYPE_CHECKING:
    from judges.facts.conftest import LogOn
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

Advance = t.Callable[[float], None]
KEYS = ["name+configuration+user", "name+user_token", "configuration+user", "none"]


def claims_of(token: dict[str, t.Any]) -> dict[str, t.Any]:
    claims: dict[str, t.Any] = jwt.decode(token["value"], options={"verify_signature": False})
    return claims


def found(service: Http, name: str, user_token: str | None = None) -> dict[str, t.Any]:
    headers = {"X-user-token": user_token} if user_token else {}
    [token] = service("GET", f"/destinations/{name}", headers=headers).json()["authTokens"]
    assert "error" not in token
    return t.cast("dict[str, t.Any]", token)


@pytest.mark.parametrize("assumptions", [{"token_cache": key} for key in KEYS], ids=lambda item: item["token_cache"])
def test_kept_token_is_the_users_own(
    service: Http, environment: Environment, secondary: dict[str, str], log_on: LogOn
) -> None:
    environment.subaccount.destinations["FSM_PP"] = secondary
    for user in (*environment.users, *environment.users):
        token = log_on(environment.application.credentials(), user)["access_token"]
        assert claims_of(found(service, "FSM_PP", token))["user_email"] == user.email


@pytest.mark.parametrize("assumptions", [{"token_cache": key} for key in KEYS], ids=lambda item: item["token_cache"])
def test_kept_token_is_the_tenants_own(
    http: Http,
    landscape: Landscape,
    environment: Environment,
    secondary: dict[str, str],
    log_on: LogOn,
    fetch_token: t.Callable[[dict[str, str]], str],
) -> None:
    """Two users of one name, in two tenants, with one configuration that leads both to one FSM."""
    subscriber = landscape.add_subscriber(environment)
    user = environment.users[0]
    namesake = landscape.add_user(environment, UserConfig(user_name=user.user_name), subaccount=subscriber)
    environment.fsm_account.upload(subscriber.trust.replace().pem)
    key, application = environment.service_key.credentials(), environment.application.credentials()
    for tenant, person in ((environment.subaccount, user), (subscriber, namesake)):
        tenant.destinations["FSM_PP"] = secondary
        headers = {
            "Authorization": f"Bearer {fetch_token({**key, 'url': tenant.uaa_url})}",
            "X-user-token": log_on({**application, "url": tenant.uaa_url}, person)["access_token"],
        }
        answer = http("GET", f"{key['uri']}/destination-configuration/v1/destinations/FSM_PP", headers=headers)
        assert claims_of(answer.json()["authTokens"][0])["user_email"] == person.email


def test_kept_token_is_renewed_in_time(
    landscape: Landscape,
    http: Http,
    environment: Environment,
    primary: dict[str, str],
    fetch_token: t.Callable[[dict[str, str]], str],
    advance: Advance,
) -> None:
    environment.subaccount.destinations["FSM"] = primary
    key = environment.service_key.credentials()
    values = []
    for seconds in (0, 60, landscape.config.token_lifetime):
        advance(seconds)
        headers = {"Authorization": f"Bearer {fetch_token(key)}"}
        answer = http("GET", f"{key['uri']}/destination-configuration/v1/destinations/FSM", headers=headers)
        [token] = answer.json()["authTokens"]
        assert claims_of(token)["exp"] > landscape.clock.timestamp()
        values.append(token["value"])
    assert values[0] == values[1] != values[2]


def test_kept_token_says_how_long_it_is_valid(
    landscape: Landscape, service: Http, environment: Environment, primary: dict[str, str], advance: Advance
) -> None:
    environment.subaccount.destinations["FSM"] = primary
    for _unused in range(3):
        before = landscape.clock.timestamp()
        token = found(service, "FSM")
        after = landscape.clock.timestamp()
        expires = claims_of(token)["exp"]
        # As it was counted while the request was served; fractions of a second are not.
        assert expires - after - 1 <= int(token["expires_in"]) <= expires - before
        advance(600)
