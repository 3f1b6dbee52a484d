# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FSM's approval API, below the URL that both destinations name.

Public are its base path, the four headers that it demands, and that it holds what users have to approve. Its paths and
JSON are not: those here are the landscape's own, and nothing but the landscape's Task Center may rely on them.
"""

from __future__ import annotations

import typing as t

from starlette.responses import JSONResponse, Response

from .operations import json_body
from .tokens import InvalidToken
from .web import ServiceError, note_environment, resource

if t.TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from .fsm_accounts import ApprovalTask, Decision, FsmAccount, FsmClient, FsmCluster

APPROVAL_PATH = "/cloud-approval-service/api"
DECISIONS: dict[str, Decision] = {"APPROVE": "APPROVED", "REJECT": "REJECTED"}


class Principal(t.NamedTuple):
    """On whose behalf a request acts: always a client; with a user's token, the user too."""

    account: FsmAccount
    client: FsmClient
    user_email: str | None


class FsmApproval:
    """The tasks of companies: clients read all of a company's, users read and decide their own."""

    def __init__(self, clusters: t.Mapping[str, FsmCluster]) -> None:
        self._clusters = clusters

    @property
    def routes(self) -> list[Route]:
        """The routes below an FSM cluster's host name."""
        return [
            resource(f"{APPROVAL_PATH}/simulated/tasks", get=self.list_tasks),
            resource(f"{APPROVAL_PATH}/simulated/tasks/{{id}}", get=self.read_task),
            resource(f"{APPROVAL_PATH}/simulated/tasks/{{id}}/decision", post=self.decide),
            resource(f"{APPROVAL_PATH}/simulated/definitions", get=self.definitions),
        ]

    async def list_tasks(self, request: Request) -> Response:
        """Return the tasks that are still to be decided."""
        principal = self._principal(request)
        return JSONResponse([task.summary() for task in _visible(principal) if task.decision is None])

    async def read_task(self, request: Request) -> Response:
        """Return one task."""
        return JSONResponse(_task(request, self._principal(request)).summary())

    async def decide(self, request: Request) -> Response:
        """Approve or reject a task, in the user's own name."""
        principal = self._principal(request)
        if principal.user_email is None:
            raise ServiceError(403, "A decision needs a user's token")
        task = _task(request, principal)
        body = await json_body(request)
        decision = DECISIONS.get(body.get("decision", "")) if isinstance(body, dict) else None
        if decision is None:
            raise ServiceError(400, f"The decision must be one of {', '.join(DECISIONS)}")
        if task.decision is not None:
            raise ServiceError(409, f"The task has been decided already: {task.decision}")
        task.decision, task.decided_by = decision, principal.user_email
        return JSONResponse(task.summary())

    async def definitions(self, request: Request) -> Response:
        """Return the kinds of tasks that there are."""
        self._principal(request)
        return JSONResponse([{"name": "approval", "decisions": list(DECISIONS)}])

    def _principal(self, request: Request) -> Principal:
        """Return on whose behalf a request acts.

        Raises:
            ServiceError: 401 without a valid token, 400 without one of the headers, 403 for another account or company.
        """
        cluster = self._clusters[request.scope["landscape.host"]["cluster"]]
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


def _visible(principal: Principal) -> list[ApprovalTask]:
    return [
        task
        for task in list(principal.account.tasks.values())
        if task.company_id == principal.client.company_id
        and (principal.user_email or task.assignee).lower() == task.assignee.lower()
    ]


def _task(request: Request, principal: Principal) -> ApprovalTask:
    for task in _visible(principal):
        if task.id == request.path_params["id"]:
            return task
    raise ServiceError(404, "There is no such task")
