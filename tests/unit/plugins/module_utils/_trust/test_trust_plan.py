# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of the trust certificate: every state of both slots against everything that a task can describe."""

from __future__ import annotations

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, Refused
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.plan import (
    NEW,
    DesiredCertificate,
    Slots,
    check,
    plan,
)

A, B, C = "AA:AA", "BB:BB", "CC:CC"
EMPTY, ONE, TWO = Slots(None, None), Slots(A, None), Slots(A, B)
# What nobody brings about, but a failing service might show.
ONLY_PASSIVE = Slots(None, B)

PRESENT = DesiredCertificate()
STAGED = DesiredCertificate(slot="passive")


def active(fingerprint: str) -> DesiredCertificate:
    """Describe this certificate as the desired active one."""
    return DesiredCertificate(fingerprint=fingerprint)


def renewed(fingerprint: str) -> DesiredCertificate:
    """Describe that this certificate is to be replaced."""
    return DesiredCertificate(renew_in_place=fingerprint)


def retired(fingerprint: str) -> DesiredCertificate:
    """Describe that this certificate is to be no longer the passive one."""
    return DesiredCertificate(slot="passive", present=False, fingerprint=fingerprint)


def exported(fingerprint: str) -> DesiredCertificate:
    """Describe that this certificate is to be exported."""
    return DesiredCertificate(fingerprint=fingerprint, exported=True)


@pytest.mark.parametrize(
    "wanted, now, action, after",
    [
        (PRESENT, EMPTY, "generate_active", Slots(NEW, None)),
        (PRESENT, ONE, "none", ONE),
        (PRESENT, TWO, "none", TWO),
        (PRESENT, ONLY_PASSIVE, "generate_active", Slots(NEW, B)),
        (active(A), ONE, "none", ONE),
        (active(A), TWO, "none", TWO),
        (active(B), TWO, "rotate", Slots(B, A)),
        (renewed(A), ONE, "renew_active", Slots(NEW, None)),
        (renewed(A), TWO, "renew_active", Slots(NEW, B)),
        (renewed(C), TWO, "none", TWO),
        (renewed(B), TWO, "none", TWO),
        (STAGED, ONE, "generate_passive", Slots(A, NEW)),
        (STAGED, TWO, "none", TWO),
        (STAGED, ONLY_PASSIVE, "none", ONLY_PASSIVE),
        (retired(B), TWO, "delete_passive", ONE),
        (retired(B), ONE, "none", ONE),
        (retired(B), EMPTY, "none", EMPTY),
        (exported(A), TWO, "none", TWO),
        (exported(B), TWO, "none", TWO),
    ],
)
def test_decision(wanted: DesiredCertificate, now: Slots, action: str, after: Slots) -> None:
    check(wanted)
    decided = plan(wanted, now)
    assert (decided.action, decided.after) == (action, after)


@pytest.mark.parametrize(
    "wanted, now, reported",
    [
        (active(C), TWO, [C, A, B]),
        (active(C), ONE, [C, A, "the passive one is missing"]),
        (active(C), EMPTY, [C, "the active one is missing", "the passive one is missing"]),
        (retired(A), TWO, [A, "is the active one"]),
        (retired(A), ONE, [A, "is the active one"]),
        (retired(C), TWO, [C, A, B]),
        (renewed(A), EMPTY, ["no active trust certificate to renew"]),
        (STAGED, EMPTY, ["no active trust certificate next to which"]),
        (exported(C), TWO, [C, A, B]),
        (exported(B), ONE, [B, A, "the passive one is missing"]),
    ],
)
def test_refusal(wanted: DesiredCertificate, now: Slots, reported: list[str]) -> None:
    check(wanted)
    with pytest.raises(Refused) as caught:
        plan(wanted, now)
    assert caught.value.remedy
    for text in reported:
        assert text in str(caught.value)


@pytest.mark.parametrize(
    "wanted, reported",
    [
        (DesiredCertificate(present=False), "cannot be deleted"),
        (DesiredCertificate(present=False, fingerprint=A), "cannot be deleted"),
        (DesiredCertificate(slot="passive", fingerprint=A), "Leave fingerprint out"),
        (DesiredCertificate(slot="passive", present=False), "needs its fingerprint"),
        (DesiredCertificate(exported=True), "needs fingerprint"),
        (DesiredCertificate(exported=True, fingerprint=A, renew_in_place=A), "excludes renew_in_place"),
        (DesiredCertificate(fingerprint=A, renew_in_place=A), "renew_in_place"),
        (DesiredCertificate(slot="passive", renew_in_place=A), "renew_in_place"),
        (DesiredCertificate(slot="passive", present=False, fingerprint=A, renew_in_place=A), "renew_in_place"),
    ],
)
def test_contradiction_is_named(wanted: DesiredCertificate, reported: str) -> None:
    with pytest.raises(InputError) as caught:
        check(wanted)
    assert reported in str(caught.value)


@pytest.mark.parametrize(
    "wanted, now",
    [
        (PRESENT, EMPTY),
        (active(B), TWO),
        (renewed(A), ONE),
        (renewed(A), TWO),
        (STAGED, ONE),
        (retired(B), TWO),
    ],
)
def test_second_run_changes_nothing(wanted: DesiredCertificate, now: Slots) -> None:
    after = plan(wanted, now).after
    made = Slots(*(C if slot == NEW else slot for slot in (after.active, after.passive)))
    assert made != now
    assert plan(wanted, made).action == "none"


def test_slots_as_a_diff_shows_them() -> None:
    assert ONE.shown() == {"active": A, "passive": "none"}
    assert ONLY_PASSIVE.shown() == {"active": "none", "passive": B}
