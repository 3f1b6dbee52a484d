# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trust key pairs of a subaccount, with all traits of real ones (SAP BTP Connectivity, "Manage Trust")."""

from __future__ import annotations

import secrets
import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import algos, keys, pem
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ..platform.pki import fingerprint

if t.TYPE_CHECKING:
    from ..platform.clock import Clock

LIFETIME = timedelta(days=730)
SERIAL_BYTES = 10

Slot = t.Literal["active", "passive"]
SerialSign = t.Literal["negative", "positive"]


@dataclass(frozen=True)
class TrustCertificate:
    """A self-signed certificate and its private key."""

    der: bytes
    private_key: rsa.RSAPrivateKey

    @property
    def pem(self) -> str:
        """The certificate as PEM text."""
        return pem.armor("CERTIFICATE", self.der).decode()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 fingerprint, ``AB:CD:...``."""
        return fingerprint(self.der)

    @property
    def serial_number(self) -> int:
        """The serial number; negative for about half of all certificates."""
        return int(asn1.Certificate.load(self.der).serial_number)

    @property
    def not_after(self) -> datetime:
        """The moment (UTC) at which the certificate expires."""
        return t.cast("datetime", asn1.Certificate.load(self.der).not_valid_after)


class TrustStore:
    """A subaccount's key pairs: the active one signs, the passive one waits for the next rotation."""

    def __init__(self, subject: str, key_size: int, clock: Clock) -> None:
        # Also the name under which the subaccount issues assertions.
        self.subject = subject
        self._key_size = key_size
        self._clock = clock
        self.active: TrustCertificate | None = None
        self.passive: TrustCertificate | None = None

    def generate(self, *, expires_in: timedelta = LIFETIME, serial_sign: SerialSign | None = None) -> TrustCertificate:
        """Return a new key pair with its certificate. Takes seconds of computing for a 4096-bit key.

        Args:
            expires_in: validity from now; in the past when negative.
            serial_sign: sign of the serial number; left to chance when None, as in reality.
        """
        expiry = self._clock.now() + expires_in
        return self_signed(self.subject, self._key_size, expiry - LIFETIME, expiry, serial_sign)

    def replace(
        self, slot: Slot = "active", *, expires_in_days: float | None = None, serial_sign: SerialSign | None = None
    ) -> TrustCertificate:
        """Put a new certificate in a slot, bypassing the API: for tests that need one with special traits."""
        lifetime = LIFETIME if expires_in_days is None else timedelta(days=expires_in_days)
        certificate = self.generate(expires_in=lifetime, serial_sign=serial_sign)
        setattr(self, slot, certificate)
        return certificate

    def rotate(self) -> None:
        """Let active and passive change places."""
        self.active, self.passive = self.passive, self.active


def self_signed(
    subject: str, key_size: int, not_before: datetime, not_after: datetime, serial_sign: SerialSign | None = None
) -> TrustCertificate:
    """Return a key pair with a certificate as the Destination Service makes them.

    X.509 limits a CN to 64 characters and a serial number to positive integers. Real certificates keep neither limit,
    so the structure is built by a library that does not enforce them; another one, made for cryptography, signs it.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=key_size)
    public_der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    name = _name(
        ("common_name", subject),
        ("organization_name", "SAP"),
        ("organizational_unit_name", "CP Destination Configuration"),
    )
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha512_rsa"})
    to_be_signed = asn1.TbsCertificate(
        {
            "version": "v3",
            "serial_number": _random_serial(serial_sign),
            "signature": algorithm,
            "issuer": name,
            "validity": {
                "not_before": asn1.Time({"utc_time": not_before.replace(microsecond=0)}),
                "not_after": asn1.Time({"utc_time": not_after.replace(microsecond=0)}),
            },
            "subject": name,
            "subject_public_key_info": keys.PublicKeyInfo.load(public_der),
        }
    )
    signature = key.sign(to_be_signed.dump(), padding.PKCS1v15(), hashes.SHA512())
    certificate = asn1.Certificate(
        {"tbs_certificate": to_be_signed, "signature_algorithm": algorithm, "signature_value": signature}
    )
    return TrustCertificate(certificate.dump(), key)


def _random_serial(sign: SerialSign | None) -> int:
    """Return ten random bytes read as a signed integer: that is why half of the real serials are negative."""
    serial = int.from_bytes(secrets.token_bytes(SERIAL_BYTES), "big", signed=True)
    if sign is not None and (serial < 0) != (sign == "negative"):
        return ~serial
    return serial


def _name(*parts: tuple[str, str]) -> asn1.Name:
    return asn1.Name(
        name="",
        value=asn1.RDNSequence(
            [
                asn1.RelativeDistinguishedName(
                    [
                        asn1.NameTypeAndValue(
                            {"type": kind, "value": asn1.DirectoryString(name="utf8_string", value=text)}
                        )
                    ]
                )
                for kind, text in parts
            ]
        ),
    )
