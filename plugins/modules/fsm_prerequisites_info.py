#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_prerequisites_info
short_description: Ask FSM and the Destination Service everything on which a connection depends
version_added: 0.1.0
description:
  - Asks at once what a connection of SAP Field Service Management (FSM) to SAP Task Center depends on, and judges it -
    whether FSM accepts the client, and what for; whether the SAML metadata name the audience; which destinations there
    are on both levels; on request, which trust certificates. FSM and the Destination Service are asked side by side,
    with one token each.
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
  primary:
    description:
      - The primary destination as it is to stand, by JSON key. It tells the FSM system and the client.
    type: dict
    required: true
  fsm_client_secret:
    description: The secret of FSM's client. Needed with O(check_client).
    type: str
  audience:
    description: SAML metadata URL of the FSM account. Needed with O(check_metadata).
    type: str
  check_client:
    description: Whether to let FSM issue a token to the client, and to ask it which companies the account has.
    type: bool
    default: true
  check_metadata:
    description: Whether to read the SAML metadata.
    type: bool
    default: true
  read_trust:
    description: Whether to read the trust certificates.
    type: bool
    default: false
  own:
    description:
      - Names of the destinations that are returned with all properties, secrets masked. Of others only those properties
        are returned by which they are judged.
    type: list
    elements: str
    default: []
  secret_names:
    description: Names of properties that hold secrets though their names do not tell.
    type: list
    elements: str
    default: []
seealso:
  - module: btp_ops.task_center.fsm_client_info
  - module: btp_ops.task_center.fsm_saml_metadata_info
  - module: btp_ops.task_center.btp_destination_info
  - module: btp_ops.task_center.fsm_trust_cert_info
"""

EXAMPLES = r"""
- name: Everything on which the connection depends
  btp_ops.task_center.fsm_prerequisites_info:
    service_key: "{{ fsm_destination_service_key }}"
    environment: "{{ inventory_hostname }}"
    primary:
      Name: FSM
      URL: "{{ fsm_url }}"
      clientId: "{{ fsm_client_id }}"
      URL.headers.X-Account-ID: "{{ fsm_account_id }}"
      URL.headers.X-Company-ID: "{{ fsm_company_id }}"
    fsm_client_secret: "{{ fsm_client_secret }}"
    audience: "{{ fsm_audience }}"
  register: asked

- name: Tell all findings, and stop at errors
  btp_ops.task_center.fsm_findings:
    findings: "{{ asked.findings }}"
"""

RETURN = r"""
findings:
  description: What was found, each finding with C(id), C(severity), C(what), C(why), C(todo) and all of it as C(text).
  type: list
  elements: dict
  returned: success
answers:
  description: What the systems said. Where one could not be asked, C(failed) and C(msg).
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
      description: The trust certificates C(active) and C(passive); empty without O(read_trust).
      type: dict
connects:
  description: For P(btp_ops.task_center.fsm_inventory_findings#filter), what this environment connects.
  type: dict
  returned: success
  contains:
    environment:
      description: O(environment).
      type: str
    subaccount:
      description: What identifies the subaccount.
      type: str
    primary:
      description: O(primary), as far as it tells the FSM system.
      type: dict
"""

import threading
import typing as t
from concurrent.futures import Future

from ansible_collections.btp_ops.task_center.plugins.module_utils.clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils.clients.fsm import Fsm
from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError, OperatorError
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.prerequisites import prerequisite_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import telling
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm_questions import (
    base_url,
    client_facts,
    metadata_facts,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.options import BTP_OPTIONS, open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils.secrets import masked
from ansible_collections.btp_ops.task_center.plugins.module_utils.service_key import ServiceKey, read_service_key
from ansible_collections.btp_ops.task_center.plugins.module_utils.shell import Environ, Outcome, Spec, run_module
from ansible_collections.btp_ops.task_center.plugins.module_utils.trust_slots import read_slots

EXPIRES_WITHIN = 60  # days, as of fsm_trust_cert_info
CLIENT = "clientId"
ACCOUNT = "URL.headers.X-Account-ID"
COMPANY = "URL.headers.X-Company-ID"
NEEDED = ("Name", "URL", CLIENT, ACCOUNT, COMPANY)

SPEC = Spec(
    {
        "environment": {"type": "str", "required": True},
        "primary": {"type": "dict", "required": True},
        "fsm_client_secret": {"type": "str", "no_log": True},
        "audience": {"type": "str"},
        "check_client": {"type": "bool", "default": True},
        "check_metadata": {"type": "bool", "default": True},
        "read_trust": {"type": "bool", "default": False},
        "own": {"type": "list", "elements": "str", "default": []},
        "secret_names": {"type": "list", "elements": "str", "default": [], "no_log": False},
        **BTP_OPTIONS,
    },
    {"required_if": [("check_client", True, ["fsm_client_secret"]), ("check_metadata", True, ["audience"])]},
)

Answer = dict[str, t.Any]


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Ask both systems side by side, and judge what they say."""
    primary = params["primary"]
    missing = [key for key in NEEDED if not isinstance(primary.get(key), str) or not primary[key]]
    if missing:
        raise InputError(f"primary lacks {', '.join(missing)}, or has no text there.", "Give them as quoted texts.")
    key = read_service_key(params)
    fsm = _beside(lambda: _ask_fsm(params, environ))
    service = _ask_destination_service(params, environ, key)
    answers = {**fsm.result(), **service}
    connects = {
        "environment": params["environment"],
        "subaccount": key.tenant_host,
        "primary": telling(primary),
    }
    return Outcome(
        facts={"findings": prerequisite_findings(answers, primary), "answers": answers, "connects": connects}
    )


def _beside(question: t.Callable[[], dict[str, Answer]]) -> Future[dict[str, Answer]]:
    """Ask in a thread of its own, for which nobody waits when the task is given up: a task may have a timeout."""
    answer: Future[dict[str, Answer]] = Future()

    def ask() -> None:
        try:
            answer.set_result(question())
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is asked for
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    return answer


def _ask_fsm(params: dict[str, t.Any], environ: Environ) -> dict[str, Answer]:
    http, primary = open_http(params, environ), params["primary"]

    def client() -> Answer:
        fsm = Fsm(http, base_url("URL", primary["URL"]))
        credentials = primary[CLIENT], params["fsm_client_secret"]
        return client_facts(fsm, credentials, primary[ACCOUNT], primary[COMPANY], ask_accounts_api=True)

    def metadata() -> Answer:
        return metadata_facts(http, "audience", params["audience"], params["audience"])

    return {
        "client": _asked(client) if params["check_client"] else {},
        "metadata": _asked(metadata) if params["check_metadata"] else {},
    }


def _ask_destination_service(params: dict[str, t.Any], environ: Environ, key: ServiceKey) -> dict[str, Answer]:
    try:
        service = DestinationService(open_http(params, environ), key)
    except OperatorError as error:
        failed = {"failed": True, "msg": str(error)}
        return {"subaccount": failed, "instance": failed, "trust": failed if params["read_trust"] else {}}

    def destinations(level: str) -> Answer:
        found = service.destinations(level)
        told = [one if one.get("Name") in params["own"] else telling(one) for one in found]
        return {"destinations": [masked(one, params["secret_names"]) for one in told]}

    return {
        "subaccount": _asked(lambda: destinations("subaccount")),
        "instance": _asked(lambda: destinations("instance")),
        "trust": _asked(lambda: read_slots(service).facts(EXPIRES_WITHIN)) if params["read_trust"] else {},
    }


def _asked(question: t.Callable[[], Answer]) -> Answer:
    """Return the answer to a question, or why there is none."""
    try:
        return question()
    except OperatorError as error:
        return {"failed": True, "msg": str(error)}


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
