# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution environment for AWX, as far as no container runtime is needed: what is built, and of what."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from operator_at_work import ROOT

FOLDER = "examples/awx/execution-environment"
ARTIFACT = "btp_ops-task_center.tar.gz"
# ansible-core brings it along, so the builder leaves it out.
OF_CORE = ("PyYAML",)
COLLECTION = "ansible_collections/btp_ops/task_center"


# By force, for the checkout is in Ansible's search path, too.
INSTALL = ("ansible", "galaxy", "collection", "install", "--offline", "--force")


def run(cwd: Path, *command: str) -> str:
    """Run a program of this environment and return what it prints."""
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


@pytest.mark.parametrize("source", ["checkout", "installed"])
def test_context_holds_the_collection_and_what_it_needs(source: str, tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "tools" / "artifact.py"), str(tmp_path)], check=True)
    (artifact,) = tmp_path.glob("*.tar.gz")
    collection = ROOT
    if source == "installed":
        run(tmp_path, *INSTALL, "-p", "before", artifact.name)
        collection = tmp_path / "before" / COLLECTION
    definition = tmp_path / "definition"
    shutil.copytree(collection / FOLDER, definition)
    shutil.copy(artifact, definition / ARTIFACT)

    run(definition, "ansible_builder", "create", "--output-filename", "Containerfile", "-c", "../context")

    context = tmp_path / "context"
    lines = (context / "Containerfile").read_text(encoding="utf-8").splitlines()
    (install,) = (line for line in lines if "ansible-galaxy collection install" in line)
    assert "-r requirements.yml" in install
    # That line, with a folder of the test in place of the image's.
    run(context / "_build", *INSTALL, "-p", str(tmp_path / "image"), "-r", "requirements.yml")
    assert (tmp_path / "image" / COLLECTION / "playbooks" / "connect_fsm.yml").exists()
    introspected = yaml.safe_load(run(tmp_path, "ansible_builder", "introspect", "image"))
    needed = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    needed = [line for line in needed if not line.startswith(("#", *OF_CORE))]
    assert introspected["system"] == []
    assert sorted(line.partition(" ")[0] for line in introspected["python"]) == sorted(needed)
