# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which destination properties hold secrets, and how results, diffs and messages show them."""

from __future__ import annotations

import base64
import functools
import html
import json
import re
import typing as t

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
# Backslashes before a sign, as JSON in JSON in JSON in JSON has them.
DEEPEST = 16

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
    known = frozenset(filter(None, secrets))
    return _pattern(known).sub(HIDDEN, text) if known else text


@functools.lru_cache(maxsize=64)
def _pattern(secrets: frozenset[str]) -> re.Pattern[str]:
    """Return what finds any of the secrets: of two that begin alike, the longer one."""
    ordered = sorted(secrets, key=lambda secret: (-len(secret), secret))
    return re.compile("|".join([form for secret in ordered for form in _forms(secret)]))


def _forms(secret: str) -> t.Iterator[str]:
    """Return regular expressions of the forms in which a secret occurs in what systems answer, in logs and in traces.

    Which signs are quoted, and how often, differs from system to system: a URL by Java is none by JavaScript.
    """
    yield "".join(_run(run[0]) for run in re.finditer(r"\s+|\\+|.", secret, re.DOTALL))
    content = secret.encode("utf-8", "surrogatepass")
    if len(content) >= SHORTEST_ENCODED:
        yield from (content.hex(), content.hex().upper())
        yield from map(re.escape, sorted(_in_base64(content), key=len, reverse=True))


def _run(signs: str) -> str:
    """Return the expression of a sign, or of a run of blanks and line breaks, or of backslashes."""
    if signs.isascii() and signs.isalnum():
        return signs
    if signs.isspace():
        # What is quoted in one line has one blank for them.
        return f"(?:{''.join(map(_sign, signs))}|\\s+)"
    if signs[0] == "\\":
        one = f"(?:{_in_url(signs[0])}|{_in_html(signs[0])})"
        return f"(?:\\\\{{{len(signs)},{len(signs) * DEEPEST}}}|{one}{{{len(signs)}}})"
    return _sign(signs)


@functools.lru_cache(maxsize=256)
def _sign(sign: str) -> str:
    """Return the expression of one sign, as it is or quoted."""
    content = sign.encode("utf-8", "surrogatepass")
    mistaken = content.decode("latin-1")  # UTF-8 that was taken for another encoding
    escaped = {json.dumps(sign), json.dumps(mistaken), repr(sign), repr(mistaken)}
    letters = {text[1:-1].lstrip("\\") for text in escaped if text[1:2] == "\\"}
    forms = [
        # In JSON and in shells, any sign may have a backslash before it.
        f"\\\\{{0,{DEEPEST}}}{re.escape(sign)}",
        *(re.escape(text) for text in {mistaken, content.decode("cp1252", "ignore")} - {sign, ""}),
        *(f"\\\\{{1,{DEEPEST}}}{_escaped(text)}" for text in sorted(letters)),
        _in_url(sign),
        _in_html(sign),
        *([r"\+"] if sign == " " else []),
    ]
    return f"(?:{'|'.join(forms)})"


def _escaped(text: str) -> str:
    """Return the expression of what follows the backslash of an escaped sign, and perhaps of further ones."""
    return "".join(f"\\\\{{1,{DEEPEST}}}" if part == "\\" else re.escape(part) for part in re.split(r"(\\)", text))


def _in_url(signs: str) -> str:
    """Return the expression of signs in a URL, or in a URL within a URL."""
    return "".join(f"%(?:25)*(?i:{byte:02x})" for byte in signs.encode("utf-8", "surrogatepass"))


def _in_html(sign: str) -> str:
    """Return the expression of a sign in HTML, or in HTML that is text within HTML."""
    named = html.escape(sign)[1:-1] if html.escape(sign) != sign else ""
    references = "|".join(filter(None, (named, f"#0*{ord(sign)}", f"#[xX]0*(?i:{ord(sign):x})")))
    return f"&(?:amp;)*(?:{references});"


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
