# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An operator's values become two destinations, and nothing in them is taken for more than a text."""

from __future__ import annotations

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import (
    ADDITIONS,
    NAMES,
    PAIR,
    TABLES,
    define,
    placeholders,
    reserved,
    variable,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.variables import VARIABLES
from unit.plugins.connections import URL

GIVEN = {
    "name": "FSM",
    "url": URL,
    "account_id": "1",
    "company_id": "2",
    "client_id": "client",
    "client_secret": "{url} %s {{ x }} {",
    "client_key": None,
    "audience": "https://de.fsm.cloud.sap/{url}",
    "primary_properties": {"Description": "{url}", "n": 7},
    "primary_secret_properties": {"mail.password": "m"},
}


def test_values_are_as_they_were_set() -> None:
    primary, secondary = (define(GIVEN)[which] for which in PAIR)
    assert primary.name == primary.properties["Name"] == "FSM"
    assert secondary.name == secondary.properties["Name"] == "FSM_PP"
    assert primary.host == secondary.host == "de.fsm.cloud.sap"
    assert primary.properties["URL"] == URL
    assert primary.properties["tokenServiceURL"] == "https://de.fsm.cloud.sap/api/oauth2/v2/token"
    assert primary.properties["tc.enabled"] == "true"
    assert secondary.properties["audience"] == "https://de.fsm.cloud.sap/{url}"
    assert secondary.secrets == {"tokenServicePassword": "{url} %s {{ x }} {"}
    assert "client_secret" not in repr(primary)
    assert "{{ x }}" not in repr(primary)


def test_secondary_destination_has_no_tc_enabled() -> None:
    """Task Center would poll it as well."""
    assert "tc.enabled" not in define(GIVEN)["secondary"].properties


def test_key_of_the_client() -> None:
    assert define(GIVEN)["secondary"].properties["clientKey"] == "client"
    assert define({**GIVEN, "client_key": "key"})["secondary"].properties["clientKey"] == "key"


def test_additions() -> None:
    primary, secondary = (define(GIVEN)[which] for which in PAIR)
    assert primary.properties.items() >= {"Description": "{url}", "n": 7, "tc.enabled": "true"}.items()
    assert list(primary.secrets) == ["clientSecret", "tokenServicePassword", "mail.password"]
    without = define(GIVEN, additions=False)
    assert "Description" not in without["primary"].properties
    assert "mail.password" not in without["primary"].secrets
    assert without["secondary"] == secondary


@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_not_set_is_left_out(nothing: str | None) -> None:
    filled = define({"name": "FSM", "url": nothing, "client_secret": nothing})
    assert filled["primary"].secrets == filled["secondary"].secrets == {}
    assert not filled["primary"].properties.keys() & {"URL", "tokenServiceURL", "clientId"}
    assert filled["primary"].properties["tc.enabled"] == "true"
    assert filled["primary"].host == ""
    assert define({})["primary"].name == ""


def test_values_of_another_type_are_filled_in_as_text() -> None:
    """They are refused with the rest of the input, which has to be reported and not to break."""
    properties = define({"url": 5, "account_id": 0})["primary"].properties
    assert (properties["URL"], properties["URL.headers.X-Account-ID"]) == ("5", "0")
    assert "tokenServiceURL" not in properties


def test_properties_that_change_with_the_client() -> None:
    filled = define({**GIVEN, "client_secret": "new", "client_id": "new", "client_key": "new"})
    for which in PAIR:
        one = filled[which]
        assert {key for key, value in {**one.properties, **one.secrets}.items() if value == "new"} == one.of_client


def test_names_that_nobody_may_add() -> None:
    for addition, keys in reserved().items():
        which = addition.partition("_")[0]
        assert keys == [key for table in TABLES[which] for key in table]
    assert set(reserved()) == set(ADDITIONS)


def test_tables_name_values_that_there_are() -> None:
    known = {*NAMES, "host"}
    texts = [text for tables in TABLES.values() for table in tables for text in table.values()]
    assert {name for text in texts for name in placeholders(text)} <= known
    # Nothing that an operator sets gets lost.
    assert {name for text in texts for name in placeholders(text)} == known
    assert {*NAMES, *ADDITIONS} <= VARIABLES.keys()
    assert variable("url") == "fsm_url"
