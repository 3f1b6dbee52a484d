# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rotation of the trust certificate in the operator's words: how far it is, its next step, who has to act. Pure.

What the next step is, ``_trust/rotation.py`` decides.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation_file import (
    file_path,
    upload_facts,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import OperatorError
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import ERROR, WARNING, finding
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust import rotation as plan
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust import rotation_labels as memory

NOBODY, RUN, OPERATOR, ADMINISTRATOR = "nobody", "the next run", "operator", "FSM administrator"
# Per step: what is done, and who has to act.
STEPS = {
    "discard": ("delete the passive certificate", RUN),
    "stage": ("stage a new certificate", RUN),
    "export": ("write the file of the certificate to upload", RUN),
    "upload": ("upload the certificate in FSM Admin and declare it", ADMINISTRATOR),
    "activate": ("activate the new certificate", RUN),
    "record": ("record in the labels which certificate was activated or rolled back", RUN),
    "verify": ("obtain a token for a user", RUN),
    "soak": ("keep the old certificate until {soaks_until}", NOBODY),
    "declare": ("have the other systems named below trust the certificate, and declare or waive them", OPERATOR),
    "accept": ("verify the new certificate, or set fsm_rotation_retire_unverified", OPERATOR),
    "others": ("rotate and verify in the other environments of the subaccount", OPERATOR),
    "retire": ("delete the old certificate", RUN),
    "connect": ("run connect_fsm", OPERATOR),
    "correct": ("see the message", OPERATOR),
    "none": ("rotate from {starts} on", NOBODY),
}
FAILED = "failed"
# Steps after which both slots hold other certificates, and those after which the labels say something else.
CHANGING_SLOTS = ("discard", "stage", "activate", "retire")
CHANGING_LABELS = ("activate", "record", "verify")

Pair = tuple["str | None", "str | None"]
Labels = dict[str, list[str]]


@dataclass(frozen=True)
class Neighbour:
    """Another environment of the inventory.

    :param known: whether it is of the same subaccount; False when nobody can know which one it is of
    :param uploaded: fingerprints that it declares as uploaded to FSM
    :param secondary: name of its secondary destination
    :param host: of its FSM cluster; empty if its variables do not say
    :param account_id: of its FSM account; empty if its variables do not say
    :param retire_unverified: its variable fsm_rotation_retire_unverified
    """

    environment: str
    known: bool = True
    uploaded: frozenset[str] = frozenset()
    secondary: str = ""
    host: str = ""
    account_id: str = ""
    retire_unverified: bool = False


@dataclass(frozen=True)
class Progress:
    """What a run knows of itself, handed from one search for the next step to the following one.

    :param done: the steps that were taken before the last search
    :param step: the one that was taken since then; empty in the first search
    :param fingerprint: the certificate that it was about
    :param pairs: fingerprints in both slots, as the run has seen them one after the other
    :param labels: of the secondary destination, as they were before the step
    :param report: phase, active and passive of the report before the step
    """

    done: tuple[str, ...] = ()
    step: str = ""
    fingerprint: str | None = None
    pairs: tuple[Pair, ...] = ()
    labels: Labels | None = None
    report: dict[str, t.Any] = field(default_factory=dict)

    @classmethod
    def of(cls, value: t.Mapping[str, t.Any] | None) -> Progress:
        """Return what a module was given, as ``facts`` made it."""
        facts = dict(value or {})
        pairs = tuple((pair[0], pair[1]) for pair in facts.pop("pairs", ()))
        return cls(**{**facts, "done": tuple(facts.get("done", ())), "pairs": pairs})

    def facts(self) -> dict[str, t.Any]:
        """Return what the next search is given."""
        return {**vars(self), "done": list(self.done), "pairs": [list(pair) for pair in self.pairs]}


@dataclass(frozen=True)
class Request:
    """Of which environment the next step is to be found, and what is known without asking.

    :param facts: what the texts name: environment, name, secondary, host, account_id, directory
    :param uploaded: fingerprints that the operator declares as uploaded to FSM
    :param failure: why the last step failed; empty if it did not
    :param preview: whether the steps so far were only assumed
    """

    facts: dict[str, t.Any]
    uploaded: frozenset[str]
    settings: plan.Settings
    neighbours: tuple[Neighbour, ...] = ()
    progress: Progress = Progress()
    failure: str = ""
    preview: bool = False

    @property
    def done(self) -> tuple[str, ...]:
        """All steps that this run has taken."""
        last = () if self.failure or not self.progress.step else (self.progress.step,)
        return (*self.progress.done, *last)

    @property
    def sharing(self) -> tuple[Neighbour, ...]:
        """The other environments of the same subaccount."""
        return tuple(one for one in self.neighbours if one.known)

    def is_outdated(self, pair: Pair) -> bool:
        """Return whether both slots are shown as they were before a step of this run."""
        if self.preview or self.failure:
            return False
        seen = self.progress.pairs
        return pair in (seen if self.progress.step in CHANGING_SLOTS else seen[:-1])

    def has_outdated(self, labels: Labels | None) -> bool:
        """Return whether the labels are shown as they were before the last step."""
        changed = self.progress.step in CHANGING_LABELS and not self.preview and not self.failure
        return changed and self.progress.labels is not None and labels == self.progress.labels


@dataclass(frozen=True)
class Reading:
    """What was read for an environment.

    :param labels: of the secondary destination; None when there is none
    :param now: the service's clock, with time zone
    :param signers: destinations to other systems that sign with the same key; None when they were not read
    :param keystore: the key store with which the secondary destination signs instead; empty without one
    :param without_labels: why the labels of the secondary destination, which exists, cannot be used; empty if they can
    :param look_alike: a destination whose name differs from the secondary one's in upper and lower case only; empty
        without one
    :param of_neighbours: labels of other environments' secondary destinations, by environment; None when they were not
        read
    """

    active: plan.SlotCertificate | None
    passive: plan.SlotCertificate | None
    labels: Labels | None
    now: datetime
    signers: tuple[plan.Signer, ...] | None = None
    of_neighbours: t.Mapping[str, Labels] | None = None
    keystore: str = ""
    without_labels: str = ""
    look_alike: str = ""

    @property
    def pair(self) -> Pair:
        """Fingerprints in both slots."""
        active, passive = (one.fingerprint if one else None for one in (self.active, self.passive))
        return active, passive


def lacking(reading: Reading, request: Request) -> str:
    """Return what still has to be read before the next step is known: neighbours, destinations, or nothing."""
    decided = plan.decide(_state(reading, request), request.settings)
    final = decided.step in ("activate", "retire") or decided.once_more
    if final and request.sharing and reading.of_neighbours is None:
        # Also if it waits for them: what they remembered before an activation says nothing of it.
        return "neighbours"
    signs = _concerns_others(decided, request) or decided.step == "verify"
    return "destinations" if signs and reading.signers is None else ""


def report(reading: Reading, request: Request) -> dict[str, t.Any]:
    """Return how far the rotation of an environment is and what its next step is, as the module returns it."""
    state = _state(reading, request)
    decided = plan.decide(state, request.settings)
    slot = "active" if decided.phase == "activated" else "passive"
    certificate = state.active if slot == "active" else state.passive
    path = file_path(request.facts, slot, certificate)
    words = {"soaks_until": _shown(decided.soaks_until), "starts": _starts(state.active, request.settings)}
    over = "retire" in request.done and decided.step == "none"
    # A preview shows the last step that it has only assumed.
    what, actor = STEPS["retire" if over and request.preview else decided.step]
    common = {
        "phase": decided.phase,
        "done": list(request.done),
        "assumed": request.preview and "activate" in request.done,
        "active": _summary(state.active),
        "passive": _summary(state.passive),
        "activated": _shown(decided.activated),
        "verified": decided.verified,
        "soaks_until": words["soaks_until"],
    }
    failed = _obstacle(reading, request) or _unusable_secondary(reading, request, decided)
    if failed:
        return {**_failed(failed, request), **common}
    findings = _findings(decided, reading, request, {**request.facts, "path": path})
    outcome = ("pending" if request.preview else "done") if over else decided.outcome
    progress = Progress(
        done=request.done,
        step=decided.step,
        fingerprint=decided.fingerprint,
        pairs=_seen(reading, request),
        labels=reading.labels,
        report={key: common[key] for key in ("phase", "active", "passive")},
    )
    return {
        **_row(request, outcome, decided.step, what.format(**words), actor, findings),
        **common,
        "actionable": decided.is_actionable(request.done, request.settings.phase),
        "fingerprint": decided.fingerprint,
        "labels": decided.labels,
        **upload_facts(certificate, path, request.facts, decided.step),
        "progress": progress.facts(),
    }


def report_unreadable(error: OperatorError, request: Request) -> dict[str, t.Any]:
    """Return the report of an environment for which something could not be read."""
    found = finding("rotation_unreadable", error=error.problem.rstrip("."), remedy=error.remedy)
    before = {"phase": "-", "active": None, "passive": None, **request.progress.report}
    failure = [_free_text(request.failure)] if request.failure else []
    return {**_failed([*failure, found], request), **before, "done": list(request.done), "assumed": request.preview}


def report_input(findings: list[dict[str, str]], environment: str) -> dict[str, t.Any]:
    """Return the report of an environment whose variables are wrong."""
    request = Request({"environment": environment}, frozenset(), plan.Settings())
    row: dict[str, t.Any] = {"phase": "-", "active": None, "passive": None, "done": [], "assumed": request.preview}
    return {**_failed(findings, request), **row, "next": "correct the variables"}


def _row(
    request: Request, outcome: str, step: str, words: str, actor: str, findings: list[dict[str, str]]
) -> dict[str, t.Any]:
    return {
        "environment": request.facts["environment"],
        "secondary": request.facts.get("secondary"),
        "outcome": outcome,
        "step": step,
        "next": words,
        "actor": actor,
        "findings": findings,
        "messages": [one["text"] for one in findings],
    }


def _failed(findings: list[dict[str, str]], request: Request) -> dict[str, t.Any]:
    words, actor = STEPS["correct"]
    nothing = dict.fromkeys(("fingerprint", "labels", "path", "to_upload", "activated", "soaks_until"))
    row = _row(request, FAILED, "correct", words, actor, findings)
    return {**nothing, **row, "actionable": False, "verified": False, "progress": {}}


def _state(reading: Reading, request: Request) -> plan.RotationState:
    state = plan.RotationState(
        active=reading.active,
        passive=reading.passive,
        memory=None if reading.labels is None else memory.remembered(reading.labels),
        uploaded=request.uploaded,
        now=reading.now,
        done=request.done,
        elsewhere={one.environment: one.uploaded for one in request.sharing},
        waiting=_waiting(reading, request),
        rejecting=_rejecting(reading, request),
        signers=reading.signers or (),
    )
    for step in request.done if request.preview else ():
        state = plan.after(state, step, request.settings)
    return state


def _waiting(reading: Reading, request: Request) -> tuple[str, ...]:
    """Return the other environments of the same subaccount that may still need the passive certificate."""

    def needs(active: plan.SlotCertificate, passive: plan.SlotCertificate, one: Neighbour, labels: Labels) -> bool:
        remembered = memory.remembered(labels)
        state = plan.activation_of(active, passive, remembered, request.settings.soak_hours, reading.now)
        return not state.known or state.lacks(reading.now, one.retire_unverified) is not None

    return _others_who(needs, reading, request)


def _rejecting(reading: Reading, request: Request) -> tuple[str, ...]:
    """Return the other environments of the same subaccount where the passive certificate was rotated back."""

    def rejects(active: plan.SlotCertificate, passive: plan.SlotCertificate, _one: Neighbour, labels: Labels) -> bool:
        return plan.rolled_back(active, passive, memory.remembered(labels)) is not None

    return _others_who(rejects, reading, request)


def _others_who(
    condition: t.Callable[[plan.SlotCertificate, plan.SlotCertificate, Neighbour, Labels], bool],
    reading: Reading,
    request: Request,
) -> tuple[str, ...]:
    """Return the other environments of the same subaccount, as far as they were read, for which a condition holds."""
    active, passive, labels = reading.active, reading.passive, reading.of_neighbours or {}
    if active is None or passive is None:
        return ()
    return tuple(
        sorted(
            one.environment
            for one in request.sharing
            if one.environment in labels and condition(active, passive, one, labels[one.environment])
        )
    )


def _concerns_others(decided: plan.Decision, request: Request) -> bool:
    """Return whether other systems that trust the certificate are about to be, or were, confronted with a new one."""
    concerning = ("stage", "export", "upload", "declare", "activate", "retire")
    return decided.step in concerning or "activate" in request.done


def _obstacle(reading: Reading, request: Request) -> list[dict[str, str]]:
    """Return why the rotation cannot go on after its last step; nothing if it can."""
    if request.failure:
        return [_free_text(request.failure)]
    activated = request.progress.step == "activate" and not request.preview
    wanted = request.progress.fingerprint
    if activated and reading.pair[0] != wanted:
        return [finding("rotation_concurrent_change", fingerprint=wanted)]
    return []


def _unusable_secondary(reading: Reading, request: Request, decided: plan.Decision) -> list[dict[str, str]]:
    """Return why nothing is to be changed: what the secondary destination would have to remember or to show."""
    if decided.step == "none":
        return []
    if reading.look_alike:
        facts = {"destination": reading.look_alike, "name": request.facts["secondary"]}
        return [finding("name_differs_in_case", **facts)]
    if reading.without_labels:
        return [finding("rotation_no_labels", **{**request.facts, "error": reading.without_labels})]
    if reading.keystore:
        return [finding("rotation_signed_by_keystore", **{**request.facts, "keystore": reading.keystore})]
    return []


def _free_text(text: str) -> dict[str, str]:
    return {"id": "", "severity": ERROR, "problem": text, "impact": "", "remedy": "", "text": text}


def _findings(
    decided: plan.Decision, reading: Reading, request: Request, facts: dict[str, t.Any]
) -> list[dict[str, str]]:
    # What keeps other roles from their work is for a rotation a reason to go on.
    severity = None if decided.outcome == FAILED else WARNING
    results = [finding(name, severity, **{**facts, **own}) for name, own in decided.found]
    waived = [one for one in reading.signers or () if one.key in request.settings.waived_destinations]
    if waived and _concerns_others(decided, request):
        words = ", ".join(f"{one.key} ({one.system})" for one in waived)
        results.append(finding("rotation_waived_destinations", destinations=words))
    unknown = sorted(one.environment for one in request.neighbours if not one.known)
    if unknown and decided.step in ("export", "upload", "declare", "activate", "retire"):
        results.append(finding("rotation_neighbours_unknown", environments=", ".join(unknown)))
    if request.progress.step == "retire" and not request.preview:
        results.append(finding("rotation_retired", **{**facts, "fingerprint": request.progress.fingerprint}))
    return results


def _seen(reading: Reading, request: Request) -> tuple[Pair, ...]:
    seen = request.progress.pairs
    return seen if seen and seen[-1] == reading.pair else (*seen, reading.pair)


def _starts(active: plan.SlotCertificate | None, settings: plan.Settings) -> str:
    """Return the day from which on the active certificate is replaced."""
    if active is None or active.not_after is None:
        return "an unknown date"
    return str((active.not_after - timedelta(days=settings.start_days)).date())


def _summary(certificate: plan.SlotCertificate | None) -> dict[str, t.Any] | None:
    if certificate is None:
        return None
    return {
        "fingerprint": certificate.fingerprint,
        "not_before": _shown(certificate.not_before),
        "not_after": _shown(certificate.not_after),
        "days_left": certificate.days_left,
        "expired": certificate.expired,
    }


def _shown(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
