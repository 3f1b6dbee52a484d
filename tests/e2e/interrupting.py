# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of ansible-playbook that are killed, or answered by nobody, at chosen requests."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

from landscape import Matching
from landscape.faults import LostAnswer
from operator_at_work import COLLECTION, TIMEOUT

if t.TYPE_CHECKING:
    from landscape.faults import Pause
    from landscape.landscape import Environment
    from operator_at_work import Operator, Variables
    from rotating import Rotating

# Users, the Destination Service and FSM send requests too.
AGENT = "btp_ops.task_center"
ROTATION = "rotate_fsm_trust"
ARRIVAL = 60  # seconds in which a run has to come to its boundary
# Children of background jobs are deaf to it.
HEARS_CTRL_C = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
)
Ending = t.Callable[["subprocess.Popen[t.Any]"], None]


@dataclass(frozen=True)
class Boundary:
    """A moment between two requests of a run.

    Attributes:
        number: which request of an environment, counted from 1.
        when: before it is carried out, or after that and before its answer is sent.
    """

    number: int
    when: t.Literal["before", "after"]


class Interrupted(t.Protocol):
    """An environment whose run is interrupted."""

    @property
    def environment(self) -> Environment:
        """The environment of the landscape."""


def requests_of(operator: Operator, one: Interrupted) -> list[str]:
    """Return the requests that runs have made for an environment, in their order."""
    return [
        f"{request.method} {request.path}"
        for request in operator.landscape.requests(one.environment.name)
        if request.user_agent == AGENT
    ]


def writing(requests: t.Sequence[str]) -> list[int]:
    """Return which requests change something, counted from 1."""
    return [
        number
        for number, request in enumerate(requests, 1)
        if not request.startswith("GET") and not request.endswith("/oauth/token") and "/oauth2/" not in request
    ]


def pause_at(operator: Operator, one: Interrupted, boundary: Boundary) -> Pause:
    """Hold the run of an environment at a boundary."""
    faults = operator.landscape.faults
    hold = faults.pause_before if boundary.when == "before" else faults.pause_after
    return hold(Matching(environment=one.environment.name, origin="client"), nth=boundary.number)


def lose_answer(operator: Operator, rotating: Rotating, number: int) -> None:
    """Let a request of an environment be carried out and its answer be lost."""
    matching = Matching(environment=rotating.environment.name, origin="client")
    operator.landscape.faults.add(LostAnswer(), matching, nth=number, times=1)


@contextlib.contextmanager
def running(
    operator: Operator,
    inventory: Path,
    limit: str,
    *arguments: str,
    playbook: str = ROTATION,
    end: Ending | None = None,
    **variables: str,
) -> t.Iterator[Path]:
    """Run a playbook in the background, and end it.

    Args:
        operator: who runs it.
        inventory: its file.
        limit: the environments that it is run for, a name or a pattern.
        arguments: further command-line arguments.
        playbook: its name in the collection.
        end: how it ends; without one, all of its processes are killed.
        variables: further environment variables.

    Yields:
        the file with what it prints.
    """
    output = operator.folder / f"killed-{limit}.txt"
    command = [
        *(sys.executable, "-c", HEARS_CTRL_C, str(Path(sys.executable).parent / "ansible-playbook")),
        *("-i", str(inventory), f"{COLLECTION}.{playbook}", "--limit", limit),
        *arguments,
    ]
    with output.open("w") as file:
        process = subprocess.Popen(
            command,
            cwd=operator.folder,
            env=operator.environment_variables(**variables),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            # As at a terminal.
            start_new_session=True,
        )
        try:
            yield output
            (end or kill)(process)
        finally:
            kill(process)


def kill(process: subprocess.Popen[t.Any]) -> None:
    """Kill a process and all that it has started, without a chance to tidy up."""
    # Ansible's workers have sessions of their own, so no signal to a group would reach them.
    family = [process.pid, *_descendants(process.pid)]
    for number in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    process.wait(TIMEOUT)


def press_ctrl_c(process: subprocess.Popen[t.Any]) -> None:
    """Interrupt a process as a terminal does, and wait until it has ended by itself."""
    os.killpg(process.pid, signal.SIGINT)
    process.wait(TIMEOUT)


def kill_at(
    operator: Operator,
    boundaries: t.Mapping[str, tuple[Interrupted, Boundary]],
    hosts: dict[str, Variables],
    arguments: t.Sequence[str] = (),
    playbook: str = ROTATION,
    end: Ending = kill,
    **variables: str,
) -> str:
    """Run a playbook for each environment until it has come to its boundary, and end it there; return what was printed.

    Each has a run of its own: a task of a run begins when the one before has ended in all of its environments.

    Args:
        operator: whose environments they are.
        boundaries: the environment and its boundary by host name.
        hosts: variables by host name.
        arguments: further command-line arguments.
        playbook: its name in the collection.
        end: how it ends there.
        variables: further environment variables.
    """
    pauses = {name: pause_at(operator, one, boundary) for name, (one, boundary) in boundaries.items()}
    inventory = operator.inventory(hosts)
    with contextlib.ExitStack() as runs:
        outputs = {
            name: runs.enter_context(
                running(operator, inventory, name, *arguments, playbook=playbook, end=end, **variables)
            )
            for name in pauses
        }
        for name, pause in pauses.items():
            assert pause.wait(ARRIVAL), f"{name} did not come to {boundaries[name][1]}:\n{outputs[name].read_text()}"
    for pause in pauses.values():
        pause.drop()
    for fault in [fault for fault in operator.landscape.faults if fault.effect in pauses.values()]:
        operator.landscape.faults.remove(fault)
    printed = "\n".join(output.read_text() for output in outputs.values())
    operator.assert_no_secret(printed)
    return printed


def _descendants(process: int) -> list[int]:
    try:
        text = " ".join(path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children"))
    except FileNotFoundError:
        return []
    children = [int(number) for number in text.split()]
    return children + [number for child in children for number in _descendants(child)]
