# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets the hosts of an inventory take turns where they share something that a service cannot guard.

The trust certificate is such a thing: two environments may share a subaccount, and two generations in a row throw the
first key away.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import stat
import tempfile
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import OperatorError

FOLDER = "btp_ops.task_center-{user}"


@contextlib.contextmanager
def file_lock(name: str) -> t.Iterator[None]:
    """Let one process of this user on this machine in at a time, per name; the others wait.

    The operating system gives the lock back when its holder ends, however it ends. Other machines are not kept out.

    :raises OperatorError: the folder of the locks cannot be used
    """
    folder = os.path.join(tempfile.gettempdir(), FOLDER.format(user=os.getuid()))
    path = os.path.join(folder, hashlib.sha256(name.encode()).hexdigest())
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise PermissionError(0, "it belongs to someone else")
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OperatorError(
            f"The folder {folder} cannot be used for locks: {error.strerror}.", "Remove it, or set TMPDIR to another."
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
