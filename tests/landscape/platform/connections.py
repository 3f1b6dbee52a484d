# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP connections: what is to be known of one, and how to end one as a failing network does."""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
import typing as t

_connections = itertools.count(1)


def end_by_reset(transport: asyncio.BaseTransport) -> None:
    """Close a connection at once, so that the other side receives a TCP RST."""
    # The other side, or that of a tunnel, may have closed it already: then there is nothing left to reset, and a TLS
    # transport does not even answer what it was.
    if transport.is_closing():
        return
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.fileno() != -1:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


def connection_facts(transport: asyncio.Transport) -> dict[str, t.Any]:
    """Return what faults and the record of requests need to know of a connection, when it has just been made."""
    return {"transport": transport, "number": next(_connections)}
