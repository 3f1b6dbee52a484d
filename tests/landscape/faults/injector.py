# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where faults strike: between the landscape's server and its systems."""

from __future__ import annotations

import asyncio
import functools
import typing as t
from datetime import timedelta
from email.utils import format_datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ..platform.connections import end_by_reset
from .echo import quotation
from .effects import (
    Callback,
    Echo,
    ExpiringToken,
    Fault,
    Lag,
    Latency,
    LostAnswer,
    NotJson,
    Pause,
    RefusedConnection,
    ResetConnection,
    RevokedToken,
    Status,
    TruncatedBody,
)

if t.TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ..platform.clock import Clock
    from .arrivals import Identifier
    from .earlier_states import EarlierStates
    from .effects import Arrival, Effect, Faults, When

Kind = t.TypeVar("Kind", bound="Effect")

_GATEWAY_PAGE = b"<!DOCTYPE html>\n<html><head><title>Service</title></head><body>Please wait.</body></html>\n"
# Requests with these methods read only.
_READS = ("GET", "HEAD")


class FaultInjector:
    """ASGI middleware that lets the faults strike which are switched on, and costs nothing without any."""

    def __init__(
        self, app: ASGIApp, faults: Faults, identifier: Identifier, states: EarlierStates, clock: Clock
    ) -> None:
        self._app = app
        self._faults = faults
        self._identifier = identifier
        self._states = states
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or what is left of it."""
        if not self._faults:
            await self._app(scope, receive, send)
            return
        arrival = self._identifier.arrival(scope)
        # The landscape's own switches always work.
        if arrival.system == "control":
            await self._app(scope, receive, send)
            return
        faults = self._faults.strike(arrival)
        if faults:
            # Its system may never see it, and so not note on whose behalf it came.
            scope.setdefault("landscape.environment", arrival.environment)
            scope["landscape.faults"] = tuple(type(fault.effect).__name__ for fault in faults)
        await _Struck(self, scope, receive, send, arrival, faults).serve()

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the systems."""
        await self._app(scope, receive, send)

    def weaken_token(self, scope: Scope, *, revoke: bool) -> None:
        """Make a revoked token of the request unacceptable; revoke it first if asked to."""
        token = self._identifier.bearer_token(scope)
        if token is None:
            return
        if revoke:
            self._faults.revoked_tokens.add(token)
        if token in self._faults.revoked_tokens:
            headers = [header for header in scope["headers"] if header[0] != b"authorization"]
            scope["headers"] = [*headers, (b"authorization", b"Bearer revoked")]

    def choose_state(self, scope: Scope, lags: list[Lag]) -> None:
        """Remember what a write may change, as it is before; show a read, if it lags, the state of some time ago."""
        if not any(isinstance(fault.effect, Lag) for fault in self._faults):
            return
        if scope["method"] in _READS:
            if lags:
                scope["landscape.as_seen"] = self._states.as_of(timedelta(seconds=max(lag.seconds for lag in lags)))
            return
        acting = self._identifier.acting(scope)
        if acting:
            scope["landscape.write"] = self._states.remember(*acting)

    def note_write(self, scope: Scope) -> None:
        """Let a write count from its end on: it may have taken its time, as the generation of a key does."""
        write = scope.get("landscape.write")
        if write is not None:
            write.at = self._clock.now()

    def refusal(self, effect: Status) -> Response:
        """Return the answer of a system that refuses."""
        headers = {}
        if effect.retry_after is not None:
            headers["Retry-After"] = str(effect.retry_after)
            if effect.retry_after_as_date:
                moment = self._clock.now() + timedelta(seconds=effect.retry_after)
                headers["Retry-After"] = format_datetime(moment, usegmt=True)
        return Response(effect.body, effect.status, headers, effect.content_type)


class _Struck:
    """One request and the faults that struck it."""

    def __init__(
        self,
        injector: FaultInjector,
        scope: Scope,
        receive: Receive,
        send: Send,
        arrival: Arrival,
        faults: list[Fault],
    ) -> None:
        self._injector = injector
        self._scope = scope
        self._receive = receive
        self._send = send
        self._arrival = arrival
        self._effects = [fault.effect for fault in faults]

    def _all(self, kind: type[Kind]) -> list[Kind]:
        return [effect for effect in self._effects if isinstance(effect, kind)]

    def _any(self, *kinds: type[Effect]) -> bool:
        return any(isinstance(effect, kinds) for effect in self._effects)

    async def serve(self) -> None:
        """Serve the request as the faults let it be served."""
        for latency in self._all(Latency):
            await asyncio.sleep(latency.seconds)
        if not await self._goes_on("before") or self._any(RefusedConnection, ResetConnection):
            await break_connection(self._scope, self._receive)
            return
        for echo in self._all(Echo):
            request = Request(self._scope, self._receive)
            answer = PlainTextResponse(quotation(echo, request.headers, await request.body()), echo.status)
            await answer(self._scope, self._receive, self._send)
            return
        refusals = self._all(Status)
        if refusals:
            await self._injector.refusal(refusals[0])(self._scope, self._receive, self._send)
            return
        self._injector.weaken_token(self._scope, revoke=self._any(RevokedToken))
        for expiring in self._all(ExpiringToken):
            self._scope["landscape.token_lifetime"] = expiring.lifetime
        self._injector.choose_state(self._scope, self._all(Lag))
        try:
            await self._answer()
        finally:
            self._injector.note_write(self._scope)

    async def _answer(self) -> None:
        if not self._any(LostAnswer, TruncatedBody, NotJson, Callback, Pause):
            await self._injector.handle(self._scope, self._receive, self._send)
            return
        messages: list[Message] = []

        async def hold(message: Message) -> None:
            messages.append(message)

        await self._injector.handle(self._scope, self._receive, hold)
        if not await self._goes_on("after") or self._any(LostAnswer):
            await break_connection(self._scope, self._receive)
            return
        start, body = messages[0], b"".join(message.get("body", b"") for message in messages[1:])
        if self._any(TruncatedBody) and (not body or self._scope["method"] == "HEAD"):
            # Nothing of an empty body could be missing: its client would notice nothing.
            await break_connection(self._scope, self._receive, reset=False)
            return
        if self._any(NotJson):
            body = _GATEWAY_PAGE
            kept = [item for item in start["headers"] if item[0] not in (b"content-type", b"content-length")]
            length = str(len(body)).encode()
            start = {**start, "headers": [*kept, (b"content-type", b"text/html"), (b"content-length", length)]}
        await self._send(start)
        if self._any(TruncatedBody):
            await self._send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            await break_connection(self._scope, self._receive, reset=False)
            return
        await self._send({"type": "http.response.body", "body": body})

    async def _goes_on(self, when: When) -> bool:
        """Wait as long as callbacks and pauses want; say whether the request, or its answer, goes on."""
        for callback in self._all(Callback):
            if callback.when == when:
                await asyncio.to_thread(functools.partial(callback.function, self._arrival))
        going = True
        for pause in self._all(Pause):
            if pause.when == when:
                pause.arrive()
                going = await asyncio.wrap_future(pause.released) and going
        return going


async def break_connection(scope: Scope, receive: Receive, *, reset: bool = True) -> None:
    """End a request's connection without an (or any further) answer: by TCP RST, or else by closing it."""
    transport: asyncio.Transport = scope["extensions"]["landscape"]["transport"]
    if reset:
        end_by_reset(transport)
    else:
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
