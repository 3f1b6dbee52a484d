# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an audit says of an environment: the status, what differs, and no secret."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import FilterModule
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.audit import STATUS_OF_FINDING, STATUSES
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import CATALOG, ERROR, found
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.destination import plan_present, wish

audit = FilterModule().filters()["fsm_audit"]
summary = FilterModule().filters()["fsm_audit_summary"]

FINGERPRINT = ":".join(["AB"] * 32)
CERTIFICATE = {
    "fingerprint": FINGERPRINT,
    "not_after": "2028-01-01T00:00:00+00:00",
    "days_left": 700,
    "expired": False,
    "unreadable": None,
    "pem": "...",
}


def compared(current: dict[str, str] | None, **properties: str) -> dict[str, t.Any]:
    """Return what btp_destination says of a destination in check mode, one secret always among it."""
    wanted = wish("FSM", properties, {"clientSecret": "right"}, purge=True)
    plan = plan_present(wanted, None if current is None else {"Name": "FSM", "clientSecret": "right", **current})
    diff = [{"before": plan.before or "", "after": plan.after}]
    return {"action": plan.action, "changed_properties": plan.changed_properties, "diff": diff}


SAME = compared({})


def status(*finding_ids: str, **options: t.Any) -> str:
    """Return the status of an environment without differences, with findings."""
    findings = [{**found(one, **FACTS), "id": one} for one in finding_ids]
    return str(audit({"FSM": SAME}, **{"certificate": CERTIFICATE, "findings": findings, **options})["status"])


# Whatever the findings here have a place for.
FACTS = {"error": "x", "destination": "x", "value": "x", "host": "x", "account_id": "1", "company_id": "2"}
FACTS |= {"environment": "x", "other_name": "x", "name": "x"}


@pytest.mark.parametrize("finding_id", list(STATUS_OF_FINDING))
def test_findings_with_a_status_of_their_own_exist_and_are_errors(finding_id: str) -> None:
    assert CATALOG[finding_id].severity == ERROR
    assert status(finding_id) == STATUS_OF_FINDING[finding_id]


def test_status() -> None:
    assert status() == "in sync"
    assert status("paused") == "in sync"
    assert status("shadowed") == "drifted"
    assert status("shadowed", "second_primary") == "duplicated"
    assert status("second_primary", "system_unread") == "failed"
    assert status(certificate=None) == "missing"
    assert status(certificate=None, wanted=False) == "in sync"
    assert audit({"FSM": compared(None)}, CERTIFICATE)["status"] == "missing"
    assert audit({"FSM": compared({"URL": "x"})}, CERTIFICATE)["status"] == "drifted"
    gone = {"action": "delete", "changed_properties": [], "diff": [{"before": {"Name": "FSM"}, "after": ""}]}
    unwanted = audit({"FSM": gone}, wanted=False)
    assert unwanted["status"] == "drifted"
    assert unwanted["destinations"]["FSM"]["status"] == "not wanted"


def test_what_an_update_would_refuse_is_the_message() -> None:
    refused = {"failed": True, "msg": "The stored value would be lost. Set update_secrets to always."}
    report = audit({"FSM": refused, "FSM_PP": SAME}, CERTIFICATE)
    assert (report["status"], report["message"]) == ("failed", refused["msg"])
    assert list(report["destinations"]) == ["FSM_PP"]


def test_differences_name_secrets_and_unknown_properties_only() -> None:
    current = {"URL": "old", "clientSecret": "wrong", "Signature": "of whom"}
    (properties,) = (
        one["properties"] for one in audit({"FSM": compared(current, URL="new", Type="HTTP")})["destinations"].values()
    )
    assert properties == [
        {"property": "Signature", "difference": "not wanted"},
        {"property": "Type", "difference": "missing", "found": None, "wanted": "HTTP"},
        {"property": "URL", "difference": "differs", "found": "old", "wanted": "new"},
        {"property": "clientSecret", "difference": "differs"},
    ]


def test_secret_that_is_not_there() -> None:
    current = {"Name": "FSM"}
    plan = plan_present(wish("FSM", {}, {"clientSecret": "right"}), current)
    result = {"action": "update", "changed_properties": plan.changed_properties}
    report = audit({"FSM": {**result, "diff": [{"before": plan.before, "after": plan.after}]}})
    assert report["destinations"]["FSM"]["properties"] == [{"property": "clientSecret", "difference": "missing"}]


def test_certificate() -> None:
    told = audit({}, CERTIFICATE, uploaded=[FINGERPRINT.lower().replace(":", "")])["certificate"]
    assert told == {key: value for key, value in CERTIFICATE.items() if key != "pem"} | {"uploaded": True}
    assert audit({}, CERTIFICATE, uploaded=[])["certificate"]["uploaded"] is False


def test_what_could_not_be_asked_is_the_message() -> None:
    report = audit({}, CERTIFICATE, [found("system_unread", error="FSM did not answer.")])
    assert report["message"] == "FSM did not answer."


def test_summary() -> None:
    many = compared(dict.fromkeys("abcdef", "x"))
    told = summary(
        {
            "fine": audit({"FSM": SAME}, CERTIFICATE),
            "many": audit(
                {"FSM": many, "FSM_PP": compared(None)}, CERTIFICATE, [found("shadowed", destination="FSM")] * 2
            ),
            "broken": {"status": "failed", "message": "401"},
            "lost": None,
        }
    )
    assert told["outcome"] == "failed"
    assert told["counts"] == {"failed": 2, "duplicated": 0, "missing": 1, "drifted": 0, "in sync": 1}
    assert told["environments"]["broken"]["message"] == "401"
    assert "further up" in told["environments"]["lost"]["message"]
    assert set(told["environments"]["many"]["findings"][0]) == {"id", "severity", "what", "why", "todo"}
    assert [list(row.values()) for row in told["table"]] == [
        ["fine", "in sync", "-", "AB:AB:AB:AB", 700, "not declared", "-"],
        [
            "many",
            "missing",
            "FSM: a, b, c, d and 2 more; FSM_PP missing",
            "AB:AB:AB:AB",
            700,
            "not declared",
            "shadowed",
        ],
        ["broken", "failed", "-", "-", "-", "-", "-"],
        ["lost", "failed", "-", "-", "-", "-", "-"],
    ]


@pytest.mark.parametrize("worst", STATUSES)
def test_the_worst_status_is_the_outcome(worst: str) -> None:
    others = STATUSES[STATUSES.index(worst) :]
    assert summary({name: {"status": name} for name in others})["outcome"] == worst


def test_nothing_was_audited() -> None:
    assert summary({})["outcome"] == "in sync"
