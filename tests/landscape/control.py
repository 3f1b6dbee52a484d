# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The landscape's own switches, for one that runs as a program: faults, clock, Task Center's refresh, arrived requests.

This is no system of SAP's. It has a host name of its own, and every request needs the token of the ready file.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from starlette.responses import JSONResponse, Response

from .faults import EFFECTS, Effect, Fault, Faults, Matching, Pause
from .platform.web import ServiceError, application, json_body, resource, same_secret

if t.TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from .platform.clock import Clock
    from .platform.recorder import Recorder

HOST_NAME = "control.simulated-landscape.internal"
HOST = re.compile(r"(?P<name>control)\.simulated-landscape\.internal")
URL = f"https://{HOST_NAME}/v1"

Handler = t.Callable[["Request"], t.Awaitable[Response]]


class Control:
    """The landscape's switches over HTTP."""

    def __init__(
        self,
        token: str,
        faults: Faults,
        clock: Clock,
        recorder: Recorder,
        tick: t.Callable[[], t.Awaitable[None]],
    ) -> None:
        self._token = token
        self._faults = faults
        self._clock = clock
        self._recorder = recorder
        self._tick = tick
        self.app = application(
            [
                self._route("/v1/faults", get=self.list_faults, post=self.add_fault, delete=self.clear_faults),
                self._route("/v1/seed", put=self.seed),
                self._route("/v1/faults/{id:int}", get=self.read_fault, delete=self.remove_fault),
                self._route("/v1/faults/{id:int}/release", post=self.release),
                self._route("/v1/clock", get=self.read_clock, post=self.advance_clock),
                self._route("/v1/task-center/tick", post=self.tick),
                self._route("/v1/requests", get=self.list_requests, delete=self.forget_requests),
            ]
        )

    def _route(self, path: str, **handlers: Handler) -> Route:
        def authenticated(handler: Handler) -> Handler:
            async def handle(request: Request) -> Response:
                given = request.headers.get("authorization", "")
                if not same_secret(given, f"Bearer {self._token}"):
                    raise ServiceError(401, "The token of the ready file is needed")
                return await handler(request)

            return handle

        return resource(path, **{method: authenticated(handler) for method, handler in handlers.items()})

    async def list_faults(self, _request: Request) -> Response:
        """Return all faults with their counts."""
        return JSONResponse([_summary(fault) for fault in self._faults])

    async def add_fault(self, request: Request) -> Response:
        """Switch a fault on: ``{"effect": {"kind": "latency", "seconds": 1}, "match": {...}, "nth": 1}``."""
        body = await json_body(request)
        try:
            matching = body.get("match", {})
            if not all(isinstance(text, str) for text in matching.values()):
                raise TypeError("what a match names is text")
            fault = self._faults.add(
                _effect(body["effect"]),
                Matching(**matching),
                **{key: body[key] for key in ("nth", "times", "probability") if key in body},
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ServiceError(400, f"This describes no fault: {error}") from error
        return JSONResponse(_summary(fault), 201)

    async def seed(self, request: Request) -> Response:
        """Make the chances of faults with a probability repeatable: ``{"seed": 7}``."""
        body = await json_body(request)
        number = body.get("seed") if isinstance(body, dict) else None
        if not isinstance(number, int):
            raise ServiceError(400, "seed must be a whole number")
        self._faults.seed(number)
        return Response(status_code=204)

    async def clear_faults(self, _request: Request) -> Response:
        """Switch all faults off."""
        self._faults.clear()
        return Response(status_code=204)

    async def read_fault(self, request: Request) -> Response:
        """Return one fault with its counts."""
        return JSONResponse(_summary(self._fault(request)))

    async def remove_fault(self, request: Request) -> Response:
        """Switch one fault off."""
        self._faults.remove(self._fault(request))
        return Response(status_code=204)

    async def release(self, request: Request) -> Response:
        """Let the request go on that a pause holds."""
        effect = self._fault(request).effect
        if not isinstance(effect, Pause):
            raise ServiceError(409, "This fault holds no requests")
        effect.release()
        return Response(status_code=204)

    async def read_clock(self, _request: Request) -> Response:
        """Return the landscape's time."""
        return JSONResponse({"now": self._clock.now().isoformat()})

    async def advance_clock(self, request: Request) -> Response:
        """Move the landscape's clock: ``{"seconds": 3600}``."""
        body = await json_body(request)
        seconds = body.get("seconds") if isinstance(body, dict) else None
        if not isinstance(seconds, (int, float)):
            raise ServiceError(400, "seconds must be a number")
        self._clock.advance(seconds)
        return await self.read_clock(request)

    async def tick(self, _request: Request) -> Response:
        """Let Task Center run its jobs now."""
        await self._tick()
        return Response(status_code=204)

    async def list_requests(self, request: Request) -> Response:
        """Return the requests that arrived, of one environment (parameter ``environment``) or all of them."""
        recorded = self._recorder.requests(request.query_params.get("environment"))
        return JSONResponse([{**dataclasses.asdict(item), "at": item.at.isoformat()} for item in recorded])

    async def forget_requests(self, _request: Request) -> Response:
        """Empty the record of requests."""
        self._recorder.forget()
        return Response(status_code=204)

    def _fault(self, request: Request) -> Fault:
        for fault in self._faults:
            if fault.id == request.path_params["id"]:
                return fault
        raise ServiceError(404, "There is no such fault")


def _effect(description: dict[str, t.Any]) -> Effect:
    arguments = dict(description)
    return EFFECTS[arguments.pop("kind")](**arguments)


def _summary(fault: Fault) -> dict[str, t.Any]:
    kind = next((name for name, effect in EFFECTS.items() if type(fault.effect) is effect), "callback")  # pylint: disable=unidiomatic-typecheck
    summary = {
        "id": fault.id,
        "kind": kind,
        "match": dataclasses.asdict(fault.matching),
        "nth": fault.nth,
        "times": fault.times,
        "probability": fault.probability,
        "matched": fault.matched,
        "struck": fault.struck,
    }
    if isinstance(fault.effect, Pause):
        summary["arrived"] = fault.effect.arrived
    return summary
