# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who calls FSM's APIs: they all demand a token and the same four headers."""

from __future__ import annotations

import typing as t

from ..platform.tokens import InvalidToken
from ..platform.web import ServiceError, note_environment

if t.TYPE_CHECKING:
    from starlette.requests import Request

    from .accounts import FsmAccount, FsmClient, FsmCluster


class Principal(t.NamedTuple):
    """On whose behalf a request acts: always a client; with a user's token, the user too."""

    account: FsmAccount
    client: FsmClient
    user_email: str | None


def principal_of(request: Request, clusters: t.Mapping[str, FsmCluster]) -> Principal:
    """Return on whose behalf a request acts.

    Raises:
        ServiceError: 401 without a valid token, 400 without one of the headers, 403 for another account or company.
    """
    cluster = clusters[request.scope["landscape.host"]["cluster"]]
    scheme, _unused, token = request.headers.get("authorization", "").partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise InvalidToken("no bearer token")
        claims = cluster.signer.verify(token.strip())
    except InvalidToken as error:
        raise ServiceError(401, f"The access token is not valid: {error}") from error
    account, client = cluster.clients.get(claims["client_id"], (None, None))
    if account is None or client is None:
        raise ServiceError(401, "The client of the access token does not exist any more")
    note_environment(request, client.environment)
    expected = {"X-Account-ID": account.id, "X-Company-ID": client.company_id}
    for header in (*expected, "X-Client-ID", "X-Client-Version"):
        if not request.headers.get(header):
            raise ServiceError(400, f"Header {header} is missing")
    for header, value in expected.items():
        if request.headers[header] != value:
            raise ServiceError(403, f"The client has no access to {header} {request.headers[header]}")
    return Principal(account, client, claims.get("user_email"))
