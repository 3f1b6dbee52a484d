# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of the trust certificate: every state of both slots against everything that can be asked for."""

from __future__ import annotations

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError, Refused
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.trust import NEW, Slots, Wish, check, plan

A, B, C = "AA:AA", "BB:BB", "CC:CC"
EMPTY, ONE, TWO = Slots(None, None), Slots(A, None), Slots(A, B)
# What nobody brings about, but a failing service might show.
ONLY_PASSIVE = Slots(None, B)

PRESENT = Wish()
STAGED = Wish(slot="passive")


def active(fingerprint: str) -> Wish:
    """Return the wish that this certificate is the active one."""
    return Wish(fingerprint=fingerprint)


def renewed(fingerprint: str) -> Wish:
    """Return the wish that this certificate is replaced."""
    return Wish(renew_in_place=fingerprint)


def retired(fingerprint: str) -> Wish:
    """Return the wish that this certificate is no longer the passive one."""
    return Wish(slot="passive", present=False, fingerprint=fingerprint)


def exported(fingerprint: str) -> Wish:
    """Return the wish that this certificate is written down."""
    return Wish(fingerprint=fingerprint, exported=True)


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
def test_decision(wanted: Wish, now: Slots, action: str, after: Slots) -> None:
    check(wanted)
    decided = plan(wanted, now)
    assert (decided.action, decided.after) == (action, after)


@pytest.mark.parametrize(
    "wanted, now, told",
    [
        (active(C), TWO, [C, A, B]),
        (active(C), ONE, [C, A, "the passive one is missing"]),
        (active(C), EMPTY, [C, "the active one is missing", "the passive one is missing"]),
        (retired(A), TWO, [A, "is the active one"]),
        (retired(A), ONE, [A, "is the active one"]),
        (retired(C), TWO, [C, A, B]),
        (renewed(A), EMPTY, ["no active trust certificate to renew"]),
        (STAGED, EMPTY, ["no active trust certificate beside which"]),
        (exported(C), TWO, [C, A, B]),
        (exported(B), ONE, [B, A, "the passive one is missing"]),
    ],
)
def test_refusal(wanted: Wish, now: Slots, told: list[str]) -> None:
    check(wanted)
    with pytest.raises(Refused) as caught:
        plan(wanted, now)
    assert caught.value.todo
    for text in told:
        assert text in str(caught.value)


@pytest.mark.parametrize(
    "wanted, told",
    [
        (Wish(present=False), "cannot be deleted"),
        (Wish(present=False, fingerprint=A), "cannot be deleted"),
        (Wish(slot="passive", fingerprint=A), "Leave fingerprint out"),
        (Wish(slot="passive", present=False), "needs its fingerprint"),
        (Wish(exported=True), "goes with fingerprint"),
        (Wish(exported=True, fingerprint=A, renew_in_place=A), "without renew_in_place"),
        (Wish(fingerprint=A, renew_in_place=A), "renew_in_place"),
        (Wish(slot="passive", renew_in_place=A), "renew_in_place"),
        (Wish(slot="passive", present=False, fingerprint=A, renew_in_place=A), "renew_in_place"),
    ],
)
def test_contradiction_is_named(wanted: Wish, told: str) -> None:
    with pytest.raises(InputError) as caught:
        check(wanted)
    assert told in str(caught.value)


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
def test_second_run_changes_nothing(wanted: Wish, now: Slots) -> None:
    after = plan(wanted, now).after
    made = Slots(*(C if slot == NEW else slot for slot in (after.active, after.passive)))
    assert made != now
    assert plan(wanted, made).action == "none"


def test_slots_as_a_diff_shows_them() -> None:
    assert ONE.shown() == {"active": A, "passive": "none"}
    assert ONLY_PASSIVE.shown() == {"active": "none", "passive": B}
