# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts of an X.509 certificate, read so that real trust certificates do not break it.

SAP's trust certificates have negative serials half of the time and a CN of 66 characters. The X.509 library warns of
both and announces to refuse the first, so the fingerprint and the PEM text never pass through it.
"""

from __future__ import annotations

import base64
import hashlib
import re
import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError

try:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
except ImportError:
    # The module's shell reports the missing library before any certificate is read.
    x509 = None  # type: ignore[assignment]

PEM_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
ASK_FOR_PEM = "Expected is the PEM text of one certificate."


@dataclass(frozen=True)
class Certificate:
    """One certificate. What the X.509 library cannot read is None, and ``unreadable`` says why.

    :param pem: the certificate alone, with ``\\n`` line ends and a final one
    :param fingerprint: SHA-256 of the DER form, ``AA:BB:...``
    :param serial: the serial's bytes as the certificate has them, ``AA:BB:...``
    """

    pem: str
    fingerprint: str
    subject: str | None = None
    issuer: str | None = None
    serial: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    unreadable: str | None = None

    def seconds_left(self, now: datetime) -> float | None:
        """Seconds from ``now`` until the certificate expires; negative after that; None when unreadable."""
        return None if self.not_after is None else (self.not_after - now).total_seconds()

    def days_left(self, now: datetime) -> int | None:
        """Whole days from ``now`` until the certificate expires, rounded down."""
        seconds = self.seconds_left(now)
        return None if seconds is None else int(seconds // timedelta(days=1).total_seconds())


def read_certificate(text: str) -> Certificate:
    """Read PEM text that holds one certificate, whatever its line ends and the text around it.

    :raises InputError: there is no certificate in the text, more than one, or its content is not base64
    """
    blocks = PEM_BLOCK.findall(text)
    if len(blocks) != 1:
        found = "no certificate" if not blocks else f"a chain of {len(blocks)} certificates"
        raise InputError(f"The text holds {found}.", ASK_FOR_PEM)
    try:
        der = base64.b64decode("".join(blocks[0].split()), validate=True)
    except ValueError as error:
        raise InputError("The certificate's content is not base64.", ASK_FOR_PEM) from error
    if not der:
        raise InputError("The certificate is empty.", ASK_FOR_PEM)
    encoded = base64.encodebytes(der).decode().replace("\n", "")
    lines = [encoded[start : start + 64] for start in range(0, len(encoded), 64)]
    pem = "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
    return _with_library(der, pem, with_colons(hashlib.sha256(der).hexdigest()))


def _with_library(der: bytes, pem: str, fingerprint: str) -> Certificate:
    with warnings.catch_warnings():
        # Negative serials and over-long names: known traits of these certificates, no news to anyone.
        warnings.simplefilter("ignore")
        try:
            parsed = x509.load_der_x509_certificate(der)
            number = parsed.serial_number
            return Certificate(
                pem=pem,
                fingerprint=fingerprint,
                subject=parsed.subject.rfc4514_string(),
                issuer=parsed.issuer.rfc4514_string(),
                serial=with_colons(
                    number.to_bytes((number + (number < 0)).bit_length() // 8 + 1, "big", signed=True).hex()
                ),
                not_before=_in_utc(parsed, "not_valid_before"),
                not_after=_in_utc(parsed, "not_valid_after"),
            )
        except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm) as error:
            return Certificate(pem=pem, fingerprint=fingerprint, unreadable=str(error))


def _in_utc(parsed: x509.Certificate, field: str) -> datetime:
    """Return a moment of the certificate; only libraries since 42 have it with a time zone."""
    if hasattr(parsed, f"{field}_utc"):
        return getattr(parsed, f"{field}_utc")
    return getattr(parsed, field).replace(tzinfo=timezone.utc)


def with_colons(digits: str) -> str:
    """Write hexadecimal digits as ``AA:BB:...``."""
    return ":".join(re.findall("..", digits.upper()))


# In a file's name, what stands for the beginning of the fingerprint until it is known.
SHORT_FINGERPRINT = "<fingerprint>"


def named_after(path: str, fingerprint: str) -> str:
    """Return a file's path with the beginning of a certificate's fingerprint in its name.

    :param path: may hold SHORT_FINGERPRINT
    """
    return path.replace(SHORT_FINGERPRINT, fingerprint.replace(":", "").lower()[:8])


def normal_fingerprint(text: str) -> str:
    """Return a SHA-256 fingerprint, however it was typed or pasted, as ``AA:BB:...``.

    :raises InputError: it does not have 64 hexadecimal digits
    """
    if not is_fingerprint(text):
        raise InputError(
            f"'{text}' is no SHA-256 fingerprint.", "It has 64 hexadecimal digits, with or without colons."
        )
    return with_colons(_digits(text))


def is_fingerprint(text: str) -> bool:
    """Return whether a text is a SHA-256 fingerprint, as openssl and browsers print it or bare."""
    return bool(re.fullmatch(r"[0-9a-fA-F]{64}", _digits(text)))


def _digits(text: str) -> str:
    bare = re.sub(r"(?i)^sha-?256(?: fingerprint)?\s*[=:]", "", str(text).strip())
    return re.sub(r"[:\s-]", "", bare)
