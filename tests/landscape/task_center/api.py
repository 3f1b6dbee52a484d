# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Task Center's REST API: monitoring for administrators, and a user's inbox.

Paths of the monitoring and the role that it needs are public (SAP Task Center, "Monitoring"); its JSON, its host name
and the paths of the inbox are not: they are the landscape's own.
"""

from __future__ import annotations

import re
import typing as t

from starlette.responses import JSONResponse, Response

from ..fsm.approval import DECISIONS
from ..platform.tokens import InvalidToken
from ..platform.web import PlainServiceError, ServiceError, application, json_body, note_environment, resource
from ..subaccount.tenants import INITIAL_SETUP_DESTINATION
from ..subaccount.users import ADMINISTRATOR_ROLE
from .calls import CallFailed

if t.TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from ..subaccount.tenants import Tenants
    from .connectors import Connector, Job, TaskCenter, TaskCenterTenant
    from .limit import RequestLimit

HOST = re.compile(r"task-center\.cfapps\.(?P<region>[^.]+)\.hana\.ondemand\.com")
INBOX_PATH = "/inbox"
SERVICE_PATH = "/task-center-service"


def host_name(region_domain: str) -> str:
    """Return the host name of Task Center in a region."""
    return f"task-center.cfapps.{region_domain}"


def inbox_rest_url(region_domain: str) -> str:
    """Return the base URL that service keys name."""
    return f"https://{host_name(region_domain)}{INBOX_PATH}"


class TaskCenterApi:
    """What people and their programs ask of Task Center, with a user's token."""

    def __init__(self, task_center: TaskCenter, tenants: Tenants, limit: RequestLimit) -> None:
        self._task_center = task_center
        self._tenants = tenants
        self._limit = limit
        self.app = application(
            [
                *(route for path in (INBOX_PATH, SERVICE_PATH) for route in self._monitoring(f"{path}/v1")),
                resource(f"{INBOX_PATH}/simulated/tasks", get=self.list_tasks),
                resource(f"{INBOX_PATH}/simulated/tasks/{{connector}}/{{id}}/decision", post=self.decide),
            ]
        )

    def _monitoring(self, path: str) -> list[Route]:
        return [
            resource(f"{path}/connectors", get=self.list_connectors),
            resource(f"{path}/connectors/{{id}}", get=self.read_connector),
            resource(f"{path}/connectors/{{id}}/jobTypes/{{type}}", get=self.read_job),
            resource(f"{path}/service-status", get=self.service_status),
        ]

    async def list_connectors(self, request: Request) -> Response:
        """Return all connectors, with their jobs or (assumption ``task_center_connectors``) without."""
        tenant = self._administered(request)
        connectors = [_summary(connector) for connector in tenant.connectors.values()]
        if tenant.subaccount.assumptions.holds("task_center_connectors", "status_only"):
            connectors = [{key: connector[key] for key in ("id", "status")} for connector in connectors]
        return JSONResponse({"connectors": connectors})

    async def read_connector(self, request: Request) -> Response:
        """Return one connector with its jobs."""
        return JSONResponse(_summary(_connector(self._administered(request), request.path_params["id"])))

    async def read_job(self, request: Request) -> Response:
        """Return the last run of one of a connector's jobs, or (assumption ``task_center_job``) the latest ones."""
        tenant = self._administered(request)
        connector = _connector(tenant, request.path_params["id"])
        runs = next((log for job, log in connector.log.items() if job == request.path_params["type"]), None)
        if not runs:
            raise ServiceError(404, "The connector has had no such job")
        if tenant.subaccount.assumptions.holds("task_center_job", "last_run"):
            return JSONResponse(_job(runs[-1]))
        records = [{**_job(run), "startedAt": run.started.isoformat(timespec="seconds")} for run in runs]
        if tenant.subaccount.assumptions.holds("task_center_job", "history"):
            records.reverse()
        return JSONResponse(records)

    async def service_status(self, request: Request) -> Response:
        """Return the status of the two service destinations, each with a message and the time of its last update.

        IDS_Configuration is that of the mandatory destination to the identity directory: an error where it is missing.
        Service_Configuration is that of Task_Center_global_settings, which is optional; what of its content Task Center
        objects to is not public (values that it does not support, it ignores), so it is always OK.
        """
        destinations = self._administered(request).subaccount.destinations
        missing = INITIAL_SETUP_DESTINATION not in destinations
        updated = self._task_center.clock.now().isoformat(timespec="seconds")
        states = {
            "Service_Configuration": ("OK", ""),
            "IDS_Configuration": ("ERROR", f"There is no destination {INITIAL_SETUP_DESTINATION}")
            if missing
            else ("OK", ""),
        }
        return JSONResponse(
            {
                "status": [
                    {"code": code, "status": status, "message": message, "updatedAt": updated}
                    for code, (status, message) in states.items()
                ]
            }
        )

    async def list_tasks(self, request: Request) -> Response:
        """Return the user's tasks; those of two connectors to one FSM system twice."""
        tenant, claims, _unused = self._user(request)
        return JSONResponse(
            [{**task, "connector": connector.id} for connector, task in tenant.tasks_of(claims["email"])]
        )

    async def decide(self, request: Request) -> Response:
        """Approve or reject one of the user's tasks: ``{"decision": "APPROVE"}``."""
        tenant, claims, token = self._user(request)
        connector = _connector(tenant, request.path_params["connector"])
        task_id = request.path_params["id"]
        if (connector, task_id) not in [(owner, task["id"]) for owner, task in tenant.tasks_of(claims["email"])]:
            raise ServiceError(404, "The user has no such task")
        body = await json_body(request)
        decision = body.get("decision") if isinstance(body, dict) else None
        if decision not in DECISIONS:
            raise ServiceError(400, f"The decision must be one of {', '.join(DECISIONS)}")
        try:
            await tenant.decide(self._task_center.client, connector, task_id, decision, token)
        except CallFailed as failure:
            raise ServiceError(502, str(failure)) from failure
        return Response(status_code=204)

    def _user(self, request: Request, *, or_client: bool = False) -> tuple[TaskCenterTenant, dict[str, t.Any], str]:
        """Return the tenant, the claims and the token of the user who asks, or of a client where one may.

        Raises:
            ServiceError: 401 without a valid token, 403 when it is not a user's token for Task Center, 429 when called
                too often.
        """
        region = self._tenants.regions[request.scope["landscape.host"]["region"]]
        scheme, _unused, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        try:
            if scheme.lower() != "bearer":
                raise InvalidToken("no bearer token")
            claims = region.signer.verify(token)
        except InvalidToken as error:
            raise ServiceError(401, f"The access token is not valid: {error}") from error
        tenant = self._task_center.tenants.get(claims.get("zid", ""))
        if tenant is None or tenant.application.xsappname not in claims["aud"]:
            raise ServiceError(403, "A user's token for Task Center is needed")
        or_client = or_client and tenant.subaccount.assumptions.holds("task_center_client_token", "accepted")
        if "user_name" not in claims and not or_client:
            raise ServiceError(403, "A user's token for Task Center is needed")
        note_environment(request, tenant.subaccount.environment)
        self._limit.count(tenant.subaccount.id)
        return tenant, claims, token

    def _administered(self, request: Request) -> TaskCenterTenant:
        """Return the tenant of the administrator who asks.

        Raises:
            ServiceError: 401 without a valid token, 403 when the user lacks the role, 404 where the monitoring is below
                another path.
        """
        tenant, claims, _unused = self._user(request, or_client=True)
        below_inbox = tenant.subaccount.assumptions.holds("task_center_path", "inbox_rest_url")
        if request.url.path.startswith(f"{INBOX_PATH}/") != below_inbox:
            raise PlainServiceError(404, "Not Found", media_type="text/plain")
        if "user_name" in claims and f"{tenant.application.xsappname}.{ADMINISTRATOR_ROLE}" not in claims["scope"]:
            raise ServiceError(403, f"The user lacks the role {ADMINISTRATOR_ROLE}")
        return tenant


def _connector(tenant: TaskCenterTenant, connector_id: str) -> Connector:
    for connector in tenant.connectors.values():
        if connector.id == connector_id:
            return connector
    raise ServiceError(404, "There is no such connector")


def _summary(connector: Connector) -> dict[str, t.Any]:
    return {
        "id": connector.id,
        "name": connector.name,
        "destinationName": connector.name,
        "status": connector.status,
        "jobs": [_job(job) for job in connector.jobs.values()],
    }


def _job(job: Job) -> dict[str, t.Any]:
    finished = {} if job.status == "RUNNING" else {"finishedAt": job.at.isoformat(timespec="seconds")}
    return {"jobType": job.type, "status": job.status, "message": job.message, **finished}
