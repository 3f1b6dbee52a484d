# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that checks a trust certificate, and whether FSM is declared to trust it."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import trust_findings

DOCUMENTATION = r"""
name: fsm_trust_findings
short_description: Check a trust certificate, and whether it is declared as uploaded to FSM
version_added: 0.1.0
description:
  - Finds a certificate that has expired, expires soon, or is not among those that the operator declares as uploaded to
    FSM.
positional: _input
options:
  _input:
    description: The certificate, as M(btp_ops.task_center.fsm_trust_cert) returns it; null when there is none yet.
    type: dict
  uploaded:
    description: SHA-256 fingerprints of the certificates that were uploaded to FSM.
    type: list
    elements: str
    required: true
  wanted:
    description: The primary destination that is to stand, by JSON key; it tells the FSM system.
    type: dict
    required: true
  path:
    description: File that holds the certificate.
    type: str
    required: true
  min_days:
    description: Days that the certificate has to live at least.
    type: int
    required: true
  gate:
    description:
      - What a certificate that is not declared means. With V(enforce) an error, with V(warn) a warning, with V(preview)
        a warning that a real run stops there.
    type: str
    choices: [enforce, warn, preview]
    required: true
"""

EXAMPLES = r"""
- name: In check mode there may be no certificate yet
  ansible.builtin.assert:
    that: >-
      none
      | btp_ops.task_center.fsm_trust_findings(uploaded=[], wanted={}, path='fsm.pem', min_days=30, gate='enforce')
      | map(attribute='id') == ['certificate_none']
"""

RETURN = r"""
_value:
  description: Findings, as P(btp_ops.task_center.fsm_input_findings#filter) returns them.
  type: list
  elements: dict
"""


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_trust_findings": trust_findings}
