# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example in the documentation of a module or filter runs, in its order."""

from __future__ import annotations

import importlib
import typing as t

import pytest
import yaml

from operator_at_work import ROOT

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator

DOCUMENTED = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for kind in ("modules", "filter")
    for path in (ROOT / "plugins" / kind).glob("*.py")
)


@pytest.mark.parametrize("plugin", DOCUMENTED)
def test_examples_run(operator: Operator, uploaded: Environment, plugin: str) -> None:
    hosts = {"dev": {**operator.variables(uploaded), **operator.task_center(uploaded)}}
    operator.play("connect_fsm", hosts)
    operator.landscape.task_center.tick(uploaded.name)
    examples = importlib.import_module(f"ansible_collections.btp_ops.task_center.{plugin}").EXAMPLES

    run = operator.play([{"hosts": "all", "gather_facts": False, "tasks": yaml.safe_load(examples)}], hosts)

    assert run.code == 0, run.output
