#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_trust_cert
short_description: Manage the trust certificate with which a subaccount signs assertions for SAP FSM
version_added: 1.0.0
description:
  - Makes sure that the subaccount has a trust certificate, stages a second one next to it, makes one of the two the
    active one, and deletes the passive one. Fingerprints say which, so that a second run changes nothing.
  - Writes the certificate to a file, from which an administrator uploads it in the FSM Admin portal.
  - Never renews a certificate that exists unless O(renew_in_place) names it.
  - File and fingerprint are right even for a certificate that the X.509 library refuses to read; its other facts are
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
      - V(active) is the certificate whose key signs. V(passive) is the one that waits next to it.
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
        passive one, the two change places. Whether users obtain tokens with it then,
        M(btp_ops.task_center.fsm_trust_activation) verifies.
      - With O(slot=passive) and O(state=absent), the fingerprint of the certificate to delete.
      - With O(state=exported), the fingerprint of the certificate to write to O(path). In check mode,
        V(<new certificate>) stands for one that does not exist yet.
    type: str
  renew_in_place:
    description:
      - SHA-256 fingerprint of the active certificate that has to be replaced by a new one at once. Nothing happens when
        another one is active.
      - From that moment on every system that trusts only the old certificate rejects the subaccount's users. Stage a
        passive certificate instead, have it uploaded, and make it the active one.
    type: str
  path:
    description:
      - File to write the slot's certificate to, in PEM form. Missing folders are created.
      - V(<fingerprint>) in it means the first eight digits of the certificate's fingerprint, so that no file of
        another certificate is overwritten.
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
    description: Whether a file with another content is kept next to the new one.
    type: bool
    default: false
  expires_within:
    description: Number of days before its end from which on a certificate counts as expiring soon.
    type: int
    default: 60
  upload:
    description:
      - What the operator says of the upload to FSM, so that RV(findings) say whether the certificate may be used. FSM
        offers no API that lists them.
    type: dict
    suboptions:
      declared:
        description: SHA-256 fingerprints of the certificates that were uploaded, a list or text of one, as with commas.
        type: raw
        default: []
      gate:
        description: With V(enforce), a certificate that is not declared is an error; with V(warn), a warning.
        type: str
        choices: [enforce, warn]
        default: enforce
      url:
        description: FSM cluster URL, for the instructions.
        type: str
      account_id:
        description: FSM account ID, for the instructions.
        type: str
seealso:
  - module: btp_ops.task_center.fsm_trust_cert_info
  - module: btp_ops.task_center.fsm_trust_activation
"""

EXAMPLES = r"""
- name: Make sure that the subaccount has a trust certificate, and write its file
  btp_ops.task_center.fsm_trust_cert:
    service_key: "{{ fsm_destination_service_key }}"
    path: "{{ inventory_dir }}/host_vars/fsm-certificates/{{ inventory_hostname }}-<fingerprint>.pem"
  register: active

- name: Stage a second one next to it
  btp_ops.task_center.fsm_trust_cert:
    service_key: "{{ fsm_destination_service_key }}"
    slot: passive
    path: "{{ fsm_certificate_dir }}/{{ inventory_hostname }}-next.pem"
  register: staged

- name: Let the second one sign, once FSM trusts it
  btp_ops.task_center.fsm_trust_cert:
    service_key: "{{ fsm_destination_service_key }}"
    fingerprint: "{{ staged.certificate.fingerprint }}"

- name: Delete the first one
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
    - The slot's certificate afterwards; null when there is none, and in check mode when it would be a new
      one.
    - Its fields are those of RV(btp_ops.task_center.fsm_trust_cert_info#module:active).
  type: dict
  returned: success
findings:
  description:
    - What O(upload) says of the certificate, as M(btp_ops.task_center.fsm_connection_info) returns findings. Empty if
      there is no certificate yet, which only a preview sees.
  type: list
  elements: dict
  returned: success, with O(upload)
to_upload:
  description:
    - The certificate that somebody has to upload to FSM, C(fingerprint), C(not_after) and C(pem), with C(path), the
      file that holds it, and C(host) and C(account_id) of FSM. Null if it is declared as uploaded, or does not exist
      yet, which only a preview sees.
  type: dict
  returned: success, with O(upload)
certificate_path:
  description: The file that holds the certificate.
  type: str
  returned: when O(path) was given
backup_file:
  description: Where the file's former content is kept.
  type: str
  returned: when a backup was made
"""

import typing as t
from dataclasses import replace

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_cluster import cluster_host
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import BTP, open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import read_service_key
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.variables import entries
from ansible_collections.btp_ops.task_center.plugins.module_utils._core import public_file as files
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.file_lock import file_lock
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import Unfit
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import (
    Environ,
    Outcome,
    Spec,
    diff_entry,
    run_module,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust import plan as trust
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.apply import carry_out, lock_name
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import (
    named_after,
    normal_fingerprint,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.slots import EXPIRES_WITHIN, read_slots
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.upload import Upload, to_upload

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
        "upload": {
            "type": "dict",
            "options": {
                "declared": {"type": "raw", "default": []},
                "gate": {"type": "str", "choices": ["enforce", "warn"], "default": "enforce"},
                "url": {"type": "str"},
                "account_id": {"type": "str"},
            },
        },
    },
    {"required_if": [("state", "exported", ["fingerprint", "path"])]},
).including(BTP)

RENEWAL = (
    "The active trust certificate {verb} renewed in place: "
    "until the new one is uploaded in FSM Admin, FSM rejects the users of this subaccount."
)


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Bring the trust certificate to the state that the options describe."""
    wanted = trust.DesiredCertificate(
        slot=params["slot"],
        present=params["state"] != "absent",
        fingerprint=_fingerprint(params["fingerprint"], check_mode),
        renew_in_place=_fingerprint(params["renew_in_place"]),
        exported=params["state"] == "exported",
    )
    trust.check(wanted)
    wanted_file = files.desired_file(params) if wanted.present else None
    service = DestinationService(open_http(params, environ), read_service_key(params))
    before = after = read_slots(service)
    planned = trust.plan(wanted, before.fingerprints)
    if planned.action != "none" and not check_mode:
        with file_lock(lock_name(service)):
            before, planned, after = carry_out(service, wanted)
    shown_after = planned.after if check_mode else after.fingerprints
    outcome = Outcome(
        changed=planned.action != "none",
        facts={"action": planned.action, "certificate": None},
        diff=[diff_entry("trust certificates", before.fingerprints.shown(), shown_after.shown())],
        warnings=[RENEWAL.format(verb="would be" if check_mode else "was")] if planned.action == "renew_active" else [],
    )
    if wanted.present:
        # In check mode the certificate that would come into the slot may be known: after a rotation it is the other
        # one.
        shown = wanted.fingerprint if wanted.exported else getattr(shown_after, wanted.slot)
        certificate = after.by_fingerprint(shown)
        if certificate is not None and wanted_file is not None:
            wanted_file = replace(wanted_file, path=named_after(wanted_file.path, certificate.fingerprint))
        if certificate is not None:
            outcome.facts["certificate"] = after.described(certificate, params["expires_within"])
        if params["upload"] is not None:
            _report_upload(outcome, _upload(params["upload"]), wanted_file.path if wanted_file else None, check_mode)
        if wanted_file is not None:
            # Without a certificate, this is a preview of the run that makes it.
            _export(outcome, wanted_file, certificate.pem if certificate else trust.NEW, check_mode)
    return outcome


def _export(outcome: Outcome, wanted: files.DesiredFile, content: str, check_mode: bool) -> None:
    """Write the certificate's file if it is not as wanted, and add that to the outcome."""
    current = files.read_state(wanted.path)
    target = files.desired_state(wanted, content, current)
    outcome.facts["certificate_path"] = wanted.path
    if current == target:
        return
    outcome.changed = True
    outcome.diff.append(diff_entry(wanted.path, current.shown(), target.shown()))
    if not check_mode:
        backup = files.write(wanted, target, current)
        if backup:
            outcome.facts["backup_file"] = backup


def _report_upload(outcome: Outcome, upload: Upload, path: str | None, check_mode: bool) -> None:
    """Add what has to be uploaded to FSM to the outcome, if there is a certificate yet."""
    certificate = outcome.facts["certificate"]
    outcome.facts |= {"findings": [], "to_upload": None}
    if certificate is None or upload.has(certificate["fingerprint"]):
        return
    outcome.facts["findings"] = upload.findings(certificate["fingerprint"], path or "its file", check_mode)
    outcome.facts["to_upload"] = to_upload(certificate, path, upload.host, upload.account_id)


def _upload(upload: dict[str, t.Any]) -> Upload:
    try:
        declared = entries(upload["declared"])
    except Unfit as rule:
        raise InputError(f"declared of upload is not {rule}.", "Correct the option.") from None
    return Upload(declared, upload["gate"], cluster_host(upload["url"] or ""), upload["account_id"] or "")


def _fingerprint(text: str | None, preview: bool = False) -> str | None:
    """Return a fingerprint in its one spelling; a preview knows no other of a certificate that is yet to be made."""
    if preview and text == trust.NEW:
        return text
    return normal_fingerprint(text) if text else None


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
