# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module fsm_prerequisites_info: everything is asked with one token each, and what cannot be asked is a finding."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils.secrets import HIDDEN
from ansible_collections.btp_ops.task_center.plugins.modules import fsm_prerequisites_info
from landscape.faults import Matching, Status

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

Run = t.Callable[..., t.Any]
SECRET = "s3cr3t-0f-s0meone"


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
    given = {"environment": "dev", "primary": primary, "fsm_client_secret": fsm["client_secret"]}
    return {**given, "audience": fsm["audience"], "own": ["FSM"], **changes}


def ids(outcome: t.Any) -> list[str]:
    """Return the IDs of the findings."""
    return [finding["id"] for finding in outcome.facts["findings"]]


@pytest.mark.parametrize("check_mode", [True, False])
def test_everything_is_right(run: Run, environment: Environment, landscape: Landscape, check_mode: bool) -> None:
    outcome = run(fsm_prerequisites_info, check_mode, **options(environment, read_trust=True))

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
    connects = run(fsm_prerequisites_info, **given).facts["connects"]
    told = {key: value for key, value in given["primary"].items() if key != "clientId"}
    zone = environment.service_key.credentials()["identityzone"]
    assert connects["environment"] == "dev"
    assert connects["primary"] == told
    assert connects["subaccount"].startswith(f"{zone}.authentication.")


def test_other_destinations_are_told_only_as_far_as_they_are_judged(run: Run, environment: Environment) -> None:
    whole = {"Type": "HTTP", "URL": "https://x.example", "mail.pass": SECRET, "Description": "own", "Password": SECRET}
    for name in ("FSM", "OTHER"):
        environment.subaccount.destinations[name] = {"Name": name, **whole}
    outcome = run(fsm_prerequisites_info, **options(environment))

    found = {one["Name"]: one for one in outcome.facts["answers"]["subaccount"]["destinations"]}
    assert found["OTHER"] == {"Name": "OTHER", "Type": "HTTP", "URL": "https://x.example"}
    assert (found["FSM"]["Description"], found["FSM"]["Password"]) == ("own", HIDDEN)
    assert ids(outcome) == ["name_taken"]


def test_what_nobody_asks_for_is_not_asked(run: Run, environment: Environment, landscape: Landscape) -> None:
    outcome = run(fsm_prerequisites_info, **options(environment, check_client=False, check_metadata=False))
    answers = outcome.facts["answers"]
    assert (answers["client"], answers["metadata"], answers["trust"]) == ({}, {}, {})
    requests = landscape.requests(environment.name)
    assert not [item for item in requests if item.host.endswith("fsm.cloud.sap") or "saml2Metadata" in item.path]


def test_systems_that_cannot_be_asked_are_findings(run: Run, environment: Environment, landscape: Landscape) -> None:
    fault = Status(403, body="Not today.")
    for path in ("*/subaccountDestinations", "*/saml2Metadata/certificate", "*/companies"):
        landscape.faults.add(fault, Matching(environment=environment.name, path=path))
    try:
        outcome = run(fsm_prerequisites_info, **options(environment, read_trust=True, fsm_client_secret="wr0ng-s3cret"))
    finally:
        landscape.faults.clear()
    assert ids(outcome) == ["system_unread", "system_unread", "client_refused"]
    assert "wr0ng-s3cret" not in str(outcome)
    assert outcome.facts["answers"]["subaccount"]["failed"]
    assert outcome.facts["answers"]["instance"] == {"destinations": []}


@pytest.mark.parametrize("key", ["Name", "URL", "clientId", "URL.headers.X-Company-ID"])
@pytest.mark.parametrize("value", [None, "", 7])
def test_primary_has_to_tell_the_system(run: Run, environment: Environment, key: str, value: t.Any) -> None:
    given = options(environment)
    with pytest.raises(InputError, match=f"primary lacks {key}"):
        run(fsm_prerequisites_info, **{**given, "primary": {**given["primary"], key: value}})


def test_service_key_that_is_none_is_refused_before_anything_is_asked(
    run: Run, environment: Environment, landscape: Landscape
) -> None:
    landscape.forget_requests()
    with pytest.raises(InputError):
        run(fsm_prerequisites_info, **options(environment, service_key={"clientid": "c"}))
    assert landscape.requests(environment.name) == []
