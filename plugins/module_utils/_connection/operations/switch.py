# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pausing and resuming: one property of the primary destination, whatever else is in it."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.base import (
    Facts,
    Operation,
    Row,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.existing import (
    second_primary_findings,
    unfit_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import State
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import ENABLED
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import Plan
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding


class Pause(Operation):
    """The primary destination's tc.enabled is false: Task Center shows none of its tasks, and keeps them."""

    value = "false"

    def findings(self, state: State) -> Findings:
        """Check that there is a primary destination of which Task Center has a connector."""
        if state.subaccount is None:
            return []
        results = unfit_findings(state, self.name) or self.other_system(state, self.name)
        if not results and ENABLED not in (state.destination(self.name) or {}):
            results.append(finding("not_enabled", destination=self.name))
        return results

    def plan(self, state: State) -> Facts:
        """Return what would be done about the primary destination."""
        if state.destination(self.name) is None:
            return {}
        return {"primary": self.action("primary", lambda: self._plan(state))}

    def row(self, plan: Facts, done: Facts | None, verified: t.Sequence[str]) -> Row:
        """Return what becomes of the primary destination."""
        return {**self.words(plan, done, {"primary": self.name}), ENABLED: self.value}

    def _plan(self, state: State) -> Plan:
        return self.change_of_primary(state, self.name, {ENABLED: self.value})


class Resume(Pause):
    """The primary destination's tc.enabled is true: Task Center polls it."""

    value = "true"

    def findings(self, state: State) -> Findings:
        """Check also that Task Center polls no other destination to the same FSM system."""
        if state.subaccount is None:
            return []
        return super().findings(state) or second_primary_findings(state, self.name)
