# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What FSM accepts of SAML assertions that were made from the standard alone.

Sources: RFC 7522, section 3; SAML 2.0 Core, section 5 (signatures); SAP Task Center's guide: the audience is the
account's SAML metadata, the NameID the user's e-mail address, the certificate one that was uploaded for the account.
"""

from __future__ import annotations

import copy
import dataclasses
import typing as t

import jwt
import pytest
from lxml import etree

from judges.facts.saml import HOLDER_OF_KEY, NAMESPACES, Assertion, encoded

if t.TYPE_CHECKING:
    from judges.facts.conftest import Ask
    from landscape import Environment, Landscape
    from landscape.subaccount.trust import TrustCertificate
    from unit.landscape.conftest import Http

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:saml2-bearer"
Upload = t.Callable[["TrustCertificate"], str]


@pytest.fixture
def administrator(http: Http, environment: Environment) -> t.Callable[..., t.Any]:
    """Do something with the account's trusted certificates, as its administrator."""
    admin = environment.inputs()["fsm"]["admin"]

    def call(method: str, path: str = "", **options: t.Any) -> t.Any:
        return http(method, admin["url"] + path, auth=(admin["user"], admin["password"]), **options)

    return call


@pytest.fixture
def upload(administrator: t.Callable[..., t.Any]) -> Upload:
    """Let the account trust a certificate; its fingerprint."""

    def upload(certificate: TrustCertificate) -> str:
        answer = administrator("POST", data=certificate.pem)
        assert answer.status_code == 201
        return str(answer.json()["fingerprint"])

    return upload


@pytest.fixture
def trusted(environment: Environment, upload: Upload) -> TrustCertificate:
    """The certificate that the account trusts, and its key."""
    certificate = environment.subaccount.trust.replace()
    upload(certificate)
    return certificate


@pytest.fixture
def assertion(landscape: Landscape, environment: Environment) -> Assertion:
    """An assertion about the first user, as FSM wants it."""
    return Assertion(
        user=environment.users[0].email,
        audience=environment.inputs()["fsm"]["audience"],
        recipient="https://de.fsm.cloud.sap/api/oauth2/v2/token",
        issuer=environment.subaccount.trust.subject,
        now=landscape.clock.now(),
    )


@pytest.fixture
def outcome(fsm_token: Ask) -> t.Callable[[etree._Element], str]:
    """Show FSM a document: the e-mail address of the user whose token it grants, or why it refuses."""

    def outcome(document: etree._Element) -> str:
        answer = fsm_token(grant_type=GRANT_TYPE, assertion=encoded(document))
        if answer.status_code != 200:
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
            return str(answer.json()["error_description"])
        claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
        return str(claims["user_email"])

    return outcome


Outcome = t.Callable[["etree._Element"], str]
CARRIED = pytest.mark.parametrize("carried", [True, False], ids=["with its certificate", "without its certificate"])


def signed(assertion: Assertion, certificate: TrustCertificate, carried: bool = True) -> etree._Element:
    return assertion.signed(certificate.private_key, certificate.der if carried else None)


@CARRIED
def test_sound_assertion(
    environment: Environment, trusted: TrustCertificate, assertion: Assertion, outcome: Outcome, carried: bool
) -> None:
    for user in environment.users:
        about = dataclasses.replace(assertion, user=user.email)
        assert outcome(signed(about, trusted, carried)) == user.email


@pytest.mark.parametrize(
    "change, reason",
    [
        pytest.param({"audience": None}, "audience", id="no audience"),
        pytest.param({"audience": "https://de.fsm.cloud.sap"}, "audience", id="beginning of the audience"),
        pytest.param({"recipient": None}, "recipient", id="no recipient"),
        pytest.param({"recipient": "https://us.fsm.cloud.sap/api/oauth2/v2/token"}, "recipient", id="other recipient"),
        pytest.param({"method": HOLDER_OF_KEY}, "bearer", id="confirmation by another method"),
        pytest.param({"confirmation_ends": None}, "how long", id="confirmation without an end"),
        pytest.param({"confirmation_ends": -1}, "expired", id="confirmation that has expired"),
        pytest.param({"ends": -1}, "expired", id="conditions that have expired"),
        pytest.param({"begins": 60}, "before", id="conditions of the future"),
        pytest.param({"user": "nobody@acme.example"}, "no user", id="unknown user"),
        pytest.param({"user": ""}, "no user", id="nobody"),
        pytest.param(
            {"name_id_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"}, "e-mail", id="other format"
        ),
    ],
)
def test_what_an_assertion_needs(
    trusted: TrustCertificate, assertion: Assertion, outcome: Outcome, change: dict[str, t.Any], reason: str
) -> None:
    refused = outcome(signed(dataclasses.replace(assertion, **change), trusted))
    assert reason in refused
    assert "@" not in refused.partition("no user")[0]


@CARRIED
def test_unknown_key(
    landscape: Landscape,
    environment: Environment,
    trusted: TrustCertificate,
    assertion: Assertion,
    outcome: Outcome,
    carried: bool,
) -> None:
    stranger = environment.subaccount.trust.generate()
    assert "not trusted" in outcome(signed(assertion, stranger, carried))
    # An account of the same cluster trusts it.
    landscape.add_environment({}).fsm_account.upload(stranger.pem)
    assert "not trusted" in outcome(signed(assertion, stranger, carried))
    # Who has the public certificate does not have its key.
    forged = assertion.signed(stranger.private_key, trusted.der)
    assert "signature" in outcome(forged)


def test_assertion_that_is_not_signed(trusted: TrustCertificate, assertion: Assertion, outcome: Outcome) -> None:
    for carried in (True, False):
        document = signed(assertion, trusted, carried)
        signature = document.find("ds:Signature", NAMESPACES)
        assert signature is not None
        document.remove(signature)
        assert "@" not in outcome(document)


def test_what_is_not_signed_does_not_count(
    environment: Environment, trusted: TrustCertificate, assertion: Assertion, outcome: Outcome
) -> None:
    """Around an assertion of one user, another one is built, with the signature of the first ("signature wrapping")."""
    user, victim = environment.users
    inner = signed(assertion, trusted)
    changed = copy.deepcopy(inner)
    name_id = changed.find("saml:Subject/saml:NameID", NAMESPACES)
    assert name_id is not None
    name_id.text = victim.email
    assert "signature" in outcome(changed)
    changed.set("ID", "_another")
    signature = changed.find("ds:Signature", NAMESPACES)
    assert signature is not None
    original = copy.deepcopy(inner)
    etree.SubElement(signature, f"{{{NAMESPACES['ds']}}}Object").append(original)
    kept = original.find("ds:Signature", NAMESPACES)
    assert kept is not None
    original.remove(kept)
    assert victim.email not in outcome(changed)
    assert outcome(inner) == user.email


def test_certificate_that_was_removed(
    environment: Environment,
    trusted: TrustCertificate,
    assertion: Assertion,
    outcome: Outcome,
    upload: Upload,
    administrator: t.Callable[..., t.Any],
) -> None:
    later = environment.subaccount.trust.generate()
    fingerprint = upload(later)
    assert outcome(signed(assertion, later)) == assertion.user
    assert administrator("DELETE", f"/{fingerprint}").status_code == 204
    for carried in (True, False):
        assert "not trusted" in outcome(signed(assertion, later, carried))
    assert outcome(signed(assertion, trusted)) == assertion.user


@pytest.mark.parametrize(
    "assumptions",
    [{"fsm_trust": choice} for choice in ("several", "last_uploaded")],
    ids=lambda item: item["fsm_trust"],
)
def test_how_many_certificates_are_trusted(
    environment: Environment,
    trusted: TrustCertificate,
    assertion: Assertion,
    outcome: Outcome,
    upload: Upload,
    assumptions: dict[str, str],
) -> None:
    later = environment.subaccount.trust.generate()
    upload(later)
    assert outcome(signed(assertion, later)) == assertion.user
    first = outcome(signed(assertion, trusted))
    assert first == assertion.user if assumptions["fsm_trust"] == "several" else "not trusted" in first


@pytest.mark.parametrize(
    "assumptions",
    [{"fsm_issuer": choice} for choice in ("unchecked", "certificate_subject")],
    ids=lambda item: item["fsm_issuer"],
)
def test_issuer(trusted: TrustCertificate, assertion: Assertion, outcome: Outcome, assumptions: dict[str, str]) -> None:
    assert outcome(signed(assertion, trusted)) == assertion.user
    other = outcome(signed(dataclasses.replace(assertion, issuer="somebody"), trusted))
    assert other == assertion.user if assumptions["fsm_issuer"] == "unchecked" else "issued by" in other


@pytest.mark.parametrize(
    "assumptions",
    [{"fsm_email": choice} for choice in ("case_insensitive", "case_sensitive")],
    ids=lambda item: item["fsm_email"],
)
def test_case_of_an_email_address(
    trusted: TrustCertificate, assertion: Assertion, outcome: Outcome, assumptions: dict[str, str]
) -> None:
    found = outcome(signed(dataclasses.replace(assertion, user=assertion.user.upper()), trusted))
    assert found == assertion.user if assumptions["fsm_email"] == "case_insensitive" else "no user" in found
