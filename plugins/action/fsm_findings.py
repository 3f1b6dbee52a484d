# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports findings and stops at errors, what environments of a run do to each other included."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.conflicts import conflicts
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import errors_among
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._plain_values import plain
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._preload import prepare

Result = dict[str, t.Any]

CHECK = "fsm_connection"  # the name under which the role registers its checks

prepare()


class ActionModule(ActionBase):
    """The action plugin; there is no module behind it."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: Result | None = None) -> Result:
        """Report the findings; fail if one is an error."""
        result: Result = super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec(
            {
                "findings": {"type": "list", "elements": "dict", "required": True},
                "check_id": {"type": "str"},
                "conflicts": {"type": "dict", "default": {}},
            }
        )
        findings = plain(arguments["findings"])
        if arguments["check_id"]:
            findings += self._conflicts(arguments["check_id"], plain(arguments["conflicts"]), task_vars or {})
        errors = errors_among(findings)
        others = [finding for finding in findings if finding not in errors]
        texts = [finding["text"] for finding in errors + others]
        result |= {"changed": False, "failed": bool(errors), "msg": "\n\n".join(texts)}
        result["errors"] = [finding["id"] for finding in errors if "id" in finding]
        # Warnings have to be seen without -v.
        result["_ansible_verbose_always"] = bool(findings)
        return result

    def _conflicts(self, check_id: str, compared: dict[str, t.Any], task_vars: Result) -> list[dict[str, str]]:
        """Return what was found when the environments of the run were compared.

        They are compared once for all of them. A condition on the role that leaves out the first host leaves out that
        task too, for all; then each compares for itself.
        """
        if check_id not in compared:
            hosts = (task_vars["hostvars"][name] for name in task_vars["ansible_play_hosts"])
            compared = conflicts([plain(host[CHECK]) for host in hosts if CHECK in host])
        return compared.get(check_id, [])
