# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The landscape's certificate authorities: one for its servers, one for the client certificates in service keys."""

from __future__ import annotations

import hashlib
import ssl
import tempfile
import typing as t
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if t.TYPE_CHECKING:
    from .clock import Clock

SubjectKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

AUTHORITY_LIFETIME = timedelta(days=3650)
SERVER_LIFETIME = timedelta(days=365)
# Service keys of type x509 are valid for a week unless their creator asks for longer (SAP BTP, "Parameters for X.509").
CLIENT_LIFETIME = timedelta(days=7)
CLIENT_KEY_BITS = 2048


def distinguished_name(**parts: str) -> x509.Name:
    """Return an X.509 name of these parts, in the order given; known are ``C``, ``O``, ``OU``, ``L`` and ``CN``."""
    oids = {
        "C": NameOID.COUNTRY_NAME,
        "O": NameOID.ORGANIZATION_NAME,
        "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "L": NameOID.LOCALITY_NAME,
        "CN": NameOID.COMMON_NAME,
    }
    return x509.Name([x509.NameAttribute(oids[short], value) for short, value in parts.items()])


class Authority:
    """A certificate authority that signs with an elliptic-curve key (quick to make, quick in a TLS handshake)."""

    def __init__(self, name: x509.Name, clock: Clock, issuer: Authority | None = None) -> None:
        self._clock = clock
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.issuer = issuer
        self.certificate: x509.Certificate = (issuer or self)._sign(
            name,
            self._key.public_key(),
            AUTHORITY_LIFETIME,
            issuer.certificate.subject if issuer else name,
            (x509.BasicConstraints(ca=True, path_length=None), True),
            (_key_usage("key_cert_sign", "crl_sign"), True),
        )

    @property
    def pem(self) -> str:
        """The authority's own certificate as PEM text."""
        return certificate_pem(self.certificate)

    def issue_server(
        self, host_names: t.Iterable[str], addresses: t.Iterable[str]
    ) -> tuple[x509.Certificate, SubjectKey]:
        """Return a server certificate for these names and IP addresses, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in host_names]
        alternatives += [x509.IPAddress(ip_address(address)) for address in addresses]
        certificate = self._sign(
            distinguished_name(O="Simulated landscape", CN="Simulated landscape server"),
            key.public_key(),
            SERVER_LIFETIME,
            self.certificate.subject,
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (_key_usage("digital_signature"), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
            (x509.SubjectAlternativeName(alternatives), False),
        )
        return certificate, key

    @property
    def chain(self) -> list[x509.Certificate]:
        """The authority's own certificate, and those of the authorities above it."""
        return [self.certificate, *(self.issuer.chain if self.issuer else [])]

    def issue_client(self, subject: x509.Name) -> tuple[x509.Certificate, SubjectKey]:
        """Return a client certificate for this subject, and its RSA key."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=CLIENT_KEY_BITS)
        return self.certify_client(subject, key.public_key(), CLIENT_LIFETIME), key

    def certify_client(
        self, subject: x509.Name, public_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, lifetime: timedelta
    ) -> x509.Certificate:
        """Return a client certificate for this subject and somebody's public key."""
        return self._sign(
            subject,
            public_key,
            lifetime,
            self.certificate.subject,
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (_key_usage("digital_signature"), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        )

    def _sign(
        self,
        subject: x509.Name,
        public_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        lifetime: timedelta,
        issuer_name: x509.Name,
        *extensions: tuple[x509.ExtensionType, bool],
    ) -> x509.Certificate:
        # TLS is verified by the machine's time on both sides; who shows a certificate, its system judges by the
        # landscape's clock. It has to be good by both, whatever that clock shows.
        moments = (datetime.now(timezone.utc), self._clock.now())
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer_name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            # A client whose clock is a little slow accepts it all the same.
            .not_valid_before(min(moments) - timedelta(hours=1))
            .not_valid_after(max(moments) + lifetime)
            # Python 3.13 verifies strictly: both key identifiers, and keyUsage on authorities, must be there.
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self._key, hashes.SHA256())


def _key_usage(*granted: str) -> x509.KeyUsage:
    usages = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{usage: usage in granted for usage in usages})


def certificate_pem(certificate: x509.Certificate) -> str:
    """Return a certificate as PEM text."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def fingerprint(der: bytes) -> str:
    """Return a certificate's SHA-256 fingerprint as administrators read it: ``AB:CD:...``."""
    return ":".join(f"{byte:02X}" for byte in hashlib.sha256(der).digest())


def private_key_pem(key: SubjectKey) -> str:
    """Return a private key as unencrypted PEM text in its traditional form, as service keys carry it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


def server_context(client_authority: Authority) -> ssl.SSLContext:
    """Return a TLS server context that asks for, but does not insist on, a certificate of this client authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cadata=client_authority.pem)
    return context


def load_server_certificate(context: ssl.SSLContext, certificate: x509.Certificate, key: SubjectKey) -> None:
    """Let a TLS server context use this certificate for the connections to come."""
    # The ssl module reads certificates from files alone; the key stays on disk no longer than that takes.
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "server.pem"
        path.touch(mode=0o600)
        path.write_text(certificate_pem(certificate) + private_key_pem(key), encoding="ascii")
        context.load_cert_chain(path)
