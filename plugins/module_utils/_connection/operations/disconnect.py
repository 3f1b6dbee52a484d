# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disconnecting: neither destination exists any more; the trust certificate stays."""

from __future__ import annotations

import functools
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import PAIR
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.base import (
    Facts,
    Operation,
    Row,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import State
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import foreign_host
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import Plan, plan_absent
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding


class Disconnect(Operation):
    """Both destinations are removed; only what leads to FSM is ever removed."""

    def prepare(self) -> None:
        """Do nothing: what is removed need not be described."""

    def findings(self, state: State) -> Findings:
        """Check that what would be removed leads to FSM, and to the system that the variables name, if they do."""
        own = [one for one in map(state.destination, self.names().values()) if one]
        foreign = [one["Name"] for one in own if foreign_host(one)]
        results = [
            finding("removal_of_other_system", destination=one["Name"], host=foreign_host(one))
            for one in own
            if one["Name"] in foreign
        ]
        return results + self.other_system(state, *(one["Name"] for one in own if one["Name"] not in foreign))

    def plan(self, state: State) -> Facts:
        """Return what would be done about both destinations."""
        if state.subaccount is None:
            return {}
        return {which: self.action(which, functools.partial(self._plan, state, which)) for which in PAIR}

    def _plan(self, state: State, which: str) -> Plan:
        return plan_absent(state.destination(self.names()[which]), list(self.values[f"{which}_secret_properties"]))

    def row(self, plan: Facts, done: Facts | None, verified: t.Sequence[str]) -> Row:
        """Return what becomes of both destinations."""
        return self.words(plan, done, self.names(), unchanged="absent")
