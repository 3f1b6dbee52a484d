#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_trust_cert_info
short_description: Read the trust certificates with which a subaccount signs assertions for SAP FSM
version_added: 1.0.0
description:
  - Returns the active and the passive trust certificate of the subaccount and its SAML identity provider metadata.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.btp
  - btp_ops.task_center.https
  - btp_ops.task_center.attributes.info
options:
  expires_within:
    description: Number of days before its end from which on a certificate counts as expiring soon.
    type: int
    default: 60
seealso:
  - module: btp_ops.task_center.fsm_trust_cert
"""

EXAMPLES = r"""
- name: Read both trust certificates
  btp_ops.task_center.fsm_trust_cert_info:
    service_key: "{{ fsm_destination_service_key }}"
  register: trust

- name: Show how long the active one is valid
  ansible.builtin.debug:
    msg: "{{ trust.active.days_left }} days, fingerprint {{ trust.active.fingerprint }}"
"""

RETURN = r"""
active:
  description: The certificate whose key signs; null when the subaccount has none yet.
  type: dict
  returned: success
  contains: &certificate
    pem:
      description: The certificate in PEM form.
      type: str
    fingerprint:
      description: SHA-256 of the certificate.
      type: str
      sample: "10:CC:EF:AD:25:2F:C3:1E:1A:73:61:AC:BF:F9:EB:1A:B7:71:04:A8:24:10:3F:56:D9:E8:FC:A2:64:7D:3D:3E"
    subject:
      description: Distinguished name of the subject.
      type: str
    issuer:
      description: Distinguished name of the issuer; the same, for the certificate is self-signed.
      type: str
    serial:
      description: The serial's bytes as the certificate has them.
      type: str
      sample: "C9:36:A6:99:2C:4E:A7:08:22:9E"
    not_before:
      description: Begin of the validity, ISO 8601 in UTC.
      type: str
    not_after:
      description: End of the validity, ISO 8601 in UTC.
      type: str
    days_left:
      description: Whole days until the end, negative after it.
      type: int
    not_yet_valid:
      description: Whether the validity begins only later.
      type: bool
    expired:
      description: Whether the validity has ended.
      type: bool
    expires_soon:
      description: Whether fewer days than O(expires_within) are left.
      type: bool
    unreadable:
      description: Why the X.509 library refuses the certificate; null when it does not. The fields that it would read
        are then null.
      type: str
passive:
  description: The certificate that waits next to it; null when there is none.
  type: dict
  returned: success
  contains: *certificate
read_at:
  description: When they were read, by the service's clock, in ISO 8601.
  type: str
  returned: success
idp_metadata:
  description: The SAML identity provider metadata of the subaccount, XML text; null when the subaccount has no
    certificate yet.
  type: str
  returned: success
"""

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import BTP, open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import read_service_key
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Environ, Outcome, Spec, run_module
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.slots import EXPIRES_WITHIN, read_slots

SPEC = Spec({"expires_within": {"type": "int", "default": EXPIRES_WITHIN}}).including(BTP)


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Read both slots and the metadata."""
    service = DestinationService(open_http(params, environ), read_service_key(params))
    slots = read_slots(service)
    facts = {**slots.facts(params["expires_within"]), "read_at": slots.now.isoformat()}
    return Outcome(facts={**facts, "idp_metadata": service.idp_metadata()})


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
