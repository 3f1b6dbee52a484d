# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all systems of the landscape share in speaking HTTP: routes by path, credentials, and refusals."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import typing as t

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

if t.TYPE_CHECKING:
    from starlette.requests import Request

Handler = t.Callable[["Request"], t.Awaitable[Response]]


def resource(path: str, **handlers: Handler) -> Route:
    """Return one route for all methods of a path: ``resource("/x", get=read, post=create)``."""
    by_method = {method.upper(): handler for method, handler in handlers.items()}
    if "GET" in by_method:
        by_method["HEAD"] = by_method["GET"]

    async def dispatch(request: Request) -> Response:
        return await by_method[request.method](request)

    return Route(path, dispatch, methods=list(by_method))


class ServiceError(Exception):
    """A request that a system refuses: the HTTP status and what the system says."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def response(self) -> Response:
        """Return the refusal as ``{"ErrorMessage": ...}``."""
        return JSONResponse({"ErrorMessage": self.message}, self.status)


class PlainServiceError(ServiceError):
    """A refusal whose body is the bare message, whatever its content type claims."""

    def __init__(
        self, status: int, message: str, *, media_type: str = "application/json", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(status, message)
        self.media_type = media_type
        self.headers = headers

    def response(self) -> Response:
        """Return the refusal as bare text."""
        return PlainTextResponse(self.message, self.status, self.headers, self.media_type)


class OAuthError(ServiceError):
    """A token endpoint's refusal (RFC 6749, section 5.2)."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(status, description)
        self.error = error

    def response(self) -> Response:
        """Return the refusal as ``{"error": ..., "error_description": ...}``."""
        headers = {"WWW-Authenticate": f'Basic realm="oauth", error="{self.error}"'} if self.status == 401 else None
        return JSONResponse({"error": self.error, "error_description": self.message}, self.status, headers)


def application(routes: t.Sequence[Route]) -> Starlette:
    """Return one system's application: its routes, and refusals as its handlers raise them."""
    app = Starlette(routes=routes, exception_handlers={ServiceError: _refuse})
    # A path with a slash too many is another path, not an invitation to redirect.
    app.router.redirect_slashes = False
    return app


async def _refuse(_request: Request, error: Exception) -> Response:
    """Answer a request with the refusal that its handler raised."""
    if not isinstance(error, ServiceError):
        raise error
    return error.response()


def note_environment(request: Request, name: str) -> None:
    """Say to which environment the request turned out to belong, for the landscape's record of requests."""
    request.scope["landscape.environment"] = name


def basic_credentials(request: Request) -> tuple[str, str] | None:
    """Return user and password of the request's HTTP Basic header, None when there is no readable one."""
    scheme, _unused, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


def same_secret(given: str, expected: str) -> bool:
    """Compare two secrets in constant time."""
    return secrets.compare_digest(given.encode(), expected.encode())


async def json_body(request: Request) -> t.Any:
    """Return the request's JSON.

    Raises:
        ServiceError: 400 without valid JSON, 415 for another content type.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise PlainServiceError(415, "Unsupported Media Type", media_type="text/plain")
    content = await request.body()
    if not content.strip():
        raise ServiceError(400, "Missing request body")
    try:
        document = json.loads(content, parse_constant=_refuse_constant)
        # JSON can spell half a surrogate pair, which is no text.
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ServiceError(400, "The request body is not valid JSON") from error
    return document


def _refuse_constant(name: str) -> t.NoReturn:
    # Python reads NaN and Infinity, JSON knows neither (RFC 8259, section 6).
    raise ValueError(name)
