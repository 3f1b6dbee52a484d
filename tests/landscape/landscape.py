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
from dataclasses import dataclass
from pathlib import Path

import httpx

from . import destination_service, fsm, fsm_admin, xsuaa
from .clock import Clock
from .config import ConfigError, EnvironmentConfig, LandscapeConfig, parse_config, parse_environment
from .pki import Authority, distinguished_name, load_server_certificate, server_context
from .proxy import ConnectProxy
from .recorder import RecordedRequest, Recorder
from .server import HostRouter, HttpsServer
from .tenants import ServiceKey, Subaccount, Tenants

LOOPBACK = "127.0.0.1"
# How long the Destination Service waits for a token service, in seconds.
TOKEN_SERVICE_TIMEOUT = 10


@dataclass(frozen=True, eq=False)
class Environment:
    """One environment of the landscape: a subaccount, its service keys, and its FSM account and client."""

    name: str
    subaccount: Subaccount
    service_key: ServiceKey
    service_key_x509: ServiceKey | None
    fsm_account: fsm.FsmAccount
    fsm_client: fsm.FsmClient

    def inputs(self) -> dict[str, t.Any]:
        """Return what an operator holds before starting, as the ready file has it."""
        account, client = self.fsm_account, self.fsm_client
        keys = {"service_key": self.service_key.credentials()}
        if self.service_key_x509:
            keys["service_key_x509"] = self.service_key_x509.credentials()
        return {
            **keys,
            "fsm": {
                "url": f"{account.base_url}{fsm.APPROVAL_PATH}",
                "account_id": account.id,
                "company_id": client.company_id,
                "client_id": client.id,
                "client_secret": client.secret,
                "audience": account.saml_metadata_url,
                "admin": {
                    "url": f"{account.base_url}{fsm_admin.PATH.format(account_id=account.id)}",
                    "user": account.administrator,
                    "password": account.administrator_password,
                },
            },
        }


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
        self.clock = Clock()
        self.environments: dict[str, Environment] = {}
        self._tenants = Tenants(self.clock, self.config.key_size)
        self._fsm = fsm.Fsm(self.clock, self.config.token_lifetime)
        self._router = HostRouter()
        self._recorder = Recorder(self._router, self.clock)
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

    def add_service_key(self, environment: Environment, credential_type: str) -> ServiceKey:
        """Return one more service key (``binding-secret`` or ``x509``) of an environment's service instance."""
        return self._tenants.add_service_key(environment.subaccount.instances[0], credential_type)

    def ready(self) -> dict[str, t.Any]:
        """Return what users need to know, as the ready file has it."""
        return {
            "proxy": self.proxy_url,
            "ca_file": str(self.ca_file),
            "port": self.port,
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
        try:
            subaccount = self._tenants.add_subaccount(
                config.region, config.subdomain or f"subaccount-{secrets.token_hex(6)}", config.name
            )
            account, client = self._fsm.add_cluster(config.fsm.cluster).add_client(config.fsm, config.name)
        except ValueError as error:
            raise ConfigError(f"environment {config.name}: {error}") from error
        if config.initial_setup:
            subaccount.complete_initial_setup()
        instance = subaccount.instances[0]
        key = self._tenants.add_service_key(instance, config.credential_type)
        key_x509 = key if key.certificate else None
        if key_x509 is None and self.config.x509_service_keys:
            key_x509 = self._tenants.add_service_key(instance, "x509")
        environment = Environment(config.name, subaccount, key, key_x509, account, client)
        self.environments[config.name] = environment
        return environment

    def _certify(self) -> None:
        """Let the server's certificate cover all host names that there are by now."""
        names = {"localhost", *fsm.HOST_NAMES}
        names.update(name for region in self._tenants.regions.values() for name in region.host_names)
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
        outbound = httpx.AsyncClient(
            proxy=self.proxy_url,
            verify=ssl.create_default_context(cadata=self._authority.pem),
            trust_env=False,
            timeout=TOKEN_SERVICE_TIMEOUT,
            headers={"User-Agent": "SAP-Destination-Service"},
        )
        async with outbound:
            self._route(outbound)
            server = HttpsServer(self._recorder, self._context)
            proxy = ConnectProxy(lambda host: self._router.resolve(host) is not None, (LOOPBACK, self.port))
            tunnels = await asyncio.start_server(proxy.accept, sock=proxy_socket)
            serving = asyncio.create_task(server.serve(sockets=[https_socket]))
            await server.listening.wait()
            started.set_result(None)
            await self._stopping.wait()
            tunnels.close()
            await proxy.close()
            server.should_exit = True
            await serving

    def _route(self, outbound: httpx.AsyncClient) -> None:
        regions = self._tenants.regions
        token_service = xsuaa.Xsuaa(self._tenants, self.config.token_lifetime)
        destinations = destination_service.DestinationService(self._tenants, self.clock, outbound)
        self._router.add(xsuaa.HOST, "region", regions, token_service.app)
        self._router.add(destination_service.HOST, "region", regions, destinations.app)
        self._router.add(fsm.HOST, "cluster", self._fsm.clusters, self._fsm.app)


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
