# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Principal propagation: the assertion that the simulated Destination Service makes, and FSM's judgement of it."""

from __future__ import annotations

import base64
import typing as t
from datetime import timedelta

import jwt
import pytest
from lxml import etree

from landscape import UserConfig
from landscape.destination_service.saml_bearer import AssertionRequest, Subject, signed_assertion
from landscape.platform.saml import EMAIL_FORMAT

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from landscape.subaccount.users import User
    from unit.landscape.conftest import Http

FIND = "/destinations/FSM_PP"
TOKEN_URL = "https://de.fsm.cloud.sap/api/oauth2/v2/token"
LogOn = t.Callable[[dict[str, str], "User"], dict[str, t.Any]]


@pytest.fixture
def propagate(
    service: Http, environment: Environment, secondary: dict[str, str], user_token: str
) -> t.Callable[..., dict[str, t.Any]]:
    """Find the secondary destination, with some of its properties changed, for the first user or another one."""

    def propagate(token: str = user_token, **change: str) -> dict[str, t.Any]:
        environment.subaccount.destinations["FSM_PP"] = {**secondary, **change}
        answer = service("GET", FIND, headers={"X-user-token": token})
        assert answer.status_code == 200
        [entry] = answer.json()["authTokens"]
        return t.cast("dict[str, t.Any]", entry)

    return propagate


def test_user_arrives_in_fsm(environment: Environment, propagate: t.Callable[..., dict[str, t.Any]]) -> None:
    token = propagate()
    assert token["type"] == "Bearer"
    assert "error" not in token
    claims = jwt.decode(token["value"], options={"verify_signature": False})
    assert claims["user_email"] == environment.users[0].email
    assert claims["account_id"] == int(environment.fsm_account.id)
    assert {"account", "companies", "authorities", "client_id"} <= set(claims)


@pytest.mark.parametrize("assumptions", [{"token_cache": "none"}])
def test_rotation_counts_at_once(environment: Environment, propagate: t.Callable[..., dict[str, t.Any]]) -> None:
    account, trust = environment.fsm_account, environment.subaccount.trust
    assert "error" not in propagate()
    staged = trust.replace("passive")
    trust.rotate()
    assert f"not trusted by account {account.id}" in propagate()["error"]
    account.upload(staged.pem)
    assert "error" not in propagate()
    # Both are trusted, whichever is the active one.
    trust.rotate()
    assert "error" not in propagate()
    account.remove(staged.fingerprint)
    assert "error" not in propagate()
    trust.rotate()
    assert "not trusted" in propagate()["error"]


@pytest.mark.parametrize("sign", ["negative", "positive"])
def test_serial_number_of_any_sign(
    environment: Environment, propagate: t.Callable[..., dict[str, t.Any]], sign: t.Literal["negative", "positive"]
) -> None:
    environment.fsm_account.upload(environment.subaccount.trust.replace(serial_sign=sign).pem)
    assert "error" not in propagate()


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"audience": "https://de.fsm.cloud.sap/api/oauth2/v2/saml/other/metadata"}, "meant for audience"),
        ({"userIdSource": "user_name"}, "There is no user 'P"),
        ({"userIdSource": "employee"}, "The user token has no employee"),
        ({"userIdSource": ""}, "There is no user 'P"),
        ({"nameIdFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}, "not an e-mail address"),
        ({"tokenServicePassword": "wrong"}, "invalid_client"),
        ({"tokenServiceURL": f"{TOKEN_URL}?"}, "meant for recipient"),
    ],
)
def test_mismatch_is_refused_with_the_reason(
    propagate: t.Callable[..., dict[str, t.Any]], change: dict[str, str], reason: str
) -> None:
    token = propagate(**change)
    assert (token["type"], token["value"]) == ("", "")
    assert reason in token["error"]


def test_name_id_format_chooses_the_source(propagate: t.Callable[..., dict[str, t.Any]]) -> None:
    assert "error" not in propagate(userIdSource="", nameIdFormat=EMAIL_FORMAT)


def test_user_who_is_not_in_fsm(
    landscape: Landscape, environment: Environment, propagate: t.Callable[..., dict[str, t.Any]], log_on: LogOn
) -> None:
    stranger = landscape.add_user(environment, UserConfig(in_fsm=False))
    token = log_on(environment.application.credentials(), stranger)["access_token"]
    assert f"There is no user {stranger.email!r}" in propagate(token)["error"]


def test_a_valid_users_token_is_needed(
    landscape: Landscape,
    environment: Environment,
    service: Http,
    secondary: dict[str, str],
    user_token: str,
    log_on: LogOn,
    fetch_token: t.Callable[[dict[str, str]], str],
) -> None:
    environment.subaccount.destinations["FSM_PP"] = secondary
    other = landscape.add_environment({})
    header, payload, signature = user_token.split(".")
    expired = environment.subaccount.region.signer.sign(jwt.decode(user_token, options={"verify_signature": False}), -1)
    for token, reason in (
        (None, "header X-user-token is missing"),
        (fetch_token(environment.inputs()["service_key"]), "not a user's"),
        (log_on(other.application.credentials(), other.users[0])["access_token"], "another tenant"),
        (f"{header}.{payload}.{signature[:-8]}AAAAAAAA", "not valid"),
        (expired, "expired"),
    ):
        headers = {"X-user-token": token} if token else {}
        assert reason in service("GET", FIND, headers=headers).json()["authTokens"][0]["error"]


def test_users_own_token_as_access_token(
    environment: Environment, http: Http, secondary: dict[str, str], user_token: str
) -> None:
    """For a user of the provider tenant, clients exchange the token and send it as Authorization."""
    environment.subaccount.destinations["FSM_PP"] = secondary
    key = environment.inputs()["service_key"]
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": user_token}
    exchanged = http("POST", f"{key['url']}/oauth/token", data=form, auth=(key["clientid"], key["clientsecret"])).json()
    url = f"{key['uri']}/destination-configuration/v1{FIND}"
    [token] = http("GET", url, headers={"Authorization": f"Bearer {exchanged['access_token']}"}).json()["authTokens"]
    claims = jwt.decode(token["value"], options={"verify_signature": False})
    assert claims["user_email"] == environment.users[0].email


def test_without_a_key_pair(environment: Environment, propagate: t.Callable[..., dict[str, t.Any]]) -> None:
    environment.subaccount.trust.active = None
    assert "no key pair" in propagate()["error"]


def test_expired_certificate(environment: Environment, propagate: t.Callable[..., dict[str, t.Any]]) -> None:
    environment.fsm_account.upload(environment.subaccount.trust.replace(expires_in_days=-1).pem)
    assert "is not valid at this time" in propagate()["error"]


def assertion(landscape: Landscape, environment: Environment, **late: float) -> str:
    account = environment.fsm_account
    certificate = environment.subaccount.trust.active
    assert certificate is not None
    return signed_assertion(
        AssertionRequest("issuer", account.saml_metadata_url, TOKEN_URL),
        Subject(environment.users[0].email, EMAIL_FORMAT, {"department": "Field"}),
        certificate,
        landscape.clock.now() + timedelta(**late),
    )


def present(http: Http, environment: Environment, encoded: str) -> tuple[int, str]:
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:saml2-bearer", "assertion": encoded}
    client = environment.fsm_client
    answer = http("POST", TOKEN_URL, data=form, auth=(client.id, client.secret))
    return answer.status_code, answer.json().get("error_description", "")


@pytest.mark.usefixtures("secondary")
def test_validity_of_the_assertion(http: Http, landscape: Landscape, environment: Environment) -> None:
    assert present(http, environment, assertion(landscape, environment)) == (200, "")
    assert present(http, environment, assertion(landscape, environment, minutes=-4)) == (200, "")
    status, reason = present(http, environment, assertion(landscape, environment, minutes=-6))
    assert (status, "has expired at" in reason) == (400, True)
    status, reason = present(http, environment, assertion(landscape, environment, minutes=6))
    assert (status, "not valid before" in reason) == (400, True)


def unsigned(root: etree._Element) -> None:
    root.remove(root[1])


def other_user(root: etree._Element) -> None:
    next(root.iter("{*}NameID")).text = "mallory@simulated.example"


def other_audience(root: etree._Element) -> None:
    next(root.iter("{*}Audience")).text = "https://elsewhere.example"


def other_signature(root: etree._Element) -> None:
    value = next(root.iter("{*}SignatureValue"))
    value.text = base64.b64encode(bytes(256)).decode()


def wrapped(root: etree._Element) -> None:
    """Hide the signed assertion in one that nobody signed (XML signature wrapping)."""
    inner = etree.fromstring(etree.tostring(root))
    root.append(inner)
    root.set("ID", "_other")
    other_user(root)


@pytest.mark.usefixtures("secondary")
@pytest.mark.parametrize("forge", [unsigned, other_user, other_audience, other_signature, wrapped])
def test_forged_assertions(
    http: Http, landscape: Landscape, environment: Environment, forge: t.Callable[[etree._Element], None]
) -> None:
    environment.fsm_account.add_user("mallory@simulated.example")
    encoded = assertion(landscape, environment)
    root = etree.fromstring(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    forge(root)
    status, reason = present(http, environment, base64.urlsafe_b64encode(etree.tostring(root)).decode())
    assert (status, "sign" in reason) == (400, True)


def test_certificate_of_another_key(http: Http, landscape: Landscape, environment: Environment) -> None:
    trust = environment.subaccount.trust
    trusted, other = trust.replace(), trust.generate()
    environment.fsm_account.upload(trusted.pem)
    # Signed with a key of its own, under the certificate that FSM trusts.
    trust.active = type(other)(trusted.der, other.private_key)
    assert present(http, environment, assertion(landscape, environment)) == (
        400,
        "The signature of the assertion is not valid",
    )


@pytest.mark.parametrize("encoded", ["", "%%%", "PGE+", base64.urlsafe_b64encode(b"<a/>").decode()])
def test_what_is_no_assertion(http: Http, environment: Environment, encoded: str) -> None:
    assert present(http, environment, encoded)[0] == 400


@pytest.mark.usefixtures("secondary")
def test_assertion_says_what_is_documented(landscape: Landscape, environment: Environment) -> None:
    root = etree.fromstring(base64.urlsafe_b64decode(assertion(landscape, environment) + "=="))

    def text(tag: str) -> str | None:
        return next(root.iter(f"{{*}}{tag}")).text

    assert next(root.iter("{*}NameID")).get("Format") == EMAIL_FORMAT
    assert text("NameID") == environment.users[0].email
    assert text("Audience") == environment.fsm_account.saml_metadata_url
    assert text("AuthnContextClassRef") == "urn:oasis:names:tc:SAML:2.0:ac:classes:PreviousSession"
    assert next(root.iter("{*}SubjectConfirmationData")).get("Recipient") == TOKEN_URL
    assert next(root.iter("{*}SubjectConfirmation")).get("Method") == "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    active = environment.subaccount.trust.active
    assert active is not None
    assert base64.b64decode(text("X509Certificate") or "") == active.der
    # The schema's order: the signature follows the issuer.
    assert [etree.QName(child).localname for child in root][:3] == ["Issuer", "Signature", "Subject"]
