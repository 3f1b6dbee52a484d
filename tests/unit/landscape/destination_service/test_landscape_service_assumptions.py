# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is assumed of the Destination Service, under each alternative; its tokens have a file of their own."""

from __future__ import annotations

import base64
import typing as t

import pytest
from cryptography import x509
from lxml import etree

from landscape.destination_service.saml_bearer import signed_assertion
from landscape.platform.pki import certificate_pem

if t.TYPE_CHECKING:
    import requests

    from landscape import Environment
    from unit.landscape.conftest import Http

LIST = "/subaccountDestinations"
Assertion = t.Callable[..., "etree._Element"]


@pytest.fixture
def sent_assertion(
    monkeypatch: pytest.MonkeyPatch, service: Http, environment: Environment, secondary: dict[str, str], user_token: str
) -> Assertion:
    """Find the secondary destination, with changes: the assertion that FSM is sent, which it has to accept."""
    sent: list[str] = []

    def noted(*arguments: t.Any) -> str:
        sent.append(signed_assertion(*arguments))
        return sent[-1]

    monkeypatch.setattr("landscape.destination_service.token_retrieval.signed_assertion", noted)

    def find(**change: str) -> etree._Element:
        environment.subaccount.destinations["FSM_PP"] = {**secondary, **change}
        [entry] = service("GET", "/destinations/FSM_PP", headers={"X-user-token": user_token}).json()["authTokens"]
        assert "error" not in entry, entry
        return etree.fromstring(base64.urlsafe_b64decode(sent[-1] + "=" * (-len(sent[-1]) % 4)))

    return find


@pytest.mark.parametrize(
    "assumptions, carried",
    [({"assertion_certificate": "on_request"}, False), ({"assertion_certificate": "always"}, True)],
)
def test_certificate_in_assertions(sent_assertion: Assertion, carried: bool) -> None:
    """FSM finds the key among the trusted ones when the assertion does not name it."""
    assert (sent_assertion().find(".//{*}KeyInfo") is not None) == carried
    assert sent_assertion(includeSigningCertificateInSAMLAssertion="true").find(".//{*}X509Certificate") is not None


@pytest.mark.parametrize("assumptions", [{"assertion_certificate": "on_request"}])
def test_untrusted_key_is_refused_without_its_certificate(
    service: Http, environment: Environment, secondary: dict[str, str], user_token: str
) -> None:
    environment.subaccount.destinations["FSM_PP"] = secondary
    environment.subaccount.trust.replace()
    [entry] = service("GET", "/destinations/FSM_PP", headers={"X-user-token": user_token}).json()["authTokens"]
    assert f"not trusted by account {environment.fsm_account.id}" in entry["error"]


def test_properties_of_assertions(sent_assertion: Assertion, environment: Environment) -> None:
    """SAP's guide: issuer, recipient and the NameID's source are the destination's to say."""
    assertion = sent_assertion(assertionIssuer="the issuer", userIdSource="$.email")
    assert assertion.findtext("{*}Issuer") == "the issuer"
    assert assertion.findtext(".//{*}NameID") == environment.users[0].email
    recipient = environment.inputs()["fsm"]["url"].partition("/cloud")[0] + "/api/oauth2/v2/token"
    data = sent_assertion(assertionRecipient=recipient).find(".//{*}SubjectConfirmationData")
    assert data is not None
    assert data.get("Recipient") == recipient


def test_wrong_recipient_and_path_of_the_user(
    service: Http, environment: Environment, secondary: dict[str, str], user_token: str
) -> None:
    for change, reason in (
        ({"assertionRecipient": "https://elsewhere.example"}, "meant for recipient 'https://elsewhere.example'"),
        ({"userIdSource": "$.ext_attr.zdn"}, f"There is no user {environment.subaccount.subdomain!r}"),
        ({"userIdSource": "$['email'].first"}, "The user token has no $['email'].first"),
    ):
        environment.subaccount.destinations["FSM_PP"] = {**secondary, **change}
        [entry] = service("GET", "/destinations/FSM_PP", headers={"X-user-token": user_token}).json()["authTokens"]
        assert reason in entry["error"]


@pytest.mark.parametrize(
    "name, password", [("signing.p12", "secret"), ("signing.pem", None), ("signing.pem", "secret")]
)
def test_keystore_signs_in_place_of_the_trust_certificate(
    service: Http,
    environment: Environment,
    secondary: dict[str, str],
    user_token: str,
    name: str,
    password: str | None,
) -> None:
    attributes = {"CN": "signing", **({"Password": password} if password else {})}
    assert service("POST", "/subaccountCertificates", json={"Name": name, "Attributes": attributes}).status_code == 201

    def find(**change: str) -> dict[str, t.Any]:
        environment.subaccount.destinations["FSM_PP"] = {**secondary, **change}
        [entry] = service("GET", "/destinations/FSM_PP", headers={"X-user-token": user_token}).json()["authTokens"]
        return t.cast("dict[str, t.Any]", entry)

    keystore = {"KeyStoreLocation": name, **({"KeyStorePassword": password} if password else {})}
    assert "error" not in find()
    assert "not trusted" in find(**keystore)["error"]
    [chain] = service("GET", f"/subaccountCertificates/{name}/publicKeys").json()
    leaf = x509.load_pem_x509_certificates(chain["Content"].encode())[0]
    environment.fsm_account.upload(certificate_pem(leaf))
    assert "error" not in find(**keystore)
    # The trust certificate plays no part any more.
    environment.subaccount.trust.replace()
    assert "error" not in find(**keystore)
    assert "There is no keystore other.p12" in find(KeyStoreLocation="other.p12")["error"]
    if password:
        assert "cannot be read" in find(**{**keystore, "KeyStorePassword": "wrong"})["error"]


def answers(service: Http, name: str) -> t.Iterator[dict[str, t.Any]]:
    """Yield a destination as each read of it shows it."""
    yield service("GET", f"{LIST}/{name}").json()
    for query in ("", f"?$filter=Name in ('{name}')", "?$page=1", "?$includeMetadata=etag"):
        [listed] = [item for item in service("GET", f"{LIST}{query}").json() if item["Name"] == name]
        yield listed


@pytest.mark.parametrize(
    "assumptions, shown",
    [
        ({"destination_secrets": "clear"}, "secret"),
        ({"destination_secrets": "left_out"}, "left out"),
        ({"destination_secrets": "null"}, None),
        ({"destination_secrets": "starred"}, "****"),
    ],
)
def test_secrets_in_reads(service: Http, environment: Environment, primary: dict[str, str], shown: str | None) -> None:
    stored = {**primary, "clientSecret": "secret", "tokenServicePassword": "secret"}
    assert service("POST", LIST, json=stored).status_code == 201
    for read in answers(service, "FSM"):
        assert (read["clientId"], read["URL"]) == (primary["clientId"], primary["URL"])
        assert [read.get(key, "left out") for key in ("clientSecret", "tokenServicePassword")] == [shown, shown]
    # Applications get what they need, and what is stored is whole.
    found = service("GET", "/destinations/FSM?$skipTokenRetrieval=true").json()["destinationConfiguration"]
    assert found == environment.subaccount.destinations["FSM"] == stored


@pytest.mark.parametrize("assumptions", [{"destination_names": "case_sensitive"}])
def test_names_in_another_case_are_others(service: Http, environment: Environment, primary: dict[str, str]) -> None:
    assert service("POST", LIST, json=primary).status_code == 201
    assert service("GET", f"{LIST}/fsm").status_code == 404
    assert service("POST", LIST, json={**primary, "Name": "fsm"}).status_code == 201
    assert set(environment.subaccount.destinations) >= {"FSM", "fsm"}


@pytest.mark.parametrize("assumptions", [{"destination_names": "case_insensitive"}])
def test_names_in_another_case_are_the_same(service: Http, environment: Environment, primary: dict[str, str]) -> None:
    for path in (LIST, "/instanceDestinations"):
        assert service("POST", path, json=primary).status_code == 201
        assert service("POST", path, json={**primary, "Name": "fsm"}).status_code == 409
        assert service("GET", f"{path}/fsm").json()["Name"] == "FSM"
        assert [item["Name"] for item in service("GET", f"{path}?$filter=Name in ('fsm')").json()] == ["FSM"]
        labels = [{"key": "env", "values": ["dev"]}]
        assert service("PUT", f"{path}/Fsm/labels", json=labels).status_code == 200
        assert service("PUT", path, json={**primary, "Name": "fsm", "Description": "new"}).status_code == 200
        assert service("GET", f"{path}/FSM/labels").json() == labels
        assert service("GET", f"{path}/FSM").json()["Description"] == "new"
    assert (
        service("GET", "/destinations/FsM?$skipTokenRetrieval=true").json()["destinationConfiguration"]["Name"] == "fsm"
    )
    assert service("DELETE", f"{LIST}?$filter=Name in ('FSM')").json()["Count"] == 1
    assert service("DELETE", "/instanceDestinations/FSM").status_code == 200
    assert "fsm" not in environment.subaccount.destinations


@pytest.mark.parametrize(
    "assumptions, status",
    [({"labels": "exist"}, 200), ({"labels": "missing"}, 404), ({"labels": "forbidden"}, 403)],
)
@pytest.mark.parametrize("path", [LIST, "/instanceDestinations", "/subaccountCertificates"])
def test_labels(service: Http, primary: dict[str, str], path: str, status: int) -> None:
    content = {"Name": "FSM", "Content": "AAAA"} if path.endswith("Certificates") else primary
    assert service("POST", path, json=content).status_code == 201
    labels = [{"key": "env", "values": ["dev"]}]
    answers = [
        service("GET", f"{path}/FSM/labels"),
        service("PUT", f"{path}/FSM/labels", json=labels),
        service("PATCH", f"{path}/FSM/labels", json={"action": "ADD", "labels": labels}),
    ]
    assert {answer.status_code for answer in answers} == {status}
    by_label = service("GET", f"{path}?$filter=Label['env'] HAS ('dev')")
    assert by_label.status_code == (200 if status == 200 else 400)


def form_of(answer: requests.Response) -> str:
    assert answer.status_code == 404
    if not answer.content:
        return "empty"
    return "json" if answer.text.startswith('{"ErrorMessage"') else "text"


@pytest.mark.parametrize(
    "assumptions, forms",
    [
        ({"not_found": "by_operation"}, {"json", "text"}),
        ({"not_found": "json"}, {"json"}),
        ({"not_found": "text"}, {"text"}),
        ({"not_found": "empty"}, {"empty"}),
    ],
)
def test_what_does_not_exist(service: Http, primary: dict[str, str], forms: set[str]) -> None:
    answers = [
        service("GET", f"{LIST}/FSM"),
        service("DELETE", f"{LIST}/FSM"),
        service("PUT", LIST, json=primary),
        service("GET", "/destinations/FSM"),
        service("GET", "/saml2Metadata/certificate"),
        service("DELETE", "/saml2Metadata/certificate/passive"),
    ]
    assert set(map(form_of, answers)) == forms
