# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Destination Service accepts as a certificate or keystore, and the public part that it gives out."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import typing as t

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from ..platform.pki import certificate_pem
from ..platform.web import ServiceError
from ..subaccount.configuration_store import NOT_FOUND, etag_of
from .certificate_generation import generate
from .destination_rules import NameForm, text_properties, validate_name
from .operations import Draft, conditional

if t.TYPE_CHECKING:
    from starlette.responses import Response

    from ..subaccount.configuration_store import ConfigurationStore, Entry
    from .operations import Call

PASSWORD_PROTECTED = "The keystore is password-protected and public keys cannot be retrieved"

# As in the examples of the OpenAPI description: "our team's app.pem", "workflow (new).pem".
_NAME = NameForm(re.compile(r"[A-Za-z0-9_.' ()-]+"), "letters, digits, blanks and _.'()-")
_PKCS12_NAME = re.compile(r".*\.(p12|pfx)", re.IGNORECASE)
_JKS_NAME = re.compile(r".*\.jks", re.IGNORECASE)


async def certificate_draft(call: Call, data: t.Any) -> Draft:
    """Return the certificate or keystore that a request's JSON holds, or that its ``Attributes`` ask for.

    Its content is kept as it is, byte for byte: what is in it, the service asks when it is used.

    Raises:
        ServiceError: 400 when the service would not store it.
    """
    if isinstance(data, dict) and "Attributes" in data:
        properties = text_properties({key: value for key, value in data.items() if key != "Attributes"}, "certificate")
        validate_name(properties, "Name", _NAME)
        # Seconds of computing, with other requests to be served meanwhile.
        return await asyncio.to_thread(generate, call, properties, data["Attributes"])
    properties = text_properties(data, "certificate")
    validate_name(properties, "Name", _NAME)
    try:
        content = base64.b64decode(properties.get("Content", ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ServiceError(400, "The value of property Content is not Base64") from error
    if not content:
        raise ServiceError(400, "Property Content is mandatory")
    return Draft(properties)


async def read_public_keys(store: ConfigurationStore, call: Call) -> Response:
    """Return the certificate chains in a certificate or keystore, one per alias of a keystore."""
    entry = store.entry(call.request.path_params["name"])
    if entry is None:
        raise ServiceError(404, NOT_FOUND)
    public_keys = [_public_key(alias, chain) for alias, chain in _chains(entry)]
    return conditional(call.request, etag_of({"publicKeys": public_keys}), public_keys)


def _chains(entry: Entry) -> list[tuple[str | None, list[x509.Certificate]]]:
    content = base64.b64decode(entry.configuration.get("Content", ""))
    # The digest in a JKS file is keyed with a password: there is none without.
    if _JKS_NAME.fullmatch(entry.name):
        raise ServiceError(400, PASSWORD_PROTECTED)
    try:
        if not _PKCS12_NAME.fullmatch(entry.name):
            return [(None, _load_certificates(content))]
        password = None if entry.password is None else entry.password.encode()
        keystore = pkcs12.load_pkcs12(content, password)
    except ValueError as error:
        if "password" in str(error).lower():
            raise ServiceError(400, PASSWORD_PROTECTED) from error
        raise ServiceError(400, "No public keys can be read from the content") from error
    further = [item.certificate for item in keystore.additional_certs]
    if keystore.cert is None:
        return [(_alias(item), [item.certificate]) for item in keystore.additional_certs]
    return [(_alias(keystore.cert), [keystore.cert.certificate, *further])]


def _load_certificates(content: bytes) -> list[x509.Certificate]:
    if b"-----BEGIN" in content:
        return x509.load_pem_x509_certificates(content)
    return [x509.load_der_x509_certificate(content)]


def _alias(item: pkcs12.PKCS12Certificate) -> str:
    return (item.friendly_name or b"").decode("utf-8", "replace")


def _public_key(alias: str | None, chain: list[x509.Certificate]) -> dict[str, str]:
    named = {} if alias is None else {"Alias": alias}
    return {
        **named,
        "Content": "".join(map(certificate_pem, chain)).strip(),
        "SubjectDN": chain[0].subject.rfc4514_string(),
    }
