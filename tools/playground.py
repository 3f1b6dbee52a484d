# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated landscape to try things in: it runs in the background, with an operator's folder for its environments.

Usage: python tools/playground.py start|stop [--folder FOLDER]

The folder holds the script `activate`, which prepares a shell, and the operator's folder `fsm`: the example inventory,
whose vaulted files hold the landscape's secrets. In that shell, the command `portal` (portal.py) does what people do in
the portals of SAP.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".work" / "landscape"
CONFIG = ROOT / "tests" / "landscape" / "example.yml"
STARTING = 60  # seconds that the landscape may take to start
STOPPING = 20  # seconds that it may take to end
OPERATOR = "fsm"  # the operator's folder

ACTIVATE = """\
# Read by a shell: it prepares the shell for the simulated landscape.
cd {operator} || return
unset ANSIBLE_CONFIG PYTHONPATH
export ANSIBLE_COLLECTIONS_PATH={collections}
export ANSIBLE_HOME={home}
export ANSIBLE_DISPLAY_SKIPPED_HOSTS=false
export ANSIBLE_VAULT_PASSWORD_FILE={password}
export HTTPS_PROXY={proxy}
export REQUESTS_CA_BUNDLE={authority}
export PLAYGROUND={folder}
export PATH={programs}:"$PATH"
"""

PORTAL = """\
#!/bin/sh
exec {python} {program} "$@"
"""


class PlaygroundError(Exception):
    """The landscape cannot be started or stopped; the message says why, and what to do."""


class Playground:
    """A landscape in the background, and the operator's folder.

    :param folder: holds all that it makes
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder.resolve()
        self.operator = self.folder / OPERATOR
        self.ready_file = self.folder / "landscape.json"
        self.password = self.folder / "vault-password"
        self._process = self.folder / "process"

    def ready(self) -> dict[str, t.Any]:
        """Return what the landscape says of itself.

        :raises PlaygroundError: it does not run
        """
        try:
            return t.cast("dict[str, t.Any]", json.loads(self.ready_file.read_text(encoding="utf-8")))
        except OSError as error:
            raise PlaygroundError("The landscape does not run. Start it: make landscape") from error

    def start(self, config: Path = CONFIG) -> list[str]:
        """Start the landscape, make the operator's folder, and return the names of the environments.

        :raises PlaygroundError: it runs already, or does not start
        """
        if self.ready_file.exists():
            raise PlaygroundError("The landscape runs already. End it first: make landscape-stop")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._launch(config)
        environments = self.ready()["environments"]
        self._write_activate()
        shutil.copytree(ROOT / "examples", self.operator)
        self.password.touch(mode=0o600)
        self.password.write_text(secrets.token_urlsafe(32), encoding="utf-8")
        for name, inputs in environments.items():
            self.write_vault(name, vaulted(inputs))
        return list(environments)

    def stop(self) -> None:
        """End the landscape, and remove all that was made."""
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(self._process.read_text(encoding="utf-8")), signal.SIGTERM)
            deadline = time.monotonic() + STOPPING
            while self.ready_file.exists() and time.monotonic() < deadline:
                time.sleep(0.05)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _launch(self, config: Path) -> None:
        """Start the landscape in the background and wait until it is ready."""
        command = [sys.executable, "-m", "landscape", "--config", str(config), "--ready", str(self.ready_file)]
        log = self.folder / "landscape.log"
        with log.open("wb") as output:
            # Not ended with the shell that starts it.
            process = subprocess.Popen(  # pylint: disable=consider-using-with
                command,
                env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._process.write_text(str(process.pid), encoding="utf-8")
        deadline = time.monotonic() + STARTING
        while not self.ready_file.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise PlaygroundError(f"The landscape did not start: {log.read_text(encoding='utf-8')}")
            time.sleep(0.05)

    def _write_activate(self) -> None:
        """Write the script that prepares a shell, and the command `portal`."""
        ready = self.ready()
        programs = self.folder / "bin"
        programs.mkdir()
        values = {
            "operator": self.operator,
            "collections": ROOT / ".work" / "tree",
            "home": self.folder / "ansible",
            "password": self.password,
            "proxy": ready["proxy"],
            "authority": ready["ca_file"],
            "folder": self.folder,
        }
        quoted = {name: shlex.quote(str(value)) for name, value in values.items()}
        paths = ":".join(shlex.quote(str(path)) for path in (programs, Path(sys.executable).parent))
        (self.folder / "activate").write_text(ACTIVATE.format(**quoted, programs=paths), encoding="utf-8")
        portal = programs / "portal"
        program = ROOT / "tools" / "portal.py"
        portal.write_text(PORTAL.format(python=shlex.quote(sys.executable), program=shlex.quote(str(program))))
        portal.chmod(0o755)

    def write_vault(self, environment: str, content: dict[str, t.Any]) -> None:
        """Write the vaulted file of an environment.

        :param content: its variables
        """
        # Read from a pipe, so that the secrets are on disk only encrypted.
        self._vault("encrypt", "--output", str(self._vaulted_file(environment)), "-", given=yaml.safe_dump(content))

    def read_vault(self, environment: str) -> dict[str, t.Any]:
        """Return the variables in the vaulted file of an environment."""
        return t.cast("dict[str, t.Any]", yaml.safe_load(self._vault("view", str(self._vaulted_file(environment)))))

    def _vaulted_file(self, environment: str) -> Path:
        return self.operator / "inventories" / "host_vars" / environment / "vault.yml"

    def _vault(self, *arguments: str, given: str = "") -> str:
        program = [sys.executable, "-m", "ansible", "vault", *arguments]
        environment = {**os.environ, "ANSIBLE_VAULT_PASSWORD_FILE": str(self.password)}
        return subprocess.run(program, input=given, env=environment, text=True, check=True, capture_output=True).stdout


def vaulted(inputs: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return the secrets of an environment's inventory.

    :param inputs: what the landscape says of the environment
    """
    return {
        "vault_fsm_destination_service_key": inputs["service_key"],
        "vault_fsm_client_id": inputs["fsm"]["client_id"],
        "vault_fsm_client_secret": inputs["fsm"]["client_secret"],
    }


def main(arguments: t.Sequence[str] | None = None) -> int:
    """Entry point of the command line."""
    parser = argparse.ArgumentParser(prog="playground.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("action", choices=["start", "stop"])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--config", type=Path, default=CONFIG, help="the landscape's environments")
    options = parser.parse_args(arguments)
    playground = Playground(options.folder)
    if options.action == "stop":
        playground.stop()
        print("The landscape has ended.")
        return 0
    try:
        names = playground.start(options.config)
    except PlaygroundError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The landscape runs: {', '.join(names)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
