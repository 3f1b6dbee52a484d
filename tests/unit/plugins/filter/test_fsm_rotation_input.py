# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of a rotation: everything that is wrong with them is told at once."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rotation import input_findings

OLD, NEW = "AA:" * 31 + "AA", "BB:" * 31 + "BB"
ATTEMPT = "bbbbbbbbbbbb-aaaaaaaaaaaa-20280301T120000Z"
GIVEN = {
    "fsm_name": "FSM",
    "fsm_destination_service_key": True,
    "fsm_url": "https://de.fsm.cloud.sap/cloud-approval-service/api",
    "fsm_account_id": "654321",
    "fsm_rotation_start_days": 60,
    "fsm_rotation_soak_hours": 24.0,
}


@pytest.mark.parametrize(
    "change, told",
    [
        ({}, None),
        ({"fsm_rotation_replace": OLD, "fsm_uploaded_certificates": OLD}, None),
        ({"fsm_rotation_soak_hours": 0.0}, None),
        ({"fsm_name": "FSM_PP"}, "_PP"),
        ({"fsm_url": None}, "fsm_url is not set"),
        ({"fsm_url": "http://de.fsm.cloud.sap"}, "fsm_url is 'http"),
        ({"fsm_account_id": 654321}, "is a number"),
        ({"fsm_account_id": "ACME"}, "'ACME'"),
        ({"fsm_destination_service_key": False}, "fsm_destination_service_key is not set"),
        ({"fsm_rotation_retry": ATTEMPT}, None),
        # A fingerprint would allow any number of attempts.
        ({"fsm_rotation_retry": NEW}, "that the message of the rollback names"),
        ({"fsm_rotation_discard": "AA"}, "fsm_rotation_discard is 'AA'"),
        ({"fsm_rotation_fail_when": ["waiting for upload", "soaking"]}, None),
        ({"fsm_rotation_fail_when": '["waiting for upload"]'}, None),
        ({"fsm_rotation_fail_when": "waiting"}, "one of: failed, not reached, waiting for"),
        ({"fsm_uploaded_certificates": ["BB"]}, "fsm_uploaded_certificates is 'BB'"),
        ({"fsm_rotation_start_days": 0}, "from 1 to 365"),
        ({"fsm_rotation_start_days": 366}, "from 1 to 365"),
        ({"fsm_rotation_soak_hours": -1.0}, "fsm_rotation_soak_hours is '-1.0'"),
    ],
)
def test_variables(change: dict[str, t.Any], told: str | None) -> None:
    findings = input_findings({**GIVEN, **change})
    assert len(findings) == (told is not None)
    if told:
        assert told in findings[0]["text"]
