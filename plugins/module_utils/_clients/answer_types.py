# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What systems answer, made into the types that the code goes by: in one place, or not at all. Pure.

Everything above the clients may take for granted that a destination's name and values are text, and that seconds are a
number which a clock can add.
"""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import without_nulls

Destination = dict[str, str]
# Key to values.
Labels = dict[str, list[str]]


class Unexpected(ValueError):
    """An answer has another form than the one that is documented."""


@dataclass(frozen=True)
class FoundDestination:
    """A destination as an application finds it.

    :param level: subaccount or instance
    :param token: what the service says of the token that it obtained: type, value, expires_in, error; all of them
        empty without one
    """

    level: str
    configuration: Destination = field(default_factory=dict, repr=False)
    token: dict[str, str] = field(default_factory=dict, repr=False)


def seconds(value: t.Any) -> int | None:
    """Return a number of seconds, given as number or text; None for what is none, or for more than thirty years."""
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None


def as_destination(value: t.Any) -> Destination:
    """Return a destination.

    The service stores text; a value that is none comes from somewhere else, and is shown as JSON.

    :raises Unexpected: it is none, or has no name
    """
    if not isinstance(value, dict) or not isinstance(value.get("Name"), str) or not value["Name"]:
        raise Unexpected("a destination without a name")
    return _properties(value)


def as_destinations(value: t.Any) -> list[Destination]:
    """Return a list of destinations.

    :raises Unexpected: it is something else
    """
    return [as_destination(one) for one in as_list(value)]


def as_labels(value: t.Any) -> Labels:
    """Return the labels of a destination.

    :raises Unexpected: they are something else
    """
    labels: Labels = {}
    for label in as_list(value):
        key, values = label.get("key"), label.get("values")
        if not isinstance(key, str) or not isinstance(values, list):
            raise Unexpected("a label without key and values")
        labels[key] = [str(one) for one in values]
    return labels


def as_found(value: t.Any) -> FoundDestination:
    """Return what the service has found, with the token that it obtained.

    :raises Unexpected: it is something else
    """
    answer = as_object(value)
    named = {name: value for name, value in answer.items() if value is not None}
    owner = as_object(named.get("owner", {}))
    configuration = as_object(named.get("destinationConfiguration", {}))
    tokens = as_list(named.get("authTokens", [])) or [{}]
    return FoundDestination(
        "instance" if owner.get("InstanceId") else "subaccount",
        _properties(configuration),
        {name: _text(tokens[0].get(name)) for name in ("type", "value", "expires_in", "error")},
    )


def as_object(value: t.Any) -> dict[str, t.Any]:
    """Return a mapping.

    :raises Unexpected: it is something else
    """
    if not isinstance(value, dict):
        raise Unexpected("no object")
    return value


def as_list(value: t.Any) -> list[dict[str, t.Any]]:
    """Return a list of mappings.

    :raises Unexpected: it is something else
    """
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise Unexpected("no list of objects")
    return value


def text_of(value: t.Any, key: str) -> str:
    """Return the text that a mapping has for a key.

    :raises Unexpected: it has none
    """
    text = as_object(value).get(key)
    if not isinstance(text, str):
        raise Unexpected(f"no {key}")
    return text


def _properties(value: dict[str, t.Any]) -> Destination:
    return {key: _text(one) for key, one in without_nulls(value).items()}


def _text(value: t.Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
