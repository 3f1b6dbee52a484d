# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example for AWX agrees with itself: what one of its files names, another one has."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "examples" / "awx"
# How AWX finds a project's playbooks: YAML files, outside of some folders, with a line that begins a play.
PLAY = re.compile(r"^\s*-?\s*(hosts|(ansible\.builtin\.)?(include|import_playbook)):", re.MULTILINE)
COLLECTION = "btp_ops.task_center"


class Loader(yaml.SafeLoader):
    """Reads a text that Ansible is not to take for a template as what it is."""


Loader.add_constructor("!unsafe", lambda _loader, node: node.value)


def load(path: Path) -> t.Any:
    """Read a YAML file of the example."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506


def settings(name: str) -> t.Any:
    """Return what a file of the folder controller defines."""
    (value,) = load(EXAMPLE / "controller" / f"{name}.yml").values()
    return value


def test_playbooks_are_those_that_the_collection_has_and_awx_lists() -> None:
    imported = set()
    for template in settings("job_templates"):
        playbook = EXAMPLE / template["playbook"]
        assert PLAY.search(playbook.read_text(encoding="utf-8")), playbook
        imported |= {play.get("ansible.builtin.import_playbook") for play in load(playbook)} - {None}
    assert {f"playbooks/{name.removeprefix(COLLECTION)[1:]}.yml" for name in imported} <= {
        str(path.relative_to(ROOT)) for path in ROOT.glob("playbooks/*.yml")
    }


def test_workflows_and_schedules_start_what_is_defined() -> None:
    templates = {one["name"] for one in settings("job_templates")}
    workflows = settings("workflows")
    for workflow in workflows:
        nodes = {node["identifier"]: node for node in workflow["nodes"]}
        for node in nodes.values():
            started = node["unified_job_template"]
            assert started["type"] == "workflow_approval" or started["name"] in templates
            following = [one["identifier"] for related in node.get("related", {}).values() for one in related]
            assert set(following) <= set(nodes)
    startable = templates | {workflow["name"] for workflow in workflows}
    assert {schedule["unified_job_template"] for schedule in settings("schedules")} <= startable


def test_surveys_ask_for_what_somebody_reads() -> None:
    """A variable of a role, or of the example's inventory."""
    specs = [load(path) for path in ROOT.glob("roles/*/meta/argument_specs.yml")]
    known = {name for spec in specs for entry in spec["argument_specs"].values() for name in entry.get("options", {})}
    inventory = (EXAMPLE / "inventory" / "group_vars" / "fsm_environments" / "main.yml").read_text(encoding="utf-8")
    for template in settings("job_templates"):
        for question in template.get("survey", {}).get("spec", []):
            assert question["variable"] in known or question["variable"] in inventory


def test_credentials_become_files_and_variables_and_never_environment_variables() -> None:
    """Those are in what AWX and ansible-runner store of a job."""
    for one in settings("credential_types"):
        fields = {field["id"]: field for field in one["inputs"]["fields"]}
        assert set(one["inputs"]["required"]) <= set(fields)
        assert set(one["injectors"]) <= {"file", "extra_vars"}
        files = one["injectors"].get("file", {})
        injected = [*files.values(), *one["injectors"]["extra_vars"].values()]
        used = {name for text in injected for name in re.findall(r"{{ ([\w.]+) }}", text)}
        assert used == {*fields, *(name.replace("template", "tower.filename") for name in files)}
        assert all(field.get("secret") for name, field in fields.items() if name != "client_id")
