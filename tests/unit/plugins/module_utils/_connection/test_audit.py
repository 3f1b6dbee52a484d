# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an audit says of an environment: the status, what differs, and no secret."""

from __future__ import annotations

import typing as t

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.btp_ops.task_center.plugins.filter.fsm import FilterModule
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.audit import (
    STATUS_OF_FINDING,
    STATUSES,
    environment_report,
    with_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import (
    desired_destination,
    plan_present,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import CATALOG, ERROR, finding
from unit.plugins.connections import OTHER_SYSTEM, PRIMARY

of_checks = FilterModule().filters()["fsm_audit_summary"]

FINGERPRINT = ":".join(["AB"] * 32)
CERTIFICATE = {
    "fingerprint": FINGERPRINT,
    "not_before": "2026-01-01T00:00:00+00:00",
    "not_after": "2028-01-01T00:00:00+00:00",
    "days_left": 700,
    "expired": False,
    "unreadable": None,
    "pem": "...",
}


def compared(current: dict[str, str] | None, **properties: str) -> dict[str, t.Any]:
    """Return what btp_destination says of a destination in check mode, one secret always among it."""
    wanted = desired_destination("FSM", properties, {"clientSecret": "right"}, purge=True)
    plan = plan_present(wanted, None if current is None else {"Name": "FSM", "clientSecret": "right", **current})
    diff = [{"before": plan.before or "", "after": plan.after}]
    return {"action": plan.action, "changed_properties": plan.changed_properties, "diff": diff}


SAME = compared({})


def audit(changes: dict[str, t.Any], certificate: t.Any = None, findings: t.Any = (), **options: t.Any) -> t.Any:
    """Return the report of an environment."""
    return environment_report(changes, certificate, list(findings), **{"uploaded": [], **options})


def summary(reports: dict[str, dict[str, t.Any] | None]) -> t.Any:
    """Return what comes of audits with these reports; of some, only why there is none."""
    checks: dict[str, dict[str, t.Any] | None] = {}
    for name, report in reports.items():
        is_report = bool(report) and "status" in (report or {})
        checks[name] = {"audit": report, "check_id": name, "connects": None} if is_report else report
    return of_checks(checks)


def by_environment(reported: t.Any) -> dict[str, t.Any]:
    """Return the results of a report by environment."""
    return {one["environment"]: one for one in reported["report"]["results"]}


def status(*finding_ids: str, **options: t.Any) -> str:
    """Return the status of an environment without differences, with findings."""
    findings = [{**finding(one, **FACTS), "id": one} for one in finding_ids]
    return str(audit({"FSM": SAME}, **{"certificate": CERTIFICATE, "findings": findings, **options})["status"])


# Whatever the findings here have a place for.
FACTS = {"error": "x", "destination": "x", "value": "x", "host": "x", "account_id": "1", "company_id": "2"}
FACTS |= {"environment": "x", "other_name": "x", "name": "x", "keys": "x", "remedy": "x", "status": "x", "jobs": "x"}


@pytest.mark.parametrize("finding_id", list(STATUS_OF_FINDING))
def test_findings_with_a_status_of_their_own_exist_and_are_errors(finding_id: str) -> None:
    assert CATALOG[finding_id].severity == ERROR
    assert status(finding_id) == STATUS_OF_FINDING[finding_id]


def test_status() -> None:
    assert status() == "in sync"
    assert status("destination_paused") == "in sync"
    assert status("hidden_by_instance") == "drifted"
    assert status("hidden_by_instance", "second_primary") == "duplicated"
    assert status("second_primary", "system_not_readable") == "failed"
    assert status(certificate=None) == "missing"
    assert status(certificate=None, expected=False) == "in sync"
    assert audit({"FSM": compared(None)}, CERTIFICATE)["status"] == "missing"
    assert audit({"FSM": compared({"URL": "x"})}, CERTIFICATE)["status"] == "drifted"
    gone = {"action": "delete", "changed_properties": [], "diff": [{"before": {"Name": "FSM"}, "after": ""}]}
    unwanted = audit({"FSM": gone}, expected=False)
    assert unwanted["status"] == "drifted"
    assert unwanted["destinations"]["FSM"]["status"] == "not wanted"


def test_what_was_not_compared_has_failed() -> None:
    assert audit({}, compared=False)["status"] == "failed"
    assert audit({}, compared=False, expected=False)["status"] == "failed"


def test_what_an_update_would_refuse_is_the_message() -> None:
    refused = finding("secrets_not_shown", destination="FSM_PP", keys="clientSecret")
    report = audit({"FSM_PP": SAME}, CERTIFICATE, [refused])
    assert (report["status"], report["message"]) == ("failed", refused["problem"])
    assert list(report["destinations"]) == ["FSM_PP"]
    assert report["findings"][0]["remedy"] == refused["remedy"]


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
    plan = plan_present(desired_destination("FSM", {}, {"clientSecret": "right"}), current)
    result = {"action": "update", "changed_properties": plan.changed_properties}
    report = audit({"FSM": {**result, "diff": [{"before": plan.before, "after": plan.after}]}})
    assert report["destinations"]["FSM"]["properties"] == [{"property": "clientSecret", "difference": "missing"}]


def test_certificate() -> None:
    reported = audit({}, CERTIFICATE, uploaded=[FINGERPRINT.lower().replace(":", "")])["certificate"]
    assert reported == {key: value for key, value in CERTIFICATE.items() if key != "pem"} | {"uploaded": True}
    assert audit({}, CERTIFICATE, uploaded=f"x,{FINGERPRINT}")["certificate"]["uploaded"] is True
    assert audit({}, CERTIFICATE, uploaded=["x"])["certificate"]["uploaded"] is False


def test_what_could_not_be_read_is_the_message() -> None:
    report = audit({}, CERTIFICATE, [finding("system_not_readable", error="FSM did not answer.")])
    assert report["message"] == "FSM did not answer."


def test_summary() -> None:
    many = compared(dict.fromkeys("abcdef", "x"))
    reported = summary(
        {
            "fine": audit({"FSM": SAME}, CERTIFICATE),
            "many": audit(
                {"FSM": many, "FSM_PP": compared(None)},
                CERTIFICATE,
                [finding("hidden_by_instance", destination="FSM")] * 2,
            ),
            "broken": {"msg": "401"},
            "lost": None,
        }
    )
    assert reported["outcome"] == "failed"
    assert reported["counts"] == {"failed": 2, "duplicated": 0, "missing": 1, "drifted": 0, "in sync": 1}
    results = by_environment(reported)
    assert results["broken"]["message"] == "401"
    assert "further up" in results["lost"]["message"]
    assert set(results["many"]["findings"][0]) == {"id", "severity", "problem", "impact", "remedy"}
    assert reported["messages"]["many"] == "missing: FSM (a, b, c, d and 2 more); FSM_PP missing"
    assert reported["messages"]["broken"] == "failed: 401"
    assert reported["findings"]["many"].count("[hidden_by_instance]") == 2
    assert reported["findings"]["fine"] == ""
    assert [list(row.values()) for row in reported["table"]] == [
        ["fine", "in sync", "-", "no", 700],
        ["many", "missing", "FSM (a, b, c, d and 2 more); FSM_PP missing", "no", 700],
        ["broken", "failed", "-", "-", "-"],
        ["lost", "failed", "-", "-", "-"],
    ]


@pytest.mark.parametrize("worst", STATUSES)
def test_the_worst_status_is_the_outcome(worst: str) -> None:
    others = STATUSES[STATUSES.index(worst) :]
    reports: dict[str, dict[str, t.Any] | None] = {name: {**audit({}, CERTIFICATE), "status": name} for name in others}
    assert summary(reports)["outcome"] == worst


def test_nothing_was_audited() -> None:
    assert summary({})["outcome"] == "in sync"


def test_environments_that_get_in_each_others_way_are_duplicated() -> None:
    """Which no environment finds out for itself."""

    def check(name: str, **difference: str) -> dict[str, t.Any]:
        connects = {"environment": name, "subaccount": "a", "primary": {**PRIMARY, **difference}}
        return {"audit": audit({"FSM": SAME}, CERTIFICATE), "check_id": name, "connects": connects}

    reported = by_environment(of_checks({"dev": check("dev"), "qa": check("qa", Name="FSM2"), "lost": None}))
    assert [reported[name]["status"] for name in ("dev", "qa", "lost")] == ["duplicated", "duplicated", "failed"]
    assert reported["dev"]["findings"][0]["id"] == "second_primary_in_inventory"
    reported = by_environment(of_checks({"dev": check("dev"), "qa": check("qa", **OTHER_SYSTEM)}))
    assert [one["id"] for one in reported["qa"]["findings"]] == ["name_shared_in_inventory"]


def test_pair_of_another_name_is_missing_and_not_there_twice() -> None:
    facts = {"destination": "NEW", "host": "x", "account_id": "1", "company_id": "2"}
    other = finding("second_primary", **facts)
    gone = {"FSM": compared(None), "FSM_PP": compared(None)}
    report = audit(gone, CERTIFICATE, [other])
    assert (report["status"], report["message"]) == ("missing", other["problem"])
    (message,) = summary({"dev": report})["messages"].values()
    assert message == f"missing: {other['problem']}: FSM missing; FSM_PP missing"
    twice = [other, finding("second_primary", **{**facts, "destination": "OLD"})]
    assert audit(gone, CERTIFICATE, twice)["status"] == "duplicated"
    assert audit({**gone, "FSM": SAME}, CERTIFICATE, [other])["status"] == "duplicated"
    assert audit(gone, CERTIFICATE, [other, finding("system_not_readable", error="x")])["status"] == "failed"


def test_paused_environment_is_shown_as_paused() -> None:
    report = audit({"FSM": compared({"tc.enabled": "false"}, **{"tc.enabled": "true"})}, CERTIFICATE)
    assert report["differences"] == "FSM (paused by tc.enabled)"
    without = audit({"FSM": compared({"URL": "x"}, **{"URL": "x", "tc.enabled": "true"})}, CERTIFICATE)
    assert without["differences"] == "FSM (tc.enabled)"


def test_further_findings() -> None:
    report = audit({"FSM": SAME}, CERTIFICATE, [finding("hidden_by_instance", destination="FSM")])
    again = with_findings(report, [finding("system_not_readable", error="FSM did not answer.")])
    assert (again["status"], again["message"]) == ("failed", "FSM did not answer.")
    assert [one["id"] for one in again["findings"]] == ["hidden_by_instance", "system_not_readable"]
    assert with_findings(report, []) == report


def test_what_others_wrote_is_no_template() -> None:
    """Also where Ansible evaluates what a filter returns, which it did before ansible-core 2.19."""
    report = audit({"FSM": compared({"URL": "{{ 7 * 7 }}"}, URL="https://x")}, CERTIFICATE)
    reported = Templar(DataLoader()).template(summary({"dev": report}))
    (destination,) = by_environment(reported)["dev"]["destinations"]
    (differs,) = destination["differences"]
    assert differs["found"] == "{{ 7 * 7 }}"
