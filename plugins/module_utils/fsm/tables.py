# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the role's tables of both destinations become destinations. Pure: no I/O, no Ansible.

The tables themselves stand in the role: which property has which text, with variables in braces.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.cluster import host_of

# ``primary``, ``primary_secrets``, ``secondary``, ``secondary_secrets``: property to text.
Tables = dict[str, dict[str, str]]

PAIR = ("primary", "secondary")
VARIABLE = re.compile(r"\{(\w+)\}")
# Which variable adds properties to which table.
ADDITIONS = {
    "primary": "fsm_primary_properties",
    "primary_secrets": "fsm_primary_secret_properties",
    "secondary": "fsm_secondary_properties",
    "secondary_secrets": "fsm_secondary_secret_properties",
}


def destinations(tables: Tables, given: dict[str, t.Any], additions: bool = False) -> dict[str, dict[str, t.Any]]:
    """Fill in the tables; a property whose variables are not set is left out.

    :param given: variable to value, None where it is not set
    :param additions: whether the properties are added that the operator adds
    """
    values = {
        **given,
        "fsm_host": host_of(str(given.get("fsm_url") or "")),
        "fsm_client_key": given.get("fsm_client_key") or given.get("fsm_client_id"),
    }
    known = {name: value for name, value in values.items() if value not in (None, "")}
    filled: dict[str, dict[str, t.Any]] = {
        which: {key: text.format(**known) for key, text in table.items() if variables(text) <= known.keys()}
        for which, table in tables.items()
    }
    if additions:
        filled = {which: {**table, **(given.get(ADDITIONS[which]) or {})} for which, table in filled.items()}
    return filled


def variables(text: str) -> set[str]:
    """Return the variables that stand in the text of a property."""
    return set(VARIABLE.findall(text))


def reserved(tables: Tables) -> dict[str, list[str]]:
    """Return, per variable with additional properties, the names of those that the tables set themselves."""
    own = {pair: [*tables[pair], *tables[f"{pair}_secrets"]] for pair in PAIR}
    return {variable: own[which.removesuffix("_secrets")] for which, variable in ADDITIONS.items()}
