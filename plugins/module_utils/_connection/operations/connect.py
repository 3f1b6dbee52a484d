# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connecting: both destinations, the trust certificate and its file. Checking and auditing search for the same."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.audit import STATUS_OF_ACTION
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import PAIR, Definition, Values
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.base import (
    Environment,
    Facts,
    Operation,
    Row,
    verification_columns,
    with_tokens,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.pause_label import (
    LABEL,
    Remembered,
    remembered,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.prerequisites import prerequisite_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import input_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import Questions, State
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import ENABLED, system_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._core import public_file as files
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import OperatorError
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import (
    Plan,
    desired_destination,
    plan_present,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import Certificate
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.slots import EXPIRES_WITHIN
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.upload import (
    Upload,
    to_upload,
    validity_findings,
)

# What else than the table's properties decides what is in an assertion, and whose key signs it (SAP BTP Connectivity,
# "SAML Bearer Assertion Authentication").
OF_ASSERTION = (
    "KeyStoreLocation",
    "assertionIssuer",
    "assertionRecipient",
    "nameIdFormat",
    "nameQualifier",
    "userIdSource",
    "x_user_token.jwks",
    "x_user_token.jwks_uri",
)


def assertion_findings(current: dict[str, str] | None, definition: Definition) -> Findings:
    """Find properties that make a user's assertion another one, and that connecting removes or changes.

    :param current: the secondary destination as it is; None without one
    """
    wanted = {**definition.properties, **definition.secrets}
    changing = [
        f"{key} {current[key]}"
        for key in OF_ASSERTION
        if current and key in current and current[key] != wanted.get(key)
    ]
    facts = {"destination": definition.name, "properties": ", ".join(changing)}
    return [finding("assertion_changes", **facts)] if changing else []


class Connect(Operation):
    """Both destinations exist as the values describe them, and the trust certificate is exported."""

    verifies = True
    removes_leftovers = True
    beyond_destinations = "the trust certificate, or its file"
    # A run that continues writes the certificate's file first, and finds out only then whether it is uploaded.
    reports_upload_late = True

    def __init__(self, values: Values, environment: Environment) -> None:
        super().__init__(values, environment)
        self.questions = Questions(
            client=values["check_client"], metadata=values["check_metadata"], trust=True, labels=(self.name,)
        )

    def input_findings(self) -> Findings:
        """Check all values."""
        return input_findings(dict(self.values)) + with_tokens(self)

    def findings(self, state: State) -> Findings:
        """Check FSM, the subaccount and the trust certificate."""
        results = self._paused_findings(state)
        results += assertion_findings(
            state.destination(self.definitions["secondary"].name), self.definitions["secondary"]
        )
        return results + self.not_compared(state) + self.certificate_findings(state)

    def plan(self, state: State) -> Facts:
        """Return what would be done about both destinations, and whether Task Center polls the primary one now."""
        if state.subaccount is None:
            return {}
        primary = state.destination(self.definitions["primary"].name) or {}
        return {
            "polled": ENABLED in primary,
            # Instead of the properties that the variables describe.
            "keeps": self._kept(state, "primary"),
            **{which: self.action(which, functools.partial(self._plan, state, which)) for which in PAIR},
        }

    def in_sync(self, state: State, plan: Facts) -> bool:
        """Return whether both destinations, the active certificate and its file are as they have to be."""
        active = state.slots.active if state.slots else None
        return super().in_sync(state, plan) and active is not None and self.exported(active)

    def must_stay(self) -> list[str]:
        """Return the same, and what pauses the connection: somebody may have paused it meanwhile."""
        return [*super().must_stay(), ENABLED]

    def withdraws(self, state: State, added: t.Collection[str], secondary_added: t.Collection[str] = ()) -> str:
        """Return what this run has to take back; what leads to another system by now is not its own any more."""
        system = system_of(self.definitions["primary"].properties)
        primary, secondary = (system_of(state.destination(name) or {}) for name in self.names().values())
        found = super().withdraws(state, added, secondary_added) if primary == system else ""
        others_pair = secondary != system and state.destination(self.names()["secondary"]) is not None
        return ENABLED if found and others_pair else found

    def row(self, plan: Facts, done: Facts | None, verified: t.Sequence[str]) -> Row:
        """Return what becomes of both destinations."""
        words = self.words(plan, done, self.names())
        return {**words, **verification_columns(verified)}

    def certificate_findings(self, state: State) -> Findings:
        """Check the active trust certificate."""
        if state.slots is None:
            return []
        active = state.slots.active
        if active is None:
            return [] if self.reports_upload_late and not self.environment.preview else [finding("certificate_missing")]
        described = state.slots.described(active, EXPIRES_WITHIN)
        results = validity_findings(described, self.values["certificate_min_days"])
        if self.reports_upload_late and not self.in_sync(state, self.plan(state)):
            return results
        path = self.environment.file_of(active.fingerprint)
        if not self.exported(active):
            path = f"the one that btp_ops.task_center.connect_fsm writes to {path}"
        return results + self.upload().findings(active.fingerprint, path, self.environment.preview)

    def upload(self) -> Upload:
        """Return what the operator says of the upload to FSM."""
        return Upload(
            declared=self.values["uploaded_certificates"],
            gate=self.values["upload_gate"],
            host=self.definitions["primary"].host,
            account_id=str(self.values["account_id"]),
        )

    def _pause(self, state: State) -> Remembered | None:
        """Return the pause that somebody wants, if there is one."""
        name = self.definitions["primary"].name
        return remembered(state.destination(name) or {}, state.labels.get(name, {}))

    def _kept(self, state: State, which: str) -> dict[str, str]:
        """Return the properties of a destination that stay as they are: of one that is paused, what pauses it."""
        if which == "secondary":
            return {}
        value = (state.destination(self.name) or {}).get(ENABLED)
        # Where nobody knows whether the pause is wanted, it is not for this run to end it.
        unknown = value not in (None, "true") and self.name in state.without_labels
        return {ENABLED: value or "false"} if unknown or self._pause(state) else {}

    def _paused_findings(self, state: State) -> Findings:
        """Check the prerequisites, and say of a pause whether somebody wants it."""
        results = prerequisite_findings(state, self.definitions["primary"].properties)
        pause = self._pause(state)
        error = state.without_labels.get(self.name)
        if pause is None and LABEL in state.labels.get(self.name, {}):
            return [*results, finding("pause_outdated", destination=self.name)]
        if pause is None and error and self._kept(state, "primary"):
            unknown = finding("pause_unknown", destination=self.name, error=error)
            return [unknown if one["id"] == "destination_paused" else one for one in results]
        if pause is None:
            return results
        facts = {"destination": self.name, "since": pause.since, "reason": pause.shown_reason()}
        return [one for one in results if one["id"] != "destination_paused"] + [finding("connection_paused", **facts)]

    def _plan(self, state: State, which: str) -> Plan:
        definition = self.definitions[which]
        desired = desired_destination(
            definition.name,
            {**definition.properties, **self._kept(state, which)},
            definition.secrets,
            purge=True,
            update_secrets=self.values["update_secrets"],
        )
        return plan_present(desired, state.destination(definition.name))

    def to_upload(self, certificate: Certificate, described: Facts) -> Facts:
        """Return what it takes to upload the active certificate, also for who cannot read its file.

        :param described: the certificate, as M(btp_ops.task_center.fsm_trust_cert_info) returns it
        """
        path = self.environment.file_of(certificate.fingerprint) if self.exported(certificate) else None
        upload = self.upload()
        return to_upload(described, path, upload.host, upload.account_id)

    def exported(self, certificate: Certificate) -> bool:
        """Return whether the certificate's file is as fsm_trust_cert would write it, or nobody needs it any more."""
        if not self.environment.keeps_files and self.upload().has(certificate.fingerprint):
            return True
        path = self.environment.file_of(certificate.fingerprint)
        try:
            desired = files.desired_file({"path": path, "mode": files.MODE})
            if desired is None:
                return True
            current = files.read_state(desired.path)
        except OperatorError:
            # The task that has to write the file reports why that cannot be.
            return False
        return files.desired_state(desired, certificate.pem, current) == current


class Check(Connect):
    """The same, without a run that would change anything."""

    verifies = False
    # Reading it changes nothing, while obtaining tokens may take a copy of a destination.
    reads_connector = True
    removes_leftovers = False
    reports_upload_late = False

    def plan(self, state: State) -> Facts:
        """Return the same, and the value of tc.enabled."""
        plan = super().plan(state)
        enabled = (state.destination(self.name) or {}).get(ENABLED, "-")
        return {**plan, "enabled": enabled} if plan else {}

    def row(self, plan: Facts, done: Facts | None, verified: t.Sequence[str]) -> Row:
        """Return how both destinations compare with the variables, in the words of the audit."""
        names = self.names()
        compared = {which: f"{names[which]} {STATUS_OF_ACTION[plan[which]]}" for which in PAIR if which in plan}
        return {**dict.fromkeys(PAIR, "-"), **compared, ENABLED: plan.get("enabled", "-")}
