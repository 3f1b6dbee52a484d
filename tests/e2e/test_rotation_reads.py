# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rotation whose reads fail, or do not show yet what it has written itself."""

from __future__ import annotations

import functools
import typing as t

from landscape import Matching
from landscape.faults import Callback, Lag, Status
from rotating import Rotating, report

if t.TYPE_CHECKING:
    from operator_at_work import Operator

CERTIFICATES = "*/saml2Metadata/certificate*"
TRIES = 5  # of one request, as the modules' option retries has it


def test_reads_that_lag_or_fail(operator: Operator) -> None:
    faults = operator.landscape.faults

    def matching(one: Rotating, method: str, path: str) -> Matching:
        return Matching(environment=one.environment.name, method=method, path=path, origin="client")

    def fail_reads(one: Rotating, _arrival: object) -> None:
        faults.add(Status(503), matching(one, "GET", CERTIFICATES), times=TRIES)

    names = ("staging", "lagging", "behind", "blind", "rejected")
    staging, lagging, behind, blind, rejected = everyone = [
        Rotating(operator, operator.environment(), name) for name in names
    ]
    news = {one.name: one.environment.subaccount.trust.replace("passive") for one in everyone[1:]}
    for one in (lagging, behind, blind):
        one.upload()
    for one in (staging, lagging):
        faults.add(Lag(1), matching(one, "GET", "*"))
    # Both slots are read back by the task that has changed them. The next search is shown them as they were before.
    stale = []
    faults.add(
        Callback(lambda _: stale.append(faults.add(Lag(60), matching(behind, "GET", CERTIFICATES), nth=3, times=2))),
        matching(behind, "POST", "*/rotateCertificate"),
    )
    for one in (blind, rejected):
        # What the rotation came to cannot be read, however often it is tried; only the next task can.
        faults.add(Callback(functools.partial(fail_reads, one)), matching(one, "POST", "*/rotateCertificate"))
    declared = {
        one.name: one.variables(
            fsm_uploaded_certificates=[one.old.fingerprint, *(new.fingerprint for new in [news.get(one.name)] if new)],
            fsm_user_token=one.token,
            fsm_rotation_soak_hours=0,
        )
        for one in everyone
    }

    run = operator.play("rotate_fsm_trust", declared, "-e", "fsm_rotation_serial=100%")

    faults.clear()
    assert [fault.struck for fault in stale] == [2]
    assert {name: report(run, name)["outcome"] for name in names} == {
        "staging": "waiting for upload",
        "lagging": "done",
        "behind": "done",
        "blind": "failed",
        "rejected": "failed",
    }
    assert staging.passive
    assert report(run, "staging")["passive"]["fingerprint"] == staging.passive.fingerprint
    for one in (lagging, behind):
        assert (one.active, one.passive) == (news[one.name], None)
    for one in (blind, rejected):
        reported = report(run, one.name)
        assert "503" in reported["messages"][0]
        assert (reported["phase"], reported["active"]["fingerprint"]) == ("activated", news[one.name].fingerprint)
        assert (one.active, one.passive, one.labels) == (news[one.name], one.old, {})

    # What the failed run could not verify any more, the next one does.
    again = operator.play(
        "rotate_fsm_trust",
        {one.name: declared[one.name] for one in (blind, rejected)},
        *("-e", "fsm_rotation_serial=100%"),
    )

    assert report(again, "blind")["outcome"] == "done"
    assert (blind.active, blind.passive) == (news["blind"], None)
    assert report(again, "rejected")["outcome"] == "failed"
    assert (rejected.active, rejected.passive) == (rejected.old, news["rejected"])
    assert "is the active one again" in report(again, "rejected")["messages"][0]
    assert list(rejected.labels) == ["trust-rolled-back"]
