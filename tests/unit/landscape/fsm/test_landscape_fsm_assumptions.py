# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is assumed of FSM, under each alternative."""

from __future__ import annotations

import typing as t

import jwt
import pytest
from lxml import etree

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

TOKEN_URL = "https://de.fsm.cloud.sap/api/oauth2/v2/token"
Propagate = t.Callable[..., dict[str, t.Any]]


@pytest.fixture
def propagate(service: Http, environment: Environment, secondary: dict[str, str], user_token: str) -> Propagate:
    """Find the secondary destination, with some of its properties changed, for the first user."""

    def propagate(**change: str) -> dict[str, t.Any]:
        environment.subaccount.destinations["FSM_PP"] = {**secondary, **change}
        [entry] = service("GET", "/destinations/FSM_PP", headers={"X-user-token": user_token}).json()["authTokens"]
        return t.cast("dict[str, t.Any]", entry)

    return propagate


def upload_another(http: Http, environment: Environment) -> None:
    admin = environment.inputs()["fsm"]["admin"]
    certificate = environment.subaccount.trust.replace("passive")
    answer = http("POST", admin["url"], data=certificate.pem, auth=(admin["user"], admin["password"]))
    assert answer.status_code == 201


@pytest.mark.parametrize("assumptions", [{"fsm_trust": "several"}])
def test_several_certificates_are_trusted(http: Http, environment: Environment, propagate: Propagate) -> None:
    upload_another(http, environment)
    assert "error" not in propagate()
    environment.subaccount.trust.rotate()
    assert "error" not in propagate()


@pytest.mark.parametrize("assumptions", [{"fsm_trust": "last_uploaded", "token_cache": "none"}])
def test_only_the_last_certificate_is_trusted(http: Http, environment: Environment, propagate: Propagate) -> None:
    assert "error" not in propagate()
    upload_another(http, environment)
    assert "not trusted" in propagate()["error"]
    environment.subaccount.trust.rotate()
    assert "error" not in propagate()
    [trusted] = environment.fsm_account.certificates
    assert trusted.fingerprint == (environment.subaccount.trust.active or pytest.fail("no certificate")).fingerprint


@pytest.mark.parametrize("assumptions", [{"fsm_issuer": "unchecked"}])
def test_any_issuer_is_accepted(propagate: Propagate) -> None:
    assert "error" not in propagate(assertionIssuer="somebody")


@pytest.mark.parametrize("assumptions", [{"fsm_issuer": "certificate_subject"}])
def test_issuer_is_the_certificates_subject(environment: Environment, propagate: Propagate) -> None:
    assert "error" not in propagate()
    assert (
        f"issued by 'somebody', not by {environment.subaccount.trust.subject!r}"
        in propagate(assertionIssuer="somebody")["error"]
    )


@pytest.mark.parametrize(
    "assumptions, known",
    [
        ({"fsm_email": "case_insensitive", "token_cache": "none"}, True),
        ({"fsm_email": "case_sensitive", "token_cache": "none"}, False),
    ],
)
def test_case_of_email_addresses(environment: Environment, propagate: Propagate, known: bool) -> None:
    account, email = environment.fsm_account, environment.users[0].email
    assert "error" not in propagate()
    account.users.pop(email.lower())
    account.add_user(email.upper())
    assert ("error" not in propagate()) == known


@pytest.mark.parametrize(
    "assumptions, is_url, audience",
    [
        ({"fsm_entity_id": "url"}, True, "saml_metadata_url"),
        ({"fsm_entity_id": "other_text"}, False, "saml_metadata_url"),
        ({"fsm_entity_id": "other_audience"}, False, "entity ID"),
    ],
)
def test_entity_id(http: Http, environment: Environment, propagate: Propagate, is_url: bool, audience: str) -> None:
    fsm = environment.inputs()["fsm"]
    url = fsm["saml_metadata_url"]
    entity_id = etree.fromstring(http("GET", url).content).get("entityID") or ""
    assert (entity_id == url) == is_url
    expected = {"saml_metadata_url": url, "entity ID": entity_id}[audience]
    assert fsm["audience"] == expected
    assert "error" not in propagate(audience=expected)
    for other in {url, entity_id} - {expected}:
        assert "meant for audience" in propagate(audience=other)["error"]


@pytest.mark.parametrize("assumptions, status", [({"fsm_metadata": "public"}, 200), ({"fsm_metadata": "private"}, 401)])
def test_who_reads_metadata(http: Http, environment: Environment, status: int) -> None:
    fsm = environment.inputs()["fsm"]
    assert http("GET", fsm["saml_metadata_url"]).status_code == status
    admin = (fsm["admin"]["user"], fsm["admin"]["password"])
    assert http("GET", fsm["saml_metadata_url"], auth=admin).status_code == 200


@pytest.mark.parametrize(
    "assumptions, named", [({"fsm_token_account": "unnamed"}, False), ({"fsm_token_account": "named"}, True)]
)
def test_account_in_a_clients_token(http: Http, environment: Environment, named: bool) -> None:
    fsm = environment.inputs()["fsm"]
    form = {"grant_type": "client_credentials"}
    answer = http("POST", TOKEN_URL, data=form, auth=(fsm["client_id"], fsm["client_secret"])).json()
    for holder in (answer, jwt.decode(answer["access_token"], options={"verify_signature": False})):
        assert {"account", "account_id", "companies"}.issubset(holder) == named


@pytest.mark.parametrize(
    "assumptions, status", [({"fsm_companies": "there"}, 200), ({"fsm_companies": "elsewhere"}, 404)]
)
def test_list_of_companies(http: Http, environment: Environment, status: int) -> None:
    fsm = environment.inputs()["fsm"]
    form = {"grant_type": "client_credentials"}
    token = http("POST", TOKEN_URL, data=form, auth=(fsm["client_id"], fsm["client_secret"])).json()["access_token"]
    headers = {
        "Authorization": f"Bearer {token}",
        "X-Account-ID": fsm["account_id"],
        "X-Company-ID": fsm["company_id"],
        "X-Client-ID": "test",
        "X-Client-Version": "1.0",
    }
    url = f"https://de.fsm.cloud.sap/api/master/v1/accounts/{fsm['account_id']}/companies"
    assert http("GET", url, headers=headers).status_code == status


def test_certificate_of_another_account_opens_nothing(
    landscape: Landscape, environment: Environment, propagate: Propagate
) -> None:
    """With and without the certificate in the assertion: of the cluster's accounts, the destination's own decides."""
    other = landscape.add_environment({})
    stranger = environment.subaccount.trust.replace()
    other.fsm_account.upload(stranger.pem)
    assert "not trusted" in propagate()["error"]


@pytest.mark.parametrize("longer", ["/", "/x", "?a=b"])
def test_audience_that_only_begins_with_the_url(environment: Environment, propagate: Propagate, longer: str) -> None:
    audience = environment.inputs()["fsm"]["audience"]
    assert "meant for audience" in propagate(audience=audience + longer)["error"]
    assert "meant for audience" in propagate(audience=audience[:-1])["error"]
