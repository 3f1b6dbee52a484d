# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The landscape's folders depend on each other in one direction only: a system knows the systems that it calls."""

from __future__ import annotations

import ast
import typing as t
from pathlib import Path

import landscape

ROOT = Path(landscape.__file__).parent
# What is chosen for every system, as data.
EVERYWHERE = "assumptions"
# Each folder, and the folders that its modules may import. What lies in no folder is about the whole landscape: it may
# import everything, and but for the assumptions no folder imports it.
MAY_IMPORT: dict[str, set[str]] = {
    "platform": set(),
    "subaccount": {"platform"},
    "xsuaa": {"platform", "subaccount"},
    "destination_service": {"platform", "subaccount", "xsuaa"},
    "fsm": {"platform"},
    "task_center": {"platform", "subaccount", "destination_service", "fsm"},
    "faults": {"platform", "subaccount", "fsm"},
}


def imported(path: Path) -> t.Iterator[str]:
    """Yield the folders (or modules about the whole) that a module in a folder imports from outside of its own."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 2:
            yield from [node.module.partition(".")[0]] if node.module else [alias.name for alias in node.names]
        assert not (isinstance(node, ast.ImportFrom) and node.level > 2)
        assert not (isinstance(node, ast.ImportFrom) and not node.level and str(node.module).startswith("landscape"))


def test_folders_import_only_what_they_may() -> None:
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == set(MAY_IMPORT)
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for folder, allowed in MAY_IMPORT.items()
        for path in sorted((ROOT / folder).glob("*.py"))
        for name in imported(path)
        if name not in {*allowed, EVERYWHERE}
    ]
    assert wrong == []


def test_what_every_folder_imports_imports_none() -> None:
    tree = ast.parse((ROOT / f"{EVERYWHERE}.py").read_text(encoding="utf-8"))
    assert [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level] == []
