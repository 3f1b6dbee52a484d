# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Show the collection at work: three simulated environments are connected, from the empty subaccount to the second run.

Usage: python tools/demo.py
Everything that it makes lies in .work/demo and is removed at the end.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import typing as t
from contextlib import contextmanager
from pathlib import Path

import requests
import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".work" / "demo"
INVENTORIES = FOLDER / "inventories"
CERTIFICATES = INVENTORIES / "host_vars" / "fsm-certificates"
LANDSCAPE = ROOT / "tests" / "landscape" / "example.yml"
CONNECT = "btp_ops.task_center.connect_fsm"
STARTING = 60  # seconds that the landscape may take to start
GATE_CLOSED = 2  # what ansible-playbook exits with when hosts failed
BAR = "─" * 100


class DemoError(Exception):
    """Something did not go as the demo says it does."""


def say(title: str, *lines: str) -> None:
    """Print what happens next, as a heading with an explanation."""
    print(f"\n{BAR}\n{title}", *(f"  {line}" for line in lines), BAR, sep="\n", flush=True)


@contextmanager
def landscape() -> t.Iterator[dict[str, t.Any]]:
    """Run the simulated landscape and yield what it says of itself when it is ready."""
    ready = FOLDER / "landscape.json"
    command = [sys.executable, "-m", "landscape", "--config", str(LANDSCAPE), "--ready", str(ready)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    with subprocess.Popen(command, env=environment) as process:
        try:
            deadline = time.monotonic() + STARTING
            while not ready.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise DemoError("The landscape did not start.")
                time.sleep(0.1)
            yield json.loads(ready.read_text(encoding="utf-8"))
        finally:
            process.terminate()


def prepare_inventory(environments: dict[str, t.Any], password_file: Path) -> None:
    """Copy the example inventory and fill in the vaulted files with the landscape's secrets."""
    shutil.copytree(ROOT / "examples" / "inventories", INVENTORIES)
    password_file.touch(mode=0o600)
    password_file.write_text(secrets.token_urlsafe(32), encoding="utf-8")
    for name, inputs in environments.items():
        vault = INVENTORIES / "host_vars" / name / "vault.yml"
        content = {
            "vault_fsm_destination_service_key": inputs["service_key"],
            "vault_fsm_client_id": inputs["fsm"]["client_id"],
            "vault_fsm_client_secret": inputs["fsm"]["client_secret"],
        }
        # ansible-vault reads the secrets from a pipe, so they are on disk only encrypted.
        subprocess.run(
            [program("ansible-vault"), "encrypt", "--vault-password-file", password_file, "--output", vault, "-"],
            input=yaml.safe_dump(content),
            text=True,
            check=True,
            capture_output=True,
        )


def program(name: str) -> str:
    """Return the path of one of Ansible's programs in this environment."""
    return str(Path(sys.executable).parent / name)


def play(environment: dict[str, str], *arguments: str, expect: int = 0) -> str:
    """Run the playbook visibly; return what it printed.

    :raises DemoError: it ends with another status than ``expect``
    """
    print(f"$ ansible-playbook {' '.join(arguments)}\n", flush=True)
    lines = []
    command = [program("ansible-playbook"), *arguments]
    with subprocess.Popen(command, cwd=FOLDER, env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            # Ansible fills the titles up with asterisks.
            line = re.sub(r" \*{3,}$", "", line)  # noqa: PLW2901
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode != expect:
        raise DemoError(f"ansible-playbook ended with {process.returncode} instead of {expect}.")
    return "".join(lines)


def upload(ready: dict[str, t.Any], name: str) -> str:
    """Upload an environment's certificate as its FSM administrator does; return the fingerprint that FSM shows."""
    admin = ready["environments"][name]["fsm"]["admin"]
    answer = requests.post(
        admin["url"],
        data=next(CERTIFICATES.glob(f"{name}-*.pem")).read_bytes(),
        auth=(admin["user"], admin["password"]),
        proxies={"https": ready["proxy"]},
        verify=ready["ca_file"],
        timeout=30,
    )
    answer.raise_for_status()
    return answer.json()["fingerprint"]


def declare(name: str, fingerprint: str) -> None:
    """Add a fingerprint to the environment's inventory, as the operator does after the upload."""
    path = INVENTORIES / "host_vars" / name / "main.yml"
    text = path.read_text(encoding="utf-8")
    listed = f'fsm_uploaded_certificates:\n  - "{fingerprint}"'
    path.write_text(text.replace("fsm_uploaded_certificates: []", listed), encoding="utf-8")


def show(ready: dict[str, t.Any]) -> None:
    """Tell the whole story."""
    password_file = FOLDER / "vault-password"
    names = list(ready["environments"])
    prepare_inventory(ready["environments"], password_file)
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".work" / "tree"),
        "HTTPS_PROXY": ready["proxy"],
        "REQUESTS_CA_BUNDLE": ready["ca_file"],
        "ANSIBLE_VAULT_PASSWORD_FILE": str(password_file),
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
        "PWD": str(FOLDER),
    }

    say(
        "1. A preview of one environment: nothing is written",
        "The subaccount is empty; --check --diff shows what a run would do.",
    )
    play(environment, "-i", "inventories/dev", CONNECT, "--check", "--diff")

    say(
        "2. The first run stops at the gate",
        "FSM has no API to upload the trust certificate. The run exports it and says what to do with it.",
    )
    play(environment, "-i", "inventories/", CONNECT, expect=GATE_CLOSED)

    say("3. The FSM administrator uploads the certificates, the operator declares their fingerprints")
    for name in names:
        fingerprint = upload(ready, name)
        declare(name, fingerprint)
        print(f"  {name:5} {fingerprint}")

    say("4. All environments are connected")
    play(environment, "-i", "inventories/", CONNECT)

    say("5. A second run finds nothing to change")
    output = play(environment, "-i", "inventories/", CONNECT)
    changes = re.findall(r"changed=(\d+)", output)
    if set(changes) != {"0"}:
        raise DemoError("The second run changed something.")
    say(f"{len(names)} environments are connected; the second run changed nothing.")


def main() -> int:
    """Run the demo and clean up."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    started = time.monotonic()
    try:
        with landscape() as ready:
            show(ready)
    except DemoError as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(FOLDER)
    print(f"Cleaned up. {time.monotonic() - started:.0f} seconds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
