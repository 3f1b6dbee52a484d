# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Environments of one run that would get in each other's way."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import FilterModule

check = FilterModule().filters()["fsm_inventory_findings"]


def environment(name: str, subaccount: str = "a", primary: str = "FSM", company: str = "1") -> dict[str, t.Any]:
    """Return what an environment of the inventory connects."""
    destination = {
        "Name": primary,
        "URL": "https://de.fsm.cloud.sap/cloud-approval-service/api",
        "URL.headers.X-Account-ID": "7",
        "URL.headers.X-Company-ID": company,
    }
    return {"environment": name, "subaccount": subaccount, "primary": destination}


def ids(*environments: dict[str, t.Any]) -> dict[str, list[str]]:
    """Return the IDs of what is found of each environment."""
    return {name: [finding["id"] for finding in found] for name, found in check(list(environments)).items()}


def test_environments_that_have_nothing_in_common() -> None:
    assert ids(environment("dev"), environment("qa", subaccount="b")) == {}


def test_two_fsm_systems_in_one_subaccount() -> None:
    assert ids(environment("dev"), environment("qa", primary="FSM2", company="2")) == {}


def test_one_environment_named_twice() -> None:
    assert ids(environment("dev"), environment("dev-again")) == {}


def test_one_fsm_system_under_two_names() -> None:
    told = check([environment("dev"), environment("other", "b"), environment("qa", primary="FSM2")])
    assert {name: [finding["id"] for finding in found] for name, found in told.items()} == {
        "dev": ["second_primary_in_inventory"],
        "qa": ["second_primary_in_inventory"],
    }
    assert told["dev"][0]["what"] == (
        "qa connects the same FSM system (host de.fsm.cloud.sap, account 7, company 1) to the same subaccount, "
        "as FSM2; here fsm_name is FSM."
    )
    assert told["dev"][0]["severity"] == "error"


def test_one_name_for_two_fsm_systems() -> None:
    told = check([environment("dev"), environment("qa", company="2")])
    assert {name: [finding["id"] for finding in found] for name, found in told.items()} == {
        "dev": ["name_shared_in_inventory"],
        "qa": ["name_shared_in_inventory"],
    }
    assert "qa writes destination FSM of the same subaccount" in told["dev"][0]["what"]
    assert "company 2" in told["dev"][0]["what"]
