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

from ..platform.web import ServiceError, json_body, resource
from .principal import principal_of

if t.TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from .accounts import ApprovalTask, Decision, FsmCluster
    from .principal import Principal

APPROVAL_PATH = "/cloud-approval-service/api"
DECISIONS: dict[str, Decision] = {"APPROVE": "APPROVED", "REJECT": "REJECTED"}


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
        principal = principal_of(request, self._clusters)
        return JSONResponse([task.summary() for task in _visible(principal) if task.decision is None])

    async def read_task(self, request: Request) -> Response:
        """Return one task."""
        return JSONResponse(_task(request, principal_of(request, self._clusters)).summary())

    async def decide(self, request: Request) -> Response:
        """Approve or reject a task, in the user's own name."""
        principal = principal_of(request, self._clusters)
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
        principal_of(request, self._clusters)
        return JSONResponse([{"name": "approval", "decisions": list(DECISIONS)}])


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
