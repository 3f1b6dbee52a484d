# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which destination properties hold secrets, and how results, diffs and messages show them."""

from __future__ import annotations

import base64
import html
import json
import re
import typing as t
from urllib.parse import quote, quote_plus

# SAP BTP Connectivity, "Destination authentication methods" lists the secret properties of each method; a destination
# may also
# carry credentials in headers and queries of its own. Compared without case, so that a misspelt one stays hidden too.
SECRET_PROPERTY = re.compile(
    r"(?i)(passw(?:or)?d|passphrase|passcode|pwd|(?:^|[._-])pass$|secret|private.?key|access.?key|api.?key|credentials$"
    r"|connection.?string|refresh.?token|access.?token|(?:^|[._-])token$|jwt|\bauthorization\b"
    r"|\bcookie\b|assertion$|^code$|(?:headers|queries)\..*(?:token|key|sig|auth|pwd))"
)
USER_INFO = re.compile(r"(?<=://)[^/?#\s]+(?=@)")

# Bytes from which on a secret is looked for in base64 and hexadecimal digits: of fewer, too little would be left.
SHORTEST_ENCODED = 6

HIDDEN = "********"
DIFFERENT = "******** (differs)"
# What stands in the place of a secret that is null: as others show what they do not show.
NOT_SHOWN = "****"
# Of one that the service does not show.
INCOMPARABLE = "******** (cannot be compared)"


def is_secret(name: str) -> bool:
    """Return whether a destination property of this name is taken for a secret."""
    return bool(SECRET_PROPERTY.search(name))


def masked(properties: t.Mapping[str, t.Any], include: t.Collection[str] = ()) -> dict[str, t.Any]:
    """Return the properties with every secret replaced; ``include`` names further secret ones."""
    return {
        name: HIDDEN
        if is_secret(name) or name in include
        else without_user_info(value)
        if isinstance(value, str)
        else value
        for name, value in properties.items()
    }


def without_nulls(properties: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return properties as they were read, without null: a secret that is null is one that is not shown."""
    return {
        name: NOT_SHOWN if value is None else value
        for name, value in properties.items()
        if value is not None or is_secret(name)
    }


def without_user_info(text: str) -> str:
    """Return a text with user and password of the URLs in it replaced."""
    return USER_INFO.sub(HIDDEN, text)


def secret_values(properties: t.Mapping[str, t.Any], include: t.Collection[str] = ()) -> set[str]:
    """Return the values of all properties that are taken for secrets; ``include`` names further secret ones."""
    return {
        value
        for name, value in properties.items()
        if (is_secret(name) or name in include) and isinstance(value, str) and value
    }


def redact(text: str, secrets: t.Collection[str]) -> str:
    """Return the text with every one of the secrets replaced, in whatever form a system may quote it."""
    forms = {form for secret in secrets for form in _forms(secret)}
    for form in sorted(filter(None, forms), key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return text


def _forms(secret: str) -> set[str]:
    """Return the forms in which a secret occurs in what systems answer, in logs and in traces."""
    content = secret.encode("utf-8", "surrogatepass")
    in_json = json.dumps(secret)[1:-1]
    forms = {
        secret,
        " ".join(secret.split()),
        in_json,
        json.dumps(secret, ensure_ascii=False)[1:-1],
        # JSON that is text within JSON.
        json.dumps(in_json)[1:-1],
        repr(secret)[1:-1],
        html.escape(secret),
        # UTF-8 that was taken for another encoding.
        content.decode("latin-1"),
        *(quote(content, safe=safe) for safe in ("", "/")),
        quote_plus(content),
    }
    if len(content) >= SHORTEST_ENCODED:
        forms |= {content.hex(), content.hex().upper(), *_in_base64(content)}
    return forms | {form.lower() for form in forms if "%" in form}


def _in_base64(content: bytes) -> set[str]:
    """Return what of base64 depends on these bytes alone, wherever they begin: a Basic header has a user first.

    The signs at both ends depend on what is around them, too.
    """
    forms = set()
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + content).decode().rstrip("=")
        whole = encoded[(before * 8 + 5) // 6 : (before + len(content)) * 8 // 6]
        forms |= {whole, whole.replace("+", "-").replace("/", "_")}
    return forms
