# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a module's work inside Ansible's worker: no new Python process, no interpreter that may lack libraries.

A process of its own costs a quarter of a second per task and host, more than all requests of a task. So each module has
an action plugin of its name that runs the same work, with the same validation, masking and results, when the connection
is local. Where it is not, and with become or async, the ordinary module runs. The variable ``btp_local_action`` set to
false always runs the module.
"""

from __future__ import annotations

import math
import os
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import (
    MISSING_LIBRARIES,
    NO_ARGUMENTS,
    Spec,
    Work,
    perform,
    refused_arguments,
    without_secrets,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.words import kind_of, option_name
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._folders import with_default_folders
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._paths import with_full_paths
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._plain_values import plain
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._preload import prepare

Result = dict[str, t.Any]

SWITCH = "btp_local_action"
# How Ansible reaches a host of which nothing is said, and the variables by which something is.
REMOTE_BY_DEFAULT = ("smart", "ssh", "paramiko", "paramiko_ssh")
REMOTE_ON_PURPOSE = ("ansible_connection", "ansible_host", "ansible_ssh_host")

prepare()


class LocalAction(ActionBase):
    """Base of the action plugins; each names its module's file."""

    module: t.Any
    # Whether its hosts are environments, and with it an entry point of a role begins. Other modules also have their
    # place on machines, which Ansible reaches as usual.
    of_environments = False
    _supports_async = True
    _supports_check_mode = True
    _given: Result | None = None

    def run(self, tmp: str | None = None, task_vars: Result | None = None) -> Result:
        """Run the module's work here, or hand over to the module."""
        result: Result = super().run(tmp, task_vars)
        # At another try of the same task, Ansible runs the same plugin again.
        if self._given is None:
            self._given = plain(self._task.args)
        # Callbacks get the task as it is at its end, and some of them store it: secrets would be stored, too.
        self._task.args = NO_ARGUMENTS
        outcome = self._outcome(self._given, task_vars or {})
        self._task.args = _shown_arguments(outcome)
        return {**result, **outcome}

    def _outcome(self, arguments: Result, task_vars: Result) -> Result:
        """Return what comes of the module's work."""
        name = self.module.__name__.rpartition(".")[2]
        environ = {**os.environ, **self._task_environment()}
        if self._connection.transport == "local":
            arguments = with_full_paths(self.module.SPEC, arguments, environ, bool(self._connection.become))
            arguments = with_default_folders(self.module.SPEC, arguments, task_vars, environ)
        outcome = self._worked_out(name, arguments, task_vars, environ)
        _name_environment(outcome, str(task_vars.get("inventory_hostname", "")))
        return outcome

    def _worked_out(self, name: str, arguments: Result, task_vars: Result, environ: t.Mapping[str, str]) -> Result:
        """Return the result of the work, here or by the module."""
        for mistake in self._log_on_by_mistake(task_vars):
            return {"failed": True, "msg": mistake["text"], "errors": [mistake["id"]]}
        refusal = refusal_of(self.module.SPEC, arguments)
        if refusal:
            return {"failed": True, **refused_arguments(refusal)}
        if self._runs_here(task_vars):
            return run_locally(name, self.module.SPEC, self.module.work, arguments, self._task.check_mode, environ)
        executed: Result = self._execute_module(
            module_name=f"btp_ops.task_center.{name}",
            module_args=arguments,
            task_vars=task_vars,
            wrap_async=bool(self._task.async_val),
        )
        return executed

    def _log_on_by_mistake(self, task_vars: Result) -> Findings:
        """Find out whether this would log on to an environment as if it were a machine."""
        is_remote = self._connection.transport in REMOTE_BY_DEFAULT and not self._task.delegate_to
        if not (self.of_environments and is_remote):
            return []
        host = task_vars["inventory_hostname"]
        # Not the variables of the task, to which Ansible has added how it reaches the host.
        return remote_by_omission(host, {*task_vars["hostvars"][host], *self._task.get_vars()})

    def _runs_here(self, task_vars: Result) -> bool:
        switched_on = boolean(self._templar.template(task_vars.get(SWITCH, True)))
        elsewhere = self._connection.transport != "local" or self._connection.become or self._task.async_val
        return switched_on and not elsewhere and not MISSING_LIBRARIES

    def _task_environment(self) -> dict[str, str]:
        environment: dict[str, t.Any] = {}
        self._compute_environment_string(environment)
        return {name: str(value) for name, value in environment.items()}


def remote_by_omission(host: str, variables: t.Collection[str]) -> Findings:
    """Find out whether Ansible would log on to an environment as if it were a machine, and nobody has said so.

    :param host: its name in the inventory
    :param variables: names of those that the operator has set for it
    """
    if any(name in variables for name in REMOTE_ON_PURPOSE):
        return []
    return [finding("connection_not_local", host=host)]


def _shown_arguments(outcome: Result) -> Result:
    """Return the arguments as a result has them, without secrets."""
    invocation: Result = outcome.get("invocation", NO_ARGUMENTS)
    arguments = invocation["module_args"]
    return arguments if isinstance(arguments, dict) else invocation


def _name_environment(outcome: Result, host: str) -> None:
    """Put an environment's name before the headers of its diffs: who approves those of many sees which is which."""
    for part in outcome.get("diff") or () if host else ():
        for header in ("before_header", "after_header"):
            part[header] = f"{host}: {part.get(header, '')}".rstrip(": ")


def refusal_of(spec: Spec, arguments: Result) -> str:
    """Return why arguments are refused, of those for which Ansible's validation would break off; empty if it would not.

    That is what is no mapping where it has options of its own, and a list or infinity in place of a number.
    """
    for name, option in spec.options.items():
        value = arguments.get(name)
        is_mapping = option.get("type") == "dict" and "options" in option
        if is_mapping and not isinstance(value, (dict, str, type(None))):
            return f"{option_name(name)} is {kind_of(value)}, not a mapping. Correct the option; nothing was sent."
        is_number = option.get("type") in ("int", "float")
        if is_number and isinstance(value, (dict, list)):
            return f"{option_name(name)} is {kind_of(value)}, not a number. Correct the option; nothing was sent."
        if is_number and _is_infinite(value):
            return f"{option_name(name)} is no number that can be meant. Correct the option; nothing was sent."
    return ""


def _is_infinite(value: t.Any) -> bool:
    """Return whether a number, or text of one, is larger than any that can be calculated with."""
    try:
        return not math.isfinite(float(value))
    except OverflowError:
        return True
    except (ValueError, TypeError):
        # No number at all, which the validation finds out.
        return False


def run_locally(
    name: str, spec: Spec, work: Work, arguments: Result, check_mode: bool, environ: t.Mapping[str, str]
) -> Result:
    """Validate arguments and do the work as AnsibleModule would, masking included."""
    validated = ArgumentSpecValidator(spec.options, **spec.rules).validate(arguments)
    params = validated.validated_parameters
    secrets = set(validated._no_log_values) - spec.public(params)
    if validated.error_messages:
        message = validated.errors.msg
        if isinstance(validated.errors[0], UnsupportedError):
            message = f"Unsupported parameters for (btp_ops.task_center.{name}) module: {message}"
        return {"failed": True, **refused_arguments(message, spec.options)}
    result = perform(work, params, check_mode, environ)
    return without_secrets(result, {**dict.fromkeys(spec.options), **params}, secrets)
