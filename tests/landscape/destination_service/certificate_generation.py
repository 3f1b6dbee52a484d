# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates that the Destination Service generates from ``Attributes``, with a key of its own or for a CSR.

Not simulated is the renewal of those with ``AutomaticRenew``: the attribute is accepted, and the certificate expires.
It is public that the service renews one that is "close to expiring", but neither when that is nor what stays of the
old one.
"""

from __future__ import annotations

import base64
import binascii
import typing as t
from datetime import timedelta
from pathlib import PurePosixPath

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from ..platform.pki import certificate_pem
from ..platform.web import ServiceError
from .operations import Draft

if t.TYPE_CHECKING:
    from ..subaccount.configuration_store import Configuration
    from .operations import Call

# Days in each of the time units of Attributes.Validity; the service's own reckoning is not public.
TIME_UNITS = {"DAYS": 1, "MONTHS": 30, "YEARS": 365}
# Of the example in the OpenAPI description: three months. Which limits there are is not public, so these are ours:
# what the issuing authority outlives.
DEFAULT_VALIDITY = timedelta(days=91)
MAXIMUM_VALIDITY = timedelta(days=3650)
# X.509's upper bound (RFC 5280, appendix A.1).
COMMON_NAME_LENGTH = 64

_TYPES: dict[str, type] = {"CN": str, "CSR": str, "Validity": dict, "AutomaticRenew": bool, "Password": str}
_KEYSTORE_SUFFIXES = (".p12", ".pfx")


def generate(call: Call, properties: Configuration, attributes: t.Any) -> Draft:
    """Return the certificate that the service makes for these attributes; takes seconds of computing.

    The suffix of the name says the form: ``.p12`` and ``.pfx`` a PKCS#12 keystore, anything else PEM, with the private
    key unless a CSR came along. How JKS keystores are generated is not public, so none is.

    Raises:
        ServiceError: 400 for attributes that no certificate can be made from.
    """
    _check_types(attributes)
    name = PurePosixPath(properties["Name"])
    in_keystore = name.suffix.lower() in _KEYSTORE_SUFFIXES
    if name.suffix.lower() == ".jks":
        raise ServiceError(400, "A JKS keystore cannot be generated")
    subject = _subject(call, attributes.get("CN", (name.stem or name.name)[:COMMON_NAME_LENGTH]))
    password = attributes.get("Password")
    key: rsa.RSAPrivateKey | None = None
    if "CSR" in attributes:
        if in_keystore:
            raise ServiceError(400, "Only a PEM certificate can be generated from a CSR")
        public_key = _requested_key(attributes["CSR"])
    else:
        key = new_key(call.key_size)
        public_key = key.public_key()
    authority = call.client_authority
    leaf = authority.certify_client(subject, public_key, _lifetime(attributes.get("Validity", {})))
    if key is not None and in_keystore:
        content = _keystore(name.stem, key, [leaf, *authority.chain], password)
    else:
        content = "".join(map(certificate_pem, [leaf, *authority.chain])).encode()
        if key is not None:
            content += _private_bytes(key, password)
    return Draft({**properties, "Content": base64.b64encode(content).decode()}, password if in_keystore else None)


def new_key(bits: int) -> rsa.RSAPrivateKey:
    """Return a new private key of this length; takes up to seconds of computing."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def _check_types(attributes: t.Any) -> None:
    if not isinstance(attributes, dict):
        raise ServiceError(400, "Attributes must be a JSON object")
    for key, expected in _TYPES.items():
        if key in attributes and not isinstance(attributes[key], expected):
            raise ServiceError(400, f"The value of attribute {key} is of the wrong type")


def _subject(call: Call, common_name: str) -> x509.Name:
    # As in the OpenAPI description's example; its OU "Canary" marks a landscape for tests.
    subaccount = call.caller.subaccount
    location = f"{subaccount.region.destination_service_host}/{subaccount.id}"
    parts = (
        (NameOID.COUNTRY_NAME, "DE"),
        (NameOID.ORGANIZATION_NAME, "SAP SE"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "SAP Cloud Platform Clients"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, call.caller.instance.id),
        (NameOID.LOCALITY_NAME, location),
        (NameOID.COMMON_NAME, common_name),
    )
    if not 1 <= len(common_name) <= COMMON_NAME_LENGTH:
        raise ServiceError(400, f"The value of attribute CN must have 1 to {COMMON_NAME_LENGTH} characters")
    # The bound counts characters, the library's own check bytes.
    return x509.Name([x509.NameAttribute(oid, value, _validate=False) for oid, value in parts])


def _requested_key(csr: str) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    try:
        request = x509.load_pem_x509_csr(base64.b64decode(csr, validate=True))
    except (binascii.Error, ValueError) as error:
        raise ServiceError(400, "The value of attribute CSR is not a Base64-encoded PEM certificate request") from error
    key = request.public_key()
    if not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)) or not request.is_signature_valid:
        raise ServiceError(400, "The certificate request in attribute CSR is not signed with an RSA or EC key")
    return key


def _lifetime(validity: dict[str, t.Any]) -> timedelta:
    if not validity:
        return DEFAULT_VALIDITY
    unit, value = validity.get("TimeUnit"), validity.get("Value")
    days = TIME_UNITS.get(unit) if isinstance(unit, str) else None
    if days is None or type(value) is not int or not 1 <= value <= MAXIMUM_VALIDITY.days // days:  # pylint: disable=unidiomatic-typecheck
        units = ", ".join(TIME_UNITS)
        raise ServiceError(
            400, f"Attribute Validity needs a TimeUnit ({units}) and a Value, up to {MAXIMUM_VALIDITY.days} days in all"
        )
    return timedelta(days=value * days)


def _encryption(password: str | None) -> serialization.KeySerializationEncryption:
    if not password:
        return serialization.NoEncryption()
    return serialization.BestAvailableEncryption(password.encode())


def _private_bytes(key: rsa.RSAPrivateKey, password: str | None) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, _encryption(password))


def _keystore(alias: str, key: rsa.RSAPrivateKey, chain: list[x509.Certificate], password: str | None) -> bytes:
    return pkcs12.serialize_key_and_certificates(alias.encode(), key, chain[0], chain[1:], _encryption(password))
