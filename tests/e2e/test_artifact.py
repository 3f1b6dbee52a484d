# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as users get it: built, installed, in a folder with a blank in its name; and the demo."""

from __future__ import annotations

import re
import subprocess
import sys
import typing as t
from pathlib import Path

from operator_at_work import ROOT, Operator

if t.TYPE_CHECKING:
    import pytest

    from landscape import Landscape


def test_the_built_artifact_connects(
    landscape: Landscape, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    galaxy = [sys.executable, "-m", "ansible", "galaxy", "collection"]
    folder = tmp_path_factory.mktemp("a blank in its name")
    builder = [sys.executable, str(ROOT / "tools" / "artifact.py"), str(folder)]
    subprocess.run(builder, check=True, capture_output=True)
    (artifact,) = folder.glob("*.tar.gz")
    collections = folder / "installed collections"
    subprocess.run(
        [*galaxy, "install", str(artifact), "--offline", "-p", str(collections)], check=True, capture_output=True
    )
    work = tmp_path / "my playbooks"
    work.mkdir()
    operator = Operator(landscape, work, collections)
    environment = operator.environment()
    environment.subaccount.trust.replace("active")

    run = operator.play("connect_fsm", {"dev": operator.variables(environment)})

    assert run.code == 0
    assert {"FSM", "FSM_PP"} <= set(environment.subaccount.destinations)


def test_the_demo_connects_three_environments_and_cleans_up() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "demo.py")], check=False, capture_output=True, text=True, cwd=ROOT
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 environments are connected; the second run changed nothing." in done.stdout
    assert "eyJ" not in done.stdout
    assert not (ROOT / ".work" / "demo").exists()
    shown = re.search(
        r"<!-- demo -->\n```console\n(.*?)```\n", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert shown is not None
    # The README shows a part of it, with other fingerprints and client IDs.
    assert [line for line in steady(shown[1]) if line not in steady(done.stdout)] == []


def steady(text: str) -> list[str]:
    """Return the lines of the demo's output without what differs from run to run."""
    text = text.replace(str(ROOT / ".work" / "demo"), "…")
    fingerprints = (r"(?:[0-9A-F]{2}:){3,31}[0-9A-F]{2}", r"-[0-9a-f]{8}\.pem")
    for changing in (*fingerprints, r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", r" 7\d\d$"):
        text = re.sub(changing, "#", text, flags=re.MULTILINE)
    return [line.rstrip() for line in [*text.splitlines(), "…"]]
