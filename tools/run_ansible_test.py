# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-test on a copy of the checkout.

ansible-test insists on a real (not linked) folder ansible_collections/NAMESPACE/NAME, so the files that git tracks or
would track are copied into one.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from pythons import path_without_blanks

ROOT = Path(__file__).resolve().parent.parent
# The sanity checks are for what users get. Programs and tests are no Ansible content: ruff and mypy check those.
# The unit tests of modules and module_utils have run in the same Python before, and what these may import sanity finds
# out. Those that need Ansible itself run once more, with its own finder of collections.
ARGUMENTS = {
    "sanity": ["--exclude", "tests/", "--exclude", "tools/"],
    "units": [
        "tests/unit/plugins/",
        *("--exclude", "tests/unit/plugins/module_utils/"),
        *("--exclude", "tests/unit/plugins/modules/"),
    ],
}


def copy_checkout(parent: Path) -> Path:
    """Copy what git tracks or would track to PARENT/ansible_collections/NAMESPACE/NAME and return that folder."""
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    target = parent / "ansible_collections" / galaxy["namespace"] / galaxy["name"]
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in names:
        source = ROOT / name
        if source.is_file():  # neither the empty end of the list nor a tracked file that was just deleted
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    # ansible-test finds its files with git: a copy that belonged to no repository, or to another one, had none to test.
    subprocess.run(["git", "init", "-q"], cwd=target, check=True)
    return target


def place_pip_bootstrap(venv: Path) -> None:
    """Put tools/get_pip.py where the ansible-test of this environment looks for it, unless a script is there."""
    (source,) = venv.glob("lib/python3*/site-packages/ansible_test/_internal/python_requirements.py")
    version = re.search(r"default_packages = dict\(\s*pip='([\d.]+)'", source.read_text(encoding="utf-8"))
    if version is None:
        raise SystemExit(f"{source}: the version of pip that ansible-test installs is no longer where it was")
    script = Path.home() / ".ansible" / "test" / "cache" / f"get_pip_{version[1].replace('.', '_')}.py"
    if not script.exists():
        script.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / "tools" / "get_pip.py", script)


def ansible_test(venv: Path, command: str) -> int:
    """Run `ansible-test COMMAND` from a virtual environment on a fresh copy; return its exit status.

    A run in which ansible-test finds nothing to test counts as failed.
    """
    place_pip_bootstrap(venv)
    (library,) = (venv / "lib").glob("python3*")
    version = library.name.removeprefix("python")
    nothing_tested = False
    with path_without_blanks(venv) as link:
        line = [
            str(link / "bin" / "python"),
            str(link / "bin" / "ansible-test"),
            command,
            "--local",
            "--python",
            version,
        ]
        with subprocess.Popen(
            [*line, *ARGUMENTS[command]],
            cwd=copy_checkout(link.parent),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            for output in process.stdout or ():
                print(output, end="", flush=True)
                nothing_tested = nothing_tested or "All targets skipped" in output
    return process.returncode or int(nothing_tested)


def main() -> int:
    """Entry point of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("venv", type=Path, help="virtual environment with ansible-core")
    parser.add_argument("command", choices=ARGUMENTS)
    options = parser.parse_args()
    return ansible_test(options.venv.resolve(), options.command)


if __name__ == "__main__":
    sys.exit(main())
