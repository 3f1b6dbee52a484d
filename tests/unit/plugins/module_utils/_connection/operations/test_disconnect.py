# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disconnecting removes destinations to FSM and nothing else."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.disconnect import Disconnect
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN
from unit.plugins.connections import FOREIGN, PRIMARY, SECONDARY, SETUP, Destination, ids, operation, state

OTHERS = [{**FOREIGN, "Name": "OTHER"}, SETUP]


@pytest.mark.parametrize("destinations", [[], [PRIMARY], [SECONDARY], [PRIMARY, SECONDARY]])
def test_destinations_to_fsm_are_removed(destinations: list[Destination]) -> None:
    assert operation(Disconnect).findings(state(*OTHERS, *destinations)) == []


def test_only_destinations_to_fsm_are_removed() -> None:
    found = operation(Disconnect).findings(state(*OTHERS, FOREIGN, {**FOREIGN, "Name": "FSM_PP"}))
    assert [(finding["id"], finding["severity"]) for finding in found] == [("removal_of_other_system", "error")] * 2
    assert found[0]["problem"] == "Destination FSM leads to mail.example.com."


@pytest.mark.parametrize(
    "given, found",
    [
        ({}, []),
        ({"company_id": ""}, []),
        ({"company_id": "3"}, ["destination_of_other_system", "destination_of_other_system"]),
    ],
)
def test_pair_of_another_system_is_left_alone(given: dict[str, t.Any], found: list[str]) -> None:
    assert ids(operation(Disconnect, **given).findings(state(*OTHERS, PRIMARY, SECONDARY))) == found


def test_foreign_destination_is_reported_once() -> None:
    read = state(FOREIGN, SECONDARY)
    found = operation(Disconnect, company_id="3").findings(read)
    assert [(one["id"], one["problem"].split()[1]) for one in found] == [
        ("removal_of_other_system", "FSM"),
        ("destination_of_other_system", "FSM_PP"),
    ]


def test_only_the_name_matters() -> None:
    nothing: dict[str, t.Any] = dict.fromkeys(
        ("url", "account_id", "company_id", "client_id", "client_secret", "audience")
    )
    assert operation(Disconnect, **nothing).input_findings() == []
    assert ids(operation(Disconnect, name="F S", **nothing).input_findings()) == ["input_pattern"]
    assert operation(Disconnect).questions == type(operation(Disconnect).questions)()


def test_plan_and_row() -> None:
    disconnecting = operation(Disconnect, secondary_secret_properties={"Odd": "x"})
    read = state(*OTHERS, {**SECONDARY, "Odd": "0dd", "Password": "s3cr3t"})
    plan = disconnecting.plan(read)
    assert plan == {"primary": "none", "secondary": "delete"}
    before = disconnecting.changes["secondary"]["diff"][0]["before"]
    assert (before["Odd"], before["Password"], before["Name"]) == (HIDDEN, HIDDEN, "FSM_PP")
    assert not disconnecting.in_sync(read, plan)
    assert disconnecting.row(plan, None, []) == {"primary": "FSM absent", "secondary": "FSM_PP to be removed"}
    assert disconnecting.row({}, plan, []) == {"primary": "FSM absent", "secondary": "FSM_PP removed"}


def test_nothing_is_left_to_do() -> None:
    read = state(*OTHERS)
    assert operation(Disconnect).in_sync(read, operation(Disconnect).plan(read))


def test_nobody_is_in_sync_who_was_not_seen() -> None:
    read = state(subaccount=None)
    assert operation(Disconnect).findings(read) == []
    assert operation(Disconnect).plan(read) == {}
    assert not operation(Disconnect).in_sync(read, {})
    assert operation(Disconnect).row({}, None, []) == {"primary": "-", "secondary": "-"}
