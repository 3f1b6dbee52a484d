#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_connection_info
short_description: Check a connection of FSM to SAP Task Center
version_added: 1.0.0
description:
  - Finds out everything on which a connection of SAP Field Service Management (FSM) to SAP Task Center depends, at once
    - whether the values are plausible; whether FSM accepts the client, and for which account; whether the SAML metadata
    name the audience; which destinations there are on both levels; which trust certificates. FSM and the Destination
    Service are read at the same time, with one token each.
  - Finds out what is left to do for an operation, and, if nothing is, whether the connection works. The role C(fsm)
    runs this module before and after it changes something.
  - Whatever is wrong is a finding, not a failure, also a system that cannot be read. With an error among the values
    no system is read. M(btp_ops.task_center.fsm_findings) reports findings and stops at errors.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.btp
  - btp_ops.task_center.https
  - btp_ops.task_center.attributes.info
options:
  environment:
    description: Name of the environment in the inventory. The trust certificate's file is named after it.
    type: str
    required: true
  operation:
    description:
      - What is to be done, or was done. V(connect) and V(audit) of a connection whose C(state) is V(absent) are about
        its removal.
      - V(check) obtains no tokens. It reads the connector of SAP Task Center as it is, and waits for nothing.
      - V(await_removal) only waits until SAP Task Center has no connector of O(destination) any more, or, where that
        cannot be read, until it must have reread the destinations.
    type: str
    choices:
      [connect, disconnect, check, audit, pause, resume, repopulate, rename, rotate_secret, await_removal]
    default: check
  connection:
    description:
      - The variables of the role C(fsm), by their names without C(fsm_). They are described there
        (C(ansible-doc -t role btp_ops.task_center.fsm)). Findings name them with C(fsm_).
      - Each is of the type that the role names, or text that says the same. What is blank was not set.
    type: dict
    required: true
    suboptions:
      state:
        description: C(fsm_state) of the role.
        type: raw
      name:
        description: C(fsm_name) of the role.
        type: raw
      url:
        description: C(fsm_url) of the role.
        type: raw
      account_id:
        description: C(fsm_account_id) of the role.
        type: raw
      company_id:
        description: C(fsm_company_id) of the role.
        type: raw
      client_id:
        description: C(fsm_client_id) of the role.
        type: raw
      client_key:
        description: C(fsm_client_key) of the role.
        type: raw
      client_secret:
        description: C(fsm_client_secret) of the role.
        type: raw
      audience:
        description: C(fsm_audience) of the role.
        type: raw
      primary_properties:
        description: C(fsm_primary_properties) of the role.
        type: raw
      secondary_properties:
        description: C(fsm_secondary_properties) of the role.
        type: raw
      primary_secret_properties:
        description: C(fsm_primary_secret_properties) of the role.
        type: raw
      secondary_secret_properties:
        description: C(fsm_secondary_secret_properties) of the role.
        type: raw
      update_secrets:
        description: C(fsm_update_secrets) of the role.
        type: raw
      rename_from:
        description: C(fsm_rename_from) of the role.
        type: raw
      pause_reason:
        description: C(fsm_pause_reason) of the role.
        type: raw
      uploaded_certificates:
        description: C(fsm_uploaded_certificates) of the role.
        type: raw
      upload_gate:
        description: C(fsm_upload_gate) of the role.
        type: raw
      certificate_dir:
        description: C(fsm_certificate_dir) of the role.
        type: raw
      certificate_min_days:
        description: C(fsm_certificate_min_days) of the role.
        type: raw
      check_client:
        description: C(fsm_check_client) of the role.
        type: raw
      check_metadata:
        description: C(fsm_check_metadata) of the role.
        type: raw
      verify:
        description: C(fsm_verify) of the role.
        type: raw
      user_token:
        description: C(fsm_user_token) of the role.
        type: raw
      task_center_service_key:
        description: C(fsm_task_center_service_key) of the role.
        type: raw
      task_center_refresh_token_file:
        description: C(fsm_task_center_refresh_token_file) of the role.
        type: raw
      task_center_refresh_token:
        description: C(fsm_task_center_refresh_token) of the role.
        type: raw
      task_center_user_token:
        description: C(fsm_task_center_user_token) of the role.
        type: raw
      task_center_wait:
        description: C(fsm_task_center_wait) of the role.
        type: raw
      task_center_refresh_seconds:
        description: C(fsm_task_center_refresh_seconds) of the role.
        type: raw
      audit_fail_on_drift:
        description: C(fsm_audit_fail_on_drift) of the role.
        type: raw
      acknowledged:
        description: C(fsm_acknowledged) of the role.
        type: raw
  after:
    description: What this run has changed. With it, changes that are not in effect are an error. A
      preview has changed nothing, so it only repeats what would be changed.
    type: dict
    suboptions:
      plan:
        description: RV(plan) of the check before the changes.
        type: dict
        default: {}
      written_at:
        description: RV(btp_ops.task_center.btp_destination#module:written_at) of the last change.
        type: raw
      reported:
        description: Texts of warnings that the check before has reported; they are not reported again.
        type: list
        elements: str
        default: []
      tokens:
        description:
          - RV(btp_ops.task_center.btp_destination#module:token) of the C(primary) and the C(secondary) destination,
            where this run has verified them. What is missing is tried again. This module writes nothing, so a token
            that it obtains itself after a change verifies the change only if it says that it is younger.
        type: dict
        default: {}
      added:
        description:
          - RV(btp_ops.task_center.btp_destination#module:added_properties) of the primary destination.
        type: list
        elements: str
        default: []
      secondary_added:
        description: The same of the secondary destination.
        type: list
        elements: str
        default: []
  destination:
    description: Name of the primary destination whose connector has to be removed, with O(operation=await_removal).
    type: str
seealso:
  - module: btp_ops.task_center.fsm_findings
  - module: btp_ops.task_center.btp_destination
  - module: btp_ops.task_center.fsm_trust_cert
"""

EXAMPLES = r"""
- name: Check the connection
  btp_ops.task_center.fsm_connection_info:
    service_key: "{{ fsm_destination_service_key }}"
    environment: "{{ inventory_hostname }}"
    connection:
      name: FSM
      url: "{{ fsm_url }}"
      account_id: "{{ fsm_account_id }}"
      company_id: "{{ fsm_company_id }}"
      client_id: "{{ fsm_client_id }}"
      client_secret: "{{ fsm_client_secret }}"
      audience: "{{ fsm_audience }}"
      uploaded_certificates: "{{ fsm_uploaded_certificates }}"
  register: fsm_connection

- name: Report all findings, and stop at errors
  btp_ops.task_center.fsm_findings:
    findings: "{{ fsm_connection.findings }}"
"""

RETURN = r"""
acknowledged:
  description: IDs of findings that were found and are not among the others, because the operator knows about them.
  type: list
  elements: str
  returned: success, but for O(operation=await_removal)
findings:
  description: What is wrong, or worth knowing. Also with O(operation=await_removal).
  type: list
  elements: dict
  returned: success
  contains:
    id:
      description: What the finding is called in the documentation.
      type: str
      sample: second_primary
    severity:
      description: V(error) or V(warning).
      type: str
    problem:
      description: What is wrong, and where.
      type: str
    impact:
      description: Why it matters.
      type: str
    remedy:
      description: What to do.
      type: str
    text:
      description: All of it, as M(btp_ops.task_center.fsm_findings) shows it.
      type: str
actionable:
  description: Whether something is left to do, and nothing forbids it.
  type: bool
  returned: success
in_sync:
  description:
    - Whether nothing is left to do, as far as the systems could be read. Of V(connect), whether both destinations are
      as they have to be, there is an active trust certificate, and its file holds it.
    - It is about state alone. What cannot be verified is among RV(findings).
  type: bool
  returned: success
withdraws:
  description:
    - With O(after), what this run has to take back, because somebody else connected the same FSM system at the same
      time. V(pair), both destinations, or V(tc.enabled), that property of the primary one; empty if all may stay.
  type: str
  returned: success
checked:
  description:
    - What the destinations were when they were read, for the option of this name of
      M(btp_ops.task_center.btp_destination). It holds no value, only digests that are made with the service key's
      secret. Null if nothing is to be written.
  type: dict
  returned: success
plan:
  description:
    - What is left to do, for the tasks of the role; the action of each destination by its part, and what else the
      operation needs. Empty if it is not known.
  type: dict
  returned: success
  sample:
    primary: create
    secondary: create
    polled: false
verifies:
  description: Whether a token has to be obtained through the C(primary) and the C(secondary) destination after changes.
  type: dict
  returned: success
changes:
  description:
    - What M(btp_ops.task_center.btp_destination) would do about the C(primary) and the C(secondary) destination, each
      with C(action), C(changed_properties) and, unless nothing changes, C(destination) and C(diff).
  type: dict
  returned: success
verification:
  description:
    - What came of obtaining tokens through the C(primary) and the C(secondary) destination, and of reading SAP Task
      Center's connector (C(task_center)); each empty where it was not verified, with C(failed) and C(msg) where there
      was no answer.
  type: dict
  returned: success
certificate:
  description:
    - The active trust certificate, with the fields of RV(btp_ops.task_center.fsm_trust_cert_info#module:active); null
      if there is none, or it was not read.
  type: dict
  returned: success
certificate_path:
  description: The file of the trust certificate; with V(<fingerprint>) in its name as long as there is none.
  type: str
  returned: success
final:
  description: Whether this is the last check of the operation. A summary counts no other environment as completed.
  type: bool
  returned: success, but for O(operation=await_removal)
row:
  description: What a summary of all environments says of this one, for P(btp_ops.task_center.table#filter).
  type: dict
  returned: success
  sample:
    environment: dev
    primary: FSM unchanged
    secondary: FSM_PP unchanged
    unverified: secondary, connector
    days left: 729
audit:
  description: How the environment compares with its inventory.
  type: dict
  returned: with O(operation=audit) and O(operation=check)
connects:
  description:
    - For P(btp_ops.task_center.fsm_conflicts#filter), what identifies the C(subaccount) and the C(primary) destination
      of this C(environment); null if the operation connects nothing.
  type: dict
  returned: success
check_id:
  description: Identifies this check, so that nothing is taken from another one.
  type: str
  returned: success
"""

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import BTP
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.check import (
    OPERATIONS,
    await_removal,
    check,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.variables import VARIABLES, public_values
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Environ, Outcome, Spec, run_module

AWAIT_REMOVAL = "await_removal"

# What a value may be, variables.py says, in the operator's words: here none is refused.
# Hidden as a whole, for before ansible-core 2.19 it may arrive as text, in which no option could be recognised.
CONNECTION: dict[str, t.Any] = {
    "type": "dict",
    "required": True,
    "no_log": True,
    "options": {name: {"type": "raw", "no_log": variable.secret} for name, variable in VARIABLES.items()},
}

SPEC = Spec(
    {
        "environment": {"type": "str", "required": True},
        "operation": {"type": "str", "choices": [*OPERATIONS, AWAIT_REMOVAL], "default": "check"},
        "connection": CONNECTION,
        "after": {
            "type": "dict",
            "options": {
                "plan": {"type": "dict", "default": {}},
                "written_at": {"type": "raw"},
                "reported": {"type": "list", "elements": "str", "default": []},
                "tokens": {"type": "dict", "default": {}, "no_log": False},
                "added": {"type": "list", "elements": "str", "default": []},
                "secondary_added": {"type": "list", "elements": "str", "default": []},
            },
        },
        "destination": {"type": "str"},
    },
    {"required_if": [("operation", AWAIT_REMOVAL, ["destination", "after"])]},
    public_values,
).including(BTP)


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Check the connection, or wait for the removal of a connector."""
    if params["operation"] == AWAIT_REMOVAL:
        return await_removal(params, environ, check_mode)
    return check(params, environ, check_mode)


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
