# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example of a project for AWX, run by ansible-runner as far as AWX does the same, and on another machine."""

from __future__ import annotations

import json
import typing as t

import pytest

from operator_at_work import active
from prepared import connected
from runner_at_work import Awx

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator, Variables

TO_UPLOAD = "fsm_certificates_to_upload"
SECRETS = ("fsm_destination_service_key", "fsm_client_secret")


@pytest.fixture
def awx(operator: Operator) -> Awx:
    """The example's project, in which nothing was run yet."""
    return Awx(operator)


def of_inventory(operator: Operator, environment: Environment, **changes: t.Any) -> Variables:
    """Return an environment's variables as the example's inventory has them."""
    variables = operator.variables(environment, fsm_certificate_dir=None, **changes)
    declared = variables.pop("fsm_uploaded_certificates")
    return {**variables, "uploaded_certificates": declared}


def test_certificate_is_not_lost_with_the_job_that_stops_at_the_gate(
    awx: Awx, operator: Operator, environment: Environment
) -> None:
    """On another machine, of which nothing is left: the workflow has it, and so have the artifacts that come back."""
    awx.inventory({"dev": of_inventory(operator, environment)}, SECRETS)
    (folder,) = awx.slices()

    gate = awx.run_elsewhere(folder, "connect.yml")

    assert gate.code == 2
    certificate = gate.stats[TO_UPLOAD]["dev"]
    assert certificate["pem"].strip() == active(environment).pem.strip()
    assert certificate["fingerprint"] == active(environment).fingerprint
    assert (certificate["host"], certificate["account_id"]) == ("de.fsm.cloud.sap", environment.fsm_account.id)
    (path,) = gate.artifacts.glob("host_vars/fsm-certificates/dev-*.pem")
    assert path.read_text() == certificate["pem"]
    assert "FSM" not in environment.subaccount.destinations

    environment.fsm_account.upload(certificate["pem"])
    # A survey's answers are text.
    second = awx.run(folder, "connect.yml", uploaded_now=f" {certificate['fingerprint']} ,")
    third = awx.run_elsewhere(folder, "connect.yml", uploaded_now=certificate["fingerprint"])

    assert (second.code, third.code) == (0, 0)
    assert {"FSM", "FSM_PP"} <= set(environment.subaccount.destinations)
    assert second.stats == third.stats == {}
    # The folder of each job is a new one; that a file is not in it is no difference.
    assert "changed=0" in third.output.rpartition("PLAY RECAP")[2]


def test_empty_answers_of_a_survey_are_not_set(awx: Awx, operator: Operator, uploaded: Environment) -> None:
    blank = (
        "fsm_name",
        "fsm_update_secrets",
        "fsm_upload_gate",
        "fsm_verify",
        "fsm_certificate_dir",
        "fsm_report_dir",
        "fsm_audit_fail_on_drift",
        "fsm_rotation_phase",
        "fsm_rotation_replace",
        "fsm_rotation_serial",
        "fsm_report_formats",
        "fsm_rotation_fail_when",
        "uploaded_now",
        TO_UPLOAD,
    )
    awx.inventory({"dev": of_inventory(operator, uploaded)}, SECRETS)
    (folder,) = awx.slices()
    for playbook in ("connect.yml", "audit.yml", "rotate.yml", "upload_due.yml"):
        job = awx.run(folder, playbook, **dict.fromkeys(blank, ""))
        assert job.code == 0, job.output
    assert {"FSM", "FSM_PP"} <= set(uploaded.subaccount.destinations)


def test_workflow_of_the_rotation(awx: Awx, operator: Operator) -> None:
    """Stage, fail where somebody has to act, wait for the approval, activate; on other machines, too."""
    environment = connected(operator)
    awx.inventory({"dev": of_inventory(operator, environment)}, SECRETS)
    (folder,) = awx.slices()
    old = active(environment)

    staged = awx.run_elsewhere(folder, "rotate.yml", fsm_rotation_phase="", fsm_rotation_replace=old.fingerprint)

    new = environment.subaccount.trust.passive
    assert staged.code == 0
    assert new is not None
    assert staged.stats["fsm_rotation_outcome"] == "waiting for upload"
    assert staged.stats[TO_UPLOAD]["dev"]["pem"].strip() == new.pem.strip()
    assert [path.read_text().strip() for path in staged.artifacts.rglob("*.pem")] == [new.pem.strip()]

    # AWX hands on what the nodes before have left.
    due = awx.run(folder, "upload_due.yml", **staged.stats)
    assert due.code == 2
    for shown in (new.fingerprint, environment.fsm_account.id, "de.fsm.cloud.sap", new.pem.split()[3]):
        assert shown in due.output

    # Whoever approves has uploaded it.
    environment.fsm_account.upload(new.pem)
    handed_on = {**staged.stats, "fsm_rotation_phase": "", "fsm_rotation_replace": ""}
    activated = awx.run_elsewhere(folder, "rotate.yml", **handed_on)
    assert activated.code == 0, activated.output
    assert active(environment) == new
    assert environment.subaccount.trust.passive == old
    assert activated.stats[TO_UPLOAD] == {}
    assert awx.run(folder, "upload_due.yml", **activated.stats).code == 0


def test_credentials_are_in_nothing_that_a_job_leaves(awx: Awx, operator: Operator, uploaded: Environment) -> None:
    """A file for the service key, variables in a file for the client, as the injectors of the example have it."""
    variables = of_inventory(operator, uploaded)
    given = {name: variables.pop(name) for name in (*SECRETS, "fsm_client_id")}
    awx.inventory({"dev": variables})
    (folder,) = awx.slices()
    key = folder / "env" / "service_key"
    key.write_text(json.dumps(given["fsm_destination_service_key"], indent=2))
    given["fsm_destination_service_key"] = str(key)

    job = awx.run(folder, "connect.yml", "-vvv", **given)

    assert job.code == 0, job.output
    assert {"FSM", "FSM_PP"} <= set(uploaded.subaccount.destinations)
    # The check of all jobs (Awx) looks into these files.
    assert {path.name for path in job.artifacts.iterdir()} >= {"stdout", "command", "job_events", "fact_cache"}


def test_slices_of_an_audit(awx: Awx, operator: Operator) -> None:
    """Each has the hosts of its slice and no others, and reports on them; together they are all."""
    environments = {name: connected(operator) for name in ("a", "b", "c")}
    environments["b"].subaccount.destinations["FSM"] |= {"URL": "https://us.fsm.cloud.sap/x"}
    awx.inventory({name: of_inventory(operator, one) for name, one in environments.items()}, SECRETS)

    folders = awx.slices(2)
    # In a folder that comes back: nothing else is left of the job's machine.
    reports = "{{ lookup('ansible.builtin.env', 'AWX_ISOLATED_DATA_DIR') }}"
    jobs = [awx.run_elsewhere(folder, "audit.yml", fsm_report_dir=reports) for folder in folders]

    assert [job.code for job in jobs] == [0, 2]
    found = [json.loads((job.artifacts / "audit.json").read_text(encoding="utf-8")) for job in jobs]
    assert [sorted(one["environment"] for one in report["results"]) for report in found] == [["a", "c"], ["b"]]
    sources = [str(job.artifacts / "audit.json") for job in jobs]
    merged = json.dumps({"fsm_report_from": sources, "fsm_report_dir": str(operator.folder / "merged")})
    assert operator.play("report_fsm", {"a": {}}, "-e", merged).code == 0
    together = json.loads((operator.folder / "merged" / "report.json").read_text(encoding="utf-8"))
    assert {one["environment"]: one["status"] for one in together["results"]} == {
        "a": "in sync",
        "b": "drifted",
        "c": "in sync",
    }


def test_slice_does_not_activate_over_an_environment_of_another_one(awx: Awx, operator: Operator) -> None:
    """It does not know that environment, but sees its destination, which signs with the same certificate."""
    environment = connected(operator)
    subaccount = environment.subaccount
    old, new = subaccount.trust.replace("active", expires_in_days=100), subaccount.trust.replace("passive")
    for certificate in (old, new):
        environment.fsm_account.upload(certificate.pem)
    other = {**subaccount.destinations["FSM_PP"], "Name": "QA_PP", "URL.headers.X-Account-ID": "999"}
    subaccount.destinations["QA_PP"] = other
    inventory = of_inventory(operator, environment)
    elsewhere = {**inventory, "fsm_name": "QA", "fsm_account_id": "999"}
    awx.inventory({"dev": {**inventory, "uploaded_certificates": [new.fingerprint]}, "qa": elsewhere}, SECRETS)

    alone, _other = awx.slices(2)
    job = awx.run(alone, "rotate.yml")

    assert active(environment) == old
    assert "QA_PP (FSM account 999 of de.fsm.cloud.sap, of no environment in sight)" in job.output
    # The whole inventory names the environment.
    (whole,) = awx.slices()
    assert "qa" in awx.run(whole, "rotate.yml").stats["fsm_rotation_environments"]["dev"]["messages"][0]
    assert active(environment) == old
