# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A gateway on loopback that hands requests on to the landscape over real TLS, and fails where a test asks for it."""

from __future__ import annotations

import json
import os
import socket
import ssl
import threading
import typing as t
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from landscape import Environment, Landscape
from landscape.platform.clock import Clock
from landscape.platform.pki import Authority, distinguished_name, load_server_certificate

LOOPBACK = "127.0.0.1"
# Headers that belong to one connection.
OWN_HEADERS = {"host", "connection", "content-length", "transfer-encoding", "content-encoding"}


@dataclass(frozen=True)
class Fault:
    """What happens to one request instead of an answer.

    Args:
        status: status of the answer; None when the connection breaks before one.
        body: content of the answer: text, or what becomes JSON.
        headers: headers of the answer.
        carried_out: whether the landscape carries the request out all the same.
        cut: whether the connection breaks in the middle of the body.
        garbage: whether the answer is bytes that are no TLS.
    """

    status: int | None = None
    body: t.Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    carried_out: bool = False
    cut: bool = False
    garbage: bool = False


@dataclass(frozen=True)
class Seen:
    """A request as it arrived at the gateway."""

    method: str
    path: str
    authorization: str
    user_token: str | None


class _Protocol(HttpToolsProtocol):
    """Lets an application break the connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        t.cast("dict[str, t.Any]", self.scope)["extensions"] = {
            "break": {"connection": self.transport.abort, "tls": self._send_no_tls}
        }

    def _send_no_tls(self) -> None:
        os.write(self.transport.get_extra_info("socket").fileno(), b"HTTP/1.1 200 OK\r\n\r\n")


class Gateway:
    """The gateway, a context manager: inside the ``with`` block it listens at ``url``."""

    def __init__(self, landscape: Landscape, folder: Path) -> None:
        self._landscape = landscape
        self._trusted = ssl.create_default_context(cafile=str(landscape.ca_file))
        authority = Authority(distinguished_name(CN="Gateway CA"), Clock())
        self.ca_file = folder / "gateway.pem"
        self.ca_file.write_text(authority.pem, encoding="ascii")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        load_server_certificate(context, *authority.issue_server(["localhost"], [LOOPBACK]))
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_level="error",
            timeout_graceful_shutdown=1,
            # The time is that of the system behind it, or as a test says.
            date_header=False,
            ssl_context_factory=lambda _config, _default: context,
        )
        self._server = uvicorn.Server(config)

    def __enter__(self) -> Gateway:
        """Start listening."""
        # It listens before the server runs: who comes early waits for the handshake.
        self._socket = socket.create_server((LOOPBACK, 0))
        self.url = f"https://{LOOPBACK}:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="gateway", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop listening."""
        self._server.should_exit = True
        self._thread.join()

    def lead_to(self, environment: Environment) -> None:
        """Hand requests on for this environment from now on, without faults."""
        self._environment = environment
        self._faults: list[tuple[str, str, Fault]] = []
        self.seen: list[Seen] = []

    @property
    def service_key(self) -> dict[str, str]:
        """The environment's service key, with the gateway in place of the real hosts."""
        return {**self._environment.service_key.credentials(), "uri": self.url, "url": self.url}

    def fail(self, method: str, path_end: str, *faults: Fault) -> None:
        """Let the next requests of this method, and to a path that ends like this, fail, each in its way."""
        self._faults += [(method, path_end, fault) for fault in faults]

    def count(self, method: str, path_end: str) -> int:
        """Return how many requests of this method, and to a path that ends like this, arrived."""
        return sum(request.method == method and request.path.endswith(path_end) for request in self.seen)

    async def _serve(self, scope: t.Any, receive: t.Any, send: t.Any) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self.seen.append(
            Seen(
                request.method,
                scope["raw_path"].decode(),
                request.headers.get("authorization", ""),
                request.headers.get("x-user-token"),
            )
        )
        fault = self._next_fault(request)
        if fault is None:
            await (await self._forward(request, body))(scope, receive, send)
            return
        if fault.carried_out:
            await self._forward(request, body)
        if fault.garbage:
            scope["extensions"]["break"]["tls"]()
        elif fault.status is not None:
            content = fault.body if isinstance(fault.body, str) else json.dumps(fault.body)
            headers = {"Content-Length": "100000", **fault.headers} if fault.cut else fault.headers
            response = Response(content, fault.status, headers)
            if not fault.cut:
                await response(scope, receive, send)
                return
            await send({"type": "http.response.start", "status": fault.status, "headers": response.raw_headers})
            await send({"type": "http.response.body", "body": response.body, "more_body": True})
        scope["extensions"]["break"]["connection"]()
        await receive()

    def _next_fault(self, request: Request) -> Fault | None:
        for entry in self._faults:
            method, path_end, fault = entry
            if request.method == method and request.url.path.endswith(path_end):
                self._faults.remove(entry)
                return fault
        return None

    async def _forward(self, request: Request, body: bytes) -> Response:
        key = self._environment.service_key.credentials()
        path = request.scope["raw_path"].decode()
        host = urlsplit(key["url" if path == "/oauth/token" else "uri"]).hostname or ""
        headers = {name: value for name, value in request.headers.items() if name not in OWN_HEADERS}
        async with httpx.AsyncClient(verify=self._trusted, trust_env=False) as client:
            answer = await client.request(
                request.method,
                f"https://{LOOPBACK}:{self._landscape.port}{path}?{request.url.query}".rstrip("?"),
                content=body,
                headers={**headers, "host": host},
            )
        kept = {name: value for name, value in answer.headers.items() if name not in OWN_HEADERS}
        return Response(answer.content, answer.status_code, kept)
