# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes a trust certificate the active one, with a way back: one transaction.

A token with the old certificate first, the rotation, a record of it in the labels, a token with the new one; if there
is none, the old certificate becomes the active one again. One that is killed, at whatever request, leaves both slots
and the labels so that the next run knows how far it came.

The service may answer with a token that it obtained with the other certificate. So only one counts that cannot be older
(``_destination/token_check.py``). Where there is no such token, nothing is verified, and nothing is returned to.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from datetime import datetime

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.answer_types import Destination, Labels
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.token_claims import (
    bare_token,
    check_unexpired,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import OperatorError, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.apply import set_labels
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.labels import plan_labels
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import Plan as DestinationPlan
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.token_check import (
    verify_change,
    verify_token,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import finding
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.apply import carry_out
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import Certificate
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.plan import DesiredCertificate, Plan, plan
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation_labels import (
    Change,
    LabelChanges,
    of_activation,
    of_doubt,
    of_return,
    of_verification,
    remembered,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.slots import read_slots

LEVEL = "subaccount"
USER_TOKEN = "fsm_user_token"  # noqa: S105 - the variable, as messages name it


class ActivationFailed(OperatorError):
    """Says as a finding what failed and which certificate is the active one now."""

    def __init__(self, finding_id: str, facts: t.Mapping[str, t.Any]) -> None:
        # What services answered may end with a full stop; the texts set their own.
        answers = {name: str(facts.get(name, "")).rstrip(".") for name in ("error", "reason")}
        self.finding = finding(finding_id, None, **{**facts, **answers})
        super().__init__(self.finding["problem"], self.finding["remedy"])

    def __str__(self) -> str:
        return self.finding["text"]


@dataclass(frozen=True)
class DesiredActivation:
    """What the task asks for.

    :param fingerprint: of the certificate that has to be the active one
    :param secondary: name of the secondary destination
    :param user_token: JWT of a user with whom to verify it; None to do without
    :param uploaded: fingerprints that the operator declares as uploaded to FSM
    :param facts: what the findings name: host and account_id of FSM
    """

    fingerprint: str
    secondary: str
    user_token: str | None = None
    uploaded: frozenset[str] = frozenset()
    facts: t.Mapping[str, t.Any] = field(default_factory=dict)


class Activation:
    """The transaction; what it did is in ``planned``, ``before``, ``after``, ``labels_before``, ``labels_after``.

    The caller holds the lock, unless it is a preview.

    :ivar verified: whether a token was obtained that only the certificate can have yielded
    :ivar doubt: why one that was obtained verifies nothing; empty if it does, or none was tried
    :ivar left_over: the temporary copy that could not be deleted, and why; empty if there is none
    """

    def __init__(self, service: DestinationService, wanted: DesiredActivation, preview: bool) -> None:
        """Read how both certificates and the labels are.

        :raises Refused: the certificate is in neither slot
        :raises InputError: the user's token is none, or has expired
        """
        self._service, self._wanted, self._preview = service, wanted, preview
        if wanted.user_token:
            bare_token(wanted.user_token, USER_TOKEN)
        self.before = self.after = read_slots(service)
        self.planned: Plan = plan(DesiredCertificate(fingerprint=wanted.fingerprint), self.before.fingerprints)
        if wanted.user_token:
            check_unexpired(wanted.user_token, USER_TOKEN, service.http.now())
        found = service.labels(LEVEL, wanted.secondary)
        # Without a secondary destination, nothing can be verified or remembered.
        self._connected = found is not None
        self.labels_before: Labels = found or {}
        self.labels_after: Labels = self.labels_before
        new = self.before.by_fingerprint(wanted.fingerprint)
        slots = (self.before.active, self.before.passive)
        self._old = next((one for one in slots if one and new and one.fingerprint != new.fingerprint), None)
        self._memory = remembered(self.labels_before)
        self._change = self._known_change() or self._change_at(self.before.now)
        self._destination: Destination | None = None
        self._seen: set[str] = set()
        self.verified = False
        self.doubt = ""
        self.left_over = ""

    def run(self) -> None:
        """Make the certificate the active one, record that, and verify it; also where an earlier run has begun.

        :raises ActivationFailed: says what was done about it
        """
        self._make_sure_of_room()
        worked_before = self.planned.action == "rotate" and self._check_before()
        if self.planned.action == "rotate":
            self._rotate()
        try:
            self._record()
        finally:
            # Users count more than the memory.
            if self._verifies and not (self._preview and self.planned.action == "rotate"):
                self._verify(worked_before)
        if self._preview and self._verifies:
            self._set(of_verification(self._wanted.fingerprint, self._now))

    @property
    def _verifies(self) -> bool:
        return self._connected and bool(self._wanted.user_token)

    @property
    def _now(self) -> datetime:
        return self._service.http.now()

    def _known_change(self) -> Change | None:
        """Return the activation as the labels have it, if it is one of the certificate that is the active one."""
        known = self._memory.activated if self.planned.action == "none" else None
        return known if known and self._old and self._is_of_these(known) else None

    def _change_at(self, moment: datetime) -> Change | None:
        """Return the activation as of a moment; None when the old certificate is deleted already."""
        return Change.of(self._wanted.fingerprint, self._old.fingerprint, moment) if self._old else None

    def _is_of_these(self, change: Change | None) -> bool:
        old = self._old.fingerprint if self._old else ""
        return change is not None and change.between(self._wanted.fingerprint, old)

    def _make_sure_of_room(self) -> None:
        """Refuse where the labels could not be kept: what is not remembered, each run would do again."""
        if self._connected and self.planned.action == "rotate" and self._change:
            labels = {**of_activation(self._change), **of_verification(self._wanted.fingerprint, self._now)}
            plan_labels(self._wanted.secondary, labels, self.labels_before)

    def _check_before(self) -> bool:
        """Return whether a token is obtained with the old certificate: only then a failure is the new one's fault.

        :raises ActivationFailed: there is none although FSM is declared to trust the old one
        """
        old = self.before.active
        if old is None or not self._verifies or _has_expired(old, self.before.now):
            return False
        report = self._obtain_token()
        # One that FSM was never declared to trust may be what is wrong, and the new one the remedy.
        if not report["obtained"] and old.fingerprint in self._wanted.uploaded:
            raise self._failed("rotation_not_started", error=report["error"])
        return bool(report["fresh"])

    def _rotate(self) -> None:
        if self._is_of_these(self._memory.activated) or self._is_of_these(self._memory.rolled_back):
            # An earlier attempt. Were this run killed, the next one would take this one for it, and as rolled back.
            self._set(of_return(None))
        if self._preview:
            return
        *_others, self.after = carry_out(self._service, DesiredCertificate(fingerprint=self._wanted.fingerprint))
        self._change = self._change_at(self.after.now)

    def _record(self) -> None:
        if self._change and (self.planned.action == "rotate" or self._change != self._memory.activated):
            self._set(of_activation(self._change))

    def _verify(self, worked_before: bool) -> None:
        """Make sure that a token is obtained with the new certificate, or return to the old one.

        One that the service may have kept is no reason for either. Then nothing counts as verified any more, so that
        the old certificate is not deleted.
        """
        report = self._obtain_token()
        if not report["obtained"]:
            self._roll_back(report["error"], worked_before)
        self.verified = report["fresh"]
        if not self._preview:
            self.doubt, fingerprint = report["doubt"], self._wanted.fingerprint
            self._set(of_verification(fingerprint, self._now) if self.verified else of_doubt())

    def _roll_back(self, error: str, worked_before: bool) -> t.NoReturn:
        obstacle = _no_way_back(self._old, self.after.now)
        if self._old is None or obstacle:
            raise self._failed("rotation_cannot_roll_back", error=error, no_way_back=obstacle)
        if self._preview:
            raise self._failed("rotation_verification_would_fail", error=error)
        outcome, reason = "rotation_roll_back_failed", ""
        try:
            carry_out(self._service, DesiredCertificate(fingerprint=self._old.fingerprint))
            outcome = "rotation_rolled_back_cause_unknown"
            outcome = self._verify_previous(worked_before)
            if outcome != "rotation_cause_unknown":
                self._set(of_return(self._change))
        except OperatorError as problem:
            # What is reported is what was reached by then.
            reason = str(problem)
        attempt = self._change.label() if self._change else ""
        raise self._failed(outcome, error=error, reason=reason, attempt=attempt)

    def _verify_previous(self, worked_before: bool) -> str:
        """Find out which certificate is to blame, by a token with the old one; return the finding that says so.

        If the old one yields no token either, neither is to blame. Then the one stays that is known to have worked: the
        old one if it was tried just before, else the new one, with which users may have worked since its activation.
        """
        try:
            if self._obtain_token()["obtained"]:
                return "rotation_rolled_back"
        except ServiceError:
            pass  # no answer says no more than no token
        if worked_before:
            return "rotation_rolled_back_cause_unknown"
        carry_out(self._service, DesiredCertificate(fingerprint=self._wanted.fingerprint))
        return "rotation_cause_unknown"

    def _obtain_token(self) -> dict[str, t.Any]:
        """Let the service obtain a token for the user; return the report, as :func:`verify_change` has it.

        A preview makes no copy of the destination.

        :raises ActivationFailed: another destination of the same name answers
        """
        name, user_token = self._wanted.secondary, self._wanted.user_token
        since = self._change.when if self._change and self.planned.action == "none" else self._now
        if self._preview:
            report = verify_token(self._service, LEVEL, name, user_token, {}, since)
        else:
            if self._destination is None:
                self._destination = self._read_destination()
            report = verify_change(self._service, self._destination, user_token, since, seen=self._seen)
            self.left_over = report["left_over"] or self.left_over
        if report["found_at"] == "instance":
            raise self._failed("found_in_instance", destination=name)
        return report

    def _read_destination(self) -> Destination:
        """Return the secondary destination, secrets included.

        :raises ActivationFailed: another destination of the same name hides it from applications
        """
        name = self._wanted.secondary
        if self._service.destination("instance", name) is not None:
            raise self._failed("found_in_instance", destination=name)
        return self._service.destination(LEVEL, name) or {"Name": name}

    def _set(self, labels: LabelChanges) -> None:
        """Set labels of the secondary destination, and keep those of others; only assume so in a preview."""
        if not self._connected:
            return
        name = self._wanted.secondary
        current = self.labels_after if self._preview else self._service.labels(LEVEL, name) or {}
        planned = plan_labels(name, labels, current)
        if planned.changed_labels and not self._preview:
            set_labels(self._service, LEVEL, name, DestinationPlan("none", {}, {}, {}), planned)
        self.labels_after = planned.after

    def _failed(self, finding_id: str, **facts: t.Any) -> ActivationFailed:
        own = {
            "fingerprint": self._wanted.fingerprint,
            "old": self._old.fingerprint if self._old else "",
            "secondary": self._wanted.secondary,
        }
        return ActivationFailed(finding_id, {**self._wanted.facts, **own, **facts})


def _no_way_back(old: Certificate | None, now: datetime) -> str:
    """Return why the old certificate cannot become the active one again; empty when it can.

    Whether FSM still trusts it, the verification shows that follows; if it does not, the new one returns.
    """
    if old is None:
        return "it is deleted"
    if _has_expired(old, now):
        return "it has expired"
    return "it is not valid yet" if old.not_before and old.not_before > now else ""


def _has_expired(certificate: Certificate, now: datetime) -> bool:
    left = certificate.seconds_left(now)
    return left is not None and left < 0
