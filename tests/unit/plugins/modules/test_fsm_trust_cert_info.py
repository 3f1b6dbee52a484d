# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module fsm_trust_cert_info: both slots and the metadata, and nothing is changed."""

from __future__ import annotations

import typing as t
from datetime import datetime, timezone

import pytest

from ansible_collections.btp_ops.task_center.plugins.modules import fsm_trust_cert_info

if t.TYPE_CHECKING:
    from landscape import Environment

Run = t.Callable[..., t.Any]


@pytest.mark.parametrize("check_mode", [True, False])
def test_empty_subaccount(run: Run, writes: t.Callable[[], list[str]], check_mode: bool) -> None:
    outcome = run(fsm_trust_cert_info, check_mode=check_mode)
    read_at = outcome.facts.pop("read_at")
    assert abs((datetime.fromisoformat(read_at) - datetime.now(timezone.utc)).total_seconds()) < 60
    assert outcome.facts == {"active": None, "passive": None, "idp_metadata": None}
    assert (outcome.changed, outcome.diff, writes()) == (False, [], [])


def test_both_slots(run: Run, environment: Environment, writes: t.Callable[[], list[str]]) -> None:
    trust = environment.subaccount.trust
    active = trust.replace("active", expires_in_days=5.5, serial_sign="negative")
    passive = trust.replace("passive", serial_sign="positive")
    outcome = run(fsm_trust_cert_info, expires_within=6)
    assert outcome.facts["active"]["fingerprint"] == active.fingerprint
    assert outcome.facts["active"]["days_left"] == 5
    assert outcome.facts["active"]["expires_soon"] is True
    assert outcome.facts["passive"]["fingerprint"] == passive.fingerprint
    assert outcome.facts["passive"]["expires_soon"] is False
    assert outcome.facts["idp_metadata"].startswith("<")
    assert (outcome.changed, writes()) == (False, [])
