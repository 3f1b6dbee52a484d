# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make private data folders of ansible-runner, one for each slice of an inventory, as AWX makes them for its jobs.

Each holds this project and the hosts of its slice; values that are encrypted in the inventory stay encrypted. Then, on
one machine or several:

    ansible-runner transmit FOLDER/1 -p audit.yml | ssh node ansible-runner worker | ansible-runner process FOLDER/1
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

PROJECT = Path(__file__).resolve().parent
GROUP = "fsm_environments"
# A program that prints an inventory, as AWX hands it over: Ansible reads encrypted values from nothing else in JSON.
SCRIPT = "#!/usr/bin/env python3\nprint({!r})\n"


def listed(inventory: str) -> dict[str, t.Any]:
    """Return an inventory as ansible-inventory lists it, nothing decrypted and no template evaluated."""
    command = ["ansible-inventory", "-i", inventory, "--list", "--export"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def sliced(inventory: dict[str, t.Any], number: int, count: int) -> dict[str, t.Any]:
    """Return the inventory of one slice, which AWX makes of every so many-th host.

    Args:
        number: of the slice, from 1 on.
        count: of all slices.
    """
    chosen = set(sorted(inventory[GROUP].get("hosts", []))[number - 1 :: count])
    kept = {
        name: {**group, "hosts": sorted(chosen & set(group["hosts"]))} if "hosts" in group else group
        for name, group in inventory.items()
        if name != "_meta"
    }
    variables = inventory["_meta"]["hostvars"]
    return {**kept, "_meta": {"hostvars": {name: variables.get(name, {}) for name in sorted(chosen)}}}


def make(folder: Path, inventory: dict[str, t.Any]) -> None:
    """Write a private data folder."""
    for name in ("project", "env", "inventory"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for playbook in PROJECT.glob("*.yml"):
        shutil.copy(playbook, folder / "project")
    hosts = folder / "inventory" / "hosts"
    hosts.write_text(SCRIPT.format(json.dumps(inventory)), encoding="utf-8")
    hosts.chmod(0o700)


def main(arguments: t.Sequence[str] | None = None) -> int:
    """Entry point of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where to make the folders 1, 2, ...")
    parser.add_argument("--slices", type=int, default=1, help="how many; 1 if not given")
    parser.add_argument("--inventory", default=str(PROJECT / "inventory"), help="the project's if not given")
    options = parser.parse_args(arguments)
    inventory = listed(options.inventory)
    for number in range(1, options.slices + 1):
        make(options.folder / str(number), sliced(inventory, number, options.slices))
        print(options.folder / str(number))
    return 0


if __name__ == "__main__":
    sys.exit(main())
