# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Earlier states of what subaccounts hold, for reads that lag behind writes."""

from __future__ import annotations

import copy
import dataclasses
import functools
import typing as t
from collections import defaultdict, deque

from ..subaccount.configuration_store import ConfigurationStore, Level
from ..subaccount.trust import TrustStore

if t.TYPE_CHECKING:
    from datetime import datetime, timedelta

    from ..platform.clock import Clock
    from ..subaccount.tenants import ServiceInstance, Subaccount

# Writes that are remembered for each level and each pair of trust certificates.
REMEMBERED = 100

Holder = t.TypeVar("Holder", Level, TrustStore)
Holders = tuple[Level | TrustStore, ...]


@dataclasses.dataclass
class Write:
    """A write: when it was done (or has begun, while it is not), and what it may have changed was like before."""

    at: datetime
    before: dict[t.Any, t.Any]


class EarlierStates:
    """The states of levels and trust certificates before each of their latest writes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._writes: defaultdict[t.Any, deque[Write]] = defaultdict(lambda: deque(maxlen=REMEMBERED))

    def remember(self, subaccount: Subaccount, instance: ServiceInstance) -> Write:
        """Keep the present state of what a client of this instance can write on behalf of this subaccount."""
        holders: Holders = (subaccount.level, subaccount.trust, instance.level(subaccount))
        write = Write(self._clock.now(), {holder: snapshot(holder) for holder in holders})
        for holder in holders:
            self._writes[holder].append(write)
        return write

    def as_of(self, age: timedelta) -> t.Callable[[Holder], Holder]:
        """Return what replaces each holder by the state that it was in this long ago, as far back as is remembered."""
        return functools.partial(self._state, self._clock.now() - age)

    def _state(self, then: datetime, holder: Holder) -> Holder:
        states = (write.before[holder] for write in self._writes[holder] if write.at > then)
        return t.cast("Holder", next(states, holder))


Copied = t.TypeVar("Copied")


def snapshot(holder: Copied) -> Copied:
    """Return a copy that later writes do not touch: they replace what is in a mapping, and never change it."""
    duplicate = copy.copy(holder)
    for name, value in vars(holder).items():
        if isinstance(value, ConfigurationStore):
            setattr(duplicate, name, snapshot(value))
        elif isinstance(value, dict):
            setattr(duplicate, name, dict(value))
    return duplicate
