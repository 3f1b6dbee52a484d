# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Repopulating the task cache: safe to interrupt at every request, and refused while nothing is lost."""

from __future__ import annotations

import json
import typing as t

import pytest

from landscape import Matching
from landscape.faults import Status
from operating import ENABLED, LABELS, Connection
from prepared import connected

if t.TYPE_CHECKING:
    from operator_at_work import Operator


# Which of the requests with PUT fails: those that remove the value, store that the connector was removed, restore the
# value, and forget it.
WRITES_OF_REPOPULATION = {"removal": 2, "memory": 3, "restoring": 4, "forgetting": 5}


@pytest.mark.core
@pytest.mark.provokes("connector_not_removed", "connector_unverified", "connector_warns", "repopulation_paused")
def test_repopulate(operator: Operator) -> None:
    # Texts that resemble something else stay what they are, on every ansible-core.
    values = {"memory": "True", "restoring": "false"}
    connections = {
        name: Connection(operator, operator.environment(), **{ENABLED: values.get(name, "true")})
        for name in ("whole", "blind", "stuck", "refused", "warns", *WRITES_OF_REPOPULATION)
    }
    whole, stuck = connections["whole"], connections["stuck"]
    connections["warns"].change("FSM", **{"tc.notifications.enabled": "maybe"})
    before = {name: one.destination("FSM") for name, one in connections.items()}
    ids = {name: one.connectors["FSM"].id for name, one in connections.items()}
    hosts = {name: one.variables() for name, one in connections.items()}
    hosts["stuck"]["fsm_task_center_wait"] = 0
    hosts["blind"] = {key: value for key, value in hosts["blind"].items() if "task_center" not in key}
    # As of a variable that was left empty.
    hosts["blind"] |= {"fsm_task_center_service_key": "", "fsm_task_center_refresh_seconds": 0}
    connections["refused"].refuse_to_report()
    for name, one in connections.items():
        if name in WRITES_OF_REPOPULATION:
            one.fail_at("PUT", WRITES_OF_REPOPULATION[name])
        if one is not stuck:
            one.watch(decide=one is whole)

    preview = operator.play("repopulate_fsm", {"whole": hosts["whole"]}, "--check", "--diff")

    assert preview.code == 0
    assert preview.changed("whole")
    assert whole.destination("FSM") == before["whole"]
    assert whole.labels("FSM") == LABELS
    assert whole.connectors["FSM"].id == ids["whole"]

    first = operator.play("repopulate_fsm", hosts)

    assert first.code == 2
    for name in ("whole", "blind", "warns"):
        assert connections[name].destination("FSM") == before[name]
        assert connections[name].labels("FSM") == LABELS
        connections[name].tick()
        assert connections[name].connectors["FSM"].id != ids[name]
    whole.assert_nothing_twice()
    assert [] in [moment.connectors for moment in whole.moments]
    assert sum(len(moment.decisions) for moment in whole.moments) > len(WRITES_OF_REPOPULATION)
    assert (
        "Task Center's connector of FSM is removed; this run has waited 0 seconds for it [connector_unverified]"
        in first.output
    )
    assert "Task Center's connector of FSM is back [connector_unverified]" in first.output
    assert "still has its connector of FSM, 0 seconds after tc.enabled was removed." in first.failure("stuck")
    assert "CONFIG WARNING The value of tc.notifications.enabled must be true or false" in first.output
    for name in WRITES_OF_REPOPULATION:
        assert "no more" in first.failure(name)
        assert f"tc.enabled={values.get(name, 'true')}" in connections[name].labels("FSM")["fsm-repopulation"]
    assert "403" in first.failure("refused")
    assert connections["refused"].destination("FSM") == before["refused"]
    assert connections["refused"].labels("FSM") == LABELS
    stuck.watch()

    open_end = operator.play("repopulate_fsm", {"restoring": hosts["restoring"]}, "--check", "--diff")

    assert open_end.code == 0
    restored, forgotten = (
        [event["result"] for event in open_end.events if event["task"].endswith(words)]
        for words in ("Restore tc.enabled", "Remove the stored value of tc.enabled")
    )
    assert [result["changed_properties"] for result in restored] == [[ENABLED]]
    assert [result["changed_labels"] for result in forgotten] == [["fsm-repopulation"]]
    assert connections["restoring"].destination("FSM") != before["restoring"]

    rest = ("stuck", *WRITES_OF_REPOPULATION)
    second = operator.play("repopulate_fsm", {name: hosts[name] for name in rest})

    assert second.code == 0, second.output
    for name in rest:
        assert connections[name].destination("FSM") == before[name]
        assert connections[name].labels("FSM") == LABELS
        assert connections[name].connectors["FSM"].id != ids[name]
        connections[name].assert_nothing_twice()


@pytest.mark.provokes("second_primary", "task_center_of_other_subaccount", "refresh_token_renewed")
def test_repopulation_is_refused_before_the_connector_is_removed(operator: Operator) -> None:
    """A run that could not verify the removal, or would bring back a second connector, changes nothing."""
    names = ("twice", "elsewhere", "one-use-token", "half")
    connections = {name: Connection(operator, operator.environment()) for name in names}
    hosts = {name: one.variables() for name, one in connections.items()}
    twice = connections["twice"].environment.subaccount.destinations
    half = connections["half"].environment.subaccount.destinations
    for destinations in (twice, half):
        destinations["FSM"] = {key: value for key, value in destinations["FSM"].items() if key != ENABLED}
        destinations.set_labels("FSM", {"fsm-repopulation": ["restoring", "tc.enabled=true"]})
    twice["NEW"] = {**twice["FSM"], "Name": "NEW", ENABLED: "true"}
    hosts["elsewhere"]["fsm_task_center_service_key"] = hosts["twice"]["fsm_task_center_service_key"]
    access_token = hosts["one-use-token"].pop("fsm_task_center_user_token")
    hosts["one-use-token"]["fsm_task_center_refresh_token"] = "a-refresh-token-that-is-good-once"
    operator.secrets |= {"a-refresh-token-that-is-good-once", "the-next-refresh-token"}
    answer = {"access_token": access_token, "expires_in": 3600, "refresh_token": "the-next-refresh-token"}
    of_tokens = Matching(environment=connections["one-use-token"].environment.name, path="/oauth/token")
    faults = operator.landscape.faults
    faults.add(Status(200, body=json.dumps(answer)), of_tokens, nth=2)
    # What is left to do needs nobody to be asked beforehand: users wait for it.
    hosts["half"]["fsm_task_center_user_token"] = "expired-and-good-for-nothing"
    operator.secrets.add("expired-and-good-for-nothing")
    before = {name: one.destination("FSM") for name, one in connections.items()}

    run = operator.play(
        "repopulate_fsm", hosts, expect_warning="The token service handed out a new refresh token in place of"
    )

    assert "Destination NEW is a primary destination to the same FSM system" in run.failure("twice")
    assert "fsm_task_center_service_key is of the subaccount of" in run.failure("elsewhere")
    assert "another refresh token in place of fsm_task_center_refresh_token" in run.failure("one-use-token")
    for name in ("twice", "elsewhere", "one-use-token"):
        assert connections[name].destination("FSM") == before[name]
    assert half["FSM"][ENABLED] == "true"
    assert "fsm-repopulation" not in connections["half"].labels("FSM")


@pytest.mark.provokes("labels_not_available")
def test_connector_is_left_alone_where_nothing_can_be_remembered(operator: Operator) -> None:
    environment = connected(operator, {"assumptions": {"labels": "forbidden"}})
    before = dict(environment.subaccount.destinations)

    run = operator.play("repopulate_fsm", {"dev": operator.variables(environment)})

    assert run.code == 2
    assert "The labels of destination FSM cannot be used" in run.failure("dev")
    assert dict(environment.subaccount.destinations) == before
