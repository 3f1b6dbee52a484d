# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role's variables with service keys: of which subaccount they are, and what keeps them from being used."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import found
from ansible_collections.btp_ops.task_center.plugins.module_utils.service_key import (
    NEW_KEY,
    ServiceKey,
    is_file_name,
    read_service_key,
    read_task_center_key,
)
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.full_paths import full_path
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.plain_values import plain

OWN = "fsm_destination_service_key"
TASK_CENTER = "fsm_task_center_service_key"
READERS: dict[str, tuple[str, t.Callable[[t.Any], ServiceKey]]] = {
    OWN: ("the Destination Service", lambda value: read_service_key({"service_key": value}, OWN)),
    TASK_CENTER: ("Task Center", lambda value: read_task_center_key(value, TASK_CENTER)),
}


def read_variables(given: dict[str, t.Any], on_controller: bool) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return per variable the subaccount of its key, as far as that can be known here, and the findings.

    :param given: variables and their values, None where one is not set
    :param on_controller: whether the files that they name are ones of this machine
    """
    subaccounts, findings = {}, []
    for variable, (system, read) in READERS.items():
        # A vaulted text is no str of its own before ansible-core 2.19.
        value = plain(given.get(variable))
        if isinstance(value, str) and value and is_file_name(value):
            value = full_path(value, os.environ)
            if not on_controller:
                continue
        if value:
            try:
                subaccounts[variable] = read(value).tenant_host
            except InputError as error:
                findings.append(_unusable(error, system))
        elif variable == OWN:
            findings.append(_unusable(InputError(f"{OWN} is not set.", NEW_KEY.format(name=OWN)), system))
    return subaccounts, findings


def _unusable(error: InputError, system: str) -> dict[str, str]:
    return found("service_key_unusable", error=error.problem, system=system, todo=error.todo)
