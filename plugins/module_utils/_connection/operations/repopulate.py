# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Letting Task Center drop its task cache and pull all tasks again, whatever an interrupted run has done of it.

Source: SAP Task Center administration guide, "Repopulate the Task Cache": remove tc.enabled, wait until the connector
is removed, add it again, wait until the connector is back.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import Values
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.base import (
    Environment,
    Facts,
    Operation,
    Row,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.existing import (
    label_findings,
    second_primary_findings,
    unfit_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.tc_enabled_label import (
    ENABLED,
    REPOPULATION,
    Labels,
    Memory,
    recall,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import token_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import Questions, State
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.verification import Verification, Verifier
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding

LABEL = REPOPULATION
REMOVING, RESTORING = "removing", "restoring"


@dataclass(frozen=True)
class Repopulation:
    """What is left to do, each step harmless when it was done before.

    :param value: that tc.enabled has in the end
    :param removes: whether tc.enabled has to be removed first; False when the connector was removed already
    """

    value: str
    removes: bool

    @property
    def memory(self) -> dict[str, list[str]]:
        """The values of the label, by phase."""
        return {phase: Memory(phase, self.value).values() for phase in (REMOVING, RESTORING)}


def plan_repopulation(destination: dict[str, str], labels: Labels) -> Repopulation | None:
    """Decide what is left to do.

    ========== =========== ====================================================================
    tc.enabled label       what was done before
    ========== =========== ====================================================================
    present    none        nothing
    any        removing    the value is remembered; property and connector may be removed already
    absent     restoring   the connector was removed
    present    restoring   the property is back; the connector may not be
    ========== =========== ====================================================================

    :return: None when tc.enabled is absent and no label remembers its value
    """
    memory = recall(labels, LABEL, (REMOVING, RESTORING))
    # Who has set it since the value was stored knew better: the operator, or Task Center itself after an hour
    # without a token.
    value = destination.get(ENABLED, memory.value if memory else None)
    return None if value is None else Repopulation(value, removes=memory is None or memory.phase == REMOVING)


def _previews(plan: Repopulation, memory: dict[str, dict[str, list[str]]]) -> dict[str, list[Facts]]:
    """Return what a preview of later steps starts from, as M(btp_ops.task_center.btp_destination) takes it."""
    removed = {"properties": {ENABLED: None}}
    restored: Facts = {"properties": {ENABLED: plan.value}}
    return {
        "removed": [{**removed, "labels": memory[REMOVING]}],
        "restoring": [removed] if plan.removes else [],
        "restored": [{**restored, "labels": memory[RESTORING]} if plan.removes else restored],
    }


class Repopulate(Operation):
    """Task Center's connector was removed and is back."""

    # Of the connector alone: it has to be seen to be back.
    verifies = True

    def __init__(self, values: Values, environment: Environment) -> None:
        super().__init__(values, environment)
        self.questions = Questions(labels=(self.name,))

    def input_findings(self) -> Findings:
        """Check the name, and the tokens with which Task Center is asked."""
        return super().input_findings() + token_findings(self.values)

    def findings(self, state: State) -> Findings:
        """Check that there is a primary destination whose connector can be removed without harm."""
        if state.subaccount is None:
            return []
        results = unfit_findings(state, self.name) or self.other_system(state, self.name)
        # Without tc.enabled, someone may have connected the system a second time since this was interrupted.
        results = results or second_primary_findings(state, self.name)
        results = results or label_findings(state, self.name)
        plan = None if results else self._plan(state)
        if plan is None:
            return results or [finding("tc_enabled_missing", destination=self.name)]
        return [] if plan.value == "true" else [finding("repopulation_paused", destination=self.name, value=plan.value)]

    def plan(self, state: State) -> Facts:
        """Return the value of tc.enabled, whether it has to be removed first, and what a label remembers meanwhile."""
        plan = self._plan(state)
        if plan is None:
            return {}
        # Not a moment at which it cannot be restored: what the removal cannot do is refused now.
        self.action("primary", lambda: self.change_of_primary(state, self.name, {ENABLED: None}))
        self.action("primary", lambda: self.change_of_primary(state, self.name, {ENABLED: plan.value}))
        self.changes.clear()
        memory = {phase: {LABEL: values} for phase, values in plan.memory.items()}
        return {
            "value": plan.value,
            "removes": plan.removes,
            "while_removing": memory[REMOVING],
            "while_restoring": memory[RESTORING],
            "afterwards": {LABEL: None},
            "previews": _previews(plan, memory),
        }

    def in_sync(self, state: State, plan: Facts) -> bool:
        """Return False: the operation is always to be done."""
        return False

    def completed(self, state: State, plan: Facts, done: Facts) -> bool:
        """Return whether tc.enabled has its value again, and nothing remembers it any more."""
        value = (state.destination(self.name) or {}).get(ENABLED)
        return value == done["value"] and LABEL not in state.labels.get(self.name, {})

    def needs_task_center(self, plan: Facts) -> bool:
        """Return whether the connector is about to be removed."""
        return bool(plan.get("removes"))

    def verify(self, verifier: Verifier, fingerprint: str, enabled: bool, settled_at: float) -> Verification:
        """Find out whether the connector is back."""
        return verifier.verify_connector(enabled)

    def row(self, plan: Facts, done: Facts | None, verified: t.Sequence[str]) -> Row:
        """Return what becomes of the task cache."""
        value = (done or plan).get("value", "-")
        cache = "to be repopulated"
        if done is not None:
            cache = "repopulated" if "connector" in verified else "not verified"
        if value not in ("true", "-"):
            cache = "paused"
        return {"primary": self.name, ENABLED: value, "task cache": cache}

    def _plan(self, state: State) -> Repopulation | None:
        destination = state.destination(self.name)
        return plan_repopulation(destination, state.labels.get(self.name, {})) if destination else None
