# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the landing page of the reference: all that the collection holds, from its own documentation."""

from __future__ import annotations

import importlib
import sys
import typing as t
from pathlib import Path

import yaml

from rst import HEAD, table

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "docsite" / "rst" / "reference.rst"
COLLECTION = "btp_ops.task_center"
# Plays around the one that gives a playbook its name.
AROUND = ("Fail if", "Find ", "Report ", "Summarize")

INTRODUCTION = """\
Reference
=========

All that the collection holds. The same is on the command line: ``ansible-doc btp_ops.task_center.btp_destination``, and
``ansible-doc -t role btp_ops.task_center.fsm``. What each value is called in SAP's portals:
:ref:`ansible_collections.btp_ops.task_center.docsite.values`.

.. toctree::
   :maxdepth: 1

   findings

Playbooks
---------

Run them by name: ``ansible-playbook -i inventories/ btp_ops.task_center.connect_fsm``. Their variables are those of the
roles. :ref:`ansible_collections.btp_ops.task_center.docsite.operating` says when to use which.

"""


def read(path: Path) -> t.Any:
    """Return what a YAML file holds."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def public(*patterns: str) -> list[Path]:
    """Return the files and folders that match, but for private ones, in the order of their names."""
    found = {path.stem: path for pattern in patterns for path in ROOT.glob(pattern) if not path.stem.startswith("_")}
    return [found[name] for name in sorted(found)]


def playbooks() -> list[list[str]]:
    """Return the name and the purpose of each playbook."""
    named = ((path.stem, [play["name"] for play in read(path)]) for path in public("playbooks/*.yml"))
    return [
        [f"``{COLLECTION}.{name}``", next((title for title in titles if not title.startswith(AROUND)), titles[-1])]
        for name, titles in named
    ]


def roles() -> list[list[str]]:
    """Return each role with what it does."""
    specs = ((path.name, read(path / "meta" / "argument_specs.yml")["argument_specs"]) for path in public("roles/*"))
    return [[reference(name, "role"), spec["main"]["short_description"]] for name, spec in specs]


def plugins(kind: str, *patterns: str) -> list[list[str]]:
    """Return each plugin of a kind with what it does.

    :param kind: ``module`` or ``filter``, as references call it
    """
    return [[reference(path.stem, kind), str(documentation(path)["short_description"])] for path in public(*patterns)]


def documentation(path: Path) -> dict[str, t.Any]:
    """Return the documentation of a plugin: a file of its own, or in its source."""
    if path.suffix == ".yml":
        return t.cast("dict[str, t.Any]", read(path)["DOCUMENTATION"])
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    source = importlib.import_module(f"ansible_collections.{COLLECTION}.{name}")
    return t.cast("dict[str, t.Any]", yaml.safe_load(source.DOCUMENTATION))


def reference(name: str, kind: str) -> str:
    """Return a link to the page of a plugin or role."""
    return f":ref:`{COLLECTION}.{name} <ansible_collections.{COLLECTION}.{name}_{kind}>`"


def section(title: str, rows: list[list[str]]) -> str:
    """Return a section with a table of names and what they do."""
    return f"\n{title}\n{'-' * len(title)}\n\n{table(['Name', 'What it does'], rows, [45, 55])}"


def page() -> str:
    """Return the page's text."""
    parts = [HEAD.format(label="reference"), INTRODUCTION, table(["Name", "What it does"], playbooks(), [45, 55])]
    parts.append(section("Roles", roles()))
    parts.append(section("Modules", plugins("module", "plugins/modules/*.py")))
    parts.append(section("Filters", plugins("filter", "plugins/filter/*.yml", "plugins/filter/table.py")))
    return "".join(parts)


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
