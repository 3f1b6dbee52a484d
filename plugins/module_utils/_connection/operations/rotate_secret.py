# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Giving both destinations a new client of FSM, and leaving all else in them as it is."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import (
    PAIR,
    SECONDARY_SUFFIX,
    Definition,
    define,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.base import (
    Facts,
    Operation,
    Row,
    verification_columns,
    with_tokens,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.existing import unfit_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.prerequisites import client_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import input_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import Questions, State
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import ENABLED
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import (
    Plan,
    desired_destination,
    plan_present,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import ERROR, Findings, finding


def of_client(definition: Definition) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """Return the properties of a destination that change with FSM's client, and the secret ones."""
    properties, secrets = (
        {key: value for key, value in part.items() if key in definition.of_client}
        for part in (definition.properties, definition.secrets)
    )
    return properties, secrets


class RotateSecret(Operation):
    """Both destinations have the client that the values name."""

    verifies = True
    writes_incomparable = True
    removes_leftovers = True
    # The metadata are not read, for an expired secret has to be replaced whatever else is wrong.
    questions = Questions(client=True)

    def input_findings(self) -> Findings:
        """Check all values."""
        return input_findings(dict(self.values)) + with_tokens(self)

    def prepare(self) -> None:
        """Leave out what the operator adds: it stays as it is."""
        self.definitions = define(self.values, additions=False)

    def findings(self, state: State) -> Findings:
        """Check that FSM accepts the client, and that the pair exists and leads to the system of the values."""
        results = client_findings(state.client, self.definitions["primary"].properties)
        if state.subaccount is None or state.instance is None:
            return results
        secondary = self.name + SECONDARY_SUFFIX
        results += unfit_findings(state, self.name)
        if state.destination(secondary) is None:
            results.append(finding("primary_without_secondary", ERROR, destination=self.name, partner=secondary))
        results += self.other_system(state, self.name, secondary)
        return results + [
            finding("hidden_by_instance", destination=other["Name"])
            for other in state.instance
            if other["Name"] in (self.name, secondary)
        ]

    def must_stay(self) -> list[str]:
        """Return also the properties of the client: of two runs with different ones, one has to make way."""
        of_client = {key for one in self.definitions.values() for key in one.of_client}
        return [*super().must_stay(), *sorted(of_client)]

    def plan(self, state: State) -> Facts:
        """Return what would be done about both destinations."""
        if not all(state.destination(self.definitions[which].name) for which in PAIR):
            return {}
        primary = state.destination(self.name) or {}
        return {
            "polled": ENABLED in primary,
            "enabled": primary.get(ENABLED, "-"),
            **{which: self.action(which, functools.partial(self._plan, state, which)) for which in PAIR},
        }

    def completed(self, state: State, plan: Facts, done: Facts) -> bool:
        """Return whether both have the client, as far as the service shows it."""
        left = [which for which in PAIR if plan.get(which) != "none" and which not in self.incomparable]
        return bool(plan) and not left and not self.refused

    def nothing_to_do(self) -> Findings:
        """Say that the variables hold no other client than the destinations."""
        return [finding("no_new_client", primary=self.name, secondary=self.names()["secondary"])]

    def row(self, plan: Facts, done: Facts | None, verified: t.Sequence[str]) -> Row:
        """Return what becomes of both destinations, and whether Task Center polls the primary one."""
        words = self.words(plan, done, self.names())
        return {**words, ENABLED: plan.get("enabled", "-"), **verification_columns(verified)}

    def _plan(self, state: State, which: str) -> Plan:
        name = self.definitions[which].name
        return plan_present(desired_destination(name, *of_client(self.definitions[which])), state.destination(name))
