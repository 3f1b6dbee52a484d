# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs at once, each a process of its own, whose requests to the Destination Service come in a chosen order.

Only the run whose turn it is goes on; the landscape holds the next request of the other one. So a seed decides on the
whole interleaving, and a run that fails can be repeated.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
import typing as t
from concurrent.futures import ThreadPoolExecutor

from landscape.faults import Callback, Matching
from operator_at_work import ROOT, Operator

if t.TYPE_CHECKING:
    import random
    from pathlib import Path

    from landscape import Landscape
    from landscape.faults import Arrival
    from landscape.landscape import Environment
    from operator_at_work import Run, Variables

MET = "Someone else has"
HANGING = 120  # seconds after which a run whose turn it is hangs
# How many requests a run sends until it may be the other one's turn: mostly few, and now and then all that it has left.
BURSTS = (1, 1, 1, 2, 2, 3, 5, 8, 13, 1000)


class Turns:
    """Holds every request to the Destination Service on behalf of one environment until it is its run's turn."""

    def __init__(self, landscape: Landscape, environment: Environment) -> None:
        self._changed = threading.Condition()
        self._turn = ""
        self.order: list[str] = []
        # Requests that came although it was nobody's turn: a run is expected to send one after the other.
        self.stray: list[str] = []
        matching = Matching(system="destination-service", environment=environment.name, origin="client")
        self._fault = landscape.faults.add(Callback(self._arrive), matching)
        self._faults = landscape.faults

    def give(self, name: str, act: t.Callable[[], object] = lambda: None) -> None:
        """Let a run go on until its next request has arrived or it has ended.

        Args:
            name: of the run.
            act: starts it.
        """
        with self._changed:
            self._turn = name
            self._changed.notify_all()
            act()
            assert self._changed.wait_for(lambda: not self._turn, HANGING), f"{name} hangs: {self.order}"

    def end(self, name: str) -> None:
        """Say that a run has ended."""
        with self._changed:
            if self._turn == name:
                self._turn = ""
            self._changed.notify_all()

    def close(self) -> None:
        """Let everything go on."""
        self._faults.remove(self._fault)

    def _arrive(self, arrival: Arrival) -> None:
        request = f"{arrival.method} {arrival.path.rpartition('/v1/')[2]}"
        with self._changed:
            name, self._turn = self._turn, ""
            if not name:
                self.stray.append(request)
                return
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._turn == name, HANGING)
            self.order.append(f"{name}: {request}")


class Race:
    """Two colleagues, each at a controller of their own, who work on one subaccount.

    Attributes:
        order: the requests of both, in the order in which the service carried them out.
    """

    def __init__(self, operator: Operator, environment: Environment, folder: Path) -> None:
        self.operator = operator
        self.environment = environment
        self.order: list[str] = []
        self._folder = folder

    def run(self, plays: dict[str, tuple[str, Variables]], chance: random.Random) -> dict[str, Run]:
        """Run playbooks at once, and return what came of each, by name.

        Args:
            plays: the playbook and the variables of its host, by name of the run.
            chance: decides on the interleaving.
        """
        turns = Turns(self.operator.landscape, self.environment)
        with contextlib.ExitStack() as closing, ThreadPoolExecutor(len(plays)) as pool:
            closing.callback(turns.close)
            runs = {}
            for name, (playbook, variables) in plays.items():
                colleague = self._colleague(name)
                # A short path: ansible-core 2.21 has a socket in it.
                short = closing.enter_context(tempfile.TemporaryDirectory())

                def start(
                    name: str = name,
                    playbook: str = playbook,
                    variables: Variables = variables,
                    colleague: Operator = colleague,
                    short: str = short,
                ) -> None:
                    runs[name] = pool.submit(_play, colleague, playbook, variables, short)
                    runs[name].add_done_callback(lambda _run: turns.end(name))

                turns.give(name, start)
            while waiting := [name for name, run in runs.items() if not run.done()]:
                name = chance.choice(waiting)
                for _request in range(chance.choice(BURSTS)):
                    if runs[name].done():
                        break
                    turns.give(name)
            self.order = turns.order
            assert turns.stray == []
            return {name: run.result() for name, run in runs.items()}

    def _colleague(self, name: str) -> Operator:
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        colleague = Operator(self.operator.landscape, folder, ROOT / ".work" / "tree")
        colleague.secrets = self.operator.secrets
        colleague.reported = self.operator.reported
        return colleague


def _play(colleague: Operator, playbook: str, variables: Variables, short: str) -> Run:
    inventory = colleague.inventory({"dev": variables})
    target = f"btp_ops.task_center.{playbook}"
    return colleague.run("ansible-playbook", "-i", str(inventory), target, TMPDIR=short, allow_warning=MET)
