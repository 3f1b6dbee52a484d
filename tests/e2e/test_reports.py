# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports that runs leave: whatever happens to an environment is in them, and several become one."""

from __future__ import annotations

import json
import typing as t

import pytest

from landscape.faults import Matching, Status
from operating import Connection
from reports import read_reports
from rotating import Rotating, rotate
from tables import rows_of

if t.TYPE_CHECKING:
    from operator_at_work import Operator

# Nobody listens there.
AWAY = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 9}
HOSTILE = "</td><script>alert(1)</script>|`x`"


def by_environment(report: dict[str, t.Any], run: str) -> dict[str, t.Any]:
    """Return the results of one kind of run."""
    return {one["environment"]: one for one in report["results"] if one["run"] == run}


def test_an_audit_reports_all_that_happens_to_environments(operator: Operator) -> None:
    names = ("works", "drifted", "fails", "refused", "away", "broken")
    connections = {name: Connection(operator, operator.environment()) for name in names}
    hosts = {name: one.variables(fsm_task_center_wait=0) for name, one in connections.items()}
    connections["drifted"].change("FSM", Description=HOSTILE, **{HOSTILE: HOSTILE})
    connections["fails"].fail()
    refused = connections["refused"].environment.name
    operator.landscape.faults.add(Status(403), Matching(environment=refused, system="destination-service"))
    hosts["away"] |= AWAY
    hosts["broken"]["fsm_url"] = "{{ nowhere }}"

    run = operator.play("audit_fsm", hosts, "-e", "fsm_report_dir=reports")

    assert run.code == 2
    report = read_reports(operator, operator.folder / "reports", "audit")
    results = by_environment(report, "audit")
    assert {name: one["status"] for name, one in results.items()} == {
        "works": "in sync",
        "drifted": "drifted",
        "fails": "failed",
        "refused": "failed",
        "away": "failed",
        "broken": "failed",
    }
    assert results["works"]["connector"]["status"] == "OK"
    assert results["works"]["level"] == "ok"
    assert results["fails"]["connector"]["status"] == "ERROR"
    assert [one["id"] for one in results["fails"]["findings"]] == ["connector_fails"]
    assert "403" in results["refused"]["message"]
    assert "could not reach" in results["away"]["message"]
    assert results["broken"]["message"]
    # Callbacks keep results, and the report is a file already.
    (written,) = run.results("away", "fsm_report_files")
    assert "report" not in written["invocation"]["module_args"]
    page = (operator.folder / "reports" / "audit.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_check_reports_a_connector_in_error_and_the_certificate_to_upload(operator: Operator) -> None:
    connections = {name: Connection(operator, operator.environment()) for name in ("fails", "new", "away")}
    hosts = {name: one.variables(fsm_task_center_wait=0) for name, one in connections.items()}
    connections["fails"].fail()
    hosts["new"]["fsm_uploaded_certificates"] = []
    hosts["away"] |= AWAY

    arguments = ("-e", json.dumps({"fsm_report_dir": str(operator.folder / "reports")}))
    run = operator.play("check_fsm", hosts, *arguments, ANSIBLE_SHOW_CUSTOM_STATS="1")

    # So Ansible says that a host could not be reached, whatever else has failed.
    assert run.code == 4
    assert "connector_fails" in run.reported("fails")
    failing = rows_of(run, "Summarize the environments that failed")
    assert {name: row["outcome"] for name, row in failing.items()} == {
        "fails": "failed",
        "new": "failed",
        "away": "unreachable",
    }
    results = by_environment(read_reports(operator, operator.folder / "reports", "check"), "check")
    assert {name: one["level"] for name, one in results.items()} == {
        "fails": "problem",
        "new": "attention",
        "away": "problem",
    }
    trusted = connections["new"].environment.subaccount.trust.active
    assert trusted is not None
    assert results["new"]["to_upload"]["pem"] == trusted.pem
    assert results["new"]["to_upload"]["line"] == f'- "{trusted.fingerprint}"'
    # For a workflow, whose next step runs on another machine.
    stats = run.output.partition("CUSTOM STATS")[2]
    assert "fsm_certificates_to_upload" in stats
    assert trusted.pem.splitlines()[1] in stats


@pytest.mark.parametrize("playbook, table", [("check_fsm", "Summarize the environments"), ("audit_fsm", "compare")])
def test_folder_that_cannot_be_written_costs_the_report_alone(operator: Operator, playbook: str, table: str) -> None:
    connection = Connection(operator, operator.environment())
    no_folder = operator.folder / "reports"
    no_folder.write_text("a file")

    run = operator.play(playbook, {"dev": connection.variables()}, "-e", f"fsm_report_dir={no_folder}")

    assert run.code == 2
    assert str(no_folder) in run.failure("dev")
    assert set(rows_of(run, table)) == {"dev"}


@pytest.mark.core
def test_reports_of_an_audit_and_a_rotation_become_one(operator: Operator) -> None:
    due = Rotating(operator, operator.environment(), "due")
    folder = operator.folder / "reports"
    run = rotate(due, arguments=("-e", f"fsm_report_dir={folder}"), surroundings={"ANSIBLE_SHOW_CUSTOM_STATS": "1"})
    assert run.code == 0
    rotated = by_environment(read_reports(operator, folder, "rotation"), "rotation")["due"]
    assert due.passive
    assert rotated["to_upload"]["pem"] == due.passive.pem
    assert rotated["certificates"]["passive"]["fingerprint"] == due.passive.fingerprint
    assert rotated["rotation"]["actor"] == "FSM administrator"
    assert "fsm_certificates_to_upload" in run.output.partition("CUSTOM STATS")[2]

    audited = ("-e", "fsm_report_dir=reports", "-e", "fsm_report_formats=json")
    operator.play("audit_fsm", {"due": due.variables(), "other": due.variables()}, *audited)
    merging = {"fsm_report_from": ["reports/*.json"], "fsm_report_dir": "merged"}
    arguments = ("-e", json.dumps(merging))
    first, second = (operator.play("report_fsm", {"due": due.variables()}, *arguments) for _number in range(2))

    assert (first.code, second.code) == (0, 0)
    assert (first.changed("localhost"), second.changed("localhost")) == (True, False)
    merged = read_reports(operator, operator.folder / "merged", "report")
    assert [(one["environment"], one["run"]) for one in merged["results"]] == [
        ("due", "audit"),
        ("due", "rotation"),
        ("other", "audit"),
    ]
    assert "waiting for upload" in first.output
    assert str(operator.folder / "merged" / "report.html") in first.output


def test_nothing_to_report_on_is_said(operator: Operator) -> None:
    hosts: dict[str, t.Any] = {"dev": {}}
    run = operator.play("report_fsm", hosts, "-e", "fsm_report_from=nowhere/*.json", "-e", "fsm_report_dir=merged")
    assert run.code == 2
    assert f"There is no report {operator.folder}/nowhere/*.json." in run.failure("localhost")
    assert "Set fsm_report_dir." in operator.play("report_fsm", hosts).failure("localhost")
    assert not (operator.folder / "merged").exists()
