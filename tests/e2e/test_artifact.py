# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as users get it: built, installed, in a folder with a blank in its name."""

from __future__ import annotations

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
