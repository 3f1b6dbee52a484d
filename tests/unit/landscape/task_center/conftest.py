# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of Task Center share: complete destinations, its refresh, and its API as a user calls it."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from landscape.fsm.accounts import ApprovalTask
    from landscape.subaccount.users import User
    from landscape.task_center.connectors import Connector
    from unit.landscape.conftest import Http

LogOn = t.Callable[[dict[str, str], "User"], dict[str, t.Any]]
HEADERS = "URL.headers."


@pytest.fixture
def primary(environment: Environment, primary: dict[str, str]) -> dict[str, str]:
    """A complete primary destination."""
    return {**primary, "tc.enabled": "true", "tc.provider_type": "FSM", **url_headers(environment)}


@pytest.fixture
def secondary(environment: Environment, secondary: dict[str, str]) -> dict[str, str]:
    """A complete secondary destination."""
    return {**secondary, "tc.provider_type": "FSM", **url_headers(environment)}


def url_headers(environment: Environment) -> dict[str, str]:
    return {
        f"{HEADERS}X-Account-ID": environment.fsm_account.id,
        f"{HEADERS}X-Company-ID": environment.fsm_client.company_id,
        f"{HEADERS}X-Client-Id": "sap-task-center",
        f"{HEADERS}X-Client-Version": "1.0",
    }


@pytest.fixture
def tick(landscape: Landscape, environment: Environment) -> t.Callable[[], dict[str, Connector]]:
    """Let Task Center refresh and return the environment's connectors."""

    def tick() -> dict[str, Connector]:
        landscape.task_center.tick(environment.name)
        return landscape.task_center.connectors(environment.name)

    return tick


Tick = t.Callable[[], dict[str, "Connector"]]


@pytest.fixture
def inbox(http: Http, environment: Environment, log_on: LogOn) -> t.Callable[..., t.Any]:
    """Call Task Center's API as a user: ``inbox(user, "GET", "/v1/connectors")``."""
    key = environment.task_center.service_key()

    def call(user: User, method: str, path: str, **options: t.Any) -> t.Any:
        headers = {"Authorization": f"Bearer {log_on(key['uaa'], user)['access_token']}"}
        return http(method, key["endpoints"]["inbox_rest_url"] + path, headers=headers, **options)

    return call


Inbox = t.Callable[..., t.Any]


@pytest.fixture
def task(
    landscape: Landscape, environment: Environment, primary: dict[str, str], secondary: dict[str, str]
) -> ApprovalTask:
    """A task of the environment's first user, with both destinations there to decide it through."""
    environment.subaccount.destinations.update({"FSM": primary, "FSM_PP": secondary})
    return landscape.add_task(environment, environment.users[0])
