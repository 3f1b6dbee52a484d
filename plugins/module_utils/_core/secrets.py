# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which destination properties hold secrets, and how results, diffs and messages show them."""

from __future__ import annotations

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
        else USER_INFO.sub(HIDDEN, value)
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


def secret_values(properties: t.Mapping[str, t.Any], include: t.Collection[str] = ()) -> set[str]:
    """Return the values of all properties that are taken for secrets; ``include`` names further secret ones."""
    return {
        value
        for name, value in properties.items()
        if (is_secret(name) or name in include) and isinstance(value, str) and value
    }


def redact(text: str, secrets: t.Collection[str]) -> str:
    """Return the text with every one of the secrets replaced, also where JSON or the layout has changed it."""
    forms = {form for secret in secrets for form in (secret, json.dumps(secret)[1:-1], " ".join(secret.split()))}
    for form in sorted(filter(None, forms), key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return text
