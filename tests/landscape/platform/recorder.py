# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A record of every request that reached the landscape."""

from __future__ import annotations

import typing as t
from collections import deque
from dataclasses import dataclass

from starlette.datastructures import Headers

if t.TYPE_CHECKING:
    from datetime import datetime

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .clock import Clock

# The record forgets its oldest requests beyond this many, so that a landscape can run for days.
CAPACITY = 200_000


@dataclass(frozen=True)
class RecordedRequest:
    """A request that was answered, or (``status`` is None) whose connection broke before."""

    method: str
    host: str
    path: str
    query: str
    status: int | None
    # Name of the environment on whose behalf it came; None when nothing in it says so.
    environment: str | None
    user_agent: str
    at: datetime
    # Number of the TLS connection on which it came: two requests of the same one shared it.
    connection: int
    # Names of the faults that struck it.
    faults: tuple[str, ...] = ()


class Recorder:
    """ASGI middleware that keeps a record of requests in the order of their completion."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._requests: deque[RecordedRequest] = deque(maxlen=CAPACITY)

    def requests(self, environment: str | None = None) -> list[RecordedRequest]:
        """Return the recorded requests of one environment, or (None) all of them."""
        recorded = list(self._requests)
        return recorded if environment is None else [item for item in recorded if item.environment == environment]

    def forget(self) -> None:
        """Empty the record."""
        self._requests.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and record it."""
        at = self._clock.now()
        status: int | None = None

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            headers = Headers(scope=scope)
            self._requests.append(
                RecordedRequest(
                    method=scope["method"],
                    host=headers.get("host", "").partition(":")[0].lower(),
                    path=scope["path"],
                    query=scope["query_string"].decode("latin-1"),
                    status=status,
                    environment=scope.get("landscape.environment"),
                    user_agent=headers.get("user-agent", ""),
                    at=at,
                    connection=scope["extensions"]["landscape"]["number"],
                    faults=scope.get("landscape.faults", ()),
                )
            )
