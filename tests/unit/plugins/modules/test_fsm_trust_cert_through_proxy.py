# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Behind a proxy, too, a trust call whose answer is lost is not sent again."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import AnswerLost
from ansible_collections.btp_ops.task_center.plugins.modules import fsm_trust_cert
from landscape import Environment, Landscape, Matching
from landscape.faults import LostAnswer, ResetConnection


@pytest.fixture
def trust(environment: Environment) -> t.Any:
    """The environment's certificates, with an active one."""
    environment.subaccount.trust.replace("active")
    return environment.subaccount.trust


@pytest.mark.parametrize(
    "path, options", [("certificate/passive", {"slot": "passive"}), ("rotateCertificate", {})], ids=["stage", "rotate"]
)
def test_lost_answer_is_followed_up(
    landscape: Landscape,
    environment: Environment,
    trust: t.Any,
    run: t.Any,
    writes: t.Callable[[], list[str]],
    path: str,
    options: dict[str, t.Any],
) -> None:
    if not options:
        options = {"fingerprint": trust.replace("passive").fingerprint}
    landscape.faults.add(LostAnswer(), Matching(environment=environment.name, method="POST", path=f"*/{path}"), times=1)

    outcome = run(fsm_trust_cert, **options)

    landscape.faults.clear()
    assert outcome.changed
    assert writes() == ["POST"]
    assert outcome.facts["certificate"]["fingerprint"] in (trust.active.fingerprint, trust.passive.fingerprint)


def test_request_that_never_arrived_is_not_sent_again_unread(
    landscape: Landscape, environment: Environment, trust: t.Any, run: t.Any, waits: list[float]
) -> None:
    matching = Matching(environment=environment.name, method="POST", path="*/certificate/passive")
    fault = landscape.faults.add(ResetConnection(), matching)

    with pytest.raises(AnswerLost, match="gave no complete answer to: generate the passive trust certificate"):
        run(fsm_trust_cert, slot="passive")

    struck = fault.struck
    landscape.faults.clear()
    assert struck == 1
    assert trust.passive is None
    assert len(waits) > 1
