# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The landscape's HTTPS server: one port for all systems, distinguished by the Host header."""

from __future__ import annotations

import asyncio
import re
import ssl
import typing as t

import uvicorn
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .connections import connection_facts

if t.TYPE_CHECKING:
    import socket

    from starlette.types import ASGIApp, Receive, Scope, Send


class System(t.NamedTuple):
    """A system of the landscape: its name, its host names, and what serves them."""

    name: str
    host: re.Pattern[str]
    # The part of the host name that has to exist.
    group: str
    existing: t.Container[str]
    app: ASGIApp


class HostRouter:
    """An ASGI application that hands each request to the system whose host name it was sent to."""

    def __init__(self) -> None:
        self._systems: list[System] = []

    def add(self, name: str, host: re.Pattern[str], group: str, existing: t.Container[str], app: ASGIApp) -> None:
        """Let a system serve the host names that match a pattern and whose ``group`` (region, cluster) exists."""
        self._systems.append(System(name, host, group, existing, app))

    def resolve(self, host: str) -> tuple[System, dict[str, str | None]] | None:
        """Return the system of a host name and the parts of the name, None when the landscape has none of that name."""
        for system in self._systems:
            match = system.host.fullmatch(host)
            if match and match[system.group] in system.existing:
                return system, match.groupdict()
        return None

    def name(self, host: str) -> tuple[str | None, dict[str, str | None]]:
        """Return the name of a host's system, None without one, and the parts of the host name."""
        system, parts = self.resolve(host) or (None, {})
        return (system.name if system else None), parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        host = Headers(scope=scope).get("host", "").partition(":")[0].lower()
        system = self.resolve(host)
        if system is None:
            response = PlainTextResponse(f"The landscape has no host named {host!r}", 404)
            await response(scope, receive, send)
            return
        served, scope["landscape.host"] = system
        await served.app(scope, receive, send)


class _Protocol(HttpToolsProtocol):
    """Adds the client's certificate to each request, in the form of ASGI's TLS extension, and what faults need."""

    _client_cert_chain: tuple[str, ...] = ()
    _facts: t.Mapping[str, t.Any]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._facts = connection_facts(transport)
        connection = transport.get_extra_info("ssl_object")
        certificate = connection.getpeercert(binary_form=True) if connection else None
        if certificate:
            self._client_cert_chain = (ssl.DER_cert_to_PEM_cert(certificate),)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions = t.cast("dict[str, t.Any]", self.scope.setdefault("extensions", {}))
        extensions["tls"] = {"client_cert_chain": self._client_cert_chain}
        extensions["landscape"] = self._facts


class HttpsServer(uvicorn.Server):
    """A uvicorn server on a bound socket, which reports when it listens."""

    def __init__(self, app: ASGIApp, context: ssl.SSLContext) -> None:
        config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_level="warning",
            server_header=False,
            # The landscape's clock gives the time (clock.py).
            date_header=False,
            timeout_graceful_shutdown=1,
            ssl_context_factory=lambda _config, _default: context,
        )
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening."""
        await super().startup(sockets)
        self.listening.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, without waiting for clients that keep their connections open."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)
