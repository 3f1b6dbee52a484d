#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_connection_info
short_description: Look at everything on which a connection of FSM to SAP Task Center depends
version_added: 0.1.0
description:
  - Asks at once what a connection of SAP Field Service Management (FSM) to SAP Task Center depends on, and judges it -
    whether FSM accepts the client, and what for; whether the SAML metadata name the audience; which destinations there
    are on both levels; which trust certificates. FSM and the Destination Service are asked side by side, with one token
    each.
  - Compares both destinations with how they are to stand, as M(btp_ops.task_center.btp_destination) in check mode does.
    With O(prove), and if everything stands, it also proves that it works - the Destination Service obtains tokens
    through both, and Task Center tells of its connector.
  - A system that cannot be asked is a finding like others, not a failure.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.btp
  - btp_ops.task_center.https
  - btp_ops.task_center.attributes.info
options:
  environment:
    description: Name of the environment in the inventory.
    type: str
    required: true
  input_findings:
    description:
      - What is wrong with the variables, as P(btp_ops.task_center.fsm_input_findings#filter) returns it, for
        RV(findings) to begin with. With an error among it nobody is asked.
    type: list
    elements: dict
    default: []
  destinations:
    description: Both destinations as they are to stand.
    type: dict
    required: true
    suboptions:
      primary:
        description:
          - The primary destination as it is to stand, by JSON key, without its secrets. It tells the FSM system and the
            client.
        type: dict
        required: true
      primary_secrets:
        description:
          - Secret properties of the primary destination. C(clientSecret) is the client's secret, needed with
            O(check_client).
        type: dict
        default: {}
      secondary:
        description:
          - The secondary destination as it is to stand, by JSON key, without its secrets. Its C(audience) is the URL of
            the SAML metadata, needed with O(check_metadata).
        type: dict
        required: true
      secondary_secrets:
        description: Secret properties of the secondary destination.
        type: dict
        default: {}
  update_secrets:
    description: As for M(btp_ops.task_center.btp_destination), whether stored secrets count that differ.
    type: str
    choices: [always, on_create]
    default: always
  certificate_path:
    description: File that has to hold the active trust certificate for all of it to stand.
    type: path
  uploaded_certificates:
    description: SHA-256 fingerprints of the trust certificates that were uploaded to FSM.
    type: list
    elements: str
    default: []
  certificate_min_days:
    description: Days that the active trust certificate has to live at least.
    type: int
    default: 30
  upload_gate:
    description:
      - What an active trust certificate means that is not among O(uploaded_certificates). With V(enforce) an error,
        with V(warn) a warning, with V(preview) a warning that a real run stops there.
    type: str
    choices: [enforce, warn, preview]
    default: enforce
  check_client:
    description: Whether to let FSM issue a token to the client, and to ask it which companies the account has.
    type: bool
    default: true
  check_metadata:
    description: Whether to read the SAML metadata.
    type: bool
    default: true
  prove:
    description: Whether to prove that the connection works, if all of it stands.
    type: bool
    default: false
  user_token:
    description: JWT of the user for whom O(prove) obtains a token through the secondary destination.
    type: str
  task_center:
    description: How to ask SAP Task Center for its connector, which O(prove) does then.
    type: dict
    suboptions:
      service_key:
        description: As for M(btp_ops.task_center.task_center_connector_info).
        type: raw
        required: true
      refresh_token_file:
        description: As for M(btp_ops.task_center.task_center_connector_info).
        type: path
      refresh_token:
        description: As for M(btp_ops.task_center.task_center_connector_info).
        type: str
      user_token:
        description: As for M(btp_ops.task_center.task_center_connector_info).
        type: str
      wait:
        description: Seconds to wait at most while Task Center is still pulling tasks.
        type: int
        default: 0
  also:
    description:
      - Names of further destinations that are returned with all properties, secrets masked, as both destinations are.
        Of others only those properties are returned by which they are judged.
    type: list
    elements: str
    default: []
seealso:
  - module: btp_ops.task_center.fsm_client_info
  - module: btp_ops.task_center.fsm_saml_metadata_info
  - module: btp_ops.task_center.btp_destination_info
  - module: btp_ops.task_center.fsm_trust_cert_info
  - module: btp_ops.task_center.task_center_connector_info
"""

EXAMPLES = r"""
- name: Everything on which the connection depends
  btp_ops.task_center.fsm_connection_info:
    service_key: "{{ fsm_destination_service_key }}"
    environment: "{{ inventory_hostname }}"
    destinations:
      primary:
        Name: FSM
        URL: "{{ fsm_url }}"
        clientId: "{{ fsm_client_id }}"
        URL.headers.X-Account-ID: "{{ fsm_account_id }}"
        URL.headers.X-Company-ID: "{{ fsm_company_id }}"
      primary_secrets:
        clientSecret: "{{ fsm_client_secret }}"
      secondary:
        Name: FSM_PP
        audience: "{{ fsm_audience }}"
  register: asked

- name: Tell all findings, and stop at errors
  btp_ops.task_center.fsm_findings:
    findings: "{{ asked.findings }}"
"""

RETURN = r"""
findings:
  description:
    - O(input_findings), and what was found in both systems; each finding with C(id), C(severity), C(what), C(why),
      C(todo) and all of it as C(text).
  type: list
  elements: dict
  returned: success
certificate_findings:
  description: Likewise, of the active trust certificate; empty where it could not be read.
  type: list
  elements: dict
  returned: success
proof_findings:
  description: Likewise, of what RV(proofs) came to; empty without O(prove), and where not all of it stands.
  type: list
  elements: dict
  returned: success
answers:
  description: What the systems said. Where one could not be asked, C(failed) and C(msg). Empty if nobody was asked.
  type: dict
  returned: success
  contains:
    client:
      description: What M(btp_ops.task_center.fsm_client_info) returns; empty without O(check_client).
      type: dict
    metadata:
      description: What M(btp_ops.task_center.fsm_saml_metadata_info) returns; empty without O(check_metadata).
      type: dict
    subaccount:
      description: C(destinations) of the subaccount.
      type: dict
    instance:
      description: C(destinations) of the service instance.
      type: dict
    trust:
      description: The trust certificates C(active) and C(passive).
      type: dict
connects:
  description: For P(btp_ops.task_center.fsm_inventory_findings#filter), what this environment connects.
  type: dict
  returned: if the systems were asked
  contains:
    environment:
      description: O(environment).
      type: str
    subaccount:
      description: What identifies the subaccount.
      type: str
    primary:
      description: O(destinations.primary), as far as it tells the FSM system.
      type: dict
planned:
  description:
    - What M(btp_ops.task_center.btp_destination) with C(purge_properties) would do about C(primary) and C(secondary),
      each with C(action), C(destination), C(changed_properties) and C(diff); with C(failed) and C(msg) if it would
      refuse. Empty if nobody was asked, or knows what stands.
  type: dict
  returned: success
stands:
  description:
    - Whether nothing is left to do - both destinations stand as they are to, there is an active trust certificate, and
      with O(certificate_path) its file. With O(prove), also whether everybody could be asked for the proofs.
  type: bool
  returned: success
proofs:
  description:
    - What came of O(prove). Where one could not be asked, C(failed) and C(msg); empty where nobody asked.
  type: dict
  returned: success
  contains:
    primary:
      description: The C(token), as M(btp_ops.task_center.btp_destination_info) returns it.
      type: dict
    secondary:
      description: Likewise, with O(user_token).
      type: dict
    task_center:
      description: What M(btp_ops.task_center.task_center_connector_info) returns, with O(task_center).
      type: dict
"""

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.connection_look import ConnectionLook
from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import errors_among
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.prerequisites import prerequisite_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import telling
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm_look import (
    ACCOUNT,
    AUDIENCE,
    CLIENT,
    COMPANY,
    SECRET,
    look_at_fsm,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.options import (
    BTP_OPTIONS,
    USER_TOKEN_OPTIONS,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.service_key import read_service_key
from ansible_collections.btp_ops.task_center.plugins.module_utils.shell import Environ, Outcome, Spec, run_module
from ansible_collections.btp_ops.task_center.plugins.module_utils.side_by_side import Answer, beside

SPEC = Spec(
    {
        "environment": {"type": "str", "required": True},
        "input_findings": {"type": "list", "elements": "dict", "default": []},
        "destinations": {
            "type": "dict",
            "required": True,
            "options": {
                "primary": {"type": "dict", "required": True},
                "primary_secrets": {"type": "dict", "default": {}, "no_log": True},
                "secondary": {"type": "dict", "required": True},
                "secondary_secrets": {"type": "dict", "default": {}, "no_log": True},
            },
        },
        "update_secrets": {"type": "str", "choices": ["always", "on_create"], "default": "always", "no_log": False},
        "certificate_path": {"type": "path"},
        "uploaded_certificates": {"type": "list", "elements": "str", "default": []},
        "certificate_min_days": {"type": "int", "default": 30},
        "upload_gate": {"type": "str", "choices": ["enforce", "warn", "preview"], "default": "enforce"},
        "check_client": {"type": "bool", "default": True},
        "check_metadata": {"type": "bool", "default": True},
        "prove": {"type": "bool", "default": False},
        "user_token": {"type": "str", "no_log": True},
        "task_center": {
            "type": "dict",
            "options": {
                "service_key": {"type": "raw", "required": True, "no_log": True},
                **USER_TOKEN_OPTIONS,
                "wait": {"type": "int", "default": 0},
            },
        },
        "also": {"type": "list", "elements": "str", "default": []},
        **BTP_OPTIONS,
    }
)


NO_PROOFS: dict[str, Answer] = {"primary": {}, "secondary": {}, "task_center": {}}
NOBODY_ASKED = {
    "certificate_findings": [],
    "proof_findings": [],
    "answers": {},
    "planned": {},
    "stands": False,
    "proofs": NO_PROOFS,
}


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Ask both systems side by side, judge what they say, and prove what stands."""
    if errors_among(params["input_findings"]):
        return Outcome(facts={**NOBODY_ASKED, "findings": params["input_findings"]})
    _check(params)
    key = read_service_key(params)
    fsm = beside(lambda: look_at_fsm(params, environ))
    look = ConnectionLook(params, environ)
    service = look.ask()
    answers = {**fsm.result(), **service}
    findings = params["input_findings"] + prerequisite_findings(answers, params["destinations"]["primary"])
    certificate_findings = look.certificate_findings()
    # With what is wrong already, nobody's tokens are used, and nobody waits for Task Center.
    proves = params["prove"] and look.stands and not errors_among(findings + certificate_findings)
    proofs: dict[str, Answer] = look.prove() if proves else NO_PROOFS
    stands = look.stands and not any(proof.get("failed") for proof in proofs.values())
    return Outcome(
        facts={
            "findings": findings,
            "certificate_findings": certificate_findings,
            "proof_findings": look.proof_findings(proofs) if proves and stands else [],
            "answers": answers,
            "connects": {
                "environment": params["environment"],
                "subaccount": key.tenant_host,
                "primary": telling(params["destinations"]["primary"]),
            },
            "planned": look.planned(),
            "stands": stands,
            "proofs": proofs,
        },
        warnings=look.warnings,
    )


def _check(params: dict[str, t.Any]) -> None:
    """Refuse what cannot be asked.

    :raises InputError: the message names the property
    """
    needed = [("primary", key) for key in ("Name", "URL", CLIENT, ACCOUNT, COMPANY)] + [("secondary", "Name")]
    needed += [("primary_secrets", SECRET)] if params["check_client"] else []
    needed += [("secondary", AUDIENCE)] if params["check_metadata"] else []
    for option, key in needed:
        value = params["destinations"][option].get(key)
        if not isinstance(value, str) or not value:
            raise InputError(f"destinations.{option} lacks {key}, or has no text there.", "Give it as quoted text.")


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
