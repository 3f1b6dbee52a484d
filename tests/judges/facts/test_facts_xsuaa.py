# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XSUAA's refusals, which no client of SAP's provokes.

Sources: RFC 6749, sections 5.1, 5.2 and 6 (a refresh token is bound to its client); RFC 7523, section 3 (an assertion
must not have expired); SAP BTP's guide, "Tenant-Specific and User Tokens": a token is one of its tenant, and its scopes
are the roles of its user.
"""

from __future__ import annotations

import typing as t

import jwt
import pytest

if t.TYPE_CHECKING:
    import requests

    from judges.facts.conftest import LogOn
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
Grant = t.Callable[..., "requests.Response"]


@pytest.fixture
def grant(http: Http) -> Grant:
    """Ask for a token with a client's credentials: ``grant(credentials, grant_type="refresh_token", ...)``."""

    def grant(client: dict[str, str], **form: str) -> requests.Response:
        return http(
            "POST", f"{client['url']}/oauth/token", data=form, auth=(client["clientid"], client["clientsecret"])
        )

    return grant


def refused(answer: requests.Response) -> bool:
    return (answer.status_code, answer.json().get("error")) == (400, "invalid_grant")


def test_token_is_valid_as_long_as_it_says(environment: Environment, log_on: LogOn, grant: Grant) -> None:
    key, application = environment.service_key.credentials(), environment.application.credentials()
    users = log_on(application, environment.users[0])
    answers = [
        users,
        grant(key, grant_type="client_credentials").json(),
        grant(key, grant_type=JWT_BEARER, assertion=users["access_token"]).json(),
        grant(application, grant_type="refresh_token", refresh_token=users["refresh_token"]).json(),
    ]
    for answer in answers:
        claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
        assert claims["exp"] - claims["iat"] == answer["expires_in"]
        assert answer["token_type"].lower() == "bearer"


def test_refresh_token_is_its_clients(environment: Environment, log_on: LogOn, grant: Grant) -> None:
    own, other = environment.application.credentials(), environment.task_center.service_key()["uaa"]
    token = log_on(own, environment.users[0])["refresh_token"]
    assert refused(grant(other, grant_type="refresh_token", refresh_token=token))
    assert refused(grant(own, grant_type="refresh_token", refresh_token="made up"))
    renewed = grant(own, grant_type="refresh_token", refresh_token=token).json()
    claims = jwt.decode(renewed["access_token"], options={"verify_signature": False})
    assert (claims["user_name"], claims["cid"]) == (environment.users[0].user_name, own["clientid"])


def test_expired_token_is_not_exchanged(
    landscape: Landscape,
    environment: Environment,
    user_token: str,
    grant: Grant,
    advance: t.Callable[[float], None],
) -> None:
    key = environment.service_key.credentials()
    assert grant(key, grant_type=JWT_BEARER, assertion=user_token).status_code == 200
    advance(landscape.config.token_lifetime)
    assert refused(grant(key, grant_type=JWT_BEARER, assertion=user_token))


def test_token_of_another_tenant_is_not_exchanged(
    landscape: Landscape, environment: Environment, log_on: LogOn, grant: Grant
) -> None:
    user = environment.users[0]
    other = landscape.add_environment({"users": [{"email": "namesake@acme.example", "user_name": user.user_name}]})
    token = log_on(other.application.credentials(), other.users[0])["access_token"]
    assert refused(grant(environment.service_key.credentials(), grant_type=JWT_BEARER, assertion=token))
    assert grant(other.service_key.credentials(), grant_type=JWT_BEARER, assertion=token).status_code == 200


def test_user_has_the_own_roles_only(environment: Environment, log_on: LogOn) -> None:
    client = environment.task_center.service_key()["uaa"]
    role = f"{client['xsappname']}.TaskCenterAdmin"
    for user, has in zip(environment.users, (True, False), strict=True):
        answer = log_on(client, user)
        claims = jwt.decode(answer["access_token"], options={"verify_signature": False})
        assert (role in claims["scope"], role in answer["scope"].split()) == (has, has)


def test_client_with_a_certificate_has_no_secret(http: Http, landscape: Landscape, environment: Environment) -> None:
    key = landscape.add_service_key(environment, "x509").credentials()
    form = {"grant_type": "client_credentials", "client_id": key["clientid"]}
    for host in (key["url"], key["certurl"]):
        url = f"{host}/oauth/token"
        for answer in (
            http("POST", url, data=form),
            http("POST", url, data={**form, "client_secret": ""}),
            http("POST", url, data=form, auth=(key["clientid"], "")),
        ):
            assert (answer.status_code, answer.json().get("error")) == (401, "invalid_client")
