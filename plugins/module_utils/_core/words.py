# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How messages call what an operator wrote: values by no words of Python, options also as the roles call them."""

from __future__ import annotations

import datetime as dt
import re
import typing as t

KINDS: tuple[tuple[t.Any, str], ...] = (
    (type(None), "nothing"),
    (bool, "a boolean"),
    ((int, float), "a number"),
    (str, "a text"),
    ((list, tuple), "a list"),
    (dict, "a mapping"),
    (dt.date, "a date"),
)
OTHER = "a value of another kind"
# By the name of a type, as Ansible has it in messages; since ansible-core 2.19 that tells how a value is kept.
BY_NAME = (
    (r"NoneType", "nothing"),
    (r"bool", "a boolean"),
    (r"int|float", "a number"),
    (r"\w*str|\w*unicode|\w*text", "a text"),
    (r"\w*list|tuple", "a list"),
    (r"\w*dict|\w*mapping", "a mapping"),
)
TYPE = re.compile(
    r"(?:of type )?<class '(?:\w+\.)*(\w+)'>|of type (\w+)|(?<=convert to )(\w+)|(?<=converted to )(?:an? )?(\w+)"
)

# Options of modules, and the variables with which operators of the roles set them.
VARIABLES = {
    "ca_path": "fsm_ca_path",
    "service_key": "fsm_destination_service_key",
    "properties": "fsm_primary_properties or fsm_secondary_properties",
    "secret_properties": "fsm_primary_secret_properties or fsm_secondary_secret_properties",
    "update_secrets": "fsm_update_secrets",
    "user_token": "fsm_user_token",
    **{
        option: f"fsm_{option}"
        for option in (
            "connect_timeout",
            "read_timeout",
            "request_timeout",
            "task_timeout",
            "retries",
            "max_answer_mib",
            "max_pages",
        )
    },
}


def kind_of(value: t.Any) -> str:
    """Return what a value is, with its article."""
    return next((words for kind, words in KINDS if isinstance(value, kind)), OTHER)


def option_name(option: str) -> str:
    """Return how messages call an option, which operators of the roles may set with a variable."""
    return f"{option} (of the roles: {VARIABLES[option]})" if option in VARIABLES else option


def with_variables(message: str) -> str:
    """Return one of Ansible's own messages in which an option is also called as operators of the roles set it."""
    return re.sub(r"(?<=argument )'(\w+)'", lambda found: option_name(found[1]), message)


def without_types(message: str) -> str:
    """Return one of Ansible's own messages without names of Python's types."""

    def kind(found: re.Match[str]) -> str:
        name = found[found.lastindex or 0]
        return next((words for pattern, words in BY_NAME if re.fullmatch(pattern, name, re.IGNORECASE)), OTHER)

    return TYPE.sub(kind, message)
