# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever someone changed in the cockpit is found, named and corrected; what the role does not know goes."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator

PAIR = ("FSM", "FSM_PP")
# Values that the service itself would accept, for properties in which it does not accept just anything.
OTHER = {
    "Type": "LDAP",
    "ProxyType": "OnPremise",
    "Authentication": "NoAuthentication",
    "URL": "https://us.fsm.cloud.sap/elsewhere",
    "tokenServiceURL": "https://us.fsm.cloud.sap/token",
    "tokenServiceURLType": "Common",
    "tc.enabled": "false",
}


def changed_by(run: t.Any) -> dict[str, set[str]]:
    """Return per destination the properties that a run reports as changed."""
    return {
        result["destination"]["Name"]: set(result["changed_properties"])
        for result in run.results("dev", "btp_destination")
    }


@pytest.mark.parametrize("damage", ["altered", "lost"])
def test_every_property_is_found_and_corrected(operator: Operator, uploaded: Environment, damage: str) -> None:
    hosts = {"dev": operator.variables(uploaded)}
    operator.play("connect_fsm", hosts)
    destinations = uploaded.subaccount.destinations
    right = {name: dict(destinations[name]) for name in PAIR}
    # What is left has to identify the connection: a destination to another system, or of another client, is refused.
    identifying = {"lost": ["tc.provider_type"], "altered": ["clientId"]}[damage]
    for name in PAIR:
        kept = {key: right[name][key] for key in identifying if key in right[name]}
        if damage == "altered":
            wrong = {key: OTHER.get(key, f"{value}-altered") for key, value in right[name].items()}
            destinations[name] = {**wrong, "Name": name, **kept}
        else:
            destinations[name] = {"Name": name, "Type": "LDAP", **kept}

    run = operator.play("connect_fsm", hosts, "--diff")

    assert run.code == 0
    assert {name: dict(destinations[name]) for name in PAIR} == right
    assert changed_by(run) == {name: set(right[name]) - {"Name", *identifying} for name in PAIR}
    if damage == "altered":
        assert "tc.enabled false" in run.output
        assert "******** (differs)" in run.output


def test_foreign_properties_go_and_additional_ones_stay(operator: Operator, uploaded: Environment) -> None:
    additional = {"Description": "Service", "tc.ui.label.de-DE": "Außendienst", "tc.inbox.pull.days": 30}
    hosts = {"dev": operator.variables(uploaded, fsm_primary_properties=additional)}
    operator.play("connect_fsm", hosts)
    primary = uploaded.subaccount.destinations["FSM"]
    assert {key: primary[key] for key in additional} == {**additional, "tc.inbox.pull.days": "30"}
    right = {name: dict(uploaded.subaccount.destinations[name]) for name in PAIR}
    uploaded.subaccount.destinations["FSM"] |= {"TrustAll": "true"}
    uploaded.subaccount.destinations["FSM_PP"] |= {"tc.enabled": "true", "someSecret": "not to be shown"}
    operator.secrets.add("not to be shown")

    run = operator.play("connect_fsm", hosts, "--diff")

    assert changed_by(run) == {"FSM": {"TrustAll"}, "FSM_PP": {"tc.enabled", "someSecret"}}
    assert {name: dict(uploaded.subaccount.destinations[name]) for name in PAIR} == right

    additional["Description"] = None
    assert changed_by(operator.play("connect_fsm", hosts)) == {"FSM": {"Description"}, "FSM_PP": set()}
    assert "Description" not in uploaded.subaccount.destinations["FSM"]


def test_secrets_can_be_left_as_they_are(operator: Operator, uploaded: Environment) -> None:
    hosts = {"dev": operator.variables(uploaded, fsm_update_secrets="on_create")}
    operator.play("connect_fsm", hosts)
    uploaded.subaccount.destinations["FSM"] |= {"clientSecret": "made-in-the-cockpit", "ProxyType": "OnPremise"}
    operator.secrets.add("made-in-the-cockpit")

    run = operator.play("connect_fsm", hosts, "--diff")

    assert changed_by(run) == {"FSM": {"ProxyType"}, "FSM_PP": set()}
    assert uploaded.subaccount.destinations["FSM"]["clientSecret"] == "made-in-the-cockpit"
