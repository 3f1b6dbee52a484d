# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the rotation of a subaccount's trust certificate stands, and what comes next. Pure: no I/O, no Ansible.

The order is that of SAP BTP Connectivity, "Rotate the trust certificate": generate the passive certificate, install it
in the target system beside the old one, rotate, delete the old one later. What stands in the two slots, and what
earlier runs left in the labels of the secondary destination, says how far that has come; nothing else is remembered.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.trust import NEW

LABEL_ACTIVATED = "trust-activated"
LABEL_PROVEN = "trust-proven"
LABEL_ROLLED_BACK = "trust-rolled-back"
# Characters of a fingerprint that a label holds. Twelve, so that it is found again by eye and by program.
SHORT = 12
STAMP = "%Y%m%dT%H%M%SZ"


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
class Memory:
    """What earlier runs left in the labels of the secondary destination.

    :param activated: the certificate that took over, the one it replaced (both short), and when; or None
    :param proven: the certificate (short) for which a user's token was obtained, and when; or None
    :param rolled_back: the certificate that had taken over and had to give way, the one that is back, and when; or None
    """

    activated: tuple[str, str, datetime] | None = None
    proven: tuple[str, datetime] | None = None
    rolled_back: tuple[str, str, datetime] | None = None


@dataclass(frozen=True)
class Situation:
    """What was found.

    :param memory: None when there is no secondary destination, which holds it
    :param uploaded: fingerprints that the operator declares as uploaded to FSM
    :param now: the moment to judge by, with time zone
    :param elsewhere: other environments that sign with the same certificates, and what they declare as uploaded
    :param waiting: those of them that are not done with the certificate that was replaced
    """

    active: Standing | None
    passive: Standing | None
    memory: Memory | None
    uploaded: frozenset[str]
    now: datetime
    elsewhere: t.Mapping[str, frozenset[str]] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """What the operator wants.

    :param start_days: days to live below which the active certificate is replaced
    :param soak_hours: hours for which the replaced certificate is kept
    :param replace: fingerprint of an active certificate that has to be replaced whatever its age
    :param retry: fingerprint of a certificate to activate although it was rotated back before
    :param discard: fingerprint of a passive certificate that nobody needs
    :param can_prove: whether a user's token is at hand
    :param retire_unproven: whether the old certificate may go without proof
    """

    start_days: int = 60
    soak_hours: float = 24
    replace: str | None = None
    retry: str | None = None
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
    memory = now.memory
    short_active = short(now.active.fingerprint) if now.active else ""
    if step in ("discard", "retire"):
        return replace(now, passive=None)
    if step == "stage":
        return replace(now, passive=Standing(NEW, not_before=now.now))
    if step == "activate":
        return replace(now, active=now.passive, passive=now.active, memory=memory and Memory(proven=memory.proven))
    if step == "record" and memory and now.passive:
        known = now.active and _took_over(now.active, now.passive, now) and memory.activated
        activated = known or (short_active, short(now.passive.fingerprint), now.now)
        return replace(now, memory=replace(memory, activated=activated))
    if step == "prove" and memory:
        return replace(now, memory=replace(memory, proven=(short_active, now.now)))
    return now


def is_done(
    active: Standing, passive: Standing, memory: Memory, soak_hours: float, unproven: bool, now: datetime
) -> bool:
    """Tell whether an environment needs the certificate no more that was replaced.

    :param memory: what the labels of its secondary destination say
    :param soak_hours: hours for which it keeps that certificate
    :param unproven: whether no proof is needed
    :param now: the moment to judge by
    """
    if not _changed(active, passive, memory.activated):
        return False
    known = t.cast("tuple[str, str, datetime]", memory.activated)[2]
    proven = memory.proven is not None and memory.proven[0] == short(active.fingerprint) and memory.proven[1] >= known
    return now >= known + timedelta(hours=soak_hours) and (proven or unproven)


def short(fingerprint: str) -> str:
    """Return the beginning of a fingerprint as labels and file names have it."""
    return fingerprint.replace(":", "").lower()[:SHORT]


def remembered(labels: t.Mapping[str, t.Sequence[str]]) -> Memory:
    """Read what earlier runs left; what cannot be read counts as missing."""
    proven = _parts(labels, LABEL_PROVEN, rf"([0-9a-f]{{{SHORT}}})-(\d{{8}}T\d{{6}}Z)")
    when = _moment(proven[-1]) if proven else None
    return Memory(
        activated=_change(labels, LABEL_ACTIVATED),
        proven=(proven[0], when) if proven and when else None,
        rolled_back=_change(labels, LABEL_ROLLED_BACK),
    )


def activation_label(new: str, old: str, moment: datetime) -> str:
    """Return the value with which a label remembers that one certificate replaced another, or had to give way to it.

    Letters, digits and hyphens only: which others a label may hold is not public.
    """
    return f"{short(new)}-{short(old)}-{moment.strftime(STAMP)}"


def proof_label(fingerprint: str, moment: datetime) -> str:
    """Return the value with which a label remembers that a user's token was obtained."""
    return f"{short(fingerprint)}-{moment.strftime(STAMP)}"


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


def _changed(new: Standing, old: Standing, change: tuple[str, str, datetime] | None) -> bool:
    return change is not None and change[:2] == (short(new.fingerprint), short(old.fingerprint))


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
    before = reverted or _gave_way(passive, active, now)
    if before and wanted.retry != passive.fingerprint and not active.expired:
        notes.add("rotation_was_rolled_back", passive, **both)
        return notes.decision("staged", "mend", "failed", passive.fingerprint, reverted=reverted)
    if passive.days_left is not None and passive.days_left < wanted.start_days:
        if not active.expired:
            notes.add("rotation_passive_expires", passive, start_days=wanted.start_days)
            return notes.decision("staged", "mend", "failed", passive.fingerprint)
        notes.add("rotation_passive_expires_too", passive)
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
    return notes.decision("staged", "activate", "pending", passive.fingerprint, forget=before)


def _activated(active: Standing, passive: Standing, now: Situation, wanted: Settings) -> Decision:
    notes = _Notes()
    memory = now.memory
    known = memory.activated[2] if memory and memory.activated and _took_over(active, passive, now) else None
    # Conservative where nothing is remembered: the soak begins when the activation is first seen.
    since = known or now.now
    until = since + timedelta(hours=wanted.soak_hours)
    proof = memory.proven if memory else None
    proven = bool(
        proof and known and proof[0] == short(active.fingerprint) and proof[1] >= known.replace(microsecond=0)
    )
    more = {"activated": since, "record": memory is not None and known is None, "proven": proven, "soaks_until": until}
    if active.not_yet_valid:
        notes.add("certificate_not_yet_valid", active)
    if memory is None:
        notes.add("rotation_no_secondary")
    elif wanted.can_prove and not proven:
        return notes.decision("activated", "prove", "pending", active.fingerprint, **more)
    if active.fingerprint not in now.uploaded:
        notes.add("rotation_undeclared", active)
        return notes.decision("activated", "upload", "waiting for upload", active.fingerprint, **more)
    missing = _undeclared(active, now)
    if missing:
        notes.add("rotation_undeclared_elsewhere", active, **missing)
        return notes.decision("activated", "upload", "waiting for upload", active.fingerprint, **more)
    return _old_one(passive, now, wanted, notes, active, more)


def _old_one(
    passive: Standing, now: Situation, wanted: Settings, notes: _Notes, active: Standing, more: dict[str, t.Any]
) -> Decision:
    """Decide whether the certificate that was replaced can go."""
    proven = more["proven"]
    if not proven:
        notes.add("rotation_unproven", active)
    if now.memory is None:
        return notes.decision("activated", "connect", "waiting for proof", active.fingerprint, **more)
    if now.now < more["soaks_until"]:
        return notes.decision("activated", "soak", "soaking", passive.fingerprint, **more)
    if not proven and not wanted.retire_unproven:
        return notes.decision("activated", "accept", "waiting for proof", passive.fingerprint, **more)
    if now.waiting:
        notes.add("rotation_waits_for_others", passive, environments=", ".join(now.waiting))
        return notes.decision("activated", "others", "waiting for proof", passive.fingerprint, **more)
    return notes.decision("activated", "retire", "pending", passive.fingerprint, **more)


def _parts(labels: t.Mapping[str, t.Sequence[str]], key: str, pattern: str) -> tuple[str, ...] | None:
    values = labels.get(key) or []
    match = re.fullmatch(pattern, values[0]) if len(values) == 1 else None
    return match.groups() if match else None


def _change(labels: t.Mapping[str, t.Sequence[str]], key: str) -> tuple[str, str, datetime] | None:
    parts = _parts(labels, key, rf"([0-9a-f]{{{SHORT}}})-([0-9a-f]{{{SHORT}}})-(\d{{8}}T\d{{6}}Z)")
    when = _moment(parts[-1]) if parts else None
    return (parts[0], parts[1], when) if parts and when else None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, STAMP).replace(tzinfo=timezone.utc)
    except ValueError:
        return None
