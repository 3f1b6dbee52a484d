# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destinations, through SAP's Python client alone."""

from __future__ import annotations

import typing as t
from concurrent.futures import ThreadPoolExecutor

import pytest
from sap_cloud_sdk.destination import (
    AccessStrategy,
    Destination,
    DestinationClient,
    DestinationConfig,
    DestinationOperationError,
    HttpError,
    Level,
    ListOptions,
    create_client,
)

if t.TYPE_CHECKING:
    from judges.sap_cloud_sdk.conftest import Place
    from landscape import Environment, Landscape
    from landscape.subaccount.tenants import Subaccount

URL = "https://service.example"


def listed(client: DestinationClient, place: Place, options: ListOptions | None = None) -> t.Any:
    if place.level is Level.SERVICE_INSTANCE:
        return client.list_instance_destinations(tenant=place.tenant, filter=options)
    return client.list_subaccount_destinations(place.strategy, place.tenant, filter=options)


def test_life_of_a_destination(destinations: DestinationClient, place: Place) -> None:
    assert listed(destinations, place).items == []
    new = Destination("FSM", "HTTP", URL, "Internet", "NoAuthentication", "first", {"tc.enabled": "true"})
    destinations.create_destination(new, place.level, place.tenant)
    [found] = listed(destinations, place).items
    assert found.to_dict() == new.to_dict() == place.stored.destinations["FSM"]

    with pytest.raises(HttpError) as conflict:
        destinations.create_destination(new, place.level, place.tenant)
    assert conflict.value.status_code == 409

    destinations.update_destination(Destination("FSM", "HTTP", URL), place.level, place.tenant)
    assert place.stored.destinations["FSM"] == {"Name": "FSM", "Type": "HTTP", "URL": URL}
    with pytest.raises(HttpError) as missing:
        destinations.update_destination(Destination("absent", "HTTP", URL), place.level, place.tenant)
    assert missing.value.status_code == 404

    destinations.delete_destination("FSM", place.level, place.tenant)
    assert not place.stored.destinations
    with pytest.raises(HttpError) as gone:
        destinations.delete_destination("FSM", place.level, place.tenant)
    assert gone.value.status_code == 404


def test_levels_and_tenants_are_apart(
    destinations: DestinationClient, place: Place, environment: Environment, subscriber: Subaccount
) -> None:
    destinations.create_destination(Destination("FSM", "HTTP", URL), place.level, place.tenant)
    instance = environment.subaccount.instances[0]
    levels = [
        environment.subaccount.level,
        subscriber.level,
        instance.level(environment.subaccount),
        instance.level(subscriber),
    ]
    assert [level for level in levels if "FSM" in level.destinations] == [place.stored]


@pytest.mark.filterwarnings("ignore:get_(instance|subaccount)_destination:DeprecationWarning")
def test_read_of_one(destinations: DestinationClient, environment: Environment, subscriber: Subaccount) -> None:
    environment.subaccount.destinations["both"] = {"Type": "HTTP", "URL": f"{URL}/provider"}
    environment.subaccount.destinations["provider"] = {"Type": "HTTP", "URL": f"{URL}/provider"}
    environment.subaccount.instance_destinations["instance"] = {"Type": "TCP"}
    subscriber.destinations["both"] = {"Type": "HTTP", "URL": f"{URL}/subscriber"}

    def url(name: str, strategy: AccessStrategy) -> str | None:
        found = destinations.get_subaccount_destination(name, strategy, subscriber.subdomain)
        return found.url.rpartition("/")[2] if isinstance(found, Destination) and found.url else None

    assert [url("both", strategy) for strategy in AccessStrategy] == [
        "subscriber", "provider", "subscriber", "provider",
    ]  # fmt: skip
    assert [url("provider", strategy) for strategy in AccessStrategy] == [None, "provider", "provider", "provider"]
    assert [url("absent", strategy) for strategy in AccessStrategy] == [None] * 4
    found = destinations.get_instance_destination("instance")
    assert isinstance(found, Destination)
    assert found.to_dict() == {"Name": "instance", "Type": "TCP"}
    assert destinations.get_instance_destination("both") is None


def test_pages(destinations: DestinationClient, place: Place) -> None:
    for number in range(5):
        place.stored.destinations[f"D{number}"] = {"Type": "HTTP", "URL": URL}
    options = {"page_size": 2, "page_count": True, "entity_count": True}
    names, pages = [], []
    for page in (1, 2, 3, 4):
        result = listed(destinations, place, ListOptions(page=page, **options))
        names.append([item.name for item in result.items])
        pages.append(result.pagination)
    assert names == [["D0", "D1"], ["D2", "D3"], ["D4"], []]
    assert {(page.page_count, page.entity_count) for page in pages} == {(3, 5)}
    path = "/instanceDestinations" if place.level is Level.SERVICE_INSTANCE else "/subaccountDestinations"
    assert [page.next_page_url for page in pages] == [
        f"{path}?$page=2&$pageSize=2", f"{path}?$page=3&$pageSize=2", None, None,
    ]  # fmt: skip
    assert pages[0].previous_page_url is None
    assert pages[2].previous_page_url == f"{path}?$page=2&$pageSize=2"
    assert listed(destinations, place).pagination is None


def test_filter_by_names(destinations: DestinationClient, place: Place) -> None:
    for name in ("FSM", "FSM_PP", "o'brien, jr"):
        place.stored.destinations[name] = {"Type": "HTTP", "URL": URL}
    result = listed(destinations, place, ListOptions(filter_names=["FSM_PP", "o'brien, jr", "absent"]))
    assert {item.name for item in result.items} == {"FSM_PP", "o'brien, jr"}


@pytest.mark.parametrize(
    "assumptions",
    [{"destination_names": choice} for choice in ("case_sensitive", "case_insensitive")],
    ids=lambda item: item["destination_names"],
)
def test_case_of_names(destinations: DestinationClient, environment: Environment, assumptions: dict[str, str]) -> None:
    environment.subaccount.destinations["FSM"] = {"Type": "TCP"}
    other = Destination("fsm", "HTTP", URL)
    if assumptions["destination_names"] == "case_insensitive":
        with pytest.raises(HttpError) as conflict:
            destinations.create_destination(other)
        assert conflict.value.status_code == 409
        return
    with pytest.raises(HttpError) as missing:
        destinations.update_destination(other)
    assert missing.value.status_code == 404
    destinations.create_destination(other)
    destinations.delete_destination("FSM")
    assert environment.subaccount.destinations["fsm"] == other.to_dict()
    assert "FSM" not in set(environment.subaccount.destinations)


def test_refusals_say_why(destinations: DestinationClient) -> None:
    with pytest.raises(HttpError) as refused:
        destinations.create_destination(
            Destination("FSM", "HTTP", URL, authentication="OAuth2ClientCredentials", properties={"ClientId": "x"})
        )
    assert refused.value.status_code == 400
    assert "requires the existence of property clientId." in (refused.value.response_text or "")


def test_five_at_once(destinations: DestinationClient, environment: Environment) -> None:
    names = {f"D{number}" for number in range(5)}
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda name: destinations.create_destination(Destination(name, "HTTP", URL)), names))
    assert names <= set(environment.subaccount.destinations)


def test_wrong_client_secret(config: DestinationConfig) -> None:
    config.client_secret += "x"
    with pytest.raises(DestinationOperationError, match=r"Failed to obtain OAuth2 token: .*invalid_client"):
        create_client(config=config).list_instance_destinations()


def test_expired_token_is_renewed(destinations: DestinationClient, landscape: Landscape) -> None:
    destinations.list_instance_destinations()
    landscape.clock.advance(landscape.config.token_lifetime)
    landscape.forget_requests()
    destinations.list_instance_destinations()
    landscape.clock.advance(-landscape.config.token_lifetime)
    # Refused, the client fetches another token and asks once more.
    assert [item.status for item in landscape.requests()] == [401, 200, 200]


def test_tenant_that_did_not_subscribe(destinations: DestinationClient, landscape: Landscape) -> None:
    stranger = landscape.add_environment({}).subaccount
    with pytest.raises(DestinationOperationError, match=r"Failed to obtain OAuth2 token: .*invalid_client"):
        destinations.list_instance_destinations(tenant=stranger.subdomain)
    with pytest.raises(DestinationOperationError, match="Failed to obtain OAuth2 token"):
        destinations.list_instance_destinations(tenant="no-such-tenant")
    with pytest.raises(DestinationOperationError, match="tenant subdomain must be provided"):
        destinations.list_subaccount_destinations()
