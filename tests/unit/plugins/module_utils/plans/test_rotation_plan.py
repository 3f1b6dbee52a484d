# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rotation's decision: named situations one by one, and what holds in every situation that there can be."""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.rotation import (
    Decision,
    Memory,
    Settings,
    Situation,
    Standing,
    activation_label,
    after,
    decide,
    proof_label,
    remembered,
    short,
)

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
    return Memory((short(new), short(old), then), (short(new), then + timedelta(seconds=9)) if proven else None)


def ids(decision: Decision) -> list[str]:
    """Return what is to be told."""
    return [finding for finding, _facts in decision.found]


BOTH = {OLD, NEW}
GAVE_WAY = Memory(rolled_back=(short(NEW), short(OLD), NOW - timedelta(hours=900)))
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
        Settings(retry=NEW),
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
        Settings(retry=NEW),
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
        situation(DUE, FRESH, took_over(1), BOTH),
        Settings(retry=NEW),
        ("staged", "activate", "pending"),
        [],
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


def every_situation() -> t.Iterator[tuple[Situation, Settings]]:
    """Yield what there can be: certificates of every age and readability, memories, declarations, wishes."""
    ages = [-1, 0, 59, 400, LIFETIME]
    olds = [None, *(certificate(OLD, age) for age in ages), unreadable(OLD)]
    news = [None, *(certificate(NEW, age) for age in ages), unreadable(NEW)]
    memories = [
        None,
        EMPTY,
        took_over(1),
        took_over(1, proven=True),
        took_over(25),
        took_over(25, proven=True),
        took_over(25, proven=True, new=OLD, old=NEW),
        GAVE_WAY,
    ]
    declared: list[set[str]] = [set(), {OLD}, BOTH]
    named: list[dict[str, t.Any]] = [{}, {"replace": OLD}, {"retry": NEW}, {"discard": NEW}, {"discard": OLD}]
    wishes = [
        Settings(can_prove=can, retire_unproven=accept, **names)
        for can, accept in itertools.product([False, True], repeat=2)
        for names in named
    ]
    for active, passive, memory, uploaded, wanted in itertools.product(olds, news, memories, declared, wishes):
        yield situation(active, passive, memory, uploaded), wanted


EVERY = list(every_situation())


def test_what_holds_in_every_situation() -> None:
    assert len(EVERY) > 20000
    for now, wanted in EVERY:
        decision = decide(now, wanted)
        active, passive = now.active, now.passive
        where = (now, wanted, decision)
        if decision.step == "stage":
            assert passive is None, where
            assert active is not None, where
        if decision.step == "activate":
            assert active, where
            assert passive, where
            assert passive.fingerprint in now.uploaded, where
            assert not passive.expired, where
            assert not passive.not_yet_valid, where
        if decision.step in ("retire", "discard"):
            assert active, where
            assert passive, where
            assert decision.fingerprint == passive.fingerprint != active.fingerprint, where
            # What could still be needed stays.
            assert not active.expired or passive.expired, where
        if decision.step == "retire":
            assert active, where
            assert active.fingerprint in now.uploaded, where
            assert decision.proven or wanted.retire_unproven, where
            assert decision.activated, where
            assert NOW - decision.activated >= timedelta(hours=wanted.soak_hours), where
            assert now.memory, where
            assert not decision.record, where
        if decision.step == "discard":
            assert wanted.discard == decision.fingerprint, where
        assert (decision.outcome == "failed") == (decision.step == "mend" or active is None), where
        assert decision.outcome != "failed" or decision.found, where


STEPS = ("discard", "stage", "activate", "prove", "retire")


def test_every_situation_comes_to_rest() -> None:
    """The steps that a run takes never go round in circles, and what they lead to waits for people or time."""
    for start, wanted in EVERY:
        now = start
        taken: list[str] = []
        decision = decide(now, wanted)
        while decision.step in STEPS:
            assert decision.step not in taken, (start, wanted, taken)
            taken.append(decision.step)
            if decision.record:
                now = after(now, "record")
            now = after(now, decision.step)
            decision = decide(now, wanted)


def test_whole_life() -> None:
    """From a due certificate to the next one, with the steps of the real thing in between."""
    wanted = Settings(can_prove=True, soak_hours=0)
    now = situation(DUE, uploaded={OLD})
    assert decide(now, wanted).step == "stage"
    now = replace(now, passive=FRESH)
    assert decide(now, wanted).step == "upload"
    now = replace(now, uploaded=frozenset(BOTH))
    assert decide(now, wanted).step == "activate"
    now = after(now, "activate")
    assert decide(now, wanted).record
    now = after(now, "record")
    assert decide(now, wanted).step == "prove"
    now = after(now, "prove")
    assert decide(now, wanted).step == "retire"
    now = after(now, "retire")
    assert (decide(now, wanted).phase, decide(now, wanted).step) == ("idle", "none")


def test_retried_activation_begins_a_soak_of_its_own() -> None:
    wanted = Settings(retry=NEW)
    now = situation(DUE, FRESH, took_over(900, proven=True), BOTH)
    assert decide(now, wanted).forget
    now = after(now, "activate")
    decision = decide(now, wanted)
    assert (decision.step, decision.record, decision.proven) == ("soak", True, False)


def test_return_is_noted_once_so_that_a_later_activation_begins_anew() -> None:
    seen = decide(situation(DUE, FRESH, took_over(900, proven=True), BOTH), Settings())
    assert seen.reverted
    assert not decide(situation(DUE, FRESH, GAVE_WAY, BOTH), Settings()).reverted
    again = decide(situation(FRESH, DUE, GAVE_WAY, BOTH), Settings())
    assert (again.activated, again.record) == (NOW, True)
    assert decide(situation(DUE, FRESH, GAVE_WAY, BOTH), Settings(retry=NEW)).forget


def test_preview_of_a_staged_certificate_waits_for_its_upload() -> None:
    decision = decide(after(situation(DUE), "stage"), Settings())
    assert (decision.step, decision.outcome) == ("upload", "waiting for upload")


def test_labels_are_read_as_they_are_written() -> None:
    moment = NOW - timedelta(hours=3)
    labels = {"trust-activated": [activation_label(NEW, OLD, moment)], "trust-proven": [proof_label(NEW, NOW)]}
    assert remembered(labels) == Memory((short(NEW), short(OLD), moment), (short(NEW), NOW))
    turned_back = {"trust-rolled-back": labels["trust-activated"]}
    assert remembered(turned_back) == Memory(rolled_back=(short(NEW), short(OLD), moment))
    assert all(set(value[0]) <= set("0123456789abcdefTZ-") for value in labels.values())


@pytest.mark.parametrize(
    "value",
    ["", "yes", f"{short(NEW)}-20280301T120000Z", f"{short(NEW)}-{short(OLD)}-20281399T120000Z", "zz"],
)
def test_label_that_cannot_be_read_counts_as_missing(value: str) -> None:
    assert remembered({"trust-activated": [value], "trust-proven": [f"{value}x"]}) == EMPTY
    assert remembered({"trust-activated": [value, value]}) == EMPTY
    assert remembered({"trust-activated": []}) == EMPTY


@pytest.mark.parametrize("step", ["discard", "stage", "activate", "record", "prove", "retire", "soak"])
def test_preview_of_any_step_in_an_empty_subaccount(step: str) -> None:
    assert after(situation(None, memory=None), step).active is None


def test_preview_keeps_what_is_remembered_of_the_activation() -> None:
    """A run that only adds the proof does not begin the soak time anew."""
    wanted = Settings(can_prove=True)
    now = situation(FRESH, DUE, took_over(30), BOTH)
    for step in ("record", "prove"):
        now = after(now, step)
    assert decide(now, wanted).step == "retire"
