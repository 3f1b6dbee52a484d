# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renaming a pair: no user sees a task twice, no decision fails, whichever request the run is interrupted at."""

from __future__ import annotations

import typing as t

import pytest

from landscape import Matching
from landscape.faults import Status
from operating import ENABLED, LABELS, Connection

if t.TYPE_CHECKING:
    from operator_at_work import Operator, Variables


# The method of the request that fails, and how many of this method came before it: after the new secondary destination
# was written, before the value is taken from the old one, before the new one gets it, before it is forgotten that it
# had to, and before each of the old ones goes.
REFRESH = 1  # seconds; SAP's Task Center takes up to a minute
WRITES_OF_RENAMING = {
    "primary": ("POST", 2),
    "removal": ("PUT", 3),
    "enabling": ("PUT", 4),
    "forgetting": ("PUT", 5),
    "old_primary": ("DELETE", 1),
    "old_secondary": ("DELETE", 2),
}


@pytest.mark.provokes("rename_loses", "rename_paused", "connector_unverified", "rename_completed")
def test_rename(operator: Operator) -> None:
    connections = {
        name: Connection(operator, operator.environment(), **{ENABLED: "false" if name == "enabling" else "true"})
        for name in ("whole", "blind", *WRITES_OF_RENAMING)
    }
    whole, blind = connections["whole"], connections["blind"]
    hosts: dict[str, Variables] = {}
    right = {}
    for name, one in connections.items():
        one.environment.subaccount.destinations.set_labels("FSM_PP", {"trust-verified": ["x"]})
        one.change("FSM", **{"tc.ui.label": "Service"})
        right[name] = {
            "NEW": {**one.environment.subaccount.destinations["FSM"], "Name": "NEW"},
            "NEW_PP": {**one.environment.subaccount.destinations["FSM_PP"], "Name": "NEW_PP"},
        }
        hosts[name] = one.variables(
            fsm_name="NEW", fsm_rename_from="FSM", fsm_primary_properties={"tc.ui.label": "Service"}
        )
        one.watch(decide=one is whole)
    # What nobody named goes with the old pair.
    whole.change("FSM_PP", nameQualifier="of-someone")
    hosts["blind"] = {key: value for key, value in hosts["blind"].items() if "task_center" not in key}
    hosts["blind"]["fsm_task_center_refresh_seconds"] = REFRESH
    for name, (method, nth) in WRITES_OF_RENAMING.items():
        connections[name].fail_at(method, nth)

    preview = operator.play("rename_fsm", {"whole": hosts["whole"]}, "--check", "--diff")
    assert preview.code == 0
    assert preview.changed("whole")
    assert set(whole.connectors) == {"FSM"}
    assert "NEW" not in whole.environment.subaccount.destinations

    first = operator.play("rename_fsm", hosts)

    assert first.code == 2
    for name in WRITES_OF_RENAMING:
        assert "no more" in first.failure(name)
    # Until the inventory says so too, the next run of another playbook would stop.
    assert "rename_completed" in first.reported("whole")
    assert "rename_completed" not in preview.reported("whole")
    assert "Set fsm_name to NEW in the inventory" in first.output
    assert "FSM_PP has properties that NEW_PP will not have: nameQualifier." in first.output
    assert f"connector of FSM is removed; this run has waited {REFRESH} seconds for it [" in first.output
    assert blind.seconds_between_writes(3, 4) >= REFRESH
    # Task Center found no token for an hour before the run could be made again.
    connections["forgetting"].change("NEW", **{ENABLED: "false"})
    second = operator.play("rename_fsm", hosts)

    assert second.code == 0, second.output
    assert not second.changed("whole")
    assert not second.changed("blind")
    assert "Destination NEW has tc.enabled false already, where the old one had true." in second.output
    for name, one in connections.items():
        destinations = one.environment.subaccount.destinations
        assert {key: destinations[key] for key in destinations if key in ("FSM", "FSM_PP", "NEW", "NEW_PP")} == right[
            name
        ]
        assert one.labels("NEW") == LABELS
        assert one.labels("NEW_PP") == {"trust-verified": ["x"]}
        one.assert_nothing_twice()
        one.tick()
        assert set(one.connectors) == {"NEW"}
    assert sum(len(moment.decisions) for moment in whole.moments) > len(WRITES_OF_RENAMING)
    assert connections["enabling"].connectors["NEW"].status == "PAUSED"


@pytest.mark.provokes(
    "state_is_absent",
    "rename_old_name_missing",
    "destination_of_other_system",
    "rename_loses_secret",
    "rename_nothing",
    "rename_while_repopulating",
    "second_primary",
    "hidden_by_instance",
    "task_center_not_readable",
)
def test_rename_is_refused_while_the_old_pair_is_untouched(operator: Operator) -> None:
    names = (
        "nothing",
        "other",
        "token",
        "hidden_by_instance",
        "third",
        "same",
        "open",
        "unreadable",
        "absent",
        "more",
        "unsaid",
    )
    connections = {name: Connection(operator, operator.environment()) for name in names}
    hosts = {name: one.variables(fsm_name="NEW", fsm_rename_from="FSM") for name, one in connections.items()}
    hosts["nothing"]["fsm_rename_from"] = "WRONG"
    connections["other"].change("FSM", **{"URL.headers.X-Company-ID": "4711"})
    # The controller's own question succeeds, the Destination Service's does not.
    matching = Matching(
        system="fsm", path="*/token", origin="landscape", environment=connections["token"].environment.name
    )
    operator.landscape.faults.add(Status(401), matching)
    own = {"Name": "NEW", "Type": "HTTP", "URL": "https://x.example", "ProxyType": "Internet"}
    connections["hidden_by_instance"].environment.subaccount.instance_destinations["NEW"] = own
    destinations = connections["third"].environment.subaccount.destinations
    destinations["THIRD"] = destinations["FSM"]
    hosts["same"]["fsm_rename_from"] = "NEW"
    memory = {"fsm-repopulation": ["removing", "tc.enabled=true"]}
    connections["open"].environment.subaccount.destinations.set_labels("FSM", memory)
    connections["unreadable"].refuse_to_report()
    hosts["absent"]["fsm_state"] = "absent"
    del hosts["unsaid"]["fsm_rename_from"]
    connections["more"].change("FSM_PP", **{"Description": "x", "URL.headers.X-Api-Key": "of-someone"})
    hosts["more"]["fsm_secondary_properties"] = {"Description": "x"}
    before = {name: one.destination("FSM") for name, one in connections.items()}

    run = operator.play("rename_fsm", hosts)

    assert run.code == 2
    for name, words in {
        "nothing": "There is neither a destination WRONG nor a destination NEW.",
        "other": "Destination FSM leads to another FSM system",
        "token": "Destination NEW yielded no token as it was written",
        "hidden_by_instance": "a destination NEW of its own",
        "third": "Destination THIRD is a primary destination to the same FSM system",
        "same": "another name than fsm_name",
        "open": "The repopulation of FSM was interrupted.",
        "unreadable": "403",
        "unsaid": "-e fsm_rename_from=OLD_NAME -e fsm_name=NEW",
        "absent": "fsm_state is absent, so NEW is not to be connected.",
        "more": "FSM_PP has secret properties that NEW_PP would not have: URL.headers.X-Api-Key.",
    }.items():
        assert words in run.failure(name)
        assert connections[name].destination("FSM") == before[name]
        assert connections[name].destination("FSM_PP") is not None
        assert connections[name].destination("NEW") is None
