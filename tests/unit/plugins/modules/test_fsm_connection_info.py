# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module fsm_connection_info: everything is asked with one token each, and what cannot be asked is a finding."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import WARNING, found
from ansible_collections.btp_ops.task_center.plugins.module_utils.secrets import HIDDEN, is_secret
from ansible_collections.btp_ops.task_center.plugins.modules import fsm_connection_info
from landscape.faults import Matching, Status
from landscape.logon import log_on
from landscape.made_by_hand import expected_pair

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape import Environment, Landscape

Run = t.Callable[..., t.Any]
SECRET = "s3cr3t-0f-s0meone"
DAY = 24 * 60 * 60  # seconds


def options(environment: Environment, **changes: t.Any) -> dict[str, t.Any]:
    """Return the options for an environment."""
    fsm = environment.inputs()["fsm"]
    primary = {
        "Name": "FSM",
        "URL": fsm["url"],
        "clientId": fsm["client_id"],
        "URL.headers.X-Account-ID": fsm["account_id"],
        "URL.headers.X-Company-ID": fsm["company_id"],
    }
    secondary = {"Name": "FSM_PP", "audience": fsm["audience"]}
    secrets = {"clientSecret": fsm["client_secret"]}
    pair = {"primary": primary, "primary_secrets": secrets, "secondary": secondary, "secondary_secrets": {}}
    return {"environment": "dev", "destinations": pair, **changes}


def wanted(environment: Environment, **changes: t.Any) -> dict[str, t.Any]:
    """Return the options of a run that connects the environment as the role does."""
    pair: dict[str, dict[str, str]] = {}
    primary, secondary = expected_pair(environment)
    for which, destination in {"primary": primary, "secondary": secondary}.items():
        pair[which] = {key: value for key, value in destination.items() if not is_secret(key)}
        pair[f"{which}_secrets"] = {key: value for key, value in destination.items() if is_secret(key)}
    return {"environment": "dev", "prove": True, "destinations": pair, **changes}


def with_change(given: dict[str, t.Any], which: str, **changes: t.Any) -> dict[str, t.Any]:
    """Return options with changed properties of a destination."""
    pair = given["destinations"]
    return {**given, "destinations": {**pair, which: {**pair[which], **changes}}}


def ids(outcome: t.Any) -> list[str]:
    """Return the IDs of the findings."""
    return [finding["id"] for finding in outcome.facts["findings"]]


@pytest.mark.parametrize("check_mode", [True, False])
def test_everything_is_right(run: Run, environment: Environment, landscape: Landscape, check_mode: bool) -> None:
    outcome = run(fsm_connection_info, check_mode, **options(environment))

    assert ids(outcome) == []
    answers = outcome.facts["answers"]
    assert answers["client"]["authenticated"]
    assert answers["metadata"]["entity_id_matches"]
    assert answers["instance"] == {"destinations": []}
    assert answers["trust"] == {"active": None, "passive": None}
    assert (outcome.changed, outcome.diff) == (False, [])
    requests = landscape.requests(environment.name)
    assert sorted(item.host.split(".")[0] for item in requests if item.path.endswith("/token")) == [
        "de",
        environment.service_key.credentials()["identityzone"],
    ]
    assert len({item.connection for item in requests}) == 3
    assert {item.method for item in requests if not item.path.endswith("/token")} == {"GET"}


def test_what_this_environment_connects(run: Run, environment: Environment) -> None:
    given = options(environment)
    connects = run(fsm_connection_info, **given).facts["connects"]
    told = {key: value for key, value in given["destinations"]["primary"].items() if key != "clientId"}
    zone = environment.service_key.credentials()["identityzone"]
    assert connects["environment"] == "dev"
    assert connects["primary"] == told
    assert connects["subaccount"].startswith(f"{zone}.authentication.")


def test_other_destinations_are_told_only_as_far_as_they_are_judged(run: Run, environment: Environment) -> None:
    whole = {"Type": "HTTP", "URL": "https://x.example", "mail.pass": SECRET, "Description": "own", "Password": SECRET}
    for name in ("FSM", "OTHER"):
        environment.subaccount.destinations[name] = {"Name": name, **whole}
    outcome = run(fsm_connection_info, **options(environment))

    found = {one["Name"]: one for one in outcome.facts["answers"]["subaccount"]["destinations"]}
    assert found["OTHER"] == {"Name": "OTHER", "Type": "HTTP", "URL": "https://x.example"}
    assert (found["FSM"]["Description"], found["FSM"]["Password"]) == ("own", HIDDEN)
    assert ids(outcome) == ["name_taken"]


def test_with_wrong_input_nobody_is_asked(run: Run, environment: Environment, landscape: Landscape) -> None:
    wrong = [found("input_missing", variable="fsm_audience")]
    landscape.forget_requests()
    # Nor does it matter then what else is missing.
    given = {**options(environment, input_findings=wrong), "destinations": {"primary": {}, "secondary": {}}}
    facts = run(fsm_connection_info, **given).facts
    assert facts["findings"] == wrong
    assert (facts["stands"], facts["answers"], facts["planned"]) == (False, {}, {})
    assert "connects" not in facts
    assert landscape.requests(environment.name) == []


def test_warnings_of_the_input_are_told_with_the_rest(run: Run, environment: Environment) -> None:
    warning = found("input_missing", WARNING, variable="fsm_audience")
    outcome = run(fsm_connection_info, **options(environment, input_findings=[warning]))
    assert outcome.facts["findings"] == [warning]
    assert outcome.facts["answers"]["client"]["authenticated"]


def test_what_nobody_asks_for_is_not_asked(run: Run, environment: Environment, landscape: Landscape) -> None:
    outcome = run(fsm_connection_info, **options(environment, check_client=False, check_metadata=False))
    answers = outcome.facts["answers"]
    assert (answers["client"], answers["metadata"]) == ({}, {})
    assert not [item for item in landscape.requests(environment.name) if item.host.endswith("fsm.cloud.sap")]


def test_systems_that_cannot_be_asked_are_findings(run: Run, environment: Environment, landscape: Landscape) -> None:
    fault = Status(403, body="Not today.")
    for path in ("*/subaccountDestinations", "*/saml2Metadata/certificate", "*/companies"):
        landscape.faults.add(fault, Matching(environment=environment.name, path=path))
    try:
        given = with_change(options(environment), "primary_secrets", clientSecret="wr0ng-s3cret")
        outcome = run(fsm_connection_info, **given)
    finally:
        landscape.faults.clear()
    assert ids(outcome) == ["system_unread", "system_unread", "client_refused"]
    assert "wr0ng-s3cret" not in str(outcome)
    assert outcome.facts["answers"]["subaccount"]["failed"]
    assert outcome.facts["answers"]["instance"] == {"destinations": []}


@pytest.mark.parametrize("key", ["Name", "URL", "clientId", "URL.headers.X-Company-ID"])
@pytest.mark.parametrize("value", [None, "", 7])
def test_primary_has_to_tell_the_system(run: Run, environment: Environment, key: str, value: t.Any) -> None:
    given = with_change(options(environment), "primary", **{key: value})
    with pytest.raises(InputError, match=f"primary lacks {key}"):
        run(fsm_connection_info, **given)


def test_service_key_that_is_none_is_refused_before_anything_is_asked(
    run: Run, environment: Environment, landscape: Landscape
) -> None:
    landscape.forget_requests()
    with pytest.raises(InputError):
        run(fsm_connection_info, **options(environment, service_key={"clientid": "c"}))
    assert landscape.requests(environment.name) == []


# A connection that stands.


@pytest.fixture
def standing(environment: Environment, landscape: Landscape) -> Environment:
    """An environment that is connected, with its connector."""
    certificate = environment.subaccount.trust.replace()
    environment.subaccount.trust.active = certificate
    environment.fsm_account.upload(certificate.pem)
    for destination in expected_pair(environment):
        environment.subaccount.destinations[destination["Name"]] = destination
    landscape.task_center.tick(environment.name)
    return environment


def _fingerprint(environment: Environment) -> str:
    certificate = environment.subaccount.trust.active
    assert certificate
    return certificate.fingerprint


def users(landscape: Landscape, environment: Environment) -> dict[str, t.Any]:
    """Return the options with which a user and an administrator let their tokens be used."""
    task_center = environment.task_center.service_key()
    clients = environment.application.credentials(), task_center["uaa"]
    tokens = [log_on(landscape, client, environment.users[0])["access_token"] for client in clients]
    nobody = {"refresh_token_file": None, "refresh_token": None}
    return {
        "user_token": tokens[0],
        "task_center": {"service_key": task_center, **nobody, "user_token": tokens[1], "wait": 0},
    }


def test_what_stands_is_proven(run: Run, landscape: Landscape, standing: Environment) -> None:
    uploaded = [_fingerprint(standing)]
    proving = users(landscape, standing)
    landscape.forget_requests()
    facts = run(fsm_connection_info, **wanted(standing, uploaded_certificates=uploaded, **proving)).facts

    assert facts["stands"] is True
    assert [facts[name] for name in ("findings", "certificate_findings", "proof_findings")] == [[], [], []]
    assert {which: planned["action"] for which, planned in facts["planned"].items()} == {
        "primary": "none",
        "secondary": "none",
    }
    assert facts["planned"]["primary"]["destination"]["clientSecret"] == HIDDEN
    assert facts["proofs"]["primary"]["token"]["obtained"]
    assert facts["proofs"]["secondary"]["token"]["obtained"]
    assert facts["proofs"]["task_center"]["reached"]
    assert not [item for item in landscape.requests(standing.name) if item.method not in ("GET", "POST")]
    told = str(facts)
    for secret in (standing.fsm_client.secret, proving["user_token"], proving["task_center"]["user_token"]):
        assert secret not in told


def test_what_nobody_lets_prove_is_told(run: Run, standing: Environment) -> None:
    facts = run(fsm_connection_info, **wanted(standing, uploaded_certificates=[_fingerprint(standing)])).facts
    assert facts["stands"] is True
    assert [one["id"] for one in facts["proof_findings"]] == ["users_unproven", "task_center_unproven"]
    assert (facts["proofs"]["secondary"], facts["proofs"]["task_center"]) == ({}, {})


def test_connection_that_does_not_work_is_told(run: Run, standing: Environment) -> None:
    """What stands is what is wanted, and wrong."""
    given = wanted(standing)
    pair = given["destinations"]
    for which in ("primary", "secondary"):
        pair[f"{which}_secrets"] = dict.fromkeys(pair[f"{which}_secrets"], SECRET)
        standing.subaccount.destinations[pair[which]["Name"]] = {**pair[which], **pair[f"{which}_secrets"]}
    declared = {"uploaded_certificates": [_fingerprint(standing)], "check_client": False}
    facts = run(fsm_connection_info, **{**given, **declared}).facts
    assert facts["stands"] is True
    assert facts["findings"] == []
    assert facts["proof_findings"][0]["id"] == "primary_without_token"


@pytest.mark.parametrize("which", ["FSM", "FSM_PP"])
def test_what_differs_is_planned_and_not_proven(
    run: Run, landscape: Landscape, standing: Environment, which: str
) -> None:
    changes = {"tokenServiceUser": "another", "tokenServicePassword": SECRET}
    standing.subaccount.destinations[which] = {**standing.subaccount.destinations[which], **changes}
    landscape.forget_requests()
    facts = run(fsm_connection_info, **wanted(standing)).facts
    planned = facts["planned"]["secondary" if which == "FSM_PP" else "primary"]

    assert facts["stands"] is False
    assert planned["action"] == "update"
    assert planned["changed_properties"] == ["tokenServicePassword", "tokenServiceUser"]
    assert planned["diff"][0]["before"]["tokenServiceUser"] == "another"
    assert SECRET not in str(facts)
    assert facts["proof_findings"] == []
    assert not [item for item in landscape.requests(standing.name) if "/destinations/" in item.path]


def test_certificate_that_is_in_no_file_is_left_to_do(run: Run, standing: Environment, tmp_path: Path) -> None:
    path = tmp_path / "dev.pem"
    certificate = standing.subaccount.trust.active
    assert certificate
    given = wanted(standing, certificate_path=str(path))

    facts = run(fsm_connection_info, **given).facts
    assert facts["stands"] is False
    assert f"the one that btp_ops.task_center.connect_fsm writes to {path}" in facts["certificate_findings"][0]["todo"]
    assert not path.exists()

    path.write_text(certificate.pem, encoding="ascii")
    path.chmod(0o600)
    assert run(fsm_connection_info, **given).facts["stands"] is False
    path.chmod(0o644)
    assert run(fsm_connection_info, **given).facts["stands"] is True
    path.write_text("changed", encoding="ascii")
    assert run(fsm_connection_info, **given).facts["stands"] is False
    assert run(fsm_connection_info, **{**given, "certificate_path": str(tmp_path)}).facts["stands"] is False


def test_subaccount_without_certificate_does_not_stand(run: Run, standing: Environment) -> None:
    standing.subaccount.trust.active = None
    facts = run(fsm_connection_info, **wanted(standing)).facts
    assert facts["stands"] is False
    assert [one["id"] for one in facts["certificate_findings"]] == ["certificate_none"]


@pytest.mark.parametrize("path", ["*/subaccountDestinations", "*/saml2Metadata/certificate"])
def test_nobody_says_that_all_stands_who_could_not_see_it(
    run: Run, landscape: Landscape, standing: Environment, path: str
) -> None:
    landscape.faults.add(Status(403, body="Not today."), Matching(environment=standing.name, path=path))
    try:
        facts = run(fsm_connection_info, **wanted(standing)).facts
    finally:
        landscape.faults.clear()
    assert facts["stands"] is False
    assert [one["id"] for one in facts["findings"]] == ["system_unread"]


def test_proof_that_cannot_be_asked_for_is_left_to_do(run: Run, landscape: Landscape, standing: Environment) -> None:
    fault = landscape.faults.add(Status(403, body="Not today."), Matching(environment=standing.name, path="*/FSM"))
    try:
        facts = run(fsm_connection_info, **wanted(standing, uploaded_certificates=[_fingerprint(standing)])).facts
    finally:
        landscape.faults.clear()
    assert fault.struck == 1
    assert (facts["stands"], facts["proof_findings"]) == (False, [])
    assert facts["proofs"]["primary"]["failed"]


def test_user_token_that_has_expired_proves_nothing(run: Run, landscape: Landscape, standing: Environment) -> None:
    proving = users(landscape, standing)
    landscape.clock.advance(DAY)
    try:
        declared = {"uploaded_certificates": [_fingerprint(standing)]}
        facts = run(fsm_connection_info, **wanted(standing, **proving, **declared)).facts
    finally:
        landscape.clock.advance(-DAY)
    assert facts["stands"] is False
    assert "user_token has expired" in facts["proofs"]["secondary"]["msg"]


def test_access_that_proves_nothing_is_left_to_whoever_tells(
    run: Run, landscape: Landscape, standing: Environment
) -> None:
    standing_as_declared = wanted(standing, uploaded_certificates=[_fingerprint(standing)])
    nobody = {**users(landscape, standing)["task_center"], "user_token": None}
    facts = run(fsm_connection_info, **standing_as_declared, user_token="no token at all", task_center=nobody).facts
    assert facts["stands"] is False
    assert "user_token" in facts["proofs"]["secondary"]["msg"]
    assert (
        "One of refresh_token_file, refresh_token, user_token is needed, and none is given"
        in facts["proofs"]["task_center"]["msg"]
    )


def test_nothing_is_proven_where_something_is_wrong(run: Run, landscape: Landscape, standing: Environment) -> None:
    landscape.forget_requests()
    facts = run(fsm_connection_info, **wanted(standing)).facts
    assert [one["id"] for one in facts["certificate_findings"]] == ["certificate_not_uploaded"]
    assert (facts["stands"], facts["proof_findings"]) == (True, [])
    assert not [item for item in landscape.requests(standing.name) if "/destinations/" in item.path]


def test_update_that_would_be_refused_spoils_no_finding(run: Run, standing: Environment) -> None:
    stored = {key: value for key, value in standing.subaccount.destinations["FSM"].items() if key != "clientSecret"}
    standing.subaccount.destinations["FSM"] = {**stored, "URL.headers.X-Client-Version": "0.9"}
    facts = run(fsm_connection_info, **wanted(standing, update_secrets="on_create")).facts
    assert facts["stands"] is False
    assert "Set update_secrets to always" in facts["planned"]["primary"]["msg"]
    assert facts["planned"]["secondary"]["action"] == "none"
    assert [one["id"] for one in facts["certificate_findings"]] == ["certificate_not_uploaded"]


@pytest.mark.parametrize(
    "option, key", [("primary_secrets", "clientSecret"), ("secondary", "audience"), ("secondary", "Name")]
)
def test_what_is_needed_to_ask(run: Run, environment: Environment, option: str, key: str) -> None:
    given = with_change(wanted(environment), option, **{key: ""})
    with pytest.raises(InputError, match=f"{option} lacks {key}"):
        run(fsm_connection_info, **given)
