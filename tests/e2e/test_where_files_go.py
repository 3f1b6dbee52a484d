# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where certificates' files go, from wherever a run is started, and which of them one system leaves to another."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from operator_at_work import COLLECTION, active

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator, Variables

ROLE = f"{COLLECTION}.fsm"
CERTIFICATES = "host_vars/fsm-certificates"


def unnamed(operator: Operator, environment: Environment, **changes: t.Any) -> Variables:
    """Return variables that name no folder."""
    return operator.variables(environment, fsm_certificate_dir=None, **changes)


def written(operator: Operator) -> list[str]:
    """Return the paths of all certificates in the operator's folder."""
    return sorted(str(path.relative_to(operator.folder)) for path in operator.folder.rglob("*.pem"))


def named(host: str, environment: Environment) -> str:
    """Return the name of the file of an environment's active certificate."""
    return f"{host}-{active(environment).fingerprint.replace(':', '').lower()[:8]}.pem"


@pytest.mark.core
def test_one_copy_from_whatever_folder_a_run_is_started(operator: Operator, uploaded: Environment) -> None:
    """A person starts it beside the inventory, a scheduler in the home folder; an inventory's folder is read whole."""
    folder = operator.folder / "inventories"
    folder.mkdir()
    operator.inventory({"dev": unnamed(operator, uploaded)}).rename(folder / "dev.yml")
    arguments = ("-i", str(folder), f"{COLLECTION}.connect_fsm")

    first = operator.run("ansible-playbook", *arguments)
    elsewhere = operator.folder / "elsewhere"
    elsewhere.mkdir()
    second = operator.run("ansible-playbook", *arguments, cwd=str(elsewhere))

    assert (first.code, first.changed("dev")) == (0, True)
    # What was written there, Ansible does not take for an inventory: that would be a warning.
    assert (second.code, second.changed("dev")) == (0, False)
    assert written(operator) == [f"inventories/{CERTIFICATES}/{named('dev', uploaded)}"]


def test_playbook_of_ones_own_has_its_files_where_there_is_no_inventory(
    operator: Operator, uploaded: Environment
) -> None:
    """Its folder, however it is started; a playbook of the collection writes nothing into the collection."""
    plays = [{"hosts": "dev", "gather_facts": False, "connection": "local", "roles": [ROLE]}]
    (operator.folder / "own.yml").write_text(yaml.safe_dump(plays))
    (operator.folder / "dev.json").write_text(yaml.safe_dump(unnamed(operator, uploaded)))
    more = ("-i", "dev,", "-e", f"@{operator.folder / 'dev.json'}", "-e", "ansible_connection=local")

    own = operator.run("ansible-playbook", str(operator.folder / "own.yml"), *more, cwd=str(operator.folder.parent))
    fqcn = f"{COLLECTION}.connect_fsm"
    collection = operator.run(
        "ansible-playbook", fqcn, "-e", "fsm_hosts=dev", *more, HOME=str(operator.folder / "home")
    )

    assert (own.code, collection.code) == (0, 0)
    name = f"{CERTIFICATES}/{named('dev', uploaded)}"
    assert written(operator) == [f"home/fsm/{name}", name]


def test_two_systems_of_one_host_have_two_files(operator: Operator) -> None:
    """A loop over them on localhost: both are called localhost, and both certificates have to be uploaded."""
    systems = [operator.environment() for _ in range(2)]
    given = [unnamed(operator, one, fsm_upload_gate="warn") for one in systems]
    include = {
        "ansible.builtin.include_role": {"name": ROLE},
        "vars": {name: f"{{{{ system.{name} }}}}" for name in given[0]},
        "loop": given,
        "loop_control": {"loop_var": "system", "label": "{{ system.fsm_account_id }}"},
    }
    plays = [{"hosts": "localhost", "gather_facts": False, "tasks": [include]}]
    (operator.folder / "playbook.yml").write_text(yaml.safe_dump(plays))

    run = operator.run("ansible-playbook", "-i", "localhost,", "-c", "local", "playbook.yml")

    assert run.code == 0
    assert written(operator) == sorted(f"{CERTIFICATES}/{named('localhost', one)}" for one in systems)
    for one in systems:
        path = operator.folder / CERTIFICATES / named("localhost", one)
        assert path.read_text().strip() == active(one).pem.strip()


def test_adoption_asks_nothing_of_the_folder_either(operator: Operator, uploaded: Environment) -> None:
    """Its files are beside the inventory's others, and on the controller, whatever the environment is reached by."""
    operator.play("connect_fsm", {"dev": operator.variables(uploaded)})
    hosts = {"dev": {"fsm_destination_service_key": uploaded.inputs()["service_key"], "ansible_connection": "ssh"}}
    folder = operator.folder / "inventories"
    folder.mkdir()
    operator.inventory(hosts).rename(folder / "dev.yml")

    run = operator.run(
        "ansible-playbook", "-i", str(folder), f"{COLLECTION}.adopt_fsm", cwd=str(operator.folder.parent)
    )

    assert run.code == 0
    assert (folder / "host_vars" / "dev" / "main.yml").exists()
    assert (folder / CERTIFICATES / named("dev", uploaded)).exists()


PLAYBOOKS = ("connect_fsm", "rotate_fsm_trust")


@pytest.mark.core
@pytest.mark.provokes("connection_not_local")
@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_nobody_is_logged_on_to_by_mistake(operator: Operator, uploaded: Environment, playbook: str) -> None:
    """The word for it is there before anything tries to log on to the environment, which is no machine."""
    hosts = {"dev": operator.variables(uploaded)}
    inventory = operator.inventory(hosts)
    variables = {name: value for name, value in hosts["dev"].items() if not name.startswith("ansible_")}
    inventory.write_text(yaml.safe_dump({"fsm_environments": {"hosts": {"dev": variables}}}))
    more = ("-e", '{"fsm_rotation_soak_hours": 1}')

    run = operator.run("ansible-playbook", "-i", str(inventory), f"{COLLECTION}.{playbook}", *more)

    assert run.code == 2
    assert "Ansible would log on to dev by SSH" in run.output
    assert "set ansible_connection: local" in run.output
    assert "UNREACHABLE" not in run.output
    assert uploaded.subaccount.trust.passive is None


def test_log_on_by_ssh_can_be_meant(operator: Operator, uploaded: Environment) -> None:
    """A machine that is named is tried; here nobody answers."""
    hosts = {"dev": operator.variables(uploaded)}
    inventory = operator.inventory(hosts)
    variables = {name: value for name, value in hosts["dev"].items() if not name.startswith("ansible_")}
    variables |= {"ansible_host": "127.0.0.1", "ansible_port": 9}
    inventory.write_text(yaml.safe_dump({"fsm_environments": {"hosts": {"dev": variables}}}))

    run = operator.run("ansible-playbook", "-i", str(inventory), f"{COLLECTION}.check_fsm")

    assert run.code == 4
    assert "UNREACHABLE" in run.output
    assert "Connection refused" in run.output
