# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The landscape's forward proxy: what makes the real host names lead to the landscape, and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import typing as t
from http import HTTPStatus

import h11

from .connections import end_by_reset

# What a peer may send before it has to wait for the other one to read it.
CHUNK = 65536
HTTPS_PORT = 443


class ConnectProxy:
    """An HTTP proxy that knows one method, CONNECT, and one destination, the landscape's own HTTPS port."""

    def __init__(
        self, knows_host: t.Callable[[str], bool], refuses: t.Callable[[str], bool], target: tuple[str, int]
    ) -> None:
        self._knows_host = knows_host
        self._refuses = refuses
        self._target = target
        self._tunnels: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of a client, in a task of its own."""
        task = asyncio.create_task(self._handle(reader, writer))
        self._tunnels.add(task)
        task.add_done_callback(self._tunnels.discard)

    async def close(self) -> None:
        """Close all tunnels."""
        for tunnel in list(self._tunnels):
            tunnel.cancel()
        await asyncio.gather(*self._tunnels, return_exceptions=True)

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # A client may go away at any moment.
            with contextlib.suppress(ConnectionError):
                await self._serve(reader, writer)
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        try:
            request = await _read_request(connection, reader)
        except h11.RemoteProtocolError as error:
            await _answer(connection, writer, error.error_status_hint, str(error))
            return
        if request is None:
            return
        status, reason = self._evaluate(request)
        if status != 200:
            await _answer(connection, writer, status, reason)
            return
        upstream_reader, upstream_writer = await asyncio.open_connection(*self._target)
        try:
            writer.write(
                connection.send(h11.Response(status_code=200, headers=[], reason=b"Connection established")) or b""
            )
            upstream_writer.write(connection.trailing_data[0])
            await asyncio.gather(_splice(reader, upstream_writer), _splice(upstream_reader, writer))
        finally:
            upstream_writer.close()

    def _evaluate(self, request: h11.Request) -> tuple[int, str]:
        if request.method != b"CONNECT":
            return 405, "This proxy serves CONNECT only"
        host, _unused, port = request.target.decode("ascii").rpartition(":")
        if port != str(HTTPS_PORT):
            return 403, f"This proxy leads to port {HTTPS_PORT} only"
        if not self._knows_host(host.lower()):
            return 502, f"The landscape has no host named {host}"
        if self._refuses(host.lower()):
            return 502, f"Connection to {host} refused"
        return 200, ""


async def _read_request(connection: h11.Connection, reader: asyncio.StreamReader) -> h11.Request | None:
    while True:
        event = connection.next_event()
        if isinstance(event, h11.Request):
            # For CONNECT, the end of the message is due at once; what follows belongs to the tunnel.
            connection.next_event()
            return event
        if event is not h11.NEED_DATA:
            return None
        connection.receive_data(await reader.read(CHUNK))


async def _answer(connection: h11.Connection, writer: asyncio.StreamWriter, status: int, reason: str) -> None:
    body = f"{reason}\n".encode()
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), ("Connection", "close")]
    if status == 405:
        headers.append(("Allow", "CONNECT"))
    for event in (
        h11.Response(status_code=status, headers=headers, reason=HTTPStatus(status).phrase),
        h11.Data(data=body),
        h11.EndOfMessage(),
    ):
        writer.write(connection.send(event) or b"")
    await writer.drain()


async def _splice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy from one side of a tunnel to the other until the first one ends."""
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    except ConnectionResetError:
        # What happened to one side of the tunnel happens to the other.
        end_by_reset(writer.transport)
    except ConnectionError:
        pass
    # Each direction ends for itself: the other one may have something to say still.
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()
