# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Destinations as they are exported from the cockpit or printed by other tools: JSON or Java properties."""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.adoption import hide_secrets
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.java_properties import (
    comments,
    parse_properties,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.encodings import marked_encoding
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN

Destination = dict[str, str]

EXPECTED = "Expected is a destination that the cockpit exported, as JSON or as a properties file."
UTF_8_IS_EXPECTED = "Save it as UTF-8, or export it again and do not open it in an editor before."
# The cockpit leaves secrets out of what it exports and puts a remark in their place, in properties files as a comment.
REMARK = re.compile(r"<<.*>>", re.DOTALL)
REMARK_IN_COMMENT = re.compile(r"([^\s=]+)\s*=\s*<<.*>>")
# Characters that ISO 8859-1 has and nobody writes: what is read as one of them is in another encoding.
CONTROLS = re.compile("[\x80-\x9f]")


def read_export(path: str, content: bytes) -> list[Destination]:
    """Return the destinations in a file, all secrets masked, whether they are remarks or real.

    :param path: of the file, for messages
    :raises InputError: the file holds no destination, or its encoding is not known
    """
    text = _decoded(path, content).lstrip()
    try:
        found = _of_json(text) if text[:1] in ("{", "[") else [_of_properties(text)]
        # Half of a pair of UTF-16 characters, which JSON can hold and nothing can write.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise InputError(f"The file {path} cannot be read: {error}.", EXPECTED) from error
    destinations = [one for one in found if one.get("Name")]
    if not destinations:
        raise InputError(f"The file {path} holds no destination with a Name.", EXPECTED)
    return [hide_secrets(_without_remarks(one)) for one in destinations]


def texts(destination: dict[str, t.Any]) -> Destination:
    """Return the properties of a destination as texts; what is no property of one is left out."""
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in destination.items()
        if value is not None and not isinstance(value, (dict, list))
    }


def _decoded(path: str, content: bytes) -> str:
    """Return the text of a file.

    Without a byte order mark it is UTF-8, or else ISO 8859-1, as Java reads its properties since version 9
    (``java.util.PropertyResourceBundle``). JSON is never the latter (RFC 8259, section 8.1).

    :raises InputError: it is in yet another encoding
    """
    marked = marked_encoding(content)
    try:
        text = content.decode(marked or "utf-8")
    except ValueError:
        text = "" if marked else content.decode("iso-8859-1")
        if not text or text.lstrip()[:1] in ("{", "[") or CONTROLS.search(text):
            raise InputError(
                f"The file {path} cannot be read: it is neither UTF-8 nor in another encoding that can be recognized.",
                UTF_8_IS_EXPECTED,
            ) from None
    if "\0" in text:
        problem = f"The file {path} cannot be read: it seems to be UTF-16 without a byte order mark."
        raise InputError(problem, UTF_8_IS_EXPECTED)
    return text


def _of_json(text: str) -> list[Destination]:
    # Numbers as they are written: 1.0 must not become 1, nor a long one inexact.
    return [texts(one) for one in _objects(json.loads(text, parse_float=str, parse_int=str, parse_constant=str))]


def _objects(value: t.Any) -> t.Iterator[dict[str, t.Any]]:
    """Find the objects that are destinations, whatever an export wraps around them."""
    if isinstance(value, dict) and isinstance(value.get("Name"), str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _objects(item)


def _of_properties(text: str) -> Destination:
    removed = {match[1]: HIDDEN for match in map(REMARK_IN_COMMENT.fullmatch, comments(text)) if match}
    return {**removed, **parse_properties(text)}


def _without_remarks(destination: Destination) -> Destination:
    return {key: HIDDEN if REMARK.fullmatch(value.strip()) else value for key, value in destination.items()}
