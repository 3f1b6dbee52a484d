# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many environments: one goes ahead, a failure stops the rest, and people and schedulers read what came of it."""

from __future__ import annotations

import json
import typing as t

import pytest

from landscape import Matching
from landscape.faults import Status
from reports import read_reports
from rotating import Rotating, writes

if t.TYPE_CHECKING:
    from operator_at_work import Operator, Run, Variables


def sweep(operator: Operator, hosts: dict[str, Variables], **extra: t.Any) -> tuple[Run, dict[str, t.Any]]:
    """Run the playbook over hosts as a scheduler does; return what came of it and the report by environment."""
    folder = operator.folder / "reports"
    run = operator.play("rotate_fsm_trust", hosts, "-e", json.dumps({"fsm_report_dir": str(folder), **extra}))
    return run, {one["environment"]: one for one in read_reports(operator, folder, "rotation")["results"]}


def test_a_failing_canary_stops_the_others(operator: Operator) -> None:
    names = ("canary", "qa", "prod")
    environments = {name: Rotating(operator, operator.environment(), name) for name in names}
    environments["canary"].environment.subaccount.trust.active = None

    run, reported = sweep(operator, {name: one.variables() for name, one in environments.items()})

    assert run.code == 2
    outcomes = {name: one["status"] for name, one in reported.items()}
    assert outcomes == {"canary": "failed", "qa": "not reached", "prod": "not reached"}
    assert "no active trust certificate" in reported["canary"]["message"]
    for name in ("qa", "prod"):
        assert writes(operator, environments[name].environment) == []
        assert environments[name].passive is None


@pytest.mark.provokes("rotation_undeclared_elsewhere")
def test_waiting_is_no_failure_unless_the_scheduler_wants_it(operator: Operator) -> None:
    names = ("shared", "quiet", "due", "soaking")
    shared, quiet, due, soaking = (Rotating(operator, operator.environment(), name) for name in names)
    quiet.environment.fsm_account.upload(quiet.environment.subaccount.trust.replace("active").pem)
    soaking.environment.subaccount.trust.replace("passive")
    soaking.upload()
    new = shared.environment.subaccount.trust.replace("passive")
    shared.upload()
    hosts = {one.name: one.variables() for one in (shared, quiet, due, soaking)}
    # It signs with the same certificates, and comes in a later batch.
    hosts["neighbour"] = shared.variables(fsm_uploaded_certificates=[shared.old.fingerprint])

    run, reported = sweep(operator, hosts)

    assert run.code == 0
    assert {name: (one["status"], one["rotation"]["actor"]) for name, one in reported.items()} == {
        "quiet": ("nothing to do", "nobody"),
        "due": ("waiting for upload", "FSM administrator"),
        "soaking": ("soaking", "nobody"),
        "shared": ("waiting for upload", "FSM administrator"),
        "neighbour": ("waiting for upload", "FSM administrator"),
    }
    assert (shared.active, shared.passive) == (shared.old, new)
    assert "do not declare" in reported["shared"]["message"]
    assert reported["shared"]["message"].count("neighbour") == 1
    assert due.passive
    assert reported["due"]["certificates"]["passive"]["fingerprint"] == due.passive.fingerprint
    assert reported["due"]["to_upload"]["path"].startswith(str(operator.folder))
    assert reported["soaking"]["rotation"]["done"] == ["activate"]
    for one in (quiet, due, soaking):
        assert f"{one.active.fingerprint[:11]} (" in run.output

    again, reported = sweep(operator, hosts, fsm_rotation_fail_when=["waiting for upload"])

    assert again.code == 2
    assert {name: again.changed(name) for name in hosts} == dict.fromkeys(hosts, False)
    assert "waiting for upload" in again.failure("due")
    assert reported["due"]["status"] == "waiting for upload"


def test_hosts_that_ansible_cannot_reach_or_run_have_rows(operator: Operator) -> None:
    names = ("away", "broken", "refused", "fine")
    environments = {name: Rotating(operator, operator.environment(), name) for name in names}
    hosts = {name: one.variables() for name, one in environments.items()}
    # What a service answers is never taken for a template.
    refusal = Status(403, body="Not {{ 6 * 7 }} today.")
    operator.landscape.faults.add(refusal, Matching(environment=environments["refused"].environment.name))
    # Nobody listens there.
    hosts["away"] |= {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 9}
    hosts["broken"] |= {"fsm_url": "{{ nowhere }}"}

    run, reported = sweep(operator, hosts, fsm_rotation_serial="100%")

    assert run.code == 2
    assert {name: one["status"] for name, one in reported.items()} == {
        "away": "failed",
        "broken": "failed",
        "refused": "failed",
        "fine": "waiting for upload",
    }
    assert reported["away"]["message"] == "Ansible could not reach this host."
    assert "usually ansible_connection is local" in reported["away"]["rotation"]["next"]
    assert "nowhere" in reported["broken"]["message"]
    assert "Not {{ 6 * 7 }} today." in reported["refused"]["message"]
    assert "Not {{ 6 * 7 }} today." in run.failure("refused")
    assert environments["fine"].passive
