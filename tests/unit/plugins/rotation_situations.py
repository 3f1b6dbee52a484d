# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Situations of a rotation, as its tests describe them."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation import (
    Decision,
    RotationState,
    Settings,
    SlotCertificate,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation_labels import Change, Memory, short

NOW = datetime(2028, 3, 1, 12, tzinfo=timezone.utc)
OLD, NEW, THIRD = "AA:" * 31 + "AA", "BB:" * 31 + "BB", "CC:" * 31 + "CC"
LIFETIME = 730
EMPTY = Memory()
VERIFYING = Settings(can_verify=True)


def certificate(fingerprint: str, days_left: int = LIFETIME) -> SlotCertificate:
    """Return a certificate of the usual lifetime that has this many days left."""
    end = NOW + timedelta(days=days_left)
    return SlotCertificate(fingerprint, end - timedelta(days=LIFETIME), end, days_left, expired=days_left < 0)


def unreadable(fingerprint: str) -> SlotCertificate:
    """Return a certificate that the X.509 library refuses."""
    return SlotCertificate(fingerprint, unreadable="negative serial")


FRESH, MIDDLE, DUE, ENDED = certificate(NEW), certificate(OLD, 400), certificate(OLD, 59), certificate(OLD, -5)


def situation(
    active: SlotCertificate | None,
    passive: SlotCertificate | None = None,
    memory: Memory | None = EMPTY,
    uploaded: t.Collection[str] = (),
) -> RotationState:
    """Return a situation at the present moment."""
    return RotationState(active, passive, memory, frozenset(uploaded), NOW)


def activated(hours: float, verified: bool = False, new: str = NEW, old: str = OLD) -> Memory:
    """Return the memory of an activation some hours ago."""
    then = NOW - timedelta(hours=hours)
    token = (short(new), (then + timedelta(seconds=9)).replace(microsecond=0)) if verified else None
    return Memory(Change.of(new, old, then), token)


def ids(decision: Decision) -> list[str]:
    """Return the IDs of what was found."""
    return [finding for finding, _facts in decision.found]


BOTH = {OLD, NEW}
ATTEMPT = Change.of(NEW, OLD, NOW - timedelta(hours=900))
ROLLED_BACK = Memory(rolled_back=ATTEMPT)
