# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SAP's OpenAPI description of the Destination Service, as SAP's Python client carries it (Apache-2.0)."""

from __future__ import annotations

import copy
import fnmatch
import functools
import typing as t
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import yaml

Document = dict[str, t.Any]

METHODS = ("get", "put", "post", "delete", "patch")


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: t.Final = _Absent()


def load() -> Document:
    """Return the description as SAP published it."""
    return copy.deepcopy(_published())


@functools.cache
def _published() -> Document:
    path = distribution("sap-cloud-sdk").locate_file("sap_cloud_sdk/destination/spec/api_spec.yaml")
    document: Document = yaml.safe_load(Path(str(path)).read_text(encoding="utf-8"))
    return document


def operations(document: Document) -> list[tuple[str, str]]:
    """Return the method (in capitals) and path of each operation."""
    return [(method.upper(), path) for path, item in document["paths"].items() for method in METHODS if method in item]


TEXT = {"$ref": "#/components/schemas/Error"}


def admits_text(operation: str, status: int) -> bool:
    """Return whether the answer of an operation with this status may be bare text, as far as it is described.

    Args:
        operation: method and path, such as "GET /v1/destinations/{name}".
    """
    method, _blank, path = operation.partition(" ")
    described = _published()["paths"][path][method.lower()]["responses"].get(str(status))
    if described is None:
        return True
    schemas = [content.get("schema", TEXT) for content in described.get("content", {}).values()]
    return not schemas or any(TEXT in (schema, *schema.get("oneOf", ())) for schema in schemas)


@dataclass(frozen=True)
class Change:
    """A change of the description: of the value at each place that the path leads to.

    The steps of the path are keys, which may hold wildcards; ``name=...`` leads to the element of this name in a list.
    """

    at: tuple[str, ...]
    # What has to be there now: the value, or a function that says whether a value is the expected one.
    was: t.Any
    to: t.Any

    def apply(self, document: Document) -> None:
        """Change the document.

        Raises:
            ValueError: nothing is there, or something else than expected.
        """
        places = list(_places(document, self.at[:-1]))
        changed = 0
        for place in places:
            for key in _keys(place, self.at[-1], self.was is ABSENT):
                found = ABSENT if isinstance(place, dict) and key not in place else place[key]
                if not (self.was(found) if callable(self.was) else found == self.was):
                    raise ValueError(f"{'/'.join(self.at)} is {found!r}, not {self.was!r}")
                if self.to is ABSENT:
                    del place[key]
                else:
                    place[key] = self.to
                changed += 1
        if not changed:
            raise ValueError(f"{'/'.join(self.at)} leads nowhere")


def _places(node: t.Any, steps: tuple[str, ...]) -> t.Iterator[t.Any]:
    if not steps:
        yield node
        return
    for key in _keys(node, steps[0]):
        yield from _places(node[key], steps[1:])


def _keys(node: t.Any, step: str, may_be_new: bool = False) -> list[t.Any]:
    if isinstance(node, list):
        name = step.removeprefix("name=")
        return [index for index, item in enumerate(node) if item.get("name") == name]
    if may_be_new:
        return [step]
    # Braces and brackets are literal; only "*" is a wildcard.
    return [key for key in node if fnmatch.fnmatchcase(key, step.replace("[", "[[]"))]
