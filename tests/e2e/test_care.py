# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operator does by mistake: removes too much, copies a value; and what an operator knows is not said again."""

from __future__ import annotations

import typing as t

import pytest

from operating import Connection
from tables import rows_of

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator

SUMMARY = "Summarize the environments"


def test_several_environments_are_disconnected_only_on_purpose(operator: Operator) -> None:
    connections = {name: Connection(operator, operator.environment()) for name in ("dev", "qa")}
    hosts = {name: operator.variables(one.environment) for name, one in connections.items()}

    for arguments in ((), ("-e", "fsm_disconnect_confirm=yes"), ("-e", "fsm_disconnect_confirm=1")):
        refused = operator.play("disconnect_fsm", hosts, *arguments)
        assert refused.code == 2
        assert "this run would disconnect 2 environments: dev, qa." in refused.failure("dev")
        assert "-e fsm_disconnect_confirm=2" in refused.failure("qa")
        assert all(one.destination("FSM") for one in connections.values())
    preview = operator.play("disconnect_fsm", hosts, "--check")
    assert preview.code == 0
    assert "Without --check, nothing would be done yet" in preview.output
    assert "-e fsm_disconnect_confirm=2" in preview.output
    # In the inventory, a line for a whole group is written as quickly.
    absent = {name: {**variables, "fsm_state": "absent"} for name, variables in hosts.items()}
    assert "this run would disconnect 2 environments: dev, qa." in operator.play("connect_fsm", absent).failure("dev")
    assert all(one.destination("FSM") for one in connections.values())

    assert operator.play("disconnect_fsm", hosts, "--limit", "qa").code == 0
    assert [name for name, one in connections.items() if one.destination("FSM")] == ["dev"]
    both = operator.play("disconnect_fsm", hosts, "-e", "fsm_disconnect_confirm=2")
    assert both.code == 0
    assert rows_of(both, SUMMARY)["qa"]["primary"] == "FSM absent"
    assert rows_of(both, SUMMARY)["dev"]["primary"] == "FSM removed"


@pytest.mark.provokes("audience_of_other_environment")
def test_audience_of_another_environment_is_found(operator: Operator, uploaded: Environment) -> None:
    other = Connection(operator, operator.environment()).environment
    copied = operator.variables(other)["fsm_audience"]
    hosts = {
        "dev": operator.variables(uploaded, fsm_audience=copied, fsm_check_metadata=False),
        "qa": operator.variables(other),
    }

    for arguments in ((), ("--limit", "dev")):
        run = operator.play("check_fsm", hosts, *arguments)
        assert "audience_of_other_environment" in run.reported("dev")
        assert f"fsm_audience is {copied}, which is also the one of qa (host de.fsm.cloud.sap, account" in run.output
    assert "audience_of_other_environment" in operator.play("audit_fsm", hosts).reported("dev")
    hosts["dev"] |= {"fsm_audience": operator.variables(uploaded)["fsm_audience"]}
    assert "audience_of_other_environment" not in operator.play("check_fsm", hosts).reported("dev")


def test_what_the_operator_knows_is_not_said_again(operator: Operator) -> None:
    connection = Connection(operator, operator.environment())
    variables = operator.variables(connection.environment)
    known = {**variables, "fsm_acknowledged": "task_center_unverified, user_propagation_unverified"}

    run = operator.play("connect_fsm", {"dev": known})

    assert run.code == 0
    assert run.reported("dev") == set()
    assert "Not verified" not in run.output
    marked = "secondary (acknowledged), connector (acknowledged)"
    assert rows_of(run, SUMMARY)["dev"]["unverified"] == marked
    # Nothing else is silenced: not a failure of what was acknowledged as unverified.
    one = {**variables, "fsm_acknowledged": ["user_propagation_unverified"]}
    assert operator.play("connect_fsm", {"dev": one}).reported("dev") == {"task_center_unverified"}
    error = operator.play("connect_fsm", {"dev": {**variables, "fsm_acknowledged": ["certificate_not_uploaded"]}})
    assert error.code == 2
    assert "fsm_acknowledged is" in error.failure("dev")
    assert "task_center_unverified" in error.failure("dev")
