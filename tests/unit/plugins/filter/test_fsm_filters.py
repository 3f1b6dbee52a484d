# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that the roles use, as Ansible hands values to them; what they decide is the matter of others."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import FilterModule
from unit.plugins.connections import SECRET, VALUES

FILTERS = FilterModule().filters()
FOLDER = Path(__file__).resolve().parents[4] / "plugins" / "filter"


class Vaulted:
    """Vaulted text as ansible-core before 2.19 has it: no str, but it becomes one."""

    def __str__(self) -> str:
        return SECRET


@pytest.mark.parametrize("name", FILTERS)
def test_filter_is_documented(name: str) -> None:
    documentation = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    assert documentation["DOCUMENTATION"]["name"] == name


def test_no_filter_is_documented_that_is_none() -> None:
    assert {path.stem for path in FOLDER.glob("*.yml")} == set(FILTERS)


def test_destinations_of_the_variables() -> None:
    pair = FILTERS["fsm_destinations"]({**VALUES, "primary_properties": {"Description": "x"}})
    primary, secondary = pair["primary"], pair["secondary"]
    assert (primary["name"], secondary["name"]) == ("FSM", "FSM_PP")
    assert primary["properties"]["Description"] == "x"
    assert primary["secret_properties"] == {"clientSecret": SECRET, "tokenServicePassword": SECRET}
    assert primary["client_properties"] == {"clientId": "client", "tokenServiceUser": "client"}
    assert primary["client_secret_properties"] == primary["secret_properties"]
    assert secondary["client_properties"] == {"clientKey": "client", "tokenServiceUser": "client"}
    assert secondary["client_secret_properties"] == {"tokenServicePassword": SECRET}


def test_destinations_of_variables_as_surveys_and_vaults_give_them() -> None:
    given: dict[str, t.Any] = {
        **VALUES,
        "name": "",
        "client_secret": Vaulted(),
        "primary_properties": '{"Description": "x"}',
        "client_key": " ",
    }
    pair = FILTERS["fsm_destinations"](given)
    assert pair["primary"]["name"] == "FSM"
    assert pair["primary"]["properties"]["Description"] == "x"
    assert pair["secondary"]["secret_properties"] == {"tokenServicePassword": SECRET}
    assert pair["secondary"]["properties"]["clientKey"] == "client"


def test_destinations_of_variables_that_are_wrong() -> None:
    """The check refuses them, also where Ansible evaluates an expression before it."""
    pair = FILTERS["fsm_destinations"]({"primary_properties": "no mapping", "state": "absnet"})
    assert (pair["primary"]["name"], pair["secondary"]["name"]) == ("FSM", "FSM_PP")
    assert "URL" not in pair["primary"]["properties"]
