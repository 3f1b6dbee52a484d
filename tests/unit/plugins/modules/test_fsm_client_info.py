# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module fsm_client_info: right and wrong credentials, and what FSM says of the client, or does not say."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import (
    InputError,
    ServiceError,
    Unreachable,
)
from ansible_collections.btp_ops.task_center.plugins.modules import fsm_client_info
from landscape.faults import Matching, NotJson, Status, TruncatedBody

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

Run = t.Callable[..., t.Any]
TOKEN = "/api/oauth2/v2/token"
SILENT = {"account_matches": None, "company_matches": None, "cluster_matches": None}


def options(environment: Environment, **changes: t.Any) -> dict[str, t.Any]:
    """Return the options for an environment's client."""
    fsm = environment.inputs()["fsm"]
    names = ("url", "account_id", "company_id", "client_id", "client_secret")
    return {**{name: fsm[name] for name in names}, **changes}


@pytest.fixture
def faults(landscape: Landscape) -> t.Iterator[t.Any]:
    """The landscape's faults, switched off afterwards."""
    yield landscape.faults
    landscape.faults.clear()


@pytest.mark.parametrize("check_mode", [True, False])
def test_client_of_which_fsm_says_nothing(run: Run, environment: Environment, check_mode: bool) -> None:
    outcome = run(fsm_client_info, check_mode=check_mode, **options(environment))
    facts = outcome.facts
    assert (facts["authenticated"], facts["error"]) == (True, "")
    assert facts["token_url"] == f"https://de.fsm.cloud.sap{TOKEN}"
    assert facts["expires_in"] > 0
    assert {name: facts[name] for name in SILENT} == SILENT
    assert (facts["account"], facts["companies"]) == ({"id": None, "name": None}, None)
    assert (outcome.changed, outcome.diff) == (False, [])
    assert "eyJ" not in str(outcome)


@pytest.fixture
def reported(landscape: Landscape) -> Environment:
    """An environment whose FSM says whom a client is for."""
    return landscape.add_environment({"assumptions": {"fsm_token_account": "named"}})


@pytest.mark.parametrize(
    "changes, account, company",
    [
        ({}, True, True),
        ({"account_id": "1"}, False, True),
        ({"company_id": "1"}, True, False),
        ({"account_id": None, "company_id": None}, None, None),
    ],
)
def test_client_of_which_fsm_says_all(
    run: Run, reported: Environment, changes: dict[str, t.Any], account: bool | None, company: bool | None
) -> None:
    facts = run(fsm_client_info, **options(reported, **changes)).facts
    assert (facts["account_matches"], facts["company_matches"]) == (account, company)
    assert facts["cluster_matches"] is True
    assert facts["account"] == {"id": reported.fsm_account.id, "name": reported.fsm_account.name}
    assert [item["id"] for item in facts["companies"]] == [reported.fsm_client.company_id]
    assert facts["cluster_url"] == "https://de.fsm.cloud.sap"


def test_token_url_instead_of_cluster_url(run: Run, reported: Environment) -> None:
    changes = {"url": None, "token_url": f"https://de.fsm.cloud.sap{TOKEN}"}
    assert run(fsm_client_info, **options(reported, **changes)).facts["account_matches"] is True


def test_wrong_secret_is_a_result(run: Run, environment: Environment) -> None:
    outcome = run(fsm_client_info, **options(environment, client_secret="wr0ng-s3cret-ü"))
    assert outcome.facts["authenticated"] is False
    assert f"refused to give client {environment.fsm_client.id} a token: 401" in outcome.facts["error"]
    assert "Bad client credentials" in outcome.facts["error"]
    assert {name: outcome.facts[name] for name in SILENT} == SILENT
    assert outcome.facts["expires_in"] is None
    assert "wr0ng-s3cret" not in str(outcome)


def test_account_in_another_cluster(run: Run, environment: Environment, faults: t.Any) -> None:
    answer = {"access_token": "opaque-t0ken", "expires_in": "60", "cluster_url": "https://us.fsm.cloud.sap"}
    faults.add(Status(200, body=json.dumps(answer)), Matching(system="fsm", environment=environment.name))
    outcome = run(fsm_client_info, **options(environment))
    assert outcome.facts["cluster_matches"] is False
    assert outcome.facts["expires_in"] == 60
    assert "opaque-t0ken" not in str(outcome)


def test_accounts_api_that_says(run: Run, environment: Environment) -> None:
    facts = run(fsm_client_info, **options(environment, ask_accounts_api=True)).facts
    assert (facts["account_matches"], facts["company_matches"]) == (None, True)
    assert [company["id"] for company in facts["companies"]] == [environment.fsm_client.company_id]


@pytest.mark.parametrize("changes", [{"company_id": "1"}, {"company_id": None}, {"account_id": "1"}])
def test_accounts_api_that_refuses(run: Run, environment: Environment, changes: dict[str, str | None]) -> None:
    facts = run(fsm_client_info, **options(environment, ask_accounts_api=True, **changes)).facts
    assert (facts["authenticated"], facts["company_matches"], facts["companies"]) == (True, None, None)


def test_accounts_api_that_names_other_companies(run: Run, environment: Environment, faults: t.Any) -> None:
    path = f"/api/master/v1/accounts/{environment.fsm_account.id}/companies"
    answer = json.dumps([{"id": 5, "name": "other"}])
    faults.add(Status(200, body=answer), Matching(system="fsm", method="GET", path=path))
    facts = run(fsm_client_info, **options(environment, ask_accounts_api=True)).facts
    assert (facts["company_matches"], facts["companies"]) == (False, [{"id": "5", "name": "other"}])


@pytest.mark.parametrize("answer", [Status(404, body="Not Found"), Status(200, body="<html>"), Status(200, body="{}")])
def test_accounts_api_that_does_not_say(run: Run, environment: Environment, faults: t.Any, answer: Status) -> None:
    path = f"/api/master/v1/accounts/{environment.fsm_account.id}/companies"
    fault = faults.add(answer, Matching(system="fsm", method="GET", path=path))
    facts = run(fsm_client_info, **options(environment, ask_accounts_api=True)).facts
    assert (facts["authenticated"], facts["company_matches"], facts["companies"]) == (True, None, None)
    assert fault.struck == 1


def test_accounts_api_is_not_asked_for_what_the_token_says(run: Run, reported: Environment, faults: t.Any) -> None:
    fault = faults.add(Status(200, body="[]"), Matching(system="fsm", method="GET", environment=reported.name))
    assert run(fsm_client_info, **options(reported, ask_accounts_api=True)).facts["company_matches"] is True
    assert fault.struck == 0


@pytest.mark.parametrize(
    "effect, reported",
    [
        (Status(404, body="Not Found"), "404 Not Found"),
        (Status(503), "503"),
        (Status(429, retry_after=3600), "overloaded"),
        (Status(302), "302"),
        (NotJson(), "no JSON"),
        (Status(200, body="[]"), "without a token"),
        (Status(200, body='{"access_token": 5}'), "without a token"),
        (TruncatedBody(), "no complete answer"),
    ],
)
def test_answer_that_says_nothing_of_the_credentials_is_a_failure(
    run: Run, environment: Environment, faults: t.Any, waits: list[float], effect: t.Any, reported: str
) -> None:
    faults.add(effect, Matching(system="fsm", environment=environment.name))
    with pytest.raises(ServiceError, match="FSM's token service https://de") as caught:
        run(fsm_client_info, **options(environment))
    assert reported in caught.value.problem
    assert environment.fsm_client.secret not in str(caught.value)
    assert max(waits, default=0) <= 60


def test_unknown_cluster(run: Run, environment: Environment, waits: list[float]) -> None:
    with pytest.raises(Unreachable, match=r"https://xx\.fsm\.cloud\.sap/api/oauth2/v2/token"):
        run(fsm_client_info, **options(environment, url="https://xx.fsm.cloud.sap/cloud-approval-service/api"))


@pytest.mark.parametrize(
    "url", ["http://de.fsm.cloud.sap/x", "de.fsm.cloud.sap", "https://", "https://u:p@de.fsm.cloud.sap", "https://["]
)
def test_secret_goes_nowhere_else(run: Run, environment: Environment, landscape: Landscape, url: str) -> None:
    with pytest.raises(InputError, match="url is no https URL"):
        run(fsm_client_info, **options(environment, url=url))
    assert landscape.requests(environment.name) == []
