# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole landscape: its systems put together, served from a thread of its own, and open to inspection by tests."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import ssl
import tempfile
import threading
import typing as t
from concurrent.futures import Future
from pathlib import Path

import httpx

from . import control, destination_service, fsm, xsuaa
from .assumptions import Assumptions
from .config import ConfigError, EnvironmentConfig, LandscapeConfig, UserConfig, parse_config, parse_environment
from .environments import Environment
from .faults import Faults
from .faults.arrivals import DESTINATION_SERVICE_AGENT, TASK_CENTER_AGENT, Identifier
from .faults.earlier_states import EarlierStates
from .faults.injector import FaultInjector
from .platform.clock import Clock, Dated
from .platform.pki import Authority, distinguished_name, load_server_certificate, server_context
from .platform.proxy import ConnectProxy
from .platform.recorder import RecordedRequest, Recorder
from .platform.server import HostRouter, HttpsServer
from .subaccount.oauth_clients import ClientRegistry
from .subaccount.tenants import ServiceKey, Subaccount, Tenants
from .subaccount.users import ADMINISTRATOR_ROLE, User, UserDirectory
from .task_center import api as task_center_api
from .task_center.connectors import TaskCenter
from .task_center.limit import RequestLimit

if t.TYPE_CHECKING:
    from .fsm.accounts import ApprovalTask, FsmAccount

__all__ = ["Environment", "Landscape"]

LOOPBACK = "127.0.0.1"
# How long the systems wait for each other, in seconds.
OUTBOUND_TIMEOUT = 10


class Landscape:
    """The simulated landscape, a context manager: inside the ``with`` block it listens.

    Args:
        config: the configuration, typed or as the mapping that the YAML file holds.
        directory: where ``ca.pem`` is written; a temporary one, removed at the end, when None.
        port: the HTTPS port on loopback; any free one when 0.
        proxy_port: the proxy's port on loopback; any free one when 0.

    Raises:
        ConfigError: the configuration is unusable.
        OSError: a port is taken, or the directory cannot be written.
    """

    ca_file: Path
    port: int
    proxy_url: str

    def __init__(
        self,
        config: LandscapeConfig | t.Mapping[str, t.Any],
        directory: Path | None = None,
        *,
        port: int = 0,
        proxy_port: int = 0,
    ) -> None:
        self.config = config if isinstance(config, LandscapeConfig) else parse_config(config)
        self.assumptions = _assumptions(self.config.assumptions)
        self.clock = Clock()
        self.environments: dict[str, Environment] = {}
        self.faults = Faults()
        self.task_center = TaskCenter(self.clock)
        self.control_token = secrets.token_urlsafe(24)
        self._tenants = Tenants(self.clock, self.config.key_size)
        self._clients = ClientRegistry(self._tenants)
        self._users = UserDirectory()
        self._fsm = fsm.Fsm(self.clock, self.config.token_lifetime)
        self._router = HostRouter()
        self._identifier = Identifier(self._router, self._tenants, self._fsm.clusters)
        injector = FaultInjector(self._router, self.faults, self._identifier, EarlierStates(self.clock), self.clock)
        self._recorder = Recorder(Dated(injector, self.clock), self.clock)
        self._authority = Authority(
            distinguished_name(O="Simulated landscape", CN="Simulated landscape CA"), self.clock
        )
        self._context = server_context(self._tenants.client_root)
        self._certified: set[str] = set()
        self._directory = directory
        self._ports = (port, proxy_port)
        self._resources = contextlib.ExitStack()

    def __enter__(self) -> Landscape:
        """Create the configured environments and start listening."""
        for environment in self.config.environments:
            self._create(environment)
        self._certify()
        with contextlib.ExitStack() as resources:
            directory = self._directory or Path(resources.enter_context(tempfile.TemporaryDirectory()))
            self.ca_file = directory / "ca.pem"
            self.ca_file.write_text(self._authority.pem, encoding="ascii")
            resources.callback(self.ca_file.unlink, missing_ok=True)
            sockets = [resources.enter_context(_loopback_socket(port)) for port in self._ports]
            self.port, proxy_port = (item.getsockname()[1] for item in sockets)
            self.proxy_url = f"http://{LOOPBACK}:{proxy_port}"
            self._start(*sockets)
            self._resources = resources.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop listening; the state stays readable."""
        self.faults.clear()
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._resources.close()

    def add_environment(self, config: EnvironmentConfig | t.Mapping[str, t.Any]) -> Environment:
        """Add an environment while the landscape runs. What its configuration leaves out is made up, unlike any other.

        Raises:
            ConfigError: the configuration is unusable.
        """
        environment = self._create(config if isinstance(config, EnvironmentConfig) else parse_environment(config))
        asyncio.run_coroutine_threadsafe(self._certify_running(), self._loop).result()
        return environment

    def add_subscriber(self, environment: Environment, subdomain: str | None = None) -> Subaccount:
        """Return a new subaccount that subscribed to the application of an environment's service instance.

        Raises:
            ConfigError: the subdomain is taken.
        """
        provider = environment.subaccount
        name = subdomain or f"subscriber-{secrets.token_hex(6)}"
        try:
            subscriber = self._tenants.add_subaccount(
                provider.region.name, name, environment.name, provider.assumptions
            )
        except ValueError as error:
            raise ConfigError(str(error)) from error
        provider.instances[0].subscribe(subscriber)
        return subscriber

    def add_service_key(self, environment: Environment, credential_type: str) -> ServiceKey:
        """Return one more service key (``binding-secret`` or ``x509``) of an environment's service instance."""
        return self._tenants.add_service_key(environment.subaccount.instances[0], credential_type)

    def add_user(
        self, environment: Environment, config: UserConfig | None = None, *, subaccount: Subaccount | None = None
    ) -> User:
        """Return one more user of an environment's subaccount (or a subscriber's) and, by default, of FSM.

        Raises:
            ConfigError: the user name is taken.
        """
        try:
            return self._add_user(subaccount or environment.subaccount, environment.fsm_account, config or UserConfig())
        except ValueError as error:
            raise ConfigError(str(error)) from error

    def add_task(
        self, environment: Environment, assignee: User, title: str = "Approve the service call"
    ) -> ApprovalTask:
        """Return a new task in an environment's FSM company, which a user has to decide."""
        return environment.fsm_account.add_task(
            environment.fsm_client.company_id, assignee.email, title, self.clock.now()
        )

    def ready(self) -> dict[str, t.Any]:
        """Return what users need to know, as the ready file has it."""
        return {
            "proxy": self.proxy_url,
            "ca_file": str(self.ca_file),
            "port": self.port,
            "control": {"url": control.URL, "token": self.control_token},
            "environments": {name: environment.inputs() for name, environment in self.environments.items()},
        }

    def requests(self, environment: str | None = None) -> list[RecordedRequest]:
        """Return the requests that arrived for one environment, or (None) all of them, in order of completion."""
        return self._recorder.requests(environment)

    def forget_requests(self) -> None:
        """Empty the record of requests."""
        self._recorder.forget()

    def _create(self, config: EnvironmentConfig) -> Environment:
        if config.name in self.environments:
            raise ConfigError(f"there are two environments named {config.name}")
        assumptions = _assumptions(config.assumptions, self.assumptions)
        try:
            subaccount = self._tenants.add_subaccount(
                config.region, config.subdomain or f"subaccount-{secrets.token_hex(6)}", config.name, assumptions
            )
            account, client = self._fsm.add_cluster(config.fsm.cluster).add_client(config.fsm, config.name, assumptions)
        except ValueError as error:
            raise ConfigError(f"environment {config.name}: {error}") from error
        if config.initial_setup:
            subaccount.complete_initial_setup()
        instance = subaccount.instances[0]
        key = self._tenants.add_service_key(instance, config.credential_type, config.service_key_secret)
        key_x509 = key if key.certificate else None
        if key_x509 is None and self.config.x509_service_keys:
            key_x509 = self._tenants.add_service_key(instance, "x509")
        users = tuple(self._add_user(subaccount, account, user) for user in config.users)
        environment = Environment(
            config.name,
            subaccount,
            key,
            key_x509,
            account,
            client,
            users,
            self._clients.add_application(subaccount, "application", multi_tenant=True),
            self.task_center.add_tenant(
                subaccount,
                self._clients.add_application(
                    subaccount, "taskcenter", [ADMINISTRATOR_ROLE], secret=config.task_center_secret
                ),
                # Whose instance Task Center reads with is not public. It is its own here: what is in the operator's
                # is private to that.
                self._tenants.add_service_key(subaccount.add_instance(), "binding-secret"),
                task_center_api.inbox_rest_url(subaccount.region.domain),
            ),
        )
        self.environments[config.name] = environment
        return environment

    def _add_user(self, subaccount: Subaccount, account: FsmAccount, config: UserConfig) -> User:
        user = User(
            email=config.email,
            given_name=config.given_name,
            family_name=config.family_name,
            user_name=config.user_name or f"P{secrets.randbelow(900000) + 100000}",
            roles=config.roles,
        )
        self._users.add(subaccount.id, user)
        if config.in_fsm:
            account.add_user(user.email)
        return user

    def _certify(self) -> None:
        """Let the server's certificate cover all host names that there are by now."""
        names = {"localhost", control.HOST_NAME, *fsm.HOST_NAMES}
        for region in self._tenants.regions.values():
            names.update(region.host_names, [task_center_api.host_name(region.domain)])
        if names != self._certified:
            load_server_certificate(self._context, *self._authority.issue_server(sorted(names), [LOOPBACK]))
            self._certified = names

    async def _certify_running(self) -> None:
        # In the server's own thread: a TLS context must not change under a handshake.
        self._certify()

    def _start(self, https_socket: socket.socket, proxy_socket: socket.socket) -> None:
        started: Future[None] = Future()

        def run() -> None:
            try:
                asyncio.run(self._serve(https_socket, proxy_socket, started))
            except BaseException as error:
                if started.done():
                    raise
                started.set_exception(error)

        self._thread = threading.Thread(target=run, name="landscape", daemon=True)
        self._thread.start()
        started.result()

    async def _serve(self, https_socket: socket.socket, proxy_socket: socket.socket, started: Future[None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        async with self._outbound(DESTINATION_SERVICE_AGENT) as outbound, self._outbound(TASK_CENTER_AGENT) as polling:
            self._route(outbound)
            self.task_center.start(polling)
            server = HttpsServer(self._recorder, self._context)
            proxy = ConnectProxy(
                lambda host: self._router.resolve(host) is not None,
                lambda host: self.faults.refuses_connection(self._identifier.connection(host)),
                (LOOPBACK, self.port),
            )
            tunnels = await asyncio.start_server(proxy.accept, sock=proxy_socket)
            serving = asyncio.create_task(server.serve(sockets=[https_socket]))
            await server.listening.wait()
            refreshing = asyncio.create_task(self._refresh())
            started.set_result(None)
            await self._stopping.wait()
            refreshing.cancel()
            tunnels.close()
            await proxy.close()
            server.should_exit = True
            await serving

    def _outbound(self, agent: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            proxy=self.proxy_url,
            verify=ssl.create_default_context(cadata=self._authority.pem),
            trust_env=False,
            # Not counting the time that a request waits for its turn.
            timeout=httpx.Timeout(OUTBOUND_TIMEOUT, pool=None),
            # The server closes what was idle for five seconds: a request must not meet that moment.
            limits=httpx.Limits(keepalive_expiry=2),
            headers={"User-Agent": agent},
        )

    async def _refresh(self) -> None:
        if self.config.task_center_refresh_seconds:
            await self.task_center.refresh_every(self.config.task_center_refresh_seconds)

    def _route(self, outbound: httpx.AsyncClient) -> None:
        regions = self._tenants.regions
        token_service = xsuaa.Xsuaa(self._tenants, self._clients, self._users, self.clock, self.config.token_lifetime)
        destinations = destination_service.DestinationService(self._tenants, self.clock, outbound)
        limit = RequestLimit(self.clock, self.config.task_center_requests_per_minute)
        monitoring = task_center_api.TaskCenterApi(self.task_center, self._tenants, limit)
        switches = control.Control(
            self.control_token, self.faults, self.clock, self._recorder, self.task_center.refresh
        )
        self._router.add("xsuaa", xsuaa.HOST, "region", regions, token_service.app)
        self._router.add("destination-service", destination_service.HOST, "region", regions, destinations.app)
        self._router.add("fsm", fsm.HOST, "cluster", self._fsm.clusters, self._fsm.app)
        self._router.add("task-center", task_center_api.HOST, "region", regions, monitoring.app)
        self._router.add("control", control.HOST, "name", {"control"}, switches.app)


def _assumptions(chosen: t.Mapping[str, str], otherwise: Assumptions | None = None) -> Assumptions:
    try:
        return Assumptions(chosen, otherwise)
    except ValueError as error:
        raise ConfigError(str(error)) from error


def _loopback_socket(port: int) -> socket.socket:
    # Named in full, the protocol lets asyncio switch Nagle's algorithm off; else every answer is 40 ms late.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((LOOPBACK, port))
    except OSError:
        bound.close()
        raise
    return bound
