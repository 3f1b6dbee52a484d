# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service keys among a module's options and the role's variables; what is wrong with one is a finding."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import (
    FIELD_OF_OPTION,
    NEW_KEY,
    ServiceKey,
    read_service_key,
    read_task_center_key,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import Values, variable
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import is_blank
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Params
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding

OWN = variable("destination_service_key")
TASK_CENTER = variable("task_center_service_key")


def read_key(params: Params) -> tuple[ServiceKey | None, Findings]:
    """Return the service key of the Destination Service, or the finding why there is none.

    :param params: a module's options
    """
    try:
        if all(is_blank(params.get(option)) for option in ("service_key", *FIELD_OF_OPTION)):
            raise InputError(f"{OWN} is not set.", NEW_KEY.format(name=OWN))
        return read_service_key(params, OWN), []
    except InputError as error:
        return None, [_unusable(error, "the Destination Service")]


def read_keys(params: Params, values: Values) -> tuple[ServiceKey | None, Findings]:
    """Return the service key of the Destination Service, and what is wrong with it and with Task Center's.

    :param params: the module's options
    :param values: of the role's variables, by name
    """
    key, results = read_key(params)
    other = None
    if not is_blank(values["task_center_service_key"]):
        try:
            other = read_task_center_key(values["task_center_service_key"], TASK_CENTER)
        except InputError as error:
            results.append(_unusable(error, "Task Center"))
    if key and other and key.tenant_host != other.tenant_host:
        facts = {"own": key.tenant_host, "other": other.tenant_host}
        results.append(finding("task_center_of_other_subaccount", **facts))
    return key, results


def _unusable(error: InputError, system: str) -> dict[str, t.Any]:
    return finding("service_key_unusable", error=error.problem, system=system, remedy=error.remedy)
