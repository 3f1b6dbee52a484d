# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds in every situation of a rotation that there can be, and what its steps lead to."""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import replace
from datetime import timedelta

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.rotation import (
    Settings,
    Situation,
    after,
    decide,
)
from unit.plugins.rotation_situations import (
    ATTEMPT,
    BOTH,
    DUE,
    EMPTY,
    FRESH,
    GAVE_WAY,
    LIFETIME,
    NEW,
    NOW,
    OLD,
    certificate,
    situation,
    took_over,
    unreadable,
)


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
    named: list[dict[str, t.Any]] = [{}, {"replace": OLD}, {"retry": ATTEMPT}, {"discard": NEW}, {"discard": OLD}]
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
    wanted = Settings(retry=ATTEMPT)
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
    assert decide(situation(DUE, FRESH, GAVE_WAY, BOTH), Settings(retry=ATTEMPT)).forget


def test_preview_of_a_staged_certificate_waits_for_its_upload() -> None:
    decision = decide(after(situation(DUE), "stage"), Settings())
    assert (decision.step, decision.outcome) == ("upload", "waiting for upload")


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
