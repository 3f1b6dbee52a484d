# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens that the tasks of one run share, so that each environment sends one request to its token service.

Ansible does each task in a process of its own that ends with it. What those share is a piece of memory that they
inherit from the process that runs the playbook: it is in no file, in no fact, and it ends with the run. Where nobody
has set it up, as in a module's own process, each task obtains its own.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import mmap
import os
import struct
import tempfile
import typing as t

# Untouched pages cost nothing. A token has one to four KiB; when there is no room left, all are forgotten.
SIZE = 16 * 2**20  # bytes
# Before the tokens: how many bytes of them there are. Before each: whose it is, until when it is good, its length.
USED = struct.Struct("=Q")
ENTRY = struct.Struct("=32sdI")


class SharedTokens:
    """A log of tokens in shared memory; the last entry of an owner is the one that counts.

    Owners are digests of everything on which a token depends, the client's secret included: a process without the
    secret does not get the token.
    """

    def __init__(self, size: int = SIZE) -> None:
        """Set the memory up; processes that are forked from now on share it.

        :raises OSError: the system grants no memory, or no file for the lock
        """
        self._memory = mmap.mmap(-1, size)
        # An empty file without a name, open as long as the memory exists. Its lock belongs to a process and ends with
        # it, even if that is killed.
        self._lock, path = tempfile.mkstemp()
        os.unlink(path)

    def get(self, owner: bytes) -> tuple[str, float] | None:
        """Return an owner's token and until when it is good, by the monotonic clock, in seconds; None without one."""
        with self._locked() as mine:
            if not mine:
                return None
            last = next((place for place in reversed(list(self._places())) if place[0] == owner), None)
            if last is None or not last[3]:
                return None
            _owner, until, begin, length = last
            return self._memory[begin : begin + length].decode(), until

    def put(self, owner: bytes, token: str, until: float) -> None:
        """Keep an owner's token.

        :param until: by the monotonic clock, which all processes of a machine share, in seconds
        """
        content = token.encode()
        with self._locked() as mine:
            if not mine:
                return
            used = self._used
            end = used + ENTRY.size + len(content)
            if end + USED.size > len(self._memory):
                used, end = 0, ENTRY.size + len(content)
                if end + USED.size > len(self._memory):
                    return
            begin = USED.size + used
            self._memory[begin : begin + ENTRY.size] = ENTRY.pack(owner, until, len(content))
            self._memory[begin + ENTRY.size : USED.size + end] = content
            # Last, so that a process that is killed before has written nothing.
            self._memory[: USED.size] = USED.pack(end)

    def drop(self, owner: bytes) -> None:
        """Forget an owner's token."""
        self.put(owner, "", 0.0)

    @property
    def _used(self) -> int:
        return int(USED.unpack(self._memory[: USED.size])[0])

    def _places(self) -> t.Iterator[tuple[bytes, float, int, int]]:
        """Walk through the entries: owner, until when, begin and length of the token."""
        place, end = USED.size, USED.size + self._used
        while place < end:
            owner, until, length = ENTRY.unpack(self._memory[place : place + ENTRY.size])
            place += ENTRY.size
            yield owner, until, place, length
            place += length

    @contextlib.contextmanager
    def _locked(self) -> t.Iterator[bool]:
        """Keep other processes out; return whether that was possible, for not every file system has locks."""
        try:
            fcntl.lockf(self._lock, fcntl.LOCK_EX)
        except OSError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.lockf(self._lock, fcntl.LOCK_UN)


_shared: SharedTokens | None = None


def share() -> None:
    """Let this process and those that it forks from now on share tokens."""
    global _shared  # noqa: PLW0603 - one per run, and inherited
    if _shared is None:
        with contextlib.suppress(OSError):
            _shared = SharedTokens()


def shared() -> SharedTokens | None:
    """Return what this process shares with others of its run; None where nothing is."""
    return _shared


def owner(*facts: t.Any) -> bytes:
    """Return the digest of everything on which a token depends."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).digest()
