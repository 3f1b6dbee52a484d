# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is publicly known of systems for which SAP publishes no client, held against the landscape over HTTP.

FSM: SAP Task Center's administration guide ("Connect SAP Field Service Management and SAP Task Center"), the types of
FSM's public SDK, RFC 6749, RFC 7522. Task Center: the same guide ("Monitoring", "Repopulate the Task Cache",
"Conventions and Technical Restrictions"). Trust certificates and the signing of assertions: SAP BTP Connectivity's
guide, and a certificate that SAP published. Where these leave something open, a judge asks for what the assumption
at hand says.
"""

from __future__ import annotations

import typing as t

import pytest

from landscape.made_by_hand import expected_pair

if t.TYPE_CHECKING:
    import requests

    from landscape import Environment, Landscape
    from landscape.subaccount.users import User
    from unit.landscape.conftest import Http

LogOn = t.Callable[[dict[str, str], "User"], dict[str, t.Any]]
Ask = t.Callable[..., "requests.Response"]


@pytest.fixture
def advance(landscape: Landscape) -> t.Iterator[t.Callable[[float], None]]:
    """Let seconds pass in the landscape; after the test, its clock is what it was."""
    passed: list[float] = []

    def advance(seconds: float) -> None:
        landscape.clock.advance(seconds)
        passed.append(seconds)

    yield advance
    landscape.clock.advance(-sum(passed))


@pytest.fixture
def fsm_token(http: Http, environment: Environment) -> Ask:
    """Ask FSM's token service with a form, as the environment's client: ``fsm_token(grant_type="password", ...)``.

    ``auth`` names another client, ``cluster`` another cluster.
    """
    client = environment.fsm_client

    def ask(
        auth: tuple[str, str] | None = (client.id, client.secret), cluster: str = "de", **form: str
    ) -> requests.Response:
        return http("POST", f"https://{cluster}.fsm.cloud.sap/api/oauth2/v2/token", data=form, auth=auth)

    return ask


@pytest.fixture
def pair(environment: Environment) -> tuple[dict[str, str], dict[str, str]]:
    """The primary and the secondary destination, as SAP's guide lists them."""
    return expected_pair(environment)


@pytest.fixture
def refresh(landscape: Landscape, environment: Environment) -> t.Callable[[], None]:
    """Let Task Center do what it does every minute."""
    return lambda: landscape.task_center.tick(environment.name)


@pytest.fixture
def task_center(http: Http, environment: Environment, log_on: LogOn) -> Ask:
    """Call Task Center's API as the first user (an administrator) or another one: ``task_center("/v1/connectors")``."""
    key = environment.task_center.service_key()

    def ask(path: str, user: User | None = None, method: str = "GET", **options: t.Any) -> requests.Response:
        token = log_on(key["uaa"], user or environment.users[0])["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        return http(method, key["endpoints"]["inbox_rest_url"] + path, headers=headers, **options)

    return ask


@pytest.fixture
def connectors(refresh: t.Callable[[], None], task_center: Ask) -> t.Callable[[], dict[str, t.Any]]:
    """Let Task Center refresh, and return its connectors by the names of their destinations, jobs by their types."""

    def connectors() -> dict[str, t.Any]:
        refresh()
        listed = task_center("/v1/connectors").json()["connectors"]
        return {
            item["destinationName"]: {**item, "jobs": {job["jobType"]: job for job in item["jobs"]}} for item in listed
        }

    return connectors
