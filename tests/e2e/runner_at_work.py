# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs of AWX, as far as ansible-runner does the same: private data folders with project and inventory, artifacts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

import yaml

from operator_at_work import ROOT, TIMEOUT

if t.TYPE_CHECKING:
    from operator_at_work import Operator, Variables

EXAMPLE = ROOT / "examples" / "awx"
PASSWORD = "of-the-vault"


@dataclass(frozen=True)
class Job:
    """What came of a job.

    Attributes:
        artifacts: the folder with what it leaves.
    """

    artifacts: Path

    @property
    def code(self) -> int:
        """The exit status of ansible-playbook."""
        return int((self.artifacts / "rc").read_text(encoding="utf-8"))

    @property
    def output(self) -> str:
        """What the job printed, which comes back as a part of each event."""
        return "\n".join(event["stdout"] for event in self.events if event["stdout"])

    @property
    def events(self) -> list[dict[str, t.Any]]:
        """What was reported, in order."""
        found = [json.loads(path.read_text(encoding="utf-8")) for path in self.artifacts.glob("job_events/*.json")]
        return sorted(found, key=lambda event: event["counter"])

    @property
    def stats(self) -> dict[str, t.Any]:
        """What the job hands on to a workflow, from where AWX takes it."""
        (last,) = [event for event in self.events if event["event"] == "playbook_on_stats"]
        return dict(last["event_data"].get("artifact_data", {}))

    def texts(self) -> dict[str, str]:
        """Return all that the job leaves, by path."""
        files = [path for path in self.artifacts.rglob("*") if path.is_file()]
        return {str(path): path.read_text(encoding="utf-8", errors="replace") for path in files}


class Awx:
    """A project as the example has it, with an inventory of its own, and jobs of it."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.project = operator.folder / "project"
        shutil.copytree(EXAMPLE, self.project)
        shutil.rmtree(self.project / "inventory" / "host_vars")
        self.folder = operator.folder / "jobs"
        self.jobs = 0

    def inventory(self, hosts: dict[str, Variables], encrypted: t.Collection[str] = ()) -> None:
        """Write the project's inventory.

        Args:
            hosts: variables by host; those of the example for the group stay.
            encrypted: variables that are encrypted by themselves.
        """
        folder = self.project / "inventory"
        (folder / "environments.yml").write_text(yaml.safe_dump({"fsm_environments": {"hosts": dict.fromkeys(hosts)}}))
        for host, variables in hosts.items():
            path = folder / "host_vars" / host / "main.yml"
            path.parent.mkdir(parents=True)
            plain = {name: value for name, value in variables.items() if name not in encrypted}
            path.write_text(yaml.safe_dump(plain) + "".join(self._vaulted(variables, encrypted)))

    def _vaulted(self, variables: Variables, encrypted: t.Collection[str]) -> t.Iterator[str]:
        """Encrypt variables as the example's README says."""
        password = self.operator.folder / "password"
        password.write_text(PASSWORD)
        for name in encrypted:
            text = variables[name] if isinstance(variables[name], str) else json.dumps(variables[name])
            yield self._ansible("vault", "encrypt_string", "--vault-password-file", str(password), "--name", name, text)

    def _ansible(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "ansible", program, *arguments],
            env=self._environment(),
            check=True,
            capture_output=True,
            text=True,
        )
        return f"{done.stdout}\n"

    def slices(self, count: int = 1) -> list[Path]:
        """Make the private data folders of a job's slices, by the example's program."""
        command = [sys.executable, str(self.project / "slices.py"), str(self.folder), "--slices", str(count)]
        done = subprocess.run(command, env=self._environment(), check=True, capture_output=True, text=True)
        return [Path(line) for line in done.stdout.splitlines()]

    def run(self, folder: Path, playbook: str, *arguments: str, **extra_vars: t.Any) -> Job:
        """Run a playbook of the project as a job.

        Args:
            folder: a private data folder.
            playbook: its file in the project.
            arguments: further ones of ansible-playbook.
            extra_vars: as a survey, a credential or the nodes before in a workflow give them.
        """
        self._runner("run", str(folder), *self._of_job(folder, playbook, arguments, extra_vars))
        return self._job(folder)

    def run_elsewhere(self, folder: Path, playbook: str, *arguments: str, **extra_vars: t.Any) -> Job:
        """Do the same on another machine: what is sent there and comes back is all that both have in common."""
        sent = self._runner("transmit", str(folder), *self._of_job(folder, playbook, arguments, extra_vars)).stdout
        there = self.operator.folder / "elsewhere" / folder.name
        there.mkdir(parents=True, exist_ok=True)
        came_back = self._runner("worker", "--private-data-dir", str(there), given=sent).stdout
        self._runner("process", str(folder), "--ident", str(self.jobs), given=came_back)
        return self._job(folder)

    def _of_job(
        self, folder: Path, playbook: str, arguments: t.Sequence[str], extra_vars: Variables
    ) -> tuple[str, ...]:
        """Prepare a job of its own number, as each of AWX has one; return the arguments with which it is started."""
        self.jobs += 1
        (folder / "env" / "extravars").write_text(json.dumps(extra_vars))
        # As AWX answers for its Vault credential.
        (folder / "env" / "passwords").write_text(json.dumps({r"Vault password:\s*?$": PASSWORD}))
        command_line = " ".join(["--ask-vault-pass", *arguments])
        return "-p", playbook, "--ident", str(self.jobs), f"--cmdline={command_line}"

    def _runner(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            [sys.executable, "-m", "ansible_runner", *arguments],
            env=self._environment(),
            cwd=self.operator.folder,
            check=False,
            input=given,
            capture_output=True,
            timeout=TIMEOUT,
        )
        assert done.stderr == b"", done.stderr.decode()
        return done

    def _environment(self) -> dict[str, str]:
        programs = Path(sys.executable).parent
        path = self.operator.environment_variables()["PATH"]
        return self.operator.environment_variables(PATH=f"{programs}:{path}")

    def _job(self, folder: Path) -> Job:
        """Return the job that was run last, in whose traces there has to be no secret and no warning."""
        job = Job(folder / "artifacts" / str(self.jobs))
        for text in job.texts().values():
            self.operator.assert_no_secret(text)
            assert PASSWORD not in text
        assert "WARNING]" not in job.output, job.output
        return job
