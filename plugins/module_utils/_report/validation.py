# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds what was read from a file against the schema: as much of JSON Schema as schema.py uses. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._report.schema import Schema

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


def violation(value: t.Any, schema: Schema, place: str = "") -> str:
    """Return where a value is not as the schema has it, and why; empty if it is.

    :param place: of the value in the whole
    """
    return next(_violations(value, schema, place), "")


def _violations(value: t.Any, schema: Schema, place: str) -> t.Iterator[str]:
    shown = place or "it"
    types = schema.get("type", [])
    kinds = [types] if isinstance(types, str) else types
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield f"{shown} is not {' or '.join(kinds)}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{shown} is not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{shown} is none of {', '.join(schema['enum'])}"
    if isinstance(value, dict):
        yield from (f"{shown} has no {name}" for name in schema.get("required", ()) if name not in value)
        for name, facts in schema.get("properties", {}).items():
            if name in value:
                yield from _violations(value[name], facts, f"{place}.{name}" if place else name)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from _violations(item, schema["items"], f"{place}[{number}]")


def _is(value: t.Any, kind: str) -> bool:
    # To Python, True is a number.
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
