# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rotation of the trust certificate in the operator's words: what stands, what comes next, who has to act."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.btp_ops.task_center.plugins.module_utils.certificate import is_fingerprint, normal_fingerprint
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import WARNING, found
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rules import (
    PATTERNS,
    SECONDARY_SUFFIX,
    listed,
    name_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import system_of
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans import rotation as plan
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans import rotation_memory as memory
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.trust import NEW

NOBODY, RUN, OPERATOR, ADMINISTRATOR = "nobody", "the next run", "operator", "FSM administrator"
# Per step: the phase that it belongs to, how it is told, who has to act.
STEPS = {
    "discard": ("stage", "delete the passive certificate", RUN),
    "stage": ("stage", "stage a new certificate", RUN),
    "upload": ("upload", "upload the certificate in FSM Admin and declare it", ADMINISTRATOR),
    "activate": ("activate", "activate the new certificate", RUN),
    "prove": ("prove", "obtain a token for a user", RUN),
    "soak": ("retire", "keep the old certificate until {soaks_until}", NOBODY),
    "accept": ("retire", "prove the new certificate, or set fsm_rotation_retire_unproven", OPERATOR),
    "others": ("retire", "be done in the other environments of the subaccount", OPERATOR),
    "retire": ("retire", "delete the old certificate", RUN),
    "connect": ("", "run connect_fsm", OPERATOR),
    "mend": ("", "see the message", OPERATOR),
    "none": ("", "rotate from {starts} on", NOBODY),
}
FAILED = "failed"
# From the worst to the best: the worst of all environments is the outcome of a run.
OUTCOMES = (
    FAILED,
    "not reached",
    "waiting for upload",
    "waiting for proof",
    "pending",
    "soaking",
    "done",
    "nothing to do",
)
# What of an environment's report is of use to other programs.
REPORTED = (
    "outcome",
    "phase",
    "step",
    "next",
    "actor",
    "active",
    "passive",
    "activated",
    "proven",
    "soaks_until",
    "done",
    "path",
    "messages",
)
FINGERPRINTS = ("fsm_rotation_replace", "fsm_rotation_discard")
LONGEST_START = 365
# Authentication types that sign with the subaccount's trust key (SAP BTP Connectivity, "HTTP Destinations").
SIGNING = ("OAuth2SAMLBearerAssertion", "SAMLAssertion")


@dataclass(frozen=True)
class Reading:
    """What the modules read of an environment.

    :param active: a certificate as fsm_trust_cert_info reports it, or None
    :param passive: the other one
    :param secondary: the secondary destination with its labels, or None
    :param destinations: all destinations that might sign with the trust key
    :param done: what this run has done so far
    :param retired: fingerprint of the certificate that it has retired, or None
    :param neighbours: environment, subaccount and uploaded certificates of all environments of the run, this one's too
    """

    active: dict[str, t.Any] | None
    passive: dict[str, t.Any] | None
    secondary: dict[str, t.Any] | None
    labels: dict[str, list[str]]
    destinations: list[dict[str, t.Any]]
    done: list[str]
    retired: str | None = None
    neighbours: t.Sequence[dict[str, t.Any]] = ()


def judge(
    reading: Reading,
    uploaded: t.Any,
    settings: plan.Settings,
    preview: bool,
    facts: dict[str, t.Any],
    now: datetime,
) -> dict[str, t.Any]:
    """Return where the rotation of an environment stands and what comes next, as the role uses it.

    :param uploaded: the variable fsm_uploaded_certificates
    :param preview: whether what was done was only assumed
    :param facts: host and account_id of FSM, name of the primary destination, environment, and the directory for
        certificate files
    :raises InputError: a fingerprint is none
    """
    situation = plan.Situation(
        active=_standing(reading.active),
        passive=_standing(reading.passive),
        memory=memory.remembered(reading.labels) if reading.secondary else None,
        uploaded=_fingerprints(uploaded),
        now=now,
        elsewhere=_elsewhere(reading.neighbours, facts["environment"]),
        waiting=_waiting(reading, settings, facts["environment"], now),
        rejecting=_rejecting(reading, facts["environment"]),
    )
    for step in reading.done if preview else ():
        situation = plan.after(situation, step)
    decided = plan.decide(situation, settings)
    active, passive, named = situation.active, situation.passive, decided.fingerprint
    slot = "active" if decided.phase == "activated" else "passive"
    path = _path(facts, slot, active if slot == "active" else passive)
    findings = _told(decided, {**facts, "path": path})
    others = signing_too(reading.destinations, reading.secondary)
    if others and (decided.step in ("stage", "upload", "activate") or "activate" in reading.done):
        findings.append(found("rotation_others", destinations=", ".join(others)))
    unknown = sorted(one["environment"] for one in reading.neighbours if one["subaccount"] is None)
    if unknown and decided.step in ("upload", "activate", "retire"):
        findings.append(found("rotation_neighbours_unknown", environments=", ".join(unknown)))
    if reading.retired and "retire" in reading.done and not preview:
        findings.append(found("rotation_retired", **{**facts, "fingerprint": reading.retired}))
    over = "retire" in reading.done and decided.step == "none"
    # Whoever reads a preview is told the last step that it has only assumed.
    phase_of_step, words, actor = STEPS["retire" if over and preview else decided.step]
    starts = active.not_after - timedelta(days=settings.start_days) if active and active.not_after else None
    until = _shown(decided.soaks_until)
    return {
        "environment": facts["environment"],
        "phase": decided.phase,
        "step": decided.step,
        "phase_of_step": phase_of_step,
        "next": words.format(soaks_until=until, starts=starts.date() if starts else "an unknown date"),
        "actor": actor,
        "outcome": ("pending" if preview else "done") if over else decided.outcome,
        "done": reading.done,
        "fingerprint": named,
        "findings": findings,
        "messages": [finding["text"] for finding in findings],
        "active": _summary(active),
        "passive": _summary(passive),
        "activated": _shown(decided.activated),
        "proven": decided.proven,
        "soaks_until": until,
        "record": decided.turned_back.label() if decided.record and decided.turned_back else None,
        "forget": decided.forget,
        "reverted": decided.reverted,
        "turned_back": decided.turned_back.label() if decided.turned_back else None,
        "proof": memory.proof_label(active.fingerprint, now) if active else None,
        "path": path if decided.step == "upload" else None,
        "pem": next((c["pem"] for c in (reading.active, reading.passive) if c and c["fingerprint"] == named), None),
        "no_way_back": _no_way_back(passive),
        "sharing": [
            {key: one[key] for key in ("environment", "secondary")}
            for one in _sharing(reading.neighbours, facts["environment"])
            if one.get("secondary")
        ],
        "declared": active is not None and active.fingerprint in situation.uploaded,
    }


def input_findings(given: dict[str, t.Any]) -> list[dict[str, str]]:
    """Check the variables of the rotation.

    :param given: variable to value, None where it is not set
    """
    results = name_findings(given.get("fsm_name"))
    for variable in ("fsm_destination_service_key", "fsm_url", "fsm_account_id"):
        value = given.get(variable)
        pattern, form = PATTERNS.get(variable, ("", ""))
        if value in (None, "", False):
            results.append(found("input_missing", variable=variable))
        elif pattern and not isinstance(value, str):
            results.append(found("input_not_text", variable=variable))
        elif pattern and not re.fullmatch(pattern, value):
            results.append(found("input_pattern", variable=variable, value=value, rule=form))
    rule = "a SHA-256 fingerprint of 64 hexadecimal digits"
    entries = [(name, given.get(name)) for name in FINGERPRINTS]
    entries += [("fsm_uploaded_certificates", text) for text in listed(given.get("fsm_uploaded_certificates"))]
    results += [
        found("input_pattern", variable=variable, value=text, rule=rule)
        for variable, text in entries
        if text and not is_fingerprint(str(text))
    ]
    retry = given.get("fsm_rotation_retry")
    if retry and memory.change_named(str(retry)) is None:
        rule = "the value that the message of the rollback names"
        results.append(found("input_pattern", variable="fsm_rotation_retry", value=retry, rule=rule))
    results += [
        found("input_pattern", variable="fsm_rotation_fail_when", value=text, rule=f"one of: {', '.join(OUTCOMES)}")
        for text in outcomes_named(given.get("fsm_rotation_fail_when"))
        if text not in OUTCOMES
    ]
    limits = {"fsm_rotation_start_days": (1, LONGEST_START), "fsm_rotation_soak_hours": (0, 24 * LONGEST_START)}
    for variable, (least, most) in limits.items():
        value = given.get(variable)
        if not isinstance(value, (int, float)) or not least <= value <= most:
            results.append(
                found("input_pattern", variable=variable, value=value, rule=f"a number from {least} to {most}")
            )
    return results


def summary(rows: list[dict[str, t.Any]], fail_when: t.Any, now: datetime) -> dict[str, t.Any]:
    """Return what came of a run over many environments: the worst outcome, and the rows of the table.

    :param rows: one report per environment, as the role leaves it
    :param fail_when: the variable fsm_rotation_fail_when
    :param now: the moment of the report, with time zone
    """
    failing = {FAILED, *outcomes_named(fail_when)}
    return {
        "reported_at": now.isoformat(timespec="seconds"),
        "outcome": min((row["outcome"] for row in rows), key=OUTCOMES.index, default="nothing to do"),
        "failing": [row["environment"] for row in rows if row["outcome"] in failing],
        "environments": {row["environment"]: {key: row.get(key) for key in REPORTED} for row in rows},
        "table": [
            {
                "environment": row["environment"],
                "outcome": row["outcome"],
                "phase": row["phase"],
                "active": _cell(row["active"]),
                "passive": _cell(row["passive"]),
                "next step": row["next"],
                "who": row["actor"],
            }
            for row in rows
        ],
    }


def outcomes_named(value: t.Any) -> list[str]:
    """Return the outcomes that a list names; on the command line it may be one text, with commas or as JSON."""
    return [text for text in (str(entry).strip(" []\"'") for entry in listed(value)) if text]


def signing_too(destinations: list[dict[str, t.Any]], secondary: dict[str, t.Any] | None) -> list[str]:
    """Return the names of destinations to other systems that sign with the same trust key."""
    own = system_of(secondary)[:2] if secondary else None
    return sorted(
        {
            other["Name"]
            for other in destinations
            if other.get("Authentication") in SIGNING and system_of(other)[:2] != own
        }
    )


def _fingerprints(uploaded: t.Any) -> frozenset[str]:
    return frozenset(map(normal_fingerprint, listed(uploaded)))


def _elsewhere(neighbours: t.Sequence[dict[str, t.Any]], environment: str) -> dict[str, frozenset[str]]:
    """Return what other environments of the same subaccount declare as uploaded."""
    return {one["environment"]: _fingerprints(one["uploaded"]) for one in _sharing(neighbours, environment)}


def _sharing(neighbours: t.Sequence[dict[str, t.Any]], environment: str) -> list[dict[str, t.Any]]:
    """Return the other environments of the same subaccount."""
    own = {one["subaccount"] for one in neighbours if one["environment"] == environment} - {"", None}
    return [one for one in neighbours if one["subaccount"] in own and one["environment"] != environment]


def _waiting(reading: Reading, settings: plan.Settings, environment: str, now: datetime) -> tuple[str, ...]:
    """Return the other environments of the same subaccount that may need the passive certificate still."""

    def needs(active: plan.Standing, passive: plan.Standing, one: dict[str, t.Any]) -> bool:
        remembered = memory.remembered(one["labels"])
        took = plan.takeover(active, passive, remembered, settings.soak_hours, now)
        return not took.known or took.lacks(now, bool(one.get("retire_unproven"))) is not None

    return _others_who(needs, reading, environment)


def _rejecting(reading: Reading, environment: str) -> tuple[str, ...]:
    """Return the other environments of the same subaccount where the passive certificate was rotated back."""

    def rejects(active: plan.Standing, passive: plan.Standing, one: dict[str, t.Any]) -> bool:
        return plan.turned_back(active, passive, memory.remembered(one["labels"])) is not None

    return _others_who(rejects, reading, environment)


def _others_who(
    condition: t.Callable[[plan.Standing, plan.Standing, dict[str, t.Any]], bool], reading: Reading, environment: str
) -> tuple[str, ...]:
    """Return the other environments of the same subaccount, as far as they were read, for which a condition holds."""
    active, passive = _standing(reading.active), _standing(reading.passive)
    if active is None or passive is None:
        return ()
    others = [one for one in _sharing(reading.neighbours, environment) if one.get("labels") is not None]
    return tuple(sorted(one["environment"] for one in others if condition(active, passive, one)))


def _no_way_back(old: plan.Standing | None) -> str:
    """Return why the old certificate cannot take over again; empty when it can.

    Whether FSM trusts it still, the proof tells that follows; if it does not, the new one becomes the active one again.
    """
    if old is None:
        return "it is deleted"
    if old.expired:
        return "it has expired"
    return "it is not valid yet" if old.not_yet_valid else ""


def _standing(certificate: dict[str, t.Any] | None) -> plan.Standing | None:
    if not certificate:
        return None
    return plan.Standing(
        fingerprint=certificate["fingerprint"],
        not_before=_moment(certificate["not_before"]),
        not_after=_moment(certificate["not_after"]),
        days_left=certificate["days_left"],
        expired=bool(certificate["expired"]),
        not_yet_valid=bool(certificate["not_yet_valid"]),
        unreadable=certificate["unreadable"],
    )


def _told(decided: plan.Decision, facts: dict[str, t.Any]) -> list[dict[str, str]]:
    # What keeps other roles from their work is for a rotation a reason to go on.
    severity = None if decided.outcome == "failed" else WARNING
    secondary = f"{facts['name']}{SECONDARY_SUFFIX}"
    return [found(finding, severity, **{**facts, **own, "secondary": secondary}) for finding, own in decided.found]


def _path(facts: dict[str, t.Any], slot: str, certificate: plan.Standing | None) -> str:
    """Return the file for a certificate, named after environment, slot, expiry and fingerprint."""
    if certificate is None or certificate.fingerprint == NEW:
        return f"a file in {facts['directory']}"
    expiry = certificate.not_after.date().isoformat() if certificate.not_after else "unknown"
    name = f"{facts['environment']}-{slot}-{expiry}-{memory.short(certificate.fingerprint)[:8]}.pem"
    return f"{facts['directory']}/{name}"


def _summary(certificate: plan.Standing | None) -> dict[str, t.Any] | None:
    if certificate is None:
        return None
    return {
        "fingerprint": certificate.fingerprint,
        "not_after": _shown(certificate.not_after),
        "days_left": certificate.days_left,
        "expired": certificate.expired,
    }


def _cell(certificate: dict[str, t.Any] | None) -> str:
    if not certificate:
        return "-"
    days = "?" if certificate["days_left"] is None else certificate["days_left"]
    return f"{certificate['fingerprint'][:11]} ({days} d)"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _shown(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
