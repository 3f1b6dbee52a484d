# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where files are left for people if nobody says where, and when a log-on by SSH is nobody's intention."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.modules import (
    fsm_adoption_info,
    fsm_connection_info,
    fsm_rotation_info,
    fsm_trust_cert,
)
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._folders import (
    COLLECTION,
    base_folder,
    with_default_folders,
)
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._local_action import remote_by_omission
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._paths import with_full_paths

INVENTORY = {"inventory_dir": "/inv"}
OWN = "/own/playbooks"
INSTALLED = "/usr/share/ansible/collections/ansible_collections/btp_ops/task_center/playbooks"


@pytest.mark.parametrize(
    "task_vars, environ, base",
    [
        ({**INVENTORY, "playbook_dir": OWN}, {}, "/inv"),
        ({**INVENTORY, "playbook_dir": OWN}, {"AWX_ISOLATED_DATA_DIR": "/runner/artifacts/7"}, "/runner/artifacts/7"),
        # The host of -i dev, and the implicit localhost.
        ({"inventory_dir": None, "playbook_dir": OWN}, {}, OWN),
        ({"inventory_dir": "None", "playbook_dir": OWN}, {}, OWN),
        ({"playbook_dir": OWN}, {}, OWN),
        ({"playbook_dir": INSTALLED}, {}, "/home/operator/fsm"),
        ({"playbook_dir": str(COLLECTION / "playbooks")}, {}, "/home/operator/fsm"),
        ({}, {}, "/home/operator/fsm"),
    ],
)
def test_base_of_folders(
    task_vars: dict[str, t.Any], environ: dict[str, str], base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/operator")
    assert base_folder(task_vars, environ) == base


FOLDER = {"certificate_dir": "/inv/host_vars/fsm-certificates"}


@pytest.mark.parametrize(
    "module, given, expected",
    [
        (fsm_adoption_info, {}, {"inventory_directory": "/inv/host_vars", **FOLDER}),
        (
            fsm_adoption_info,
            {"inventory_directory": "/x"},
            {"inventory_directory": "/x", **FOLDER},
        ),
        (
            fsm_connection_info,
            {"connection": {"name": "F"}},
            {"connection": {"name": "F", **FOLDER}},
        ),
        (
            fsm_rotation_info,
            {"connection": {"certificate_dir": " "}},
            {"connection": FOLDER},
        ),
        (fsm_rotation_info, {"connection": {"certificate_dir": "/x"}}, {"connection": {"certificate_dir": "/x"}}),
        # What is no mapping, the validation refuses.
        (fsm_connection_info, {"connection": "x"}, {"connection": "x"}),
        (fsm_trust_cert, {"slot": "active"}, {"slot": "active"}),
    ],
)
def test_options_that_are_left_open(module: t.Any, given: dict[str, t.Any], expected: dict[str, t.Any]) -> None:
    assert with_default_folders(module.SPEC, given, INVENTORY, {}) == expected


def test_connection_that_is_given_as_text() -> None:
    """As the role has it for ansible-core before 2.19."""
    given = with_full_paths(fsm_connection_info.SPEC, {"connection": json.dumps({"certificate_dir": ""})}, {})
    assert with_default_folders(fsm_connection_info.SPEC, given, INVENTORY, {}) == {"connection": FOLDER}


@pytest.mark.parametrize(
    "said, refused",
    [
        (set(), True),
        ({"ansible_python_interpreter"}, True),
        ({"ansible_connection"}, False),
        ({"ansible_host", "ansible_user"}, False),
    ],
)
def test_ssh_has_to_be_meant(said: set[str], refused: bool) -> None:
    found = remote_by_omission("dev", {"fsm_name", *said})
    assert [one["id"] for one in found] == ["connection_not_local"] * refused
