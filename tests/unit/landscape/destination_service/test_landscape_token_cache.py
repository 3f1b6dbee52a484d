# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Destination Service's cache of tokens: what a token is found by, under each alternative, and for how long."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from landscape.subaccount.users import User
    from unit.landscape.conftest import Http

LogOn = t.Callable[[dict[str, str], "User"], dict[str, t.Any]]
Find = t.Callable[..., dict[str, t.Any]]

# What finds a token again that was fetched for FSM_PP and the first user, by what has changed since.
FOUND: list[tuple[dict[str, str], set[str]]] = [
    ({"token_cache": "name+configuration+user"}, {"nothing", "key", "log-on"}),
    ({"token_cache": "name+user"}, {"nothing", "key", "log-on", "properties"}),
    ({"token_cache": "configuration+user"}, {"nothing", "key", "log-on", "name"}),
    ({"token_cache": "name+configuration+user_token"}, {"nothing", "key"}),
    ({"token_cache": "name+user_token"}, {"nothing", "key", "properties"}),
    ({"token_cache": "configuration+user_token"}, {"nothing", "key", "name"}),
    ({"token_cache": "none"}, set()),
]


@pytest.fixture
def tokens_of(environment: Environment, log_on: LogOn) -> t.Callable[[int], str]:
    """Log one of the environment's users on again."""

    def token(number: int) -> str:
        return str(log_on(environment.application.credentials(), environment.users[number])["access_token"])

    return token


@pytest.fixture
def find(service: Http) -> Find:
    """Find a destination for a user, if any: the only entry of ``authTokens``."""

    def find(name: str, user_token: str | None = None) -> dict[str, t.Any]:
        headers = {"X-user-token": user_token} if user_token else {}
        [entry] = service("GET", f"/destinations/{name}", headers=headers).json()["authTokens"]
        return t.cast("dict[str, t.Any]", entry)

    return find


@pytest.mark.parametrize("assumptions, found", FOUND)
@pytest.mark.parametrize("changed", ["nothing", "key", "log-on", "properties", "name", "user"])
def test_what_a_users_token_is_found_by(
    environment: Environment,
    secondary: dict[str, str],
    find: Find,
    tokens_of: t.Callable[[int], str],
    found: set[str],
    changed: str,
) -> None:
    destinations, token = environment.subaccount.destinations, tokens_of(0)
    destinations["FSM_PP"] = secondary
    name, first = "FSM_PP", find("FSM_PP", token)
    if changed == "key":
        # FSM does not know the new key: only a token that was fetched before is to be had.
        environment.subaccount.trust.replace()
    elif changed == "log-on":
        token = tokens_of(0)
    elif changed == "properties":
        destinations["FSM_PP"] = {**secondary, "Description": "changed"}
    elif changed == "name":
        name = "copy"
        destinations["copy"] = secondary
    elif changed == "user":
        token = tokens_of(1)
    again = find(name, token)
    assert (again["value"] == first["value"]) == (changed in found)
    assert ("error" in again) == (changed == "key" and changed not in found)


@pytest.mark.parametrize("assumptions, found", FOUND)
def test_what_a_clients_token_is_found_by(
    environment: Environment, primary: dict[str, str], find: Find, found: set[str]
) -> None:
    destinations = environment.subaccount.destinations
    destinations.update({"FSM": primary, "copy": primary})
    first = find("FSM")["value"]
    assert (find("FSM")["value"] == first) == ("nothing" in found)
    assert (find("copy")["value"] == first) == ("name" in found)
    # A secret that is wrong by now is not noticed where the name alone finds the token.
    destinations["FSM"] = {**primary, "tokenServicePassword": "wrong"}
    assert ("error" not in find("FSM")) == ("properties" in found)


@pytest.mark.parametrize("assumptions", [{"token_cache": "name+configuration+user"}])
def test_token_is_kept_until_shortly_before_it_expires(
    landscape: Landscape, environment: Environment, primary: dict[str, str], find: Find
) -> None:
    environment.subaccount.destinations["FSM"] = primary
    first = find("FSM")
    half = landscape.config.token_lifetime // 2
    landscape.clock.advance(half)
    try:
        again = find("FSM")
        assert again["value"] == first["value"]
        assert abs(int(first["expires_in"]) - int(again["expires_in"]) - half) <= 60
    finally:
        landscape.clock.advance(-half)


@pytest.mark.parametrize("assumptions", [{"token_cache": "name+configuration+user"}])
def test_token_that_expires_soon_is_renewed(
    landscape: Landscape, environment: Environment, primary: dict[str, str], find: Find, service: Http
) -> None:
    environment.subaccount.destinations["FSM"] = primary
    first = find("FSM")
    shift = landscape.config.token_lifetime - 240
    landscape.clock.advance(shift)
    try:
        assert find("FSM")["value"] != first["value"]
    finally:
        landscape.clock.advance(-shift)


@pytest.mark.parametrize("assumptions", [{"token_cache": "name+user"}])
def test_refusals_are_not_kept(environment: Environment, primary: dict[str, str], find: Find) -> None:
    environment.subaccount.destinations["FSM"] = {**primary, "tokenServicePassword": "wrong"}
    assert "error" in find("FSM")
    environment.subaccount.destinations["FSM"] = primary
    assert "error" not in find("FSM")


@pytest.mark.parametrize("assumptions", [{"token_cache": "configuration+user"}])
def test_tenants_share_no_tokens(
    landscape: Landscape, environment: Environment, primary: dict[str, str], find: Find, http: Http, fetch_token: t.Any
) -> None:
    other = landscape.add_environment({"assumptions": {"token_cache": "configuration+user"}})
    for one in (environment, other):
        one.subaccount.destinations["FSM"] = primary
    key = other.inputs()["service_key"]
    url = f"{key['uri']}/destination-configuration/v1/destinations/FSM"
    elsewhere = http("GET", url, headers={"Authorization": f"Bearer {fetch_token(key)}"}).json()["authTokens"][0]
    assert elsewhere["value"] != find("FSM")["value"]


@pytest.mark.parametrize("assumptions", [{"token_cache": "name+user"}])
def test_a_valid_users_token_is_needed_all_the_same(
    environment: Environment, secondary: dict[str, str], find: Find, user_token: str
) -> None:
    environment.subaccount.destinations["FSM_PP"] = secondary
    assert "error" not in find("FSM_PP", user_token)
    assert "not valid" in find("FSM_PP", user_token[:-8] + "AAAAAAAA")["error"]
    assert "X-user-token is missing" in find("FSM_PP")["error"]
