# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destinations as applications read them, with what authorizes a call: "find" (v1) and "consume" (v2) a destination.

Destination chains (header ``X-chain-name``) are predefined by the service, and what they do is not public: asked for,
they are refused.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ..platform.web import PlainServiceError, ServiceError
from ..subaccount.configuration_store import NOT_FOUND, etag_of
from .destination_rules import CREDENTIAL_PROPERTIES
from .operations import conditional
from .token_retrieval import auth_tokens

if t.TYPE_CHECKING:
    from starlette.responses import Response

    from ..subaccount.configuration_store import Configuration, ConfigurationStore, Level
    from .operations import Call

# Which level a name without "@level" refers to (OpenAPI description, "Consume a destination").
DEFAULT_LEVEL = "instance"
# Headers that exclude each other.
EXCLUSIVE_HEADERS = (
    ("X-user-token", "X-tenant"),
    ("X-client-assertion", "X-client-assertion-destination-name"),
    ("X-client-assertion-type", "X-client-assertion-destination-name"),
)
# Properties that name a certificate or keystore which the caller needs.
CERTIFICATE_PROPERTIES = ("KeyStoreLocation", "TrustStoreLocation")
# The one that the service itself needs, and the caller when it fetches the token instead.
TOKEN_SERVICE_KEYSTORE = "tokenService.KeyStoreLocation"


@dataclass(frozen=True)
class Found:
    """A destination, merged with its fragment, and the level it was found on."""

    configuration: Configuration
    etag: str
    level_name: str
    level: Level


async def find_destination(call: Call) -> Response:
    """Return the first destination of this name: of the service instance or, without one, of the subaccount."""
    _check_request(call)
    for level_name in ("instance", "subaccount"):
        level = call.caller.level(level_name)
        if call.request.path_params["name"] in level.destinations:
            # The fragment is looked up where the destination is.
            found = _merged(call, level_name, level.fragments, call.request.headers.get("x-fragment-name"))
            return await _answer(call, found, {"owner": _owner(call, level_name)})
    raise ServiceError(404, NOT_FOUND)


async def consume_destination(call: Call) -> Response:
    """Return the destination of this name on the level that is named with it."""
    _check_request(call)
    metadata = call.request.query_params.get("$includeMetadata")
    if metadata not in (None, "owner"):
        raise PlainServiceError(400, "$includeMetadata supports owner")
    level_name = call.request.path_params.get("level", DEFAULT_LEVEL)
    fragment, _unused, fragment_level = call.request.headers.get("x-fragment-name", "").partition("@")
    # Without a level of its own, a fragment has the destination's (SAP BTP Connectivity's guide).
    fragment_level = fragment_level or level_name
    if fragment:
        _check_mix(call, {level_name, fragment_level})
    fragments = _level(call, fragment_level).fragments
    found = _merged(call, level_name, fragments, fragment or None)
    return await _answer(call, found, {}, with_owner=metadata is not None)


def _check_request(call: Call) -> None:
    headers = call.request.headers
    for one, other in EXCLUSIVE_HEADERS:
        if one in headers and other in headers:
            raise PlainServiceError(400, f"Headers {one} and {other} exclude each other")
    if "x-chain-name" in headers:
        raise PlainServiceError(400, f"There is no destination chain named {headers['x-chain-name']}")
    flags = {name: call.request.query_params.get(name) for name in ("$skipCredentials", "$skipTokenRetrieval")}
    flags["X-fragment-optional"] = headers.get("X-fragment-optional")
    for name, value in flags.items():
        if value is not None and value.lower() not in ("true", "false"):
            raise PlainServiceError(400, f"{name} must be true or false")


def _check_mix(call: Call, levels: set[str]) -> None:
    """Refuse a subscriber who refers to its own subaccount together with any other level."""
    if call.caller.subaccount is not call.caller.instance.subaccount and "subaccount" in levels and len(levels) > 1:
        raise PlainServiceError(400, "For a subscriber, level subaccount cannot be combined with another level")


def _level(call: Call, name: str) -> Level:
    try:
        return call.caller.level(name)
    except KeyError:
        raise PlainServiceError(400, f"There is no level {name}") from None


def _merged(call: Call, level_name: str, fragments: ConfigurationStore, fragment_name: str | None) -> Found:
    level = _level(call, level_name)
    destination = level.destinations.entry(call.request.path_params["name"])
    if destination is None:
        raise ServiceError(404, NOT_FOUND)
    fragment = None if fragment_name is None else fragments.entry(fragment_name)
    if fragment is not None:
        # A fragment overrides and extends; its name says that it was found.
        configuration = {**destination.configuration, **fragment.configuration}
        return Found(configuration, etag_of(configuration), level_name, level)
    if fragment_name is not None and call.request.headers.get("x-fragment-optional", "").lower() != "true":
        raise ServiceError(404, f"Destination fragment {fragment_name} was not found")
    return Found(destination.configuration, destination.etag, level_name, level)


async def _answer(call: Call, found: Found, answer: dict[str, t.Any], *, with_owner: bool = False) -> Response:
    skip_tokens = _flag(call, "$skipTokenRetrieval")
    configuration: dict[str, t.Any] = dict(found.configuration)
    if _flag(call, "$skipCredentials"):
        configuration = {key: value for key, value in configuration.items() if key not in CREDENTIAL_PROPERTIES}
    certificates: list[dict[str, t.Any]] = [
        dict(found.level.certificates[name])
        for name in _certificate_names(found.configuration, skip_tokens)
        if name in found.level.certificates
    ]
    if with_owner:
        for item in (configuration, *certificates):
            item["$metadata"] = {"owner": _owner(call, found.level_name)}
    answer["destinationConfiguration"] = configuration
    if certificates:
        answer["certificates"] = certificates
    if not skip_tokens:
        tokens = await auth_tokens(call, found.configuration)
        if tokens:
            answer["authTokens"] = tokens
    return conditional(call.request, found.etag, answer)


def _certificate_names(configuration: Configuration, skip_tokens: bool) -> list[str]:
    properties = [*CERTIFICATE_PROPERTIES, *([TOKEN_SERVICE_KEYSTORE] if skip_tokens else [])]
    return list(dict.fromkeys(configuration[key] for key in properties if key in configuration))


def _owner(call: Call, level_name: str) -> dict[str, str | None]:
    caller = call.caller
    subaccount = caller.instance.subaccount if level_name.startswith("provider_") else caller.subaccount
    return {
        "SubaccountId": subaccount.id,
        "InstanceId": caller.instance.id if level_name.endswith("instance") else None,
    }


def _flag(call: Call, name: str) -> bool:
    return call.request.query_params.get(name, "").lower() == "true"
