# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the connection works, as far as the systems prove it. Pure: no I/O, no Ansible.

Source: SAP Task Center administration guide, "Monitoring": a connector's status is the worst of its jobs'.
"""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import ERROR, found
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rules import SECONDARY_SUFFIX

Answer = dict[str, t.Any]
Findings = list[dict[str, str]]

# What Task Center says of a setting may be no more than a status.
UNEXPLAINED = "It says no more."
# What a connector's status means; any other one is a failure.
FINDING_OF_STATUS = {
    "OK": "",
    "RUNNING": "connector_not_done",
    "WARNING": "connector_warns",
    "PAUSED": "connector_paused",
}


def proof_findings(asked: dict[str, Answer], name: str, fingerprint: str, enabled: bool = True) -> Findings:
    """Check what came of the proofs.

    :param asked: results of the modules that asked: ``primary`` and ``secondary`` of btp_destination_info,
        ``task_center`` of task_center_connector_info; without ``token`` or ``connectors`` where nobody asked
    :param name: of the primary destination
    :param fingerprint: of the active trust certificate
    :param enabled: whether the primary destination's tc.enabled is true; else its connector has to be paused
    """
    secondary = name + SECONDARY_SUFFIX
    results = _token(asked["primary"]["token"], "primary_without_token", name, fingerprint)
    if "token" in asked["secondary"]:
        results += _token(asked["secondary"]["token"], "secondary_without_token", secondary, fingerprint)
    else:
        results.append(found("users_unproven", destination=secondary))
    if asked["task_center"].get("connectors") is None:
        results.append(found("task_center_unproven", destination=name))
    else:
        results += connector_findings(asked["task_center"], name, enabled)
    return results


def _token(token: Answer, finding_id: str, destination: str, fingerprint: str) -> Findings:
    if token["found_at"] == "instance":
        return [found("found_in_instance", destination=destination)]
    if not token["obtained"]:
        return [found(finding_id, destination=destination, error=token["error"], fingerprint=fingerprint)]
    differing = token.get("differing_properties")
    return [found("proof_of_another", destination=destination, keys=", ".join(differing))] if differing else []


def connector_findings(answer: Answer, name: str, enabled: bool = True) -> Findings:
    """Check what task_center_connector_info returned of a primary destination's connector.

    :param enabled: whether the destination's tc.enabled is true
    """
    broken = [state for state in answer.get("service_status") or [] if state["status"] != "OK"]
    results = [found("task_center_setup", **{**state, "message": state["message"] or UNEXPLAINED}) for state in broken]
    own = next((connector for connector in answer["connectors"] if connector["destination"] == name), None)
    if own is None:
        return [*results, found("connector_missing", destination=name)]
    told = "; ".join(" ".join(filter(None, (job["type"], job["status"], job["message"]))) for job in own["jobs"])
    facts = {"destination": name, "status": own["status"], "jobs": told or "no job has run"}
    if own["status"] not in FINDING_OF_STATUS:
        return [*results, found("connector_fails", **facts)]
    finding_id = FINDING_OF_STATUS[own["status"]] or ("" if answer["reached"] else "connector_not_done")
    severity = ERROR if finding_id == "connector_paused" and enabled else None
    return [*results, found(finding_id, severity, **facts)] if finding_id else results
