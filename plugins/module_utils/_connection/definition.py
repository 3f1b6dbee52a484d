# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection of FSM to SAP Task Center: an operator's values on one side, two destinations on the other.

The tables in _providers/fsm.py say which property has which value; here they are filled in, and read back.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_cluster import host_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._providers import fsm

Values = t.Mapping[str, t.Any]

VARIABLE_PREFIX = "fsm_"  # of the role's variables: the value ``url`` is that of fsm_url
PAIR = ("primary", "secondary")
SECONDARY_SUFFIX = fsm.SECONDARY["Name"].removeprefix("{name}")
# Values of a connection, in the order in which documents list them; the last four add properties.
NAMES = ("name", "url", "account_id", "company_id", "client_id", "client_secret", "client_key", "audience")
ADDITIONS = (
    "primary_properties",
    "secondary_properties",
    "primary_secret_properties",
    "secondary_secret_properties",
)
# Those that change when FSM gives out another client.
OF_CLIENT = frozenset({"client_id", "client_key", "client_secret"})
PLACEHOLDER = re.compile(r"\{(\w+)\}")
# By destination: the table of its properties, and that of its secret ones.
TABLES = {
    "primary": (fsm.PRIMARY, fsm.PRIMARY_SECRETS),
    "secondary": (fsm.SECONDARY, fsm.SECONDARY_SECRETS),
}


@dataclass(frozen=True)
class Definition:
    """One of the two destinations as it has to be.

    :param properties: by JSON key, secrets aside
    :param secrets: secret properties by JSON key
    :param of_client: names of those among both that come from FSM's client
    :param host: of FSM
    """

    name: str
    properties: dict[str, t.Any]
    secrets: dict[str, t.Any] = field(repr=False)
    of_client: frozenset[str] = frozenset()
    host: str = ""


def variable(name: str) -> str:
    """Return how the role calls a value of a connection."""
    return f"{VARIABLE_PREFIX}{name}"


def define(values: Values, additions: bool = True) -> dict[str, Definition]:
    """Return both destinations, ``primary`` and ``secondary``, as the values describe them.

    :param values: by name, None or empty where one is not known; a property that needs it is left out then
    :param additions: whether the properties are added that the operator adds
    """
    known = _known(values)
    return {which: _define(which, known, values if additions else {}) for which in PAIR}


def placeholders(text: str) -> set[str]:
    """Return the names of the values in the text of a table."""
    return set(PLACEHOLDER.findall(text))


def reserved() -> dict[str, list[str]]:
    """Return per addition the names of the properties that the tables set themselves."""
    own = {which: [*properties, *secrets] for which, (properties, secrets) in TABLES.items()}
    return {addition: own[addition.partition("_")[0]] for addition in ADDITIONS}


def _known(values: Values) -> dict[str, t.Any]:
    derived = {
        **{name: values.get(name) for name in NAMES},
        "host": host_of(str(values.get("url") or "")),
        "client_key": values.get("client_key") or values.get("client_id"),
    }
    return {name: value for name, value in derived.items() if value not in (None, "")}


def _define(which: str, known: dict[str, t.Any], additions: Values) -> Definition:
    properties, secrets = (
        {key: text.format(**known) for key, text in table.items() if placeholders(text) <= known.keys()}
        for table in TABLES[which]
    )
    tables = {**TABLES[which][0], **TABLES[which][1]}
    return Definition(
        name=properties.get("Name", ""),
        properties={**properties, **(additions.get(f"{which}_properties") or {})},
        secrets={**secrets, **(additions.get(f"{which}_secret_properties") or {})},
        of_client=frozenset(key for key, text in tables.items() if placeholders(text) & OF_CLIENT),
        host=known.get("host", ""),
    )
