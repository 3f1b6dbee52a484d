# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom FSM's API serves, judged by what is public of it.

Sources: FSM's public SDK: every request has the headers X-Account-ID, X-Company-ID, X-Client-ID and X-Client-Version,
and an answer to a client names the companies that it may use. SAP Task Center's guide: the ID of a company is text.
"""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from judges.facts.conftest import Ask
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

Status = t.Callable[..., int]


@pytest.fixture
def status(http: Http, fsm_token: Ask) -> Status:
    """Read the tasks of an environment's company with its client's token: the status of the answer."""

    def status(environment: Environment, cluster: str = "de", *, asked: str = "de", **headers: str) -> int:
        client = environment.fsm_client
        granted = fsm_token(auth=(client.id, client.secret), cluster=cluster, grant_type="client_credentials")
        complete = {
            "Authorization": f"Bearer {granted.json()['access_token']}",
            "X-Account-ID": environment.fsm_account.id,
            "X-Company-ID": client.company_id,
            "X-Client-ID": "sap-task-center",
            "X-Client-Version": "1.0",
            **headers,
        }
        url = f"https://{asked}.fsm.cloud.sap/cloud-approval-service/api/simulated/tasks"
        return http("GET", url, headers=complete).status_code

    return status


def test_token_of_another_cluster(landscape: Landscape, environment: Environment, status: Status) -> None:
    other = landscape.add_environment({"fsm": {"cluster": "us"}})
    assert status(environment) == status(other, "us", asked="us") == 200
    assert status(other, "us", asked="de") == status(environment, "de", asked="us") == 401


def test_client_is_one_of_its_company(
    landscape: Landscape, environment: Environment, status: Status, fsm_token: Ask
) -> None:
    account = environment.fsm_account
    neighbour = landscape.add_environment({"fsm": {"account_id": account.id, "saml_name": account.saml_name}})
    companies = [item.fsm_client.company_id for item in (environment, neighbour)]
    assert [status(environment, **{"X-Company-ID": company}) for company in companies] == [200, 403]
    assert [status(neighbour, **{"X-Company-ID": company}) for company in companies] == [403, 200]


def test_client_is_one_of_its_account(landscape: Landscape, environment: Environment, status: Status) -> None:
    other = landscape.add_environment({"fsm": {"company_id": environment.fsm_client.company_id}})
    assert status(environment, **{"X-Account-ID": other.fsm_account.id}) == 403


def test_leading_zeros_of_a_company_count(landscape: Landscape, status: Status) -> None:
    environment = landscape.add_environment({"fsm": {"company_id": "0123456"}})
    assert status(environment) == 200
    assert status(environment, **{"X-Company-ID": "123456"}) == 403
