# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The landscape's time: the machine's, moved by whatever a test asks for."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

if t.TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Clock:
    """Every system of the landscape asks this clock, so that tokens and certificates can be made to expire."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(timezone.utc) + self._offset

    def timestamp(self) -> int:
        """Return the present moment in whole seconds since 1970, as JWTs count."""
        return int(self.now().timestamp())

    def after(self, seconds: float) -> datetime:
        """Return the moment this many seconds from now."""
        return self.now() + timedelta(seconds=seconds)

    def advance(self, seconds: float) -> None:
        """Move the clock forward (backward, if negative) by this many seconds."""
        self._offset += timedelta(seconds=seconds)


class Dated:
    """ASGI middleware: answers carry the time by the landscape's clock, as those of a system carry that of its own."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and date its answer."""

        async def date(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = format_datetime(self._clock.now(), usegmt=True).encode()
                message = {**message, "headers": [*message.get("headers", []), (b"date", now)]}
            await send(message)

        await self._app(scope, receive, date)
