# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Task Center: connectors and their jobs, monitoring, and a user's inbox from end to end."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta

import pytest
import requests

from landscape import Landscape, Matching
from landscape.faults import Status
from landscape.logon import log_on
from landscape.platform.clock import Clock
from landscape.platform.web import PlainServiceError
from landscape.task_center.limit import RequestLimit

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape import Environment
    from landscape.fsm.accounts import ApprovalTask
    from unit.landscape.conftest import Http
    from unit.landscape.task_center.conftest import Inbox, Tick


def test_connector_comes_pauses_and_goes(
    landscape: Landscape, environment: Environment, primary: dict[str, str], secondary: dict[str, str], tick: Tick
) -> None:
    destinations = environment.subaccount.destinations
    destinations["FSM_PP"] = secondary
    task = landscape.add_task(environment, environment.users[0])
    assert tick() == {}
    destinations["FSM"] = primary
    [connector] = tick().values()
    assert (connector.name, connector.status) == ("FSM", "OK")
    assert {job.type: job.status for job in connector.jobs.values()} == {"CONFIG": "OK", "INITIAL": "OK", "META": "OK"}
    assert set(connector.tasks) == {task.id}
    tick()
    assert connector.jobs["DELTA"].status == "OK"

    destinations["FSM"] = {**primary, "tc.enabled": "no"}
    landscape.add_task(environment, environment.users[0])
    assert tick()["FSM"].status == "PAUSED"
    # What is cached stays, is not updated, and is not shown.
    assert set(connector.tasks) == {task.id}
    assert list(environment.task_center.tasks_of(environment.users[0].email)) == []

    destinations["FSM"] = {key: value for key, value in primary.items() if key != "tc.enabled"}
    assert tick() == {}
    destinations["FSM"] = primary
    assert tick()["FSM"].id != connector.id


def test_meta_runs_daily(landscape: Landscape, environment: Environment, primary: dict[str, str], tick: Tick) -> None:
    environment.subaccount.destinations["FSM"] = primary
    first = tick()["FSM"].jobs["META"].at
    landscape.clock.advance(3600)
    assert tick()["FSM"].jobs["META"].at == first
    landscape.clock.advance(23 * 3600)
    assert tick()["FSM"].jobs["META"].at > first
    landscape.clock.advance(-24 * 3600)


@pytest.mark.parametrize(
    "name, change, status, message",
    [
        ("F" * 65, {}, "ERROR", "64 characters"),
        ("FSM", {"tc.notifications.enabled": "yes"}, "WARNING", "tc.notifications.enabled"),
        ("FSM", {"tc.notifications.enabled": "true"}, "OK", ""),
        ("FSM", {"tc.provider_type": "S4"}, "ERROR", "tc.provider_type"),
    ],
)
def test_faults_of_the_configuration(
    environment: Environment,
    primary: dict[str, str],
    tick: Tick,
    name: str,
    change: dict[str, str],
    status: str,
    message: str,
) -> None:
    environment.subaccount.destinations[name] = {**primary, **change}
    connector = tick()[name]
    assert connector.status == status
    assert message in connector.jobs["CONFIG"].message
    assert ("INITIAL" in connector.jobs) == (status != "ERROR")


@pytest.mark.parametrize(
    "change, message",
    [
        ({"tokenServicePassword": "wrong"}, "No token for destination FSM"),
        ({"URL.headers.X-Company-ID": "0"}, "X-Company-ID 0"),
        ({"URL.headers.X-Account-ID": "0"}, "X-Account-ID 0"),
        ({"URL.headers.X-Client-Version": ""}, "X-Client-Version is missing"),
        ({"URL": "https://de.fsm.cloud.sap/elsewhere"}, "status 404"),
    ],
)
def test_first_pull_says_why_it_fails(
    environment: Environment, primary: dict[str, str], tick: Tick, change: dict[str, str], message: str
) -> None:
    environment.subaccount.destinations["FSM"] = {**primary, **change}
    connector = tick()["FSM"]
    assert (connector.status, connector.jobs["INITIAL"].status) == ("ERROR", "ERROR")
    assert message in connector.jobs["INITIAL"].message
    environment.subaccount.destinations["FSM"] = primary
    assert tick()["FSM"].status == "OK"


def test_an_hour_without_token_disables_the_destination(
    landscape: Landscape, environment: Environment, primary: dict[str, str], tick: Tick
) -> None:
    destinations = environment.subaccount.destinations
    destinations["FSM"] = {**primary, "tokenServicePassword": "wrong"}
    tick()
    landscape.clock.advance(3500)
    assert tick()["FSM"].status == "ERROR"
    assert destinations["FSM"]["tc.enabled"] == "true"
    landscape.clock.advance(200)
    assert tick()["FSM"].status == "PAUSED"
    assert destinations["FSM"] == {**primary, "tokenServicePassword": "wrong", "tc.enabled": "false"}
    # Someone has to enable it again, with the right secret; then its hour starts again.
    destinations["FSM"] = primary
    assert tick()["FSM"].status == "OK"
    landscape.clock.advance(-3700)


def test_an_hour_counts_only_while_there_is_no_token(
    landscape: Landscape, environment: Environment, primary: dict[str, str], tick: Tick
) -> None:
    """An API that is out of order is not a token that cannot be had."""
    destinations = environment.subaccount.destinations
    destinations["FSM"] = {**primary, "tokenServicePassword": "wrong"}
    tick()
    landscape.clock.advance(1800)
    destinations["FSM"] = primary
    outage = landscape.faults.add(Status(503), Matching(environment=environment.name, path="*/simulated/*"))
    assert tick()["FSM"].status == "ERROR"
    landscape.faults.remove(outage)
    landscape.clock.advance(1860)
    destinations["FSM"] = {**primary, "tokenServicePassword": "wrong"}
    assert tick()["FSM"].status == "ERROR"
    assert destinations["FSM"]["tc.enabled"] == "true"
    landscape.clock.advance(-3660)


@pytest.mark.parametrize("odd", [{"URL.headers.X-Company-ID": "\uff11\uff12"}, {"URL": ""}])
def test_odd_destination_keeps_nobody_else_from_the_refresh(
    landscape: Landscape, environment: Environment, primary: dict[str, str], tick: Tick, odd: dict[str, str]
) -> None:
    environment.subaccount.destinations["FSM"] = {**primary, **odd}
    other = landscape.add_environment({})
    landscape.task_center.tick()
    assert tick()["FSM"].status == "ERROR"
    assert landscape.task_center.connectors(other.name) == {}


def test_destination_service_out_of_order(
    landscape: Landscape, environment: Environment, primary: dict[str, str], tick: Tick
) -> None:
    environment.subaccount.destinations["FSM"] = primary
    tick()
    outage = landscape.faults.add(
        Status(503), Matching(system="destination-service", environment=environment.name, origin="landscape")
    )
    connector = tick()["FSM"]
    assert (connector.status, "503" in connector.jobs["CONFIG"].message) == ("ERROR", True)
    landscape.faults.remove(outage)
    assert tick()["FSM"].status == "OK"


def test_new_url_repopulates_the_cache(
    landscape: Landscape, environment: Environment, primary: dict[str, str], tick: Tick
) -> None:
    landscape.add_task(environment, environment.users[0])
    environment.subaccount.destinations["FSM"] = primary
    tick()
    assert "DELTA" in tick()["FSM"].jobs
    environment.subaccount.destinations["FSM"] = {**primary, "URL": primary["URL"] + "/"}
    assert "DELTA" not in tick()["FSM"].jobs


def test_user_decides_a_task(
    landscape: Landscape, environment: Environment, task: ApprovalTask, tick: Tick, inbox: Inbox
) -> None:
    user, colleague = environment.users
    other = landscape.add_task(environment, colleague)
    connector = tick()["FSM"]
    [shown] = inbox(user, "GET", "/simulated/tasks").json()
    assert shown["id"] == task.id
    decision = f"/simulated/tasks/{shown['connector']}/{task.id}/decision"
    assert inbox(colleague, "POST", decision, json={"decision": "APPROVE"}).status_code == 404
    assert inbox(user, "POST", decision, json={"decision": "PERHAPS"}).status_code == 400
    assert inbox(user, "POST", decision, json={"decision": "APPROVE"}).status_code == 204
    assert (task.decision, task.decided_by) == ("APPROVED", user.email)
    assert (other.decision, other.decided_by) == (None, None)
    assert connector.jobs["PUSH"].status == "OK"
    assert inbox(user, "GET", "/simulated/tasks").json() == []


def test_user_cannot_decide_when_the_certificate_is_not_trusted(
    environment: Environment, task: ApprovalTask, tick: Tick, inbox: Inbox
) -> None:
    user = environment.users[0]
    connector = tick()["FSM"]
    environment.subaccount.trust.replace()
    decision = f"/simulated/tasks/{connector.id}/{task.id}/decision"
    answer = inbox(user, "POST", decision, json={"decision": "REJECT"})
    assert (answer.status_code, "not trusted" in answer.json()["ErrorMessage"]) == (502, True)
    assert (task.decision, connector.jobs["PUSH"].status) == (None, "ERROR")
    del environment.subaccount.destinations["FSM_PP"]
    assert inbox(user, "POST", decision, json={"decision": "REJECT"}).status_code == 502


def test_two_primaries_show_every_task_twice(
    landscape: Landscape, environment: Environment, primary: dict[str, str], tick: Tick, inbox: Inbox
) -> None:
    environment.subaccount.destinations.update({"FSM": primary, "FSM_2": primary})
    task = landscape.add_task(environment, environment.users[0])
    tick()
    shown = inbox(environment.users[0], "GET", "/simulated/tasks").json()
    assert [item["id"] for item in shown] == [task.id, task.id]
    assert len({item["connector"] for item in shown}) == 2


def test_secondary_that_is_enabled_is_polled_as_a_primary(
    environment: Environment, secondary: dict[str, str], tick: Tick
) -> None:
    environment.subaccount.destinations["FSM_PP"] = {**secondary, "tc.enabled": "true"}
    assert "X-user-token is missing" in tick()["FSM_PP"].jobs["INITIAL"].message


def test_monitoring(environment: Environment, primary: dict[str, str], tick: Tick, inbox: Inbox) -> None:
    administrator = environment.users[0]
    environment.subaccount.destinations["FSM"] = primary
    connector = tick()["FSM"]
    [listed] = inbox(administrator, "GET", "/v1/connectors").json()["connectors"]
    assert (listed["destinationName"], listed["status"]) == ("FSM", "OK")
    assert inbox(administrator, "GET", f"/v1/connectors/{connector.id}").json() == listed
    job = inbox(administrator, "GET", f"/v1/connectors/{connector.id}/jobTypes/CONFIG").json()
    assert (job["jobType"], job["status"]) == ("CONFIG", "OK")
    assert inbox(administrator, "GET", f"/v1/connectors/{connector.id}/jobTypes/PUSH").status_code == 404
    assert inbox(administrator, "GET", "/v1/connectors/unknown").status_code == 404


def test_status_of_the_service(landscape: Landscape, environment: Environment, inbox: Inbox) -> None:
    def states() -> dict[str, tuple[str, str]]:
        found = inbox(environment.users[0], "GET", "/v1/service-status").json()["status"]
        now = landscape.clock.now()
        assert all(now - datetime.fromisoformat(item["updatedAt"]) < timedelta(minutes=5) for item in found)
        return {item["code"]: (item["status"], item["message"]) for item in found}

    assert states() == {"Service_Configuration": ("OK", ""), "IDS_Configuration": ("OK", "")}
    name = "Identity_Authentication_Connectivity_IDS"
    del environment.subaccount.destinations[name]
    assert states()["IDS_Configuration"] == ("ERROR", f"There is no destination {name}")


def test_monitoring_is_for_administrators(
    http: Http,
    environment: Environment,
    inbox: Inbox,
    user_token: str,
    fetch_token: t.Callable[[dict[str, str]], str],
) -> None:
    assert inbox(environment.users[1], "GET", "/v1/connectors").status_code == 403
    key = environment.task_center.service_key()
    url = f"{key['endpoints']['inbox_rest_url']}/v1/connectors"
    # A technical token is not enough, nor is a user's for another application.
    for token, status in ((fetch_token(key["uaa"]), 403), (user_token, 403), ("wrong", 401)):
        assert http("GET", url, headers={"Authorization": f"Bearer {token}"}).status_code == status
    assert http("GET", url).status_code == 401


def test_too_many_requests() -> None:
    clock = Clock()
    limit = RequestLimit(clock, requests_per_minute=2)
    limit.count("one")
    clock.advance(20)
    limit.count("one")
    # The first of the two stops counting after a minute; another tenant has a limit of its own.
    clock.advance(10)
    with pytest.raises(PlainServiceError) as refused:
        limit.count("one")
    assert refused.value.response().status_code == 429
    assert refused.value.response().headers["Retry-After"] == "30"
    limit.count("other")
    clock.advance(31)
    limit.count("one")
    clock.advance(-61)
    limit.count("one")


def test_too_frequent_calls_learn_when_to_call_again(tmp_path: Path) -> None:
    config = {
        "environments": [{"name": name} for name in ("dev", "qa")],
        "x509_service_keys": False,
        "task_center_requests_per_minute": 3,
    }
    with Landscape(config, directory=tmp_path) as landscape, requests.Session() as session:
        session.trust_env = False
        session.proxies = {"https": landscape.proxy_url}
        session.verify = str(landscape.ca_file)

        def ask(name: str) -> requests.Response:
            environment = landscape.environments[name]
            key = environment.task_center.service_key()
            token = log_on(landscape, key["uaa"], environment.users[0])["access_token"]
            url = f"{key['endpoints']['inbox_rest_url']}/v1/connectors"
            return session.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)

        assert [ask("dev").status_code for _unused in range(4)] == [200, 200, 200, 429]
        assert 1 <= int(ask("dev").headers["Retry-After"]) <= 60
        assert ask("qa").status_code == 200
        landscape.clock.advance(60)
        assert ask("dev").status_code == 200


def test_background_refresh() -> None:
    config = {"environments": [{"name": "dev"}], "x509_service_keys": False, "task_center_refresh_seconds": 1}
    with Landscape(config) as landscape:
        environment = landscape.environments["dev"]
        refreshes = Matching(system="destination-service", origin="landscape", path="*/subaccountDestinations")
        pause = landscape.faults.pause_after(refreshes)
        assert pause.wait(30)
        environment.subaccount.destinations["FSM"] = {"Type": "HTTP", "tc.enabled": "false"}
        again = landscape.faults.pause_before(refreshes)
        pause.release()
        assert again.wait(30)
        assert landscape.task_center.connectors("dev") == {}
