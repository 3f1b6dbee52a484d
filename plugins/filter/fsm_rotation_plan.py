# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that decides where the rotation of a trust certificate stands and what comes next."""

from __future__ import annotations

import typing as t
from datetime import datetime, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils.certificate import normal_fingerprint
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rotation import Reading, judge
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.rotation import Settings

DOCUMENTATION = r"""
name: fsm_rotation_plan
short_description: Decide where the rotation of a trust certificate stands and what comes next
version_added: 0.1.0
description:
  - Looks at both trust certificates, at what earlier runs left in the labels of the secondary destination, and at what
    the operator declares as uploaded to FSM.
positional: _input
options:
  _input:
    description: What M(btp_ops.task_center.fsm_trust_cert_info) returned.
    type: dict
    required: true
  secondary:
    description: The secondary destination, as a list of at most one.
    type: list
    elements: dict
    required: true
  labels:
    description: Labels by name of destination.
    type: dict
    required: true
  destinations:
    description: All destinations of the subaccount and the service instance, to name those that sign with the same key.
    type: list
    elements: dict
    default: []
  uploaded:
    description: SHA-256 fingerprints of the certificates that were uploaded to FSM.
    type: list
    elements: str
    default: []
  settings:
    description:
      - C(start_days), C(soak_hours), C(replace), C(retry), C(discard), C(can_prove) and C(retire_unproven), as the
        variables of the role C(fsm_trust_rotation) have them.
    type: dict
    default: {}
  facts:
    description: C(environment), C(name) of the primary destination, C(host) and C(account_id) of FSM, and the
      C(directory) for certificate files.
    type: dict
    required: true
  done:
    description: What this run has done so far.
    type: list
    elements: str
    default: []
  retired:
    description: SHA-256 fingerprint of the certificate that this run has retired.
    type: str
  neighbours:
    description:
      - C(environment), C(subaccount) and C(uploaded) certificates of all environments of the run. Those of the same
        subaccount sign with the same certificates, so they have to declare them too.
    type: list
    elements: dict
    default: []
  preview:
    description: Whether what was done was only assumed.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Without an active certificate there is nothing to rotate
  ansible.builtin.assert:
    that: >-
      ({'active': none, 'passive': none}
       | btp_ops.task_center.fsm_rotation_plan([], {}, facts=facts)).step == 'connect'
  vars:
    facts: {environment: dev, name: FSM, host: de.fsm.cloud.sap, account_id: "654321", directory: /tmp}
"""

RETURN = r"""
_value:
  description:
    - C(phase), C(step), what comes C(next) in words, the C(actor) who has to do it, the C(outcome) if nothing more is
      done, the C(fingerprint) that the step is about, both certificates, and C(findings) as
      P(btp_ops.task_center.fsm_input_findings#filter) returns them.
  type: dict
"""


def rotation_plan(
    trust: dict[str, t.Any],
    secondary: list[dict[str, t.Any]],
    labels: dict[str, dict[str, list[str]]],
    destinations: list[dict[str, t.Any]] | None = None,
    uploaded: t.Any = (),
    settings: dict[str, t.Any] | None = None,
    facts: dict[str, t.Any] | None = None,
    done: t.Sequence[str] = (),
    retired: str | None = None,
    neighbours: t.Sequence[dict[str, t.Any]] = (),
    preview: bool = False,
) -> dict[str, t.Any]:
    """Return the decision for the present moment."""
    wanted = dict(settings or {})
    for name in ("replace", "retry", "discard"):
        wanted[name] = normal_fingerprint(wanted[name]) if wanted.get(name) else None
    found = secondary[0] if secondary else None
    reading = Reading(
        active=trust["active"],
        passive=trust["passive"],
        secondary=found,
        labels=labels.get(found["Name"]) or {} if found else {},
        destinations=destinations or [],
        done=list(done),
        retired=retired,
        neighbours=neighbours,
    )
    return judge(reading, uploaded, Settings(**wanted), preview, facts or {}, datetime.now(timezone.utc))


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_rotation_plan": rotation_plan}
