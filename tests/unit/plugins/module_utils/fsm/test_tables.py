# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the role's tables are filled in."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.tables import destinations, reserved

TABLES = {
    "primary": {"URL": "{fsm_url}", "tokenServiceURL": "https://{fsm_host}/token", "tc.enabled": "true"},
    "primary_secrets": {"clientSecret": "{fsm_client_secret}"},
    "secondary": {"Name": "{fsm_name}_PP", "clientKey": "{fsm_client_key}"},
    "secondary_secrets": {},
}
GIVEN = {
    "fsm_name": "FSM",
    "fsm_url": "https://de.fsm.cloud.sap/cloud-approval-service/api",
    "fsm_client_id": "client",
    "fsm_client_secret": "{fsm_url} %s {{ x }} {",
    "fsm_client_key": None,
    "fsm_primary_properties": {"Description": "{fsm_url}", "n": 7},
    "fsm_primary_secret_properties": {"mail.password": "m"},
}


def test_values_stand_as_they_are() -> None:
    assert destinations(TABLES, GIVEN) == {
        "primary": {
            "URL": "https://de.fsm.cloud.sap/cloud-approval-service/api",
            "tokenServiceURL": "https://de.fsm.cloud.sap/token",
            "tc.enabled": "true",
        },
        "primary_secrets": {"clientSecret": "{fsm_url} %s {{ x }} {"},
        "secondary": {"Name": "FSM_PP", "clientKey": "client"},
        "secondary_secrets": {},
    }


def test_key_of_its_own() -> None:
    assert destinations(TABLES, {**GIVEN, "fsm_client_key": "key"})["secondary"]["clientKey"] == "key"


def test_additions() -> None:
    filled = destinations(TABLES, GIVEN, additions=True)
    assert filled["primary"].items() >= {"Description": "{fsm_url}", "n": 7, "tc.enabled": "true"}.items()
    assert list(filled["primary_secrets"]) == ["clientSecret", "mail.password"]
    assert filled["secondary"] == destinations(TABLES, GIVEN)["secondary"]


def test_what_is_not_set_is_left_out() -> None:
    filled = destinations(TABLES, {"fsm_url": "", "fsm_client_secret": None})
    assert filled == {
        "primary": {"tc.enabled": "true"},
        "primary_secrets": {},
        "secondary": {},
        "secondary_secrets": {},
    }


def test_values_of_another_type_are_filled_in_as_text() -> None:
    """They are refused with the rest of the input, which has to be told and not to break."""
    primary = destinations(TABLES, {"fsm_url": 5})["primary"]
    assert primary == {"URL": "5", "tc.enabled": "true"}


def test_names_that_nobody_may_add() -> None:
    primary = ["URL", "tokenServiceURL", "tc.enabled", "clientSecret"]
    assert reserved(TABLES) == {
        "fsm_primary_properties": primary,
        "fsm_primary_secret_properties": primary,
        "fsm_secondary_properties": ["Name", "clientKey"],
        "fsm_secondary_secret_properties": ["Name", "clientKey"],
    }
