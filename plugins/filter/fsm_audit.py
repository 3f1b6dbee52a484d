# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that tells how one environment compares with its inventory."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.audit import environment_report
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.untrusted import untrusted

DOCUMENTATION = r"""
name: fsm_audit
short_description: Tell how an environment compares with its inventory
version_added: 0.1.0
description:
  - Sums up what M(btp_ops.task_center.btp_destination) would do in check mode, the active trust certificate and all
    findings.
positional: _input
options:
  _input:
    description: Per name of a destination what M(btp_ops.task_center.btp_destination) returned in check mode.
    type: dict
    required: true
  certificate:
    description:
      - The active trust certificate, as M(btp_ops.task_center.fsm_trust_cert_info) returns it; null when there is none.
    type: dict
  findings:
    description: All findings, as P(btp_ops.task_center.fsm_input_findings#filter) returns them.
    type: list
    elements: dict
    default: []
  uploaded:
    description: SHA-256 fingerprints of the certificates that were uploaded to FSM.
    type: list
    elements: str
    default: []
  wanted:
    description: Whether FSM has to be connected at all.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: A destination that somebody has pointed elsewhere
  ansible.builtin.assert:
    that:
      - report.status == 'drifted'
      - report.destinations.FSM.properties[0].found == 'https://old.example'
  vars:
    report: "{{ compared | btp_ops.task_center.fsm_audit(wanted=false) }}"
    compared:
      FSM:
        action: update
        changed_properties: [URL]
        diff:
          - before: {URL: https://old.example}
            after: {URL: https://de.fsm.cloud.sap/cloud-approval-service/api}
"""

RETURN = r"""
_value:
  description:
    - C(status), the C(destinations) with the properties that differ, the C(certificate), the C(findings), and a
      C(message) if a system could not be asked.
    - The status is V(in sync), V(drifted), V(missing), V(duplicated) or V(failed).
    - A secret property is told by its name alone, as is one that the inventory does not name.
  type: dict
"""


def audit(
    compared: dict[str, dict[str, t.Any]],
    certificate: dict[str, t.Any] | None = None,
    findings: list[dict[str, str]] | None = None,
    uploaded: t.Any = (),
    wanted: bool = True,
) -> t.Any:
    """Return the report of an environment; what others wrote into a destination is no template."""
    return untrusted(environment_report(compared, certificate, findings or [], uploaded, wanted))


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_audit": audit}
