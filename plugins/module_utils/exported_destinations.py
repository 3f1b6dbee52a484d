# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Destinations as they are exported from the cockpit or printed by other tools: JSON or Java properties."""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils.java_properties import comments, parse_properties
from ansible_collections.btp_ops.task_center.plugins.module_utils.secrets import HIDDEN, masked

Destination = dict[str, str]

EXPECTED = "Expected is a destination that the cockpit exported, as JSON or as a properties file."
# The cockpit leaves secrets out of what it exports and puts a remark in their place, in properties files as a comment.
REMARK = re.compile(r"<<.*>>", re.DOTALL)
REMARK_IN_COMMENT = re.compile(r"([^\s=]+)\s*=\s*<<.*>>")


def read_export(path: str, content: bytes) -> list[Destination]:
    """Return the destinations in a file, all secrets masked, whether they are remarks or real.

    :param path: of the file, for messages
    :raises InputError: the file holds no destination
    """
    try:
        found = (
            _of_json(content)
            if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
            else [_of_properties(content)]
        )
    except ValueError as error:
        raise InputError(f"The file {path} cannot be read: {error}.", EXPECTED) from error
    destinations = [one for one in found if one.get("Name")]
    if not destinations:
        raise InputError(f"The file {path} holds no destination with a Name.", EXPECTED)
    return [masked(one, {key for key, value in one.items() if REMARK.fullmatch(value.strip())}) for one in destinations]


def _of_json(content: bytes) -> list[Destination]:
    return [
        {key: _text(value) for key, value in one.items() if not isinstance(value, (dict, list)) and value is not None}
        for one in _objects(json.loads(content.decode("utf-8-sig")))
    ]


def _objects(value: t.Any) -> t.Iterator[dict[str, t.Any]]:
    """Find the objects that are destinations, whatever an export wraps around them."""
    if isinstance(value, dict) and isinstance(value.get("Name"), str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _objects(item)


def _text(value: t.Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_properties(content: bytes) -> Destination:
    removed = {match[1]: HIDDEN for match in map(REMARK_IN_COMMENT.fullmatch, comments(content)) if match}
    return {**removed, **parse_properties(content)}
