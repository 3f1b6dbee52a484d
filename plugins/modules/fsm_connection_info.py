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
      - The secondary destination as it is to stand, by JSON key, without its secrets. Its C(audience) is the URL of the
        SAML metadata, needed with O(check_metadata).
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
  description: What was found, each finding with C(id), C(severity), C(what), C(why), C(todo) and all of it as C(text).
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
      description: The trust certificates C(active) and C(passive).
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
planned:
  description:
    - What M(btp_ops.task_center.btp_destination) with C(purge_properties) would do about C(primary) and C(secondary),
      each with C(action), C(destination), C(changed_properties) and C(diff); with C(failed) and C(msg) if it would
      refuse. Empty if nobody knows what stands.
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

from ansible_collections.btp_ops.task_center.plugins.module_utils import exported_file as files
from ansible_collections.btp_ops.task_center.plugins.module_utils.certificate import Certificate
from ansible_collections.btp_ops.task_center.plugins.module_utils.clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils.clients.fsm import Fsm
from ansible_collections.btp_ops.task_center.plugins.module_utils.connector_watch import watch_connectors
from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError, OperatorError
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import ERROR
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.prerequisites import prerequisite_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.proof import proof_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import ENABLED, telling, trust_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm_questions import (
    base_url,
    client_facts,
    metadata_facts,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.options import (
    BTP_OPTIONS,
    USER_TOKEN_OPTIONS,
    open_http,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.destination import Plan, plan_present, wish
from ansible_collections.btp_ops.task_center.plugins.module_utils.secrets import masked, secret_values
from ansible_collections.btp_ops.task_center.plugins.module_utils.service_key import read_service_key
from ansible_collections.btp_ops.task_center.plugins.module_utils.shell import Environ, Outcome, Spec, run_module
from ansible_collections.btp_ops.task_center.plugins.module_utils.side_by_side import Answer, asked, beside
from ansible_collections.btp_ops.task_center.plugins.module_utils.token_claims import bare_token, check_unexpired
from ansible_collections.btp_ops.task_center.plugins.module_utils.token_proof import prove_token
from ansible_collections.btp_ops.task_center.plugins.module_utils.trust_slots import TrustSlots, read_slots

BOTH = ("primary", "secondary")
PROOFS = (*BOTH, "task_center")
EXPIRES_WITHIN = 60  # days, as of fsm_trust_cert_info
CERTIFICATE_MODE = "0644"  # as of fsm_trust_cert
INTERVAL = 10  # seconds between two questions to Task Center, as of task_center_connector_info
CLIENT = "clientId"
SECRET = "clientSecret"  # noqa: S105 - the name of the property
AUDIENCE = "audience"
ACCOUNT = "URL.headers.X-Account-ID"
COMPANY = "URL.headers.X-Company-ID"

SPEC = Spec(
    {
        "environment": {"type": "str", "required": True},
        "primary": {"type": "dict", "required": True},
        "primary_secrets": {"type": "dict", "default": {}, "no_log": True},
        "secondary": {"type": "dict", "required": True},
        "secondary_secrets": {"type": "dict", "default": {}, "no_log": True},
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


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Ask both systems side by side, judge what they say, and prove what stands."""
    _check(params)
    key = read_service_key(params)
    fsm = beside(lambda: _ask_fsm(params, environ))
    look = _Look(params, environ)
    service = look.ask()
    answers = {**fsm.result(), **service}
    findings, certificate_findings = prerequisite_findings(answers, params["primary"]), look.certificate_findings()
    # With what is wrong already, nobody's tokens are used, and nobody waits for Task Center.
    errors = [one for one in findings + certificate_findings if one["severity"] == ERROR]
    proven = params["prove"] and look.stands and not errors
    proofs = look.prove() if proven else {which: {} for which in PROOFS}
    stands = look.stands and not any(proof.get("failed") for proof in proofs.values())
    return Outcome(
        facts={
            "findings": findings,
            "certificate_findings": certificate_findings,
            "proof_findings": look.proof_findings(proofs) if proven and stands else [],
            "answers": answers,
            "connects": {
                "environment": params["environment"],
                "subaccount": key.tenant_host,
                "primary": telling(params["primary"]),
            },
            "planned": {**{which: _told(planned) for which, planned in look.plans.items()}, **look.refused},
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
        value = params[option].get(key)
        if not isinstance(value, str) or not value:
            raise InputError(f"{option} lacks {key}, or has no text there.", "Give it as quoted text.")


def _ask_fsm(params: dict[str, t.Any], environ: Environ) -> dict[str, Answer]:
    http, primary = open_http(params, environ), params["primary"]

    def client() -> Answer:
        fsm = Fsm(http, base_url("URL", primary["URL"]))
        credentials = primary[CLIENT], params["primary_secrets"][SECRET]
        return client_facts(fsm, credentials, primary[ACCOUNT], primary[COMPANY], ask_accounts_api=True)

    def metadata() -> Answer:
        audience = params["secondary"][AUDIENCE]
        return metadata_facts(http, AUDIENCE, audience, audience)

    return {
        "client": asked(client) if params["check_client"] else {},
        "metadata": asked(metadata) if params["check_metadata"] else {},
    }


class _Look:
    """What the Destination Service says of an environment, and what comes of it.

    :ivar plans: how both destinations come to stand, as far as it is known what stands
    :ivar refused: why one cannot come to stand
    :ivar warnings: of the proofs
    """

    def __init__(self, params: dict[str, t.Any], environ: Environ) -> None:
        self._params, self._environ = params, environ
        self._wishes = {
            which: wish(
                params[which]["Name"],
                params[which],
                params[f"{which}_secrets"],
                purge=True,
                keep_secrets=params["update_secrets"] == "on_create",
            )
            for which in BOTH
        }
        self._service: DestinationService | None = None
        self._slots: TrustSlots | None = None
        self._found: dict[str, dict[str, t.Any]] = {}
        self.plans: dict[str, Plan] = {}
        self.refused: dict[str, Answer] = {}
        self.warnings: list[str] = []

    def ask(self) -> dict[str, Answer]:
        """Read the destinations of both levels, and the trust certificates."""
        try:
            service = DestinationService(open_http(self._params, self._environ), read_service_key(self._params))
        except OperatorError as error:
            return {asked_for: {"failed": True, "msg": str(error)} for asked_for in ("subaccount", "instance", "trust")}
        self._service = service
        service.http.secrets |= {
            value for wanted in self._wishes.values() for value in wanted.secrets.values() if value
        }
        answers = {
            "subaccount": asked(lambda: self._destinations(service, "subaccount")),
            "instance": asked(lambda: self._destinations(service, "instance")),
            "trust": asked(lambda: self._trust(service)),
        }
        if "destinations" in answers["subaccount"]:
            for which in BOTH:
                self._plan(which)
        return answers

    def _plan(self, which: str) -> None:
        wanted = self._wishes[which]
        try:
            self.plans[which] = plan_present(wanted, self._found.get(wanted.name))
        except OperatorError as error:
            self.refused[which] = {"failed": True, "msg": str(error)}

    def _destinations(self, service: DestinationService, level: str) -> Answer:
        found = service.destinations(level)
        if level == "subaccount":
            self._found = {one["Name"]: one for one in found}
        secret = [name for which in BOTH for name in self._params[f"{which}_secrets"]]
        whole = {*self._params["also"], *(wanted.name for wanted in self._wishes.values())}
        told = [one if one.get("Name") in whole else telling(one) for one in found]
        return {"destinations": [masked(one, secret) for one in told]}

    def _trust(self, service: DestinationService) -> Answer:
        self._slots = read_slots(service)
        return self._slots.facts(EXPIRES_WITHIN)

    @property
    def stands(self) -> bool:
        """Whether nothing is left to do."""
        planned = [planned.action for planned in self.plans.values()]
        return planned == ["none", "none"] and self._active is not None and self._file_stands(self._active)

    @property
    def _active(self) -> Certificate | None:
        return self._slots.active if self._slots else None

    def _file_stands(self, certificate: Certificate) -> bool:
        """Tell whether the certificate's file stands as fsm_trust_cert would write it, if one is to be written."""
        try:
            wanted = files.file_wish({"path": self._params["certificate_path"], "mode": CERTIFICATE_MODE})
            if wanted is None:
                return True
            current = files.read_state(wanted.path)
        except OperatorError:
            # Whoever has to write the file tells why that cannot be.
            return False
        return files.wanted_state(wanted, certificate.pem, current) == current

    def certificate_findings(self) -> list[dict[str, str]]:
        """Judge the active trust certificate."""
        if self._slots is None:
            return []
        active, path = self._active, self._params["certificate_path"]
        if not (active and path and self._file_stands(active)):
            path = f"the one that btp_ops.task_center.connect_fsm writes{f' to {path}' if path else ''}"
        return trust_findings(
            self._slots.described(active, EXPIRES_WITHIN) if active else None,
            self._params["uploaded_certificates"],
            self._params["primary"],
            path,
            self._params["certificate_min_days"],
            self._params["upload_gate"],
        )

    def proof_findings(self, proofs: dict[str, Answer]) -> list[dict[str, str]]:
        """Judge what the proofs came to."""
        primary = self.plans["primary"].after
        fingerprint = self._active.fingerprint if self._active else "-"
        return proof_findings(proofs, primary["Name"], fingerprint, primary.get(ENABLED, "true") == "true")

    def prove(self) -> dict[str, Answer]:
        """Obtain tokens through both destinations, and ask Task Center beside that."""
        connector = beside(lambda: asked(self._connector)) if self._params["task_center"] else None
        primary = asked(lambda: self._token("primary"))
        secondary = asked(lambda: self._token("secondary")) if self._params["user_token"] else {}
        return {"primary": primary, "secondary": secondary, "task_center": connector.result() if connector else {}}

    def _token(self, which: str) -> Answer:
        service, name = t.cast("DestinationService", self._service), self._wishes[which].name
        user_token = self._params["user_token"] if which == "secondary" else None
        if user_token:
            bare_token(user_token, "user_token")
            check_unexpired(user_token, "user_token", service.http.now())
        service.http.secrets |= secret_values(self._found[name])
        return {"token": prove_token(service, "subaccount", name, user_token, self._found[name])}

    @staticmethod
    def _check_access(access: dict[str, t.Any]) -> None:
        given = [option for option in USER_TOKEN_OPTIONS if access.get(option)]
        if len(given) != 1:
            raise InputError(
                f"task_center needs one of {', '.join(USER_TOKEN_OPTIONS)}, and has {' and '.join(given) or 'none'}.",
                "Give the one or the other.",
            )

    def _connector(self) -> Answer:
        self._check_access(self._params["task_center"])
        asks = {"name": self._wishes["primary"].name, "wait_for": "settled", "interval": INTERVAL}
        facts, warnings = watch_connectors(
            open_http(self._params, self._environ), {**asks, "service_status": True, **self._params["task_center"]}
        )
        self.warnings += warnings
        return facts


def _told(planned: Plan) -> Answer:
    return {
        "action": planned.action,
        "destination": planned.after,
        "changed_properties": planned.changed_properties,
        "diff": [{"before": planned.before or "", "after": planned.after or ""}],
    }


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
