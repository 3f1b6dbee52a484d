#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_findings
short_description: Report findings, and stop at errors
version_added: 1.0.0
description:
  - Reports all findings of a check at once, errors first. It fails if one of them is an error, and shows nothing if
    there are none.
  - Runs on the controller and calls no system.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.attributes.info
options:
  findings:
    description: Findings, as M(btp_ops.task_center.fsm_connection_info) returns them.
    type: list
    elements: dict
    required: true
  check_id:
    description:
      - RV(btp_ops.task_center.fsm_connection_info#module:check_id) of the check that found them, registered as
        C(fsm_connection) on all hosts of the play. With it, what environments of the play do to each other is reported,
        too.
    type: str
  conflicts:
    description:
      - What P(btp_ops.task_center.fsm_conflicts#filter) found for all hosts of the play. Where it is not about this
        check, as after a condition that leaves out the first host, it is found out again.
    type: dict
    default: {}
seealso:
  - module: btp_ops.task_center.fsm_connection_info
"""

EXAMPLES = r"""
- name: Report a warning and go on
  btp_ops.task_center.fsm_findings:
    findings:
      - severity: warning
        text: The certificate expires in 20 days.
"""

RETURN = r"""
msg:
  description: The texts of the findings, with an empty line between each two.
  type: str
  returned: always
  sample: The certificate expires in 20 days.
errors:
  description: IDs of the findings that are errors.
  type: list
  elements: str
  returned: always
  sample: [client_refused]
"""
