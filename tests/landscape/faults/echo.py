# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the answer of a system quotes a request, in the forms that systems, gateways and their logs have."""

from __future__ import annotations

import base64
import binascii
import html
import json
import typing as t
from urllib.parse import parse_qsl, quote, quote_plus

if t.TYPE_CHECKING:
    from .effects import Echo

Fields = list[tuple[str, str]]


def quotation(echo: Echo, headers: t.Mapping[str, str], body: bytes) -> str:
    """Return what the answer says.

    Args:
        echo: what it quotes, and how.
        headers: of the request.
        body: of the request.

    Raises:
        KeyError: there is no such form.
    """
    fields = [*headers.items(), *_fields(body)]
    chosen = [one for word in echo.quoting for one in fields if word in one[0].lower()]
    return FORMS[echo.form](list(dict.fromkeys(chosen)))


def _fields(body: bytes) -> Fields:
    """Return the fields of a JSON object, or else of a form."""
    text = body.decode(errors="replace")
    try:
        value = json.loads(text)
    except ValueError:
        return parse_qsl(text)
    return [(name, str(item)) for name, item in value.items()] if isinstance(value, dict) else []


def _decoded(fields: Fields) -> Fields:
    """Return the fields with what Basic headers hold."""
    return [(name, _of_basic(value) or value) for name, value in fields]


def _of_basic(value: str) -> str:
    scheme, _blank, encoded = value.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _lines(fields: Fields) -> str:
    return "\n".join(f"{name}: {value}" for name, value in fields)


FORMS: dict[str, t.Callable[[Fields], str]] = {
    # As a trace has it.
    "trace": _lines,
    # The value alone, as in "Header value is malformed: ...".
    "basic": lambda fields: " ".join(value.rpartition(" ")[2] for _name, value in fields),
    "decoded": lambda fields: _lines(_decoded(fields)),
    "form": lambda fields: "&".join(f"{name}={quote_plus(value)}" for name, value in _decoded(fields)),
    "uri": lambda fields: "&".join(f"{name}={quote(value, safe=URI_COMPONENT)}" for name, value in _decoded(fields)),
    "json": lambda fields: json.dumps({"error": dict(_decoded(fields))}),
    "nested": lambda fields: json.dumps({"error": json.dumps({"request": json.dumps(dict(_decoded(fields)))})}),
    "unicode": lambda fields: json.dumps({"error": json.dumps(dict(_decoded(fields)), ensure_ascii=False)}),
    "repr": lambda fields: repr(_decoded(fields)),
    "html": lambda fields: f"<html><body>{html.escape(_lines(_decoded(fields)))}</body></html>",
    # UTF-8 that was taken for another encoding.
    "latin-1": lambda fields: _lines(_decoded(fields)).encode().decode("latin-1"),
    "hex": lambda fields: " ".join(value.encode().hex() for _name, value in _decoded(fields)),
    "base64": lambda fields: base64.b64encode(_lines(_decoded(fields)).encode()).decode(),
}
# What encodeURIComponent of JavaScript leaves as it is.
URI_COMPONENT = "!'()*"
