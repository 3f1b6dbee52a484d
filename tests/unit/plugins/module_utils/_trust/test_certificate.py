# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trust certificates are read with all traits of real ones, and their PEM and fingerprint even when unreadable."""

from __future__ import annotations

import base64
import hashlib
import warnings
from datetime import datetime, timedelta, timezone
from functools import cache

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import (
    Certificate,
    is_fingerprint,
    normal_fingerprint,
    read_certificate,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.slots import TrustSlots
from landscape.subaccount.trust import SerialSign, TrustCertificate, self_signed

# As openssl x509 shows them for the published certificate.
SAMPLE_FINGERPRINT = "10:CC:EF:AD:25:2F:C3:1E:1A:73:61:AC:BF:F9:EB:1A:B7:71:04:A8:24:10:3F:56:D9:E8:FC:A2:64:7D:3D:3E"
SAMPLE_SERIAL = "C9:36:A6:99:2C:4E:A7:08:22:9E"
NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
CN_OF_66 = "cfapps.eu10.hana.ondemand.com/00000000-0000-0000-0000-000000000000"


@cache
def made(sign: SerialSign) -> TrustCertificate:
    """Return a certificate with the traits of real ones, valid for two years around NOW."""
    return self_signed(CN_OF_66, 2048, NOW - timedelta(days=365), NOW + timedelta(days=365), sign)


def pem_of(der: bytes) -> str:
    """Return PEM text, lines of 64."""
    text = base64.b64encode(der).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


def test_published_certificate(sample_pem: str) -> None:
    certificate = read_certificate(sample_pem)
    assert certificate.pem == sample_pem
    assert certificate.fingerprint == SAMPLE_FINGERPRINT
    assert certificate.unreadable is None
    assert certificate.serial == SAMPLE_SERIAL
    assert certificate.subject == certificate.issuer
    assert certificate.subject is not None
    assert "OU=CP Destination Configuration" in certificate.subject
    assert certificate.not_before is not None
    assert certificate.not_after is not None
    assert certificate.not_after - certificate.not_before == timedelta(days=730)
    assert certificate.not_after.tzinfo == timezone.utc


@pytest.mark.parametrize("sign", ["negative", "positive"])
def test_traits_of_real_certificates(sign: SerialSign) -> None:
    source = made(sign)
    certificate = read_certificate(source.pem)
    length = source.serial_number.bit_length() // 8 + 1
    assert certificate.serial is not None
    assert bytes.fromhex(certificate.serial.replace(":", "")) == source.serial_number.to_bytes(
        length, "big", signed=True
    )
    assert certificate.fingerprint == source.fingerprint
    assert certificate.subject is not None
    assert f"CN={CN_OF_66}" in certificate.subject
    assert len(CN_OF_66) == 66
    assert certificate.not_after == source.not_after


def test_no_warning_reaches_the_user(sample_pem: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_certificate(sample_pem).unreadable is None
        assert read_certificate(made("negative").pem).unreadable is None


@pytest.mark.parametrize(
    "change",
    [
        lambda pem: pem.replace("\n", "\r\n"),
        lambda pem: pem.rstrip(),
        lambda pem: f"Bag Attributes\n    friendlyName: trust\n{pem}\n# the end\n",
        lambda pem: pem.replace("\n", "\n  "),
        lambda pem: pem.replace("-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----"),
    ],
    ids=["CRLF", "no final line end", "text around it", "indented", "first line joined"],
)
def test_layout_does_not_matter(change: object, sample_pem: str) -> None:
    assert callable(change)
    certificate = read_certificate(change(sample_pem))
    assert certificate.pem == sample_pem
    assert certificate.fingerprint == SAMPLE_FINGERPRINT


@pytest.mark.parametrize(
    "der",
    [
        b"no certificate at all",
        b"\x30\x03\x02\x01\x01",
        # The version, 3, becomes one that does not exist.
        made("positive").der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1),
        made("positive").der[:-20],
        made("positive").der + b"\x00",
    ],
    ids=["text", "another structure", "unknown version", "cut", "too long"],
)
def test_unreadable_certificate_is_exported_all_the_same(der: bytes) -> None:
    certificate = read_certificate(pem_of(der))
    assert certificate.pem == pem_of(der)
    assert certificate.fingerprint.replace(":", "").lower() == hashlib.sha256(der).hexdigest()
    assert certificate.unreadable
    assert (certificate.subject, certificate.serial, certificate.not_after) == (None, None, None)
    assert certificate.days_left(NOW) is None
    assert certificate.seconds_left(NOW) is None


@pytest.mark.parametrize(
    "text, reported",
    [
        ("", "holds no certificate"),
        ("hello", "holds no certificate"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "holds no certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAA", "holds no certificate"),
        ("-----BEGIN CERTIFICATE-----\nA*A\n-----END CERTIFICATE-----", "is not base64"),
        ("-----BEGIN CERTIFICATE-----\nAAAAA\n-----END CERTIFICATE-----", "is not base64"),
        ("-----BEGIN CERTIFICATE-----\nAAé=\n-----END CERTIFICATE-----", "is not base64"),
    ],
)
def test_what_is_no_certificate_is_refused(text: str, reported: str) -> None:
    with pytest.raises(InputError, match=reported) as caught:
        read_certificate(text)
    assert caught.value.remedy


def test_empty_block_is_no_certificate() -> None:
    with pytest.raises(InputError):
        read_certificate("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")


def test_chain_is_refused(sample_pem: str) -> None:
    with pytest.raises(InputError, match="a chain of 2 certificates"):
        read_certificate(sample_pem + made("positive").pem)


@pytest.mark.parametrize(
    "left, days",
    [
        (timedelta(days=30), 30),
        (timedelta(days=30, seconds=-1), 29),
        (timedelta(days=1), 1),
        (timedelta(hours=23), 0),
        (timedelta(), 0),
        (timedelta(seconds=-1), -1),
        (timedelta(days=-1), -1),
        (timedelta(days=-1, seconds=-1), -2),
    ],
)
def test_days_left_are_rounded_down(left: timedelta, days: int) -> None:
    certificate = Certificate(pem="", fingerprint="", not_after=NOW + left)
    assert certificate.days_left(NOW) == days
    assert certificate.seconds_left(NOW) == left.total_seconds()


DIGITS = SAMPLE_FINGERPRINT.replace(":", "")


@pytest.mark.parametrize(
    "text",
    [
        SAMPLE_FINGERPRINT,
        DIGITS,
        DIGITS.lower(),
        SAMPLE_FINGERPRINT.lower(),
        f"  {SAMPLE_FINGERPRINT}\n",
        SAMPLE_FINGERPRINT.replace(":", " "),
        SAMPLE_FINGERPRINT.replace(":", "-"),
        f"sha256 Fingerprint={SAMPLE_FINGERPRINT}",
        f"SHA256:{DIGITS}",
        f"SHA-256 Fingerprint: {SAMPLE_FINGERPRINT}",
    ],
)
def test_fingerprint_has_one_spelling(text: str) -> None:
    assert is_fingerprint(text)
    assert normal_fingerprint(text) == SAMPLE_FINGERPRINT


@pytest.mark.parametrize("text", ["", "AA", DIGITS[:-1], f"{DIGITS}A", DIGITS[:-1] + "G", f"sha1={DIGITS}", "٣" * 64])
def test_what_is_no_fingerprint(text: str) -> None:
    assert not is_fingerprint(text)
    with pytest.raises(InputError, match="no SHA-256 fingerprint"):
        normal_fingerprint(text)


def of(begin: timedelta, end: timedelta, subject: str = CN_OF_66) -> TrustCertificate:
    """Return a certificate that is valid between these distances from NOW."""
    return self_signed(subject, 2048, NOW + begin, NOW + end)


@pytest.mark.parametrize(
    "begin, end, days, expired, not_yet_valid",
    [
        (timedelta(days=-730), timedelta(seconds=-1), -1, True, False),
        (timedelta(days=-800), timedelta(days=-70), -70, True, False),
        (timedelta(days=-730), timedelta(hours=5), 0, False, False),
        (timedelta(days=3), timedelta(days=733), 733, False, True),
        # Made by a service whose clock is a few minutes ahead of this machine's, or behind it.
        (timedelta(minutes=4), timedelta(days=730, minutes=4), 730, False, True),
        (timedelta(minutes=-4), timedelta(days=730, minutes=-4), 729, False, False),
    ],
    ids=["just expired", "long expired", "ends within hours", "begins later", "service ahead", "service behind"],
)
def test_validity_of_any_kind(begin: timedelta, end: timedelta, days: int, expired: bool, not_yet_valid: bool) -> None:
    certificate = read_certificate(of(begin, end).pem)
    reported = TrustSlots(certificate, None, NOW).described(certificate, expires_within=60)
    assert reported["days_left"] == days
    assert (reported["expired"], reported["not_yet_valid"]) == (expired, not_yet_valid)
    assert reported["expires_soon"] == (days < 60)


def test_two_certificates_of_one_subject_are_two() -> None:
    first, second = (read_certificate(of(timedelta(days=-1), timedelta(days=729)).pem) for _number in range(2))
    assert first.subject == second.subject
    assert (first.not_before, first.not_after) == (second.not_before, second.not_after)
    assert first.fingerprint != second.fingerprint
    both = TrustSlots(first, second, NOW)
    assert both.by_fingerprint(second.fingerprint) is second


def test_unreadable_one_is_described_without_guesses() -> None:
    certificate = read_certificate(pem_of(made("positive").der[:-20]))
    reported = TrustSlots(certificate, None, NOW).described(certificate, expires_within=60)
    unknown = ("days_left", "expired", "not_yet_valid", "expires_soon", "not_after", "subject")
    assert {key: reported[key] for key in unknown} == dict.fromkeys(unknown)
    assert reported["unreadable"]
    assert reported["fingerprint"] == certificate.fingerprint
