# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A public file that a module leaves for people: written atomically, with mode, owner, group and backup."""

from __future__ import annotations

import grp
import os
import pwd
import re
import shutil
import stat
import tempfile
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, OperatorError

MODE = "0644"  # unless a task says otherwise
# Where certificates are written unless a task says otherwise: below the home of the user on the machine that does it.
# Ansible's side of a run that takes place on the controller knows better folders.
HOME = "~/fsm"
# In host_vars, for Ansible takes every other file in an inventory's folder for an inventory.
HOST_VARS = "host_vars"
CERTIFICATES = f"{HOST_VARS}/fsm-certificates"
# The variable in which ansible-runner, and so AWX, names the folder of a job: the next one has another folder.
OF_JOB = "AWX_ISOLATED_DATA_DIR"


@dataclass(frozen=True)
class DesiredFile:
    """A file as the task describes it.

    :param mode: permission bits
    :param owner: user ID, or None to leave it
    :param group: group ID, or None to leave it
    :param backup: whether a file that is overwritten is kept next to it
    """

    path: str
    mode: int
    owner: int | None = None
    group: int | None = None
    backup: bool = False


@dataclass(frozen=True)
class FileState:
    """A file as it is; content is None when there is none."""

    content: str | None = None
    mode: int | None = None
    owner: int | None = None
    group: int | None = None

    def shown(self) -> dict[str, t.Any]:
        """Return what a diff shows, without what is not there."""
        mode = None if self.mode is None else f"{self.mode:04o}"
        facts = {"content": self.content, "mode": mode, "owner": self.owner, "group": self.group}
        return {key: value for key, value in facts.items() if value is not None}


def full_path(path: str) -> str:
    """Return an absolute path, seen from the present folder; ``~`` is the user's home."""
    return os.path.abspath(os.path.expanduser(path.strip()))


def outlives_job(path: str, environ: t.Mapping[str, str]) -> bool:
    """Return whether what is written to a path is there in the next run, too.

    :param environ: environment variables of the task
    """
    job = environ.get(OF_JOB)
    return not job or os.path.commonpath([full_path(path), full_path(job)]) != full_path(job)


def desired_file(params: dict[str, t.Any]) -> DesiredFile | None:
    """Read path, mode, owner, group and backup of a module's options; None without a path.

    :raises InputError: mode is not octal, owner or group does not exist, or path is a directory
    """
    if not params.get("path"):
        return None
    path = full_path(params["path"])
    if os.path.isdir(path):
        raise InputError(f"path {path} is a directory.", "Name the file in it.")
    return DesiredFile(
        path=path,
        mode=_mode(params["mode"]),
        owner=_id(params.get("owner"), "owner", lambda name: pwd.getpwnam(name).pw_uid),
        group=_id(params.get("group"), "group", lambda name: grp.getgrnam(name).gr_gid),
        backup=bool(params.get("backup")),
    )


def read_state(path: str) -> FileState:
    """Return the present state of the file.

    :raises OperatorError: it is there but cannot be read
    """
    try:
        found = os.stat(path)
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            content = file.read()
    except FileNotFoundError:
        return FileState()
    except OSError as error:
        raise OperatorError(f"The file {path} cannot be read: {error.strerror}.", "Check its permissions.") from error
    return FileState(content, stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)


def desired_state(wanted: DesiredFile, content: str, current: FileState) -> FileState:
    """Return the desired state of the file: what the task leaves open stays as it is."""
    return FileState(
        content=content,
        mode=wanted.mode,
        owner=current.owner if wanted.owner is None else wanted.owner,
        group=current.group if wanted.group is None else wanted.group,
    )


def write(wanted: DesiredFile, target: FileState, current: FileState) -> str | None:
    """Bring the file to its target state, missing folders included; return the backup's path if one was made.

    :raises OperatorError: the system does not allow it
    """
    backup = None
    try:
        if current.content != target.content:
            os.makedirs(os.path.dirname(wanted.path), exist_ok=True)
            if wanted.backup and current.content is not None:
                backup = f"{wanted.path}.{time.strftime('%Y-%m-%d@%H:%M:%S')}~"
                shutil.copy2(wanted.path, backup)
            _replace(wanted.path, target)
        os.chmod(wanted.path, target.mode or 0)
        now = os.stat(wanted.path)
        owner, group = _or(target.owner, now.st_uid), _or(target.group, now.st_gid)
        if (owner, group) != (now.st_uid, now.st_gid):
            _change_owner(wanted, owner, group)
    except OSError as error:
        raise OperatorError(
            f"The file {wanted.path} cannot be written: {error.strerror}.", "Check path, owner and permissions."
        ) from error
    return backup


def _change_owner(wanted: DesiredFile, owner: int, group: int) -> None:
    try:
        os.chown(wanted.path, owner, group)
    except PermissionError:
        # Only those that the task sets have to be reached; a colleague's file becomes that of the user who writes it.
        if (wanted.owner, wanted.group) != (None, None):
            raise


def _replace(path: str, target: FileState) -> None:
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(target.content or "")
            file.flush()
            # Or else a machine that goes down at the wrong moment has an empty file in its place.
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        # Also who interrupts a run by Ctrl-C leaves nothing behind.
        os.unlink(temporary)
        raise


def _or(number: int | None, default: int) -> int:
    return default if number is None else number


def _mode(value: t.Any) -> int:
    """Permission bits of a mode; an unquoted YAML number was octal already."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"0?[0-7]{3,4}", value):
        return int(value, 8)
    raise InputError(f"mode {value} is not octal.", 'Write it as text, such as "0644".')


def _id(name: str | None, option: str, look_up: t.Callable[[str], int]) -> int | None:
    if name is None:
        return None
    if name.isdigit():
        return int(name)
    try:
        return look_up(name)
    except KeyError:
        raise InputError(f"The {option} {name} does not exist on this system.", "Correct the option.") from None
