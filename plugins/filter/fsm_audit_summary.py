# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that sums up an audit of many environments."""

from __future__ import annotations

import typing as t
from datetime import datetime, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.audit import summary
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.untrusted import untrusted

DOCUMENTATION = r"""
name: fsm_audit_summary
short_description: Sum up an audit of many environments
version_added: 0.1.0
description:
  - Returns the worst status, how often each occurs, the reports by environment, and the rows of a table for people.
positional: _input
options:
  _input:
    description:
      - Environment to its report, as P(btp_ops.task_center.fsm_audit#filter) returns it. One without a report, such as
        a host that could not be reached, counts as failed.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: An environment without a report has failed
  ansible.builtin.assert:
    that: >-
      ({'dev': none} | btp_ops.task_center.fsm_audit_summary).outcome == 'failed'
"""

RETURN = r"""
_value:
  description: C(audited_at), C(outcome), C(counts), C(environments) and C(table).
  type: dict
"""


def audit_summary(reports: dict[str, dict[str, t.Any] | None]) -> t.Any:
    """Return the summary, dated with the present moment; what others wrote into a destination is no template."""
    return untrusted(summary(reports, datetime.now(timezone.utc)))


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_audit_summary": audit_summary}
