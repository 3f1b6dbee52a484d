# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far the rotation of a subaccount's trust certificate is, and its next step. Pure: no I/O, no Ansible.

The order is that of SAP BTP Connectivity, "Rotate the trust certificate": generate the passive certificate, install it
in the target system next to the old one, rotate, delete the old one later. The two slots, and what earlier runs left in
the labels of the secondary destination, say how far that has come; nothing else is remembered.
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import Certificate
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.plan import NEW
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation_labels import (
    LABEL_VERIFIED,
    Change,
    LabelChanges,
    Memory,
    of_activation,
    of_return,
    remembered,
    short,
)

PHASES = ("all", "check", "stage", "upload", "activate", "verify", "retire")
# What a run can do itself, and the phases in which it does so; all steps belong to "all". No step is taken twice in a
# run: what it has not led to by then, another run has to find.
PHASES_OF_STEP = {
    "discard": ("stage",),
    "stage": ("stage",),
    "export": tuple(phase for phase in PHASES if phase != "check"),
    "activate": ("activate",),
    "record": ("activate", "verify"),
    "verify": ("activate", "verify"),
    "retire": ("retire",),
}


@dataclass(frozen=True)
class SlotCertificate:
    """A certificate in a slot. Of one that the X.509 library refuses, only the fingerprint is known.

    :param days_left: whole days until its end, negative after it
    :param pem: the certificate itself; empty if it is only assumed
    """

    fingerprint: str
    not_before: datetime | None = None
    not_after: datetime | None = None
    days_left: int | None = None
    expired: bool = False
    not_yet_valid: bool = False
    unreadable: str | None = None
    pem: str | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, certificate: Certificate, now: datetime) -> SlotCertificate:
        """Return what a decision needs to know of a certificate at a moment."""
        left, begins = certificate.seconds_left(now), certificate.not_before
        return cls(
            fingerprint=certificate.fingerprint,
            not_before=begins,
            not_after=certificate.not_after,
            days_left=certificate.days_left(now),
            expired=left is not None and left < 0,
            not_yet_valid=begins is not None and begins > now,
            unreadable=certificate.unreadable,
            pem=certificate.pem,
        )


@dataclass(frozen=True)
class Signer:
    """A destination that signs with the same key, for a system whose trust no environment at hand declares.

    :param key: what variables call it: its name, or ``instance/`` and its name where it is of the service instance,
        for both may be there
    :param system: that system, in the operator's words
    """

    key: str
    system: str


@dataclass(frozen=True)
class RotationState:
    """What was found.

    :param memory: None when there is no secondary destination, which holds it
    :param uploaded: fingerprints that the operator declares as uploaded to FSM
    :param now: the moment to compare with, with time zone
    :param done: the steps that this run has taken
    :param elsewhere: other environments that sign with the same certificates, and what they declare as uploaded
    :param waiting: those of them that still need the certificate that was replaced
    :param rejecting: those of them where the passive certificate was the active one and was rotated back
    :param signers: destinations to other systems that sign with the same key
    """

    active: SlotCertificate | None
    passive: SlotCertificate | None
    memory: Memory | None
    uploaded: frozenset[str]
    now: datetime
    done: tuple[str, ...] = ()
    elsewhere: t.Mapping[str, frozenset[str]] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()
    rejecting: tuple[str, ...] = ()
    signers: tuple[Signer, ...] = ()


@dataclass(frozen=True)
class Settings:
    """What the operator wants.

    :param phase: to which the run is limited, one of PHASES
    :param start_days: the active certificate is replaced once it is valid for fewer days
    :param soak_hours: hours for which the replaced certificate is kept
    :param replace: fingerprint of an active certificate that has to be replaced whatever its age
    :param retry: the activation that was rolled back and is to be tried again, once
    :param discard: fingerprint of a passive certificate that nobody needs
    :param can_verify: whether there is a user's token
    :param retire_unverified: whether the old certificate may be deleted without a verification
    :param trusted_elsewhere: by key of a destination to another system, fingerprints that this system trusts
    :param waived_destinations: keys of those whose systems may reject users
    """

    phase: str = "all"
    start_days: int = 60
    soak_hours: float = 24
    replace: str | None = None
    retry: Change | None = None
    discard: str | None = None
    can_verify: bool = False
    retire_unverified: bool = False
    trusted_elsewhere: t.Mapping[str, frozenset[str]] = field(default_factory=dict)
    waived_destinations: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Decision:
    """How far the rotation is, and its next step.

    :param phase: none (no certificate), idle (one), staged (the new one waits), activated (the old one waits), unclear
    :param step: what the run can do (PHASES_OF_STEP); what waits for someone or for time: upload, soak, accept,
        declare, others, connect, correct; or none
    :param fingerprint: the certificate that the step is about
    :param outcome: what a scheduler reads when nothing more is done in this run
    :param found: IDs and facts of the findings
    :param activated: since when the new certificate is the active one, as far as is known
    :param labels: what the step record has to set
    :param verified: whether a user's token was obtained since then
    :param soaks_until: the moment until which the old certificate is kept
    :param once_more: whether the step verify only repeats what was verified, before the old certificate is deleted
    """

    phase: str
    step: str
    outcome: str
    fingerprint: str | None = None
    found: tuple[tuple[str, dict[str, t.Any]], ...] = ()
    activated: datetime | None = None
    labels: LabelChanges | None = None
    verified: bool = False
    soaks_until: datetime | None = None
    once_more: bool = False

    def is_actionable(self, done: t.Collection[str], phase: str) -> bool:
        """Return whether a run can take the step now.

        :param done: steps that it has taken
        :param phase: to which it is limited
        """
        phases = ("retire",) if self.once_more else PHASES_OF_STEP.get(self.step, ())
        return self.step in PHASES_OF_STEP and self.step not in done and phase in ("all", *phases)


@dataclass(frozen=True)
class Activation:
    """How far an environment is with the certificate that was activated, and so with the one that was replaced.

    :param change: the activation as it is remembered; when it is not, as if it had happened at this moment
    :param known: whether it is remembered
    :param verified: whether a user's token was obtained since then
    :param soaks_until: the moment until which the old certificate is kept
    """

    change: Change
    known: bool
    verified: bool
    soaks_until: datetime

    def lacks(self, now: datetime, unverified: bool) -> str | None:
        """Return the step that the old certificate still waits for: soak, accept (it is not verified), or None.

        :param unverified: whether it needs no verification
        """
        if now < self.soaks_until:
            return "soak"
        return None if self.verified or unverified else "accept"


def activation_of(
    active: SlotCertificate, passive: SlotCertificate, memory: Memory | None, soak_hours: float, now: datetime
) -> Activation:
    """Return how far an environment is with the certificate that is the active one.

    :param memory: what the labels of its secondary destination say; None without one
    :param soak_hours: hours for which it keeps the other certificate
    """
    remembered = memory.activated if memory else None
    known = remembered is not None and remembered.between(active.fingerprint, passive.fingerprint)
    # Conservative where nothing is remembered: the soak begins when the activation is first seen.
    change = remembered if remembered and known else Change.of(active.fingerprint, passive.fingerprint, now)
    last = memory.verified if memory else None
    verified = known and last is not None and last[0] == change.new and last[1] >= change.when
    since = change.when if known else now
    return Activation(change, known, verified, since + timedelta(hours=soak_hours))


def decide(now: RotationState, wanted: Settings) -> Decision:
    """Decide how far the rotation is, what its next step is, and what is to be reported."""
    active, passive = now.active, now.passive
    if active is None:
        return Decision("none", "connect", "failed", found=(("rotation_no_active", {}),))
    if passive is None:
        return _idle(active, now, wanted)
    newer = _newer(active, passive, now, wanted)
    both = {"active": active.fingerprint, "passive": passive.fingerprint}
    if wanted.discard == passive.fingerprint and (newer != "active" or (active.expired and passive.expired)):
        if active.expired and not passive.expired:
            return Decision("staged", "correct", "failed", found=(("rotation_discard_refused", both),))
        return Decision("staged" if newer else "unclear", "discard", "pending", passive.fingerprint)
    if newer is None:
        return Decision("unclear", "correct", "failed", found=(("rotation_order_unknown", both),))
    if active.expired and passive.expired:
        return Decision("staged", "correct", "failed", found=(("rotation_both_expired", both),))
    if newer == "passive":
        return _staged(active, passive, now, wanted)
    return _activated(active, passive, now, wanted)


def after(now: RotationState, step: str, wanted: Settings) -> RotationState:
    """Return the state that a step will bring about: for a preview, which must not take it.

    A verification is assumed to succeed.
    """
    active, passive, memory = now.active, now.passive, now.memory
    if step in ("discard", "retire"):
        return replace(now, passive=None)
    if step == "stage":
        return replace(now, passive=SlotCertificate(NEW, not_before=now.now))
    if step == "activate":
        swapped = replace(now, active=passive, passive=active, memory=memory and Memory())
        return _activation_recorded(swapped, wanted.can_verify)
    if step == "record" and memory:
        labels = decide(now, wanted).labels or {}
        recorded = remembered({key: values for key, values in labels.items() if values})
        verified = None if LABEL_VERIFIED in labels else memory.verified
        return replace(now, memory=replace(recorded, verified=verified))
    return _activation_recorded(now, verified=True) if step == "verify" else now


def _activation_recorded(now: RotationState, verified: bool) -> RotationState:
    """Return the state once the activation is remembered."""
    active, passive, memory = now.active, now.passive, now.memory
    if not (memory and active and passive):
        return now
    change = activation_of(active, passive, memory, 0, now.now).change
    moment = now.now.replace(microsecond=0)
    last = (short(active.fingerprint), moment) if verified else memory.verified
    return replace(now, memory=Memory(activated=change, verified=last))


@dataclass
class _Notes:
    """What a decision has found, as it comes up."""

    found: list[tuple[str, dict[str, t.Any]]] = field(default_factory=list)

    def add(self, finding: str, certificate: SlotCertificate | None = None, **facts: t.Any) -> None:
        self.found.append((finding, {**(facts_of(certificate) if certificate else {}), **facts}))

    def decision(self, phase: str, step: str, outcome: str, fingerprint: str | None = None, **more: t.Any) -> Decision:
        return Decision(phase, step, outcome, fingerprint, found=tuple(self.found), **more)


def facts_of(certificate: SlotCertificate) -> dict[str, t.Any]:
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


def _idle(active: SlotCertificate, now: RotationState, wanted: Settings) -> Decision:
    notes = _Notes()
    if active.days_left is None and wanted.replace != active.fingerprint:
        notes.add("rotation_age_unknown", active)
        return notes.decision("idle", "correct", "failed", active.fingerprint)
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


def _newer(active: SlotCertificate, passive: SlotCertificate, now: RotationState, wanted: Settings) -> str | None:
    """Return the slot of the certificate that is to stay, or None when it cannot be known."""
    if active.fingerprint == passive.fingerprint:
        return None
    if active.expired != passive.expired:
        return "passive" if active.expired else "active"
    if active.not_before and passive.not_before and active.not_before != passive.not_before:
        return "active" if active.not_before > passive.not_before else "passive"
    if _replaced(active, passive, now) or _was_rolled_back(active, passive, now):
        return "active"
    if _replaced(passive, active, now) or _was_rolled_back(passive, active, now):
        return "passive"
    return {active.fingerprint: "passive", passive.fingerprint: "active"}.get(wanted.replace or "")


def _replaced(new: SlotCertificate, old: SlotCertificate, now: RotationState) -> bool:
    """Return whether it is remembered that one of the certificates replaced the other."""
    return _changed(new, old, now.memory.activated if now.memory else None)


def _was_rolled_back(new: SlotCertificate, old: SlotCertificate, now: RotationState) -> bool:
    """Return whether it is remembered that one of the certificates had replaced the other and was rotated back."""
    return _changed(new, old, now.memory.rolled_back if now.memory else None)


def _changed(new: SlotCertificate, old: SlotCertificate, change: Change | None) -> bool:
    return change is not None and change.between(new.fingerprint, old.fingerprint)


def rolled_back(active: SlotCertificate, passive: SlotCertificate, memory: Memory | None) -> Change | None:
    """Return the activation of the passive certificate that was rolled back, if an environment remembers one."""
    if memory is None:
        return None
    # An activation that nobody has noted as rolled back is so all the same once the old certificate is active again.
    both = (memory.activated, memory.rolled_back)
    return next((change for change in both if _changed(passive, active, change)), None)


def _undeclared(certificate: SlotCertificate, now: RotationState) -> dict[str, t.Any] | None:
    """Return the facts of the finding that other environments do not declare a certificate as uploaded, if any."""
    names = sorted(name for name, uploaded in now.elsewhere.items() if certificate.fingerprint not in uploaded)
    return {"environments": ", ".join(names)} if names else None


def _untrusting(certificate: SlotCertificate, now: RotationState, wanted: Settings) -> dict[str, t.Any] | None:
    """Return the facts of the finding that other systems are not declared to trust a certificate, if any."""
    lacking = [
        one
        for one in now.signers
        if one.key not in wanted.waived_destinations
        and certificate.fingerprint not in wanted.trusted_elsewhere.get(one.key, frozenset())
    ]
    if not lacking:
        return None
    return {
        "destinations": ", ".join(f"{one.key} ({one.system})" for one in lacking),
        # In quotes: YAML takes names such as NO for something else.
        "lines": "\n".join(f'       {json.dumps(one.key)}: ["{certificate.fingerprint}"]' for one in lacking),
        "names": ", ".join(json.dumps(one.key) for one in lacking),
    }


def _staged(active: SlotCertificate, passive: SlotCertificate, now: RotationState, wanted: Settings) -> Decision:
    notes = _Notes()
    if active.expired:
        notes.add("certificate_expired", active)
    if passive.unreadable:
        notes.add("certificate_unreadable", passive)
    if now.memory is None:
        notes.add("rotation_no_secondary")
    attempt = rolled_back(active, passive, now.memory)
    refused = attempt is not None and wanted.retry != attempt and not active.expired
    if attempt and refused:
        both = {"active": active.fingerprint, "passive": passive.fingerprint}
        notes.add("rotation_retry_required", passive, attempt=attempt.label(), **both)
    if attempt and _replaced(passive, active, now):
        labels = of_return(attempt)
        return notes.decision(
            "staged", "record", "failed" if refused else "pending", passive.fingerprint, labels=labels
        )
    if refused:
        return notes.decision("staged", "correct", "failed", passive.fingerprint)
    if passive.days_left is not None and passive.days_left < wanted.start_days:
        if not active.expired:
            notes.add("rotation_passive_expires", passive, start_days=wanted.start_days)
            return notes.decision("staged", "correct", "failed", passive.fingerprint)
        notes.add("rotation_passive_expires_too", passive)
    return _at_the_gate(active, passive, now, wanted, notes, attempt)


def _at_the_gate(
    active: SlotCertificate,
    passive: SlotCertificate,
    now: RotationState,
    wanted: Settings,
    notes: _Notes,
    attempt: Change | None,
) -> Decision:
    """Decide whether the new certificate can become the active one.

    :param attempt: the activation that was rolled back here and may be tried again
    """
    untrusting = _untrusting(passive, now, wanted)
    if untrusting:
        notes.add("rotation_undeclared_destinations", passive, **untrusting)
    if passive.fingerprint not in now.uploaded:
        notes.add("rotation_upload", passive, active=active.fingerprint, active_days=facts_of(active)["days_left"])
        return _upload("staged", passive, now, wanted, notes)
    missing = _undeclared(passive, now)
    if missing:
        notes.add("rotation_undeclared_elsewhere", passive, **missing)
        return _upload("staged", passive, now, wanted, notes)
    if untrusting:
        return _upload("staged", passive, now, wanted, notes, "declare")
    if passive.not_yet_valid:
        notes.add("certificate_not_yet_valid", passive)
        return notes.decision("staged", "correct", "failed", passive.fingerprint)
    # Who tries again here tries for the others too.
    if now.rejecting and not attempt and not active.expired:
        notes.add("rotation_rejected_elsewhere", passive, environments=", ".join(now.rejecting))
        return notes.decision("staged", "correct", "failed", passive.fingerprint)
    if not wanted.can_verify and now.memory is not None:
        notes.add("rotation_activates_unverified", passive)
    return notes.decision("staged", "activate", "pending", passive.fingerprint)


def _upload(
    phase: str,
    certificate: SlotCertificate,
    now: RotationState,
    wanted: Settings,
    notes: _Notes,
    waits: t.Literal["upload", "declare"] = "upload",
    more: t.Mapping[str, t.Any] | None = None,
) -> Decision:
    """Wait for an upload, which is done by hand, for FSM offers no API; but write the file to upload before.

    :param waits: the step that somebody has to take: upload, or declare for other systems
    """
    written = "export" in now.done or wanted.phase == "check"
    return notes.decision(
        phase, waits if written else "export", "waiting for upload", certificate.fingerprint, **(more or {})
    )


def _activated(active: SlotCertificate, passive: SlotCertificate, now: RotationState, wanted: Settings) -> Decision:
    notes = _Notes()
    state = activation_of(active, passive, now.memory, wanted.soak_hours, now.now)
    more = {"activated": state.change.when, "verified": state.verified, "soaks_until": state.soaks_until}
    if active.not_yet_valid:
        notes.add("certificate_not_yet_valid", active)
    if now.memory is None:
        notes.add("rotation_no_secondary")
    elif wanted.can_verify and not state.verified and not {"activate", "verify"} & {*now.done}:
        # Records the activation as well; but that users can work is more urgent.
        return notes.decision("activated", "verify", "pending", active.fingerprint, **more)
    elif not state.known:
        labels = of_activation(state.change)
        return notes.decision("activated", "record", "pending", active.fingerprint, labels=labels, **more)
    if active.fingerprint not in now.uploaded:
        notes.add("rotation_undeclared", active)
        return _upload("activated", active, now, wanted, notes, more=more)
    missing = _undeclared(active, now)
    if missing:
        notes.add("rotation_undeclared_elsewhere", active, **missing)
        return _upload("activated", active, now, wanted, notes, more=more)
    untrusting = _untrusting(active, now, wanted)
    if untrusting:
        notes.add("rotation_undeclared_destinations", active, **untrusting)
        return _upload("activated", active, now, wanted, notes, "declare", more)
    return _old_one(passive, now, wanted, notes, active, state, more)


def _old_one(
    passive: SlotCertificate,
    now: RotationState,
    wanted: Settings,
    notes: _Notes,
    active: SlotCertificate,
    state: Activation,
    more: dict[str, t.Any],
) -> Decision:
    """Decide whether the certificate that was replaced can be deleted."""
    if not state.verified:
        notes.add("rotation_unverified", active)
    if now.memory is None:
        return notes.decision("activated", "connect", "waiting for verification", active.fingerprint, **more)
    lacking = state.lacks(now.now, wanted.retire_unverified)
    if lacking:
        outcome = {"soak": "soaking", "accept": "waiting for verification"}[lacking]
        return notes.decision("activated", lacking, outcome, passive.fingerprint, **more)
    if now.waiting:
        notes.add("rotation_waits_for_environments", passive, environments=", ".join(now.waiting))
        return notes.decision("activated", "others", "waiting for verification", passive.fingerprint, **more)
    if wanted.can_verify and not {"activate", "verify"} & {*now.done}:
        # Without the old one there is no way back.
        return notes.decision("activated", "verify", "pending", active.fingerprint, once_more=True, **more)
    return notes.decision("activated", "retire", "pending", passive.fingerprint, **more)
