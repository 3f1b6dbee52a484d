# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a module's work becomes a module: AnsibleModule in, result or error out.

The work itself is a function of (options, check mode, environment variables) that knows nothing of AnsibleModule. The
other way to run it is plugin_utils/_local_action.py.
"""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass, field

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import OperatorError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.libraries import problem_of_missing
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.printable import each_text, printable_lines
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import (
    HIDDEN,
    is_secret,
    without_user_info,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.words import with_variables, without_types

# What this interpreter lacks; empty if nothing.
MISSING_LIBRARIES = problem_of_missing()
# Characters from which on a secret is removed wherever a result holds it. Shorter ones occur in words, numbers and
# booleans too, which would be destroyed: a result is kept free of them where it is made (properties by their
# names, what systems answer by the secrets that the request knows).
SHORTEST_REMOVED = 8
DECISIONS = "_decisions"  # between perform and without_secrets
# What is printed as it is: by Ansible itself, or by tasks that report it.
PRINTED = ("msg", "warnings", "diff", "findings", "messages")
NO_ARGUMENTS = {"module_args": HIDDEN}


@dataclass
class Outcome:
    """What a module's work came to.

    :param facts: the module's own return values; never a secret
    :param diff: entries of Ansible's diff, each with before and after
    :param decisions: return values that later tasks go by: they hold nothing that may be a secret, and leave the module
        exactly as they are, for what has passed through masking must decide nothing
    """

    changed: bool = False
    facts: dict[str, t.Any] = field(default_factory=dict)
    diff: list[dict[str, t.Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    decisions: dict[str, t.Any] = field(default_factory=dict)


def diff_entry(header: str, before: t.Any, after: t.Any) -> dict[str, t.Any]:
    """Return an entry of Ansible's diff; nothing is shown as nothing, not as an empty mapping."""
    return {"before_header": header, "after_header": header, "before": before or "", "after": after or ""}


Params = dict[str, t.Any]
Environ = t.Mapping[str, str]
Work = t.Callable[[Params, bool, Environ], Outcome]


@dataclass(frozen=True)
class Spec:
    """A module's options and the rules between them, as AnsibleModule takes them.

    :param options: by name
    :param rules: such as ``required_if``
    :param public: returns which values of options that are hidden as a whole are no secrets, such as the hosts in a
        service key, so that messages may name them
    """

    options: dict[str, dict[str, t.Any]]
    rules: dict[str, t.Any] = field(default_factory=dict)
    public: t.Callable[[t.Mapping[str, t.Any]], set[str]] = lambda _params: set()

    def including(self, *others: Spec) -> Spec:
        """Return the same with further options, whose rules come along."""
        parts = (self, *others)
        names = dict.fromkeys(name for part in parts for name in part.rules)
        return Spec(
            options={name: option for part in parts for name, option in part.options.items()},
            rules={name: [rule for part in parts for rule in part.rules.get(name, ())] for name in names},
            public=lambda params: set().union(*(part.public(params) for part in parts)),
        )

    def as_option(self, **facts: t.Any) -> dict[str, t.Any]:
        """Return an option that is a mapping of these options, with the same rules."""
        return {"type": "dict", "options": self.options, **self.rules, **facts}


def perform(work: Work, params: Params, check_mode: bool, environ: Environ) -> dict[str, t.Any]:
    """Do a module's work and return its result; an error that is meant for the operator becomes a failed one."""
    try:
        outcome = work(params, check_mode, environ)
    except OperatorError as error:
        return {"failed": True, "msg": str(error)}
    result = {"changed": outcome.changed, "diff": outcome.diff, **outcome.facts}
    if outcome.warnings:
        result["warnings"] = outcome.warnings
    return {**result, DECISIONS: outcome.decisions}


def without_secrets(result: dict[str, t.Any], arguments: Params, secrets: t.Collection[str]) -> dict[str, t.Any]:
    """Return a result as it may leave the module, with the arguments as ``invocation``.

    :param arguments: what the module was given
    :param secrets: the values of its options that are no one else's business
    """
    removed = {secret for secret in secrets if len(secret) >= SHORTEST_REMOVED}
    invocation = {"module_args": remove_values(_without_named(arguments), secrets)}
    decisions = result.pop(DECISIONS, {})
    shown = t.cast("dict[str, t.Any]", remove_values(result, removed))
    readable = {name: each_text(shown[name], _readable) for name in PRINTED if name in shown}
    return {**shown, **readable, **decisions, "invocation": invocation}


def _readable(text: str) -> str:
    """Return what an operator reads, though others wrote parts of it, and though it quotes URLs with passwords."""
    return without_user_info(printable_lines(text))


def _without_named(arguments: Params) -> Params:
    """Return arguments without what the names within an option say is a secret, though it may be in the wrong place."""

    def hide(value: t.Any) -> t.Any:
        if isinstance(value, dict):
            return {key: HIDDEN if item and is_secret(str(key)) else hide(item) for key, item in value.items()}
        if isinstance(value, list):
            return [hide(item) for item in value]
        return without_user_info(value) if isinstance(value, str) else value

    return {name: hide(value) for name, value in arguments.items()}


def refused_arguments(message: str, options: t.Collection[str] = ()) -> dict[str, t.Any]:
    """Return the result of arguments that were refused: a secret may be where none is expected, so none is quoted.

    :param message: why, in Ansible's words, which quote the value of a choice, and what cannot be converted
    :param options: names of the module's options, which are no secrets
    """
    place = re.search(r" found in (\w+)\.?$", message)
    unquoted = re.sub(r"(?:, got: |(?<=unable to convert to )(\w+): ).*", r"\1", message, flags=re.DOTALL)
    if unquoted != message and place and place[1] in options:
        unquoted += place[0]
    return {"msg": with_variables(without_types(unquoted)), "invocation": NO_ARGUMENTS}


class _Module(AnsibleModule):
    """An AnsibleModule that leaves its arguments out of the target's system log.

    Options within options are logged as the text of a mapping, in which a secret with a backslash, a quote or a line
    break differs from what AnsibleModule searches for and removes.
    """

    def _log_invocation(self) -> None:
        self.log("Invoked; the arguments are not logged.")

    def fail_json(self, msg: str, **result: t.Any) -> t.NoReturn:
        """Fail; of AnsibleModule itself, without a result, because of the arguments."""
        super().fail_json(**({"msg": msg, **result} if result else refused_arguments(msg, self.argument_spec)))


def run_module(spec: Spec, work: Work) -> None:
    """Run a module's work in a process of its own and exit as Ansible expects it."""
    module = _Module(argument_spec=spec.options, supports_check_mode=True, **spec.rules)
    secrets = module.no_log_values - spec.public(module.params)
    done = (
        {"failed": True, "msg": MISSING_LIBRARIES}
        if MISSING_LIBRARIES
        else perform(work, module.params, module.check_mode, os.environ)
    )
    result = without_secrets(done, module.params, secrets)
    # Removed by now, as far as that does no harm.
    module.no_log_values = set()
    for text in result.pop("warnings", []):
        module.warn(text)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
