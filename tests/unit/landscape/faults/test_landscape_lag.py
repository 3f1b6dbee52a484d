# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of the simulated Destination Service that lag behind writes, on every level."""

from __future__ import annotations

import typing as t

import pytest

from landscape import Matching
from landscape.faults import Callback, Lag

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from landscape.subaccount.tenants import Subaccount
    from unit.landscape.conftest import Http

pytestmark = pytest.mark.usefixtures("no_faults")

LIST = "/subaccountDestinations"


def destination(name: str, url: str = "https://service.example") -> dict[str, str]:
    return {"Name": name, "Type": "HTTP", "URL": url}


def test_reads_lag_behind_writes(
    landscape: Landscape, environment: Environment, service: Http, reads: Matching
) -> None:
    environment.subaccount.destinations["FSM"] = destination("FSM", "https://old.example")
    landscape.faults.add(Lag(60), reads)

    def seen() -> tuple[int, str | None]:
        answer = service("GET", f"{LIST}/FSM")
        return answer.status_code, answer.json()["URL"] if answer.ok else None

    assert service("PUT", LIST, json=destination("FSM", "https://new.example")).status_code == 200
    assert environment.subaccount.destinations["FSM"]["URL"] == "https://new.example"
    assert seen() == (200, "https://old.example")
    landscape.clock.advance(40)
    assert service("DELETE", f"{LIST}/FSM").status_code == 200
    assert seen() == (200, "https://old.example")
    landscape.clock.advance(30)
    assert seen() == (200, "https://new.example")
    landscape.clock.advance(40)
    assert seen() == (404, None)
    landscape.clock.advance(-110)


def test_certificates_lag_too(landscape: Landscape, environment: Environment, service: Http, reads: Matching) -> None:
    landscape.faults.add(Lag(60), reads, times=1)
    generated = service("POST", "/saml2Metadata/certificate").json()
    assert service("GET", "/saml2Metadata/certificate").status_code == 404
    assert service("GET", "/saml2Metadata/certificate").json() == generated


def test_lag_counts_from_the_end_of_a_write(landscape: Landscape, environment: Environment, service: Http) -> None:
    """The generation of a key takes its time, and is not seen before the service is done with it."""
    path = "/saml2Metadata/certificate"
    matching = Matching(environment=environment.name, path=f"*{path}")
    landscape.faults.add(Lag(60), Matching(method="GET", environment=environment.name, path=f"*{path}"))
    landscape.faults.add(Callback(lambda _arrival: landscape.clock.advance(90), "after"), matching, times=1)
    assert service("POST", path).status_code == 200
    assert service("GET", path).status_code == 404
    landscape.clock.advance(61)
    assert service("GET", path).status_code == 200
    landscape.clock.advance(-151)


@pytest.fixture
def subscriber(landscape: Landscape, environment: Environment) -> Subaccount:
    """A subaccount that subscribed to the provider's application."""
    return landscape.add_subscriber(environment)


@pytest.fixture
def as_subscriber(
    http: Http, environment: Environment, subscriber: Subaccount, fetch_token: t.Callable[[dict[str, str]], str]
) -> Http:
    """Call the Destination Service with a subscriber's token of the provider's client."""
    key = environment.inputs()["service_key"]
    headers = {"Authorization": f"Bearer {fetch_token({**key, 'url': subscriber.uaa_url})}"}
    return lambda method, path, **options: http(
        method, f"{key['uri']}/destination-configuration{path}", headers=headers, **options
    )


@pytest.mark.parametrize("level", ["subaccount", "instance"])
def test_subscribers_reads_lag(
    landscape: Landscape, environment: Environment, as_subscriber: Http, reads: Matching, level: str
) -> None:
    path = f"/v1/{level}Destinations"
    landscape.faults.add(Lag(60), reads)
    assert as_subscriber("POST", path, json=destination("app")).status_code == 201
    found = ("/v1/destinations/app", f"/v2/destinations/app@{level}", f"{path}/app")
    assert [as_subscriber("GET", item).status_code for item in found] == [404, 404, 404]
    assert as_subscriber("GET", path).json() == []
    landscape.faults.clear()
    assert [as_subscriber("GET", item).status_code for item in found] == [200, 200, 200]
    assert "app" not in environment.subaccount.destinations


@pytest.mark.parametrize("level", ["subaccount", "instance"])
def test_subscribers_reads_of_the_providers_levels_lag(
    landscape: Landscape, service: Http, as_subscriber: Http, reads: Matching, level: str
) -> None:
    found = f"/v2/destinations/app@provider_{level}"
    landscape.faults.add(Lag(60), reads)
    assert service("POST", f"/{level}Destinations", json=destination("app")).status_code == 201
    assert as_subscriber("GET", found).status_code == 404
    landscape.faults.clear()
    assert as_subscriber("GET", found).status_code == 200


def test_one_tenants_reads_do_not_show_another_ones_state(
    landscape: Landscape, environment: Environment, service: Http, as_subscriber: Http, reads: Matching
) -> None:
    environment.subaccount.destinations.clear()
    landscape.faults.add(Lag(60), reads)
    assert service("POST", LIST, json=destination("app")).status_code == 201
    assert as_subscriber("POST", f"/v1{LIST}", json=destination("other")).status_code == 201
    landscape.clock.advance(61)
    assert [item["Name"] for item in service("GET", LIST).json()] == ["app"]
    assert [item["Name"] for item in as_subscriber("GET", f"/v1{LIST}").json()] == ["other"]
    landscape.clock.advance(-61)
