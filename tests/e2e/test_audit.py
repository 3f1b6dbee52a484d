# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An audit of many environments: every difference is reported, nothing is changed, and a scheduler learns it."""

from __future__ import annotations

import typing as t

import pytest

from landscape.made_by_hand import expected_pair
from reports import read_reports
from tables import rows_of

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator, Run, Variables

# Would be evaluated if it were taken for a template.
TEMPLATE = "{{ 7 * 7 }}"
SECRET_OF_SOMEONE = "not-to-be-reported"


class Audited:
    """Environments that were connected, and their inventory."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.environments: dict[str, Environment] = {}
        self.hosts: dict[str, Variables] = {}

    def add(self, name: str, **changes: t.Any) -> Environment:
        """Add an environment that is set up as SAP's guide has it."""
        environment = self.operator.environment()
        environment.fsm_account.upload(environment.subaccount.trust.replace("active").pem)
        for destination in expected_pair(environment) if changes.get("fsm_state") != "absent" else ():
            environment.subaccount.destinations[destination["Name"]] = destination
        self.environments[name] = environment
        self.hosts[name] = self.operator.variables(environment, **changes)
        return environment

    def state(self) -> dict[str, t.Any]:
        """Return all that an audit might have changed."""
        return {
            name: (
                dict(environment.subaccount.destinations),
                dict(environment.subaccount.instance_destinations),
                environment.subaccount.trust.active,
                environment.subaccount.trust.passive,
            )
            for name, environment in self.environments.items()
        }

    def run(self, *arguments: str) -> tuple[Run, dict[str, t.Any]]:
        """Audit all environments, make sure that nothing was changed, and return the report."""
        folder = self.operator.folder / "reports"
        for path in folder.glob("*"):
            path.unlink()
        before = self.state()
        self.operator.landscape.forget_requests()
        # A relative path is one from where the playbook is started.
        run = self.operator.play("audit_fsm", self.hosts, "-e", "fsm_report_dir=reports", *arguments)
        assert self.state() == before
        assert not any(run.changed(name) for name in self.hosts)
        for name in self.hosts:
            requests = self.operator.landscape.requests(self.environments[name].name)
            assert {one.method for one in requests if not one.path.endswith("/token")} <= {"GET"}
        assert folder.is_dir(), run.output
        return run, read_reports(self.operator, folder, "audit")


@pytest.fixture
def audited(operator: Operator) -> Audited:
    """Nobody's environments yet."""
    return Audited(operator)


@pytest.mark.core
def test_every_difference_is_reported_and_nothing_changed(audited: Audited) -> None:
    operator = audited.operator
    audited.add("fine")
    audited.add("gone", fsm_state="absent")
    properties = audited.add("properties", fsm_primary_properties={"Description": "FSM"}).subaccount
    paused = audited.add("paused").subaccount
    no_secondary = audited.add("no-secondary").subaccount
    double = audited.add("double").subaccount
    hidden = audited.add("hidden").subaccount
    audited.add("unwanted")
    renewed = audited.add("renewed").subaccount
    expiring = audited.add("expiring").subaccount
    audited.add("credentials")
    audited.add("input")

    changes = {"Description": TEMPLATE, "clientSecret": SECRET_OF_SOMEONE, "TrustAll": "true", "Note": "whatever"}
    properties.destinations["FSM"] |= changes
    del (changed := properties.destinations["FSM_PP"])["userIdSource"]
    properties.destinations["FSM_PP"] = changed
    paused.destinations["FSM"] |= {"tc.enabled": "false"}
    del no_secondary.destinations["FSM_PP"]
    double.destinations["OLD"] = {**double.destinations["FSM"], "tc.enabled": "false"}
    hidden.instance_destinations["FSM"] = {**hidden.destinations["FSM"]}
    audited.hosts["unwanted"]["fsm_state"] = "absent"
    new = renewed.trust.replace("active")
    expiring_certificate = expiring.trust.replace("active", expires_in_days=20.5)
    audited.hosts["expiring"]["fsm_uploaded_certificates"] = [expiring_certificate.fingerprint.lower()]
    key = audited.hosts["credentials"]["fsm_destination_service_key"]
    audited.hosts["credentials"]["fsm_destination_service_key"] = {**key, "clientsecret": "revoked-client-secret"}
    audited.hosts["input"]["fsm_company_id"] = "ACME"
    operator.secrets |= {SECRET_OF_SOMEONE, "revoked-client-secret", "whatever"}

    run, report = audited.run()

    assert run.code == 2
    reported = {one["environment"]: one for one in report["results"]}
    assert {name: one["status"] for name, one in reported.items()} == {
        "fine": "in sync",
        "gone": "in sync",
        "properties": "drifted",
        "paused": "drifted",
        "no-secondary": "missing",
        "double": "duplicated",
        "hidden": "drifted",
        "unwanted": "drifted",
        "renewed": "drifted",
        "expiring": "drifted",
        "credentials": "failed",
        "input": "failed",
    }
    assert report["outcome"] == "problem"
    assert report["counts"] == {"problem": 4, "attention": 6, "ok": 2}

    assert reported["properties"]["destinations"] == [
        {
            "name": "FSM",
            "part": "primary",
            "status": "drifted",
            "differences": [
                {"property": "Description", "difference": "differs", "found": TEMPLATE, "wanted": "FSM"},
                {"property": "Note", "difference": "not wanted"},
                {"property": "TrustAll", "difference": "not wanted"},
                {"property": "clientSecret", "difference": "differs"},
            ],
        },
        {
            "name": "FSM_PP",
            "part": "secondary",
            "status": "drifted",
            "differences": [{"property": "userIdSource", "difference": "missing", "found": None, "wanted": "email"}],
        },
    ]
    assert reported["no-secondary"]["destinations"][1]["status"] == "missing"
    assert [one["status"] for one in reported["unwanted"]["destinations"]] == ["not wanted"] * 2
    ids = {name: {finding["id"] for finding in one["findings"]} for name, one in reported.items()}
    assert ids["fine"] == set()
    assert "destination_paused" in ids["paused"]
    assert "second_primary" in ids["double"]
    assert "hidden_by_instance" in ids["hidden"]
    assert "certificate_not_uploaded" in ids["renewed"]
    assert ids["expiring"] == {"certificate_expires"}
    renewed_one, expiring_one = (reported[name]["certificates"]["active"] for name in ("renewed", "expiring"))
    assert renewed_one["fingerprint"] == new.fingerprint
    assert not renewed_one["uploaded"]
    assert expiring_one["days_left"] == 20
    assert expiring_one["uploaded"]
    waiting = reported["renewed"]["to_upload"]
    assert (waiting["fingerprint"], waiting["pem"], waiting["path"]) == (new.fingerprint, new.pem, None)
    assert waiting["line"] == f'- "{new.fingerprint}"'
    assert waiting["account_id"] == audited.environments["renewed"].fsm_account.id
    assert "401" in reported["credentials"]["message"]
    assert "fsm_company_id is 'ACME'" in reported["input"]["message"]

    table = rows_of(run, "how the environments compare")
    assert {name: row["status"] for name, row in table.items()} == {
        name: one["status"] for name, one in reported.items()
    }
    found = "FSM (Description, Note, TrustAll, clientSecret); FSM_PP (userIdSource)"
    assert table["properties"]["differences"] == found
    assert table["expiring"]["days left"] == "20"
    assert table["double"]["status"] == "duplicated"
    assert "every task twice" in run.output
    assert run.failure("renewed") == "drifted"
    assert run.failure("paused") == "drifted: FSM (paused by tc.enabled)"
    assert "401" in run.failure("credentials")


def test_a_scheduler_chooses_what_fails(audited: Audited) -> None:
    drifted, empty = audited.add("drifted").subaccount, audited.add("empty")
    empty.subaccount.trust.active = None
    for name in ("FSM", "FSM_PP"):
        del empty.subaccount.destinations[name]
    alone = Audited(audited.operator)
    alone.hosts, alone.environments = {"drifted": audited.hosts["drifted"]}, audited.environments

    in_sync, report = alone.run("--check")
    assert in_sync.code == 0
    assert report["outcome"] == "ok"

    drifted.destinations["FSM"] |= {"ProxyType": "OnPremise"}
    tolerant, report = audited.run("-e", '{"fsm_audit_fail_on_drift": false}')
    assert tolerant.code == 0
    status = {one["environment"]: one["status"] for one in report["results"]}
    assert status == {"drifted": "drifted", "empty": "missing"}
    assert [one["certificates"] for one in report["results"] if one["environment"] == "empty"] == [None]
    assert report["outcome"] == "problem"
