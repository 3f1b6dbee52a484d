# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the collection on other versions of ansible-core than the development environment has.

Each version gets a virtual environment of its own, .work/core-VERSION, with the newest patch release. The oldest one is
combined with the oldest releases of the libraries that requirements.txt allows.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import re
import shlex
import subprocess
import sys
from pathlib import Path

from pythons import find_python, path_without_blanks
from run_ansible_test import ROOT, ansible_test

# The supported versions of ansible-core and the Pythons that each one's controller runs on, the one to test with first:
# together they cover every Python from 3.10 on.
PYTHONS = {
    "2.16": ("3.10", "3.11", "3.12"),
    "2.17": ("3.12", "3.11", "3.10"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.13", "3.12", "3.11"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.13", "3.12", "3.14"),
}
OLDEST, *_unused, NEWEST = PYTHONS


def oldest_libraries() -> list[str]:
    """Return the requirements of the collection with each lower bound turned into the release to install."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    libraries = [f"{name}=={bound}.*" for name, bound in re.findall(r"^([\w.-]+)>=([\d.]+)$", text, re.MULTILINE)]
    # The landscape's: from 4.2 on it uses a newer cryptography than it declares.
    return [*libraries, "signxml<4.2"]


def prepare(core: str, python: str) -> Path:
    """Make the virtual environment of an ansible-core version, unless it exists already, and return its folder."""
    venv = ROOT / ".work" / f"core-{core}"
    packages = [f"ansible-core~={core}.0", *(oldest_libraries() if core == OLDEST else [])]
    files = [ROOT / "requirements.txt", *sorted(ROOT.glob("requirements/*.txt"))]
    wanted = "\n".join([python, *packages, *(path.read_text(encoding="utf-8") for path in files)])
    stamp = venv / "installed.txt"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        subprocess.run([python, "-m", "venv", "--clear", str(venv)], check=True)
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "-qq"]
        subprocess.run([*pip, "-r", str(ROOT / "requirements" / "test.txt"), *packages], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return venv


def run_tests(core: str, venv: Path) -> int:
    """Run tests on one ansible-core; return the exit status of the first run that fails, else 0.

    At both ends of the range all end-to-end tests marked `core`, in between the main job alone. With the oldest Python
    and the oldest libraries also the unit tests of plugins/, which hardly meet ansible-core.
    """
    main_job = "tests/e2e/test_connect.py::test_from_the_empty_subaccount_to_the_second_run"
    selections = {"e2e": [main_job]}
    if core in (OLDEST, NEWEST):
        selections = {"e2e": ["-m", "core", "tests/e2e"]}
    if core == OLDEST:
        selections["unit"] = ["tests/unit/plugins"]
    with path_without_blanks(venv) as link:
        for kind, selection in selections.items():
            results = ROOT / ".work" / "results" / f"core-{core}-{kind}.xml"
            pytest = [str(link / "bin" / "python"), "-m", "pytest", "-q", "-n", "2", f"--junitxml={results}"]
            status = subprocess.run([*pytest, *selection], cwd=ROOT, check=False).returncode
            if status:
                return status
    return 0


def check(core: str, name: str) -> str:
    """Run the tests or the sanity checks on one ansible-core; say in words how it went."""
    python = find_python(PYTHONS[core])
    if python is None:
        return f"NOT TRIED: none of Python {', '.join(PYTHONS[core])} was found"
    print(f"ansible-core {core}, {python}: {name}", flush=True)
    try:
        venv = prepare(core, python)
    except subprocess.CalledProcessError as error:
        return f"failed: {shlex.join(error.cmd)}"
    status = run_tests(core, venv) if name == "tests" else ansible_test(venv, "sanity")
    return "failed" if status else "passed"


def main() -> int:
    """Entry point of the command line: fails when a check fails, or when no version at all could be tried."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("check", choices=["tests", "sanity"])
    parser.add_argument(
        "cores",
        nargs="*",
        metavar="VERSION",
        help=f"of {', '.join(PYTHONS)} (default: all but the development environment's)",
    )
    options = parser.parse_args()
    if unknown := set(options.cores) - set(PYTHONS):
        parser.error(f"not a supported version of ansible-core: {', '.join(sorted(unknown))}")
    own = ".".join(importlib.metadata.version("ansible-core").split(".")[:2])
    if not options.cores:
        print(f"ansible-core {own} is that of the development environment, which all other targets check.")
    cores = options.cores or [core for core in PYTHONS if core != own]
    outcome = {core: check(core, options.check) for core in cores}
    for core, text in outcome.items():
        print(f"ansible-core {core}: {options.check} {text}")
    failed = any(text.startswith("failed") for text in outcome.values())
    return int(failed or "passed" not in outcome.values())


if __name__ == "__main__":
    sys.exit(main())
