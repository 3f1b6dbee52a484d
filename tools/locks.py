# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the locks: of each file of requirements one that pins every package, with the hashes of its files.

A lock holds for all Pythons and systems that the file is meant for: where they differ, it pins a package several times.
Packages that are pinned already stay as they are, as far as the file of requirements still allows that.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
# By the name of a lock: what it pins, and the oldest Python that it is for.
LOCKS = {
    "runtime": ("requirements.txt", "3.10"),
    "test": ("requirements/test.txt", "3.10"),
    "tools": ("requirements/tools.txt", "3.11"),
    "judges": ("requirements/judges.txt", "3.11"),
    "benchmark": ("requirements/benchmark.txt", "3.11"),
    "eda": ("requirements/eda.txt", "3.11"),
}


@dataclass(frozen=True)
class Pin:
    """A package in a lock.

    :param condition: where it is to be installed, as PEP 508 has it; empty for everywhere
    :param hashes: of its files, each with the name of the algorithm
    :param wanted_by: packages that need it
    """

    name: str
    version: str
    condition: str
    hashes: tuple[str, ...]
    wanted_by: tuple[str, ...]


def pins(lock: Path) -> list[Pin]:
    """Return what a lock pins, in its order."""
    entries = re.split(r"^(?=[a-z0-9])", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [_pin(entry) for entry in entries if entry]


def _pin(entry: str) -> Pin:
    first = re.match(r"(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<condition>[^\\\n]+?))?(?: \\)?\n", entry)
    if first is None:
        raise ValueError(f"no pin of a lock: {entry.splitlines()[0]}")
    comments = re.findall(r"^    #(?: via)? +(\S.*)$", entry, re.MULTILINE)
    return Pin(
        first["name"],
        first["version"],
        first["condition"] or "",
        tuple(re.findall(r"--hash=(\S+)", entry)),
        tuple(name for name in comments if not name.startswith(("-r ", "via"))),
    )


def command(name: str, newest: bool) -> list[str]:
    """Return the command that writes a lock.

    :param newest: whether packages that are pinned already may become newer
    """
    source, python = LOCKS[name]
    return [
        *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"),
        *("--no-header", "--no-emit-index-url", "--no-emit-find-links", "--python-version", python),
        *(("--upgrade",) if newest else ()),
        *(source, "--output-file", f"requirements/{name}.lock"),
    ]


def main(arguments: t.Sequence[str] | None = None) -> int:
    """Entry point of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--newest", action="store_true", help="take the newest release of every package")
    newest = parser.parse_args(arguments).newest
    for name in LOCKS:
        subprocess.run(command(name, newest), cwd=ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
