# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets that stumble over every kind of quoting, and the traces that each would leave, in whatever form."""

from __future__ import annotations

import base64
import html
import json
import secrets
import typing as t
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

import yaml

# Of fewer bytes, base64 and hexadecimal digits occur by chance.
LEAST_ENCODED = 6
# Of a text of several lines, such as a private key: characters from which on a line is nobody else's. Some are enough.
LEAST_LINE = 20


@dataclass(frozen=True)
class Secret:
    """A secret.

    Attributes:
        value: the whole of it.
        core: the part that no quoting alters, and that occurs nowhere else; empty if there is none.
        user: whose it is, as Basic headers name the user.
    """

    value: str
    core: str = ""
    user: str = ""

    def traces(self) -> t.Iterator[str]:
        """Return what nothing may hold that leaves the run."""
        for text in {self.core} if self.core else {self.value, *self._lines()}:
            yield from _quoted(text)
            if len(text.encode()) >= LEAST_ENCODED:
                yield from _encoded(text.encode())
        yield base64.b64encode(f"{self.user}:{self.value}".encode()).decode()

    def _lines(self) -> set[str]:
        lines = self.value.splitlines()
        return set([line for line in lines if len(line) >= LEAST_LINE][1::8]) if len(lines) > 1 else set()


def odd(*, user: str = "", line_break: bool = False) -> Secret:
    """Return a new secret with all that some quoting alters.

    Args:
        user: whose it is.
        line_break: whether it has several lines.
    """
    core = f"c{secrets.token_hex(6)}"
    return Secret(f"Q'\"\\%+&é{core}<ß>/%2B ${chr(10) if line_break else ''}#'end", core, user)


def found(texts: t.Mapping[str, str], hidden: t.Iterable[Secret]) -> dict[str, set[str]]:
    """Return the traces of secrets in texts, by the names of these."""
    # Most lines are in several of them: each is searched once.
    lines = "\n".join({line for text in texts.values() for line in text.splitlines()})
    traces = {trace for secret in hidden for trace in secret.traces() if trace in lines}
    traced = {name: {trace for trace in traces if trace in text} for name, text in texts.items()}
    return {name: found for name, found in traced.items() if found}


def _quoted(text: str) -> t.Iterator[str]:
    in_json = json.dumps(text)[1:-1]
    yield from (text, " ".join(text.split()), in_json, json.dumps(text, ensure_ascii=False)[1:-1])
    yield from (json.dumps(in_json)[1:-1], repr(text)[1:-1], text.replace("'", "''"))
    yield from (yaml.safe_dump(text, width=10**6, allow_unicode=wide).strip()[1:-1] or text for wide in (False, True))
    yield from (html.escape(text), html.escape(text, quote=False), text.encode().decode("latin-1"))
    for encoded in (*(quote(text, safe=safe) for safe in ("", "/", "!'()*")), quote_plus(text)):
        yield from (encoded, encoded.lower() if "%" in encoded else encoded)


def _encoded(content: bytes) -> t.Iterator[str]:
    yield from (content.hex(), content.hex().upper())
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + content).decode().rstrip("=")
        # What does not depend on the bytes around.
        whole = encoded[-(-before * 8 // 6) : (before + len(content)) * 8 // 6]
        yield from (whole, whole.replace("+", "-").replace("/", "_"))
