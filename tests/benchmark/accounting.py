# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run asked of the landscape: requests by kind, connections, tokens, writes."""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from dataclasses import dataclass

from landscape import destination_service, fsm, xsuaa
from landscape.faults.arrivals import SYSTEM_AGENTS
from landscape.task_center import api as task_center

if t.TYPE_CHECKING:
    from landscape import RecordedRequest

SYSTEMS = {
    "XSUAA": xsuaa.HOST,
    "Destination Service": destination_service.HOST,
    "FSM": fsm.HOST,
    "Task Center": task_center.HOST,
}
# What is the same for all requests of a system, and what differs from environment to environment.
BASE = re.compile(r"^/destination-configuration/v1/|^/api/|^/")
OWN_NAME = re.compile(r"(?<=accounts/)[^/]+|(?<=saml/)[^/]+|(?<=connectors/)[^/]+|(?<=/)btp-ops-token-check-[^/]+")


def from_outside(request: RecordedRequest) -> bool:
    """Return whether a request came from outside of the landscape, not from one of its systems to another."""
    return not request.user_agent.startswith(SYSTEM_AGENTS)


def kind(request: RecordedRequest) -> str:
    """Return what a request is, without what differs from environment to environment."""
    system = next((name for name, host in SYSTEMS.items() if host.fullmatch(request.host)), request.host)
    return f"{system} {request.method} {OWN_NAME.sub('*', BASE.sub('', request.path))}"


def is_token(request: RecordedRequest) -> bool:
    """Return whether a request asks for a token."""
    return request.path.endswith("/token")


def is_write(request: RecordedRequest) -> bool:
    """Return whether a request changes something."""
    return request.method not in ("GET", "HEAD") and not is_token(request)


@dataclass(frozen=True)
class Tally:
    """What some requests from outside come to.

    Attributes:
        requests: how many of each kind.
        connections: how many TLS connections they came on.
        tokens: how many of them asked for a token.
        writes: how many of them changed something.
    """

    requests: dict[str, int]
    connections: int
    tokens: int
    writes: int


def tally(recorded: t.Iterable[RecordedRequest]) -> Tally:
    """Count requests, those of the landscape's systems to each other left out."""
    outside = [request for request in recorded if from_outside(request)]
    return Tally(
        requests=dict(Counter(map(kind, outside))),
        connections=len({request.connection for request in outside}),
        tokens=sum(map(is_token, outside)),
        writes=sum(map(is_write, outside)),
    )
