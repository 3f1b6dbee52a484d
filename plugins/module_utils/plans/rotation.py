# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the rotation of a subaccount's trust certificate stands, and what comes next. Pure: no I/O, no Ansible.

The order is that of SAP BTP Connectivity, "Rotate the trust certificate": generate the passive certificate, install it
in the target system beside the old one, rotate, delete the old one later. What stands in the two slots, and what
earlier runs left in the labels of the secondary destination, says how far that has come; nothing else is remembered.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.rotation_memory import Change, Memory, short
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.trust import NEW


@dataclass(frozen=True)
class Standing:
    """A certificate in a slot. Of one that the X.509 library refuses, only the fingerprint is known.

    :param days_left: whole days until its end, negative after it
    """

    fingerprint: str
    not_before: datetime | None = None
    not_after: datetime | None = None
    days_left: int | None = None
    expired: bool = False
    not_yet_valid: bool = False
    unreadable: str | None = None


@dataclass(frozen=True)
class Situation:
    """What was found.

    :param memory: None when there is no secondary destination, which holds it
    :param uploaded: fingerprints that the operator declares as uploaded to FSM
    :param now: the moment to judge by, with time zone
    :param elsewhere: other environments that sign with the same certificates, and what they declare as uploaded
    :param waiting: those of them that are not done with the certificate that was replaced
    :param rejecting: those of them where the passive certificate was the active one and was rotated back
    """

    active: Standing | None
    passive: Standing | None
    memory: Memory | None
    uploaded: frozenset[str]
    now: datetime
    elsewhere: t.Mapping[str, frozenset[str]] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    rejecting: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """What the operator wants.

    :param start_days: days to live below which the active certificate is replaced
    :param soak_hours: hours for which the replaced certificate is kept
    :param replace: fingerprint of an active certificate that has to be replaced whatever its age
    :param retry: the takeover that was turned back and is to be tried again, once
    :param discard: fingerprint of a passive certificate that nobody needs
    :param can_prove: whether a user's token is at hand
    :param retire_unproven: whether the old certificate may go without proof
    """

    start_days: int = 60
    soak_hours: float = 24
    replace: str | None = None
    retry: Change | None = None
    discard: str | None = None
    can_prove: bool = False
    retire_unproven: bool = False


@dataclass(frozen=True)
class Decision:
    """Where it stands and what comes next.

    :param phase: none (no certificate), idle (one), staged (the new one waits), activated (the old one waits), unclear
    :param step: what the role can do: discard, stage, activate, prove, retire; what waits for someone or for time:
        upload, soak, accept, others, connect, mend; or none
    :param fingerprint: the certificate that the step is about
    :param outcome: what a scheduler reads when nothing more is done in this run
    :param found: IDs and facts of what the operator has to be told
    :param activated: since when the new certificate is the active one, as far as is known
    :param record: whether that moment still has to be remembered
    :param forget: whether an earlier activation of the same certificate has to be forgotten before this one
    :param reverted: whether it still has to be remembered that this activation was turned back
    :param proven: whether a user's token was obtained since then
    :param soaks_until: the moment until which the old certificate is kept
    :param turned_back: the takeover that was turned back, or would be by a return to the old certificate
    """

    phase: str
    step: str
    outcome: str
    fingerprint: str | None = None
    found: tuple[tuple[str, dict[str, t.Any]], ...] = ()
    activated: datetime | None = None
    record: bool = False
    forget: bool = False
    reverted: bool = False
    proven: bool = False
    soaks_until: datetime | None = None
    turned_back: Change | None = None


@dataclass(frozen=True)
class Takeover:
    """How far an environment is with the certificate that took over, and so with the one that was replaced.

    :param change: the takeover as it is remembered; when it is not, as if it were seen in its first moment
    :param known: whether it is remembered
    :param proven: whether a user's token was obtained since then
    :param soaks_until: the moment until which the old certificate is kept
    """

    change: Change
    known: bool
    proven: bool
    soaks_until: datetime

    def lacks(self, now: datetime, unproven: bool) -> str | None:
        """Return the step that the old certificate still waits for: soak, accept (the lack of a proof), or None.

        :param unproven: whether no proof is needed
        """
        if now < self.soaks_until:
            return "soak"
        return None if self.proven or unproven else "accept"


def takeover(active: Standing, passive: Standing, memory: Memory | None, soak_hours: float, now: datetime) -> Takeover:
    """Return how far an environment is with the certificate that took over.

    :param memory: what the labels of its secondary destination say; None without one
    :param soak_hours: hours for which it keeps the other certificate
    """
    remembered = memory.activated if memory else None
    known = remembered is not None and remembered.between(active.fingerprint, passive.fingerprint)
    # Conservative where nothing is remembered: the soak begins when the activation is first seen.
    change = remembered if remembered and known else Change.of(active.fingerprint, passive.fingerprint, now)
    proof = memory.proven if memory else None
    proven = known and proof is not None and proof[0] == change.new and proof[1] >= change.when
    since = change.when if known else now
    return Takeover(change, known, proven, since + timedelta(hours=soak_hours))


def decide(now: Situation, wanted: Settings) -> Decision:
    """Decide where the rotation stands, what comes next and what to tell."""
    active, passive = now.active, now.passive
    if active is None:
        return Decision("none", "connect", "failed", found=(("rotation_no_active", {}),))
    if passive is None:
        return _idle(active, now, wanted)
    newer = _newer(active, passive, now, wanted)
    both = {"active": active.fingerprint, "passive": passive.fingerprint}
    if wanted.discard == passive.fingerprint and (newer != "active" or (active.expired and passive.expired)):
        if active.expired and not passive.expired:
            return Decision("staged", "mend", "failed", found=(("rotation_discard_refused", both),))
        return Decision("staged" if newer else "unclear", "discard", "pending", passive.fingerprint)
    if newer is None:
        return Decision("unclear", "mend", "failed", found=(("rotation_order_unknown", both),))
    if active.expired and passive.expired:
        return Decision("staged", "mend", "failed", found=(("rotation_both_expired", both),))
    if newer == "passive":
        return _staged(active, passive, now, wanted)
    return _activated(active, passive, now, wanted)


def after(now: Situation, step: str) -> Situation:
    """Return the situation that a step will bring about: for a preview, which must not carry it out."""
    active, passive, memory = now.active, now.passive, now.memory
    if step in ("discard", "retire"):
        return replace(now, passive=None)
    if step == "stage":
        return replace(now, passive=Standing(NEW, not_before=now.now))
    if step == "activate":
        return replace(now, active=passive, passive=active, memory=memory and Memory(proven=memory.proven))
    if step == "record" and memory and active and passive:
        activated = takeover(active, passive, memory, 0, now.now).change
        return replace(now, memory=replace(memory, activated=activated))
    if step == "prove" and memory:
        return replace(now, memory=replace(memory, proven=(short(active.fingerprint) if active else "", now.now)))
    return now


@dataclass
class _Notes:
    """What a decision has to tell, as it comes up."""

    found: list[tuple[str, dict[str, t.Any]]] = field(default_factory=list)

    def add(self, finding: str, certificate: Standing | None = None, **facts: t.Any) -> None:
        self.found.append((finding, {**(facts_of(certificate) if certificate else {}), **facts}))

    def decision(self, phase: str, step: str, outcome: str, fingerprint: str | None = None, **more: t.Any) -> Decision:
        return Decision(phase, step, outcome, fingerprint, found=tuple(self.found), **more)


def facts_of(certificate: Standing) -> dict[str, t.Any]:
    """Return what the texts of findings say of a certificate."""

    def day(moment: datetime | None) -> str:
        return moment.isoformat() if moment else "an unknown date"

    return {
        "fingerprint": certificate.fingerprint,
        "days_left": "an unknown number of" if certificate.days_left is None else certificate.days_left,
        "not_before": day(certificate.not_before),
        "not_after": day(certificate.not_after),
        "reason": certificate.unreadable,
    }


def _idle(active: Standing, now: Situation, wanted: Settings) -> Decision:
    notes = _Notes()
    if active.days_left is None and wanted.replace != active.fingerprint:
        notes.add("rotation_age_unknown", active)
        return notes.decision("idle", "mend", "failed", active.fingerprint)
    if active.unreadable:
        notes.add("certificate_unreadable", active)
    if active.expired:
        notes.add("certificate_expired", active)
    if active.not_yet_valid:
        notes.add("certificate_not_yet_valid", active)
    young = active.days_left is not None and active.days_left >= wanted.start_days
    if young and wanted.replace != active.fingerprint:
        return notes.decision("idle", "none", "nothing to do")
    if now.memory is None:
        notes.add("rotation_no_secondary")
    return notes.decision("idle", "stage", "pending", active.fingerprint)


def _newer(active: Standing, passive: Standing, now: Situation, wanted: Settings) -> str | None:
    """Return the slot of the certificate that is to stay, or None when nothing tells."""
    if active.fingerprint == passive.fingerprint:
        return None
    if active.expired != passive.expired:
        return "passive" if active.expired else "active"
    if active.not_before and passive.not_before and active.not_before != passive.not_before:
        return "active" if active.not_before > passive.not_before else "passive"
    if _took_over(active, passive, now) or _gave_way(active, passive, now):
        return "active"
    if _took_over(passive, active, now) or _gave_way(passive, active, now):
        return "passive"
    return {active.fingerprint: "passive", passive.fingerprint: "active"}.get(wanted.replace or "")


def _took_over(new: Standing, old: Standing, now: Situation) -> bool:
    """Tell whether it is remembered that one of the certificates replaced the other."""
    return _changed(new, old, now.memory.activated if now.memory else None)


def _gave_way(new: Standing, old: Standing, now: Situation) -> bool:
    """Tell whether it is remembered that one of the certificates had replaced the other and was rotated back."""
    return _changed(new, old, now.memory.rolled_back if now.memory else None)


def _changed(new: Standing, old: Standing, change: Change | None) -> bool:
    return change is not None and change.between(new.fingerprint, old.fingerprint)


def turned_back(active: Standing, passive: Standing, memory: Memory | None) -> Change | None:
    """Return the takeover of the passive certificate that was turned back, as far as an environment remembers one."""
    if memory is None:
        return None
    # An activation that nobody has noted as turned back is so all the same once the old certificate is active again.
    both = (memory.activated, memory.rolled_back)
    return next((change for change in both if _changed(passive, active, change)), None)


def _undeclared(certificate: Standing, now: Situation) -> dict[str, t.Any] | None:
    """Return the facts of the finding that other environments do not declare a certificate, if that is so."""
    names = sorted(name for name, uploaded in now.elsewhere.items() if certificate.fingerprint not in uploaded)
    return {"environments": ", ".join(names)} if names else None


def _staged(active: Standing, passive: Standing, now: Situation, wanted: Settings) -> Decision:
    notes = _Notes()
    both = {"active": active.fingerprint, "passive": passive.fingerprint}
    if active.expired:
        notes.add("certificate_expired", active)
    if passive.unreadable:
        notes.add("certificate_unreadable", passive)
    if now.memory is None:
        notes.add("rotation_no_secondary")
    reverted = _took_over(passive, active, now)
    attempt = turned_back(active, passive, now.memory)
    if attempt and wanted.retry != attempt and not active.expired:
        notes.add("rotation_was_rolled_back", passive, attempt=attempt.label(), **both)
        return notes.decision("staged", "mend", "failed", passive.fingerprint, reverted=reverted, turned_back=attempt)
    if passive.days_left is not None and passive.days_left < wanted.start_days:
        if not active.expired:
            notes.add("rotation_passive_expires", passive, start_days=wanted.start_days)
            return notes.decision("staged", "mend", "failed", passive.fingerprint)
        notes.add("rotation_passive_expires_too", passive)
    return _at_the_gate(active, passive, now, notes, attempt)


def _at_the_gate(
    active: Standing, passive: Standing, now: Situation, notes: _Notes, attempt: Change | None
) -> Decision:
    """Decide whether the new certificate can become the active one.

    :param attempt: the takeover that was turned back here and may be tried again
    """
    if passive.fingerprint not in now.uploaded:
        notes.add("rotation_upload", passive, active=active.fingerprint, active_days=facts_of(active)["days_left"])
        return notes.decision("staged", "upload", "waiting for upload", passive.fingerprint)
    missing = _undeclared(passive, now)
    if missing:
        notes.add("rotation_undeclared_elsewhere", passive, **missing)
        return notes.decision("staged", "upload", "waiting for upload", passive.fingerprint)
    if passive.not_yet_valid:
        notes.add("certificate_not_yet_valid", passive)
        return notes.decision("staged", "mend", "failed", passive.fingerprint)
    # Who tries again here tries for the others too.
    if now.rejecting and not attempt and not active.expired:
        notes.add("rotation_rejected_elsewhere", passive, environments=", ".join(now.rejecting))
        return notes.decision("staged", "mend", "failed", passive.fingerprint)
    return notes.decision("staged", "activate", "pending", passive.fingerprint, forget=attempt is not None)


def _activated(active: Standing, passive: Standing, now: Situation, wanted: Settings) -> Decision:
    notes = _Notes()
    took = takeover(active, passive, now.memory, wanted.soak_hours, now.now)
    more = {
        "activated": took.change.when,
        "record": now.memory is not None and not took.known,
        "proven": took.proven,
        "soaks_until": took.soaks_until,
        "turned_back": took.change,
    }
    if active.not_yet_valid:
        notes.add("certificate_not_yet_valid", active)
    if now.memory is None:
        notes.add("rotation_no_secondary")
    elif wanted.can_prove and not took.proven:
        return notes.decision("activated", "prove", "pending", active.fingerprint, **more)
    if active.fingerprint not in now.uploaded:
        notes.add("rotation_undeclared", active)
        return notes.decision("activated", "upload", "waiting for upload", active.fingerprint, **more)
    missing = _undeclared(active, now)
    if missing:
        notes.add("rotation_undeclared_elsewhere", active, **missing)
        return notes.decision("activated", "upload", "waiting for upload", active.fingerprint, **more)
    return _old_one(passive, now, wanted, notes, active, took, more)


def _old_one(
    passive: Standing,
    now: Situation,
    wanted: Settings,
    notes: _Notes,
    active: Standing,
    took: Takeover,
    more: dict[str, t.Any],
) -> Decision:
    """Decide whether the certificate that was replaced can go."""
    if not took.proven:
        notes.add("rotation_unproven", active)
    if now.memory is None:
        return notes.decision("activated", "connect", "waiting for proof", active.fingerprint, **more)
    lacking = took.lacks(now.now, wanted.retire_unproven)
    if lacking:
        outcome = {"soak": "soaking", "accept": "waiting for proof"}[lacking]
        return notes.decision("activated", lacking, outcome, passive.fingerprint, **more)
    if now.waiting:
        notes.add("rotation_waits_for_others", passive, environments=", ".join(now.waiting))
        return notes.decision("activated", "others", "waiting for proof", passive.fingerprint, **more)
    return notes.decision("activated", "retire", "pending", passive.fingerprint, **more)
