# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each call of the Destination Service's API against the landscape."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import AnswerLost, ServiceError
from unit.plugins.gateway import Fault, Gateway

if t.TYPE_CHECKING:
    from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import (
        DestinationService,
    )
    from landscape import Environment

LIST = "/subaccountDestinations"
DESTINATION = {"Name": "X", "Type": "HTTP", "URL": "https://x"}
LEVELS = ["subaccount", "instance"]


def store(environment: Environment, level: str) -> t.Any:
    """Return the destinations of a level as the landscape keeps them."""
    return (
        environment.subaccount.destinations if level == "subaccount" else environment.subaccount.instance_destinations
    )


@pytest.mark.parametrize("level", LEVELS)
def test_life_of_a_destination(service: DestinationService, environment: Environment, level: str) -> None:
    stored = store(environment, level)
    assert service.destination(level, "X") is None
    assert service.replace(level, DESTINATION) is False
    assert service.delete(level, "X") is False
    assert service.create(level, {**DESTINATION, "Password": "p"}) is True
    assert stored["X"] == {**DESTINATION, "Password": "p"} == service.destination(level, "X")
    assert service.create(level, DESTINATION) is False
    assert service.replace(level, DESTINATION) is True
    assert stored["X"] == DESTINATION
    assert service.delete(level, "X") is True
    assert "X" not in stored


@pytest.mark.parametrize(
    "name, said",
    [
        ("x", "asked for destination X, and answered with destination x"),
        (None, "answered something unexpected to: read destination X"),
        ("Y", "asked for destination X, and answered with destination Y"),
    ],
)
def test_answer_about_another_destination_is_refused(
    service: DestinationService, gateway: Gateway, name: str | None, said: str
) -> None:
    other = {**DESTINATION, "Name": name}
    gateway.fail("GET", f"{LIST}/X", Fault(200, other))
    gateway.fail("GET", "/destinations/X", Fault(200, {"owner": {}, "destinationConfiguration": other}))
    with pytest.raises(ServiceError, match=said):
        service.destination("subaccount", "X")
    with pytest.raises(ServiceError, match=f"asked for destination X, and answered with destination {name}"):
        service.find("X")


def test_list_with_a_destination_that_has_no_name_is_refused(service: DestinationService, gateway: Gateway) -> None:
    gateway.fail("GET", LIST, Fault(200, [DESTINATION, {"Type": "HTTP"}]))
    with pytest.raises(ServiceError, match="something unexpected to: list the destinations"):
        service.destinations("subaccount")


def test_null_is_no_value(service: DestinationService, gateway: Gateway) -> None:
    shown = {**DESTINATION, "Description": None, "Password": None}
    gateway.fail("GET", f"{LIST}/X", Fault(200, shown))
    assert service.destination("subaccount", "X") == {**DESTINATION, "Password": "****"}
    gateway.fail("GET", LIST, Fault(200, [shown]))
    assert service.destinations("subaccount") == [{**DESTINATION, "Password": "****"}]


@pytest.mark.parametrize("level", LEVELS)
def test_list_over_many_pages(
    service: DestinationService, environment: Environment, gateway: Gateway, level: str
) -> None:
    stored = store(environment, level)
    for number in range(250):
        stored[f"D{number}"] = {"Type": "HTTP", "URL": "https://x"}
    found = service.destinations(level)
    assert [entry["Name"] for entry in found] == list(stored)
    assert gateway.count("GET", f"/{level}Destinations") == 3


def test_list_of_a_full_page_asks_no_more(
    service: DestinationService, environment: Environment, gateway: Gateway
) -> None:
    for number in range(100):
        environment.subaccount.instance_destinations[f"D{number}"] = {"Type": "HTTP", "URL": "https://x"}
    assert len(service.destinations("instance")) == 100
    assert gateway.count("GET", "/instanceDestinations") == 1


def test_list_without_number_of_pages(service: DestinationService, gateway: Gateway) -> None:
    full = [{**DESTINATION, "Name": f"D{number}"} for number in range(100)]
    gateway.fail("GET", LIST, Fault(200, full), Fault(200, full), Fault(200, [DESTINATION]))
    assert len(service.destinations("subaccount")) == 201


def test_empty_list(service: DestinationService) -> None:
    assert service.destinations("instance") == []


@pytest.mark.parametrize("fault", [Fault(503, carried_out=True), Fault(carried_out=True)])
def test_conflict_after_a_lost_answer_is_reported(
    service: DestinationService, environment: Environment, gateway: Gateway, fault: Fault
) -> None:
    gateway.fail("POST", LIST, fault)
    with pytest.raises(AnswerLost, match="create destination X"):
        service.create("subaccount", DESTINATION)
    assert gateway.count("POST", LIST) == 2
    assert environment.subaccount.destinations["X"] == DESTINATION


@pytest.mark.parametrize("fault", [Fault(503), Fault(), Fault(429)])
def test_creation_is_repeated(
    service: DestinationService, environment: Environment, gateway: Gateway, fault: Fault
) -> None:
    gateway.fail("POST", LIST, fault)
    assert service.create("subaccount", DESTINATION) is True
    assert environment.subaccount.destinations["X"] == DESTINATION


@pytest.mark.parametrize("fault", [Fault(503, carried_out=True), Fault(carried_out=True)])
def test_deletion_after_a_lost_answer(
    service: DestinationService, environment: Environment, gateway: Gateway, fault: Fault
) -> None:
    environment.subaccount.destinations["X"] = DESTINATION
    gateway.fail("DELETE", "/X", fault)
    service.delete("subaccount", "X")
    assert "X" not in environment.subaccount.destinations


def test_refused_destination(service: DestinationService, environment: Environment) -> None:
    wrong = {
        **DESTINATION,
        "Authentication": "OAuth2ClientCredentials",
        "ClientId": "c",
        "tokenServiceURL": "https://t",
    }
    with pytest.raises(ServiceError, match="requires the existence of property clientId") as caught:
        service.create("subaccount", wrong)
    assert caught.value.status == 400
    assert "case-sensitive" in caught.value.remedy
    assert environment.subaccount.subdomain in caught.value.problem


def test_trust_certificates(service: DestinationService, environment: Environment) -> None:
    trust = environment.subaccount.trust
    assert (service.certificate("active"), service.certificate("passive"), service.idp_metadata()) == (None, None, None)
    assert service.delete_passive_certificate() is False
    with pytest.raises(ServiceError, match="rotate the trust certificates: 404"):
        service.rotate_certificates()
    first = service.generate_certificate("active")
    second = service.generate_certificate("passive")
    assert trust.active
    assert trust.passive
    assert (trust.active.pem, trust.passive.pem) == (first, second)
    service.rotate_certificates()
    assert (service.certificate("active"), service.certificate("passive")) == (second, first)
    assert (trust.active.pem, trust.passive.pem) == (second, first)
    metadata = service.idp_metadata()
    assert metadata is not None
    assert metadata.count("X509Certificate>") == 8
    assert service.delete_passive_certificate() is True
    assert trust.passive is None


def test_finding_a_destination(service: DestinationService, environment: Environment, gateway: Gateway) -> None:
    assert service.find("X") is None
    environment.subaccount.destinations["X"] = DESTINATION
    found = service.find("X", user_token="the.users.token")
    assert found is not None
    assert (found.level, found.configuration) == ("subaccount", DESTINATION)
    assert [request.user_token for request in gateway.seen if request.path.endswith("/X")] == [None, "the.users.token"]
    assert "the.users.token" in service.http.secrets


def test_name_stays_one_part_of_the_path(service: DestinationService, gateway: Gateway) -> None:
    assert service.destination("subaccount", "a b?c#d") is None
    assert gateway.seen[-1].path.endswith(f"{LIST}/a%20b%3Fc%23d")


def test_revoked_token_is_renewed_once(service: DestinationService, gateway: Gateway) -> None:
    assert service.destination("subaccount", "X") is None
    gateway.fail("GET", "/X", Fault(401, "Unauthorized"))
    assert service.destination("subaccount", "X") is None
    shown = [request.authorization for request in gateway.seen if request.path.endswith("/X")]
    assert len(shown) == 3
    assert shown[0] == shown[1] != shown[2]
    assert gateway.count("POST", "/oauth/token") == 2


def test_token_that_is_refused_twice(service: DestinationService, gateway: Gateway) -> None:
    gateway.fail("GET", "/X", *[Fault(401, "Unauthorized")] * 3)
    with pytest.raises(ServiceError, match="401 Unauthorized") as caught:
        service.destination("subaccount", "X")
    assert "service key" in caught.value.remedy
    assert gateway.count("GET", "/X") == 2


def test_one_token_serves_all_calls(service: DestinationService, gateway: Gateway) -> None:
    for _call in range(3):
        service.destinations("subaccount")
    assert gateway.count("POST", "/oauth/token") == 1


@pytest.mark.parametrize(
    "path_end, body, call",
    [
        (LIST, {"a": "b"}, lambda service: service.destinations("subaccount")),
        (LIST, ["name"], lambda service: service.destinations("subaccount")),
        (LIST, [{}], lambda service: service.destinations("subaccount")),
        (LIST, [{"Name": 5}], lambda service: service.destinations("subaccount")),
        (LIST, [None], lambda service: service.destinations("subaccount")),
        ("/X", {"Name": ""}, lambda service: service.destination("subaccount", "X")),
        ("/X", {"owner": "me"}, lambda service: service.find("X")),
        ("/X", {"destinationConfiguration": []}, lambda service: service.find("X")),
        ("/X", {"authTokens": {"value": "t"}}, lambda service: service.find("X")),
        ("/X", {"authTokens": ["t"]}, lambda service: service.find("X")),
        ("/labels", {"key": "a"}, lambda service: service.labels("subaccount", "X")),
        ("/labels", [{"key": 1, "values": []}], lambda service: service.labels("subaccount", "X")),
        ("/labels", [{"key": "a", "values": "b"}], lambda service: service.labels("subaccount", "X")),
        ("/X", [DESTINATION], lambda service: service.destination("subaccount", "X")),
        ("/X", ["x"], lambda service: service.find("X")),
        ("/certificate", {}, lambda service: service.certificate("active")),
        ("/certificate", {"certificate": 5}, lambda service: service.certificate("active")),
        ("/saml2Metadata", {"idpMetadata": "no base64"}, lambda service: service.idp_metadata()),
        ("/saml2Metadata", {"idpMetadata": "//8="}, lambda service: service.idp_metadata()),
        ("/saml2Metadata", {"idpMetadata": "é"}, lambda service: service.idp_metadata()),
    ],
)
def test_answer_of_another_form(
    service: DestinationService, gateway: Gateway, path_end: str, body: t.Any, call: t.Callable[..., t.Any]
) -> None:
    gateway.fail("GET", path_end, Fault(200, body))
    with pytest.raises(ServiceError, match="answered something unexpected to"):
        call(service)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(404, "404 Not Found: Requested route does not exist.", headers={"X-Cf-RouterError": "unknown_route"}),
        Fault(404, "<!DOCTYPE html><html><body>Not Found</body></html>"),
    ],
)
@pytest.mark.parametrize(
    "path_end, read",
    [
        ("/saml2Metadata/certificate", lambda service: service.certificate("active")),
        ("/subaccountDestinations/X", lambda service: service.destination("subaccount", "X")),
    ],
)
def test_missing_route_is_not_taken_for_a_missing_entity(
    service: DestinationService, gateway: Gateway, fault: Fault, path_end: str, read: t.Callable[[t.Any], object]
) -> None:
    """Else a certificate would be generated in the place of one that is only out of reach, and renewed by that."""
    gateway.fail("GET", path_end, fault)
    with pytest.raises(ServiceError, match="refused to read") as caught:
        read(service)
    assert caught.value.status == 404


def test_values_that_are_no_text_are_shown_as_json(service: DestinationService, gateway: Gateway) -> None:
    odd = {"Name": "X", "Port": 5, "On": True, "More": {"a": [1]}, "Nothing": None}
    gateway.fail("GET", "/X", Fault(200, odd))
    assert service.destination("subaccount", "X") == {"Name": "X", "Port": "5", "On": "true", "More": '{"a": [1]}'}
    token = {"type": None, "value": "t", "expires_in": 9}
    gateway.fail("GET", "/X", Fault(200, {"owner": None, "destinationConfiguration": odd, "authTokens": [token]}))
    found = service.find("X")
    assert found is not None
    assert found.configuration["On"] == "true"
    assert found.token == {"type": "", "value": "t", "expires_in": "9", "error": ""}
