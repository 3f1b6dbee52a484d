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

from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation import (
    PHASES,
    PHASES_OF_STEP,
    Decision,
    RotationState,
    Settings,
    after,
    decide,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation_labels import (
    Change,
    of_activation,
    of_return,
)
from unit.plugins.rotation_situations import (
    ATTEMPT,
    BOTH,
    DUE,
    EMPTY,
    FRESH,
    LIFETIME,
    NEW,
    NOW,
    OLD,
    ROLLED_BACK,
    VERIFYING,
    activated,
    certificate,
    situation,
    unreadable,
)


def every_situation() -> t.Iterator[tuple[RotationState, Settings]]:
    """Yield what there can be: certificates of every age and readability, memories, declarations, wishes."""
    ages = [-1, 0, 59, 400, LIFETIME]
    olds = [None, *(certificate(OLD, age) for age in ages), unreadable(OLD)]
    news = [None, *(certificate(NEW, age) for age in ages), unreadable(NEW)]
    memories = [
        None,
        EMPTY,
        activated(1),
        activated(1, verified=True),
        activated(25),
        activated(25, verified=True),
        activated(25, verified=True, new=OLD, old=NEW),
        ROLLED_BACK,
    ]
    declared: list[set[str]] = [set(), {OLD}, BOTH]
    named: list[dict[str, t.Any]] = [{}, {"replace": OLD}, {"retry": ATTEMPT}, {"discard": NEW}, {"discard": OLD}]
    wishes = [
        Settings(can_verify=can, retire_unverified=accept, **names)
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
            assert decision.verified or wanted.retire_unverified, where
            assert decision.activated, where
            assert NOW - decision.activated >= timedelta(hours=wanted.soak_hours), where
            assert now.memory, where
            assert now.memory.activated, where
            assert not wanted.can_verify or {"activate", "verify"} & {*now.done}, where
        if decision.step == "record":
            assert decision.labels, where
        if decision.step == "discard":
            assert wanted.discard == decision.fingerprint, where
        if decision.step != "record":
            assert (decision.outcome == "failed") == (decision.step == "correct" or active is None), where
        assert decision.outcome != "failed" or decision.found, where


def taken(now: RotationState, step: str, wanted: Settings) -> RotationState:
    """Return the state after a step of this run."""
    return replace(after(now, step, wanted), done=(*now.done, step))


def test_every_situation_comes_to_rest() -> None:
    """The steps that a run takes never go round in circles, and what they lead to waits for people or time."""
    for start, wanted in EVERY:
        now = start
        decision = decide(now, wanted)
        while decision.step in PHASES_OF_STEP:
            assert decision.step not in now.done, (start, wanted, now.done)
            assert decision.is_actionable(now.done, wanted.phase)
            now = taken(now, decision.step, wanted)
            decision = decide(now, wanted)
        assert not decision.is_actionable(now.done, wanted.phase)


@pytest.mark.parametrize("can_verify", [True, False])
def test_whole_life(can_verify: bool) -> None:
    """From a due certificate to the next one, with the steps of the real thing in between."""
    wanted = Settings(can_verify=can_verify, retire_unverified=not can_verify, soak_hours=0)
    now = situation(DUE, uploaded={OLD})
    assert decide(now, wanted).step == "stage"
    now = replace(now, passive=FRESH)
    assert decide(now, wanted).step == "export"
    now = taken(now, "export", wanted)
    assert decide(now, wanted).step == "upload"
    now = replace(now, uploaded=frozenset(BOTH), done=())
    assert decide(now, wanted).step == "activate"
    now = taken(now, "activate", wanted)
    assert decide(now, wanted).step == "retire"
    now = taken(now, "retire", wanted)
    assert (decide(now, wanted).phase, decide(now, wanted).step) == ("idle", "none")


def test_activation_that_was_killed_is_completed() -> None:
    killed = situation(FRESH, DUE, uploaded=BOTH)
    assert decide(killed, VERIFYING).step == "verify"
    assert decide(taken(killed, "verify", VERIFYING), VERIFYING).step == "soak"
    assert decide(killed, Settings()).labels == of_activation(Change.of(NEW, OLD, NOW))
    assert decide(taken(killed, "record", Settings()), Settings()).step == "soak"


@pytest.mark.parametrize(
    "step, once_more, phases",
    [
        ("stage", False, {"all", "stage"}),
        ("export", False, {*PHASES} - {"check"}),
        ("activate", False, {"all", "activate"}),
        ("record", False, {"all", "activate", "verify"}),
        ("verify", False, {"all", "activate", "verify"}),
        ("verify", True, {"all", "retire"}),
        ("retire", False, {"all", "retire"}),
        ("upload", False, set()),
        ("none", False, set()),
    ],
)
def test_phases_in_which_a_step_is_taken(step: str, once_more: bool, phases: set[str]) -> None:
    decision = Decision("activated", step, "pending", once_more=once_more)
    assert {phase for phase in PHASES if decision.is_actionable((), phase)} == phases
    assert not any(decision.is_actionable((step,), phase) for phase in PHASES)


def test_retried_activation_begins_a_soak_of_its_own() -> None:
    wanted = Settings(retry=ATTEMPT)
    now = situation(DUE, FRESH, activated(900, verified=True), BOTH)
    assert decide(now, wanted).labels == of_return(ATTEMPT)
    now = taken(now, "record", wanted)
    assert decide(now, wanted).step == "activate"
    now = taken(now, "activate", wanted)
    decision = decide(now, wanted)
    assert (decision.step, decision.activated, decision.verified) == ("soak", NOW, False)


def test_return_is_noted_once_so_that_a_later_activation_begins_from_the_start() -> None:
    seen = decide(situation(DUE, FRESH, activated(900, verified=True), BOTH), Settings())
    assert (seen.step, seen.labels) == ("record", of_return(ATTEMPT))
    assert decide(situation(DUE, FRESH, ROLLED_BACK, BOTH), Settings()).step == "correct"
    again = decide(situation(FRESH, DUE, ROLLED_BACK, BOTH), Settings())
    assert (again.activated, again.step) == (NOW, "record")
    assert decide(situation(DUE, FRESH, ROLLED_BACK, BOTH), Settings(retry=ATTEMPT)).step == "activate"


def test_preview_of_a_staged_certificate_waits_for_its_upload() -> None:
    staged = after(situation(DUE), "stage", Settings())
    decision = decide(staged, Settings())
    assert (decision.step, decision.outcome) == ("export", "waiting for upload")
    exported = decide(replace(staged, done=("stage", "export")), Settings())
    assert (exported.step, exported.outcome) == ("upload", "waiting for upload")


@pytest.mark.parametrize("step", ["discard", "stage", "activate", "record", "verify", "retire", "soak"])
def test_preview_of_any_step_in_an_empty_subaccount(step: str) -> None:
    assert after(situation(None, memory=None), step, VERIFYING).active is None


def test_preview_keeps_what_is_remembered_of_the_activation() -> None:
    """A run that only adds the verification does not begin another soak time."""
    now = taken(situation(FRESH, DUE, activated(30), BOTH), "verify", VERIFYING)
    assert decide(now, VERIFYING).step == "retire"


@pytest.mark.parametrize("taken", ["activate", "verify"])
def test_token_that_verified_nothing_is_not_obtained_again_and_again(taken: str) -> None:
    """One that the service may have kept: the old certificate stays, however long ago the activation was."""
    found = replace(situation(FRESH, DUE, activated(900), BOTH), done=(taken,))
    decision = decide(found, VERIFYING)
    assert (decision.step, decision.outcome) == ("accept", "waiting for verification")
    assert "rotation_unverified" in [name for name, _facts in decision.found]
    accepted = decide(found, replace(VERIFYING, retire_unverified=True))
    assert accepted.step == "retire"
