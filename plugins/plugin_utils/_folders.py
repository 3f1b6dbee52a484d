# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Folders for files that are left for people, where the operator names none.

None of them depends on the folder in which the playbook was started: a scheduler starts it in another one than people
do, and would leave a second copy there.
"""

from __future__ import annotations

import typing as t
from pathlib import Path

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import is_blank
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Spec
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.public_file import (
    CERTIFICATES,
    HOME,
    HOST_VARS,
    OF_JOB,
    full_path,
)

Options = dict[str, t.Any]

COLLECTION = Path(__file__).resolve().parent.parent.parent
# Options that name a folder, wherever they are among a module's, and what they are by default.
FOLDERS = {"certificate_dir": CERTIFICATES, "inventory_directory": HOST_VARS}


def with_default_folders(
    spec: Spec, arguments: Options, task_vars: t.Mapping[str, t.Any], environ: t.Mapping[str, str]
) -> Options:
    """Return the arguments of a module with the folders that they leave open.

    :param task_vars: Ansible's variables of the environment
    :param environ: environment variables of the task
    """
    base = base_folder(task_vars, environ)

    def filled(options: Options, given: Options) -> Options:
        results = dict(given)
        for name, facts in options.items():
            if name in FOLDERS and is_blank(given.get(name)):
                results[name] = f"{base}/{FOLDERS[name]}"
            elif isinstance(given.get(name), dict) and "options" in facts:
                results[name] = filled(facts["options"], given[name])
        return results

    return filled(spec.options, arguments)


def base_folder(task_vars: t.Mapping[str, t.Any], environ: t.Mapping[str, str]) -> str:
    """Return the folder below which files are left for people.

    That is where the results of a job are, else where the inventory is, else where the operator's own playbook is.
    """
    candidates = [environ.get(OF_JOB), task_vars.get("inventory_dir")]
    playbook = str(task_vars.get("playbook_dir") or "")
    candidates += [] if _of_collection(playbook) else [playbook]
    # Of a host that only the command line names, Ansible says that its inventory is in the folder None.
    folders = [folder for folder in map(str, candidates) if Path(folder).is_absolute()]
    return folders[0] if folders else full_path(HOME)


def _of_collection(folder: str) -> bool:
    """Return whether a folder is one of an installed collection, in which the next installation deletes everything."""
    real = Path(folder).resolve()
    return "ansible_collections" in Path(folder).parts or COLLECTION in (real, *real.parents)
