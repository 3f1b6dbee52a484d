# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rotation's decision in named situations, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation import RotationState, Settings, decide
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation_labels import Change, Memory, short
from unit.plugins.rotation_situations import (
    ATTEMPT,
    BOTH,
    DUE,
    ENDED,
    FRESH,
    MIDDLE,
    NEW,
    NOW,
    OLD,
    ROLLED_BACK,
    THIRD,
    VERIFYING,
    activated,
    certificate,
    ids,
    situation,
    unreadable,
)

CASES: dict[str, tuple[RotationState, Settings, tuple[str, str, str], list[str]]] = {
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
        ("idle", "correct", "failed"),
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
    "staged": (situation(DUE, FRESH), Settings(), ("staged", "export", "waiting for upload"), ["rotation_upload"]),
    "staged, only to be checked": (
        situation(DUE, FRESH),
        Settings(phase="check"),
        ("staged", "upload", "waiting for upload"),
        ["rotation_upload"],
    ),
    "staged, file written": (
        replace(situation(DUE, FRESH), done=("export",)),
        Settings(),
        ("staged", "upload", "waiting for upload"),
        ["rotation_upload"],
    ),
    "staged, though not due": (
        situation(MIDDLE, FRESH),
        Settings(),
        ("staged", "export", "waiting for upload"),
        ["rotation_upload"],
    ),
    "uploaded": (
        situation(DUE, FRESH, uploaded=BOTH),
        Settings(),
        ("staged", "activate", "pending"),
        ["rotation_activates_unverified"],
    ),
    "uploaded, active expired": (
        situation(ENDED, FRESH, uploaded=BOTH),
        Settings(),
        ("staged", "activate", "pending"),
        ["certificate_expired", "rotation_activates_unverified"],
    ),
    "uploaded, not yet valid": (
        situation(DUE, replace(FRESH, not_yet_valid=True), uploaded=BOTH),
        Settings(),
        ("staged", "correct", "failed"),
        ["certificate_not_yet_valid"],
    ),
    "staged, not yet valid": (
        situation(DUE, replace(FRESH, not_yet_valid=True)),
        Settings(),
        ("staged", "export", "waiting for upload"),
        ["rotation_upload"],
    ),
    "passive expires too": (
        situation(certificate(OLD, 20), certificate(NEW, 59), uploaded=BOTH),
        Settings(),
        ("staged", "correct", "failed"),
        ["rotation_passive_expires"],
    ),
    "passive expires too, active expired": (
        situation(ENDED, certificate(NEW, 10), uploaded=BOTH),
        Settings(),
        ("staged", "activate", "pending"),
        ["certificate_expired", "rotation_passive_expires_too", "rotation_activates_unverified"],
    ),
    "passive expired, active valid": (
        situation(certificate(OLD, 20), certificate(NEW, -2), uploaded=BOTH, memory=activated(25, new=OLD, old=NEW)),
        Settings(retire_unverified=True),
        ("activated", "retire", "pending"),
        ["rotation_unverified"],
    ),
    "both expired": (
        situation(ENDED, certificate(NEW, -1), uploaded=BOTH),
        VERIFYING,
        ("staged", "correct", "failed"),
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
        ("staged", "correct", "failed"),
        ["rotation_discard_refused"],
    ),
    "the replaced one is not discarded": (
        situation(FRESH, DUE, activated(1), BOTH),
        Settings(discard=OLD),
        ("activated", "soak", "soaking"),
        ["rotation_unverified"],
    ),
    "the active one is not discarded": (
        situation(DUE, FRESH, uploaded=BOTH),
        Settings(discard=OLD),
        ("staged", "activate", "pending"),
        ["rotation_activates_unverified"],
    ),
    "rotated back": (
        situation(DUE, FRESH, activated(1), BOTH),
        Settings(),
        ("staged", "record", "failed"),
        ["rotation_retry_required"],
    ),
    "rotated back, as an earlier run has noted": (
        situation(DUE, FRESH, ROLLED_BACK, BOTH),
        Settings(),
        ("staged", "correct", "failed"),
        ["rotation_retry_required"],
    ),
    "rotated back, noted, to be tried again": (
        situation(DUE, FRESH, ROLLED_BACK, BOTH),
        Settings(retry=ATTEMPT),
        ("staged", "activate", "pending"),
        ["rotation_activates_unverified"],
    ),
    "rotated back, noted, and forth again by hand": (
        situation(FRESH, DUE, replace(ROLLED_BACK, verified=(short(NEW), NOW)), BOTH),
        Settings(soak_hours=0),
        ("activated", "record", "pending"),
        [],
    ),
    "order by the memory of a return": (
        situation(unreadable(OLD), unreadable(NEW), ROLLED_BACK, BOTH),
        Settings(retry=ATTEMPT),
        ("staged", "activate", "pending"),
        ["certificate_unreadable", "rotation_activates_unverified"],
    ),
    "another environment does not declare the new one": (
        replace(situation(DUE, FRESH, uploaded=BOTH), elsewhere={"qa": frozenset({OLD})}),
        Settings(),
        ("staged", "export", "waiting for upload"),
        ["rotation_undeclared_elsewhere"],
    ),
    "all environments declare the new one": (
        replace(situation(DUE, FRESH, uploaded=BOTH), elsewhere={"qa": frozenset({NEW})}),
        Settings(),
        ("staged", "activate", "pending"),
        ["rotation_activates_unverified"],
    ),
    "another environment does not declare the active one": (
        replace(situation(FRESH, DUE, activated(25, verified=True), BOTH), elsewhere={"qa": frozenset({OLD})}),
        Settings(),
        ("activated", "export", "waiting for upload"),
        ["rotation_undeclared_elsewhere"],
    ),
    "rotated back, to be noted before it is tried again": (
        situation(DUE, FRESH, activated(900), BOTH),
        Settings(retry=ATTEMPT),
        ("staged", "record", "pending"),
        [],
    ),
    "rotated back once more since the attempt that was to be repeated": (
        situation(DUE, FRESH, activated(1), BOTH),
        Settings(retry=ATTEMPT),
        ("staged", "record", "failed"),
        ["rotation_retry_required"],
    ),
    "rotated back once more, as an earlier run has noted": (
        situation(DUE, FRESH, Memory(rolled_back=Change.of(NEW, OLD, NOW - timedelta(hours=899))), BOTH),
        Settings(retry=ATTEMPT),
        ("staged", "correct", "failed"),
        ["rotation_retry_required"],
    ),
    "rotated back in another environment": (
        replace(situation(DUE, FRESH, uploaded=BOTH), rejecting=("qa",)),
        Settings(),
        ("staged", "correct", "failed"),
        ["rotation_rejected_elsewhere"],
    ),
    "rotated back here and in another environment, to be tried again": (
        replace(situation(DUE, FRESH, ROLLED_BACK, BOTH), rejecting=("qa",)),
        Settings(retry=ATTEMPT),
        ("staged", "activate", "pending"),
        ["rotation_activates_unverified"],
    ),
    "rotated back in another environment, active expired since": (
        replace(situation(ENDED, FRESH, uploaded=BOTH), rejecting=("qa",)),
        Settings(),
        ("staged", "activate", "pending"),
        ["certificate_expired", "rotation_activates_unverified"],
    ),
    "rotated back, active expired since": (
        situation(ENDED, FRESH, activated(900), BOTH),
        Settings(),
        ("staged", "record", "pending"),
        ["certificate_expired"],
    ),
    "memory of an earlier rotation": (
        situation(DUE, FRESH, activated(17000, new=OLD, old=THIRD), BOTH),
        Settings(),
        ("staged", "activate", "pending"),
        ["rotation_activates_unverified"],
    ),
    "activated by hand": (
        situation(FRESH, DUE),
        Settings(),
        ("activated", "record", "pending"),
        [],
    ),
    "activated, not declared": (
        situation(FRESH, DUE, activated(1)),
        Settings(),
        ("activated", "export", "waiting for upload"),
        ["rotation_undeclared"],
    ),
    "activated, not declared, file written": (
        replace(situation(FRESH, DUE, activated(1)), done=("export",)),
        Settings(),
        ("activated", "upload", "waiting for upload"),
        ["rotation_undeclared"],
    ),
    "activated": (
        situation(FRESH, DUE, activated(1), BOTH),
        Settings(),
        ("activated", "soak", "soaking"),
        ["rotation_unverified"],
    ),
    "activated, to be verified": (
        situation(FRESH, DUE, uploaded=BOTH),
        VERIFYING,
        ("activated", "verify", "pending"),
        [],
    ),
    "activated by hand, not declared, to be verified": (
        situation(FRESH, DUE),
        VERIFYING,
        ("activated", "verify", "pending"),
        [],
    ),
    "activated, not yet valid": (
        situation(replace(FRESH, not_yet_valid=True), DUE, activated(1, verified=True), BOTH),
        Settings(),
        ("activated", "soak", "soaking"),
        ["certificate_not_yet_valid"],
    ),
    "verified, soaking": (
        situation(FRESH, DUE, activated(23, verified=True), BOTH),
        VERIFYING,
        ("activated", "soak", "soaking"),
        [],
    ),
    "verified, soaked": (
        situation(FRESH, DUE, activated(24, verified=True), BOTH),
        Settings(),
        ("activated", "retire", "pending"),
        [],
    ),
    "verified, soaked, to be verified once more": (
        situation(FRESH, DUE, activated(24, verified=True), BOTH),
        VERIFYING,
        ("activated", "verify", "pending"),
        [],
    ),
    "verified, soaked, and once more in this run": (
        replace(situation(FRESH, DUE, activated(24, verified=True), BOTH), done=("verify",)),
        VERIFYING,
        ("activated", "retire", "pending"),
        [],
    ),
    "verified, no soak wanted": (
        situation(FRESH, DUE, activated(0.01, verified=True), BOTH),
        Settings(soak_hours=0),
        ("activated", "retire", "pending"),
        [],
    ),
    "soaked, unverified": (
        situation(FRESH, DUE, activated(24), BOTH),
        Settings(),
        ("activated", "accept", "waiting for verification"),
        ["rotation_unverified"],
    ),
    "soaked, unverified, accepted": (
        situation(FRESH, DUE, activated(24), BOTH),
        Settings(retire_unverified=True),
        ("activated", "retire", "pending"),
        ["rotation_unverified"],
    ),
    "accepted, but soaking": (
        situation(FRESH, DUE, activated(1), BOTH),
        Settings(retire_unverified=True),
        ("activated", "soak", "soaking"),
        ["rotation_unverified"],
    ),
    "another controller's clock is ahead": (
        situation(FRESH, DUE, activated(-2, verified=True), BOTH),
        Settings(),
        ("activated", "soak", "soaking"),
        [],
    ),
    "verification of an earlier activation": (
        situation(FRESH, DUE, replace(activated(30), verified=(short(NEW), NOW - timedelta(hours=31))), BOTH),
        VERIFYING,
        ("activated", "verify", "pending"),
        [],
    ),
    "verification of another certificate": (
        situation(FRESH, DUE, replace(activated(30), verified=(short(OLD), NOW)), BOTH),
        Settings(),
        ("activated", "accept", "waiting for verification"),
        ["rotation_unverified"],
    ),
    "no secondary, so nothing is retired": (
        situation(FRESH, DUE, None, BOTH),
        Settings(can_verify=True, retire_unverified=True, soak_hours=0),
        ("activated", "connect", "waiting for verification"),
        ["rotation_no_secondary", "rotation_unverified"],
    ),
    "order unknown": (
        situation(unreadable(OLD), unreadable(NEW), uploaded=BOTH),
        VERIFYING,
        ("unclear", "correct", "failed"),
        ["rotation_order_unknown"],
    ),
    "order by demand": (
        situation(unreadable(OLD), unreadable(NEW), uploaded=BOTH),
        Settings(replace=OLD),
        ("staged", "activate", "pending"),
        ["certificate_unreadable", "rotation_activates_unverified"],
    ),
    "order by demand, after the activation": (
        situation(unreadable(NEW), unreadable(OLD), uploaded=BOTH),
        Settings(replace=OLD),
        ("activated", "record", "pending"),
        [],
    ),
    "order by memory": (
        situation(unreadable(NEW), unreadable(OLD), activated(25, verified=True), BOTH),
        Settings(),
        ("activated", "retire", "pending"),
        [],
    ),
    "made in the same second": (
        situation(replace(FRESH, fingerprint=OLD), FRESH, uploaded=BOTH),
        Settings(),
        ("unclear", "correct", "failed"),
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
        ("unclear", "correct", "failed"),
        ["rotation_order_unknown"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_situation(name: str) -> None:
    now, wanted, expected, reported = CASES[name]
    decision = decide(now, wanted)
    assert (decision.phase, decision.step, decision.outcome) == expected
    assert ids(decision) == reported
