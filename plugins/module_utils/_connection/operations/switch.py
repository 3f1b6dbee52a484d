# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pausing and resuming: one property of the primary destination, and the label that says that the pause is wanted."""

from __future__ import annotations

import abc
import typing as t
from datetime import datetime, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import Values
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.base import (
    Environment,
    Facts,
    Operation,
    Row,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.existing import (
    second_primary_findings,
    unfit_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.pause_label import (
    LABEL,
    Remembered,
    remembered,
    wanted,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import Questions, State
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import ENABLED
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.labels import same_values
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import Plan
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding


class _Switch(Operation):
    """The primary destination's tc.enabled has a value, whatever else is in the destination."""

    value: str

    def __init__(self, values: Values, environment: Environment) -> None:
        super().__init__(values, environment)
        self.questions = Questions(labels=(self.name,))

    def findings(self, state: State) -> Findings:
        """Check that there is a primary destination of which Task Center has a connector."""
        if state.subaccount is None:
            return []
        results = unfit_findings(state, self.name) or self.other_system(state, self.name)
        if not results and ENABLED not in (state.destination(self.name) or {}):
            results.append(finding("tc_enabled_missing", destination=self.name))
        return results

    def plan(self, state: State) -> Facts:
        """Return what would be done about the primary destination, and which of its labels would be set."""
        if state.destination(self.name) is None:
            return {}
        labels = {} if self.name in state.without_labels else self._labels(state)
        current = state.labels.get(self.name, {})
        changed = {key: values for key, values in labels.items() if not same_values(current.get(key), values)}
        return {"primary": self.action("primary", lambda: self._plan(state)), "labels": changed, **self._shown(state)}

    def in_sync(self, state: State, plan: Facts) -> bool:
        """Return whether nothing is left to do."""
        return super().in_sync(state, plan) and not plan["labels"]

    def row(self, plan: Facts, done: Facts | None, verified: t.Sequence[str]) -> Row:
        """Return what becomes of the primary destination."""
        return {**self.words(plan, done, {"primary": self.name}), ENABLED: self.value}

    def _label_findings(self, state: State, finding_id: str) -> Findings:
        """Say that labels cannot be used, which is no reason not to switch."""
        error = state.without_labels.get(self.name)
        return [finding(finding_id, destination=self.name, error=error)] if error else []

    def _shown(self, state: State) -> Facts:
        """Return what else a summary shows."""
        return {}

    @abc.abstractmethod
    def _labels(self, state: State) -> dict[str, list[str] | None]:
        """Return what labels have to say afterwards; None for one that must not exist."""

    def _remembered(self, state: State) -> Remembered | None:
        return remembered(state.destination(self.name) or {}, state.labels.get(self.name, {}))

    def _plan(self, state: State) -> Plan:
        return self.change_of_primary(state, self.name, {ENABLED: self.value})


class Pause(_Switch):
    """The primary destination's tc.enabled is false: Task Center shows none of its tasks, and keeps them."""

    value = "false"

    def findings(self, state: State) -> Findings:
        """Check also that the pause can be remembered; if not, that is no reason to let the connection run."""
        return super().findings(state) + self._label_findings(state, "pause_not_remembered")

    def row(self, plan: Facts, done: Facts | None, verified: t.Sequence[str]) -> Row:
        """Return what becomes of the primary destination, and the pause."""
        return {**super().row(plan, done, verified), **(done or plan).get("pause", {})}

    def _labels(self, state: State) -> dict[str, list[str] | None]:
        return dict(self._wanted(state).label())

    def _shown(self, state: State) -> Facts:
        pause = self._wanted(state)
        return {"pause": {"since": pause.since, "reason": pause.shown_reason()}}

    def _wanted(self, state: State) -> Remembered:
        today = datetime.now(timezone.utc).date()
        return wanted(self._remembered(state), str(self.values["pause_reason"] or ""), today)


class Resume(_Switch):
    """The primary destination's tc.enabled is true: Task Center polls it."""

    value = "true"

    def findings(self, state: State) -> Findings:
        """Check also that Task Center polls no other destination to the same FSM system."""
        if state.subaccount is None:
            return []
        results = super().findings(state) or second_primary_findings(state, self.name)
        return results + self._label_findings(state, "pause_label_stays")

    def _labels(self, state: State) -> dict[str, list[str] | None]:
        return {LABEL: None}
