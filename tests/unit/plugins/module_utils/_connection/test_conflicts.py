# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Environments of one run that would get in each other's way."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import FilterModule
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.conflicts import conflicts
from unit.plugins.connections import OTHER_SYSTEM, PRIMARY, ids

Check = dict[str, t.Any]


def check(name: str, subaccount: str = "a", primary: str = "FSM", **difference: str) -> Check:
    """Return the check of an environment that connects something; its ID is the environment's name."""
    connects = {"environment": name, "subaccount": subaccount, "primary": {**PRIMARY, "Name": primary, **difference}}
    return {"check_id": name, "connects": connects, "findings": []}


def found(*checks: Check) -> dict[str, list[str]]:
    """Return the IDs of what is found of each check."""
    return {check_id: ids(findings) for check_id, findings in conflicts(list(checks)).items()}


@pytest.mark.parametrize(
    "other",
    [
        check("qa", subaccount="b"),
        # Two FSM systems in one subaccount.
        check("qa", primary="FSM2", **OTHER_SYSTEM),
        # One environment that is named twice.
        check("qa"),
        # One that is not connected, or could not be checked.
        {"check_id": "qa", "connects": None},
    ],
)
def test_environments_that_do_nothing_to_each_other(other: Check) -> None:
    assert found(check("dev"), other) == {"dev": [], "qa": []}


def test_one_fsm_system_under_two_names() -> None:
    checks = [check("dev"), check("other", "b"), check("qa", primary="FSM2")]
    assert found(*checks) == {
        "dev": ["second_primary_in_inventory"],
        "other": [],
        "qa": ["second_primary_in_inventory"],
    }
    (finding,) = conflicts(checks)["dev"]
    assert finding["severity"] == "error"
    assert finding["problem"] == (
        "qa connects the same FSM system (host de.fsm.cloud.sap, account 1, company 2) to the same subaccount, "
        "as FSM2; here fsm_name is FSM."
    )


def test_one_name_for_two_fsm_systems() -> None:
    checks = [check("dev"), check("qa", **OTHER_SYSTEM)]
    assert found(*checks) == {"dev": ["name_shared_in_inventory"], "qa": ["name_shared_in_inventory"]}
    (finding,) = conflicts(checks)["dev"]
    assert "qa writes destination FSM of the same subaccount" in finding["problem"]
    assert "company 3" in finding["problem"]


def test_check_without_an_id_is_of_nobody() -> None:
    """Of a host whose check has failed, only the failure is registered."""
    assert conflicts([{"failed": True, "msg": "no"}, {}]) == {}
    assert found(check("dev"), {"failed": True}) == {"dev": []}


def test_filter_says_the_same() -> None:
    checks = [check("dev"), check("qa", primary="FSM2")]
    assert FilterModule().filters()["fsm_conflicts"](iter(checks)) == conflicts(checks)


AUDIENCE = "https://de.fsm.cloud.sap/api/oauth2/v2/saml/acme/metadata"


def with_audience(one: Check) -> Check:
    """Return a check of an environment with the audience of another one."""
    return {**one, "connects": {**one["connects"], "audience": AUDIENCE}}


def test_audience_of_another_account() -> None:
    dev = with_audience(check("dev"))
    qa = with_audience(check("qa", "b", **{"URL.headers.X-Account-ID": "9"}))
    assert found(dev, qa) == {"dev": ["audience_of_other_environment"], "qa": ["audience_of_other_environment"]}
    # Two companies of one account.
    company = with_audience(check("qa", "b", **{"URL.headers.X-Company-ID": "9"}))
    assert found(dev, company) == {"dev": [], "qa": []}


def test_audience_of_an_environment_that_is_no_part_of_the_run() -> None:
    qa = with_audience(check("qa"))["connects"]
    qa = {**qa, "subaccount": "", "primary": {**qa["primary"], "URL.headers.X-Account-ID": "9"}}
    results = conflicts([with_audience(check("dev"))], [qa, {**qa, "environment": "same", "primary": {"Name": ""}}])
    assert ids(results["dev"]) == ["audience_of_other_environment"]
    # Of what is not known of it, nothing is said.
    assert conflicts([check("dev", subaccount="")], [{**qa, "audience": ""}])["dev"] == []
