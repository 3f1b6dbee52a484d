# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages of npm, as a lock pins them, for a program that tests run."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / ".work" / "javascript"
LOCK = ("package.json", "package-lock.json")
# Seconds that an installation may take.
INSTALLATION = 300


def installed(source: Path, program: str) -> Path:
    """Return a folder with a program and the packages that it needs, installed once.

    Args:
        source: folder with the program, ``package.json`` and its lock.
        program: name of its file.
    """
    contents = {name: (source / name).read_bytes() for name in (*LOCK, program)}
    folder = FOLDER / hashlib.sha256(b"".join(contents.values())).hexdigest()[:16]
    if folder.exists():
        return folder
    FOLDER.mkdir(parents=True, exist_ok=True)
    # Other processes may be doing the same; the first one to finish has made it.
    unfinished = Path(tempfile.mkdtemp(dir=FOLDER))
    for name, content in contents.items():
        (unfinished / name).write_bytes(content)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=unfinished, check=False, capture_output=True, text=True, timeout=INSTALLATION)
    assert done.returncode == 0, done.stderr
    try:
        unfinished.rename(folder)
    except OSError:
        shutil.rmtree(unfinished)
    return folder
