# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths as seen from the folder in which the playbook was started, wherever they are used."""

from __future__ import annotations

import json
import os
import re
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key_forms import is_file_name
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Spec

Options = dict[str, t.Any]

# As os.path.expandvars has it, which reads the environment of the process.
# Values of a connection that name files; of which type they are, the module validates.
FILES = ("certificate_dir", "task_center_refresh_token_file")
VARIABLE = re.compile(r"\$(?:(\w+)|\{([^}]*)\})")


def with_full_paths(spec: Spec, arguments: Options, environ: t.Mapping[str, str], other_user: bool = False) -> Options:
    """Return the arguments with paths as seen from the folder in which the playbook was started.

    A module's own process may start in another folder, and would take a relative path for another file.

    :param environ: environment variables of the task, which paths may name
    :param other_user: whether the module runs as another user, whose home ``~`` means
    """

    def full(options: Options, given: Options) -> Options:
        return {option: of_option(option, options.get(option, {}), value) for option, value in given.items()}

    def of_option(option: str, facts: Options, value: t.Any) -> t.Any:
        if "options" in facts:
            value = _mapping(value)
            return full(facts["options"], value) if isinstance(value, dict) else value
        is_path = facts.get("type") == "path" or option in FILES
        is_path = is_path or (option.endswith("service_key") and is_file_name(str(value)))
        # What is blank was not set, and names no file.
        names_file = isinstance(value, str) and value.strip() and is_path
        return full_path(value, environ, other_user) if names_file else value

    return full(spec.options, arguments)


def _mapping(value: t.Any) -> t.Any:
    """Return a mapping that is given as JSON text as such; anything else as it is, for the validation refuses it."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def full_path(path: str, environ: t.Mapping[str, str], other_user: bool = False) -> str:
    """Return a path as seen from the folder in which the playbook was started.

    :param environ: environment variables, which the path may name
    :param other_user: whether ``~`` means another user's home, which is not known here
    """
    path = VARIABLE.sub(lambda found: environ.get(found[1] or found[2], found[0]), path)
    if path.startswith("~"):
        if other_user:
            return path
        path = os.path.expanduser(path)
    return os.path.abspath(path)
