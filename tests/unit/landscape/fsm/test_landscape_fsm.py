# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated FSM: tokens, SAML metadata, and a substitute of its administration."""

from __future__ import annotations

import typing as t

import jwt
import pytest
from lxml import etree

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

TOKEN_URL = "https://de.fsm.cloud.sap/api/oauth2/v2/token"
GRANT = {"grant_type": "client_credentials"}


def test_token(http: Http, environment: Environment) -> None:
    fsm = environment.inputs()["fsm"]
    answer = http("POST", TOKEN_URL, data=GRANT, auth=(fsm["client_id"], fsm["client_secret"]))
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "bearer"
    assert set(answer.json()) == {"access_token", "token_type", "expires_in"}
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert claims["client_id"] == fsm["client_id"]
    assert {"authorities", "permission_group_id", "exp", "jti"} <= set(claims)


def test_token_that_names_account_and_company(http: Http, landscape: Landscape) -> None:
    config = {"account_id": "654321", "company_id": "0123456"}
    environment = landscape.add_environment({"fsm": config, "assumptions": {"fsm_token_account": "named"}})
    fsm = environment.inputs()["fsm"]
    content = http("POST", TOKEN_URL, data=GRANT, auth=(fsm["client_id"], fsm["client_secret"])).json()
    claims = jwt.decode(content["access_token"], options={"verify_signature": False})
    for holder in (content, claims):
        assert holder["account_id"] == 654321
        assert [company["id"] for company in holder["companies"]] == [123456]


@pytest.mark.parametrize(
    "client_id, secret, form, expected",
    [
        (None, "wrong", GRANT, (401, "invalid_client")),
        ("wrong", None, GRANT, (401, "invalid_client")),
        (None, None, {**GRANT, "client_secret": "wrong"}, (401, "invalid_client")),
        (None, None, {**GRANT, "client_id": "wrong"}, (401, "invalid_client")),
        (None, None, {}, (400, "invalid_request")),
        (None, None, {"grant_type": "implicit"}, (400, "unsupported_grant_type")),
    ],
)
def test_refusals(
    http: Http,
    environment: Environment,
    client_id: str | None,
    secret: str | None,
    form: dict[str, str],
    expected: tuple[int, str],
) -> None:
    fsm = environment.inputs()["fsm"]
    answer = http("POST", TOKEN_URL, data=form, auth=(client_id or fsm["client_id"], secret or fsm["client_secret"]))
    assert (answer.status_code, answer.json()["error"]) == expected


def test_client_in_the_body_alone_is_not_enough(http: Http, environment: Environment) -> None:
    fsm = environment.inputs()["fsm"]
    form = {**GRANT, "client_id": fsm["client_id"], "client_secret": fsm["client_secret"]}
    assert http("POST", TOKEN_URL, data=form).status_code == 401


def test_client_of_another_cluster(http: Http, landscape: Landscape) -> None:
    fsm = landscape.add_environment({"fsm": {"cluster": "us"}}).inputs()["fsm"]
    auth = (fsm["client_id"], fsm["client_secret"])
    assert http("POST", TOKEN_URL, data=GRANT, auth=auth).status_code == 401
    assert http("POST", TOKEN_URL.replace("//de.", "//us."), data=GRANT, auth=auth).status_code == 200


def test_saml_metadata(http: Http, environment: Environment) -> None:
    audience = environment.inputs()["fsm"]["audience"]
    answer = http("GET", audience)
    assert etree.fromstring(answer.content).get("entityID") == audience
    assert http("GET", audience.replace("/saml-", "/other-")).status_code == 404


def test_certificates_are_uploaded_one_by_one(http: Http, environment: Environment) -> None:
    admin = environment.inputs()["fsm"]["admin"]
    certificates = [environment.subaccount.trust.generate() for _unused in range(2)]
    body = "".join(certificate.pem for certificate in certificates)
    answer = http("POST", admin["url"], data=body, auth=(admin["user"], admin["password"]))
    assert (answer.status_code, "holds 2 certificates" in answer.text) == (400, True)
    assert environment.fsm_account.certificates == []


def test_administrator_uploads_and_removes(http: Http, environment: Environment) -> None:
    account = environment.fsm_account
    certificate = environment.subaccount.trust.replace(serial_sign="negative")
    admin = environment.inputs()["fsm"]["admin"]
    url, auth = admin["url"], (admin["user"], admin["password"])

    uploaded = http("POST", url, data=certificate.pem, auth=auth)
    assert (uploaded.status_code, uploaded.json()["fingerprint"]) == (201, certificate.fingerprint)
    assert http("POST", url, data=certificate.pem, auth=auth).status_code == 201
    assert [trusted.fingerprint for trusted in account.certificates] == [certificate.fingerprint]
    [listed] = http("GET", url, auth=auth).json()
    assert listed["serial_number"] == str(certificate.serial_number)
    assert listed["not_after"] == certificate.not_after.isoformat()

    assert http("DELETE", f"{url}/{certificate.fingerprint}", auth=auth).status_code == 204
    assert http("DELETE", f"{url}/{certificate.fingerprint}", auth=auth).status_code == 404
    assert account.certificates == []


def test_administrator_uses_a_browser(http: Http, environment: Environment) -> None:
    certificate = environment.subaccount.trust.replace()
    admin = environment.inputs()["fsm"]["admin"]
    url, options = admin["url"], {"auth": (admin["user"], admin["password"]), "headers": {"Accept": "text/html"}}
    uploaded = http("POST", url, files={"certificate": ("trust.pem", certificate.pem)}, **options)
    assert uploaded.status_code == 303
    page = http("GET", url, **options)
    rows = [
        row
        for row in etree.HTML(page.text).iter("tr")
        if certificate.fingerprint in etree.tostring(row, method="text", encoding="unicode")
    ]
    [form] = [form for row in rows for form in row.iter("form")]
    assert form.get("method") == "post"
    action = url.partition("/simulated")[0] + form.get("action", "")
    assert http("POST", action, **options).status_code == 303
    assert environment.fsm_account.certificates == []


@pytest.mark.parametrize("body", [b"", b"no certificate", b"\xff", b"-----BEGIN CERTIFICATE-----\nMAA=\n"])
def test_only_certificates_are_accepted(http: Http, environment: Environment, body: bytes) -> None:
    admin = environment.inputs()["fsm"]["admin"]
    assert http("POST", admin["url"], data=body, auth=(admin["user"], admin["password"])).status_code == 400
    assert environment.fsm_account.certificates == []


def test_administrator_generates_a_client(http: Http, environment: Environment) -> None:
    """In addition to the old one, which stays valid."""
    fsm = environment.inputs()["fsm"]
    auth = (fsm["admin"]["user"], fsm["admin"]["password"])
    url = fsm["admin"]["url"].replace("trusted-certificates", "companies/{}/clients")
    assert http("POST", url.format("4711"), auth=auth).status_code == 404
    assert http("POST", url.format(fsm["company_id"]), auth=(auth[0], "wrong")).status_code == 401
    made = http("POST", url.format(fsm["company_id"]), auth=auth).json()
    assert made["client_id"] != fsm["client_id"]
    for client in (made, fsm):
        logon = (client["client_id"], client["client_secret"])
        assert http("POST", TOKEN_URL, data=GRANT, auth=logon).status_code == 200


def test_administration_asks_for_the_accounts_administrator(
    http: Http, landscape: Landscape, environment: Environment
) -> None:
    admin, other = (item.inputs()["fsm"]["admin"] for item in (environment, landscape.add_environment({})))
    for auth in (None, (admin["user"], "wrong"), (other["user"], other["password"])):
        answer = http("GET", admin["url"], auth=auth)
        assert (answer.status_code, "Basic" in answer.headers["WWW-Authenticate"]) == (401, True)


def test_companies_of_an_account(http: Http, landscape: Landscape, environment: Environment) -> None:
    account, client = environment.fsm_account, environment.fsm_client
    landscape.add_environment({"fsm": {"account_id": account.id, "company_id": "0123", "saml_name": account.saml_name}})
    token = http("POST", TOKEN_URL, data=GRANT, auth=(client.id, client.secret)).json()["access_token"]
    headers = {
        "Authorization": f"Bearer {token}",
        "X-Account-ID": account.id,
        "X-Company-ID": client.company_id,
        "X-Client-ID": "test",
        "X-Client-Version": "1.0",
    }
    url = f"{account.base_url}/api/master/v1/accounts/{{}}/companies"
    answer = http("GET", url.format(account.id), headers=headers)
    assert answer.json() == [
        {"id": int(client.company_id), "name": f"company-{client.company_id}"},
        {"id": 123, "name": "company-0123"},
    ]
    assert http("GET", url.format("1"), headers=headers).status_code == 403
    for missing, status in (("Authorization", 401), ("X-Account-ID", 400), ("X-Client-Version", 400)):
        kept = {name: value for name, value in headers.items() if name != missing}
        assert http("GET", url.format(account.id), headers=kept).status_code == status
