# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destinations of the simulated Destination Service: the contract of its REST API."""

from __future__ import annotations

import re
import typing as t

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from landscape.subaccount.tenants import INITIAL_SETUP_DESTINATION

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

LIST = "/subaccountDestinations"
NOT_FOUND = "Configuration with the specified name was not found"


def plain(name: str, **properties: str) -> dict[str, str]:
    return {"Name": name, "Type": "HTTP", "URL": "https://service.example", **properties}


def fill(environment: Environment, *names: str) -> None:
    environment.subaccount.destinations.clear()
    for name in names:
        environment.subaccount.destinations[name] = plain(name)


def test_initial_setup_leaves_its_destination(landscape: Landscape) -> None:
    done, not_done = landscape.add_environment({}), landscape.add_environment({"initial_setup": False})
    assert list(done.subaccount.destinations) == [INITIAL_SETUP_DESTINATION]
    assert list(not_done.subaccount.destinations) == []


@pytest.mark.parametrize("level", ["subaccount", "instance"])
def test_life_of_a_destination(service: Http, environment: Environment, primary: dict[str, str], level: str) -> None:
    subaccount = environment.subaccount
    environment.subaccount.destinations.clear()
    stores = {"subaccount": subaccount.destinations, "instance": subaccount.instance_destinations}
    store, other = stores.pop(level), next(iter(stores.values()))
    path = f"/{level}Destinations"

    created = service("POST", path, json=primary)
    assert (created.status_code, created.content) == (201, b"")
    assert dict(store) == {"FSM": primary}
    assert not other
    again = service("POST", path, json=primary)
    assert again.status_code == 409
    assert "Duplicate key" in again.json()["ErrorMessage"]
    assert service("GET", f"{path}/FSM").json() == primary

    # What a PUT leaves out is removed.
    smaller = plain("FSM")
    replaced = service("PUT", path, json=smaller)
    assert (replaced.status_code, replaced.json()) == (200, {"Count": 1})
    assert store["FSM"] == smaller
    absent = service("PUT", path, json=plain("absent"))
    assert (absent.status_code, absent.json()) == (404, {"ErrorMessage": NOT_FOUND})

    deleted = service("DELETE", f"{path}/FSM")
    assert (deleted.status_code, deleted.json()) == (200, {"Count": 1})
    assert not store
    for method in ("GET", "DELETE"):
        answer = service(method, f"{path}/FSM")
        assert (answer.status_code, answer.text) == (404, NOT_FOUND)


def test_array_can_fail_by_halves(service: Http, environment: Environment) -> None:
    fill(environment, "taken")
    answer = service("POST", LIST, json=[plain("new"), plain("taken"), {"Name": "typeless"}, plain("new")])
    assert answer.status_code == 207
    results = answer.json()
    assert [(item["name"], item["status"]) for item in results] == [
        ("new", 201), ("taken", 409), ("typeless", 400), ("new", 409),
    ]  # fmt: skip
    assert re.fullmatch("[0-9a-f]{64}", results[0]["etag"])
    assert all(item["cause"] and "etag" not in item for item in results[1:])
    assert set(environment.subaccount.destinations) == {"new", "taken"}

    answer = service("PUT", LIST, json=[plain("new", Description="changed"), plain("absent")])
    assert (answer.status_code, [item["status"] for item in answer.json()]) == (207, [200, 404])
    assert environment.subaccount.destinations["new"]["Description"] == "changed"

    assert service("PUT", LIST, json=[plain("new"), plain("taken")]).status_code == 200
    assert service("POST", LIST, json=[plain("a"), plain("b")]).status_code == 201


OAUTH = {"Authentication": "OAuth2ClientCredentials", "tokenServiceURL": "https://token.example"}


@pytest.mark.parametrize(
    "change, message",
    [
        ({"Name": None}, "Name"),
        ({"Name": "n" * 201}, "200 characters"),
        ({"Name": "not allowed"}, "letters, digits"),
        ({"Type": None}, "Type"),
        ({"Type": "http"}, "Type"),
        ({"URL": None, "url": "https://service.example"}, "URL"),
        ({"URL": "service.example"}, "malformed"),
        ({"URL": "https://"}, "malformed"),
        ({"URL": "https://service.example:port"}, "malformed"),
        ({"URL": "https://service .example"}, "malformed"),
        ({"tc.enabled": True}, "tc.enabled must be a string"),
        (
            {**OAUTH, "ClientId": "wrong case"},
            "OAuth2ClientCredentials authentication requires the existence of property clientId.",
        ),
        ({"Authentication": "OAuth2SAMLBearerAssertion", "tokenServiceURL": "https://t.example"}, "property audience."),
    ],
)
def test_invalid_destinations_are_refused(
    service: Http, environment: Environment, change: dict[str, t.Any], message: str
) -> None:
    before = dict(environment.subaccount.destinations)
    body = {key: value for key, value in {**plain("new"), **change}.items() if value is not None}
    for method in ("POST", "PUT"):
        answer = service(method, LIST, json=body)
        assert answer.status_code == 400
        assert message in answer.json()["ErrorMessage"]
    assert dict(environment.subaccount.destinations) == before


def test_accepted_names(service: Http) -> None:
    assert service("POST", LIST, json=plain("n" * 200)).status_code == 201
    assert service("POST", LIST, json=plain("_0-Z")).status_code == 201


def test_bodies_that_are_no_destinations(service: Http) -> None:
    json_type = {"Content-Type": "application/json"}
    assert service("POST", LIST, data="{", headers=json_type).status_code == 400
    assert service("POST", LIST, headers=json_type).status_code == 400
    assert service("POST", LIST, data="Name=x", headers={"Content-Type": "text/plain"}).status_code == 415
    assert service("POST", LIST, json="text").status_code == 400


def test_conditional_read(service: Http, environment: Environment) -> None:
    fill(environment, "one")
    path = f"{LIST}/one"
    first = service("GET", path)
    etag = first.headers["ETag"]
    unchanged = service("GET", path, headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content, unchanged.headers["ETag"]) == (304, b"", etag)
    assert service("GET", path, headers={"If-Match": etag}).status_code == 200
    environment.subaccount.destinations["one"] = plain("one", Description="changed behind the service's back")
    assert service("GET", path, headers={"If-None-Match": etag}).json()["Description"]
    refused = service("GET", path, headers={"If-Match": etag})
    assert refused.status_code == 412
    assert refused.headers["ETag"] not in ("", etag)


def test_pages(service: Http, environment: Environment) -> None:
    fill(environment, *(f"d{number}" for number in range(5)))

    def names(query: str) -> list[str]:
        return [item["Name"] for item in service("GET", f"{LIST}?{query}").json()]

    counted = service("GET", f"{LIST}?$page=2&$pageSize=2&$pageCount=true&$entityCount=true")
    assert [item["Name"] for item in counted.json()] == ["d2", "d3"]
    assert (counted.headers["Page-Count"], counted.headers["Entity-Count"]) == ("3", "5")
    assert counted.headers["Link"] == (
        "</subaccountDestinations?$page=1&$pageSize=2>; rel='previous', "
        "</subaccountDestinations?$page=3&$pageSize=2>; rel='next'"
    )
    last = service("GET", f"{LIST}?$page=3&$pageSize=2")
    assert "next" not in last.headers["Link"]
    assert not {"Page-Count", "Entity-Count"} & set(last.headers)
    assert names("$page=3&$pageSize=2") == ["d4"]
    assert names("$page=4&$pageSize=2") == []
    assert names("$select=Name") == names("") == ["d0", "d1", "d2", "d3", "d4"]
    assert service("GET", f"{LIST}?$select=Name").json()[0] == {"Name": "d0"}
    fill(environment, *(f"d{number}" for number in range(11)))
    assert len(names("$page=1")) == 10
    assert len(names("")) == 11


@pytest.mark.parametrize(
    "query",
    [
        "$page=0", "$page=x", "$page=1&$pageSize=1001", "$page=1&$pageSize=0", "$pageSize=2", "$pageCount=true",
        "$page=1&$pageCount=maybe", "$select=Type", "$page=1&$select=Name", "$select=Name&$filter=Name in ('a')",
        "$filter=Type eq 'HTTP'", "$filter=Name in ()", "$filter=modifiedwithin('0', 'minutes')",
        "$filter=modifiedwithin('5', 'hours')", "$includeMetadata=secrets", "$includeMetadata=etag&$page=1",
    ],
)  # fmt: skip
def test_malformed_queries_are_refused(service: Http, query: str) -> None:
    assert service("GET", f"{LIST}?{query}").status_code == 400


def test_uri_length(service: Http) -> None:
    start = "/destination-configuration/v1" + LIST + "?x="
    assert service("GET", f"{LIST}?x={'x' * (4000 - len(start))}").status_code == 200
    assert service("GET", f"{LIST}?x={'x' * (4001 - len(start))}").status_code == 400
    # Without a query, there is no question mark that would count.
    name = "x" * (4003 - len(start))
    assert [service("GET", f"{LIST}/{name[more:]}").status_code for more in (0, 1)] == [400, 404]


@pytest.mark.parametrize(
    "condition, expected",
    [
        ("Name in ('FSM', 'o%27brien', 'absent')", {"FSM", "o'brien"}),
        ("startswith(Name, 'FSM')", {"FSM", "FSM_PP"}),
        ("startswith(Name, 'o''b')", {"o'brien"}),
        ("endswith(Name, '_PP')", {"FSM_PP"}),
        ("modifiedwithin('5', 'minutes')", {"FSM", "FSM_PP", "o'brien"}),
    ],
)
def test_filters(service: Http, environment: Environment, condition: str, expected: set[str]) -> None:
    fill(environment, "FSM", "FSM_PP", "o'brien")
    answer = service("GET", LIST, params={"$filter": condition})
    assert {item["Name"] for item in answer.json()} == expected


def test_metadata(service: Http, environment: Environment) -> None:
    fill(environment, "one")
    [item] = service("GET", f"{LIST}?$includeMetadata=modification_time;etag").json()
    assert item["$metadata"]["etag"] == service("GET", f"{LIST}/one").headers["ETag"]
    assert item["$metadata"]["modification_time"]


def test_delete_by_filter(service: Http, environment: Environment) -> None:
    fill(environment, "a", "b", "c")
    answer = service("DELETE", LIST, params={"$filter": "Name in ('a', 'absent', 'b')"})
    assert answer.status_code == 200
    assert answer.json()["Count"] == 2
    assert [item["status"] for item in answer.json()["Summary"]] == ["DELETED", "NOT_FOUND", "DELETED"]
    assert set(environment.subaccount.destinations) == {"c"}
    assert service("DELETE", LIST).status_code == 400
    assert set(environment.subaccount.destinations) == {"c"}


def test_assertion_provider_in_use_stays(service: Http, environment: Environment) -> None:
    fill(environment, "provider", "user")
    environment.subaccount.destinations["user"] = plain("user", SAMLAssertionProvider="provider")
    answer = service("DELETE", f"{LIST}/provider")
    assert (answer.status_code, "assertion provider for destination 'user'" in answer.text) == (400, True)
    answer = service("DELETE", LIST, params={"$filter": "Name in ('provider')"})
    assert (answer.status_code, answer.text) == (400, 'Unable to remove Configurations "[provider]".')
    assert set(environment.subaccount.destinations) == {"provider", "user"}
    answer = service("DELETE", LIST, params={"$filter": "Name in ('provider', 'user')"})
    assert (answer.status_code, len(environment.subaccount.destinations)) == (200, 0)


def test_token_decides_the_subaccount(
    landscape: Landscape, environment: Environment, service: Http, http: Http, fetch_token: t.Callable[..., str]
) -> None:
    other = landscape.add_environment({})
    service("POST", LIST, json=plain("mine"))
    key = other.inputs()["service_key"]
    headers = {"Authorization": f"Bearer {fetch_token(key)}"}
    http("POST", f"{key['uri']}/destination-configuration/v1{LIST}", headers=headers, json=plain("theirs"))
    assert "mine" in environment.subaccount.destinations
    assert "theirs" not in environment.subaccount.destinations
    assert "theirs" in other.subaccount.destinations


def test_bad_tokens_are_refused(
    landscape: Landscape, environment: Environment, http: Http, fetch_token: t.Callable[..., str]
) -> None:
    key = environment.inputs()["service_key"]
    good = fetch_token(key)
    far_key = landscape.add_environment({"region": "us10"}).inputs()["service_key"]
    claims = jwt.decode(good, options={"verify_signature": False})
    header = jwt.get_unverified_header(good)
    forged = jwt.encode(claims, rsa.generate_private_key(65537, 2048), "RS256", headers=header)

    def status(authorization: str | None) -> int:
        headers = {"Authorization": authorization} if authorization else {}
        answer = http("GET", f"{key['uri']}/destination-configuration/v1{LIST}", headers=headers)
        if answer.status_code == 401:
            assert answer.text == "Unauthorized"
        return answer.status_code

    assert status(f"Bearer {good}") == 200
    for bad in (None, f"Basic {good}", "Bearer x", f"Bearer {forged}", f"Bearer {fetch_token(far_key)}"):
        assert status(bad) == 401
    try:
        landscape.clock.advance(seconds=43200)
        assert status(f"Bearer {good}") == 401
        assert status(f"Bearer {fetch_token(key)}") == 200
    finally:
        landscape.clock.advance(seconds=-43200)
