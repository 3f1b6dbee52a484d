# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The landscape's own switches over HTTP, for one that runs as a program."""

from __future__ import annotations

import typing as t
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

LIST = "/subaccountDestinations"


@pytest.fixture
def control(landscape: Landscape, http: Http) -> Iterator[Http]:
    """Use the landscape's switches."""
    access = landscape.ready()["control"]

    def send(method: str, path: str, **options: t.Any) -> t.Any:
        return http(method, access["url"] + path, headers={"Authorization": f"Bearer {access['token']}"}, **options)

    yield send
    landscape.faults.clear()


def test_fault_is_added_counted_and_removed(control: Http, environment: Environment, service: Http) -> None:
    description = {
        "effect": {"kind": "status", "status": 429, "retry_after": 3},
        "match": {"environment": environment.name, "method": "GET"},
        "nth": 2,
        "times": 1,
    }
    added = control("POST", "/faults", json=description)
    assert added.status_code == 201
    answers = [service("GET", LIST) for _unused in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert answers[1].headers["Retry-After"] == "3"
    url = f"/faults/{added.json()['id']}"
    fault = control("GET", url).json()
    assert (fault["kind"], fault["matched"], fault["struck"]) == ("status", 3, 1)
    assert control("GET", "/faults").json() == [fault]
    assert control("DELETE", url).status_code == 204
    assert control("GET", url).status_code == 404


def test_pause_is_released(control: Http, landscape: Landscape, environment: Environment, service: Http) -> None:
    description = {"effect": {"kind": "pause"}, "match": {"environment": environment.name}, "times": 1}
    pause = control("POST", "/faults", json=description).json()
    assert pause["arrived"] is False
    with ThreadPoolExecutor(max_workers=1) as pool:
        waiting = pool.submit(service, "GET", LIST)
        [fault] = landscape.faults
        assert t.cast("t.Any", fault.effect).wait(30)
        assert control("GET", f"/faults/{pause['id']}").json()["arrived"] is True
        assert control("POST", f"/faults/{pause['id']}/release").status_code == 204
        assert waiting.result().status_code == 200


def test_chances_are_repeatable(control: Http, environment: Environment, service: Http) -> None:
    description = {"effect": {"kind": "status", "status": 503}, "match": {"environment": environment.name}}
    control("POST", "/faults", json={**description, "probability": 0.5})
    outcomes = []
    for _unused in range(2):
        assert control("PUT", "/seed", json={"seed": 7}).status_code == 204
        outcomes.append([service("GET", LIST).status_code for _unused in range(20)])
    control("DELETE", "/faults")
    assert outcomes[0] == outcomes[1]
    assert set(outcomes[0]) == {200, 503}
    assert control("PUT", "/seed", json={"seed": "many"}).status_code == 400


@pytest.mark.parametrize(
    "description",
    [
        {},
        [],
        {"effect": "latency"},
        {"effect": {"kind": "flood"}},
        {"effect": {"kind": "latency"}},
        {"effect": {"kind": "not-json"}, "match": {"method": 5}},
        {"effect": {"kind": "latency", "seconds": 1}, "match": {"colour": "red"}},
        {"effect": {"kind": "latency", "seconds": 1}, "nth": 0},
    ],
)
def test_what_describes_no_fault(control: Http, landscape: Landscape, description: t.Any) -> None:
    assert control("POST", "/faults", json=description).status_code == 400
    assert list(landscape.faults) == []


def test_clock(control: Http, landscape: Landscape) -> None:
    before = landscape.clock.now()
    answer = control("POST", "/clock", json={"seconds": 3600})
    assert (datetime.fromisoformat(answer.json()["now"]) - before).total_seconds() >= 3600
    control("POST", "/clock", json={"seconds": -3600})
    assert control("POST", "/clock", json={"seconds": "soon"}).status_code == 400


def test_task_center_and_requests(control: Http, environment: Environment) -> None:
    assert control("DELETE", "/requests").status_code == 204
    assert control("POST", "/task-center/tick").status_code == 204
    arrived = control("GET", "/requests", params={"environment": environment.name}).json()
    assert [item["path"] for item in arrived] == ["/oauth/token", f"/destination-configuration/v1{LIST}"]


def test_token_of_the_ready_file_is_needed(http: Http, landscape: Landscape) -> None:
    url = landscape.ready()["control"]["url"]
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        assert http("GET", f"{url}/faults", headers=headers).status_code == 401


def test_faults_never_strike_the_switches(control: Http) -> None:
    assert control("POST", "/faults", json={"effect": {"kind": "reset-connection"}}).status_code == 201
    assert control("DELETE", "/faults").status_code == 204
