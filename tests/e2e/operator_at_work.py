# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An operator at work: inventories, playbook runs, and what the operator sees of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

import yaml

from landscape.logon import log_on
from reported import reported_by

if t.TYPE_CHECKING:
    from landscape import Landscape
    from landscape.landscape import Environment
    from landscape.subaccount.trust import TrustCertificate

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COLLECTION = "btp_ops.task_center"
RECORD = "record.jsonl"  # results of tasks
WEB_TOKEN = "eyJhbGciOi"  # how each begins
CLOSING = "Fail where the operation failed"
TIMEOUT = 300  # seconds after which a run is taken for hanging

Variables = dict[str, t.Any]


@dataclass(frozen=True)
class Run:
    """What came of a run of ansible-playbook.

    Attributes:
        output: what it printed, both streams.
        events: results of tasks, in their order.
    """

    code: int
    output: str
    events: list[dict[str, t.Any]]

    def results(self, host: str, action: str) -> list[dict[str, t.Any]]:
        """Return what a module reported for a host, in order."""
        return [event["result"] for event in self.events if event["host"] == host and event["action"] == _full(action)]

    def changed(self, host: str) -> bool:
        """Return whether the recap counts a change for a host."""
        found = re.search(rf"^{re.escape(host)}\s*:.*\bchanged=(\d+)", self.output, re.MULTILINE)
        assert found, self.output
        return int(found[1]) > 0

    def reported(self, host: str) -> set[str]:
        """Return the IDs of all findings that were reported of a host."""
        return {finding for event in self.events if event["host"] == host for finding in reported_by(event["result"])}

    def failed(self, host: str) -> bool:
        """Return whether a host failed."""
        return any(event["host"] == host and event["status"] == "failed" for event in self.events)

    def failure(self, host: str) -> str:
        """Return the message with which a host failed."""
        # The last task only repeats that it failed.
        failed = [
            event
            for event in self.events
            if event["host"] == host and event["status"] == "failed" and event["task"] != CLOSING
        ]
        assert failed, f"{host} did not fail:\n{self.output}"
        return str(failed[-1]["result"]["msg"])


def active(environment: Environment) -> TrustCertificate:
    """Return an environment's active trust certificate, which has to be there."""
    certificate = environment.subaccount.trust.active
    assert certificate is not None
    return certificate


def _full(action: str) -> str:
    return action if "." in action else f"{COLLECTION}.{action}"


class Operator:
    """Someone with a folder, an inventory in it, and ansible-playbook."""

    def __init__(self, landscape: Landscape, folder: Path, collections: Path) -> None:
        self.landscape = landscape
        self.folder = folder
        self.collections = collections
        self.secrets: set[str] = set()
        # IDs of the findings that this operator has read so far.
        self.reported: set[str] = set()

    def environment(self, config: Variables | None = None) -> Environment:
        """Add an environment to the landscape."""
        environment = self.landscape.add_environment(config or {})
        inputs = environment.inputs()
        self.secrets |= {inputs["fsm"]["client_secret"], inputs["fsm"]["admin"]["password"]}
        self.secrets.add(inputs["task_center"]["uaa"]["clientsecret"])
        for key in ("service_key", "service_key_x509"):
            self.secrets |= {inputs.get(key, {}).get(field) for field in ("clientsecret", "key")} - {None}
        return environment

    def variables(self, environment: Environment, **changes: t.Any) -> Variables:
        """Return the role's variables for an environment; ``changes`` replace some, None removes one."""
        inputs = environment.inputs()
        fsm = {
            f"fsm_{name}": inputs["fsm"][name]
            for name in ("url", "account_id", "company_id", "client_id", "client_secret", "audience")
        }
        active = environment.subaccount.trust.active
        variables = {
            **fsm,
            "fsm_destination_service_key": inputs["service_key"],
            "fsm_certificate_dir": str(self.folder / "certificates"),
            "fsm_uploaded_certificates": [active.fingerprint] if active else [],
            **changes,
        }
        return {name: value for name, value in variables.items() if value is not None}

    def task_center(self, environment: Environment) -> Variables:
        """Return with what the operator, who is a Task Center administrator, asks Task Center."""
        key = environment.task_center.service_key()
        tokens = log_on(self.landscape, key["uaa"], environment.users[0])
        self.secrets.add(tokens["refresh_token"])
        path = self.folder / f"{environment.name}.refresh-token"
        path.write_text(tokens["refresh_token"])
        return {
            "task_center_service_key": key,
            "task_center_refresh_token_file": str(path),
            "task_center_user_token": tokens["access_token"],
        }

    def play(
        self,
        playbook: str | list[Variables],
        hosts: dict[str, Variables],
        *arguments: str,
        expect_warning: str = "",
        **variables: str,
    ) -> Run:
        """Run a playbook of the collection, or plays given as data; check that it has no warning and prints no secret.

        Args:
            playbook: its name in the collection, or its plays.
            hosts: variables per host of the inventory.
            arguments: further command-line arguments.
            expect_warning: words of the one warning that the run has to give.
            variables: further environment variables.
        """
        inventory = self.inventory(hosts)
        if isinstance(playbook, str):
            target = f"{COLLECTION}.{playbook}"
        else:
            target = str(self.folder / "playbook.yml")
            Path(target).write_text(yaml.safe_dump(playbook, sort_keys=False))
        return self.run(
            "ansible-playbook", "-i", str(inventory), target, *arguments, expect_warning=expect_warning, **variables
        )

    def certificate_file(self, host: str) -> Path:
        """Return the file of a host's active trust certificate, which has to be there, and no other one."""
        (path,) = (self.folder / "certificates").glob(f"{host}-{'?' * 8}.pem")
        return path

    def inventory(self, hosts: dict[str, Variables]) -> Path:
        """Write an inventory and return its path.

        Args:
            hosts: variables per host.
        """
        path = self.folder / "inventory.yml"
        path.write_text(yaml.safe_dump({"fsm_environments": {"hosts": {k: self._local(v) for k, v in hosts.items()}}}))
        return path

    def run(
        self,
        program: str,
        *arguments: str,
        cwd: str = "",
        expect_warning: str = "",
        allow_warning: str = "",
        **variables: str,
    ) -> Run:
        """Run one of Ansible's programs; a warning is a failure unless it is expected.

        Args:
            cwd: the folder in which it is started; the operator's if not given.
        """
        words = expect_warning or allow_warning
        record = self.folder / RECORD
        record.write_text("")
        done = subprocess.run(
            # Not the script: its first line names the interpreter by another path, one with a blank (tools/core.py).
            [sys.executable, "-m", "ansible", program.removeprefix("ansible-"), *arguments],
            cwd=cwd or self.folder,
            env=self.environment_variables(**{"PWD": str(cwd or self.folder), **variables}),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
        )
        warnings = [line for line in done.stdout.splitlines() if "WARNING]" in line]
        assert [line for line in warnings if not (words and words in line)] == [], done.stdout
        assert warnings or not expect_warning, done.stdout
        assert "Traceback" not in done.stdout, done.stdout
        self.assert_no_secret(done.stdout)
        events = [json.loads(line) for line in record.read_text().splitlines()]
        self.reported |= {finding for event in events for finding in reported_by(event["result"])}
        return Run(done.returncode, done.stdout, events)

    def environment_variables(self, **variables: str) -> dict[str, str]:
        """Return the environment variables of the operator's programs, with further ones."""
        return {
            **os.environ,
            "ANSIBLE_BECOME_PLUGINS": str(HERE / "plugins" / "become"),
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "plugins" / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "ANSIBLE_CONNECTION_PLUGINS": str(HERE / "plugins" / "connection"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_CONFIG": str(ROOT / "tests" / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "HTTPS_PROXY": self.landscape.proxy_url,
            "PWD": str(self.folder),
            "RECORD_FILE": str(self.folder / RECORD),
            "REQUESTS_CA_BUNDLE": str(self.landscape.ca_file),
            **variables,
        }

    def assert_no_secret(self, text: str) -> None:
        """Fail if a text holds a secret of any environment, whole or in the form it has in JSON, or a token."""
        for secret in self.secrets:
            assert secret not in text
            assert json.dumps(secret)[1:-1] not in text
        assert WEB_TOKEN not in text, "a JSON web token"

    @staticmethod
    def _local(variables: Variables) -> Variables:
        return {"ansible_connection": "local", "ansible_python_interpreter": sys.executable, **variables}
