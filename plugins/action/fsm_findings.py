# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells findings and stops at errors: what ansible.builtin.assert does, but judging only once what it costs to find."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import errors_among
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.before_fork import prepare
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.plain_values import plain

prepare()


class ActionModule(ActionBase):
    """The action plugin; there is no module behind it."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Tell the findings; fail if one is an error."""
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec(
            {"findings": {"type": "list", "elements": "dict", "required": True}}
        )
        findings = plain(arguments["findings"])
        errors = errors_among(findings)
        others = [finding for finding in findings if finding not in errors]
        texts = [finding["text"] for finding in errors + others]
        result |= {"changed": False, "failed": bool(errors), "msg": "\n\n".join(texts)}
        # Warnings have to be seen without -v.
        result["_ansible_verbose_always"] = bool(findings)
        return result
