# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Task Center's monitoring, judged by SAP Task Center's guide.

Sources: "Monitoring" (resources, histories, the two codes of the service's status), "Authorization Configuration" (the
role TaskCenterAdmin), "Conventions and Technical Restrictions" (429 beyond a rate that is not named). The JSON is not
public: only what it has to hold is judged.
"""

from __future__ import annotations

import typing as t

import pytest
import requests

from landscape import Landscape
from landscape.logon import log_on as logged_on

if t.TYPE_CHECKING:
    from pathlib import Path

    from judges.facts.conftest import Ask, LogOn
    from landscape import Environment
    from unit.landscape.conftest import Http

Advance = t.Callable[[float], None]
DAY = 24 * 3600


@pytest.fixture
def enabled(environment: Environment, pair: tuple[dict[str, str], dict[str, str]]) -> dict[str, str]:
    """The primary destination, in the subaccount."""
    environment.subaccount.destinations["FSM"] = pair[0]
    return pair[0]


@pytest.mark.parametrize("who", ["role", "client", "application", "stranger"])
def test_is_for_administrators(
    http: Http,
    landscape: Landscape,
    environment: Environment,
    log_on: LogOn,
    fetch_token: t.Callable[[dict[str, str]], str],
    who: str,
) -> None:
    key = environment.task_center.service_key()
    administrator, other = environment.users
    stranger = landscape.add_environment({})
    tokens: dict[str, t.Callable[[], str]] = {
        "role": lambda: log_on(key["uaa"], other)["access_token"],
        "client": lambda: fetch_token(key["uaa"]),
        "application": lambda: log_on(environment.application.credentials(), administrator)["access_token"],
        "stranger": lambda: log_on(stranger.application.credentials(), stranger.users[0])["access_token"],
    }

    def status(path: str, token: str) -> int:
        url = key["endpoints"]["inbox_rest_url"] + path
        return http("GET", url, headers={"Authorization": f"Bearer {token}"}).status_code

    for path in ("/v1/connectors", "/v1/service-status"):
        assert status(path, log_on(key["uaa"], administrator)["access_token"]) == 200
        assert status(path, tokens[who]()) == 403
        assert status(path, "no token") == 401


@pytest.mark.usefixtures("enabled")
def test_subaccounts_are_apart(
    landscape: Landscape, environment: Environment, enabled: dict[str, str], task_center: Ask
) -> None:
    other = landscape.add_environment({})
    other.subaccount.destinations["OTHER"] = enabled
    for name in (environment.name, other.name):
        landscape.task_center.tick(name)
    listed = task_center("/v1/connectors").json()["connectors"]
    assert [item["destinationName"] for item in listed] == ["FSM"]
    foreign = landscape.task_center.connectors(other.name)["OTHER"].id
    for path in (f"/v1/connectors/{foreign}", f"/v1/connectors/{foreign}/jobTypes/CONFIG"):
        assert task_center(path).status_code == 404
    assert task_center(f"/v1/connectors/{listed[0]['id']}/jobTypes/CONFIG").status_code == 200


@pytest.fixture
def history(
    environment: Environment, refresh: t.Callable[[], None], task_center: Ask
) -> t.Callable[[str], list[dict[str, t.Any]]]:
    """The log view of one of the connector's jobs, by its type."""

    def history(job: str) -> list[dict[str, t.Any]]:
        [connector] = task_center("/v1/connectors").json()["connectors"]
        answer = task_center(f"/v1/connectors/{connector['id']}/jobTypes/{job}")
        assert answer.status_code == 200
        return t.cast("list[dict[str, t.Any]]", answer.json())

    return history


History = t.Callable[[str], list[dict[str, t.Any]]]


@pytest.mark.usefixtures("enabled")
@pytest.mark.parametrize("assumptions", [{"task_center_job": "history"}])
def test_history_is_short(refresh: t.Callable[[], None], history: History, advance: Advance) -> None:
    for _unused in range(32):
        refresh()
        advance(30)
    for _unused in range(6):
        advance(DAY)
        refresh()
    assert {job: len(history(job)) for job in ("CONFIG", "DELTA", "META", "INITIAL")} == {
        "CONFIG": 10, "DELTA": 30, "META": 5, "INITIAL": 1,
    }  # fmt: skip


@pytest.mark.usefixtures("enabled")
@pytest.mark.parametrize(
    "assumptions",
    [{"task_center_job": choice} for choice in ("history", "history_oldest_first")],
    ids=lambda item: item["task_center_job"],
)
def test_order_of_the_history(
    refresh: t.Callable[[], None], history: History, advance: Advance, assumptions: dict[str, str]
) -> None:
    for _unused in range(3):
        refresh()
        advance(60)
    starts = [record["startedAt"] for record in history("CONFIG")]
    assert len(set(starts)) == 3
    assert starts == sorted(starts, reverse=assumptions["task_center_job"] == "history")
    assert all({"status", "message", "startedAt", "finishedAt"} <= set(record) for record in history("CONFIG"))


def test_status_of_the_service(environment: Environment, task_center: Ask) -> None:
    def states() -> dict[str, str]:
        found = task_center("/v1/service-status").json()["status"]
        assert all({"message", "updatedAt"} <= set(item) for item in found)
        return {item["code"]: item["status"] for item in found}

    assert states() == {"Service_Configuration": "OK", "IDS_Configuration": "OK"}
    del environment.subaccount.destinations["Identity_Authentication_Connectivity_IDS"]
    assert states() == {"Service_Configuration": "OK", "IDS_Configuration": "ERROR"}


def test_too_many_requests(tmp_path: Path) -> None:
    config = {
        "environments": [{"name": name} for name in ("dev", "qa")],
        "x509_service_keys": False,
        "task_center_requests_per_minute": 2,
    }
    with Landscape(config, directory=tmp_path) as landscape, requests.Session() as session:
        session.trust_env = False
        session.proxies = {"https": landscape.proxy_url}
        session.verify = str(landscape.ca_file)

        def asker(name: str) -> t.Callable[[], requests.Response]:
            environment = landscape.environments[name]
            key = environment.task_center.service_key()
            token = logged_on(landscape, key["uaa"], environment.users[0])["access_token"]
            url = f"{key['endpoints']['inbox_rest_url']}/v1/connectors"
            return lambda: session.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)

        dev, qa = asker("dev"), asker("qa")
        assert [dev().status_code for _unused in range(3)] == [200, 200, 429]
        wait = int(dev().headers["Retry-After"])
        assert qa().status_code == 200
        landscape.clock.advance(wait)
        assert dev().status_code == 200
