# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FSM's token service and SAML metadata, judged by what is public of them.

Sources: the types of FSM's public SDK for the answers and tokens of version 2; RFC 6749, sections 2.3 and 5.1;
SAP Task Center's guide, "Secondary Destination for the Principal Propagation" (the audience is the "SAML metadata").
"""

from __future__ import annotations

import typing as t

import jwt
import pytest
from lxml import etree

if t.TYPE_CHECKING:
    from judges.facts.conftest import Ask
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

METADATA = {"md": "urn:oasis:names:tc:SAML:2.0:metadata"}


def claims_of(answer: t.Any) -> dict[str, t.Any]:
    assert answer.status_code == 200, answer.text
    claims: dict[str, t.Any] = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    return claims


@pytest.fixture
def form(request: pytest.FixtureRequest, environment: Environment) -> dict[str, str]:
    """A request for a token of the grant type that the test's parameter names."""
    user = environment.fsm_account.user(environment.users[0].email)
    assert user is not None
    forms = {
        "client_credentials": {},
        "password": {"username": user.email, "password": user.password},
    }
    grant_type: str = request.param
    return {"grant_type": grant_type, **forms[grant_type]}


@pytest.mark.parametrize("form", ["client_credentials", "password"], indirect=True)
def test_token_is_valid_as_long_as_it_says(fsm_token: Ask, form: dict[str, str]) -> None:
    answer = fsm_token(**form)
    claims = claims_of(answer)
    assert claims["exp"] - claims["iat"] == answer.json()["expires_in"]
    assert answer.json()["token_type"].lower() == "bearer"
    assert {"client_id", "authorities", "exp", "jti"} <= set(claims)


@pytest.mark.parametrize(
    "grant_type", ["authorization_code", "implicit", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer"]
)
def test_other_grants_are_refused(fsm_token: Ask, grant_type: str) -> None:
    answer = fsm_token(grant_type=grant_type, code="x", refresh_token="x", assertion="x")
    assert (answer.status_code, answer.json().get("error")) == (400, "unsupported_grant_type")


def test_client_authenticates_by_http_basic(fsm_token: Ask, environment: Environment) -> None:
    client = environment.fsm_client
    in_body = {"grant_type": "client_credentials", "client_id": client.id, "client_secret": client.secret}
    assert fsm_token(**in_body).status_code == 200
    assert fsm_token(auth=None, **in_body).status_code == 401
    for auth in (("unknown", client.secret), (client.id, "wrong"), (client.id, "")):
        refused = fsm_token(auth=auth, grant_type="client_credentials")
        assert (refused.status_code, refused.json().get("error")) == (401, "invalid_client")


def test_client_is_one_of_its_cluster(landscape: Landscape, fsm_token: Ask) -> None:
    client = landscape.add_environment({"fsm": {"cluster": "us"}}).fsm_client
    auth = (client.id, client.secret)
    assert fsm_token(auth=auth, cluster="us", grant_type="client_credentials").status_code == 200
    assert fsm_token(auth=auth, cluster="de", grant_type="client_credentials").status_code == 401


def test_users_token_names_account_and_company(environment: Environment, fsm_token: Ask) -> None:
    account, client = environment.fsm_account, environment.fsm_client
    user = account.user(environment.users[0].email)
    assert user is not None
    answer = fsm_token(grant_type="password", username=user.email, password=user.password)
    claims = claims_of(answer)
    assert (claims["user_email"], claims["client_id"]) == (user.email, client.id)
    for named in (claims, answer.json()):
        assert (named.get("account"), named.get("account_id")) == (account.name, int(account.id))
        assert [company["id"] for company in named.get("companies", [])] == [int(client.company_id)]


def test_user_logs_on_with_the_right_password_only(environment: Environment, fsm_token: Ask) -> None:
    user, colleague = (environment.fsm_account.user(person.email) for person in environment.users)
    assert user is not None
    assert colleague is not None
    for name, password in (
        (user.email, "wrong"),
        (user.email, ""),
        (user.email, colleague.password),
        ("nobody@acme.example", user.password),
    ):
        refused = fsm_token(grant_type="password", username=name, password=password)
        assert (refused.status_code, refused.json().get("error")) == (400, "invalid_grant")


def test_metadata_name_what_an_assertion_needs(http: Http, landscape: Landscape, environment: Environment) -> None:
    for fsm in (environment.inputs()["fsm"], landscape.add_environment({}).inputs()["fsm"]):
        document = etree.fromstring(http("GET", fsm["saml_metadata_url"]).content)
        assert document.get("entityID") == fsm["audience"] == fsm["saml_metadata_url"]
        role = document.find("md:SPSSODescriptor", METADATA)
        assert role is not None
        assert role.get("protocolSupportEnumeration") == "urn:oasis:names:tc:SAML:2.0:protocol"
        service = role.find("md:AssertionConsumerService", METADATA)
        assert service is not None
        assert service.get("Location") == "https://de.fsm.cloud.sap/api/oauth2/v2/token"
    assert http("GET", f"{environment.fsm_account.base_url}/api/oauth2/v2/saml/nobody/metadata").status_code == 404
