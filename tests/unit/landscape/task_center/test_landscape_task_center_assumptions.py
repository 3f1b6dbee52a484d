# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is assumed of Task Center, under each alternative."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from landscape.fsm.accounts import ApprovalTask
    from unit.landscape.conftest import Http
    from unit.landscape.task_center.conftest import Inbox, LogOn, Tick


@pytest.fixture
def advance(landscape: Landscape) -> t.Iterator[t.Callable[[float], None]]:
    """Move the landscape's clock, and back again at the end."""
    moved: list[float] = []

    def advance(seconds: float) -> None:
        moved.append(seconds)
        landscape.clock.advance(seconds)

    yield advance
    landscape.clock.advance(-sum(moved))


Advance = t.Callable[[float], None]


@pytest.mark.parametrize(
    "assumptions, slash",
    [({"task_center_rest_url": "without_slash"}, ""), ({"task_center_rest_url": "with_slash"}, "/")],
)
def test_end_of_the_rest_url(environment: Environment, inbox: Inbox, slash: str) -> None:
    url = environment.task_center.service_key()["endpoints"]["inbox_rest_url"]
    assert url == url.rstrip("/") + slash
    assert inbox(environment.users[0], "GET", "v1/connectors" if slash else "/v1/connectors").status_code == 200


@pytest.mark.parametrize(
    "assumptions, path",
    [
        ({"task_center_path": "inbox_rest_url"}, "/inbox"),
        ({"task_center_path": "task_center_service"}, "/task-center-service"),
    ],
)
def test_path_of_the_monitoring(
    http: Http, environment: Environment, primary: dict[str, str], tick: Tick, log_on: LogOn, path: str
) -> None:
    environment.subaccount.destinations["FSM"] = primary
    connector = tick()["FSM"]
    key = environment.task_center.service_key()
    headers = {"Authorization": f"Bearer {log_on(key['uaa'], environment.users[0])['access_token']}"}
    host = key["endpoints"]["inbox_rest_url"].removesuffix("/inbox")
    own = f"/connectors/{connector.id}"
    for resource in ("/connectors", own, f"{own}/jobTypes/CONFIG", "/service-status"):
        for prefix in ("/inbox", "/task-center-service"):
            answer = http("GET", f"{host}{prefix}/v1{resource}", headers=headers)
            assert answer.status_code == (200 if prefix == path else 404)


@pytest.mark.parametrize(
    "assumptions, status",
    [({"task_center_client_token": "refused"}, 403), ({"task_center_client_token": "accepted"}, 200)],
)
def test_monitoring_without_a_user(
    http: Http, environment: Environment, inbox: Inbox, fetch_token: t.Callable[[dict[str, str]], str], status: int
) -> None:
    key = environment.task_center.service_key()
    url = key["endpoints"]["inbox_rest_url"]
    headers = {"Authorization": f"Bearer {fetch_token(key['uaa'])}"}
    assert http("GET", f"{url}/v1/connectors", headers=headers).status_code == status
    # An inbox is somebody's, and a user needs the role as before.
    assert http("GET", f"{url}/simulated/tasks", headers=headers).status_code == 403
    assert inbox(environment.users[1], "GET", "/v1/connectors").status_code == 403


@pytest.mark.parametrize(
    "assumptions, with_jobs",
    [({"task_center_connectors": "status_only"}, False), ({"task_center_connectors": "jobs"}, True)],
)
def test_list_of_connectors(
    environment: Environment, primary: dict[str, str], tick: Tick, inbox: Inbox, with_jobs: bool
) -> None:
    environment.subaccount.destinations["FSM"] = primary
    tick()
    [listed] = inbox(environment.users[0], "GET", "/v1/connectors").json()["connectors"]
    own = inbox(environment.users[0], "GET", f"/v1/connectors/{listed['id']}").json()
    assert {job["jobType"] for job in own["jobs"]} == {"CONFIG", "INITIAL", "META"}
    assert listed == (own if with_jobs else {"id": own["id"], "status": "OK"})


@pytest.mark.parametrize(
    "assumptions, last",
    [
        ({"task_center_job": "last_run"}, None),
        ({"task_center_job": "history"}, 0),
        ({"task_center_job": "history_oldest_first"}, -1),
    ],
)
def test_log_of_a_job(
    environment: Environment, primary: dict[str, str], tick: Tick, inbox: Inbox, advance: Advance, last: int | None
) -> None:
    destinations = environment.subaccount.destinations
    destinations["FSM"] = primary
    for _unused in range(11):
        tick()
        advance(60)
    destinations["FSM"] = {**primary, "tc.notifications.enabled": "perhaps"}
    connector = tick()["FSM"]
    path = f"/v1/connectors/{connector.id}/jobTypes"
    answer = inbox(environment.users[0], "GET", f"{path}/CONFIG").json()
    if last is None:
        assert (answer["jobType"], answer["status"]) == ("CONFIG", "WARNING")
        return
    assert len(answer) == 10
    assert [record["status"] for record in answer].count("OK") == 9
    assert answer[last]["status"] == "WARNING"
    assert "must be true or false" in answer[last]["message"]
    moments = [record["startedAt"] for record in answer]
    assert moments == sorted(moments, reverse=last == 0)
    assert all(record["finishedAt"] >= record["startedAt"] for record in answer)
    assert inbox(environment.users[0], "GET", f"{path}/PUSH").status_code == 404


@pytest.mark.parametrize(
    "assumptions, noted", [({"task_center_push": "absent"}, False), ({"task_center_push": "present"}, True)]
)
def test_decisions_as_jobs(environment: Environment, task: ApprovalTask, tick: Tick, inbox: Inbox, noted: bool) -> None:
    user = environment.users[0]
    connector = tick()["FSM"]
    decision = f"/simulated/tasks/{connector.id}/{task.id}/decision"
    certificate = environment.subaccount.trust.active
    environment.subaccount.trust.replace()
    assert inbox(user, "POST", decision, json={"decision": "APPROVE"}).status_code == 502
    assert (connector.status == "ERROR") == noted
    environment.subaccount.trust.active = certificate
    assert inbox(user, "POST", decision, json={"decision": "APPROVE"}).status_code == 204
    assert ("PUSH" in connector.jobs) == noted
    assert "DELTA" in tick()["FSM"].jobs


@pytest.mark.parametrize("assumptions", [{"task_center_initial_pull": "at_once"}])
def test_first_pull_is_over_at_once(
    environment: Environment, primary: dict[str, str], tick: Tick, inbox: Inbox
) -> None:
    environment.subaccount.destinations["FSM"] = primary
    assert tick()["FSM"].jobs["INITIAL"].status == "OK"
    assert "DELTA" in tick()["FSM"].jobs


@pytest.mark.parametrize("assumptions", [{"task_center_initial_pull": "long"}])
def test_first_pull_takes_long(
    environment: Environment, task: ApprovalTask, tick: Tick, inbox: Inbox, advance: Advance
) -> None:
    user = environment.users[0]
    for _unused in range(3):
        connector = tick()["FSM"]
        shown = inbox(user, "GET", f"/v1/connectors/{connector.id}").json()
        assert (shown["status"], {job["jobType"]: job["status"] for job in shown["jobs"]}) == (
            "OK",
            {"CONFIG": "OK", "INITIAL": "RUNNING"},
        )
        assert inbox(user, "GET", "/simulated/tasks").json() == []
        advance(500)
    advance(500)
    [initial] = tick()["FSM"].log["INITIAL"]
    assert (initial.status, (initial.at - initial.started).total_seconds() >= 1800) == ("OK", True)
    assert [item["id"] for item in inbox(user, "GET", "/simulated/tasks").json()] == [task.id]
    assert "DELTA" in tick()["FSM"].jobs


@pytest.mark.parametrize("assumptions", [{"task_center_reaction": "one_minute"}])
def test_connector_reacts_at_the_next_refresh(environment: Environment, primary: dict[str, str], tick: Tick) -> None:
    assert tick() == {}
    environment.subaccount.destinations["FSM"] = primary
    assert list(tick()) == ["FSM"]
    del environment.subaccount.destinations["FSM"]
    assert tick() == {}


@pytest.mark.parametrize("assumptions", [{"task_center_reaction": "several_minutes"}])
def test_connector_reacts_late(environment: Environment, primary: dict[str, str], tick: Tick, advance: Advance) -> None:
    destinations = environment.subaccount.destinations
    assert tick() == {}
    destinations["FSM"] = primary
    assert tick() == {}
    advance(240)
    assert tick() == {}
    advance(60)
    assert list(tick()) == ["FSM"]
    destinations["FSM"] = {**primary, "tc.enabled": "false"}
    assert tick()["FSM"].status == "OK"
    advance(301)
    assert tick()["FSM"].status == "PAUSED"
    del destinations["FSM"]
    assert list(tick()) == ["FSM"]
    advance(301)
    assert tick() == {}


@pytest.mark.parametrize(
    "assumptions",
    [
        {"destination_secrets": "left_out"},
        {"destination_secrets": "null"},
        {"destination_secrets": "starred"},
    ],
)
def test_disabling_writes_no_secret_that_was_not_read(
    environment: Environment, primary: dict[str, str], tick: Tick, advance: Advance
) -> None:
    destinations = environment.subaccount.destinations
    destinations["FSM"] = wrong = {**primary, "tokenServicePassword": "wrong"}
    tick()
    advance(3700)
    assert tick()["FSM"].status == "PAUSED"
    assert destinations["FSM"] == {**wrong, "tc.enabled": "false"}
