# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SAML 2.0 assertions as the Destination Service makes them (SAP BTP, "OAuth SAML Bearer Assertion Authentication")."""

from __future__ import annotations

import base64
import typing as t
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree
from lxml.builder import ElementMaker
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

from ..platform.saml import ASSERTION, BEARER, SIGNATURE

if t.TYPE_CHECKING:
    from ..subaccount.trust import TrustCertificate

PREVIOUS_SESSION = "urn:oasis:names:tc:SAML:2.0:ac:classes:PreviousSession"
# From five minutes ago, for receivers whose clocks are slow, to five minutes from now.
TOLERANCE = timedelta(minutes=5)
LIFETIME = timedelta(minutes=5)

_saml = ElementMaker(namespace=ASSERTION, nsmap={"saml2": ASSERTION})
_ds = ElementMaker(namespace=SIGNATURE, nsmap={"ds": SIGNATURE})


@dataclass(frozen=True)
class Subject:
    """Whom an assertion speaks of: the NameID and its format, and further attributes."""

    name_id: str
    name_id_format: str
    attributes: t.Mapping[str, str]


@dataclass(frozen=True)
class AssertionRequest:
    """What an assertion says besides."""

    issuer: str
    audience: str
    # The URL of the token service that shall accept it.
    recipient: str
    authn_context: str = PREVIOUS_SESSION
    # Whether the assertion carries the certificate whose key signs it.
    with_certificate: bool = True


def signed_assertion(request: AssertionRequest, subject: Subject, certificate: TrustCertificate, now: datetime) -> str:
    """Return an assertion, signed with a trust key pair, in base64url without padding."""
    root = _assertion(request, subject, now)
    # As the schema wants it, the signature follows the issuer.
    root.insert(1, _ds.Signature(Id="placeholder"))
    key_info = _ds.KeyInfo(_ds.X509Data(_ds.X509Certificate(base64.b64encode(certificate.der).decode())))
    signer = XMLSigner(
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    signed = signer.sign(
        root, key=certificate.private_key, key_info=key_info, reference_uri=root.get("ID"), id_attribute="ID"
    )
    if not request.with_certificate:
        # What names the key is not itself signed.
        etree.strip_elements(signed, f"{{{SIGNATURE}}}KeyInfo")
    return base64.urlsafe_b64encode(etree.tostring(signed)).rstrip(b"=").decode()


def _assertion(request: AssertionRequest, subject: Subject, now: datetime) -> etree._Element:
    issued, start, end = (_text(moment) for moment in (now, now - TOLERANCE, now + LIFETIME))
    parts = [
        _saml.Issuer(request.issuer),
        _saml.Subject(
            _saml.NameID(subject.name_id, Format=subject.name_id_format),
            _saml.SubjectConfirmation(
                _saml.SubjectConfirmationData(NotOnOrAfter=end, Recipient=request.recipient), Method=BEARER
            ),
        ),
        _saml.Conditions(
            _saml.AudienceRestriction(_saml.Audience(request.audience)), NotBefore=start, NotOnOrAfter=end
        ),
        _saml.AuthnStatement(
            _saml.AuthnContext(_saml.AuthnContextClassRef(request.authn_context)),
            AuthnInstant=issued,
            SessionNotOnOrAfter=end,
        ),
    ]
    if subject.attributes:
        parts.append(
            _saml.AttributeStatement(
                *(_saml.Attribute(_saml.AttributeValue(value), Name=name) for name, value in subject.attributes.items())
            )
        )
    return _saml.Assertion(*parts, ID=f"_{uuid.uuid4()}", IssueInstant=issued, Version="2.0")


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
