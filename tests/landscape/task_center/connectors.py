# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SAP Task Center: a connector for each destination that it shall poll (SAP Task Center, "Monitoring").

Not simulated: what the properties ``tc.inbox.*`` and ``tc.ui.*`` change in what a user sees; what the service makes of
values beyond their documented ranges is not public.
"""

from __future__ import annotations

import asyncio
import logging
import typing as t
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .calls import CallFailed, DestinationAccess, NoToken

if t.TYPE_CHECKING:
    import httpx

    from ..platform.clock import Clock
    from ..subaccount.oauth_clients import ApplicationClient
    from ..subaccount.tenants import ServiceKey, Subaccount

Status = t.Literal["OK", "RUNNING", "WARNING", "ERROR", "PAUSED"]
JobType = t.Literal["INITIAL", "CONFIG", "DELTA", "META", "PUSH"]

SECONDARY_SUFFIX = "_PP"
NAME_LENGTH = 64
# How long the initial pull may go without a token before the connector is disabled.
TOKEN_GRACE = timedelta(hours=1)
META_INTERVAL = timedelta(days=1)
# How many runs of a job of each type the log view shows.
LOGGED = {"CONFIG": 10, "DELTA": 30, "PUSH": 30, "META": 5, "INITIAL": 1}
# How long the first pull takes where it takes long, and a connector to react where it reacts late (assumptions).
LONG_PULL = timedelta(minutes=30)
LATE_REACTION = timedelta(minutes=5)
# How many subaccounts are served at the same time.
CONCURRENT_TENANTS = 10


@dataclass(frozen=True)
class Job:
    """One run of one of a connector's jobs."""

    type: JobType
    status: Status
    message: str
    # When it ended, or was last seen RUNNING.
    at: datetime
    started: datetime


@dataclass(eq=False)
class Connector:
    """What Task Center makes of a destination that has ``tc.enabled``."""

    name: str
    configuration: dict[str, str]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    # The last run of each job, and the latest ones.
    jobs: dict[JobType, Job] = field(default_factory=dict)
    log: dict[JobType, deque[Job]] = field(default_factory=dict)
    # The task cache, by FSM's task ID.
    tasks: dict[str, dict[str, t.Any]] = field(default_factory=dict)
    # Whether the initial pull has succeeded.
    pulled: bool = False
    # When it began, where it takes long.
    pulling_since: datetime | None = None
    without_token_since: datetime | None = None

    @property
    def enabled(self) -> bool:
        """Whether the connector polls; any value of ``tc.enabled`` but ``true`` pauses it."""
        return self.configuration["tc.enabled"] == "true"

    @property
    def status(self) -> Status:
        """The worst of the jobs' states, or that the connector is paused."""
        if not self.enabled:
            return "PAUSED"
        states = {job.status for job in self.jobs.values()}
        return next((status for status in _BY_GRAVITY if status in states), "OK")

    @property
    def configuration_fault(self) -> tuple[Status, str]:
        """What Task Center has against the destination."""
        if len(self.name) > NAME_LENGTH:
            return "ERROR", f"The name of the destination is longer than {NAME_LENGTH} characters"
        # Other providers exist; this landscape knows FSM alone.
        if self.configuration.get("tc.provider_type") != "FSM":
            return "ERROR", f"Unsupported tc.provider_type: {self.configuration.get('tc.provider_type')}"
        if self.configuration.get("tc.notifications.enabled", "false") not in ("true", "false"):
            return "WARNING", "The value of tc.notifications.enabled must be true or false"
        return "OK", ""

    def configure(self, configuration: dict[str, str]) -> None:
        """Take over a destination as it is now; a new URL is a new system, whose tasks have to be pulled first."""
        if configuration.get("URL") != self.configuration.get("URL"):
            self.pulled = False
            self.pulling_since = None
            self.tasks.clear()
            self.jobs.clear()
            self.log.clear()
        self.configuration = configuration
        if not self.enabled:
            self.without_token_since = None


_BY_GRAVITY: tuple[Status, ...] = ("ERROR", "WARNING")


class TaskCenterTenant:
    """Task Center in one subaccount."""

    def __init__(
        self, subaccount: Subaccount, application: ApplicationClient, key: ServiceKey, rest_url: str, clock: Clock
    ) -> None:
        self.subaccount = subaccount
        self.application = application
        self.connectors: dict[str, Connector] = {}
        self._rest_url = rest_url
        self._destinations = DestinationAccess(key, clock)
        self._clock = clock
        self._reread_at: datetime | None = None

    def service_key(self) -> dict[str, t.Any]:
        """Return Task Center's service key."""
        slash = "/" if self.subaccount.assumptions.holds("task_center_rest_url", "with_slash") else ""
        return {
            "endpoints": {"inbox_rest_url": self._rest_url + slash},
            "uaa": self.application.credentials(),
        }

    async def refresh(self, client: httpx.AsyncClient) -> None:
        """Reread the destinations, then poll each connector that is to be polled."""
        if self._is_time_to_reread():
            await self._reread(client)
        for connector in list(self.connectors.values()):
            if connector.enabled and connector.jobs["CONFIG"].status != "ERROR":
                await self._poll(client, connector)

    def _is_time_to_reread(self) -> bool:
        now = self._clock.now()
        late = self.subaccount.assumptions.holds("task_center_reaction", "several_minutes")
        # A test may have moved the clock back.
        if late and self._reread_at is not None and self._reread_at <= now < self._reread_at + LATE_REACTION:
            return False
        self._reread_at = now
        return True

    async def _reread(self, client: httpx.AsyncClient) -> None:
        try:
            destinations = await self._destinations.list(client)
        except CallFailed as failure:
            for connector in self.connectors.values():
                self._note(connector, "CONFIG", "ERROR", str(failure))
            return
        self._configure({item["Name"]: item for item in destinations if "tc.enabled" in item})

    def _configure(self, destinations: dict[str, dict[str, str]]) -> None:
        for name in self.connectors.keys() - destinations.keys():
            del self.connectors[name]
        for name, configuration in destinations.items():
            connector = self.connectors.setdefault(name, Connector(name, configuration))
            connector.configure(configuration)
            self._note(connector, "CONFIG", *connector.configuration_fault)

    async def _poll(self, client: httpx.AsyncClient, connector: Connector) -> None:
        job: JobType = "DELTA" if connector.pulled else "INITIAL"
        try:
            api = await self._destinations.approval_api(client, connector.name)
            # A token was had, whatever comes of it.
            connector.without_token_since = None
            tasks = {task["id"]: task for task in await api.get("/tasks")}
            if job == "INITIAL" and self._is_still_pulling(connector):
                return
            connector.tasks = tasks
            self._note(connector, job, started=connector.pulling_since if job == "INITIAL" else None)
            connector.pulled = True
            meta = connector.jobs.get("META")
            if meta is None or meta.status == "ERROR" or self._clock.now() - meta.at >= META_INTERVAL:
                job = "META"
                await api.get("/definitions")
                self._note(connector, job)
        except CallFailed as failure:
            self._note(connector, job, "ERROR", str(failure))
            if job == "INITIAL" and isinstance(failure, NoToken):
                await self._disable_without_token(client, connector)

    def _is_still_pulling(self, connector: Connector) -> bool:
        """Note a first pull that takes long as RUNNING, until its time is over."""
        now = self._clock.now()
        if connector.pulling_since is None:
            connector.pulling_since = now
        long = self.subaccount.assumptions.holds("task_center_initial_pull", "long")
        if not long or now - connector.pulling_since >= LONG_PULL:
            return False
        self._note(connector, "INITIAL", "RUNNING", started=connector.pulling_since)
        return True

    async def _disable_without_token(self, client: httpx.AsyncClient, connector: Connector) -> None:
        """Disable a connector that got no token for an hour, in its destination."""
        now = self._clock.now()
        if connector.without_token_since is None:
            connector.without_token_since = now
        elif now - connector.without_token_since >= TOKEN_GRACE:
            try:
                disabled = {**await self._destinations.find(client, connector.name), "tc.enabled": "false"}
                await self._destinations.replace(client, disabled)
            except CallFailed as failure:
                self._note(connector, "CONFIG", "ERROR", str(failure))
                return
            connector.configure(disabled)

    def _note(
        self,
        connector: Connector,
        job: JobType,
        status: Status = "OK",
        message: str = "",
        *,
        started: datetime | None = None,
    ) -> None:
        now = self._clock.now()
        connector.jobs[job] = Job(job, status, message, now, started or now)
        log = connector.log.setdefault(job, deque(maxlen=LOGGED[job]))
        if log and log[-1].status == "RUNNING":
            log.pop()
        log.append(connector.jobs[job])

    def tasks_of(self, email: str) -> t.Iterator[tuple[Connector, dict[str, t.Any]]]:
        """Return the cached tasks of a user. Tasks of paused connectors are not shown."""
        for connector in self.connectors.values():
            if connector.enabled:
                for task in connector.tasks.values():
                    if task["assignee"].lower() == email.lower():
                        yield connector, task

    async def decide(
        self, client: httpx.AsyncClient, connector: Connector, task_id: str, decision: str, user_token: str
    ) -> None:
        """Decide a task in the user's name, through the secondary destination.

        Raises:
            CallFailed: the user could not be propagated to FSM, or FSM refused.
        """
        try:
            api = await self._destinations.approval_api(client, connector.name + SECONDARY_SUFFIX, user_token)
            await api.post(f"/tasks/{task_id}/decision", {"decision": decision})
        except CallFailed as failure:
            self._note_push(connector, "ERROR", str(failure))
            raise
        self._note_push(connector)
        connector.tasks.pop(task_id, None)

    def _note_push(self, connector: Connector, status: Status = "OK", message: str = "") -> None:
        if self.subaccount.assumptions.holds("task_center_push", "present"):
            self._note(connector, "PUSH", status, message)


class TaskCenter:
    """Task Center of all subaccounts whose initial setup was done."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        # By the subaccount's ID.
        self.tenants: dict[str, TaskCenterTenant] = {}

    def add_tenant(
        self, subaccount: Subaccount, application: ApplicationClient, key: ServiceKey, rest_url: str
    ) -> TaskCenterTenant:
        """Return Task Center of a subaccount, new.

        Args:
            subaccount: the subaccount.
            application: Task Center's OAuth client there.
            key: the service key with which it reads the subaccount's destinations.
            rest_url: the base URL of its REST API.
        """
        tenant = TaskCenterTenant(subaccount, application, key, rest_url, self.clock)
        self.tenants[subaccount.id] = tenant
        return tenant

    def start(self, client: httpx.AsyncClient) -> None:
        """Begin to work: with this HTTP client, in the running event loop."""
        self.client = client
        self._loop = asyncio.get_running_loop()

    def tick(self, environment: str | None = None) -> None:
        """Refresh now, from any other thread: reread the destinations and run all jobs that are due.

        Args:
            environment: name of the only environment that is concerned; all when None.
        """
        asyncio.run_coroutine_threadsafe(self.refresh(environment), self._loop).result()

    async def refresh(self, environment: str | None = None) -> None:
        """Reread the destinations and run all jobs that are due (see `tick`)."""
        concerned = [tenant for tenant in self.tenants.values() if environment in (None, tenant.subaccount.environment)]
        turns = asyncio.Semaphore(CONCURRENT_TENANTS)

        async def in_turn(tenant: TaskCenterTenant) -> None:
            async with turns:
                await tenant.refresh(self.client)

        outcomes = await asyncio.gather(*map(in_turn, concerned), return_exceptions=True)
        # What is wrong with one subaccount does not keep the others from their turn.
        for error in filter(None, outcomes):
            raise error

    async def refresh_every(self, seconds: float) -> None:
        """Refresh again and again, with so many seconds of real time between two times."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.refresh()
            except Exception:
                logging.getLogger(__name__).exception("A refresh of Task Center failed")

    def connectors(self, environment: str) -> dict[str, Connector]:
        """Return the connectors of an environment by the names of their destinations."""
        return {
            name: connector
            for tenant in self.tenants.values()
            if tenant.subaccount.environment == environment
            for name, connector in tenant.connectors.items()
        }
