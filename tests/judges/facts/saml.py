# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SAML assertions made from the standard alone, for FSM to accept or to refuse.

Sources: RFC 7522, section 3 (what an assertion has to say, and what has to be refused), and SAML 2.0 Core.
"""

from __future__ import annotations

import base64
import typing as t
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

if t.TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa

NAMESPACES = {
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
HOLDER_OF_KEY = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"
EMAIL_ADDRESS = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"

_TEMPLATE = """
<saml:Assertion xmlns:saml="{saml}" ID="{id}" Version="2.0" IssueInstant="{now}">
  <saml:Issuer>{issuer}</saml:Issuer>
  <ds:Signature xmlns:ds="{ds}" Id="placeholder"/>
  <saml:Subject>
    <saml:NameID Format="{format}">{user}</saml:NameID>
    <saml:SubjectConfirmation Method="{method}">
      <saml:SubjectConfirmationData {confirmation}/>
    </saml:SubjectConfirmation>
  </saml:Subject>
  <saml:Conditions {conditions}>{audience}</saml:Conditions>
  <saml:AuthnStatement AuthnInstant="{now}">
    <saml:AuthnContext>
      <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PreviousSession</saml:AuthnContextClassRef>
    </saml:AuthnContext>
  </saml:AuthnStatement>
</saml:Assertion>
"""
_AUDIENCE = "<saml:AudienceRestriction><saml:Audience>{}</saml:Audience></saml:AudienceRestriction>"


@dataclass(frozen=True)
class Assertion:
    """What an assertion says. Moments are seconds from now; what is None, it does not say."""

    user: str
    audience: str | None
    recipient: str | None
    issuer: str
    now: datetime
    method: str = BEARER
    name_id_format: str = EMAIL_ADDRESS
    # How long it may be sent.
    confirmation_ends: int | None = 300
    # When what it says is true.
    begins: int = -300
    ends: int = 300

    def signed(self, key: rsa.RSAPrivateKey, certificate: bytes | None) -> etree._Element:
        """Return the assertion, signed with a key, with the certificate (DER) in it or (None) without any."""
        # Without blanks between elements: they would be signed as well.
        document = etree.fromstring(self._text().strip().encode(), etree.XMLParser(remove_blank_text=True))
        # The library demands what to say of the key; where nothing shall be said, it is taken out again.
        key_info = _key_info(certificate or b"none")
        signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
        signed = signer.sign(document, key=key, key_info=key_info, reference_uri=document.get("ID"), id_attribute="ID")
        if certificate is None:
            etree.strip_elements(signed, f"{{{NAMESPACES['ds']}}}KeyInfo")
        return signed

    def _text(self) -> str:
        confirmation = {"Recipient": self.recipient, "NotOnOrAfter": self._moment(self.confirmation_ends)}
        conditions = {"NotBefore": self._moment(self.begins), "NotOnOrAfter": self._moment(self.ends)}
        return _TEMPLATE.format(
            **NAMESPACES,
            id=f"_{uuid.uuid4()}",
            now=self._moment(0),
            issuer=self.issuer,
            format=self.name_id_format,
            user=self.user,
            method=self.method,
            confirmation=_attributes(confirmation),
            conditions=_attributes(conditions),
            audience="" if self.audience is None else _AUDIENCE.format(self.audience),
        )

    def _moment(self, seconds: int | None) -> str | None:
        if seconds is None:
            return None
        return (self.now + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def encoded(assertion: etree._Element) -> str:
    """Return an assertion as the grant type sends it: in base64url (RFC 7522, section 2.1)."""
    return base64.urlsafe_b64encode(etree.tostring(assertion)).decode()


def _attributes(values: dict[str, str | None]) -> str:
    return " ".join(f'{name}="{value}"' for name, value in values.items() if value is not None)


def _key_info(certificate: bytes) -> etree._Element:
    info = etree.Element(f"{{{NAMESPACES['ds']}}}KeyInfo", nsmap={"ds": NAMESPACES["ds"]})
    data = etree.SubElement(info, f"{{{NAMESPACES['ds']}}}X509Data")
    etree.SubElement(data, f"{{{NAMESPACES['ds']}}}X509Certificate").text = base64.b64encode(certificate).decode()
    return info
