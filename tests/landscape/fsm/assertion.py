# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What FSM checks in a SAML 2.0 assertion before it issues a user's token (RFC 7522, section 3)."""

from __future__ import annotations

import base64
import binascii
import contextlib
import copy
import typing as t
from datetime import datetime, timezone

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from ..platform.saml import ASSERTION, BEARER, EMAIL_FORMATS, SIGNATURE
from ..platform.web import OAuthError

if t.TYPE_CHECKING:
    from .accounts import FsmAccount, FsmUser, TrustedCertificate

_NAMES = {"saml": ASSERTION, "ds": SIGNATURE}
# Where an assertion carries the certificate whose key has signed it, if it does.
_CERTIFICATE = "ds:Signature/ds:KeyInfo/ds:X509Data/ds:X509Certificate"
_SIGNATURE_11 = "http://www.w3.org/2009/xmldsig11#"
# Trust is established by the key alone, which comes from an uploaded certificate and never from the assertion.
_EXPECTED = SignatureConfiguration(require_x509=False, location="./", expect_references=1)


def asserted_user(encoded: str, account: FsmAccount, recipient: str, now: datetime) -> FsmUser:
    """Return the user whom a SAML assertion names.

    Args:
        encoded: the assertion in base64url, as the grant type demands.
        account: the account whose trusted certificates, audience and users count.
        recipient: the URL of the token service that the assertion has to be meant for.
        now: the present moment.

    Raises:
        OAuthError: 400 with the reason when the assertion is not accepted.
    """
    assertion = _verified(_parsed(encoded), account, now)
    _check_conditions(assertion, account.audience, now)
    _check_subject_confirmation(assertion, recipient, now)
    name_id = assertion.find("saml:Subject/saml:NameID", _NAMES)
    if name_id is None or name_id.get("Format", EMAIL_FORMATS[0]) not in EMAIL_FORMATS:
        raise _refusal("The NameID of the assertion is not an e-mail address")
    user = account.user((name_id.text or "").strip())
    if user is None:
        raise _refusal(f"There is no user {(name_id.text or '').strip()!r} in account {account.id}")
    return user


def _refusal(reason: str) -> OAuthError:
    return OAuthError(400, "invalid_grant", reason)


def _parsed(encoded: str) -> etree._Element:
    try:
        # The padding is optional (RFC 7522, section 2.1).
        document = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    except (binascii.Error, ValueError, etree.XMLSyntaxError) as error:
        raise _refusal("The assertion is not an XML document in base64url") from error
    if root.tag != f"{{{ASSERTION}}}Assertion":
        raise _refusal("The document is not a SAML 2.0 assertion")
    return root


def _verified(root: etree._Element, account: FsmAccount, now: datetime) -> etree._Element:
    """Return the part of the document that is signed by a trusted key, which must be the assertion itself."""
    signed, certificate = _signed(root, account)
    if not certificate.not_before <= now < certificate.not_after:
        raise _refusal(f"The signing certificate {certificate.fingerprint} is not valid at this time")
    issuer = signed.findtext("saml:Issuer", "", _NAMES)
    if account.assumptions.holds("fsm_issuer", "certificate_subject") and issuer != certificate.common_name:
        raise _refusal(f"The assertion is issued by {issuer!r}, not by {certificate.common_name!r}")
    return signed


def _signed(root: etree._Element, account: FsmAccount) -> tuple[etree._Element, TrustedCertificate]:
    """Return what of the document is signed by a trusted key, and the certificate of that key."""
    if root.find(_CERTIFICATE, _NAMES) is not None:
        certificate = _signing_certificate(root, account)
        return _signed_by(root, certificate), certificate
    for certificate in account.certificates:
        with contextlib.suppress(OAuthError):
            return _signed_by(copy.deepcopy(root), certificate), certificate
    raise _untrusted(account)


def _signed_by(root: etree._Element, certificate: TrustedCertificate) -> etree._Element:
    signature = root.find("ds:Signature", _NAMES)
    if signature is None:
        raise _refusal("The assertion is not signed")
    key_info = signature.find("ds:KeyInfo", _NAMES)
    if key_info is None:
        key_info = etree.SubElement(signature, f"{{{SIGNATURE}}}KeyInfo")
    # The certificate itself stays out of it: X.509 libraries refuse serial numbers and names such as SAP's.
    for child in list(key_info):
        key_info.remove(child)
    key = etree.SubElement(key_info, f"{{{_SIGNATURE_11}}}DEREncodedKeyValue")
    key.text = base64.b64encode(certificate.public_key).decode()
    try:
        result = XMLVerifier().verify(root, id_attribute="ID", expect_config=_EXPECTED)
    except (SignXMLException, InvalidSignature, ValueError, UnsupportedAlgorithm, etree.LxmlError) as error:
        raise _refusal("The signature of the assertion is not valid") from error
    signed = result.signed_xml if not isinstance(result, list) else None
    if signed is None or signed.tag != root.tag:
        raise _refusal("The signature does not cover the assertion")
    return signed


def _signing_certificate(root: etree._Element, account: FsmAccount) -> TrustedCertificate:
    try:
        der = base64.b64decode(root.findtext(_CERTIFICATE, "", _NAMES))
    except binascii.Error as error:
        raise _refusal("The certificate in the assertion cannot be read") from error
    certificate = account.trusted(der)
    if certificate is None:
        raise _untrusted(account)
    return certificate


def _untrusted(account: FsmAccount) -> OAuthError:
    return _refusal(f"The signing certificate of the assertion is not trusted by account {account.id}")


def _check_conditions(assertion: etree._Element, audience: str, now: datetime) -> None:
    conditions = assertion.find("saml:Conditions", _NAMES)
    if conditions is None:
        raise _refusal("The assertion has no conditions")
    _check_window(conditions, now)
    audiences = [item.text for item in conditions.iterfind("saml:AudienceRestriction/saml:Audience", _NAMES)]
    if audience not in audiences:
        named = ", ".join(repr(item) for item in audiences) or "nobody"
        raise _refusal(f"The assertion is meant for audience {named}, not for {audience!r}")


def _check_subject_confirmation(assertion: etree._Element, recipient: str, now: datetime) -> None:
    data = assertion.find(
        f"saml:Subject/saml:SubjectConfirmation[@Method='{BEARER}']/saml:SubjectConfirmationData", _NAMES
    )
    if data is None:
        raise _refusal("The assertion has no subject confirmation by bearer")
    if data.get("Recipient") != recipient:
        raise _refusal(f"The assertion is meant for recipient {data.get('Recipient')!r}, not for {recipient!r}")
    if data.get("NotOnOrAfter") is None:
        raise _refusal("The subject confirmation of the assertion does not say how long it is valid")
    _check_window(data, now)


def _check_window(element: etree._Element, now: datetime) -> None:
    start, end = element.get("NotBefore"), element.get("NotOnOrAfter")
    try:
        if start is not None and now < _moment(start):
            raise _refusal(f"The assertion is not valid before {start}")
        if end is not None and now >= _moment(end):
            raise _refusal(f"The assertion has expired at {end}")
    except ValueError as error:
        raise _refusal("The validity of the assertion cannot be read") from error


def _moment(text: str) -> datetime:
    # Python 3.10 does not read the letter Z.
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
