# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How messages quote what a system has answered."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import redact

if t.TYPE_CHECKING:
    import requests

QUOTED = 300  # characters of an answer that a message quotes


def quoted(answer: requests.Response, secrets: set[str]) -> str:
    """Return what an error answer says, as the end of a sentence.

    :param secrets: what it must not quote
    """
    # Without its secrets first: a cut one would not be recognised any more.
    return _shortened(redact(_said(answer), secrets))


def json_value(answer: requests.Response) -> t.Any:
    """Return the JSON value of an answer.

    :raises ValueError: it holds none, or one that is nested too deep to be meant
    """
    try:
        return answer.json()
    except RecursionError:
        raise ValueError("nested too deep") from None


def _said(answer: requests.Response) -> str:
    """Return what an error answer says: JSON or plain text, whatever its content type claims."""
    try:
        value = json_value(answer)
    except ValueError:
        value = None
    if isinstance(value, dict):
        texts = [value.get(key) for key in ("ErrorMessage", "error_description", "error", "message")]
        found = next((text for text in texts if isinstance(text, str) and text), None)
        text = found or str(value)
    else:
        text = answer.text
    return " ".join(text.split()) or "(no explanation)"


def _shortened(text: str) -> str:
    """Return a text as the end of a sentence, cut where it is too long to be read."""
    return f"{text.rstrip('.')}." if len(text) <= QUOTED else f"{text[:QUOTED]}..."
