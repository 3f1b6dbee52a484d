# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the documentation's page "Where to find each value" from docs/values.yml and the provider's tables."""

from __future__ import annotations

import re
import sys
import typing as t
from pathlib import Path

import yaml

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import TABLES
from rst import HEAD, table

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "docs" / "values.yml"
PAGE = ROOT / "docs" / "docsite" / "rst" / "values.rst"
ADDITIONAL = "*Additional Properties*"
# What a placeholder of the tables means, where it is no variable itself.
DERIVED = {"host": "the host of ``fsm_url``", "client_key": "``fsm_client_key``, else ``fsm_client_id``"}

INTRODUCTION = """\
Where to find each value
========================

Values to look up
-----------------

Where you find each value of an environment in SAP's portals, and in which variable of the inventory you put it.
*Vaulted* values are secrets: they belong in ``vault.yml`` or in
:ref:`a vault of your team <ansible_collections.btp_ops.task_center.docsite.secrets>`. Put IDs in quotes, or YAML makes
numbers of them and drops zeros at their beginning. Menus may have other names in your release.

{who}
{guides}
"""

DESTINATION = """
{title}
{line}

What the role writes, with what the cockpit calls each property. Compare it with a destination that was set up by hand,
or with SAP's guide. Where it says {additional}, the cockpit has no field of its own: choose *New Property* there.

"""

END = """
"Use default JDK truststore" is ticked in the cockpit. In JSON, this is the absence of ``TrustStoreLocation`` and
``TrustAll``.

All other variables are settings, which nobody has to look up:
:ref:`the role fsm <ansible_collections.btp_ops.task_center.fsm_role>` describes them.
"""


def values() -> dict[str, t.Any]:
    """Return what is known of the values."""
    return t.cast("dict[str, t.Any]", yaml.safe_load(DATA.read_text(encoding="utf-8")))


def origin(text: str) -> str:
    """Return where the value of a property comes from.

    :param text: of the provider's table
    """
    names = re.findall(r"\{(\w+)\}", text)
    if not names:
        return f"always ``{text}``"
    parts = [DERIVED.get(name, f"``fsm_{name}``") for name in names]
    rest = re.sub(r"\{\w+\}", "…", text)
    return parts[0] if rest == "…" else f"``{rest}`` with {' and '.join(parts)}"


def rows(which: str, data: dict[str, t.Any]) -> list[list[str]]:
    """Return the table of a destination's properties.

    :param which: ``primary`` or ``secondary``
    :param data: docs/values.yml
    """
    properties, secrets = TABLES[which]
    written = {key: origin(text) for key, text in {**properties, **secrets}.items()}
    added = {key: f"``fsm_{which}_properties``: {text}" for key, text in data["additional"][which].items()}
    order = list(data["labels"])
    keys = sorted({**written, **added}, key=lambda key: (order.index(key) if key in order else len(order), key))
    return [[data["labels"].get(key, ADDITIONAL), f"``{key}``", written.get(key) or added[key]] for key in keys]


def page() -> str:
    """Return the page's text."""
    data = values()
    inputs = [[one["called"], one["where"], f"``{one['variable']}``", _example(one)] for one in data["inputs"]]
    parts = [HEAD.format(label="values"), INTRODUCTION.format(who=data["who"], guides=data["guides"])]
    parts.append(table(["Value", "Where to find it", "Variable", "Example"], inputs, [20, 36, 24, 20]))
    for which in TABLES:
        title = f"The {which} destination"
        parts.append(DESTINATION.format(title=title, line="-" * len(title), additional=ADDITIONAL))
        parts.append(table(["Cockpit", "JSON key", "Value"], rows(which, data), [25, 30, 45]))
    return "".join([*parts, END])


def _example(one: dict[str, str]) -> str:
    return "*vaulted*" if one["example"] == "vaulted" else f"``{one['example']}``"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
