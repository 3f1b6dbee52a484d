# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What module results say of a certificate at a given moment."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import Certificate
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.slots import TrustSlots

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "begins, ends, not_yet_valid, expired, expires_soon, days_left",
    [
        (-DAY, 60 * DAY, False, False, False, 60),
        (-DAY, 60 * DAY - timedelta(seconds=1), False, False, True, 59),
        (-DAY, timedelta(seconds=1), False, False, True, 0),
        (-2 * DAY, timedelta(seconds=-1), False, True, True, -1),
        (timedelta(seconds=1), 700 * DAY, True, False, False, 700),
    ],
    ids=["valid", "expires soon", "last second", "expired", "not yet valid"],
)
def test_validity(
    begins: timedelta, ends: timedelta, not_yet_valid: bool, expired: bool, expires_soon: bool, days_left: int
) -> None:
    certificate = Certificate("pem", "AA", "CN=x", "CN=x", "01", NOW + begins, NOW + ends)
    reported = TrustSlots(certificate, None, NOW).described(certificate, expires_within=60)
    assert reported["not_yet_valid"] is not_yet_valid
    assert reported["expired"] is expired
    assert reported["expires_soon"] is expires_soon
    assert reported["days_left"] == days_left
    assert reported["not_after"] == (NOW + ends).isoformat()
    assert reported["unreadable"] is None


def test_unreadable_certificate_has_no_validity() -> None:
    certificate = Certificate("pem", "AA", unreadable="bad version")
    reported = TrustSlots(certificate, None, NOW).described(certificate, expires_within=60)
    assert reported.pop("pem") == "pem"
    assert reported.pop("fingerprint") == "AA"
    assert reported.pop("unreadable") == "bad version"
    assert set(reported.values()) == {None}


def test_certificates_are_found_by_fingerprint() -> None:
    active, passive = Certificate("a", "AA"), Certificate("b", "BB")
    slots = TrustSlots(active, passive, NOW)
    assert (slots.fingerprints.active, slots.fingerprints.passive) == ("AA", "BB")
    assert slots.by_fingerprint("BB") is passive
    assert slots.by_fingerprint("CC") is None
    assert TrustSlots(None, None, NOW).by_fingerprint(None) is None
