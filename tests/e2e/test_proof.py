# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection is proven: tokens, a user's assertion, Task Center's connector, and a decision that arrives in FSM."""

from __future__ import annotations

import typing as t

import pytest
import requests

from landscape.faults import Callback, Matching

if t.TYPE_CHECKING:
    from landscape import Landscape
    from landscape.landscape import Environment
    from landscape.users import User
    from operator_at_work import Operator, Variables


class Person:
    """Someone who logs on to a subaccount, and uses Task Center."""

    def __init__(self, operator: Operator, environment: Environment, user: User) -> None:
        self._landscape = operator.landscape
        self._environment = environment
        self._user = user
        operator.secrets.add(user.password)

    def log_on(self) -> dict[str, t.Any]:
        """Return Task Center's tokens."""
        client = self._environment.task_center.service_key()["uaa"]
        answer = self._request(
            "POST",
            f"{client['url']}/oauth/token",
            data={"grant_type": "password", "username": self._user.user_name, "password": self._user.password},
            auth=(client["clientid"], client["clientsecret"]),
        )
        tokens: dict[str, t.Any] = answer.json()
        return tokens

    def inbox(self, method: str, path: str, **options: t.Any) -> requests.Response:
        """Ask Task Center."""
        url = self._environment.task_center.service_key()["endpoints"]["inbox_rest_url"]
        headers = {"Authorization": f"Bearer {self.log_on()['access_token']}"}
        return self._request(method, f"{url}/simulated/tasks{path}", headers=headers, **options)

    def _request(self, method: str, url: str, **options: t.Any) -> requests.Response:
        proxies = {"https": self._landscape.proxy_url}
        return requests.request(
            method, url, proxies=proxies, verify=str(self._landscape.ca_file), timeout=30, **options
        )


@pytest.fixture
def administrator(operator: Operator, uploaded: Environment) -> Person:
    """A user of Task Center who may see its monitoring."""
    return Person(operator, uploaded, uploaded.users[0])


@pytest.fixture
def with_proofs(operator: Operator, uploaded: Environment, administrator: Person) -> Variables:
    """The variables of an environment with all that a proof asks for."""
    key = uploaded.task_center.service_key()
    operator.secrets.add(key["uaa"]["clientsecret"])
    tokens = administrator.log_on()
    return operator.variables(
        uploaded,
        fsm_user_token=tokens["access_token"],
        fsm_task_center_service_key=key,
        fsm_task_center_refresh_token=tokens["refresh_token"],
        fsm_task_center_wait=0,
    )


def tick_when_asked(landscape: Landscape, environment: Environment) -> None:
    """Let Task Center have read the destinations whenever someone asks for its connectors."""
    asked = Matching(path="*/v1/connectors", environment=environment.name)
    landscape.faults.add(Callback(lambda _arrival: landscape.task_center.tick(environment.name)), asked)


def test_a_user_decides_a_task_through_the_destinations_of_the_role(
    operator: Operator, uploaded: Environment, administrator: Person, with_proofs: Variables
) -> None:
    tick_when_asked(operator.landscape, uploaded)

    run = operator.play("connect_fsm", {"dev": with_proofs}, "-vvv")

    assert run.code == 0
    assert "primary, secondary, Task Center" in run.output
    assert "Nobody has" not in run.output
    user = uploaded.users[0]
    task = operator.landscape.add_task(uploaded, user)
    operator.landscape.task_center.tick(uploaded.name)
    [shown] = administrator.inbox("GET", "").json()
    assert shown["id"] == task.id
    decided = administrator.inbox("POST", f"/{shown['connector']}/{task.id}/decision", json={"decision": "APPROVE"})
    assert decided.status_code == 204
    assert (task.decision, task.decided_by) == ("APPROVED", user.email)


def test_what_does_not_work_is_told(operator: Operator, uploaded: Environment, with_proofs: Variables) -> None:
    hosts = {"dev": with_proofs}
    hosts["dev"]["fsm_check_client"] = False
    # The declaration in the inventory is wrong: FSM does not trust the certificate.
    for certificate in list(uploaded.fsm_account.certificates):
        uploaded.fsm_account.remove(certificate.fingerprint)
    hosts["dev"]["fsm_client_secret"] = "an-old-one"

    told = operator.play("connect_fsm", hosts).failure("dev")

    assert "The Destination Service obtains no token through FSM: " in told
    assert "401" in told
    assert "The Destination Service obtains no token for the user through FSM_PP: " in told
    assert "Task Center has no connector of FSM." in told


def test_what_nobody_can_prove_is_listed(operator: Operator, uploaded: Environment) -> None:
    # What is set and empty is as good as not set.
    empty = {"fsm_user_token": "", "fsm_task_center_service_key": ""}
    run = operator.play("connect_fsm", {"dev": operator.variables(uploaded, **empty)})

    assert run.code == 0
    assert "Nobody has proven that users can act on tasks through FSM_PP." in run.output
    assert "Nobody has asked Task Center whether its connector of FSM works." in run.output
