# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated FSM's approval API: whom it serves, and whose decisions it takes."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

TOKEN_URL = "https://de.fsm.cloud.sap/api/oauth2/v2/token"
TASKS = "/simulated/tasks"


@pytest.fixture
def approval(http: Http, environment: Environment) -> t.Callable[..., t.Any]:
    """Call the approval API with a client's token, or a user's, and with some of the headers changed."""
    account, client = environment.fsm_account, environment.fsm_client

    def call(method: str, path: str, form: dict[str, str] | None = None, **options: t.Any) -> t.Any:
        form = form or {"grant_type": "client_credentials"}
        token = http("POST", TOKEN_URL, data=form, auth=(client.id, client.secret)).json()["access_token"]
        headers = {
            "Authorization": f"Bearer {token}",
            "X-Account-ID": account.id,
            "X-Company-ID": client.company_id,
            "X-Client-ID": "sap-task-center",
            "X-Client-Version": "1.0",
            **options.pop("headers", {}),
        }
        return http(method, environment.inputs()["fsm"]["url"] + path, headers=headers, **options)

    return call


Approval = t.Callable[..., t.Any]


def test_clients_read_all_tasks_of_their_company(
    landscape: Landscape, environment: Environment, approval: Approval
) -> None:
    tasks = [landscape.add_task(environment, user) for user in environment.users]
    environment.fsm_account.add_task("999", environment.users[0].email, "Elsewhere", landscape.clock.now())
    assert [item["id"] for item in approval("GET", TASKS).json()] == [task.id for task in tasks]


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"X-Account-ID": None}, 400),
        ({"X-Company-ID": None}, 400),
        ({"X-Client-ID": None}, 400),
        ({"X-Client-Version": None}, 400),
        ({"X-Account-ID": "1"}, 403),
        ({"X-Company-ID": "1"}, 403),
        ({"Authorization": None}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
    ],
)
def test_headers_are_demanded(approval: Approval, headers: dict[str, str], status: int) -> None:
    assert approval("GET", TASKS, headers=headers).status_code == status


def test_decisions_are_users(landscape: Landscape, environment: Environment, approval: Approval) -> None:
    user, colleague = environment.users
    task = landscape.add_task(environment, user)
    decision, approve = f"{TASKS}/{task.id}/decision", {"decision": "APPROVE"}
    assert approval("POST", decision, json=approve).status_code == 403

    def log_on(email: str) -> dict[str, str]:
        fsm_user = environment.fsm_account.user(email)
        assert fsm_user is not None
        return {"grant_type": "password", "username": email, "password": fsm_user.password}

    assert approval("GET", f"{TASKS}/{task.id}", log_on(colleague.email)).status_code == 404
    assert approval("POST", decision, log_on(colleague.email), json=approve).status_code == 404
    assert approval("POST", decision, log_on(user.email), json={}).status_code == 400
    decided = approval("POST", decision, log_on(user.email), json=approve).json()
    assert (decided["status"], decided["decidedBy"]) == ("APPROVED", user.email)
    assert approval("POST", decision, log_on(user.email), json=approve).status_code == 409
    assert approval("GET", TASKS).json() == []


def test_wrong_password(http: Http, environment: Environment) -> None:
    client = environment.fsm_client
    form = {"grant_type": "password", "username": environment.users[0].email, "password": "wrong"}
    answer = http("POST", TOKEN_URL, data=form, auth=(client.id, client.secret))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
