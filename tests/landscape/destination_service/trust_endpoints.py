# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Destination Service's operations on the subaccount's trust key pairs: ``/v1/saml2Metadata`` and below."""

from __future__ import annotations

import asyncio
import base64
import typing as t

from lxml import etree
from starlette.responses import JSONResponse, Response

from ..platform.web import PlainServiceError, ServiceError
from ..subaccount.trust import Slot, TrustCertificate
from .operations import require_empty_body

if t.TYPE_CHECKING:
    from .operations import Call, Operation

NO_KEY_PAIR = "There is no such key pair for this account"

_METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"


def reader(slot: Slot) -> Operation:
    """Return the operation that reads the certificate in a slot."""

    async def read(call: Call) -> Response:
        certificate: TrustCertificate | None = getattr(call.caller.trust, slot)
        if certificate is None:
            raise ServiceError(404, f"Keypair for subaccount - {call.caller.subaccount.id} does not exist")
        return JSONResponse({"certificate": certificate.pem})

    return read


def generator(slot: Slot) -> Operation:
    """Return the operation that generates the key pair in a slot, or renews it in place."""

    async def generate(call: Call) -> Response:
        await require_empty_body(call.request)
        trust = call.caller.trust
        # Seconds of computing, with other requests to be served meanwhile.
        certificate = await asyncio.to_thread(trust.generate)
        setattr(trust, slot, certificate)
        return JSONResponse({"certificate": certificate.pem})

    return generate


async def delete_passive(call: Call) -> Response:
    """Delete the passive key pair."""
    trust = call.caller.trust
    if trust.passive is None:
        raise PlainServiceError(404, NO_KEY_PAIR)
    trust.passive = None
    return JSONResponse({"Count": 1})


async def rotate(call: Call) -> Response:
    """Let the active and the passive key pair change places."""
    await require_empty_body(call.request)
    trust = call.caller.trust
    if trust.passive is None:
        raise ServiceError(404, f"Passive Keypair for subaccount - {call.caller.subaccount.id} does not exist")
    trust.rotate()
    return JSONResponse(
        {
            f"{slot}Certificate": certificate.pem
            for slot, certificate in (("active", trust.active), ("passive", trust.passive))
            if certificate is not None
        }
    )


async def read_metadata(call: Call) -> Response:
    """Return the SAML metadata of the subaccount as an identity provider, with both certificates."""
    trust = call.caller.trust
    if trust.active is None:
        raise PlainServiceError(404, NO_KEY_PAIR)
    certificates = [certificate for certificate in (trust.active, trust.passive) if certificate is not None]
    return JSONResponse({"idpMetadata": base64.b64encode(_metadata(certificates)).decode()})


def _metadata(certificates: list[TrustCertificate]) -> bytes:
    # Like the real document, it is generic: certificates alone, no entity ID, no endpoints.
    root = etree.Element(f"{{{_METADATA}}}EntityDescriptor", nsmap={"ns3": _METADATA, "ds": _SIGNATURE})
    for descriptor, requirement in (
        ("SPSSODescriptor", "AuthnRequestsSigned"),
        ("IDPSSODescriptor", "WantAuthnRequestsSigned"),
    ):
        role = etree.SubElement(root, f"{{{_METADATA}}}{descriptor}")
        role.set(requirement, "true")
        role.set("protocolSupportEnumeration", _PROTOCOL)
        for certificate in certificates:
            key = etree.SubElement(role, f"{{{_METADATA}}}KeyDescriptor", use="signing")
            info = etree.SubElement(key, f"{{{_SIGNATURE}}}KeyInfo")
            data = etree.SubElement(info, f"{{{_SIGNATURE}}}X509Data")
            text = etree.SubElement(data, f"{{{_SIGNATURE}}}X509Certificate")
            text.text = base64.b64encode(certificate.der).decode()
    return etree.tostring(root)


TRUST_OPERATIONS: dict[str, dict[str, Operation]] = {
    "/v1/saml2Metadata": {"get": read_metadata},
    "/v1/saml2Metadata/certificate": {"get": reader("active"), "post": generator("active")},
    "/v1/saml2Metadata/certificate/passive": {
        "get": reader("passive"),
        "post": generator("passive"),
        "delete": delete_passive,
    },
    "/v1/saml2Metadata/rotateCertificate": {"post": rotate},
}
