# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Earlier states of subaccounts, for reads that lag behind writes."""

from __future__ import annotations

import copy
import dataclasses
import typing as t
from collections import defaultdict, deque

from .configuration_store import ConfigurationStore, Level
from .tenants import ServiceInstance
from .trust import TrustStore

if t.TYPE_CHECKING:
    from datetime import datetime, timedelta

    from starlette.requests import Request

    from .clock import Clock
    from .operations import Caller
    from .tenants import Subaccount

# Writes that are remembered for each subaccount.
REMEMBERED = 100


@dataclasses.dataclass
class Write:
    """A write: when it was done (or has begun, while it is not), and what the subaccount was like before."""

    at: datetime
    before: Subaccount


class EarlierStates:
    """What subaccounts looked like before each of their latest writes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._states: defaultdict[str, deque[Write]] = defaultdict(lambda: deque(maxlen=REMEMBERED))

    def remember(self, subaccount: Subaccount) -> Write:
        """Keep the present state of a subaccount, which is about to change."""
        write = Write(self._clock.now(), snapshot(subaccount))
        self._states[subaccount.id].append(write)
        return write

    def state(self, subaccount: Subaccount, age: timedelta) -> Subaccount:
        """Return the state that a subaccount was in this long ago, as far back as it is remembered."""
        then = self._clock.now() - age
        return next((write.before for write in self._states[subaccount.id] if write.at > then), subaccount)


Copied = t.TypeVar("Copied")

# What holds state of its own, all the way down; everything else is replaced by writes, never changed.
_HOLDERS = (ConfigurationStore, Level, ServiceInstance, TrustStore)


def snapshot(holder: Copied) -> Copied:
    """Return a copy of a subaccount, or of a part of one, that later writes do not touch."""
    duplicate = copy.copy(holder)
    for name, value in vars(holder).items():
        object.__setattr__(duplicate, name, _duplicate(value))
    return duplicate


def _duplicate(value: t.Any) -> t.Any:
    if isinstance(value, _HOLDERS):
        return snapshot(value)
    if isinstance(value, list):
        return [_duplicate(item) for item in value]
    if isinstance(value, dict):
        return {key: _duplicate(item) for key, item in value.items()}
    return value


def as_seen(request: Request, caller: Caller) -> Caller:
    """Return the caller with the subaccount in the state that the request shall see."""
    state: Subaccount | None = request.scope.get("landscape.earlier_state")
    if state is None or state.id != caller.subaccount.id:
        return caller
    instance = next((item for item in state.instances if item.id == caller.instance.id), caller.instance)
    return dataclasses.replace(caller, subaccount=state, instance=instance)
