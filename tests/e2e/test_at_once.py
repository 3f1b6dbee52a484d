# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs at once never leave two primary destinations to one FSM system."""

from __future__ import annotations

import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from landscape.faults import Callback, Matching
from landscape.made_by_hand import expected_pair
from operating import ENABLED
from operator_at_work import ROOT, Operator
from prepared import connected

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape import Landscape
    from landscape.landscape import Environment
    from operator_at_work import Run


def polled(environment: Environment) -> set[str]:
    """Return the names of all destinations that Task Center polls."""
    return {name for name, one in environment.subaccount.destinations.items() if ENABLED in one}


@pytest.mark.provokes("connected_at_the_same_time")
def test_the_later_one_makes_way(operator: Operator, uploaded: Environment) -> None:
    """Somebody else's primary destination appears between the first check and the second."""
    primary, secondary = expected_pair(uploaded)
    destinations = uploaded.subaccount.destinations

    def connect(_arrival: t.Any) -> None:
        destinations["OTHER"] = {**primary, "Name": "OTHER"}
        destinations["OTHER_PP"] = {**secondary, "Name": "OTHER_PP"}

    creation = Matching(environment=uploaded.name, path="*/v1/subaccountDestinations", method="POST", origin="client")
    operator.landscape.faults.add(Callback(connect), creation, nth=1)

    run = operator.play("connect_fsm", {"dev": operator.variables(uploaded)})

    assert run.code == 2
    assert "Somebody else connected the same FSM system at the same time, as OTHER." in run.failure("dev")
    assert polled(uploaded) == {"OTHER"}
    assert not {"FSM", "FSM_PP"} & set(destinations)


@dataclass(frozen=True)
class Enabling:
    """A playbook that gives tc.enabled to a destination which had none.

    Attributes:
        name: of that destination.
        value_is_remembered: whether a label holds the value, so that the playbook can be run again.
    """

    playbook: str
    name: str
    value_is_remembered: bool


ENABLINGS = (
    Enabling("connect_fsm", "FSM", value_is_remembered=False),
    Enabling("repopulate_fsm", "FSM", value_is_remembered=True),
    Enabling("rename_fsm", "NEW", value_is_remembered=True),
)


@pytest.mark.provokes("enabled_at_the_same_time")
@pytest.mark.parametrize("enabling", ENABLINGS, ids=lambda one: one.playbook)
def test_who_gives_back_tc_enabled_makes_way(operator: Operator, enabling: Enabling) -> None:
    """Somebody else connects the system while the destination has no tc.enabled."""
    environment = connected(operator)
    destinations = environment.subaccount.destinations
    primary, secondary = expected_pair(environment)
    variables = operator.variables(environment, fsm_task_center_refresh_seconds=0)
    if enabling.playbook == "connect_fsm":
        destinations["FSM"] = {key: value for key, value in primary.items() if key != ENABLED}
    if enabling.playbook == "rename_fsm":
        variables |= {"fsm_name": "NEW", "fsm_rename_from": "FSM"}
    others = {"OTHER": {**primary, "Name": "OTHER"}, "OTHER_PP": {**secondary, "Name": "OTHER_PP"}}

    def connect(_arrival: t.Any) -> None:
        if not polled(environment):
            destinations.update(others)

    writes = Matching("PUT", path="*/v1/subaccountDestinations", environment=environment.name, origin="client")
    fault = operator.landscape.faults.add(Callback(connect), writes)

    run = operator.play(enabling.playbook, {"dev": variables})

    assert run.code == 2
    assert "Somebody else connected the same FSM system at the same time, as OTHER." in run.failure("dev")
    assert polled(environment) == {"OTHER"}
    assert {"FSM", "FSM_PP"} <= set(destinations)
    entry = destinations.entry(enabling.name)
    assert entry
    assert any("tc.enabled=true" in values for values in entry.labels.values()) is enabling.value_is_remembered
    if not enabling.value_is_remembered:
        return

    operator.landscape.faults.remove(fault)
    for name in others:
        del destinations[name]
    again = operator.play(enabling.playbook, {"dev": variables})

    assert again.code == 0, again.output
    assert polled(environment) == {enabling.name}


def test_two_controllers_connect_one_system_under_two_names(
    operator: Operator, landscape: Landscape, uploaded: Environment, tmp_path: Path
) -> None:
    folders = {name: tmp_path / name for name in ("FSM", "OTHER")}
    operators = {}
    for name, folder in folders.items():
        folder.mkdir()
        operators[name] = Operator(landscape, folder, ROOT / ".work" / "tree")

    def connect(name: str) -> Run:
        variables = operators[name].variables(uploaded, fsm_name=name)
        return operators[name].play("connect_fsm", {"dev": variables})

    with ThreadPoolExecutor(2) as pool:
        runs = dict(zip(folders, pool.map(connect, folders), strict=True))

    succeeded = {name for name, run in runs.items() if run.code == 0}
    assert polled(uploaded) == succeeded
    assert len(succeeded) <= 1
    for name in folders:
        assert (f"{name}_PP" in uploaded.subaccount.destinations) == (name in succeeded)
    for name in set(folders) - succeeded:
        (other,) = set(folders) - {name}
        assert other in runs[name].failure("dev")
