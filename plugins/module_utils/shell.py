# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a module's work becomes a module: AnsibleModule in, result or error out.

The work itself is a function of (options, check mode, environment variables) that knows nothing of AnsibleModule. The
other shell around it is plugin_utils/in_worker.py.
"""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass, field

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import OperatorError
from ansible_collections.btp_ops.task_center.plugins.module_utils.libraries import problem_of_missing
from ansible_collections.btp_ops.task_center.plugins.module_utils.service_key import public_options

# What this interpreter lacks; empty if nothing.
MISSING_LIBRARIES = problem_of_missing()


@dataclass
class Outcome:
    """What a module's work came to.

    :param facts: the module's own return values; never a secret
    :param diff: entries of Ansible's diff, each with before and after
    """

    changed: bool = False
    facts: dict[str, t.Any] = field(default_factory=dict)
    diff: list[dict[str, t.Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


Environ = t.Mapping[str, str]
Work = t.Callable[[dict[str, t.Any], bool, Environ], Outcome]


@dataclass(frozen=True)
class Spec:
    """A module's options and the rules between them, as AnsibleModule takes them."""

    options: dict[str, dict[str, t.Any]]
    rules: dict[str, t.Any] = field(default_factory=dict)


def perform(work: Work, params: dict[str, t.Any], check_mode: bool, environ: Environ) -> dict[str, t.Any]:
    """Do a module's work and return its result; an error that is meant for the operator becomes a failed one."""
    try:
        outcome = work(params, check_mode, environ)
    except OperatorError as error:
        return {"failed": True, "msg": str(error)}
    result = {"changed": outcome.changed, "diff": outcome.diff, **outcome.facts}
    return {**result, "warnings": outcome.warnings} if outcome.warnings else result


class _Module(AnsibleModule):
    """An AnsibleModule that leaves its arguments out of the target's system log.

    Options within options are logged as the text of a mapping, in which a secret with a backslash, a quote or a line
    break looks different from what AnsibleModule searches for and removes.
    """

    def _log_invocation(self) -> None:
        self.log("Invoked; the arguments are not logged.")


def run_module(spec: Spec, work: Work) -> None:
    """Run a module's work in a process of its own and exit as Ansible expects it."""
    module = _Module(argument_spec=spec.options, supports_check_mode=True, **spec.rules)
    if MISSING_LIBRARIES:
        module.fail_json(msg=MISSING_LIBRARIES)
    # A service key is one option that holds secrets; its hosts and names have to stay readable in messages.
    module.no_log_values -= public_options(module.params)
    result = perform(work, module.params, module.check_mode, os.environ)
    for text in result.pop("warnings", []):
        module.warn(text)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
