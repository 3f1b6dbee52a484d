# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the files of the collection say of each other: one fact, one place, and where it takes two, the two agree."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "tools"))

import artifact

ROOT = Path(__file__).resolve().parent.parent.parent
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
FQCN = f"{GALAXY['namespace']}.{GALAXY['name']}"
# What a user gets: to run and to read.
SHIPPED = {
    "CHANGELOG.md",
    "CHANGELOG.rst",
    "CONTRIBUTING.md",
    "FILES.json",
    "LICENSE",
    "MANIFEST.json",
    "README.md",
    "changelogs",
    "docs",
    "examples",
    "extensions",
    "meta",
    "playbooks",
    "plugins",
    "requirements.txt",
    "roles",
    "tests",
}


def load(*parts: str) -> Any:
    """Read a YAML file of the checkout."""
    return yaml.safe_load(ROOT.joinpath(*parts).read_text(encoding="utf-8"))


def names(*patterns: str) -> list[str]:
    """Return the names (without suffix) of what matches these patterns in the checkout, private things left out."""
    found = [path.stem for pattern in patterns for path in ROOT.glob(pattern)]
    return sorted(name for name in found if not name.startswith("_"))


MODULES = names("plugins/modules/*.py")
ROLES = names("roles/*")
PLAYBOOKS = names("playbooks/*.yml")
FILTERS = names("plugins/filter/*.yml", "plugins/filter/table.py")
CONTENT = MODULES + ROLES + PLAYBOOKS + FILTERS


def modules_with(*fragments: str) -> list[str]:
    """Return the modules whose documentation takes in all of these fragments."""
    marks = [f"\n  - {FQCN}.{fragment}\n" for fragment in fragments]
    texts = {name: (ROOT / "plugins" / "modules" / f"{name}.py").read_text(encoding="utf-8") for name in MODULES}
    return [name for name, text in texts.items() if all(mark in text for mark in marks)]


def test_action_groups_hold_the_modules_that_share_options() -> None:
    """Ansible hands the defaults of a group to each of its modules, which fails with options that it does not know."""
    groups = load("meta", "runtime.yml")["action_groups"]
    assert groups == {"all": modules_with("https"), "btp": modules_with("https", "btp")}
    # These ask no system.
    assert {*MODULES} - {*groups["all"]} == {"fsm_findings", "fsm_report_files"}


@pytest.mark.parametrize("role", ROLES)
def test_role_defaults_are_the_documented_ones(role: str) -> None:
    entry_points = load("roles", role, "meta", "argument_specs.yml")["argument_specs"]
    options = {name: option for entry in entry_points.values() for name, option in entry.get("options", {}).items()}
    documented = {name: option["default"] for name, option in options.items() if "default" in option}
    defaults = ROOT / "roles" / role / "defaults" / "main.yml"
    assert (load(*defaults.relative_to(ROOT).parts) if defaults.exists() else {}) == documented


@pytest.mark.parametrize("role", ROLES)
def test_each_variable_of_a_role_is_documented_once(role: str) -> None:
    """Not at each entry point: what is wrong with a value, the modules say, whatever the entry point."""
    entry_points = load("roles", role, "meta", "argument_specs.yml")["argument_specs"]
    documented = [name for entry in entry_points.values() for name in entry.get("options", {})]
    assert sorted(documented) == sorted(set(documented))


@pytest.mark.parametrize("name", CONTENT)
def test_reference_names_what_the_collection_holds(name: str) -> None:
    page = (ROOT / "docs" / "docsite" / "rst" / "reference.rst").read_text(encoding="utf-8")
    assert re.search(rf"\b{re.escape(FQCN)}\.{name}\b", page), f"the reference does not mention {FQCN}.{name}"


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of the built artifact: their names, and the text of those to read."""
    folder = tmp_path_factory.mktemp("artifact")
    built = artifact.build(folder)
    assert built.name.endswith(f"-{GALAXY['version']}.tar.gz")
    with tarfile.open(built) as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {name: file.read().decode() if file and name.endswith(".md") else "" for name, file in files.items()}


def test_artifact_holds_no_working_files(packed: dict[str, str]) -> None:
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    known = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    assert set(packed) - set(known) == {"FILES.json", "MANIFEST.json"}
    assert {name.split("/")[0] for name in packed} <= SHIPPED
    assert {name for name in packed if name.startswith("tests/")} == {"tests/config.yml"}
    assert {f"plugins/modules/{name}.py" for name in MODULES} <= set(packed)


def test_links_lead_to_what_is_in_the_artifact(packed: dict[str, str]) -> None:
    folders = {"/".join(name.split("/")[:depth]) for name in packed for depth in range(1, name.count("/") + 1)}
    links = {
        (page, posixpath.normpath(posixpath.join(posixpath.dirname(page), target)))
        for page, text in packed.items()
        for target in re.findall(r"\]\(([^)#\s]+)", text)
        if "://" not in target
    }
    assert ("README.md", "CONTRIBUTING.md") in links
    assert {link for link in links if link[1] not in {*packed, *folders}} == set()


def test_example_of_ansible_cfg_makes_messages_readable(packed: dict[str, str]) -> None:
    assert "examples/ansible.cfg" in packed
    ask = [sys.executable, "-m", "ansible", "config", "dump", "--only-changed", "-t", "callback", "default"]
    surroundings = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "examples" / "ansible.cfg")}
    reported = subprocess.run(ask, check=True, capture_output=True, text=True, env=surroundings, cwd=ROOT).stdout
    assert re.search(r"result_format\(.*ansible\.cfg\) = yaml", reported)


def test_versions_agree() -> None:
    """Only while fragments wait for the next release may galaxy.yml be ahead of the changelog, and never behind it."""
    released = list(load("changelogs", "changelog.yaml")["releases"])
    waiting = list(ROOT.glob("changelogs/fragments/*.yml"))
    assert GALAXY["version"] in released or waiting
    assert (
        max([GALAXY["version"], *released], key=lambda text: [int(part) for part in text.split(".")])
        == GALAXY["version"]
    )
    changelog = ROOT / "CHANGELOG.md"
    headings = re.findall(r"^## v(\S+)$", changelog.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(heading.replace("\\", "") for heading in headings) == sorted(released)


def test_oldest_supported_core_is_the_oldest_tested_one() -> None:
    supported = re.fullmatch(r">=(\d+\.\d+)\.0", load("meta", "runtime.yml")["requires_ansible"])
    requirements = (ROOT / "requirements" / "test.txt").read_text(encoding="utf-8")
    tested = re.search(r"^ansible-core>=(\d+\.\d+)", requirements, re.MULTILINE)
    assert supported
    assert tested
    assert supported[1] == tested[1]
