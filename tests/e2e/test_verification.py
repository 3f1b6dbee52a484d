# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection is verified: tokens, a user's assertion, Task Center's connector, and a decision that reaches FSM."""

from __future__ import annotations

import typing as t
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from landscape.faults import Callback, Lag, Matching, Status
from operating import ENABLED, Connection
from operator_at_work import active
from prepared import Case, missed
from tables import rows_of

if t.TYPE_CHECKING:
    from landscape import Landscape
    from landscape.faults import Arrival, Effect
    from landscape.landscape import Environment
    from landscape.subaccount.tenants import Subaccount
    from landscape.subaccount.users import User
    from operator_at_work import Operator, Variables

HOUR = 3600  # seconds
PATIENCE = 60  # seconds to wait for what is about to happen
SUMMARY = "Summarize the environments"
SETUP = "Identity_Authentication_Connectivity_IDS"


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
def with_tokens(operator: Operator, uploaded: Environment, administrator: Person) -> Variables:
    """The variables of an environment with all tokens that a verification needs."""
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
    operator: Operator, uploaded: Environment, administrator: Person, with_tokens: Variables
) -> None:
    tick_when_asked(operator.landscape, uploaded)

    run = operator.play("connect_fsm", {"dev": with_tokens}, "-vvv")

    assert run.code == 0
    assert rows_of(run, SUMMARY)["dev"]["unverified"] == "-"
    assert "Not verified" not in run.output
    user = uploaded.users[0]
    task = operator.landscape.add_task(uploaded, user)
    operator.landscape.task_center.tick(uploaded.name)
    [shown] = administrator.inbox("GET", "").json()
    assert shown["id"] == task.id
    decided = administrator.inbox("POST", f"/{shown['connector']}/{task.id}/decision", json={"decision": "APPROVE"})
    assert decided.status_code == 204
    assert (task.decision, task.decided_by) == ("APPROVED", user.email)


@pytest.mark.provokes("primary_without_token", "secondary_without_token", "connector_missing")
def test_what_does_not_work_is_reported(operator: Operator, uploaded: Environment, with_tokens: Variables) -> None:
    hosts = {"dev": with_tokens}
    hosts["dev"]["fsm_check_client"] = False
    # The declaration in the inventory is wrong: FSM does not trust the certificate.
    for certificate in list(uploaded.fsm_account.certificates):
        uploaded.fsm_account.remove(certificate.fingerprint)
    hosts["dev"]["fsm_client_secret"] = "an-old-one"

    reported = operator.play("connect_fsm", hosts).failure("dev")

    assert "The Destination Service obtains no token through FSM: " in reported
    assert "401" in reported
    assert "The Destination Service obtains no token for the user through FSM_PP: " in reported
    assert "Task Center has no connector of FSM." in reported


@pytest.mark.provokes("connector_possibly_outdated")
def test_connector_as_it_was_before_the_change_verifies_nothing(operator: Operator) -> None:
    """Task Center has not reread the destinations, and the operator does not wait for it."""
    connection = Connection(operator, operator.environment())
    connection.change("FSM", Description="by hand")
    variables = connection.variables(fsm_task_center_refresh_seconds=120, fsm_task_center_wait=0)

    run = operator.play("connect_fsm", {"dev": variables})

    assert run.code == 0
    assert "Not verified (fsm_task_center_wait is less than fsm_task_center_refresh_seconds)" in run.output
    assert rows_of(run, SUMMARY)["dev"]["unverified"] == "secondary, connector"


@pytest.mark.provokes("user_propagation_unverified", "task_center_unverified")
def test_what_is_not_verified_is_listed(operator: Operator, uploaded: Environment) -> None:
    # What is set and empty is as good as not set.
    empty = {"fsm_user_token": "", "fsm_task_center_service_key": ""}
    run = operator.play("connect_fsm", {"dev": operator.variables(uploaded, **empty)})

    assert run.code == 0
    assert "Not verified (fsm_user_token is not set): users can act on tasks through FSM_PP [user_prop" in run.output
    assert "Not verified (fsm_task_center_service_key is not set): Task Center's connector of FSM works [" in run.output


@pytest.mark.provokes(
    "connector_fails",
    "connector_initial_pull_unfinished",
    "connector_paused",
    "task_center_setup",
    "found_in_instance",
    "token_possibly_outdated",
)
def test_what_task_center_and_a_search_say_otherwise_is_reported(operator: Operator) -> None:
    """Nothing is to be written, and only verifying shows what is wrong; each environment in a way of its own."""
    reported = {
        "fails": ("connector_fails", "is ERROR: ", "META ERROR", "See the job's message"),
        "pulling": ("connector_initial_pull_unfinished", "has not done its first pull yet: CONFIG OK."),
        "paused": ("connector_paused", "is PAUSED", "an hour without a token", "resume_fsm"),
        "setup": ("task_center_setup", "IDS_Configuration that it is ERROR: There is no destination"),
        "hidden": ("found_in_instance", "FSM was found in the service instance"),
        "late": ("token_possibly_outdated", "other values of Description than it has"),
    }
    connections = {name: Connection(operator, operator.environment()) for name in reported}
    cases = {}
    for name, one in connections.items():
        finding, *words = reported[name]
        variables = one.variables(fsm_task_center_wait=0)
        cases[name] = Case(one.environment, variables, {finding, "user_propagation_unverified"}, tuple(words))

    def strike(name: str, effect: Effect, **matching: t.Any) -> None:
        environment = connections[name].environment.name
        operator.landscape.faults.add(effect, Matching(environment=environment, **matching))

    def of(name: str) -> Subaccount:
        return connections[name].environment.subaccount

    strike("fails", Status(503), path="*/definitions")
    connections["fails"].environment.task_center.connectors.clear()
    connections["fails"].tick()
    # Task Center has begun its first pull when it is asked, and FSM does not answer before that.
    connections["pulling"].environment.task_center.connectors.clear()
    environment = connections["pulling"].environment.name
    pulling = operator.landscape.faults.pause_before(Matching(environment=environment, system="fsm", path="*/tasks"))
    pool = ThreadPoolExecutor(1)

    def begin_to_pull(_arrival: Arrival) -> None:
        pool.submit(connections["pulling"].tick)
        pulling.wait(PATIENCE)

    strike("pulling", Callback(begin_to_pull), path="*/v1/connectors")
    # Someone has resumed it just now.
    connections["paused"].change("FSM", **{ENABLED: "false"})
    connections["paused"].tick()
    connections["paused"].change("FSM", **{ENABLED: "true"})
    # While the run goes on, someone does harm.
    removal = Callback(lambda _arrival: of("setup").destinations.pop(SETUP, None))
    strike("setup", removal, system="task-center", path="*/service-status")
    hiding = Callback(lambda _arrival: of("hidden").instance_destinations.update(FSM=of("hidden").destinations["FSM"]))
    strike("hidden", hiding, system="destination-service", path="*/destinations/FSM", method="GET")
    # They take it back before the run reads the instance again.
    hidden = of("hidden").instance_destinations
    strike("hidden", Callback(lambda _arrival: hidden.pop("FSM", None)), path="*/instanceDestinations", method="GET")
    # The search does not see what this run is about to write.
    cases["late"].variables["fsm_primary_properties"] = {"Description": "new"}
    strike("late", Lag(3600), path="*/v1/destinations/FSM")

    with pool:
        run = operator.play("connect_fsm", {name: case.variables for name, case in cases.items()})
        pulling.release()

    assert run.code == 2
    assert missed(run, cases) == {}
    assert {name for name in cases if run.failed(name)} == {"fails", "paused", "hidden"}
    written = {name: [one["changed"] for one in run.results(name, "btp_destination")] for name in cases}
    assert written == {name: [name == "late", False] for name in cases}


def test_a_connector_that_task_center_disabled_is_recognised_and_works_again(operator: Operator) -> None:
    """Task Center sets tc.enabled to false itself when its first pull gets no token for an hour."""
    operator.secrets.add("mistyped-by-hand")
    mistyped = {"clientSecret": "mistyped-by-hand", "tokenServicePassword": "mistyped-by-hand"}
    connection = Connection(operator, operator.environment(), **mistyped)
    clock = operator.landscape.clock
    clock.advance(HOUR)
    connection.tick()
    clock.advance(-HOUR)
    assert connection.environment.subaccount.destinations["FSM"][ENABLED] == "false"

    hosts = {"dev": connection.variables(fsm_uploaded_certificates=[active(connection.environment).fingerprint])}
    found = operator.play("check_fsm", hosts)
    assert found.code == 0
    # That the connector is, too, follows from it.
    assert found.reported("dev") == {"destination_paused"}
    assert (
        "Someone has paused it by hand, or Task Center did, which it does after an hour without a token" in found.output
    )

    tick_when_asked(operator.landscape, connection.environment)
    corrected = operator.play("connect_fsm", hosts)

    assert corrected.code == 0
    assert corrected.reported("dev") == {"destination_paused", "user_propagation_unverified"}
    assert connection.environment.subaccount.destinations["FSM"][ENABLED] == "true"
    assert connection.connectors["FSM"].status == "OK"
