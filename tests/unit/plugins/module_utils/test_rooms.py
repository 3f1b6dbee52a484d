# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rooms of module_utils: what may use what, and that everything is in one of them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[4] / "plugins"
MODULE_UTILS = PLUGINS / "module_utils"
PREFIX = "ansible_collections.btp_ops.task_center.plugins."
# Each uses those before it, and none after it.
ROOMS = ("_core", "_findings", "_clients", "_destination", "_trust", "_providers", "_connection", "_report")
# What Ansible brings to a machine on which a module runs; the rest is only where the playbook runs.
OF_MODULES = "ansible.module_utils"

FILES = sorted(path for path in MODULE_UTILS.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Return the names of all that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # A relative name would escape this test.
            assert node.level == 0, f"{path} imports by a relative name"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_no_file_is_outside_a_room() -> None:
    """Nor is there a room that this test does not know."""
    assert FILES
    assert {path.relative_to(MODULE_UTILS).parts[0] for path in FILES} == set(ROOMS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(MODULE_UTILS)))
def test_arrows_point_down(path: Path) -> None:
    room = path.relative_to(MODULE_UTILS).parts[0]
    for name in imported(path):
        if name.startswith(PREFIX):
            place, _dot, rest = name.removeprefix(PREFIX).partition(".")
            assert place == "module_utils", f"module_utils uses {name}"
            used = rest.split(".")[0]
            assert ROOMS.index(used) <= ROOMS.index(room), f"{room} uses {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(MODULE_UTILS)))
def test_rooms_need_no_ansible_of_the_controller(path: Path) -> None:
    """A module's process has only Ansible's module_utils."""
    of_ansible = {name for name in imported(path) if name.split(".")[0] == "ansible"}
    assert {name for name in of_ansible if not name.startswith(OF_MODULES)} == set()


@pytest.mark.parametrize("room", ["_findings", "_providers"])
def test_rooms_of_data_use_nothing_else(room: str) -> None:
    for path in (MODULE_UTILS / room).rglob("*.py"):
        used = {name for name in imported(path) if name.startswith(PREFIX)}
        assert {name for name in used if not name.startswith(f"{PREFIX}module_utils.{room}")} == set()


def test_modules_do_not_use_each_other() -> None:
    for path in (PLUGINS / "modules").glob("*.py"):
        assert not [name for name in imported(path) if name.startswith(f"{PREFIX}modules")], path


def test_tests_lie_as_the_code_lies() -> None:
    here = Path(__file__).resolve().parent
    for path in here.rglob("test_*.py"):
        folder = path.parent.relative_to(here)
        assert (MODULE_UTILS / folder).is_dir(), f"{path} is about no folder of module_utils"
