# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every operation of the Destination Service is given, and what several of them need."""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from ..platform.web import PlainServiceError, ServiceError

if t.TYPE_CHECKING:
    import httpx
    from starlette.requests import Request

    from ..assumptions import Assumptions
    from ..platform.clock import Clock
    from ..platform.pki import Authority
    from ..subaccount.configuration_store import Configuration, Level
    from ..subaccount.tenants import ServiceInstance, Subaccount
    from ..subaccount.trust import TrustStore
    from .token_cache import TokenCache


def _as_it_is(holder: t.Any) -> t.Any:
    return holder


@dataclass(frozen=True)
class Caller:
    """On whose behalf a request acts: its token says so, nothing else does."""

    # The tenant: the service instance's own subaccount, or one that subscribed to it.
    subaccount: Subaccount
    instance: ServiceInstance
    # What replaces a level, or the trust certificates, by the state in which the caller sees them.
    seen: t.Callable[[t.Any], t.Any] = _as_it_is

    @property
    def assumptions(self) -> Assumptions:
        """What holds of the service as this caller meets it."""
        return self.subaccount.assumptions

    @property
    def trust(self) -> TrustStore:
        """The subaccount's trust certificates."""
        return t.cast("TrustStore", self.seen(self.subaccount.trust))

    def level(self, name: str) -> Level:
        """Return what a level holds, by the level's name in references: ``subaccount``, ``provider_instance``, ...

        Raises:
            KeyError: there is no level of this name.
        """
        provider = self.instance.subaccount
        levels: dict[str, t.Callable[[], Level]] = {
            "instance": lambda: self.instance.level(self.subaccount),
            "subaccount": lambda: self.subaccount.level,
            "provider_instance": lambda: self.instance.level(provider),
            "provider_subaccount": lambda: provider.level,
        }
        return t.cast("Level", self.seen(levels[name]()))


def as_seen(request: Request, caller: Caller) -> Caller:
    """Return the caller, who sees the state that the request shall see."""
    return dataclasses.replace(caller, seen=request.scope.get("landscape.as_seen", caller.seen))


@dataclass(frozen=True)
class Call:
    """An authenticated request, with what its operation may need of the service."""

    request: Request
    caller: Caller
    clock: Clock
    # The service's own way out, to token services.
    outbound: httpx.AsyncClient
    # Issues the client certificates that the service generates.
    client_authority: Authority
    # Bits of the keys that the service generates.
    key_size: int
    # The tokens that the service keeps.
    tokens: TokenCache


Operation = t.Callable[[Call], t.Awaitable[Response]]


@dataclass(frozen=True)
class Draft:
    """A configuration that is fit to be stored, and the password of the keystore in it, if the service made one."""

    configuration: Configuration
    password: str | None = None


def speaking_text(operation: Operation) -> Operation:
    """Return the operation, with its refusals as bare text."""

    async def spoken(call: Call) -> Response:
        try:
            return await operation(call)
        except ServiceError as refusal:
            raise PlainServiceError(refusal.status, refusal.message) from refusal

    return spoken


async def require_empty_body(request: Request) -> None:
    """Refuse a request that has a body.

    Raises:
        ServiceError: 400, with the service's own words.
    """
    if await request.body():
        raise ServiceError(400, "Request body should be empty!")


def conditional(request: Request, etag: str, content: t.Any) -> Response:
    """Answer a read with the resource, or as its ``If-None-Match`` or ``If-Match`` header demands."""
    headers = {"ETag": etag}
    if "if-match" in request.headers and not _names_etag(request.headers["if-match"], etag):
        return Response(status_code=412, headers=headers)
    if "if-none-match" in request.headers and _names_etag(request.headers["if-none-match"], etag):
        return Response(status_code=304, headers=headers)
    return JSONResponse(content, headers=headers)


def _names_etag(header: str, etag: str) -> bool:
    # The service sends its ETags without quotes; clients send them back with or without.
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")}
    return etag in tags or "*" in tags
