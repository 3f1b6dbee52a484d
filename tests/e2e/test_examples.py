# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example in the documentation of a module or filter runs, in its order."""

from __future__ import annotations

import importlib
import typing as t

import yaml

from operator_at_work import ROOT
from rotating import user_token

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator


def plays(kind: str, hosts: str = "all") -> list[dict[str, t.Any]]:
    """Return a play per plugin with its examples; in ``hosts``, braces hold the plugin's name."""
    found = []
    for name in plugins(kind):
        tasks = yaml.safe_load(examples(kind, name))
        found.append({"name": name, "hosts": hosts.format(name), "gather_facts": False, "tasks": tasks})
    return found


def plugins(kind: str) -> list[str]:
    """Return the names of all plugins of a kind: each has a file of its own with its documentation."""
    files = [path for path in (ROOT / "plugins" / kind).iterdir() if path.suffix in (".py", ".yml")]
    return sorted(path.stem for path in files if "EXAMPLES" in path.read_text(encoding="utf-8"))


def examples(kind: str, name: str) -> str:
    """Return the examples in the documentation of a plugin, as YAML."""
    documentation = ROOT / "plugins" / kind / f"{name}.yml"
    if documentation.exists():
        return str(yaml.safe_load(documentation.read_text(encoding="utf-8"))["EXAMPLES"])
    module = importlib.import_module(f"ansible_collections.btp_ops.task_center.plugins.{kind}.{name}")
    return str(module.EXAMPLES)


def test_examples_of_modules_run(operator: Operator) -> None:
    """Each in an environment of its own, which is connected."""
    environments = {name: operator.environment() for name in plugins("modules")}
    hosts = {}
    for name, environment in environments.items():
        environment.fsm_account.upload(environment.subaccount.trust.replace("active").pem)
        hosts[name] = {**operator.variables(environment), **operator.task_center(environment)}
    operator.play("connect_fsm", hosts)
    for name, environment in environments.items():
        hosts[name]["fsm_user_token"] = user_token(operator.landscape, environment, environment.users[0])
    for environment in environments.values():
        operator.landscape.task_center.tick(environment.name)

    run = operator.play(plays("modules", "{}"), hosts)

    assert run.code == 0, run.output
    assert {event["host"] for event in run.events} == set(environments)


def test_examples_of_filters_run(operator: Operator, uploaded: Environment) -> None:
    run = operator.play(plays("filter"), {"dev": operator.variables(uploaded)})

    assert run.code == 0, run.output
    assert len(run.events) >= len(plugins("filter"))
