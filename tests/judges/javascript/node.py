# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Node process in which SAP's JavaScript clients run."""

from __future__ import annotations

import json
import typing as t

import jwt

if t.TYPE_CHECKING:
    import subprocess


class JavaScript:
    """A Node process that runs SAP's clients on demand, seen from an application with these bindings."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, action: str, **options: t.Any) -> t.Any:
        """Return the result of one action of ``clients.mjs``.

        Raises:
            JavaScriptError: the client failed; the message is its own.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"action": action, **options}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise JavaScriptError(answer["error"])
        return answer["result"]


class JavaScriptError(Exception):
    """What a JavaScript client said when it failed."""


def claims(token: str) -> dict[str, t.Any]:
    """Return what a token says, without verifying it."""
    decoded: dict[str, t.Any] = jwt.decode(token, options={"verify_signature": False})
    return decoded
