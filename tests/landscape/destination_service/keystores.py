# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keystores of destinations as the Destination Service itself uses them: to sign SAML assertions."""

from __future__ import annotations

import base64
import typing as t

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from ..subaccount.trust import TrustCertificate
from .token_request import TokenRetrievalFailed

if t.TYPE_CHECKING:
    from ..subaccount.configuration_store import Entry

PKCS12_SUFFIXES = (".p12", ".pfx")


def signing_pair(keystore: Entry, password: str | None) -> TrustCertificate:
    """Return the key pair in a keystore.

    Args:
        keystore: a PEM file with certificate and private key, or (by the suffix of its name) a PKCS#12 keystore.
        password: what the destination names as ``KeyStorePassword``; a generated keystore's own counts without it.

    Raises:
        TokenRetrievalFailed: no RSA key pair can be read from it.
    """
    secret = (password or keystore.password or "").encode() or None
    content = base64.b64decode(keystore.configuration.get("Content", ""))
    try:
        if keystore.name.lower().endswith(PKCS12_SUFFIXES):
            key, certificate, _unused = pkcs12.load_key_and_certificates(content, secret)
        else:
            key = serialization.load_pem_private_key(content, secret)
            certificate = x509.load_pem_x509_certificates(content)[0]
    except (TypeError, ValueError) as error:
        raise TokenRetrievalFailed(f"Keystore {keystore.name} cannot be read: {error}") from error
    if not isinstance(key, rsa.RSAPrivateKey) or certificate is None:
        raise TokenRetrievalFailed(f"Keystore {keystore.name} holds no RSA key with its certificate")
    return TrustCertificate(certificate.public_bytes(serialization.Encoding.DER), key)
