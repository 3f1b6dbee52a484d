# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users at work: requests through the secondary destinations of some environments, all the time."""

from __future__ import annotations

import itertools
import math
import threading
import time
import typing as t
from dataclasses import dataclass, field

import requests

from landscape import Matching
from landscape.faults import Callback
from rotating import user_token

if t.TYPE_CHECKING:
    from landscape import Landscape
    from landscape.faults import Arrival
    from landscape.landscape import Environment

TIMEOUT = 30
LEAST = 20  # requests per second that users make all the time, over all environments
PATIENCE = 25  # seconds in which users who were held up catch up; a client waits for 30


@dataclass(frozen=True)
class Served:
    """A request of a user.

    Attributes:
        error: what went wrong, or None.
    """

    environment: str
    user: str
    error: str | None


@dataclass
class Load:
    """Users of each environment, who act on tasks one after the other; a context manager, at work inside of it.

    Each request is what an application does for a user: "find destination" with the user's token, for which the
    Destination Service signs an assertion and FSM judges it.

    Users act at fixed intervals: however busy the machine is, no request is left out, and late ones follow at once. A
    change in the Destination Service meanwhile waits until the users have caught up with LEAST requests per second, so
    that no change falls into a moment of rest.

    Attributes:
        per_second: requests that each environment's users make in a second.
        users: how many users take turns in each environment.
        done: what came of each request.
        held_up: changes for which the users did not catch up.
    """

    landscape: Landscape
    environments: t.Sequence[Environment]
    per_second: float = 8
    users: int = 3
    done: list[Served] = field(default_factory=list)
    held_up: list[str] = field(default_factory=list)
    seconds: float = 0

    def __enter__(self) -> Load:
        """Log the users on and let them begin."""
        self._progress = threading.Condition()
        self._end = math.inf
        self._threads = [
            threading.Thread(target=self._work, args=(one, self._session(one), self._tokens(one)), daemon=True)
            for one in self.environments
        ]
        for one, method in itertools.product(self.environments, ("POST", "PUT", "DELETE")):
            changes = Matching(environment=one.name, system="destination-service", method=method, origin="client")
            self.landscape.faults.add(Callback(self._catch_up), changes)
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        self.go_on()
        return self

    def __exit__(self, *_exception: object) -> None:
        """Let the users make the requests that are due by now."""
        self._end = time.monotonic()
        for thread in self._threads:
            thread.join()
        self.seconds = self._end - self._began
        self.landscape.faults.clear()

    @property
    def failures(self) -> list[str]:
        """What went wrong, per failed request."""
        return [f"{one.environment}: {one.error}" for one in list(self.done) if one.error]

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.done) / self.seconds

    def go_on(self, requests_per_environment: int = 6) -> None:
        """Wait until every environment's users have made some more requests."""
        with self._progress:
            wanted = {one.name: self._count(one) + requests_per_environment for one in self.environments}
            assert self._progress.wait_for(
                lambda: all(self._count(one) >= wanted[one.name] for one in self.environments), TIMEOUT
            )

    def _count(self, environment: Environment) -> int:
        return sum(one.environment == environment.name for one in self.done)

    def _catch_up(self, arrival: Arrival) -> None:
        """Wait until the users have made as many requests as are due by now at the least."""
        with self._progress:
            if not self._progress.wait_for(
                lambda: len(self.done) >= LEAST * (time.monotonic() - self._began), PATIENCE
            ):
                self.held_up.append(f"{arrival.method} {arrival.path}")

    def _tokens(self, environment: Environment) -> dict[str, str]:
        more = [self.landscape.add_user(environment) for _number in range(self.users - len(environment.users))]
        return {user.email: user_token(self.landscape, environment, user) for user in (*environment.users, *more)}

    def _session(self, environment: Environment) -> requests.Session:
        """Return a session of an application that is bound to the environment's Destination Service."""
        key = environment.service_key.credentials()
        session = requests.Session()
        # The machine's own settings would count for more than those of the session.
        session.trust_env = False
        session.proxies = {"https": self.landscape.proxy_url}
        session.verify = str(self.landscape.ca_file)
        answer = session.post(
            f"{key['url']}/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(key["clientid"], key["clientsecret"]),
            timeout=TIMEOUT,
        )
        answer.raise_for_status()
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return session

    def _work(self, environment: Environment, session: requests.Session, tokens: dict[str, str]) -> None:
        url = f"{environment.service_key.credentials()['uri']}/destination-configuration/v1/destinations/FSM_PP"
        turn = time.monotonic()
        with session:
            for user, token in itertools.cycle(tokens.items()):
                if turn > self._end:
                    return
                time.sleep(max(0, turn - time.monotonic()))
                self._note(Served(environment.name, user, self._act(session, url, token)))
                turn += 1 / self.per_second

    @staticmethod
    def _act(session: requests.Session, url: str, token: str) -> str | None:
        try:
            answer = session.get(url, headers={"X-user-token": token}, timeout=TIMEOUT)
        except requests.RequestException as error:
            return str(error)
        if answer.status_code != 200:
            return f"{answer.status_code} {answer.text}"
        (entry,) = answer.json()["authTokens"]
        return str(entry["error"]) if entry.get("error") or not entry["value"] else None

    def _note(self, served: Served) -> None:
        with self._progress:
            self.done.append(served)
            self._progress.notify_all()
