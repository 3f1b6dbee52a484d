# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module's work inside Ansible's worker: no new Python process, no interpreter that may lack libraries.

A process of its own costs a quarter of a second per task and host, more than all requests of a task. So each module has
an action plugin of its name that runs the same work, with the same validation, masking and results, when the connection
is local. Where it is not, and with become or async, the ordinary module runs. The variable ``btp_in_worker`` set to
false always runs the module.
"""

from __future__ import annotations

import os
import re
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ansible_collections.btp_ops.task_center.plugins.module_utils.service_key import is_file_name, public_options
from ansible_collections.btp_ops.task_center.plugins.module_utils.shell import MISSING_LIBRARY, Spec, Work, perform
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.before_fork import prepare
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.plain_values import plain

Result = dict[str, t.Any]

SWITCH = "btp_in_worker"
# As os.path.expandvars has it, which asks the environment of the process.
VARIABLE = re.compile(r"\$(?:(\w+)|\{([^}]*)\})")

prepare()


class InWorker(ActionBase):
    """Base of the action plugins; each names its module's file."""

    module: t.Any
    _supports_async = True
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: Result | None = None) -> Result:
        """Run the module's work here, or hand over to the module."""
        result: Result = super().run(tmp, task_vars)
        name = self.module.__name__.rpartition(".")[2]
        arguments = plain(self._task.args)
        environ = {**os.environ, **self._task_environment()}
        if self._connection.transport == "local":
            arguments = with_full_paths(self.module.SPEC, arguments, environ, bool(self._connection.become))
        if self._runs_here(task_vars or {}):
            outcome = run_here(name, self.module.SPEC, self.module.work, arguments, self._task.check_mode, environ)
        else:
            outcome = self._execute_module(
                module_name=f"btp_ops.task_center.{name}",
                module_args=arguments,
                task_vars=task_vars,
                wrap_async=bool(self._task.async_val),
            )
        return {**result, **outcome}

    def _runs_here(self, task_vars: Result) -> bool:
        switched_on = boolean(self._templar.template(task_vars.get(SWITCH, True)))
        elsewhere = self._connection.transport != "local" or self._connection.become or self._task.async_val
        return switched_on and not elsewhere and not MISSING_LIBRARY

    def _task_environment(self) -> dict[str, str]:
        environment: dict[str, t.Any] = {}
        self._compute_environment_string(environment)
        return {name: str(value) for name, value in environment.items()}


def run_here(
    name: str, spec: Spec, work: Work, arguments: Result, check_mode: bool, environ: t.Mapping[str, str]
) -> Result:
    """Validate arguments and do the work as AnsibleModule would, masking included."""
    validated = ArgumentSpecValidator(spec.options, **spec.rules).validate(arguments)
    params = validated.validated_parameters
    hidden = set(validated._no_log_values) - public_options(params)
    if validated.error_messages:
        message = validated.errors.msg
        if isinstance(validated.errors[0], UnsupportedError):
            message = f"Unsupported parameters for (btp_ops.task_center.{name}) module: {message}"
        result: Result = {"failed": True, "msg": message}
    else:
        result = perform(work, params, check_mode, environ)
    result["invocation"] = {"module_args": {**dict.fromkeys(spec.options), **params}}
    return t.cast("Result", remove_values(result, hidden))


def with_full_paths(spec: Spec, arguments: Result, environ: t.Mapping[str, str], other_user: bool = False) -> Result:
    """Return the arguments with paths as seen from the folder in which the playbook was started.

    A module's own process may start in another folder, and would take a relative path for another file.

    :param environ: environment variables of the task, which paths may name
    :param other_user: whether the module runs as another user, whose home it is that ``~`` stands for
    """

    def full(options: Result, given: Result) -> Result:
        return {option: of_option(option, options.get(option, {}), value) for option, value in given.items()}

    def of_option(option: str, facts: Result, value: t.Any) -> t.Any:
        if isinstance(value, dict) and "options" in facts:
            return full(facts["options"], value)
        is_path = facts.get("type") == "path" or (option == "service_key" and is_file_name(str(value)))
        return _full_path(value, environ, other_user) if isinstance(value, str) and value and is_path else value

    return full(spec.options, arguments)


def _full_path(path: str, environ: t.Mapping[str, str], other_user: bool) -> str:
    path = VARIABLE.sub(lambda found: environ.get(found[1] or found[2], found[0]), path)
    if path.startswith("~"):
        if other_user:
            return path
        path = os.path.expanduser(path)
    return os.path.abspath(path)
