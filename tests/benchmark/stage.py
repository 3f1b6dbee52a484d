# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The landscape that the runs are measured against: in a process of its own, so that no subject shares its threads."""

from __future__ import annotations

import functools
import multiprocessing
import time
import typing as t
from dataclasses import dataclass
from unittest import mock

import certifi
from cryptography.hazmat.primitives.asymmetric import rsa

from landscape import Landscape
from landscape.faults import Latency
from landscape.logon import log_on
from landscape.made_by_hand import expected_pair

if t.TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from landscape import Environment, RecordedRequest
    from landscape.subaccount.trust import TrustCertificate

# In what the environments are found: with their trust certificate uploaded and no destinations, connected, also with a
# connector in Task Center, or connected with a trust certificate that is about to expire.
State = t.Literal["uploaded", "connected", "shown", "due"]
DUE = 20  # days that a certificate has left which is about to expire
STARTING = 600  # seconds
ACCOUNT, COMPANY = 100_000, 500_000  # IDs of the first environment


@dataclass(frozen=True)
class Host:
    """One environment as its operator knows it.

    Attributes:
        inputs: as the landscape's ready file has them.
        wanted: the primary and the secondary destination as they shall be.
        fingerprints: of the trust certificates that FSM knows.
        user_token: with which a user comes to an application; empty if nothing is verified with it.
        administrator_token: with which an administrator of Task Center comes to it; likewise.
    """

    name: str
    inputs: dict[str, t.Any]
    wanted: tuple[dict[str, str], dict[str, str]]
    fingerprints: list[str]
    user_token: str = ""
    administrator_token: str = ""


@dataclass(frozen=True)
class Facts:
    """How the landscape is reached, and what is in it."""

    proxy: str
    authority: str
    hosts: list[Host]


@dataclass(frozen=True)
class Witness:
    """What the landscape saw of a run.

    Attributes:
        requests: all requests, in the order of their completion.
        cpu: seconds of processor time that the landscape took.
    """

    requests: list[RecordedRequest]
    cpu: float


class Stage:
    """A landscape of many environments, a context manager.

    Args:
        hosts: how many environments.
        latency: seconds that each request waits, also those between the landscape's systems.
        tokens: whether users log on, with whose tokens the role verifies more.
        folder: where the file of authorities is written.
    """

    facts: Facts
    authorities: Path

    def __init__(self, hosts: int, latency: float, tokens: bool, folder: Path) -> None:
        self.latency = latency
        self._folder = folder
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, hosts, latency, tokens), daemon=True)
        self._theirs = theirs

    def __enter__(self) -> Stage:
        """Start the landscape."""
        self._process.start()
        # Without a second holder here, the pipe shows when the landscape has died.
        self._theirs.close()
        if not self._pipe.poll(STARTING):
            raise TimeoutError("The landscape did not start.")
        self.facts = self._pipe.recv()
        # Reading a bundle of authorities is part of what a connection costs, so it has the size of a real one.
        self.authorities = self._folder / "authorities.pem"
        self.authorities.write_text(certifi.contents() + self.facts.authority, encoding="utf-8")
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop the landscape."""
        self._pipe.close()
        self._process.join()

    def prepare(self, state: State) -> None:
        """Put all environments into a state, and begin to watch."""
        self._ask("prepare", state)

    def witness(self) -> Witness:
        """Return what was seen since then."""
        witness: Witness = self._ask("witness")
        return witness

    def _ask(self, *command: str) -> t.Any:
        self._pipe.send(command)
        return self._pipe.recv()


def _serve(pipe: Connection, hosts: int, latency: float, tokens: bool) -> None:
    """Run the landscape until the pipe is closed."""
    environments = [
        {"name": f"environment-{n:03}", "fsm": {"account_id": str(ACCOUNT + n), "company_id": str(COMPANY + n)}}
        for n in range(hosts)
    ]
    config = {"key_size": 2048, "x509_service_keys": False, "environments": environments}
    # One key pair for all certificates: making them would take the processors with which the runs are measured.
    one_key = functools.cache(rsa.generate_private_key)
    with mock.patch.object(rsa, "generate_private_key", one_key), Landscape(config) as landscape:
        scene = _Scene(landscape, latency)
        pipe.send(scene.facts(tokens))
        while True:
            try:
                name, *arguments = pipe.recv()
            except EOFError:
                return
            pipe.send(getattr(scene, name)(*arguments))


class _Scene:
    """The landscape's side of the stage."""

    def __init__(self, landscape: Landscape, latency: float) -> None:
        self._landscape = landscape
        self._latency = Latency(latency)
        self._certificates: dict[str, tuple[TrustCertificate, TrustCertificate]] = {}
        self._began = 0.0
        for environment in self._environments:
            trust = environment.subaccount.trust
            self._certificates[environment.name] = trust.replace(), trust.replace(expires_in_days=DUE)
            for certificate in self._certificates[environment.name]:
                environment.fsm_account.upload(certificate.pem)

    @property
    def _environments(self) -> t.Collection[Environment]:
        return self._landscape.environments.values()

    def facts(self, tokens: bool) -> Facts:
        """Return what the operators know."""
        return Facts(
            self._landscape.proxy_url,
            self._landscape.ca_file.read_text(encoding="ascii"),
            [self._host(environment, tokens) for environment in self._environments],
        )

    def _host(self, environment: Environment, tokens: bool) -> Host:
        task_center = environment.task_center.service_key()["uaa"]
        clients = (environment.application.credentials(), task_center) if tokens else ()
        user = environment.users[0]
        return Host(
            environment.name,
            environment.inputs(),
            expected_pair(environment),
            [certificate.fingerprint for certificate in self._certificates[environment.name]],
            *(str(log_on(self._landscape, client, user)["access_token"]) for client in clients),
        )

    def prepare(self, state: State) -> None:
        """Put all environments into a state, and begin to watch."""
        self._landscape.faults.clear()
        for environment in self._environments:
            subaccount = environment.subaccount
            fresh, due = self._certificates[environment.name]
            subaccount.trust.active = due if state == "due" else fresh
            subaccount.trust.passive = None
            for destination in expected_pair(environment):
                subaccount.destinations.pop(destination["Name"], None)
                if state != "uploaded":
                    subaccount.destinations[destination["Name"]] = destination
            if state == "shown":
                self._landscape.task_center.tick(environment.name)
        self._landscape.faults.add(self._latency)
        self._landscape.forget_requests()
        self._began = time.process_time()

    def witness(self) -> Witness:
        """Return what was seen since then."""
        return Witness(self._landscape.requests(), time.process_time() - self._began)
