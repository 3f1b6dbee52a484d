#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_trust_activation
short_description: Make a trust certificate the active one, if users obtain tokens with it
version_added: 1.0.0
description:
  - Makes the passive trust certificate of a subaccount the active one, in one transaction with a way back. With
    O(user_token), a token is obtained for this user with the old certificate before, and with the new one afterwards.
  - The service may answer with a token that it has kept from before, which says nothing of the certificate. So the
    tokens are obtained through short-lived copies of the secondary destination in the service instance, which are
    deleted again; see O(btp_ops.task_center.btp_destination#module:verify_token). Where none can be made, a token
    counts only if it says that it was issued a minute after the activation or later. Without one that counts, nothing
    is verified, and the certificate stays the active one.
  - If there is none before, nothing is changed. If there is none afterwards, the old certificate becomes the active one
    again, and the task fails. It says whether the old one yields a token, so whether the new one is to blame.
  - Records in the labels C(trust-activated), C(trust-verified) and C(trust-rolled-back) of the secondary destination
    what was done, for M(btp_ops.task_center.fsm_rotation_info). Without a secondary destination, nothing is verified or
    recorded.
  - When the certificate is the active one already, it completes what an earlier run has begun, that is, it records the
    activation and, with O(user_token), verifies it.
  - A run may be killed at any moment. The next one finds in both slots and the labels how far it came.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.btp
  - btp_ops.task_center.https
  - btp_ops.task_center.attributes
  - btp_ops.task_center.rotation
options:
  fingerprint:
    description: SHA-256 fingerprint of the certificate that has to be the active one; it is in one of the two slots.
    type: str
    required: true
attributes:
  check_mode:
    details:
      - A preview cannot obtain a token with a certificate that is not active yet, so it assumes that there will be one.
        It makes no copy of the destination either, so RV(verified) is V(false) unless a token itself says otherwise.
  idempotent:
    details:
      - With O(user_token), each run verifies the certificate and records when.
    support: partial
seealso:
  - module: btp_ops.task_center.fsm_rotation_info
  - module: btp_ops.task_center.fsm_trust_cert
"""

EXAMPLES = r"""
- name: Let the passive certificate sign, if a user obtains a token with it
  btp_ops.task_center.fsm_trust_activation:
    service_key: "{{ fsm_destination_service_key }}"
    connection:
      environment_name: "{{ inventory_hostname }}"
      url: "{{ fsm_url }}"
      account_id: "{{ fsm_account_id }}"
    uploaded_certificates: "{{ fsm_uploaded_certificates }}"
    user_token: "{{ fsm_user_token }}"
    fingerprint: "{{ fsm_uploaded_certificates | last }}"
"""

RETURN = r"""
action:
  description: V(rotate) if both certificates changed places, or would in check mode; else V(none).
  type: str
  returned: success
  sample: rotate
verified:
  description: Whether a token was obtained for the user that only the certificate can have yielded.
  type: bool
  returned: success
labels:
  description: The labels of the secondary destination afterwards.
  type: dict
  returned: success
  sample:
    trust-activated: [93f1d6b2a0c4-10cceFad252f-20280301T120000Z]
"""

import contextlib
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import BTP, open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import read_service_key
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import SECONDARY_SUFFIX
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import listed
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.file_lock import file_lock
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import (
    Environ,
    Outcome,
    Spec,
    diff_entry,
    run_module,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.temporary_copy import left_over_warning
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.activation import Activation, DesiredActivation
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.apply import lock_name
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import normal_fingerprint
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.options import ROTATION, facts_of, name_of

SPEC = Spec({"fingerprint": {"type": "str", "required": True}}).including(ROTATION, BTP)


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Activate the certificate, and show what has changed."""
    secondary = f"{name_of(params['connection'])}{SECONDARY_SUFFIX}"
    wanted = DesiredActivation(
        fingerprint=normal_fingerprint(params["fingerprint"]),
        secondary=secondary,
        user_token=(params["user_token"] or "").strip() or None,
        uploaded=frozenset(map(normal_fingerprint, listed(params["uploaded_certificates"]))),
        facts=facts_of(params["connection"], secondary),
    )
    service = DestinationService(open_http(params, environ), read_service_key(params))
    with contextlib.nullcontext() if check_mode else file_lock(lock_name(service)):
        activation = Activation(service, wanted, check_mode)
        activation.run()
    return _outcome(activation, secondary, check_mode)


def _outcome(activation: Activation, secondary: str, check_mode: bool) -> Outcome:
    after = activation.planned.after if check_mode else activation.after.fingerprints
    diff = [diff_entry("trust certificates", activation.before.fingerprints.shown(), after.shown())]
    if activation.labels_after != activation.labels_before:
        diff.append(diff_entry(f"{secondary}: labels", activation.labels_before, activation.labels_after))
    return Outcome(
        changed=activation.planned.action != "none" or activation.labels_after != activation.labels_before,
        facts={
            "action": activation.planned.action,
            "verified": activation.verified,
            "labels": activation.labels_after,
        },
        diff=diff,
        warnings=_warnings(activation),
    )


def _warnings(activation: Activation) -> list[str]:
    warnings = []
    if activation.doubt:
        text = "A token was obtained for the user, but does not verify the trust certificate"
        warnings.append(f"{text}: {activation.doubt}.")
    if activation.left_over:
        warnings.append(left_over_warning(activation.left_over))
    return warnings


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
