# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that modules share, with the rules between them. Documented in the doc fragments ``https`` and ``btp``."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import Http, Settings
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import public_options
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Spec
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.words import option_name

HTTP = Spec(
    {
        "ca_path": {"type": "path"},
        "connect_timeout": {"type": "float", "default": 5.0},
        "read_timeout": {"type": "float", "default": 30.0},
        "request_timeout": {"type": "float", "default": 120.0},
        "task_timeout": {"type": "float", "default": 600.0},
        "retries": {"type": "int", "default": 4},
        "max_answer_mib": {"type": "int", "default": 16},
        "max_pages": {"type": "int", "default": 200},
    }
)

# Of the Destination Service. Which of them go together, service_key.read_service_key says in the operator's words.
BTP = Spec(
    {
        "service_key": {"type": "raw", "no_log": True},
        "api_url": {"type": "str"},
        "token_url": {"type": "str", "no_log": False},
        "client_id": {"type": "str"},
        "client_secret": {"type": "str", "no_log": True},
        "client_certificate": {"type": "str"},
        "client_certificate_key": {"type": "str", "no_log": True},
    },
    public=public_options,
).including(HTTP)

USER_TOKENS = ("refresh_token_file", "refresh_token", "user_token")

# Of SAP Task Center, and of a user who may query it.
TASK_CENTER = Spec(
    {
        "service_key": {"type": "raw", "required": True, "no_log": True},
        "refresh_token_file": {"type": "path", "no_log": False},
        "refresh_token": {"type": "str", "no_log": True},
        "user_token": {"type": "str", "no_log": True},
    },
    {"required_one_of": [USER_TOKENS], "mutually_exclusive": [USER_TOKENS]},
    public_options,
)

LEVEL = Spec({"level": {"type": "str", "choices": ["subaccount", "instance"], "default": "subaccount"}})


def open_http(params: dict[str, t.Any], environ: t.Mapping[str, str]) -> Http:
    """Open the HTTP session that a module's options and the task's environment variables describe.

    :raises InputError: one of them cannot be meant
    """
    positive = ("connect_timeout", "read_timeout", "request_timeout", "task_timeout", "max_answer_mib", "max_pages")
    wrong = [name for name in positive if not 0 < params[name] < float("inf")]
    if wrong:
        names = ", ".join(map(option_name, wrong))
        raise InputError(f"{names} must be more than 0.", "Correct the option; nothing was sent.")
    if params["retries"] < 0:
        raise InputError(f"{option_name('retries')} must not be less than 0.", "Correct the option; nothing was sent.")
    return Http(Settings(**{option: params[option] for option in HTTP.options}), environ)
