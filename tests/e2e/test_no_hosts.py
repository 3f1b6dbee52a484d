# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that would do nothing is no success: schedulers see the exit status, not Ansible's warnings."""

from __future__ import annotations

import typing as t

import pytest
import yaml

from operator_at_work import ROOT

if t.TYPE_CHECKING:
    from operator_at_work import Operator

# All but the one that runs on no environment.
PLAYBOOKS = sorted({*(ROOT / "playbooks").glob("*.yml")} - {ROOT / "playbooks" / "report_fsm.yml"})


@pytest.mark.core
def test_where_no_host_matches_nothing_is_taken_for_done(operator: Operator) -> None:
    run = operator.play(
        "rotate_fsm_trust", {"dev": {}}, "-e", "fsm_hosts=prd", expect_warning="Could not match supplied host pattern"
    )

    assert run.code == 2
    message = run.failure("localhost")
    assert f"no host of the inventory {operator.folder / 'inventory.yml'} matches the pattern prd." in message
    assert "-e fsm_hosts=" in message


def test_a_limit_that_leaves_no_host_is_reported(operator: Operator) -> None:
    run = operator.play("audit_fsm", {"dev": {}, "qa": {}}, "-e", "fsm_hosts=dev", "--limit", "qa")

    assert run.code == 2
    assert "matches the pattern dev within --limit qa." in run.failure("qa")


def test_every_playbook_begins_like_this() -> None:
    for path in PLAYBOOKS:
        first = yaml.safe_load(path.read_text())[0]
        assert first["ansible.builtin.import_playbook"] == "parts/hosts.yml", path.name
