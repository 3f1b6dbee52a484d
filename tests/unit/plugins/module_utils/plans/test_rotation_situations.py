# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rotation's decision in named situations, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.rotation import Settings, Situation, decide
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.rotation_memory import Change, Memory, short
from unit.plugins.rotation_situations import (
    ATTEMPT,
    BOTH,
    DUE,
    ENDED,
    FRESH,
    GAVE_WAY,
    MIDDLE,
    NEW,
    NOW,
    OLD,
    PROVING,
    THIRD,
    certificate,
    ids,
    situation,
    took_over,
    unreadable,
)

CASES: dict[str, tuple[Situation, Settings, tuple[str, str, str], list[str]]] = {
    "no certificate at all": (situation(None), Settings(), ("none", "connect", "failed"), ["rotation_no_active"]),
    "only a passive one": (situation(None, FRESH), Settings(), ("none", "connect", "failed"), ["rotation_no_active"]),
    "not due": (situation(MIDDLE), Settings(), ("idle", "none", "nothing to do"), []),
    "60 days left": (situation(certificate(OLD, 60)), Settings(), ("idle", "none", "nothing to do"), []),
    "59 days left": (situation(DUE), Settings(), ("idle", "stage", "pending"), []),
    "due by configuration": (situation(MIDDLE), Settings(start_days=401), ("idle", "stage", "pending"), []),
    "expires within hours": (situation(certificate(OLD, 0)), Settings(), ("idle", "stage", "pending"), []),
    "active expired": (situation(ENDED), Settings(), ("idle", "stage", "pending"), ["certificate_expired"]),
    "on demand": (situation(MIDDLE), Settings(replace=OLD), ("idle", "stage", "pending"), []),
    "on demand, done long ago": (situation(FRESH), Settings(replace=OLD), ("idle", "none", "nothing to do"), []),
    "active unreadable": (
        situation(unreadable(OLD)),
        Settings(),
        ("idle", "mend", "failed"),
        ["rotation_age_unknown"],
    ),
    "active unreadable, on demand": (
        situation(unreadable(OLD)),
        Settings(replace=OLD),
        ("idle", "stage", "pending"),
        ["certificate_unreadable"],
    ),
    "active not yet valid": (
        situation(replace(FRESH, not_yet_valid=True)),
        Settings(),
        ("idle", "none", "nothing to do"),
        ["certificate_not_yet_valid"],
    ),
    "due without secondary": (
        situation(DUE, memory=None),
        Settings(),
        ("idle", "stage", "pending"),
        ["rotation_no_secondary"],
    ),
    "staged": (situation(DUE, FRESH), Settings(), ("staged", "upload", "waiting for upload"), ["rotation_upload"]),
    "staged, though not due": (
        situation(MIDDLE, FRESH),
        Settings(),
        ("staged", "upload", "waiting for upload"),
        ["rotation_upload"],
    ),
    "uploaded": (situation(DUE, FRESH, uploaded=BOTH), Settings(), ("staged", "activate", "pending"), []),
    "uploaded, active expired": (
        situation(ENDED, FRESH, uploaded=BOTH),
        Settings(),
        ("staged", "activate", "pending"),
        ["certificate_expired"],
    ),
    "uploaded, not yet valid": (
        situation(DUE, replace(FRESH, not_yet_valid=True), uploaded=BOTH),
        Settings(),
        ("staged", "mend", "failed"),
        ["certificate_not_yet_valid"],
    ),
    "staged, not yet valid": (
        situation(DUE, replace(FRESH, not_yet_valid=True)),
        Settings(),
        ("staged", "upload", "waiting for upload"),
        ["rotation_upload"],
    ),
    "passive expires too": (
        situation(certificate(OLD, 20), certificate(NEW, 59), uploaded=BOTH),
        Settings(),
        ("staged", "mend", "failed"),
        ["rotation_passive_expires"],
    ),
    "passive expires too, active expired": (
        situation(ENDED, certificate(NEW, 10), uploaded=BOTH),
        Settings(),
        ("staged", "activate", "pending"),
        ["certificate_expired", "rotation_passive_expires_too"],
    ),
    "passive expired, active valid": (
        situation(certificate(OLD, 20), certificate(NEW, -2), uploaded=BOTH, memory=took_over(25, new=OLD, old=NEW)),
        Settings(retire_unproven=True),
        ("activated", "retire", "pending"),
        ["rotation_unproven"],
    ),
    "both expired": (
        situation(ENDED, certificate(NEW, -1), uploaded=BOTH),
        PROVING,
        ("staged", "mend", "failed"),
        ["rotation_both_expired"],
    ),
    "both expired, passive to be discarded": (
        situation(ENDED, certificate(NEW, -1)),
        Settings(discard=NEW),
        ("staged", "discard", "pending"),
        [],
    ),
    "both expired, the older one passive and to be discarded": (
        situation(certificate(NEW, -1), certificate(OLD, -9)),
        Settings(discard=OLD),
        ("staged", "discard", "pending"),
        [],
    ),
    "staged one to be discarded": (
        situation(DUE, FRESH),
        Settings(discard=NEW),
        ("staged", "discard", "pending"),
        [],
    ),
    "discarded already": (situation(DUE), Settings(discard=NEW), ("idle", "stage", "pending"), []),
    "the only valid one is not discarded": (
        situation(ENDED, FRESH),
        Settings(discard=NEW),
        ("staged", "mend", "failed"),
        ["rotation_discard_refused"],
    ),
    "the replaced one is not discarded": (
        situation(FRESH, DUE, took_over(1), BOTH),
        Settings(discard=OLD),
        ("activated", "soak", "soaking"),
        ["rotation_unproven"],
    ),
    "the active one is not discarded": (
        situation(DUE, FRESH, uploaded=BOTH),
        Settings(discard=OLD),
        ("staged", "activate", "pending"),
        [],
    ),
    "rotated back": (
        situation(DUE, FRESH, took_over(1), BOTH),
        Settings(),
        ("staged", "mend", "failed"),
        ["rotation_was_rolled_back"],
    ),
    "rotated back, as an earlier run has noted": (
        situation(DUE, FRESH, GAVE_WAY, BOTH),
        Settings(),
        ("staged", "mend", "failed"),
        ["rotation_was_rolled_back"],
    ),
    "rotated back, noted, to be tried again": (
        situation(DUE, FRESH, GAVE_WAY, BOTH),
        Settings(retry=ATTEMPT),
        ("staged", "activate", "pending"),
        [],
    ),
    "rotated back, noted, and forth again by hand": (
        situation(FRESH, DUE, replace(GAVE_WAY, proven=(short(NEW), NOW)), BOTH),
        Settings(soak_hours=0),
        ("activated", "accept", "waiting for proof"),
        ["rotation_unproven"],
    ),
    "order by the memory of a return": (
        situation(unreadable(OLD), unreadable(NEW), GAVE_WAY, BOTH),
        Settings(retry=ATTEMPT),
        ("staged", "activate", "pending"),
        ["certificate_unreadable"],
    ),
    "another environment does not declare the new one": (
        replace(situation(DUE, FRESH, uploaded=BOTH), elsewhere={"qa": frozenset({OLD})}),
        Settings(),
        ("staged", "upload", "waiting for upload"),
        ["rotation_undeclared_elsewhere"],
    ),
    "all environments declare the new one": (
        replace(situation(DUE, FRESH, uploaded=BOTH), elsewhere={"qa": frozenset({NEW})}),
        Settings(),
        ("staged", "activate", "pending"),
        [],
    ),
    "another environment does not declare the active one": (
        replace(situation(FRESH, DUE, took_over(25, proven=True), BOTH), elsewhere={"qa": frozenset({OLD})}),
        Settings(),
        ("activated", "upload", "waiting for upload"),
        ["rotation_undeclared_elsewhere"],
    ),
    "rotated back, to be tried again": (
        situation(DUE, FRESH, took_over(900), BOTH),
        Settings(retry=ATTEMPT),
        ("staged", "activate", "pending"),
        [],
    ),
    "rotated back once more since the attempt that was to be repeated": (
        situation(DUE, FRESH, took_over(1), BOTH),
        Settings(retry=ATTEMPT),
        ("staged", "mend", "failed"),
        ["rotation_was_rolled_back"],
    ),
    "rotated back once more, as an earlier run has noted": (
        situation(DUE, FRESH, Memory(rolled_back=Change.of(NEW, OLD, NOW - timedelta(hours=899))), BOTH),
        Settings(retry=ATTEMPT),
        ("staged", "mend", "failed"),
        ["rotation_was_rolled_back"],
    ),
    "rotated back in another environment": (
        replace(situation(DUE, FRESH, uploaded=BOTH), rejecting=("qa",)),
        Settings(),
        ("staged", "mend", "failed"),
        ["rotation_rejected_elsewhere"],
    ),
    "rotated back here and in another environment, to be tried again": (
        replace(situation(DUE, FRESH, GAVE_WAY, BOTH), rejecting=("qa",)),
        Settings(retry=ATTEMPT),
        ("staged", "activate", "pending"),
        [],
    ),
    "rotated back in another environment, active expired since": (
        replace(situation(ENDED, FRESH, uploaded=BOTH), rejecting=("qa",)),
        Settings(),
        ("staged", "activate", "pending"),
        ["certificate_expired"],
    ),
    "rotated back, active expired since": (
        situation(ENDED, FRESH, took_over(900), BOTH),
        Settings(),
        ("staged", "activate", "pending"),
        ["certificate_expired"],
    ),
    "memory of an earlier rotation": (
        situation(DUE, FRESH, took_over(17000, new=OLD, old=THIRD), BOTH),
        Settings(),
        ("staged", "activate", "pending"),
        [],
    ),
    "activated by hand, not declared": (
        situation(FRESH, DUE),
        Settings(),
        ("activated", "upload", "waiting for upload"),
        ["rotation_undeclared"],
    ),
    "activated by hand": (
        situation(FRESH, DUE, uploaded=BOTH),
        Settings(),
        ("activated", "soak", "soaking"),
        ["rotation_unproven"],
    ),
    "activated, to be proven": (situation(FRESH, DUE, uploaded=BOTH), PROVING, ("activated", "prove", "pending"), []),
    "activated by hand, not declared, to be proven": (
        situation(FRESH, DUE),
        PROVING,
        ("activated", "prove", "pending"),
        [],
    ),
    "activated, not yet valid": (
        situation(replace(FRESH, not_yet_valid=True), DUE, took_over(1, proven=True), BOTH),
        Settings(),
        ("activated", "soak", "soaking"),
        ["certificate_not_yet_valid"],
    ),
    "proven, soaking": (
        situation(FRESH, DUE, took_over(23, proven=True), BOTH),
        PROVING,
        ("activated", "soak", "soaking"),
        [],
    ),
    "proven, soaked": (
        situation(FRESH, DUE, took_over(24, proven=True), BOTH),
        Settings(),
        ("activated", "retire", "pending"),
        [],
    ),
    "proven, no soak wanted": (
        situation(FRESH, DUE, took_over(0.01, proven=True), BOTH),
        Settings(soak_hours=0),
        ("activated", "retire", "pending"),
        [],
    ),
    "soaked, unproven": (
        situation(FRESH, DUE, took_over(24), BOTH),
        Settings(),
        ("activated", "accept", "waiting for proof"),
        ["rotation_unproven"],
    ),
    "soaked, unproven, accepted": (
        situation(FRESH, DUE, took_over(24), BOTH),
        Settings(retire_unproven=True),
        ("activated", "retire", "pending"),
        ["rotation_unproven"],
    ),
    "accepted, but soaking": (
        situation(FRESH, DUE, took_over(1), BOTH),
        Settings(retire_unproven=True),
        ("activated", "soak", "soaking"),
        ["rotation_unproven"],
    ),
    "another controller's clock is ahead": (
        situation(FRESH, DUE, took_over(-2, proven=True), BOTH),
        Settings(),
        ("activated", "soak", "soaking"),
        [],
    ),
    "proof of an earlier activation": (
        situation(FRESH, DUE, replace(took_over(30), proven=(short(NEW), NOW - timedelta(hours=31))), BOTH),
        PROVING,
        ("activated", "prove", "pending"),
        [],
    ),
    "proof of another certificate": (
        situation(FRESH, DUE, replace(took_over(30), proven=(short(OLD), NOW)), BOTH),
        Settings(),
        ("activated", "accept", "waiting for proof"),
        ["rotation_unproven"],
    ),
    "no secondary, so nothing is retired": (
        situation(FRESH, DUE, None, BOTH),
        Settings(can_prove=True, retire_unproven=True, soak_hours=0),
        ("activated", "connect", "waiting for proof"),
        ["rotation_no_secondary", "rotation_unproven"],
    ),
    "order unknown": (
        situation(unreadable(OLD), unreadable(NEW), uploaded=BOTH),
        PROVING,
        ("unclear", "mend", "failed"),
        ["rotation_order_unknown"],
    ),
    "order by demand": (
        situation(unreadable(OLD), unreadable(NEW), uploaded=BOTH),
        Settings(replace=OLD),
        ("staged", "activate", "pending"),
        ["certificate_unreadable"],
    ),
    "order by demand, after the activation": (
        situation(unreadable(NEW), unreadable(OLD), uploaded=BOTH),
        Settings(replace=OLD),
        ("activated", "soak", "soaking"),
        ["rotation_unproven"],
    ),
    "order by memory": (
        situation(unreadable(NEW), unreadable(OLD), took_over(25, proven=True), BOTH),
        Settings(),
        ("activated", "retire", "pending"),
        [],
    ),
    "made in the same second": (
        situation(replace(FRESH, fingerprint=OLD), FRESH, uploaded=BOTH),
        Settings(),
        ("unclear", "mend", "failed"),
        ["rotation_order_unknown"],
    ),
    "order unknown, passive to be discarded": (
        situation(unreadable(OLD), unreadable(NEW)),
        Settings(discard=NEW),
        ("unclear", "discard", "pending"),
        [],
    ),
    "the same certificate twice": (
        situation(FRESH, FRESH),
        Settings(replace=NEW),
        ("unclear", "mend", "failed"),
        ["rotation_order_unknown"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_situation(name: str) -> None:
    now, wanted, expected, told = CASES[name]
    decision = decide(now, wanted)
    assert (decision.phase, decision.step, decision.outcome) == expected
    assert ids(decision) == told
