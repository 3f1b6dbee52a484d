# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a trust certificate, phase by phase, as an operator and FSM's administrator see it."""

from __future__ import annotations

import typing as t

import pytest

from interrupting import requests_of
from landscape import Matching
from landscape.faults import Status
from rotating import DUE, Rotating, report, rotate, writes
from tables import rows_of

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator, Run


@pytest.fixture
def due(operator: Operator, environment: Environment) -> Rotating:
    """A connected environment whose trust certificate is about to expire."""
    return Rotating(operator, environment)


def changes(run: Run) -> list[tuple[str, int]]:
    """Return the tasks that changed something, and how many diffs each shows."""
    changed = (event for event in run.events if event["result"].get("changed"))
    return [(event["task"], len(event["result"]["diff"])) for event in changed]


@pytest.mark.provokes("rotation_upload", "rotation_retired")
def test_from_the_first_run_to_the_last(due: Rotating) -> None:
    operator, environment = due.operator, due.environment
    preview = rotate(due, arguments=["--check", "--diff"])
    assert preview.code == 0
    assert (report(preview)["phase"], report(preview)["outcome"]) == ("staged", "waiting for upload")
    assert writes(operator, environment) == []
    assert not (operator.folder / "certificates").exists()

    first = rotate(due, arguments=["--diff"])

    # A preview knows all that is made, but for what the service makes up.
    assert changes(preview) == changes(first) != []
    assert f"{operator.folder}/certificates/dev-passive-<expiry>-<fingerprint>.pem" in preview.output

    assert first.code == 0
    assert writes(operator, environment) == ["POST saml2Metadata/certificate/passive"]
    assert due.active == due.old
    assert due.passive
    new = due.passive
    reported = report(first)
    assert (reported["phase"], reported["outcome"], reported["actor"]) == (
        "staged",
        "waiting for upload",
        "FSM administrator",
    )
    digits = new.fingerprint.replace(":", "").lower()[:8]
    path = operator.folder / "certificates" / f"dev-passive-{new.not_after.date()}-{digits}.pem"
    assert path.read_text().strip() == new.pem.strip()
    (message,) = reported["messages"]
    for word in (str(path), new.fingerprint, environment.fsm_account.id, "de.fsm.cloud.sap", "FSM Admin portal"):
        assert word in message
    assert "fsm_uploaded_certificates" in message

    again = rotate(due)
    assert not again.changed("dev")
    assert due.passive == new

    # The operator declares what the administrator has uploaded.
    due.upload()
    operator.landscape.forget_requests()
    preview = rotate(due, arguments=["--check", "--diff"], verifying=True)
    assert report(preview)["outcome"] == "soaking"
    assert preview.changed("dev")
    assert writes(operator, environment) == []
    over = rotate(due, arguments=["--check"], verifying=True, fsm_rotation_soak_hours=0)
    assert report(over)["outcome"] == "pending"
    assert "in the FSM Admin portal" not in "\n".join(report(over)["messages"])
    assert (due.active, due.passive) == (due.old, new)
    operator.landscape.forget_requests()
    second = rotate(due, verifying=True, arguments=["--diff"])

    assert second.code == 0
    assert changes(preview) == changes(second) != []
    assert due.active == new
    assert due.passive == due.old
    assert report(second)["outcome"] == "soaking"
    assert report(second)["done"] == ["activate"]
    assert report(second)["verified"]
    assert sorted(due.labels) == ["trust-activated", "trust-verified"]
    written = [item.split("/btp-ops")[0] for item in writes(operator, environment) if "labels" not in item]
    # The copies of the secondary destination through which the tokens are obtained.
    copy = ["POST instanceDestinations", "DELETE instanceDestinations"]
    assert written == [*copy, "POST saml2Metadata/rotateCertificate", *copy]
    labels = due.labels
    again = rotate(due, verifying=True)
    assert not again.changed("dev")
    assert due.labels == labels

    due.soaked()
    preview = rotate(due, arguments=["--check", "--diff"])
    last = rotate(due, arguments=["--diff"])

    assert last.code == 0
    assert changes(preview) == changes(last) != []
    assert due.active == new
    assert due.passive is None
    assert report(last)["outcome"] == "done"
    assert due.old.fingerprint in report(last)["messages"][0]
    # A scheduler may go on to name the certificate that it wanted to be replaced.
    quiet = rotate(due, fsm_rotation_replace=due.old.fingerprint)
    assert not quiet.changed("dev")
    assert report(quiet)["outcome"] == "nothing to do"
    assert due.active == new


@pytest.mark.core
@pytest.mark.parametrize("_local_action", [True, False])
def test_in_one_go_on_demand(operator: Operator, environment: Environment, _local_action: bool) -> None:
    rotating = Rotating(operator, environment)
    rotating.old = environment.subaccount.trust.replace("active")
    environment.fsm_account.upload(rotating.old.pem)
    wishes: dict[str, t.Any] = {"fsm_rotation_replace": rotating.old.fingerprint.lower()}
    rotate(rotating, **wishes)
    new = rotating.passive
    assert new
    rotating.upload()

    run = rotate(rotating, verifying=True, fsm_rotation_soak_hours=0, btp_local_action=_local_action, **wishes)

    assert run.code == 0
    assert report(run)["outcome"] == "done"
    assert (rotating.active, rotating.passive) == (new, None)


@pytest.mark.provokes("rotation_rolled_back", "rotation_retry_required")
def test_a_rejected_certificate_is_rotated_back_and_not_tried_again_unasked(due: Rotating) -> None:
    new = due.environment.subaccount.trust.replace("passive")
    # Declared, but never uploaded.
    declared = [due.old.fingerprint, new.fingerprint]
    changes: dict[str, t.Any] = {"fsm_uploaded_certificates": declared, "verifying": True}

    run = rotate(due, **changes)

    assert run.code == 2
    assert (due.active, due.passive) == (due.old, new)
    failure = run.failure("dev")
    assert f"FSM rejected a user with the trust certificate {new.fingerprint}" in failure
    assert f"the old one, {due.old.fingerprint}, is the active one again" in failure
    assert f"not trusted by account {due.environment.fsm_account.id}" in failure
    (attempt,) = due.labels["trust-rolled-back"]
    assert f'fsm_rotation_retry: "{attempt}"' in failure
    changes["fsm_rotation_retry"] = attempt
    assert rotate(due, **changes).code == 2
    assert due.active == due.old
    (next_attempt,) = due.labels["trust-rolled-back"]
    assert next_attempt != attempt
    # Left set, it allows no further attempt.
    due.operator.landscape.forget_requests()
    again = rotate(due, **changes)
    assert again.code == 2
    assert "was rotated back" in again.failure("dev")
    assert f'fsm_rotation_retry: "{next_attempt}"' in again.failure("dev")
    assert writes(due.operator, due.environment) == []

    due.upload()
    retried = rotate(due, **{**changes, "fsm_rotation_retry": next_attempt})

    assert retried.code == 0
    assert (due.active, due.passive) == (new, due.old)
    assert report(retried)["outcome"] == "soaking"
    assert report(retried)["verified"]


@pytest.mark.provokes(
    "rotation_no_active",
    "rotation_passive_expires",
    "rotation_undeclared",
    "rotation_no_secondary",
    "rotation_unverified",
    "rotation_not_started",
    "rotation_cause_unknown",
    "rotation_rejected_elsewhere",
)
def test_every_odd_start_at_once(operator: Operator) -> None:
    """One run over environments that each stand in a way of their own."""
    names = (
        "none",
        "expired",
        "by-hand",
        "no-secondary",
        "unverified",
        "accepted",
        "bad-token",
        "doubt",
        "forgotten",
        "kept",
    )
    all_of_them = {name: Rotating(operator, operator.environment(), name) for name in names}
    changes: dict[str, dict[str, t.Any]] = {name: {} for name in names}
    trusts = {name: one.environment.subaccount.trust for name, one in all_of_them.items()}
    for name in ("by-hand", "no-secondary", "unverified", "accepted", "doubt"):
        one, trust = all_of_them[name], trusts[name]
        one.environment.fsm_account.upload(trust.replace("passive").pem)
        trust.rotate()
        stamp = f"{one.active.fingerprint}-{one.old.fingerprint}".replace(":", "").lower()
        label = f"{stamp[:12]}-{stamp[65:77]}-20260101T000000Z"
        one.environment.subaccount.destinations.set_labels("FSM_PP", {"trust-activated": [label], "team": ["a", "b"]})
    trusts["none"].active = None
    expired = trusts["expired"].replace("active", expires_in_days=-3)
    changes["by-hand"] = {"fsm_uploaded_certificates": [all_of_them["by-hand"].old.fingerprint]}
    del all_of_them["no-secondary"].environment.subaccount.destinations["FSM_PP"]
    changes["no-secondary"] = {"fsm_rotation_retire_unverified": True}
    changes["accepted"] = {"fsm_rotation_retire_unverified": True}
    bad = all_of_them["bad-token"]
    bad.environment.fsm_account.upload(trusts["bad-token"].replace("passive").pem)
    bad.environment.fsm_account.users.clear()
    changes["bad-token"] = {"fsm_user_token": bad.token}
    doubt = all_of_them["doubt"]
    doubt.environment.fsm_account.users.clear()
    changes["doubt"] = {"fsm_user_token": doubt.token}
    forgotten = trusts["forgotten"].replace("passive", expires_in_days=30)
    # Another environment signs with the same certificates, and has rotated the new one back.
    kept = all_of_them["kept"]
    kept.environment.fsm_account.upload(trusts["kept"].replace("passive").pem)
    kept.activate(hours=1)
    trusts["kept"].rotate()
    destinations = kept.environment.subaccount.destinations
    destinations["OTHER_PP"] = {**destinations["FSM_PP"], "Name": "OTHER_PP"}
    destinations.set_labels("OTHER_PP", {"trust-rolled-back": kept.labels["trust-activated"]})
    destinations.set_labels("FSM_PP", {})
    before = {name: (trust.active, trust.passive) for name, trust in trusts.items()}

    run = operator.play(
        "rotate_fsm_trust",
        {
            **{name: one.variables(**changes[name]) for name, one in all_of_them.items()},
            "rejecting": kept.variables(fsm_name="OTHER"),
        },
        "-e",
        "fsm_rotation_serial=100%",
    )

    assert run.code == 2
    reported = {name: report(run, name) for name in names}
    assert {name: (one["phase"], one["outcome"]) for name, one in reported.items()} == {
        "none": ("none", "failed"),
        "expired": ("staged", "waiting for upload"),
        "by-hand": ("activated", "waiting for upload"),
        "no-secondary": ("activated", "waiting for verification"),
        "unverified": ("activated", "waiting for verification"),
        "accepted": ("idle", "done"),
        "bad-token": ("staged", "failed"),
        "doubt": ("activated", "failed"),
        "forgotten": ("staged", "failed"),
        "kept": ("staged", "failed"),
    }
    messages = {name: "\n".join(one["messages"]) for name, one in reported.items()}
    assert "no active trust certificate" in messages["none"]
    assert trusts["expired"].active == expired
    assert trusts["expired"].passive
    assert f"has expired on {expired.not_after.isoformat()}" in messages["expired"]
    assert "is not declared as uploaded" in messages["by-hand"]
    assert "The subaccount has no destination FSM_PP." in messages["no-secondary"]
    assert "It is not verified that FSM accepts users" in messages["unverified"]
    assert "There is no user" in messages["bad-token"]
    assert "was not made the active one" in messages["bad-token"]
    assert "So the certificate may not be the cause" in messages["doubt"]
    assert forgotten.fingerprint in messages["forgotten"]
    assert "fsm_rotation_discard" in messages["forgotten"]
    assert "was rotated back in other environments of the subaccount: rejecting." in messages["kept"]
    assert "fsm_rotation_retry" in "\n".join(report(run, "rejecting")["messages"])
    for name in ("none", "by-hand", "no-secondary", "unverified", "bad-token", "forgotten", "kept"):
        assert (trusts[name].active, trusts[name].passive) == before[name], name
    # No certificate is to blame, so the one stays that users have worked with.
    assert (trusts["doubt"].active, trusts["doubt"].passive) == before["doubt"]
    assert trusts["accepted"].passive is None
    assert all_of_them["accepted"].labels["team"] == ["a", "b"]
    assert set(rows_of(run, "Show the outcome")) == {*names, "rejecting"}

    discarded = operator.play(
        "rotate_fsm_trust",
        {"forgotten": all_of_them["forgotten"].variables(fsm_rotation_discard=forgotten.fingerprint)},
    )
    assert discarded.code == 0
    assert report(discarded, "forgotten")["done"] == ["discard", "stage", "export"]
    assert trusts["forgotten"].passive not in (None, forgotten)


def test_a_phase_whose_turn_it_is_not_changes_nothing(operator: Operator) -> None:
    phases = ("check", "activate", "verify", "retire", "upload")
    environments = {phase: Rotating(operator, operator.environment(), phase) for phase in phases}
    hosts = {phase: one.variables(fsm_rotation_phase=phase) for phase, one in environments.items()}

    run = operator.play("rotate_fsm_trust", hosts, "-e", "fsm_rotation_serial=100%")

    assert run.code == 0
    for phase, one in environments.items():
        assert not run.changed(phase)
        assert (report(run, phase)["step"], report(run, phase)["outcome"]) == ("stage", "pending")
        assert writes(operator, one.environment) == []


WRONG = {
    "fsm_rotation_phase": ("prove", "one of: all, check, stage, upload, activate, verify, retire"),
    "fsm_rotation_start_days": ("soon", "a whole number from 1 to 365"),
    "fsm_rotation_soak_hours": ("-1", "a number from 0 to 8760"),
    "fsm_rotation_retire_unverified": ("perhaps", "true or false"),
    "fsm_rotation_replace": ("AA:BB", "a SHA-256 fingerprint of 64 hexadecimal digits"),
    "fsm_rotation_retry": ("AA:BB", "the value that the message of the rollback names"),
    "fsm_rotation_discard": ("AA:BB", "a SHA-256 fingerprint of 64 hexadecimal digits"),
    "fsm_uploaded_certificates": ("AA:BB", "a list of SHA-256 fingerprints of 64 hexadecimal digits each"),
    "fsm_rotation_fail_when": ("waiting", "one or more of: failed, not reached, waiting for upload"),
    "fsm_url": ("http://elsewhere", "https://{cluster}.fsm.cloud.sap"),
    "fsm_name": ("X Y", "letters, digits"),
}


def test_wrong_variables_are_all_named_before_any_system_is_read(due: Rotating) -> None:
    due.operator.landscape.forget_requests()
    given: dict[str, t.Any] = {variable: value for variable, (value, _rule) in WRONG.items()}

    run = rotate(due, fsm_account_id=None, fsm_destination_service_key=None, **given)

    assert run.code == 2
    findings = report(run)["messages"]
    for variable, (value, rule) in WRONG.items():
        (text,) = [text for text in findings if text.startswith(f"{variable} is '{value}'.")]
        assert rule in text
    for variable in ("fsm_account_id", "fsm_destination_service_key"):
        assert any(text.startswith(f"{variable} is not set.") for text in findings)
    assert len(findings) == len(WRONG) + 2
    assert (report(run)["outcome"], report(run)["next"]) == ("failed", "correct the variables")
    assert due.operator.landscape.requests(due.environment.name) == []


def test_variables_may_come_from_the_command_line_and_be_blank(due: Rotating) -> None:
    names = ("phase", "soak_hours", "replace", "retry", "discard", "retire_unverified", "report", "fail_when")
    blank = [argument for name in names for argument in ("-e", f"fsm_rotation_{name}=")]

    run = rotate(due, arguments=["-e", "fsm_rotation_start_days=10", "-e", "fsm_user_token=", *blank])

    assert run.code == 0
    assert report(run)["outcome"] == "nothing to do"


def test_rotation_with_nothing_to_do_costs_four_requests(due: Rotating) -> None:
    due.operator.landscape.forget_requests()

    run = rotate(due, verifying=True, fsm_rotation_start_days=DUE - 1)

    assert report(run)["outcome"] == "nothing to do"
    assert sorted(requests_of(due.operator, due)) == [
        "GET /destination-configuration/v1/saml2Metadata/certificate",
        "GET /destination-configuration/v1/saml2Metadata/certificate/passive",
        "GET /destination-configuration/v1/subaccountDestinations/FSM_PP/labels",
        "POST /oauth/token",
    ]


@pytest.mark.core
@pytest.mark.parametrize("way", ["role", "import_role", "include_role", "block"])
def test_condition_that_leaves_out_the_first_host(operator: Operator, way: str) -> None:
    """Environments that share a subaccount are found all the same, also one that the condition leaves out."""
    role = {"name": "btp_ops.task_center.fsm_rotation"}
    condition = {"when": "inventory_hostname != 'dev'"}
    tasks: dict[str, dict[str, t.Any]] = {
        "role": {"roles": [{"role": role["name"], **condition}]},
        "import_role": {"tasks": [{"ansible.builtin.import_role": role, **condition}]},
        "include_role": {"tasks": [{"ansible.builtin.include_role": role, **condition}]},
        "block": {"tasks": [{"block": [{"ansible.builtin.include_role": role}], **condition}]},
    }
    shared = Rotating(operator, operator.environment(), "qa")
    shared.environment.subaccount.trust.replace("passive")
    shared.upload()
    hosts = {
        # It has not declared the new certificate.
        "dev": shared.variables(fsm_uploaded_certificates=[shared.old.fingerprint]),
        "qa": shared.variables(),
        "prod": Rotating(operator, operator.environment(), "prod").variables(),
    }

    run = operator.play([{"hosts": "all", "gather_facts": False, **tasks[way]}], hosts)

    assert run.code == 0
    outcomes = {
        host: run.results(host, "fsm_rotation_info")[-1]["outcome"]
        for host in hosts
        if run.results(host, "fsm_rotation_info")
    }
    assert outcomes == {"qa": "waiting for upload", "prod": "waiting for upload"}
    assert run.reported("qa") == {"rotation_undeclared_elsewhere"}
    assert run.reported("prod") == {"rotation_upload"}
    assert shared.active == shared.old


def test_second_inclusion_of_the_role_begins_from_the_start(due: Rotating) -> None:
    role = {"ansible.builtin.include_role": {"name": "btp_ops.task_center.fsm_rotation"}}
    plays = [{"hosts": "all", "gather_facts": False, "tasks": [role, role]}]

    run = due.operator.play(plays, {"dev": due.variables()})

    assert run.code == 0
    first, *_others, last = run.results("dev", "fsm_rotation_info")
    assert (first["step"], last["step"], last["done"]) == ("stage", "upload", ["export"])


def add_signer(one: Rotating, name: str, **properties: str) -> None:
    """Add a destination that signs with the subaccount's trust key, which is no one's in the inventory."""
    destinations = one.environment.subaccount.destinations
    destinations[name] = {**destinations["FSM_PP"], "Name": name, **properties}


@pytest.mark.provokes("rotation_undeclared_destinations", "rotation_waived_destinations")
def test_every_system_that_signs_with_the_same_certificate_has_to_trust_the_new_one(due: Rotating) -> None:
    """Also of an environment that a slice of the inventory does not hold; before activation and before deletion."""
    subaccount = due.environment.subaccount
    add_signer(due, "QA_PP", **{"URL.headers.X-Account-ID": "999"})
    add_signer(due, "HR", URL="https://hr.example.com", **{"tc.provider_type": "HR"})
    add_signer(due, "TECHNICAL", URL="https://hr.example.com", Authentication="NoAuthentication")
    add_signer(due, "OWN_KEY", URL="https://hr.example.com", KeyStoreLocation="own.p12")
    subaccount.instance_destinations["PRIVATE"] = {
        **subaccount.destinations["HR"],
        "Name": "PRIVATE",
        "Authentication": "SAMLAssertion",
    }
    new = subaccount.trust.replace("passive")
    due.upload()

    run = rotate(due, verifying=True)

    assert (run.code, report(run)["outcome"], report(run)["actor"]) == (0, "waiting for upload", "operator")
    assert due.active == due.old
    message = "\n".join(report(run)["messages"])
    assert "QA_PP (FSM account 999 of de.fsm.cloud.sap, of no environment in sight)" in message
    assert "HR (hr.example.com), QA_PP (FSM account 999" in message
    assert "instance/PRIVATE (hr.example.com)" in message
    assert f'       "HR": ["{new.fingerprint}"]' in message
    assert "OWN_KEY" not in message
    assert "TECHNICAL" not in message

    # Two are declared, one is waived, and one of them only for the old certificate.
    chosen: dict[str, t.Any] = {
        "fsm_rotation_trusted_elsewhere": {"HR": [new.fingerprint], "instance/PRIVATE": due.old.fingerprint},
        "fsm_rotation_waived_destinations": "QA_PP",
    }
    assert report(rotate(due, verifying=True, **chosen))["outcome"] == "waiting for upload"
    assert due.active == due.old
    chosen["fsm_rotation_trusted_elsewhere"]["instance/PRIVATE"] = [due.old.fingerprint, new.fingerprint.lower()]
    run = rotate(due, verifying=True, **chosen)
    assert report(run)["outcome"] == "soaking"
    assert "QA_PP (FSM account 999 of de.fsm.cloud.sap, of no environment in sight)" in run.output
    assert due.active == new

    # What came later needs the old certificate.
    add_signer(due, "LATE", URL="https://late.example.com", **{"tc.provider_type": "LATE"})
    due.soaked()
    late = rotate(due, verifying=True, **chosen)
    assert report(late)["outcome"] == "waiting for upload"
    assert "LATE (late.example.com)" in "\n".join(report(late)["messages"])
    assert due.passive == due.old
    chosen["fsm_rotation_waived_destinations"] = ["QA_PP", "LATE"]
    assert report(rotate(due, verifying=True, **chosen))["outcome"] == "done"
    assert due.passive is None


def test_account_of_an_environment_that_limit_leaves_out_is_declared_there(due: Rotating) -> None:
    """The inventory says what its environments trust, whichever of them a run is limited to."""
    add_signer(due, "QA_PP", **{"URL.headers.X-Account-ID": "999"})
    new = due.environment.subaccount.trust.replace("passive")
    due.upload()
    other = {"fsm_name": "QA", "fsm_account_id": "999"}
    hosts = {"dev": due.variables(), "qa": due.variables(**other, fsm_uploaded_certificates=[due.old.fingerprint])}

    run = due.operator.play("rotate_fsm_trust", hosts, "--limit", "dev")
    assert run.reported("dev") == {"rotation_undeclared_elsewhere"}
    assert due.active == due.old

    hosts["qa"] = due.variables(**other)
    run = due.operator.play("rotate_fsm_trust", hosts, "--limit", "dev")
    assert "rotation_undeclared_destinations" not in run.reported("dev")
    assert due.active == new


@pytest.mark.provokes("rotation_activates_unverified")
def test_activation_without_a_users_token_is_announced_before(due: Rotating) -> None:
    due.environment.subaccount.trust.replace("passive")
    due.upload()

    run = rotate(due)

    first = next(
        event["task"] for event in run.events if "rotation_activates_unverified" in str(event["result"].get("msg"))
    )
    assert "before the certificates change places" in first
    assert "rotation_activates_unverified" in run.reported("dev")


@pytest.mark.provokes("rotation_roll_back_failed", "rotation_unreadable")
def test_what_goes_wrong_on_the_way(operator: Operator) -> None:
    """One run over environments in which something fails while, or before, the certificates change places."""
    names = ("stuck", "unlabelled", "old-undeclared", "hidden_by_instance", "full", "later", "stale", "silent")
    all_of_them = {name: Rotating(operator, operator.environment(), name) for name in names}
    trusts = {name: one.environment.subaccount.trust for name, one in all_of_them.items()}
    destinations = {name: one.environment.subaccount.destinations for name, one in all_of_them.items()}
    news, declared = {}, {}
    for name, one in all_of_them.items():
        # Declared, but never uploaded: FSM rejects users with it.
        news[name] = trusts[name].replace("passive")
        declared[name] = [one.old.fingerprint, news[name].fingerprint]
    declared["old-undeclared"].remove(all_of_them["old-undeclared"].old.fingerprint)
    trusts["later"].rotate()
    for name in ("later", "stale"):
        new, old = (one.fingerprint.replace(":", "").lower()[:12] for one in (news[name], all_of_them[name].old))
        labels = {"trust-activated": [f"{new}-{old}-20260101T000000Z"]}
        verified = {"trust-verified": [f"{new}-20260101T000009Z"]} if name == "stale" else {}
        destinations[name].set_labels("FSM_PP", {**labels, **verified, "team": ["a"]})
    destinations["full"].set_labels("FSM_PP", {f"label-{number}": ["x"] for number in range(10)})
    in_instance = all_of_them["hidden_by_instance"].environment.subaccount.instance_destinations
    in_instance["FSM_PP"] = {**destinations["hidden_by_instance"]["FSM_PP"]}
    faults = operator.landscape.faults

    def refuse(name: str, method: str, path: str, nth: int = 1) -> None:
        environment = all_of_them[name].environment.name
        faults.add(Status(403, body="Not today."), Matching(environment=environment, method=method, path=path), nth=nth)

    refuse("stuck", "POST", "*/rotateCertificate", nth=2)
    for method in ("PUT", "PATCH"):
        refuse("unlabelled", method, "*/labels")
    refuse("silent", "GET", "*/subaccountDestinations")

    hosts = {
        name: one.variables(fsm_uploaded_certificates=declared[name], fsm_user_token=one.token)
        for name, one in all_of_them.items()
    }
    run = operator.play("rotate_fsm_trust", hosts, "-e", "fsm_rotation_serial=100%")

    faults.clear()
    assert run.code == 2
    messages = {name: "\n".join(report(run, name)["messages"]) for name in names}
    reported = {
        "stuck": "which is still the active one, for the return to the old one",
        "unlabelled": f"the old one, {all_of_them['unlabelled'].old.fingerprint}, is the active one again",
        "old-undeclared": "the old one, {old}, is the active one again",
        "hidden_by_instance": "FSM_PP was found in the service instance",
        "full": "keeps at most 10",
        "later": f"FSM rejected a user with the trust certificate {news['later'].fingerprint}",
        "stale": "was rotated back",
        "silent": "Not today.",
    }
    for name, words in reported.items():
        assert report(run, name)["outcome"] == "failed"
        assert words.format(old=all_of_them[name].old.fingerprint) in messages[name], name
    assert "Not today." in messages["stuck"]
    active = {name: "new" if trusts[name].active == news[name] else "old" for name in names}
    assert active == {**dict.fromkeys(names, "old"), "stuck": "new"}
    for name in ("hidden_by_instance", "full", "stale", "silent"):
        assert not [write for write in writes(operator, all_of_them[name].environment) if "rotate" in write], name
    for name in ("later", "stale"):
        assert sorted(all_of_them[name].labels) == ["team", "trust-rolled-back"], name
