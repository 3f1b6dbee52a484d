# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Destination Service's "find destination": the first match on all levels, with what authorizes a call to it."""

from __future__ import annotations

import typing as t

from .configuration_store import NOT_FOUND
from .operations import conditional
from .token_retrieval import auth_tokens
from .web import ServiceError

if t.TYPE_CHECKING:
    from starlette.responses import Response

    from .operations import Call

# What $skipCredentials leaves out.
CREDENTIAL_PROPERTIES = frozenset({"Password", "clientSecret", "tokenServicePassword"})


async def find_destination(call: Call) -> Response:
    """Return the destination of the service instance or, without one, of the subaccount."""
    caller, name = call.caller, call.request.path_params["name"]
    entry = caller.instance.destinations.entry(name)
    owning_instance = caller.instance.id if entry else None
    entry = entry or caller.subaccount.destinations.entry(name)
    if entry is None:
        raise ServiceError(404, NOT_FOUND)
    configuration = entry.configuration
    if _flag(call, "$skipCredentials"):
        configuration = {key: value for key, value in configuration.items() if key not in CREDENTIAL_PROPERTIES}
    found: dict[str, t.Any] = {
        "owner": {"SubaccountId": caller.subaccount.id, "InstanceId": owning_instance},
        "destinationConfiguration": configuration,
    }
    if not _flag(call, "$skipTokenRetrieval"):
        tokens = await auth_tokens(call, entry.configuration)
        if tokens:
            found["authTokens"] = tokens
    return conditional(call.request, entry.etag, found)


def _flag(call: Call, name: str) -> bool:
    return call.request.query_params.get(name, "").lower() == "true"
