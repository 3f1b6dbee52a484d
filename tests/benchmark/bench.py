# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One bench: a stage, the files that the subjects read, and a sample of each."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sys
import typing as t
from pathlib import Path

import yaml

from .accounting import from_outside, tally
from .interpreter import CountingInterpreter
from .measure import Failed, Measured, measure
from .profiling import profile
from .scenarios import FIRST, REPLAY, ROLE, SDK, URI

if t.TYPE_CHECKING:
    from .scenarios import Scenario
    from .stage import Host, Stage, Witness

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = ROOT / ".work" / "benchmark" / "results.json"
JUDGES = ROOT / ".work" / "judges-venv" / "bin" / "python"
FSM_VARIABLES = ("url", "account_id", "company_id", "client_id", "client_secret", "audience")
CERTIFICATES = "host_vars/fsm-certificates"  # the role's default, below the inventory's folder

Sample = dict[str, t.Any]


class Bench:
    """Measures subjects, all with the same number of environments.

    Args:
        folder: an empty one, without a blank in its path.
        parallel: Ansible's forks, and the floor's threads.
    """

    def __init__(self, stage: Stage, folder: Path, parallel: int) -> None:
        self._stage = stage
        self._folder = folder
        self._parallel = parallel
        self._interpreter = CountingInterpreter(folder)
        # Requests of the role's last run, per environment.
        self._last: dict[str, list[tuple[str, str]]] = {}

    @property
    def _hosts(self) -> list[Host]:
        return self._stage.facts.hosts

    def sample(self, scenario: Scenario, subject: str) -> Sample:
        """Let a subject do a job and return what it took.

        Raises:
            Failed: it did not do it.
        """
        self._stage.prepare(scenario.state)
        # Only the role writes files of certificates, and a re-run finds those of the run before.
        if subject == ROLE and scenario.state in ("uploaded", "due"):
            shutil.rmtree(self._folder / CERTIFICATES, ignore_errors=True)
        self._interpreter.forget()
        command = self._command(scenario, subject)
        measured = measure(command, self._folder, self._environment())
        witness = self._stage.witness()
        if subject == ROLE:
            self._note(witness)
        return self._sample(scenario, subject, measured, witness)

    def job(self) -> tuple[Path, dict[str, str]]:
        """Return an inventory of all environments, and the environment variables of what runs with it."""
        return self._inventory(self._variables(tokens=False)), self._environment()

    def _command(self, scenario: Scenario, subject: str) -> list[str]:
        if subject in (ROLE, URI):
            playbook = [str(HERE / "playbooks" / "uri.yml")] if subject == URI else scenario.playbook
            inventory = self._inventory(self._wanted if subject == URI else self._variables(scenario.tokens))
            program = str(Path(sys.executable).parent / "ansible-playbook")
            return [program, "--inventory", str(inventory), "--forks", str(self._parallel), *playbook]
        plan = self._folder / "plan.json"
        plan.write_text(json.dumps(self._plan(scenario, subject)), encoding="utf-8")
        python = str(JUDGES) if subject == SDK else sys.executable
        return [python, "-m", f"benchmark.{'sdk' if subject == SDK else 'floor'}", str(plan)]

    def _environment(self) -> dict[str, str]:
        authorities = str(self._stage.authorities)
        return {
            **os.environ,
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "plugins" / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "costs",
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".work" / "tree"),
            "ANSIBLE_CONFIG": str(ROOT / "tests" / "ansible.cfg"),
            "ANSIBLE_HOME": str(self._folder / "ansible"),
            "COSTS_FILE": str(self._folder / "costs.json"),
            "HTTPS_PROXY": self._stage.facts.proxy,
            "NO_PROXY": "",
            "PWD": str(self._folder),
            "REQUESTS_CA_BUNDLE": authorities,
            "SSL_CERT_FILE": authorities,
        }

    def _inventory(self, variables: t.Callable[[Host], dict[str, t.Any]]) -> Path:
        path = self._folder / "inventory.yml"
        common = {"ansible_connection": "local", "ansible_python_interpreter": str(self._interpreter.path)}
        hosts = {host.name: variables(host) for host in self._hosts}
        content = {"fsm_environments": {"hosts": hosts, "vars": common}}
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return path

    @staticmethod
    def _wanted(host: Host) -> dict[str, t.Any]:
        primary, secondary = host.wanted
        key = host.inputs["service_key"]
        return {"fsm_destination_service_key": key, "primary": primary, "secondary": secondary}

    @staticmethod
    def _variables(tokens: bool) -> t.Callable[[Host], dict[str, t.Any]]:
        def variables(host: Host) -> dict[str, t.Any]:
            fsm = {f"fsm_{name}": host.inputs["fsm"][name] for name in FSM_VARIABLES}
            verifying = {
                "fsm_user_token": host.user_token,
                "fsm_task_center_service_key": host.inputs["task_center"],
                "fsm_task_center_user_token": host.administrator_token,
            }
            return {
                **fsm,
                "fsm_destination_service_key": host.inputs["service_key"],
                "fsm_uploaded_certificates": host.fingerprints,
                **(verifying if tokens else {}),
            }

        return variables

    def _plan(self, scenario: Scenario, subject: str) -> dict[str, t.Any]:
        facts = self._stage.facts
        hosts = []
        for host in self._hosts:
            requests = self._last[host.name] if subject == REPLAY else uri_requests(host, scenario)
            hosts.append(
                {
                    "service_key": host.inputs["service_key"],
                    "fsm": host.inputs["fsm"],
                    "task_center": host.inputs["task_center"]["endpoints"]["inbox_rest_url"],
                    "user_token": host.user_token if scenario.tokens else "",
                    "administrator_token": host.administrator_token,
                    "wanted": host.wanted,
                    "requests": requests,
                }
            )
        return {
            "proxy": facts.proxy,
            "authorities": str(self._stage.authorities),
            "threads": self._parallel,
            "hosts": hosts,
        }

    def _note(self, witness: Witness) -> None:
        """Keep a run's requests for those who shall make the same ones."""
        self._last = {host.name: [] for host in self._hosts}
        for request in filter(from_outside, witness.requests):
            if request.environment is None:
                raise Failed(f"Nothing shows for which environment {request.method} {request.path} was made.")
            query = f"?{request.query}" if request.query else ""
            url = f"https://{request.host}{request.path}{query}"
            self._last[request.environment].append((request.method, url))

    def _sample(self, scenario: Scenario, subject: str, measured: Measured, witness: Witness) -> Sample:
        hosts = len(self._hosts)
        counts = tally(witness.requests)
        expected = scenario.writes + (scenario.copies if subject in (ROLE, REPLAY) else 0)
        if counts.writes != expected * hosts:
            raise Failed(f"{scenario.title}, {subject}: {counts.writes} requests changed something.")
        sample: Sample = {
            "scenario": scenario.title,
            "subject": subject,
            "hosts": hosts,
            "seconds": round(measured.seconds, 3),
            "cpu": round(measured.cpu, 3),
            "landscape_cpu": round(witness.cpu, 3),
            "processes": self._interpreter.count(),
            **dataclasses.asdict(counts),
        }
        if subject in (ROLE, URI):
            costs = json.loads((self._folder / "costs.json").read_text(encoding="utf-8"))
            tasks = costs.pop("tasks")
            sample |= costs
            if hosts == 1:
                sample["profile"] = profile(tasks, measured, witness.requests, self._stage.latency)
        return sample


def uri_requests(host: Host, scenario: Scenario) -> list[tuple[str, str]]:
    """Return what the playbook ``uri.yml`` asks for an environment."""
    key = host.inputs["service_key"]
    service = f"{key['uri']}/destination-configuration/v1"
    requests = [("POST", f"{key['url']}/oauth/token"), ("GET", f"{service}/saml2Metadata/certificate")]
    for destination in host.wanted:
        requests.append(("GET", f"{service}/subaccountDestinations/{destination['Name']}"))
        if scenario is FIRST:
            requests.append(("POST", f"{service}/subaccountDestinations"))
    return requests
