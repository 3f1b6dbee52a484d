# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Destination Service's "find destination", with the token that it fetches."""

from __future__ import annotations

import typing as t

import jwt
import pytest

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

FIND = "/destinations/FSM"


def test_token_is_fetched_from_fsm(
    landscape: Landscape, service: Http, environment: Environment, primary: dict[str, str]
) -> None:
    environment.subaccount.destinations["FSM"] = primary
    landscape.forget_requests()
    found = service("GET", FIND).json()
    assert found["owner"] == {"SubaccountId": environment.subaccount.id, "InstanceId": None}
    assert found["destinationConfiguration"] == primary
    [token] = found["authTokens"]
    assert token["type"] == "Bearer"
    assert token["http_header"] == {"key": "Authorization", "value": f"Bearer {token['value']}"}
    assert token["expires_in"] == "43199"
    assert "error" not in token
    claims = jwt.decode(token["value"], options={"verify_signature": False})
    assert claims["client_id"] == environment.fsm_client.id
    arrived = [(request.host, request.path, request.status) for request in landscape.requests(environment.name)]
    assert arrived == [
        ("de.fsm.cloud.sap", "/api/oauth2/v2/token", 200),
        ("destination-configuration.cfapps.eu10.hana.ondemand.com", "/destination-configuration/v1" + FIND, 200),
    ]


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"tokenServicePassword": "wrong"}, "401"),
        ({"tokenServiceUser": "wrong"}, "401"),
        ({"clientSecret": "wrong"}, "401"),
        ({"tokenServiceURL": "https://de.fsm.cloud.sap/api/oauth2/v3/token"}, "404"),
        ({"tokenServiceURL": "https://nowhere.fsm.cloud.sap/api/oauth2/v2/token"}, "cannot be reached"),
        ({"tokenServiceURL": "no URL"}, "cannot be reached"),
    ],
)
def test_failure_is_an_answer_too(
    service: Http, environment: Environment, primary: dict[str, str], change: dict[str, str], reason: str
) -> None:
    environment.subaccount.destinations["FSM"] = {**primary, **change}
    answer = service("GET", FIND)
    assert answer.status_code == 200
    [token] = answer.json()["authTokens"]
    assert (token["type"], token["value"]) == ("", "")
    assert reason in token["error"]


def test_instance_shadows_subaccount(service: Http, environment: Environment, primary: dict[str, str]) -> None:
    subaccount = environment.subaccount
    subaccount.destinations["FSM"] = primary
    subaccount.instance_destinations["FSM"] = {**primary, "Authentication": "NoAuthentication"}
    found = service("GET", FIND).json()
    assert found["owner"] == {"SubaccountId": subaccount.id, "InstanceId": subaccount.instances[0].id}
    assert found["destinationConfiguration"]["Authentication"] == "NoAuthentication"
    assert "authTokens" not in found


def test_unknown_name(service: Http) -> None:
    answer = service("GET", "/destinations/absent")
    assert answer.status_code == 404
    assert answer.json() == {"ErrorMessage": "Configuration with the specified name was not found"}


def test_parts_can_be_left_out(service: Http, environment: Environment, primary: dict[str, str]) -> None:
    environment.subaccount.destinations["FSM"] = primary
    assert "authTokens" not in service("GET", f"{FIND}?$skipTokenRetrieval=true").json()
    found = service("GET", f"{FIND}?$skipCredentials=true").json()
    assert "error" not in found["authTokens"][0]
    assert not {"clientSecret", "tokenServicePassword"} & set(found["destinationConfiguration"])


def test_fragment_of_the_same_level(service: Http, environment: Environment) -> None:
    subaccount = environment.subaccount
    subaccount.destinations["FSM"] = {"Type": "HTTP", "URL": "https://test.example", "Description": "kept"}
    subaccount.level.fragments["prod"] = {"URL": "https://prod.example"}
    subaccount.instances[0].level(subaccount).fragments["other"] = {"URL": "https://other.example"}
    plain = service("GET", FIND)
    merged = service("GET", FIND, headers={"X-fragment-name": "prod"})
    assert merged.json()["destinationConfiguration"] == {
        "Name": "FSM", "Type": "HTTP", "URL": "https://prod.example", "Description": "kept", "FragmentName": "prod",
    }  # fmt: skip
    assert merged.headers["ETag"] != plain.headers["ETag"]
    for name in ("other", "absent"):
        missing = service("GET", FIND, headers={"X-fragment-name": name})
        assert (missing.status_code, name in missing.json()["ErrorMessage"]) == (404, True)
        optional = service("GET", FIND, headers={"X-fragment-name": name, "X-fragment-optional": "true"})
        assert optional.json() == plain.json()


def test_consumption_names_its_level(service: Http, environment: Environment) -> None:
    subaccount = environment.subaccount
    subaccount.destinations["FSM"] = {"Type": "HTTP", "URL": "https://subaccount.example"}
    subaccount.level.fragments["prod"] = {"Description": "merged"}
    assert service("GET", FIND, api="/v2").status_code == 404
    found = service("GET", f"{FIND}@subaccount", api="/v2")
    assert found.json() == {"destinationConfiguration": subaccount.destinations["FSM"]}
    assert (
        service("GET", f"{FIND}@subaccount", api="/v2", headers={"If-None-Match": found.headers["ETag"]}).content == b""
    )
    with_owner = service("GET", f"{FIND}@provider_subaccount?$includeMetadata=owner", api="/v2").json()
    owner = {"SubaccountId": subaccount.id, "InstanceId": None}
    assert with_owner["destinationConfiguration"]["$metadata"] == {"owner": owner}
    merged = service("GET", f"{FIND}@subaccount", api="/v2", headers={"X-fragment-name": "prod@provider_subaccount"})
    assert merged.json()["destinationConfiguration"]["Description"] == "merged"
    # Without a level, a fragment is looked for where the destination is.
    same = service("GET", f"{FIND}@subaccount", api="/v2", headers={"X-fragment-name": "prod"})
    assert same.json() == merged.json()
    elsewhere = service("GET", f"{FIND}@subaccount", api="/v2", headers={"X-fragment-name": "prod@instance"})
    assert elsewhere.status_code == 404


@pytest.mark.parametrize(
    "level, fragment, status",
    [
        ("subaccount", "prod", 200),
        ("subaccount", "prod@subaccount", 200),
        ("subaccount", "prod@provider_subaccount", 400),
        ("provider_subaccount", "prod@subaccount", 400),
        ("provider_subaccount", "prod", 200),
        ("provider_subaccount", "prod@provider_instance", 200),
    ],
)
def test_subscriber_mixes_no_level_with_its_subaccount(
    landscape: Landscape,
    environment: Environment,
    http: Http,
    fetch_token: t.Any,
    level: str,
    fragment: str,
    status: int,
) -> None:
    provider, subscriber = environment.subaccount, landscape.add_subscriber(environment)
    for holder in (provider.level, subscriber.level, provider.instances[0].level(provider)):
        holder.destinations["FSM"] = {"Type": "HTTP", "URL": "https://service.example"}
        holder.fragments["prod"] = {"Description": "merged"}
    key = environment.inputs()["service_key"]
    headers = {
        "Authorization": f"Bearer {fetch_token({**key, 'url': subscriber.uaa_url})}",
        "X-fragment-name": fragment,
    }
    answer = http("GET", f"{key['uri']}/destination-configuration/v2{FIND}@{level}", headers=headers)
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["destinationConfiguration"]["Description"] == "merged"


@pytest.mark.parametrize(
    "path, headers",
    [
        (f"{FIND}@nowhere", {}),
        (f"{FIND}@subaccount", {"X-fragment-name": "prod@nowhere"}),
        (f"{FIND}@subaccount?$includeMetadata=etag", {}),
        (f"{FIND}@subaccount?$skipTokenRetrieval=maybe", {}),
        (f"{FIND}@subaccount", {"X-fragment-optional": "maybe"}),
        (f"{FIND}@subaccount", {"X-user-token": "x", "X-tenant": "y"}),
        (f"{FIND}@subaccount", {"X-client-assertion": "x", "X-client-assertion-destination-name": "y"}),
        (f"{FIND}@subaccount", {"X-chain-name": "x"}),
    ],
)
def test_malformed_consumption(service: Http, environment: Environment, path: str, headers: dict[str, str]) -> None:
    environment.subaccount.destinations["FSM"] = {"Type": "HTTP", "URL": "https://subaccount.example"}
    assert service("GET", f"{FIND}@subaccount", api="/v2").status_code == 200
    assert service("GET", path, headers=headers, api="/v2").status_code == 400


def test_metadata_is_not_a_matter_of_finding(service: Http, environment: Environment) -> None:
    environment.subaccount.destinations["FSM"] = {"Type": "HTTP", "URL": "https://service.example"}
    plain = service("GET", FIND).json()
    for metadata in ("owner", "etag"):
        assert service("GET", f"{FIND}?$includeMetadata={metadata}").json() == plain


def test_caches_of_identity_services(service: Http) -> None:
    answer = service("DELETE", "/caches/ias", api="/maintenance/v1")
    assert (answer.status_code, answer.content) == (200, b"")


def test_basic_authentication(service: Http, environment: Environment) -> None:
    environment.subaccount.destinations["FSM"] = {
        "Type": "HTTP",
        "URL": "https://service.example",
        "Authentication": "BasicAuthentication",
        "User": "user",
        "Password": "päss",
    }
    [token] = service("GET", FIND).json()["authTokens"]
    assert token["http_header"]["value"] == "Basic dXNlcjpww6Rzcw=="
