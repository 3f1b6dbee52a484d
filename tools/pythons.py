# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find the Python interpreters of this machine, and name them in a way that all programs understand."""

from __future__ import annotations

import contextlib
import functools
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

# What a usable interpreter can do: pyenv leaves launchers on PATH for versions that are switched off, and some
# distributions split venv from Python.
PROBE = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"


@functools.cache
def _pyenv_versions() -> Path | None:
    """Return the folder of pyenv's interpreters, if pyenv is installed."""
    if not shutil.which("pyenv"):
        return None
    root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout.strip()
    return Path(root) / "versions"


def _candidates(version: str) -> Iterator[str]:
    """Name the places where a Python of this version ("3.12") may be, the preferred ones first."""
    for name in (f"python{version}", "python3"):
        if path := shutil.which(name):
            yield path
    if folder := _pyenv_versions():
        found = folder.glob(f"{version}.*/bin/python{version}")
        yield from map(str, sorted(found, key=lambda path: [int(n) for n in re.findall(r"\d+", path.parts[-3])])[::-1])


def find_python(versions: Sequence[str]) -> str | None:
    """Return an interpreter of the first of these versions ("3.12") that runs and can make virtual environments."""
    for version in versions:
        for path in _candidates(version):
            answer = subprocess.run([path, "-c", PROBE], capture_output=True, text=True, check=False)
            if answer.returncode == 0 and answer.stdout.strip() == version:
                return path
    return None


@contextlib.contextmanager
def path_without_blanks(venv: Path) -> Iterator[Path]:
    """Yield a temporary link to a virtual environment, alone in a folder of its own.

    ansible-core 2.16 cannot start modules with an interpreter whose path has a blank. ansible-test writes launchers
    whose first line names the interpreter, and where that has a blank, another one runs silently.
    """
    with tempfile.TemporaryDirectory(prefix="task-center-") as folder:
        link = Path(folder, "venv")
        link.symlink_to(venv)
        yield link
