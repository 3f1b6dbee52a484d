# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Python libraries that the modules need, and what to do on a machine that lacks one."""

from __future__ import annotations

import importlib
import shlex
import sys

NEEDED = ("cryptography", "requests")


def problem_of_missing(names: tuple[str, ...] = NEEDED) -> str:
    """Return what is missing in this interpreter and how to get it; nothing if everything is there."""
    missing = list(filter(None, map(_missing, names)))
    if not missing:
        return ""
    python, packages = shlex.quote(sys.executable or "python3"), " ".join(dict.fromkeys(missing))
    return (
        f"{python} lacks what the modules of btp_ops.task_center need: {packages}. "
        f"Install it for that interpreter: {python} -m pip install {packages}\n"
        "Or let Ansible use a Python that has it: ansible_python_interpreter names it, and "
        '"{{ ansible_playbook_python }}" is the one that runs Ansible.'
    )


def _missing(name: str) -> str:
    """Return the name of what keeps a library from being imported: itself, or another one that it needs."""
    try:
        importlib.import_module(name)
    except ImportError as error:
        return error.name or name
    return ""
