# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated XSUAA: users' tokens, and the host name that serves all tenants."""

from __future__ import annotations

import typing as t

import jwt
import pytest

from landscape import ConfigError, UserConfig

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from landscape.subaccount.users import User
    from unit.landscape.conftest import Http

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LogOn = t.Callable[[dict[str, str], "User"], dict[str, t.Any]]


def claims_of(token: str) -> dict[str, t.Any]:
    claims: dict[str, t.Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def test_user_token(environment: Environment, log_on: LogOn) -> None:
    client, user = environment.application.credentials(), environment.users[1]
    answer = log_on(client, user)
    claims = claims_of(answer["access_token"])
    assert {key: claims[key] for key in ("user_name", "email", "given_name", "family_name", "origin")} == {
        "user_name": user.user_name,
        "email": user.email,
        "given_name": user.given_name,
        "family_name": user.family_name,
        "origin": user.origin,
    }
    assert claims["grant_type"] == "password"
    assert claims["zid"] == environment.subaccount.id
    assert claims["iss"] == f"{client['url']}/oauth/token"
    assert claims["cid"] == claims["azp"] == claims["client_id"] == client["clientid"]
    assert {client["clientid"], client["xsappname"]} <= set(claims["aud"])
    assert claims["ext_attr"]["enhancer"] == "XSUAA"
    assert claims["ext_attr"]["zdn"] == environment.subaccount.subdomain
    assert claims["sub"] == claims["user_id"] != claims["user_name"]


def test_roles_are_scopes_of_their_application(environment: Environment, log_on: LogOn) -> None:
    administrator, colleague = environment.users
    task_center = environment.task_center.service_key()["uaa"]
    scope = f"{task_center['xsappname']}.TaskCenterAdmin"
    assert scope in claims_of(log_on(task_center, administrator)["access_token"])["scope"]
    assert scope not in claims_of(log_on(task_center, colleague)["access_token"])["scope"]
    application = environment.application.credentials()
    assert claims_of(log_on(application, administrator)["access_token"])["scope"] == ["openid"]


def ask(http: Http, client: dict[str, str], **form: str) -> tuple[int, dict[str, t.Any]]:
    answer = http("POST", f"{client['url']}/oauth/token", data=form, auth=(client["clientid"], client["clientsecret"]))
    return answer.status_code, answer.json()


def test_refresh(http: Http, landscape: Landscape, environment: Environment, log_on: LogOn) -> None:
    client, user = environment.application.credentials(), environment.users[0]
    refresh_token = log_on(client, user)["refresh_token"]
    status, answer = ask(http, client, grant_type="refresh_token", refresh_token=refresh_token)
    assert (status, claims_of(answer["access_token"])["user_name"]) == (200, user.user_name)
    key = environment.inputs()["service_key"]
    for other, value in ((key, refresh_token), (client, "wrong")):
        status, answer = ask(http, other, grant_type="refresh_token", refresh_token=value)
        assert (status, answer["error"]) == (400, "invalid_grant")
    landscape.clock.advance(8 * 24 * 3600)
    assert ask(http, client, grant_type="refresh_token", refresh_token=refresh_token)[0] == 400
    landscape.clock.advance(-8 * 24 * 3600)


def test_exchange(http: Http, landscape: Landscape, environment: Environment, user_token: str, log_on: LogOn) -> None:
    key = environment.inputs()["service_key"]
    status, answer = ask(http, key, grant_type=JWT_BEARER, assertion=user_token)
    claims = claims_of(answer["access_token"])
    assert (status, claims["user_name"], claims["cid"]) == (200, environment.users[0].user_name, key["clientid"])
    assert claims["grant_type"] == JWT_BEARER
    other = landscape.add_environment({})
    foreign = log_on(other.application.credentials(), other.users[0])["access_token"]
    technical = ask(http, key, grant_type="client_credentials")[1]["access_token"]
    for assertion in (foreign, technical, "wrong", ""):
        status, answer = ask(http, key, grant_type=JWT_BEARER, assertion=assertion)
        assert (status, answer["error"]) == (400, "invalid_grant")


def test_wrong_passwords(http: Http, landscape: Landscape, environment: Environment) -> None:
    client, user = environment.application.credentials(), environment.users[0]
    other = landscape.add_environment({}).users[0]
    for name, password in ((user.user_name, "wrong"), ("nobody", user.password), (other.user_name, other.password)):
        assert ask(http, client, grant_type="password", username=name, password=password)[0] == 400


def test_bare_domain_serves_the_tenant_in_the_header(http: Http, environment: Environment) -> None:
    key = environment.inputs()["service_key"]
    url, auth = f"https://{key['uaadomain']}", (key["clientid"], key["clientsecret"])
    form = {"grant_type": "client_credentials"}
    answer = http("POST", f"{url}/oauth/token", data=form, auth=auth, headers={"x-zid": key["tenantid"]})
    assert answer.status_code == 200
    token = answer.json()["access_token"]
    assert claims_of(token)["zid"] == environment.subaccount.id
    [jwk] = http("GET", f"{url}/token_keys", params={"zid": key["tenantid"]}).json()["keys"]
    assert jwk["kid"] == jwt.get_unverified_header(token)["kid"]
    for headers in ({}, {"x-zid": "unknown"}):
        assert http("POST", f"{url}/oauth/token", data=form, auth=auth, headers=headers).status_code == 404
        assert http("GET", f"{url}/token_keys", headers=headers).status_code == 404


def test_subscribers_get_tokens_with_the_providers_client(
    http: Http, landscape: Landscape, environment: Environment
) -> None:
    subscriber = landscape.add_subscriber(environment)
    stranger = landscape.add_environment({}).subaccount
    application = environment.application.credentials()
    for client in (environment.inputs()["service_key"], application):
        status, answer = ask(http, {**client, "url": subscriber.uaa_url}, grant_type="client_credentials")
        assert (status, claims_of(answer["access_token"])["zid"]) == (200, subscriber.id)
        assert ask(http, {**client, "url": stranger.uaa_url}, grant_type="client_credentials")[0] == 401


def test_users_of_the_configuration(landscape: Landscape) -> None:
    user = {"email": "jane@acme.example", "user_name": "jane", "given_name": "Jane", "roles": ["TaskCenterAdmin"]}
    environment = landscape.add_environment({"users": [user, {"email": "joe@acme.example", "in_fsm": False}]})
    [jane, joe] = environment.inputs()["users"]
    assert {key: jane[key] for key in user} == user
    assert environment.fsm_account.user("JANE@acme.example") is not None
    assert environment.fsm_account.user(joe["email"]) is None
    with pytest.raises(ConfigError, match="jane"):
        landscape.add_user(environment, UserConfig(user_name="jane"))
