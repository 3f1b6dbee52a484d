#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_trust_cert
short_description: Manage the trust certificate with which a subaccount signs assertions for SAP FSM
version_added: 0.1.0
description:
  - Makes sure that the subaccount has a trust certificate, stages a second one beside it, makes one of the two the
    active one,
    and deletes the passive one. Everything is steered by fingerprints, so that a second run changes nothing.
  - Writes the certificate to a file, from which an administrator uploads it in the FSM Admin portal.
  - Never renews a certificate that exists unless O(renew_in_place) names it.
  - File and fingerprint are right even for a certificate that the X.509 library refuses to read; what it would tell is
    then null.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.btp
  - btp_ops.task_center.https
  - btp_ops.task_center.attributes
options:
  slot:
    description:
      - V(active) is the certificate whose key signs. V(passive) is the one that waits beside it.
    type: str
    choices: [active, passive]
    default: active
  state:
    description:
      - Whether there has to be a certificate in the slot.
      - Only the passive one can be V(absent), and only when O(fingerprint) names it.
      - V(exported) changes nothing in the subaccount. It writes the certificate that O(fingerprint) names to O(path),
        whatever slot it is in, and refuses if it is in none.
    type: str
    choices: [present, absent, exported]
    default: present
  fingerprint:
    description:
      - With O(slot=active), the SHA-256 fingerprint of the certificate that has to be the active one. If it is the
        passive one,
        the two change places.
      - With O(slot=passive) and O(state=absent), the fingerprint of the certificate to delete.
      - With O(state=exported), the fingerprint of the certificate to write to O(path).
    type: str
  renew_in_place:
    description:
      - SHA-256 fingerprint of the active certificate that has to be replaced by a new one at once. Nothing happens when
        another one is
        active.
      - From that moment on every system that trusts only the old certificate rejects the subaccount's users. Stage a
        passive certificate instead, have it uploaded, and make it the active one.
    type: str
  path:
    description: File to write the slot's certificate to, in PEM form. Missing folders are created.
    type: path
  mode:
    description: Permissions of the file, octal. Quote it, or write the leading zero.
    type: raw
    default: "0644"
  owner:
    description: Owner of the file, a name or an ID.
    type: str
  group:
    description: Group of the file, a name or an ID.
    type: str
  backup:
    description: Whether a file with another content is kept beside the new one.
    type: bool
    default: false
  expires_within:
    description: Number of days before its end from which on a certificate counts as expiring soon.
    type: int
    default: 60
seealso:
  - module: btp_ops.task_center.fsm_trust_cert_info
"""

EXAMPLES = r"""
- name: The subaccount has a trust certificate, and here is its file
  btp_ops.task_center.fsm_trust_cert:
    service_key: "{{ fsm_destination_service_key }}"
    path: "{{ fsm_certificate_dir }}/{{ inventory_hostname }}.pem"
  register: active

- name: A second one waits beside it
  btp_ops.task_center.fsm_trust_cert:
    service_key: "{{ fsm_destination_service_key }}"
    slot: passive
    path: "{{ fsm_certificate_dir }}/{{ inventory_hostname }}-next.pem"
  register: staged

- name: The second one signs, once FSM trusts it
  btp_ops.task_center.fsm_trust_cert:
    service_key: "{{ fsm_destination_service_key }}"
    fingerprint: "{{ staged.certificate.fingerprint }}"

- name: The first one is gone
  btp_ops.task_center.fsm_trust_cert:
    service_key: "{{ fsm_destination_service_key }}"
    slot: passive
    state: absent
    fingerprint: "{{ active.certificate.fingerprint }}"
"""

RETURN = r"""
action:
  description: What was done, or would be in check mode.
  type: str
  returned: success
  sample: generate_active
certificate:
  description:
    - The slot's certificate as it stands afterwards; null when there is none, and in check mode when it would be a new
      one.
    - Its fields are those of RV(btp_ops.task_center.fsm_trust_cert_info#module:active).
  type: dict
  returned: success
certificate_path:
  description: The file that holds the certificate.
  type: str
  returned: when O(path) was given
backup_file:
  description: Where the file's former content is kept.
  type: str
  returned: when a backup was made
"""

import secrets
import time
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils import exported_file as files
from ansible_collections.btp_ops.task_center.plugins.module_utils.certificate import (
    normal_fingerprint,
    read_certificate,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import AnswerLost, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils.one_at_a_time import one_at_a_time
from ansible_collections.btp_ops.task_center.plugins.module_utils.options import BTP_OPTIONS, open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils.patience import LAG
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans import trust
from ansible_collections.btp_ops.task_center.plugins.module_utils.service_key import read_service_key
from ansible_collections.btp_ops.task_center.plugins.module_utils.shell import Environ, Outcome, Spec, run_module
from ansible_collections.btp_ops.task_center.plugins.module_utils.trust_slots import (
    EXPIRES_WITHIN,
    TrustSlots,
    read_slots,
)

SPEC = Spec(
    {
        "slot": {"type": "str", "choices": ["active", "passive"], "default": "active"},
        "state": {"type": "str", "choices": ["present", "absent", "exported"], "default": "present"},
        "fingerprint": {"type": "str"},
        "renew_in_place": {"type": "str"},
        "path": {"type": "path"},
        "mode": {"type": "raw", "default": files.MODE},
        "owner": {"type": "str"},
        "group": {"type": "str"},
        "backup": {"type": "bool", "default": False},
        "expires_within": {"type": "int", "default": EXPIRES_WITHIN},
        **BTP_OPTIONS,
    },
    {"required_if": [("state", "exported", ["fingerprint", "path"])]},
)

# Another machine that rotates at the same moment is met at most this often.
ROUNDS = 4
LONGEST_YIELD = 1.0  # seconds to give way to it

RENEWAL = (
    "The active trust certificate {verb} renewed in place: "
    "until the new one is uploaded in FSM Admin, FSM rejects the users of this subaccount."
)


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Bring the trust certificate to the state that the options describe."""
    wanted = trust.Wish(
        slot=params["slot"],
        present=params["state"] != "absent",
        fingerprint=_fingerprint(params["fingerprint"]),
        renew_in_place=_fingerprint(params["renew_in_place"]),
        exported=params["state"] == "exported",
    )
    trust.check(wanted)
    wanted_file = files.file_wish(params) if wanted.present else None
    service = DestinationService(open_http(params, environ), read_service_key(params))
    before = after = read_slots(service)
    planned = trust.plan(wanted, before.fingerprints)
    if planned.action != "none" and not check_mode:
        with one_at_a_time(f"{service.key.tenant_host} trust certificate"):
            before, planned, after = _carry_out(service, wanted)
    shown_after = planned.after if check_mode else after.fingerprints
    outcome = Outcome(
        changed=planned.action != "none",
        facts={"action": planned.action, "certificate": None},
        diff=[{"before": before.fingerprints.shown(), "after": shown_after.shown()}],
        warnings=[RENEWAL.format(verb="would be" if check_mode else "was")] if planned.action == "renew_active" else [],
    )
    if wanted.present:
        # In check mode the certificate that would come into the slot may be known: after a rotation it is the other
        # one.
        shown = wanted.fingerprint if wanted.exported else getattr(shown_after, wanted.slot)
        certificate = after.by_fingerprint(shown)
        if certificate is not None:
            outcome.facts["certificate"] = after.described(certificate, params["expires_within"])
        if wanted_file is not None:
            # Without a certificate, this is a preview of the run that makes it.
            _export(outcome, wanted_file, certificate.pem if certificate else trust.NEW, check_mode)
    return outcome


def _carry_out(service: DestinationService, wanted: trust.Wish) -> tuple[TrustSlots, trust.Plan, TrustSlots]:
    """Plan anew with what stands by now, carry it out, and return what stood, the plan, and what stands then.

    :raises ServiceError: the service refuses, or someone else rotates all the time
    """
    for _round in range(ROUNDS):
        before = read_slots(service)
        planned = trust.plan(wanted, before.fingerprints)
        if planned.action == "none":
            return before, planned, before
        after = _called(service, planned, before)
        if planned.action != "rotate" or after.fingerprints.active == wanted.fingerprint:
            return before, planned, after
        # Two machines rotated at once, so the second call turned the first one back.
        time.sleep(LONGEST_YIELD * secrets.randbelow(1000) / 1000)
    raise ServiceError(
        f"Someone else rotates the trust certificates of {service.key.subaccount} at the same time.",
        "Find out who, and run the task again.",
    )


def _called(service: DestinationService, planned: trust.Plan, before: TrustSlots) -> TrustSlots:
    """Send a plan's call and return what stands then.

    A lost answer does not say whether the call was carried out, and none of the calls may be carried out twice: so
    what stands is read, and only if nothing has changed the error is passed on.
    """
    calls: dict[str, t.Callable[[], t.Any]] = {
        "generate_active": lambda: service.generate_certificate("active"),
        "renew_active": lambda: service.generate_certificate("active"),
        "generate_passive": lambda: service.generate_certificate("passive"),
        "rotate": service.rotate_certificates,
        "delete_passive": service.delete_passive_certificate,
    }
    lost: ServiceError | None = None
    try:
        answer = calls[planned.action]()
        if planned.action == "rotate" and read_certificate(answer).fingerprint == before.fingerprints.active:
            return before
    except ServiceError as error:
        if not isinstance(error, AnswerLost) and (error.status or 0) < 500:
            raise
        lost = error
    for lag in LAG:
        time.sleep(lag)
        after = read_slots(service)
        if after.fingerprints != before.fingerprints:
            return after
    raise lost or ServiceError(
        f"The trust certificates of {service.key.subaccount} still stand as before; {before.fingerprints.told()}.",
        "Run the task again: it finds out what stands by then.",
    )


def _export(outcome: Outcome, wanted: files.FileWish, content: str, check_mode: bool) -> None:
    """Write the certificate's file if it is not as wanted, and add that to the outcome."""
    current = files.read_state(wanted.path)
    target = files.wanted_state(wanted, content, current)
    outcome.facts["certificate_path"] = wanted.path
    if current == target:
        return
    outcome.changed = True
    outcome.diff.append(
        {
            "before_header": wanted.path,
            "after_header": wanted.path,
            "before": current.shown() or "",
            "after": target.shown(),
        }
    )
    if not check_mode:
        backup = files.write(wanted, target, current)
        if backup:
            outcome.facts["backup_file"] = backup


def _fingerprint(text: str | None) -> str | None:
    return normal_fingerprint(text) if text else None


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
