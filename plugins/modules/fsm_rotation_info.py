#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_rotation_info
short_description: Find the next step in the rotation of a trust certificate for SAP FSM
version_added: 1.0.0
description:
  - Reads both trust certificates of the subaccount and what earlier runs recorded in the labels of the secondary
    destination, and decides what the next step is, who has to take it, and whether the run can take it now.
  - What else it needs it reads only when the step asks for it, such as other destinations that sign with the
    same certificate, and labels of other environments of the same subaccount.
  - Everything that is wrong with the variables is reported at once, before anything is asked.
  - What the service shows may lag behind a step of the same run. With O(progress), it is read again until it does not.
  - Never fails because of what it finds. RV(findings) are what M(btp_ops.task_center.fsm_findings) stops at.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.btp
  - btp_ops.task_center.https
  - btp_ops.task_center.attributes.info
  - btp_ops.task_center.rotation
options:
  settings:
    description:
      - The variables of the role P(btp_ops.task_center.fsm_rotation#role) without their prefix C(fsm_rotation_). What
        is blank has the default of that variable. A number or a boolean may be text.
    type: dict
    default: {}
    suboptions:
      phase:
        description: The phase to which the run is limited.
        type: raw
      start_days:
        description: Number of days of validity below which the active certificate is replaced; 1 to 365.
        type: raw
      soak_hours:
        description: Number of hours for which the old certificate is kept.
        type: raw
      replace:
        description: Fingerprint of an active certificate that has to be replaced whatever its age.
        type: raw
      retry:
        description: The attempt to repeat after a certificate was rotated back.
        type: raw
      discard:
        description: Fingerprint of a passive certificate that nobody needs.
        type: raw
      retire_unverified:
        description: Whether the old certificate may be deleted without a verification.
        type: raw
      trusted_elsewhere:
        description: Fingerprints that the systems of other destinations trust, by the names of these destinations.
        type: raw
      waived_destinations:
        description: Names of other destinations whose systems may reject users.
        type: raw
      fail_when:
        description: Outcomes that make the playbook fail; they are only checked here.
        type: raw
  neighbours:
    description:
      - Other environments that sign with the same certificates, or may do so, as the filter
        P(btp_ops.task_center.fsm_shared_subaccounts#filter) returns them for this one.
    type: list
    elements: dict
    default: []
  progress:
    description:
      - RV(progress) of the task that found the step which the run has taken since. Without it, the run begins.
    type: dict
    default: {}
  failure:
    description:
      - Why that step failed. The certificates are then reported as they are by now, and the outcome is V(failed).
    type: str
    default: ""
seealso:
  - module: btp_ops.task_center.fsm_trust_activation
  - module: btp_ops.task_center.fsm_trust_cert
  - module: btp_ops.task_center.fsm_findings
"""

EXAMPLES = r"""
- name: Find the next step
  btp_ops.task_center.fsm_rotation_info:
    service_key: "{{ fsm_destination_service_key }}"
    connection:
      environment_name: "{{ inventory_hostname }}"
      url: "{{ fsm_url }}"
      account_id: "{{ fsm_account_id }}"
    uploaded_certificates: "{{ fsm_uploaded_certificates }}"
    settings:
      start_days: 90
  register: rotation

- name: Show it
  ansible.builtin.debug:
    msg: "{{ rotation.outcome }}. Next: {{ rotation.next }}, by {{ rotation.actor }}"
"""

RETURN = r"""
environment:
  description: Name of the environment.
  type: str
  returned: success
outcome:
  description: What came of the run, if nothing more is done.
  type: str
  returned: success
  sample: waiting for upload
phase:
  description: How far the rotation is; V(none), V(idle), V(staged), V(activated) or V(unclear).
  type: str
  returned: success
step:
  description: The next step.
  type: str
  returned: success
  sample: activate
actionable:
  description: Whether the run can take it now, in the phase that it is limited to.
  type: bool
  returned: success
next:
  description: The next step in words.
  type: str
  returned: success
actor:
  description: Who has to take it.
  type: str
  returned: success
fingerprint:
  description: The certificate that it is about.
  type: str
  returned: success
secondary:
  description: Name of the secondary destination.
  type: str
  returned: success
labels:
  description: Labels that the step V(record) sets on it; null for one that has to be removed.
  type: dict
  returned: success
path:
  description: File of the certificate that has to be uploaded.
  type: str
  returned: success
to_upload:
  description:
    - What it takes to upload that certificate without the file, as
      RV(btp_ops.task_center.fsm_trust_cert#module:to_upload) has it. Null if nothing has to be uploaded, or only a
      preview assumes the certificate.
  type: dict
  returned: success
active:
  description: The certificate whose key signs; C(fingerprint), C(not_before), C(not_after), C(days_left) and
    C(expired).
  type: dict
  returned: success
passive:
  description: The other one; null when there is none.
  type: dict
  returned: success
activated:
  description: Since when the new certificate is the active one, ISO 8601.
  type: str
  returned: success
verified:
  description: Whether a token was obtained for a user since then.
  type: bool
  returned: success
soaks_until:
  description: Until when the old certificate is kept, ISO 8601.
  type: str
  returned: success
assumed:
  description: Whether the certificates are still in their places although C(activate) is among RV(done), for a preview
    has only assumed it.
  type: bool
  returned: success
done:
  description: The steps that the run has taken.
  type: list
  elements: str
  returned: success
findings:
  description: What was found, each with C(id), C(severity), C(problem), C(impact), C(remedy) and C(text).
  type: list
  elements: dict
  returned: success
messages:
  description: The texts of the findings.
  type: list
  elements: str
  returned: success
progress:
  description: What the run knows of itself, for O(progress) after the step.
  type: dict
  returned: success
"""

import typing as t
from dataclasses import replace

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import BTP, open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection import rotation
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import SECONDARY_SUFFIX
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.keys import read_key
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation_input import (
    PREFIX,
    SETTINGS,
    read_neighbours,
    read_settings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.signers import key_store, signers_among
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import FORBIDDEN, NO_LABELS
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import look_alikes
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import OperatorError, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Environ, Outcome, Spec, run_module
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.polling import poll
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.options import ROTATION, facts_of, name_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation import SlotCertificate
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.slots import read_slots

SPEC = Spec(
    {
        # Raw, so that what was mistyped is reported in the words of a finding.
        "settings": Spec({name: {"type": "raw"} for name in SETTINGS}).as_option(default={}),
        "neighbours": {"type": "list", "elements": "dict", "default": []},
        "progress": {"type": "dict", "default": {}},
        "failure": {"type": "str", "default": ""},
    }
).including(ROTATION, BTP)

LEVELS = ("subaccount", "instance")
DECISIONS = (
    "step",
    "actionable",
    "fingerprint",
    "secondary",
    "labels",
    "path",
    "upload",
    "done",
    "assumed",
    "progress",
)


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Find the next step."""
    connection = params["connection"]
    given = {name: connection[name] for name in ("name", "url", "account_id")}
    given |= {f"{PREFIX}{name}": value for name, value in params["settings"].items()}
    given |= {name: params[name] for name in ("uploaded_certificates", "user_token")}
    settings, uploaded, findings = read_settings(given)
    key, problems = read_key(params)
    if key is None or findings:
        return _outcome(rotation.report_input(findings + problems, str(connection["environment_name"])))
    request = rotation.Request(
        facts=facts_of(connection, f"{name_of(connection)}{SECONDARY_SUFFIX}"),
        uploaded=uploaded,
        settings=settings,
        neighbours=read_neighbours(params["neighbours"]),
        progress=rotation.Progress.of(params["progress"]),
        failure=params["failure"],
        preview=check_mode,
    )
    try:
        service = DestinationService(open_http(params, environ), key)
        return _outcome(rotation.report(_read(service, request), request))
    except OperatorError as error:
        return _outcome(rotation.report_unreadable(error, request))


def _outcome(report: dict[str, t.Any]) -> Outcome:
    """Return the report; what the next tasks go by leaves the module exactly as it is."""
    decisions = {name: report.pop(name) for name in DECISIONS if name in report}
    return Outcome(facts=report, decisions=decisions)


def _read(service: DestinationService, request: rotation.Request) -> rotation.Reading:
    """Read as much as the next step asks for.

    :raises ServiceError: the service refuses, or cannot be reached
    """
    slots = read_slots(
        service, lambda slots: not request.is_outdated((slots.fingerprints.active, slots.fingerprints.passive))
    )
    active, passive = (SlotCertificate.of(one, slots.now) if one else None for one in (slots.active, slots.passive))
    secondary = request.facts["secondary"]
    labels, without_labels = _labels(service, secondary, request)
    reading = rotation.Reading(
        active,
        passive,
        labels=labels,
        now=slots.now,
        without_labels=without_labels,
    )
    while lacking := rotation.lacking(reading, request):
        if lacking == "neighbours":
            others = {one.environment: service.labels("subaccount", one.secondary) for one in request.sharing}
            # One that has no secondary destination has no users who could be rejected.
            connected = {name: found for name, found in others.items() if found is not None}
            reading = replace(reading, of_neighbours=connected)
        else:
            reading = replace(reading, **_signing(service, request))
    return reading


def _labels(
    service: DestinationService, secondary: str, request: rotation.Request
) -> tuple[rotation.Labels | None, str]:
    """Return the labels of the secondary destination, None without one; and why they cannot be used if there is one."""
    try:
        labels = poll(lambda: service.labels("subaccount", secondary), lambda labels: not request.has_outdated(labels))
        reason = NO_LABELS
    except ServiceError as error:
        if error.status != FORBIDDEN:
            raise
        labels, reason = None, error.problem
    if labels is not None or service.destination("subaccount", secondary) is None:
        return labels, ""
    return None, reason


def _signing(service: DestinationService, request: rotation.Request) -> dict[str, t.Any]:
    """Return what the destinations say of who signs with the trust certificate, as a reading has it."""
    secondary = request.facts["secondary"]
    in_subaccount, in_instance = (service.destinations(level) for level in LEVELS)
    own = next((one for one in in_subaccount if one.get("Name") == secondary), None)
    return {
        "signers": signers_among(in_subaccount, in_instance, request),
        "keystore": key_store(own),
        "look_alike": next(iter(look_alikes(in_subaccount, secondary)), ""),
    }


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
