# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection's rulebook, run by the real ansible-rulebook, and whoever sends it events."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import requests
import yaml

from landscape.platform.clock import Clock
from landscape.platform.pki import Authority, certificate_pem, distinguished_name, private_key_pem
from operator_at_work import COLLECTION, RECORD, ROOT

if t.TYPE_CHECKING:
    from operator_at_work import Operator

TOKEN = "the-bearer-token-of-alert-notification"
LOOPBACK = "127.0.0.1"
PATIENCE = 120  # seconds until the rulebook, or a run, is taken for hanging
HERE = Path(__file__).resolve().parent
EXAMPLES = ROOT / "examples" / "eda"

Event = dict[str, t.Any]
# Name of the playbook, and the environments on which it worked.
Run = tuple[str, set[str]]


def example(name: str, subaccount: str, **changes: t.Any) -> Event:
    """Return an event of the examples, as if it came from a subaccount; ``changes`` replace some of its fields."""
    event = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    event["resource"]["subAccount"] = subaccount
    return {**event, **changes}


class Rulebook:
    """The rulebook at work, until it is stopped.

    Args:
        operator: in whose folder it works.
        inventory: on which its runs work.
        environments: names of hosts, by ID of subaccount.
        token: that events need; None if the environment has none.
    """

    def __init__(
        self, operator: Operator, inventory: Path, environments: t.Mapping[str, str], token: str | None = TOKEN
    ) -> None:
        self.operator = operator
        self.reports = operator.folder / "reports"
        self._output = operator.folder / "rulebook.log"
        self._runs = operator.folder / "runs.jsonl"
        self._runs.touch()
        self._port = _free_port()
        self._authority = operator.folder / "events-ca.pem"
        variables = {
            **self._certificate(),
            "fsm_event_host": LOOPBACK,
            "fsm_event_port": self._port,
            "fsm_event_environments": dict(environments),
            "fsm_event_report_dir": str(self.reports),
        }
        path = operator.folder / "events.yml"
        path.write_text(yaml.safe_dump(variables), encoding="utf-8")
        command = [
            *(sys.executable, "-m", "ansible_rulebook", "--rulebook", f"{COLLECTION}.alert_notification"),
            *("--inventory", str(inventory), "--vars", str(path)),
            *(("--env-vars", "FSM_EVENT_TOKEN") if token else ()),
        ]
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                cwd=operator.folder,
                env=self._environment(token),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_until_it_listens(self) -> None:
        """Wait until events can be posted."""
        self.wait(self._listens)

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self.wait_until_it_ends()

    def wait_until_it_ends(self) -> None:
        """Wait until the process has ended."""
        self._process.wait(PATIENCE)

    @property
    def output(self) -> str:
        """Everything that it and its runs have printed."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    @property
    def runs(self) -> list[Run]:
        """The runs that have ended, in their order."""
        ended = [json.loads(line) for line in self._runs.read_text(encoding="utf-8").splitlines()]
        # A run's first task, which is no work on any environment, runs on one host for all.
        return [(run["playbook"], {host for host, count in run["tasks"].items() if count > 1}) for run in ended]

    def results(self) -> list[dict[str, t.Any]]:
        """Return the results of all runs' tasks so far."""
        record = self.operator.folder / RECORD
        return [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []

    def report(self, name: str) -> dict[str, t.Any]:
        """Return the latest report of the check, the audit or the rotation."""
        text = (self.reports / f"{name}.json").read_text(encoding="utf-8")
        return t.cast("dict[str, t.Any]", json.loads(text))

    def post(self, event: t.Any, authorization: str | None = f"Bearer {TOKEN}") -> int:
        """Post an event and return the status of the answer."""
        return requests.post(
            f"https://{LOOPBACK}:{self._port}/alerts",
            data=event if isinstance(event, (str, bytes)) else json.dumps(event),
            headers={"Authorization": authorization} if authorization is not None else {},
            verify=str(self._authority),
            timeout=30,
        ).status_code

    def runs_after(self, *events: t.Any, until: Run) -> list[Run]:
        """Post events, wait until a certain run has ended, and return all that have ended until then.

        Runs are started one after the other, in the order of the events.
        """
        before = len(self.runs)
        assert [self.post(event) for event in events] == [200] * len(events)
        self.wait(lambda: until in self.runs[before:])
        return self.runs[before:]

    def wait(self, reached: t.Callable[[], bool]) -> None:
        """Look again and again until something is the case."""
        deadline = time.monotonic() + PATIENCE
        while not reached():
            assert self._process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.1)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((LOOPBACK, self._port)) == 0

    def _environment(self, token: str | None) -> dict[str, str]:
        variables = self.operator.environment_variables(RUNS_FILE=str(self._runs))
        variables |= {"FSM_EVENT_TOKEN": token} if token else {}
        # ansible-rulebook calls Ansible's programs by their names.
        variables["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), variables["PATH"]])
        variables["ANSIBLE_CALLBACK_PLUGINS"] += f"{os.pathsep}{HERE / 'plugins' / 'callback'}"
        variables["ANSIBLE_CALLBACKS_ENABLED"] += ",runs"
        return variables

    def _certificate(self) -> dict[str, str]:
        """Make the webhook's server certificate, and return the variables that name its files."""
        authority = Authority(distinguished_name(CN="Authority of the webhook"), Clock())
        certificate, key = authority.issue_server(["localhost"], [LOOPBACK])
        self._authority.write_text(authority.pem, encoding="ascii")
        files = {"certfile": certificate_pem(certificate), "keyfile": private_key_pem(key)}
        for name, text in files.items():
            path = self.operator.folder / f"events-{name}.pem"
            path.touch(mode=0o600)
            path.write_text(text, encoding="ascii")
        return {f"fsm_event_{name}": str(self.operator.folder / f"events-{name}.pem") for name in files}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
