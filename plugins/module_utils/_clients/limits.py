# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one answer may cost, in seconds and in bytes, whatever a system sends.

A timeout of the libraries counts from one byte to the next: headers that trickle, ``100 Continue`` without an end and a
body of a byte per second never meet it. So every socket waits no longer than until the moment at which the request has
to be over. A body is counted as it is unpacked, in small pieces, so that a few bytes do not become gigabytes.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
import typing as t

try:
    from urllib3.connection import HTTPSConnection
    from urllib3.connectionpool import HTTPSConnectionPool
    from urllib3.exceptions import DecodeError, IncompleteRead, ProtocolError
except ImportError:
    # The module's shell reports missing libraries before a session is made.
    HTTPSConnection = HTTPSConnectionPool = object  # type: ignore[assignment,misc]

MIB = 2**20  # bytes
# Bytes that are unpacked at a time: gzip makes at most a thousand times as many of them.
PIECE = 2048
PACKINGS = "gzip, deflate"

_request = threading.local()


class TooLarge(Exception):
    """An answer is larger than a task accepts."""


@contextlib.contextmanager
def over_within(seconds: float) -> t.Iterator[None]:
    """Let every socket that this thread uses meanwhile wait no longer than until this many seconds have passed."""
    _request.end = time.monotonic() + seconds
    try:
        yield
    finally:
        del _request.end


def seconds_left() -> float:
    """Return the seconds until the request of this thread has to be over; infinite without one."""
    end: float | None = getattr(_request, "end", None)
    return float("inf") if end is None else end - time.monotonic()


class _PunctualSocket(socket.socket):
    """A socket that waits no longer than the request may last."""

    _patience: float | None = None

    def settimeout(self, value: float | None) -> None:
        """Set how long to wait for the next bytes, in seconds."""
        self._patience = value
        super().settimeout(value)

    def recv_into(self, *args: t.Any, **options: t.Any) -> int:
        """Receive bytes."""
        _limit(self, self._patience)
        return super().recv_into(*args, **options)

    def recv(self, *args: t.Any) -> bytes:
        """Receive bytes."""
        _limit(self, self._patience)
        return super().recv(*args)


class PunctualTlsSocket(ssl.SSLSocket):
    """A TLS connection that waits no longer than the request may last. A handshake has a limit of its own."""

    _patience: float | None = None

    def settimeout(self, value: float | None) -> None:
        """Set how long to wait for the next bytes, in seconds."""
        self._patience = value
        super().settimeout(value)

    def read(self, *args: t.Any) -> t.Any:
        """Receive bytes, in all the ways there are."""
        _limit(self, self._patience)
        return super().read(*args)

    def send(self, *args: t.Any) -> int:
        """Send bytes, all of them in the end."""
        _limit(self, self._patience)
        return super().send(*args)


def _limit(waiting: socket.socket, patience: float | None) -> None:
    """Let the next operation of a socket wait as long as it may.

    :raises TimeoutError: it may not any more
    """
    left = seconds_left()
    if left <= 0:
        raise TimeoutError("the request takes too long")
    if left != float("inf"):
        # Not its own method, which would take this for the patience.
        socket.socket.settimeout(waiting, left if patience is None else min(patience, left))


class _PunctualConnection(HTTPSConnection):
    """A connection that begins with a socket which is on time: what a proxy answers comes before TLS."""

    def _new_conn(self) -> socket.socket:
        plain = super()._new_conn()
        timeout = plain.gettimeout()
        punctual = _PunctualSocket(fileno=plain.detach())
        punctual.settimeout(timeout)
        return punctual


class PunctualPool(HTTPSConnectionPool):
    """Connections that are on time."""

    ConnectionCls = _PunctualConnection


class LimitedBody:
    """The answer of urllib3 as requests reads it, but no more of its body than is accepted.

    :param raw: that answer
    :param most: bytes that it may have once it is unpacked
    """

    def __init__(self, raw: t.Any, most: int) -> None:
        self._raw, self._most = raw, most

    def __getattr__(self, name: str) -> t.Any:
        return getattr(self._raw, name)

    def stream(self, _amount: int, decode_content: bool | None = None) -> t.Iterator[bytes]:
        """Return the body piece by piece.

        :raises TooLarge: there is more of it
        :raises DecodeError: it is packed in a way that was not asked for
        :raises ProtocolError: it is cut off
        """
        packing = self._raw.headers.get("Content-Encoding", "")
        if packing.strip().lower() not in ("", "identity", *PACKINGS.split(", ")):
            self._raw.close()
            raise DecodeError(f"Content-Encoding is {packing}")
        size = 0
        for piece in self._raw.stream(PIECE, decode_content=decode_content):
            size += len(piece)
            if size > self._most:
                self._raw.close()
                raise TooLarge
            yield piece
        # urllib3 before 2.0 takes a body that is cut off for a whole one.
        missing = _announced(self._raw) - self._raw.tell()
        if missing > 0:
            raise ProtocolError("the answer is cut off", IncompleteRead(self._raw.tell(), missing))


def _announced(raw: t.Any) -> int:
    """Return the length of a body as its header announces it; 0 where it does not, or is not to be believed."""
    length = raw.headers.get("Content-Length", "")
    return int(length) if length.isdigit() and len(length) < 16 and raw.status not in (204, 304) else 0
