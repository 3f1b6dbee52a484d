# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured: the scenarios, and the subjects that do the same work side by side."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

if t.TYPE_CHECKING:
    from .stage import State

CONNECT = "btp_ops.task_center.connect_fsm"
ROTATE = "btp_ops.task_center.rotate_fsm_trust"


@dataclass(frozen=True)
class Scenario:
    """One job.

    Attributes:
        state: in what the environments are found.
        playbook: of the collection, with further arguments.
        writes: requests per environment that have to change something.
        copies: further ones of the role, which writes and deletes a copy of a destination to verify it.
        peers: whether others are measured that do the same job.
        tokens: whether the role has a user's and an administrator's token, and verifies with them.
    """

    title: str
    state: State
    playbook: tuple[str, ...] = (CONNECT,)
    writes: int = 0
    copies: int = 0
    peers: bool = False
    tokens: bool = False


FIRST = Scenario("first run", "uploaded", writes=2, copies=2, peers=True)
AGAIN = Scenario("re-run", "connected", peers=True)
SCENARIOS = (
    FIRST,
    AGAIN,
    Scenario("re-run, all verified", "shown", tokens=True),
    Scenario("check mode", "connected", (CONNECT, "--check")),
    Scenario("audit", "connected", ("btp_ops.task_center.audit_fsm",)),
    Scenario("rotation, idle", "connected", (ROTATE,)),
    Scenario(
        "rotation, stage", "due", ("btp_ops.task_center.rotate_fsm_trust", "-e", "fsm_rotation_phase=stage"), writes=1
    ),
)

ROLE, URI, SDK, FLOOR, REPLAY = "role", "uri", "sdk", "floor", "replay"
SUBJECTS = {
    ROLE: "the collection's playbook, with all of its checks and verifications",
    URI: "a playbook with ``ansible.builtin.uri``: token, trust certificate, both destinations",
    SDK: "SAP's Python client in a loop: token, both destinations",
    FLOOR: "one process with threads and urllib3: the requests of ``uri``",
    REPLAY: "one process with threads and urllib3: the requests that ``role`` had just made",
}
# What takes a second and more per environment.
SLOW = (URI, SDK)


def subjects(scenario: Scenario, slow: bool) -> list[str]:
    """Return who does a job, in the order in which they are measured."""
    peers = [URI, SDK, FLOOR] if scenario.peers else []
    return [ROLE, REPLAY, *(peer for peer in peers if slow or peer not in SLOW)]
