# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has to hold before an operator works on a connection that stands, and what came of it. Pure: no I/O, no Ansible.

Source: SAP Task Center administration guide, "Connect SAP Field Service Management and SAP Task Center", "Repopulate
the Task Cache" and "Monitoring".
"""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import ERROR, found
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.prerequisites import (
    Answer,
    client_findings,
    prerequisite_findings,
    unread_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.proof import connector_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rules import (
    SECONDARY_SUFFIX,
    SERVICE_DESTINATION,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import (
    ENABLED,
    Destination,
    foreign_host,
    is_primary,
    of_other_systems,
    system_of,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.renaming import plan_renaming
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.repopulation import (
    LABEL,
    REMOVING,
    RESTORING,
    plan_repopulation,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.switch_memory import recall
from ansible_collections.btp_ops.task_center.plugins.module_utils.secrets import HIDDEN, is_secret

ROLES = ("primary", "secondary")
# Of a new pair that stands in part: a connection that is paused stays so, and another system is refused, not changed.
TOLD_OTHERWISE = ("paused", "system_changes")
SWITCHED_ON = "true"
Findings = list[dict[str, str]]
Labels = dict[str, dict[str, list[str]]]


def operation_findings(
    destinations: list[Destination], name: str, enables: bool = False, declared: Destination | None = None
) -> Findings:
    """Check that a primary destination may be paused or resumed.

    :param destinations: those of the subaccount
    :param name: of the primary destination
    :param enables: whether it is to be polled afterwards, so that there must be no other one to the same FSM system
    :param declared: the FSM system that the variables name, by JSON key; empty if they name none
    """
    by_name = {destination["Name"]: destination for destination in destinations}
    results = _unfit(by_name, name) or of_other_systems([by_name[name]], declared)
    if not results and ENABLED not in by_name[name]:
        results.append(found("not_enabled", destination=name))
    return results or (_second_primaries(by_name, name) if enables else [])


def _second_primaries(by_name: dict[str, Destination], name: str) -> Findings:
    """Find other primary destinations to the FSM system of one."""
    host, account_id, company_id = system = system_of(by_name[name])
    return [
        found("second_primary", destination=other, host=host, account_id=account_id, company_id=company_id)
        for other in sorted(by_name)
        if other != name and is_primary(by_name[other]) and system_of(by_name[other]) == system
    ]


def repopulation(
    destinations: list[Destination], name: str, labels: Labels, declared: Destination | None = None
) -> dict[str, t.Any]:
    """Decide what is left to do to repopulate a primary destination's task cache, and what forbids it.

    :param destinations: those of the subaccount
    :param labels: by name of destination
    :param declared: the FSM system that the variables name, by JSON key; empty if they name none
    """
    by_name = {destination["Name"]: destination for destination in destinations}
    results = _unfit(by_name, name) or of_other_systems([by_name[name]], declared)
    # Without tc.enabled, someone may have connected the system anew since this was interrupted.
    results = results or _second_primaries(by_name, name)
    plan = None if results else plan_repopulation(by_name[name], labels.get(name, {}))
    if plan is None:
        return {"findings": results or [found("not_enabled", destination=name)], "label": LABEL}
    paused = [] if plan.value == SWITCHED_ON else [found("repopulation_paused", destination=name, value=plan.value)]
    return {
        "findings": paused,
        "label": LABEL,
        "value": plan.value,
        "removes": plan.removes,
        REMOVING: plan.memory[REMOVING],
        RESTORING: plan.memory[RESTORING],
    }


def secret_findings(asked: dict[str, Answer], wanted: Destination) -> Findings:
    """Check that the pair of destinations may be given FSM's new client.

    :param asked: as for prerequisite_findings
    :param wanted: the primary destination as the variables describe it
    """
    results = unread_findings(asked) + client_findings(asked["client"], wanted)
    if any(asked[level].get("destinations") is None for level in ("subaccount", "instance")):
        return results
    by_name = {destination["Name"]: destination for destination in asked["subaccount"]["destinations"]}
    name = wanted["Name"]
    secondary = name + SECONDARY_SUFFIX
    results += _unfit(by_name, name)
    if secondary not in by_name:
        results.append(found("primary_alone", ERROR, destination=name, partner=secondary))
    results += of_other_systems([by_name[own] for own in (name, secondary) if own in by_name], wanted)
    return results + [
        found("shadowed", destination=other["Name"])
        for other in asked["instance"]["destinations"]
        if other["Name"] in (name, secondary)
    ]


def renaming(
    asked: dict[str, Answer],
    wanted: Destination,
    old: str,
    labels: Labels,
    pair: tuple[t.Collection[str], t.Collection[str]] | None = None,
) -> dict[str, t.Any]:
    """Decide what is left to do to give a pair of destinations another name, and what forbids it.

    :param asked: as for prerequisite_findings
    :param wanted: the primary destination under its new name
    :param old: name of the primary destination until now
    :param labels: by name of destination
    :param pair: names of the properties of the new primary destination and of the new secondary one
    """
    new = wanted["Name"]
    leaving = (old, old + SECONDARY_SUFFIX)
    results = _name_findings(old, new)
    destinations = asked["subaccount"].get("destinations")
    others = dict(asked)
    if destinations is not None and not results:
        # The old pair is no obstacle: it goes.
        others["subaccount"] = {"destinations": [one for one in destinations if one["Name"] not in leaving]}
    results += [one for one in prerequisite_findings(others, wanted) if one["id"] not in TOLD_OTHERWISE]
    by_name = {destination["Name"]: destination for destination in destinations or []}
    if destinations is not None and not {old, new} & set(by_name):
        results.append(found("rename_nothing", old=old, new=new))
    standing = [by_name[name] for name in (*leaving, new, new + SECONDARY_SUFFIX) if name in by_name]
    results += of_other_systems(standing, wanted)
    if pair is not None:
        results += _lost(by_name, old, new, pair)
    if recall(labels.get(old, {}), LABEL, (REMOVING, RESTORING)):
        results.append(found("rename_while_repopulating", old=old))
    plan = plan_renaming(by_name.get(old), by_name.get(new), labels.get(old, {}), labels.get(new, {}))
    if plan.first not in (None, plan.value):
        results.append(found("rename_paused", destination=new, value=plan.first, right=plan.value))
    return {
        "findings": results,
        "old": old in by_name,
        "new": new in by_name,
        "first": plan.first,
        "value": plan.value,
        "waits": plan.waits,
        "memory": plan.memory,
        "labels": plan.labels,
        "secondary_labels": labels.get(leaving[1], {}),
    }


def gone_findings(answer: Answer, name: str, waited: int) -> Findings:
    """Check whether Task Center's connector is gone after its destination's tc.enabled was removed.

    :param answer: of task_center_connector_info; without ``reached`` where nobody asked
    :param waited: seconds that were waited if nobody asked
    """
    if answer.get("reached") is None:
        event = f"is gone; this run has waited {waited} seconds for it"
        return [found("connector_unseen", destination=name, event=event)]
    return [] if answer["reached"] else [found("connector_stays", destination=name, waited=answer["waited"])]


def back_findings(answer: Answer, name: str, value: str) -> Findings:
    """Check whether Task Center's connector is back after its destination's tc.enabled was restored.

    :param answer: of task_center_connector_info; without ``connectors`` where nobody asked
    :param value: that tc.enabled has; with any but true the connector is paused and pulls no tasks
    """
    if answer.get("connectors") is None:
        return [found("connector_unseen", destination=name, event="is back")]
    results = connector_findings(answer, name)
    return results if value == SWITCHED_ON else [one for one in results if one["id"] == "connector_missing"]


def _unfit(by_name: dict[str, Destination], name: str) -> Findings:
    """Say why a destination is no primary one to FSM, tc.enabled aside."""
    own = by_name.get(name)
    if own is None:
        reason = "there is no destination of this name"
    elif foreign_host(own):
        reason = f"it leads to {foreign_host(own)}"
    elif name.endswith(SECONDARY_SUFFIX) or own.get("tc.provider_type") != "FSM":
        reason = "its tc.provider_type is not FSM, or its name is that of a secondary destination"
    else:
        return []
    return [found("no_primary", destination=name, reason=reason)]


def _lost(
    by_name: dict[str, Destination], old: str, new: str, pair: tuple[t.Collection[str], t.Collection[str]]
) -> Findings:
    """Find what stands in the old pair and will not in the new one: properties that someone added by hand."""
    results = []
    for role, suffix, properties in zip(ROLES, ("", SECONDARY_SUFFIX), pair, strict=True):
        # Names of HTTP headers have no case, and of no others are two meant that differ by it alone.
        kept = {key.lower() for key in (*properties, ENABLED)}
        standing = by_name.get(old + suffix, {})
        lost = [key for key in sorted(standing) if key.lower() not in kept]
        secret = [key for key in lost if is_secret(key) or HIDDEN in standing[key]]
        facts = {"destination": old + suffix, "new": new + suffix}
        for finding_id, keys, variable in (
            ("rename_loses", [key for key in lost if key not in secret], f"fsm_{role}_properties"),
            ("rename_loses_secret", secret, f"fsm_{role}_secret_properties"),
        ):
            if keys:
                results.append(found(finding_id, **facts, keys=", ".join(keys), variable=variable))
    return results


def _name_findings(old: str, new: str) -> Findings:
    """Check the name that a primary destination has until now; it may break rules that a new one must not."""
    if old == new:
        return [found("input_pattern", variable="fsm_rename_from", value=old, rule="another name than fsm_name")]
    if old == SERVICE_DESTINATION:
        return [found("no_primary", destination=old, reason="it belongs to SAP Task Center's initial setup")]
    if old.endswith(SECONDARY_SUFFIX):
        return [found("name_is_secondary", variable="fsm_rename_from", value=old)]
    return []
