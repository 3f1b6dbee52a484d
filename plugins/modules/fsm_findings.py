#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_findings
short_description: Tell what checks have found, and stop at errors
version_added: 0.1.0
description:
  - Tells all findings of a check at once, errors first. It fails if one of them is an error, and shows nothing if there
    are none.
  - Runs on the controller and asks no system.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.attributes.info
options:
  findings:
    description: Findings as the filters of this collection return them, each with C(severity) and C(text).
    type: list
    elements: dict
    required: true
seealso:
  - plugin: btp_ops.task_center.fsm_input_findings
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Tell a warning and go on
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
"""
