# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Giving a pair of destinations another name without a moment at which Task Center sees two.

Task Center knows a pair by its primary destination's name and has no renaming, so a new pair takes the old one's place.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import (
    PAIR,
    SECONDARY_SUFFIX,
    Values,
    variable,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations import repopulate
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.base import (
    Environment,
    Facts,
    Operation,
    Row,
    verification_columns,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.existing import label_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.pause_label import (
    LABEL as PAUSE_LABEL,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.tc_enabled_label import (
    ENABLED,
    RENAMING,
    Labels,
    Memory,
    recall,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.prerequisites import prerequisite_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import (
    SERVICE_DESTINATION,
    input_findings,
    token_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import Questions, State
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import is_blank
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN, is_secret
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding

LABEL = RENAMING
PHASE = "prepared"
# When no label remembers the value, as after an intervention by hand: what a connection has.
USUAL = "true"

Destination = dict[str, str]
# Of a new pair that exists in part: a connection that is paused stays so, and another system is refused, not changed.
REPORTED_OTHERWISE = ("destination_paused", "destination_changes_system")


@dataclass(frozen=True)
class Renaming:
    """What is left to do, each step harmless when it was done before.

    :param first: value of tc.enabled with which the new primary destination is written at first; None for none
    :param value: the value that it has in the end: that of the old one
    :param waits: whether Task Center may still have a connector of the old one
    :param memory: labels of the new primary destination until it has tc.enabled
    :param labels: its labels in the end: also those of the old one
    """

    first: str | None
    value: str
    waits: bool
    memory: dict[str, list[str]]
    labels: dict[str, t.Sequence[str] | None]


def plan_renaming(old: Destination | None, new: Destination | None, old_labels: Labels, new_labels: Labels) -> Renaming:
    """Decide what is left to do; at least one of the two primary destinations exists."""
    first = (new or {}).get(ENABLED)
    leaving = (old or {}).get(ENABLED)
    memory = recall(new_labels, LABEL, (PHASE,))
    remembered = memory.value if memory else None
    # The old one's as long as it has any. A new one that is polled someone has resumed; one that is not Task Center may
    # have switched off: it does so after an hour without a token (its guide, "Monitoring").
    candidates = (leaving, first if first == USUAL else remembered, first, USUAL)
    value = next(found for found in candidates if found is not None)
    return Renaming(
        first=first,
        value=value,
        waits=leaving is not None or first is None,
        memory={LABEL: Memory(PHASE, value).values(), **_pause(old_labels)} if first is None else {},
        labels={**old_labels, LABEL: None},
    )


def _pause(labels: Labels) -> dict[str, list[str]]:
    """Return the label that remembers a pause: a run of another playbook in between has to find it, too."""
    return {key: list(values) for key, values in labels.items() if key == PAUSE_LABEL}


class Rename(Operation):
    """The pair is called ``name`` and no longer ``rename_from``."""

    verifies = True

    def __init__(self, values: Values, environment: Environment) -> None:
        super().__init__(values, environment)
        self.questions = Questions(
            client=values["check_client"],
            metadata=values["check_metadata"],
            labels=(self.old, self.old + SECONDARY_SUFFIX, self.name),
        )

    @property
    def old(self) -> str:
        """Name of the primary destination until now."""
        return str(self.values["rename_from"] or "")

    def all_names(self) -> list[str]:
        """Return the names of both pairs."""
        return [*super().all_names(), self.old, self.old + SECONDARY_SUFFIX]

    def input_findings(self) -> Findings:
        """Check all values, and the name until now; that one may break rules that a new one must not."""
        results = input_findings(dict(self.values)) + token_findings(self.values)
        if is_blank(self.values["rename_from"]):
            return [*results, finding("rename_old_name_missing", name=self.name)]
        if self.old == self.name:
            facts = {"variable": variable("rename_from"), "value": self.old, "rule": "another name than fsm_name"}
            return [*results, finding("input_pattern", **facts)]
        if self.old == SERVICE_DESTINATION:
            reason = "it belongs to SAP Task Center's initial setup"
            return [*results, finding("primary_unfit", destination=self.old, reason=reason)]
        if self.old.endswith(SECONDARY_SUFFIX):
            return [*results, finding("name_is_secondary", variable=variable("rename_from"), value=self.old)]
        return results

    def findings(self, state: State) -> Findings:
        """Check the prerequisites of the new pair, and what the old one has that the new one would not."""
        leaving = (self.old, self.old + SECONDARY_SUFFIX)
        # The old pair is no obstacle: it is removed.
        others = [one for one in state.subaccount or () if one["Name"] not in leaving]
        without = dataclasses.replace(state, subaccount=None if state.subaccount is None else others)
        results = [
            one
            for one in prerequisite_findings(without, self.definitions["primary"].properties)
            if one["id"] not in REPORTED_OTHERWISE
        ]
        if state.subaccount is None:
            return results
        if not state.destination(self.old) and not state.destination(self.name):
            results.append(finding("rename_nothing", old=self.old, new=self.name))
        results += self.other_system(state, *leaving, self.name, self.name + SECONDARY_SUFFIX)
        results += self._lost(state) + label_findings(state, *self.all_names())
        phases = (repopulate.REMOVING, repopulate.RESTORING)
        if recall(state.labels.get(self.old, {}), repopulate.LABEL, phases):
            results.append(finding("rename_while_repopulating", old=self.old))
        plan = self._plan(state)
        if plan.first not in (None, plan.value):
            results.append(finding("rename_paused", destination=self.name, value=plan.first, right=plan.value))
        if plan.first is not None and not any(map(state.destination, leaving)):
            results.append(finding("rename_completed", old=self.old, new=self.name))
        return results

    def plan(self, state: State) -> Facts:
        """Return what is left to do about both pairs."""
        if state.subaccount is None:
            return {}
        plan = self._plan(state)
        if ENABLED in (state.destination(self.old) or {}):
            self.action("old", lambda: self.change_of_primary(state, self.old, {ENABLED: None}))
            self.changes.pop("old", None)
        old = state.destination(self.old) is not None
        return {
            "old": old,
            "old_secondary": state.destination(self.old + SECONDARY_SUFFIX) is not None,
            "new": state.destination(self.name) is not None,
            "first": plan.first,
            "value": plan.value,
            "waits": plan.waits,
            "memory": plan.memory,
            "labels": plan.labels,
            "secondary_labels": state.labels.get(self.old + SECONDARY_SUFFIX, {}),
            # What a preview of the old one's removal starts from.
            "previews": {"old": [{"properties": {ENABLED: None}}] if old else []},
        }

    def in_sync(self, state: State, plan: Facts) -> bool:
        """Return whether the old pair is removed and the new one is polled."""
        polled = ENABLED in (state.destination(self.name) or {})
        return bool(plan) and not (plan["old"] or plan["old_secondary"]) and polled

    def completed(self, state: State, plan: Facts, done: Facts) -> bool:
        """Return whether the new pair has taken the place of the old one, which may still be there, ignored."""
        old, new = state.destination(self.old) or {}, state.destination(self.name) or {}
        return new.get(ENABLED) == done["value"] and ENABLED not in old

    def withdraws(self, state: State, added: t.Collection[str], secondary_added: t.Collection[str] = ()) -> str:
        """Return what this run has to take back, as long as a label remembers it; later, the other run makes way."""
        found = super().withdraws(state, added, secondary_added)
        return found and (ENABLED if LABEL in state.labels.get(self.name, {}) else "")

    def needs_task_center(self, plan: Facts) -> bool:
        """Return whether the old connector is about to be removed."""
        return bool(plan.get("waits")) and bool(plan.get("old"))

    def row(self, plan: Facts, done: Facts | None, verified: t.Sequence[str]) -> Row:
        """Return what becomes of both names."""
        facts = done or plan
        if not facts:
            return {"old": self.old, "new": self.name}
        remains = plan.get("old") or plan.get("old_secondary")
        removed = "to be removed" if remains else "removed"
        return {
            "old": f"{self.old} {removed if facts['old'] or facts['old_secondary'] else 'absent'}",
            "new": f"{self.name} {'exists' if facts['new'] else 'to be created' if done is None else 'created'}",
            ENABLED: facts["value"],
            **verification_columns(verified),
        }

    def _plan(self, state: State) -> Renaming:
        old, new = state.labels.get(self.old, {}), state.labels.get(self.name, {})
        return plan_renaming(state.destination(self.old), state.destination(self.name), old, new)

    def _lost(self, state: State) -> Findings:
        """Find what is in the old pair and will not be in the new one: properties that someone added by hand."""
        results = []
        for which, suffix in zip(PAIR, ("", SECONDARY_SUFFIX), strict=True):
            definition = self.definitions[which]
            # Names of HTTP headers have no case, and of no others are two meant that differ by it alone.
            kept = {key.lower() for key in (*definition.properties, *definition.secrets, ENABLED)}
            existing = state.destination(self.old + suffix) or {}
            lost = [key for key in sorted(existing) if key.lower() not in kept]
            secret = [key for key in lost if is_secret(key) or HIDDEN in existing[key]]
            facts = {"destination": self.old + suffix, "new": self.name + suffix}
            for finding_id, keys, name in (
                ("rename_loses", [key for key in lost if key not in secret], f"{which}_properties"),
                ("rename_loses_secret", secret, f"{which}_secret_properties"),
            ):
                if keys:
                    more = {"keys": ", ".join(keys), "variable": variable(name)}
                    results.append(finding(finding_id, **facts, **more))
        return results
