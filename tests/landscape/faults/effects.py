# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that tests and operators switch on: which requests they strike, and what happens to these.

Several faults that strike the same request act together, for instance a callback and a broken connection::

    landscape.faults.add(Status(429, retry_after=2), Matching(system="destination-service", method="GET"), times=3)
    landscape.faults.add(LostAnswer(), Matching(environment="dev", path="*/saml2Metadata/certificate/passive"), nth=2)
"""

from __future__ import annotations

import itertools
import math
import random
import threading
import typing as t
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

# How many of the requests that it struck a fault remembers.
REMEMBERED = 1000

SYSTEMS = ("xsuaa", "destination-service", "fsm", "task-center")

When = t.Literal["before", "after"]
Origin = t.Literal["client", "landscape"]


@dataclass(frozen=True)
class Arrival:
    """A request as faults see it: before any system has handled it."""

    method: str
    host: str
    path: str
    # One of SYSTEMS; None for a host name that the landscape does not have.
    system: str | None
    # What the request claims in host name, client or token; None when it claims nothing.
    environment: str | None
    # "landscape" when one of the simulated systems sent it to another one.
    origin: Origin = "client"


@dataclass(frozen=True)
class Matching:
    """A class of requests: those that fit everything that is given. ``host`` and ``path`` take ``*`` and ``?``."""

    method: str | None = None
    system: str | None = None
    host: str | None = None
    path: str | None = None
    environment: str | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        """Refuse what would never strike: ValueError for a system that there is not."""
        if self.system not in (None, *SYSTEMS):
            raise ValueError(f"system is {self.system!r} and must be one of {', '.join(SYSTEMS)}")

    def fits(self, arrival: Arrival) -> bool:
        """Say whether a request is of this class."""
        return (
            self.fits_connection(arrival)
            and (self.method is None or self.method.upper() == arrival.method)
            and (self.path is None or fnmatchcase(arrival.path, self.path))
            and (self.origin is None or self.origin == arrival.origin)
        )

    def fits_connection(self, arrival: Arrival) -> bool:
        """Say whether a connection is of this class, of which only the host name is known."""
        return (
            (self.system is None or self.system == arrival.system)
            and (self.host is None or fnmatchcase(arrival.host, self.host))
            and (self.environment is None or self.environment == arrival.environment)
        )


class Effect:
    """What a fault does to a request."""

    # What refuses, breaks or answers requests by itself keeps them from being carried out.
    carried_out: t.ClassVar[bool] = True


@dataclass(frozen=True)
class Latency(Effect):
    """The request waits before it is handled: ``seconds`` of real time."""

    seconds: float


@dataclass(frozen=True)
class Status(Effect):
    """The system answers with this status instead of handling the request; ``retry_after`` in seconds."""

    carried_out = False

    status: int
    retry_after: int | None = None
    # Whether Retry-After names the moment (HTTP date) instead of the seconds (RFC 9110, section 10.2.3).
    retry_after_as_date: bool = False
    body: str = ""
    content_type: str = "text/plain"


@dataclass(frozen=True)
class Echo(Effect):
    """The system refuses, and its answer quotes the request, as debugging gateways and careless validations do."""

    carried_out = False

    # How it quotes; one of the forms in echo.py.
    form: str
    status: int = 400
    # What it quotes, in this order: headers, and fields of a form or of a JSON object, whose name holds one of these.
    quoting: tuple[str, ...] = ("authorization", "secret", "password", "token")


@dataclass(frozen=True)
class RefusedConnection(Effect):
    """New connections to the host are refused, and those that the proxy did not make are reset by their next request.

    The proxy refuses a connection by host name, system, and what the host name says of the environment. Those that
    existed before, or come directly, it does not see; of these, the request's token names the environment as well.
    Methods, paths and origins say nothing of a connection.
    """

    carried_out = False


@dataclass(frozen=True)
class ResetConnection(Effect):
    """The connection is reset (TCP RST) instead of the request being handled."""

    carried_out = False


@dataclass(frozen=True)
class LostAnswer(Effect):
    """The request is carried out, but the connection is reset before anything of the answer is sent."""


@dataclass(frozen=True)
class TruncatedBody(Effect):
    """The request is carried out, but the connection ends in the middle of the answer's body; before an empty one."""


@dataclass(frozen=True)
class NotJson(Effect):
    """The request is carried out, but the answer's body is an HTML page, as of a gateway."""


@dataclass(frozen=True)
class ExpiringToken(Effect):
    """A token service issues tokens that expire after ``lifetime`` seconds, whatever ``expires_in`` says."""

    lifetime: int = 0


@dataclass(frozen=True)
class RevokedToken(Effect):
    """The bearer token of the request is no longer accepted: neither now nor later."""


@dataclass(frozen=True)
class Lag(Effect):
    """A read of the Destination Service does not see what was written less than ``seconds`` (landscape's clock) ago.

    Writes are remembered while some fault of this kind is switched on, whatever class of requests it is meant for.
    """

    seconds: float


@dataclass(frozen=True)
class Callback(Effect):
    """A function is called, in a thread of its own, before a request is handled, or after that but before the answer.

    The request waits until the function returns.
    """

    function: t.Callable[[Arrival], object]
    when: When = "before"


@dataclass(eq=False)
class Pause(Effect):
    """One request waits, before it is handled or after that but before the answer, until it is released."""

    when: When = "before"
    _arrived: threading.Event = field(default_factory=threading.Event, init=False, repr=False)
    released: Future[bool] = field(default_factory=Future, init=False, repr=False)

    def wait(self, timeout: float) -> bool:
        """Wait until a request has arrived here, for at most ``timeout`` seconds; say whether one has."""
        return self._arrived.wait(timeout)

    @property
    def arrived(self) -> bool:
        """Whether a request has arrived here."""
        return self._arrived.is_set()

    def arrive(self) -> None:
        """Say that a request has arrived here."""
        self._arrived.set()

    def release(self) -> None:
        """Let the request go on."""
        self._end(go_on=True)

    def drop(self) -> None:
        """Reset the request's connection: it is not handled, or its answer is not sent."""
        self._end(go_on=False)

    def _end(self, *, go_on: bool) -> None:
        if not self.released.done():
            self.released.set_result(go_on)


EFFECTS: dict[str, type[Effect]] = {
    "latency": Latency,
    "status": Status,
    "echo": Echo,
    "refused-connection": RefusedConnection,
    "reset-connection": ResetConnection,
    "lost-answer": LostAnswer,
    "truncated-body": TruncatedBody,
    "not-json": NotJson,
    "expiring-token": ExpiringToken,
    "revoked-token": RevokedToken,
    "lag": Lag,
    "pause": Pause,
}


@dataclass(eq=False)
class Fault:
    """An effect on a class of requests, switched on until it is removed; it counts what it meets."""

    id: int
    effect: Effect
    matching: Matching
    # The first request of the class that is struck, counted from 1.
    nth: int
    # How many requests are struck; None for all from the nth on.
    times: int | None
    # How probable it is that a request is struck which could be.
    probability: float
    # How many requests of the class have arrived.
    matched: int = 0
    # How many of them were struck.
    struck: int = 0
    # The latest of those that were struck.
    requests: deque[Arrival] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def meets(self, arrival: Arrival, chance: random.Random) -> bool:
        """Count a request of the class and say whether it is struck."""
        self.matched += 1
        if self.matched < self.nth or self.struck >= (math.inf if self.times is None else self.times):
            return False
        if self.probability < 1 and chance.random() >= self.probability:
            return False
        self.struck += 1
        self.requests.append(arrival)
        return True


class Faults:
    """All faults that are switched on. Safe to use from a test's thread while the landscape serves from its own."""

    def __init__(self, seed: int = 0) -> None:
        self._chance = random.Random(seed)
        self._ids = itertools.count(1)
        self._faults: tuple[Fault, ...] = ()
        self._lock = threading.Lock()
        self.revoked_tokens: set[str] = set()

    def __iter__(self) -> t.Iterator[Fault]:
        return iter(self._faults)

    def __bool__(self) -> bool:
        return bool(self._faults or self.revoked_tokens)

    def add(
        self,
        effect: Effect,
        matching: Matching | None = None,
        *,
        nth: int = 1,
        times: int | None = None,
        probability: float = 1.0,
    ) -> Fault:
        """Switch a fault on.

        Args:
            effect: what happens to the requests that are struck.
            matching: the class of requests; all requests when None.
            nth: the first request of the class that is struck, counted from 1.
            times: how many requests are struck; all from the nth on when None.
            probability: how probable it is that a request is struck which could be; seeded by ``seed()``.

        Raises:
            ValueError: a number makes no sense.
        """
        if nth < 1 or (times is not None and times < 1) or not 0 < probability <= 1:
            raise ValueError("nth and times must be at least 1, and probability above 0 and at most 1")
        with self._lock:
            fault = Fault(next(self._ids), effect, matching or Matching(), nth, times, probability)
            self._faults = (*self._faults, fault)
        return fault

    def pause_before(self, matching: Matching | None = None, *, nth: int = 1) -> Pause:
        """Hold the nth request of a class when it has arrived, before it is carried out."""
        return self._pause("before", matching, nth)

    def pause_after(self, matching: Matching | None = None, *, nth: int = 1) -> Pause:
        """Hold the nth request of a class when it has been carried out, before its answer is sent."""
        return self._pause("after", matching, nth)

    def _pause(self, when: When, matching: Matching | None, nth: int) -> Pause:
        pause = Pause(when)
        self.add(pause, matching, nth=nth, times=1)
        return pause

    def remove(self, fault: Fault) -> None:
        """Switch one fault off; the request that it holds goes on."""
        with self._lock:
            self._faults = tuple(item for item in self._faults if item is not fault)
        _release(fault)

    def clear(self) -> None:
        """Switch all faults off, let all requests that are held go on, and accept revoked tokens again."""
        with self._lock:
            faults, self._faults = self._faults, ()
            self.revoked_tokens.clear()
        for fault in faults:
            _release(fault)

    def seed(self, number: int) -> None:
        """Make the chances of faults with a probability repeatable."""
        self._chance.seed(number)

    def strike(self, arrival: Arrival) -> list[Fault]:
        """Return the faults that strike a request, in the order in which they were switched on; all of them count."""
        return [
            fault for fault in self._faults if self._concerns(fault, arrival) and fault.meets(arrival, self._chance)
        ]

    @staticmethod
    def _concerns(fault: Fault, arrival: Arrival) -> bool:
        if isinstance(fault.effect, RefusedConnection):
            return fault.matching.fits_connection(arrival)
        return fault.matching.fits(arrival)

    def refuses_connection(self, connection: Arrival) -> bool:
        """Say whether a new connection is refused; it counts."""
        return any(
            fault.matching.fits_connection(connection) and fault.meets(connection, self._chance)
            for fault in self._faults
            if isinstance(fault.effect, RefusedConnection)
        )


def _release(fault: Fault) -> None:
    if isinstance(fault.effect, Pause):
        fault.effect.release()
