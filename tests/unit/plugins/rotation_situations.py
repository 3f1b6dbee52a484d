# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Situations of a rotation, as its tests describe them."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.rotation import (
    Decision,
    Settings,
    Situation,
    Standing,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.rotation_memory import Change, Memory, short

NOW = datetime(2028, 3, 1, 12, tzinfo=timezone.utc)
OLD, NEW, THIRD = "AA:" * 31 + "AA", "BB:" * 31 + "BB", "CC:" * 31 + "CC"
LIFETIME = 730
EMPTY = Memory()
PROVING = Settings(can_prove=True)


def certificate(fingerprint: str, days_left: int = LIFETIME) -> Standing:
    """Return a certificate of the usual lifetime that has this many days left."""
    end = NOW + timedelta(days=days_left)
    return Standing(fingerprint, end - timedelta(days=LIFETIME), end, days_left, expired=days_left < 0)


def unreadable(fingerprint: str) -> Standing:
    """Return a certificate that the X.509 library refuses."""
    return Standing(fingerprint, unreadable="negative serial")


FRESH, MIDDLE, DUE, ENDED = certificate(NEW), certificate(OLD, 400), certificate(OLD, 59), certificate(OLD, -5)


def situation(
    active: Standing | None,
    passive: Standing | None = None,
    memory: Memory | None = EMPTY,
    uploaded: t.Collection[str] = (),
) -> Situation:
    """Return a situation at the present moment."""
    return Situation(active, passive, memory, frozenset(uploaded), NOW)


def took_over(hours: float, proven: bool = False, new: str = NEW, old: str = OLD) -> Memory:
    """Return the memory of a takeover some hours ago."""
    then = NOW - timedelta(hours=hours)
    proof = (short(new), (then + timedelta(seconds=9)).replace(microsecond=0)) if proven else None
    return Memory(Change.of(new, old, then), proof)


def ids(decision: Decision) -> list[str]:
    """Return what is to be told."""
    return [finding for finding, _facts in decision.found]


BOTH = {OLD, NEW}
ATTEMPT = Change.of(NEW, OLD, NOW - timedelta(hours=900))
GAVE_WAY = Memory(rolled_back=ATTEMPT)
