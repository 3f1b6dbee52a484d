# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of a rotation: what they mean, and everything that is wrong with them, at once."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation_input import (
    SETTINGS,
    read_settings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation import Settings

OLD, NEW = "AA:" * 31 + "AA", "BB:" * 31 + "BB"
ATTEMPT = "bbbbbbbbbbbb-aaaaaaaaaaaa-20280301T120000Z"
GIVEN = {
    "name": "FSM",
    "url": "https://de.fsm.cloud.sap/cloud-approval-service/api",
    "account_id": "654321",
    "rotation_start_days": 60,
    "rotation_soak_hours": 24.0,
}


@pytest.mark.parametrize(
    "change, reported",
    [
        ({}, None),
        ({"rotation_replace": OLD, "uploaded_certificates": OLD}, None),
        ({"rotation_soak_hours": 0.0}, None),
        ({"name": "FSM_PP"}, "_PP"),
        ({"url": None}, "fsm_url is not set"),
        ({"url": "http://de.fsm.cloud.sap"}, "fsm_url is 'http"),
        ({"account_id": 654321}, "is a number"),
        ({"account_id": "ACME"}, "'ACME'"),
        ({"url": " "}, "fsm_url is not set"),
        ({"rotation_phase": "prove"}, "one of: all, check, stage, upload, activate, verify, retire"),
        ({"rotation_phase": ""}, None),
        ({"rotation_retire_unverified": "perhaps"}, "fsm_rotation_retire_unverified is 'perhaps'"),
        ({"rotation_retire_unverified": "yes"}, None),
        ({"rotation_start_days": "90"}, None),
        ({"rotation_start_days": ""}, None),
        ({"rotation_start_days": "soon"}, "a whole number from 1 to 365"),
        ({"rotation_start_days": 60.5}, "a whole number from 1 to 365"),
        ({"rotation_start_days": True}, "fsm_rotation_start_days is 'True'"),
        ({"rotation_soak_hours": "1.5"}, None),
        ({"rotation_soak_hours": "nan"}, "a number from 0 to 8760"),
        ({"rotation_soak_hours": [1]}, "a number from 0 to 8760"),
        ({"uploaded_certificates": 5}, "fsm_uploaded_certificates is '5'"),
        ({"uploaded_certificates": f"{OLD}, {NEW}"}, None),
        ({"rotation_retry": ATTEMPT}, None),
        # A fingerprint would allow any number of attempts.
        ({"rotation_retry": NEW}, "that the message of the rollback names"),
        ({"rotation_discard": "AA"}, "fsm_rotation_discard is 'AA'"),
        ({"rotation_fail_when": ["waiting for upload", "soaking"]}, None),
        ({"rotation_fail_when": '["waiting for upload"]'}, None),
        ({"rotation_fail_when": "waiting"}, "one or more of: failed, not reached, waiting for"),
        ({"uploaded_certificates": ["BB"]}, "fsm_uploaded_certificates is 'BB'"),
        ({"rotation_start_days": 0}, "from 1 to 365"),
        ({"rotation_start_days": 366}, "from 1 to 365"),
        ({"rotation_soak_hours": -1.0}, "fsm_rotation_soak_hours is '-1.0'"),
        ({"rotation_trusted_elsewhere": {"HR": OLD}}, None),
        ({"rotation_trusted_elsewhere": f'{{"HR": ["{OLD}"]}}'}, None),
        ({"rotation_trusted_elsewhere": {"HR": "yes"}}, "fsm_rotation_trusted_elsewhere is"),
        ({"rotation_trusted_elsewhere": ["HR"]}, "a mapping of names of destinations, in quotes, to fingerprints"),
        ({"rotation_waived_destinations": {"HR": True}}, "fsm_rotation_waived_destinations is"),
    ],
)
def test_variables(change: dict[str, t.Any], reported: str | None) -> None:
    _settings, _uploaded, findings = read_settings({**GIVEN, **change})
    assert len(findings) == (reported is not None)
    if reported:
        assert reported in findings[0]["text"]


def test_what_variables_mean() -> None:
    text = {
        "rotation_start_days": "90",
        "rotation_soak_hours": "1.5",
        "rotation_retire_unverified": "yes",
        "rotation_replace": OLD.lower(),
        "uploaded_certificates": f"{OLD}, {NEW}",
        "rotation_trusted_elsewhere": f"HR: {OLD.lower()}",
        "rotation_waived_destinations": "MAIL, ERP",
    }
    settings, uploaded, _findings = read_settings({**GIVEN, **text, "user_token": " token "})
    assert settings == Settings(
        start_days=90,
        soak_hours=1.5,
        retire_unverified=True,
        replace=OLD,
        can_verify=True,
        trusted_elsewhere={"HR": frozenset({OLD})},
        waived_destinations=frozenset({"MAIL", "ERP"}),
    )
    assert uploaded == {OLD, NEW}


def test_what_is_blank_has_its_default() -> None:
    names = [f"rotation_{name}" for name in SETTINGS if name != "fail_when"]
    for blank in (None, "", " "):
        settings, _uploaded, findings = read_settings({**GIVEN, **dict.fromkeys(names, blank), "user_token": blank})
        assert (settings, findings) == (Settings(), [])


def test_token_that_is_none_is_refused_and_not_shown() -> None:
    _settings, _uploaded, (finding,) = read_settings({**GIVEN, "user_token": "not a token"})
    assert "fsm_user_token" in finding["text"]
    assert "not a token" not in finding["text"]
