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
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
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
# How many tests a sample has, besides the main job.
SAMPLES = {"e2e": 8, "unit": 600}
# Another seed, other samples.
SEED = os.environ.get("MATRIX_SEED", "1")


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


def run_tests(core: str, venv: Path, sample: bool) -> int:
    """Run tests on one ansible-core; return the exit status of the first run that fails, else 0.

    These are the end-to-end tests marked `core`. With the oldest Python and the oldest libraries also the unit tests of
    plugins/, which hardly meet ansible-core.

    :param sample: at both ends of the range, only some of them, and other ones at each; in between, the main job alone
    """
    selections = {"e2e": ["-m", "core", "tests/e2e"], "unit": ["tests/unit/plugins"]}
    counts = SAMPLES if core in (OLDEST, NEWEST) else {"e2e": 0}
    if core != OLDEST:
        del selections["unit"]
    with path_without_blanks(venv) as link:
        for kind, selection in selections.items():
            results = ROOT / ".work" / "results" / f"core-{core}-{kind}.xml"
            pytest = [str(link / "bin" / "python"), "-m", "pytest", "-q", "-n", "2", f"--junitxml={results}"]
            some = ["-p", "sampling", f"--sample={counts[kind]}", f"--seed={core} {SEED}"] if sample else []
            status = subprocess.run([*pytest, *some, *selection], cwd=ROOT, check=False).returncode
            if status:
                return status
    return 0


def prepared(core: str) -> Path | str:
    """Return the folder of the virtual environment of an ansible-core version, or in words why there is none."""
    python = find_python(PYTHONS[core])
    if python is None:
        return f"NOT TRIED: none of Python {', '.join(PYTHONS[core])} was found"
    try:
        return prepare(core, python)
    except subprocess.CalledProcessError as error:
        return f"failed: {shlex.join(error.cmd)}"


def check(core: str, name: str, venv: Path | str, sample: bool) -> str:
    """Run the tests or the sanity checks on one ansible-core; say in words how it went.

    :param venv: what came of preparing its virtual environment
    :param sample: whether only some of the tests are run
    """
    if isinstance(venv, str):
        return venv
    print(f"ansible-core {core}: {name}", flush=True)
    status = run_tests(core, venv, sample) if name == "tests" else ansible_test(venv, "sanity")
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
    parser.add_argument("--sample", action="store_true", help="run only some of the tests")
    options = parser.parse_args()
    if unknown := set(options.cores) - set(PYTHONS):
        parser.error(f"not a supported version of ansible-core: {', '.join(sorted(unknown))}")
    own = ".".join(importlib.metadata.version("ansible-core").split(".")[:2])
    if not options.cores:
        print(f"ansible-core {own} is that of the development environment, which all other targets check.")
    cores = options.cores or [core for core in PYTHONS if core != own]
    # To install is to wait, most of the time.
    with ThreadPoolExecutor() as pool:
        venvs = dict(zip(cores, pool.map(prepared, cores), strict=True))
    outcome = {core: check(core, options.check, venv, options.sample) for core, venv in venvs.items()}
    for core, text in outcome.items():
        print(f"ansible-core {core}: {options.check} {text}")
    failed = any(text.startswith("failed") for text in outcome.values())
    return int(failed or "passed" not in outcome.values())


if __name__ == "__main__":
    sys.exit(main())
