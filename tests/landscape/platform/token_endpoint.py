# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the token endpoints of XSUAA and FSM share: reading a token request, and answering it (RFC 6749)."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from starlette.responses import JSONResponse

from .web import OAuthError

if t.TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


@dataclass(frozen=True)
class TokenForm:
    """A token request's form, before it is known who sends it."""

    grant_type: str
    # All fields, the grant type too.
    fields: dict[str, str]
    # How many seconds the token shall live: as configured, or as a fault has it.
    lifetime: int


async def token_form(request: Request, configured_lifetime: int) -> TokenForm:
    """Return the form of a token request; ``configured_lifetime`` is that of tokens in seconds.

    Raises:
        OAuthError: 400 without a grant type.
    """
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if not fields.get("grant_type"):
        raise OAuthError(400, "invalid_request", "Missing grant type")
    lifetime: int = request.scope.get("landscape.token_lifetime", configured_lifetime)
    return TokenForm(fields["grant_type"], fields, lifetime)


def token_answer(content: t.Mapping[str, t.Any]) -> Response:
    """Return the answer with a token, which nobody may keep (RFC 6749, section 5.1)."""
    return JSONResponse(content, headers={"Cache-Control": "no-store"})
