# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fragments, certificates and labels of the simulated Destination Service: the contract of its REST API."""

from __future__ import annotations

import base64
import typing as t

import jwt
import pytest

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

FRAGMENTS = "/subaccountDestinationFragments"
CERTIFICATES = "/subaccountCertificates"
NOT_FOUND = "Configuration with the specified name was not found"
CONTENT = base64.b64encode(b"\x00keystore\xff").decode()


def test_fragments_speak_json(service: Http, environment: Environment) -> None:
    fragment = {"FragmentName": "prod", "URL": "https://service.example"}
    assert service("POST", FRAGMENTS, json=fragment).status_code == 201
    assert service("POST", FRAGMENTS, json=fragment).json()["ErrorMessage"].startswith("Conflict")
    read = service("GET", f"{FRAGMENTS}/prod")
    assert (read.json(), len(read.headers["ETag"])) == (fragment, 64)
    assert service("GET", FRAGMENTS).json() == [fragment]
    replaced = service("PUT", FRAGMENTS, json={"FragmentName": "prod"})
    assert replaced.json() == {"Count": 1}
    assert environment.subaccount.level.fragments["prod"] == {"FragmentName": "prod"}
    assert service("DELETE", f"{FRAGMENTS}/prod").json() == {"Count": 1}
    for method in ("GET", "DELETE"):
        assert service(method, f"{FRAGMENTS}/prod").json() == {"ErrorMessage": NOT_FOUND}


@pytest.mark.parametrize(
    "body",
    [
        {}, [], [{"FragmentName": "prod"}], {"FragmentName": ""}, {"FragmentName": "a b"}, {"FragmentName": "n" * 201},
        {"FragmentName": "prod", "Name": "prod"}, {"FragmentName": "prod", "Type": "HTTP"},
        {"FragmentName": "prod", "URL": 1},
    ],
)  # fmt: skip
def test_invalid_fragments_are_refused(service: Http, environment: Environment, body: t.Any) -> None:
    assert service("POST", FRAGMENTS, json=body).status_code == 400
    assert not environment.subaccount.level.fragments


def test_certificates_keep_their_content(service: Http, environment: Environment) -> None:
    certificates = [{"Name": name, "Content": CONTENT} for name in ("a.pem", "our team's b.p12", "c.jks")]
    created = service("POST", CERTIFICATES, json=[*certificates, certificates[0]])
    assert (created.status_code, [item["status"] for item in created.json()]) == (207, [201, 201, 201, 409])
    assert service("GET", CERTIFICATES).json() == certificates
    assert service("GET", f"{CERTIFICATES}?$select=Name").json() == [{"Name": item["Name"]} for item in certificates]
    read = service("GET", f"{CERTIFICATES}/our team's b.p12")
    assert read.json() == {"Name": "our team's b.p12", "Content": CONTENT}
    unchanged = service("GET", f"{CERTIFICATES}/our team's b.p12", headers={"If-None-Match": read.headers["ETag"]})
    assert unchanged.status_code == 304
    condition = "Name in ('our%20team%27s%20b.p12', 'c.jks', 'absent')"
    filtered = service("GET", CERTIFICATES, params={"$filter": condition})
    assert filtered.json() == certificates[1:]
    deleted = service("DELETE", CERTIFICATES, params={"$filter": condition})
    assert [item["status"] for item in deleted.json()["Summary"]] == ["DELETED", "DELETED", "NOT_FOUND"]
    assert list(environment.subaccount.level.certificates) == ["a.pem"]


def test_certificates_speak_text(service: Http) -> None:
    certificate = {"Name": "a.pem", "Content": CONTENT}
    service("POST", CERTIFICATES, json=certificate)
    for answer, status, text in (
        (service("POST", CERTIFICATES, json=certificate), 409, "Conflict. Duplicate key"),
        (service("PUT", CERTIFICATES, json={**certificate, "Name": "b.pem"}), 404, NOT_FOUND),
        (service("POST", CERTIFICATES, json={"Name": "b.pem"}), 400, "Property Content"),
        (service("POST", CERTIFICATES, json={**certificate, "Content": "no Base64"}), 400, "not Base64"),
        (service("POST", CERTIFICATES, json={**certificate, "Name": "a/b.pem"}), 400, "Name may contain letters"),
        (service("GET", CERTIFICATES, params={"$filter": "startswith(Name, 'a')"}), 400, "not a supported condition"),
    ):
        assert answer.status_code == status
        assert text in answer.text
        assert not answer.text.startswith("{")


@pytest.mark.parametrize("path", ["/subaccountDestinations", "/instanceCertificates", "/instanceDestinationFragments"])
def test_labels(service: Http, path: str) -> None:
    key = "FragmentName" if "Fragments" in path else "Name"
    for name in ("one", "two"):
        body = {key: name, "Type": "TCP", "Content": CONTENT}
        assert service("POST", path, json={k: body[k] for k in body if k != "Type" or key == "Name"}).status_code == 201
    labels = [{"key": "env", "values": ["prod", "eu"]}]
    etag = service("GET", f"{path}/one").headers["ETag"]
    assert service("PUT", f"{path}/one/labels", json=labels).status_code == 200
    assert service("GET", f"{path}/one/labels").json() == labels
    assert service("GET", f"{path}/one").headers["ETag"] == etag
    more = {"action": "ADD", "labels": [{"key": "team", "values": ["ops"]}]}
    assert service("PATCH", f"{path}/one/labels", json=more).status_code == 200

    def names(condition: str) -> list[str]:
        return [item[key] for item in service("GET", path, params={"$filter": condition}).json()]

    assert names("Label['env'] HAS ('prod', 'test') AND Label['team'] HAS ('ops')") == ["one"]
    assert names("Label['env'] HAS ('prod') AND Label['team'] HAS ('dev')") == []
    assert service("GET", path, params={"$filter": "Label['env'] HAS ()"}).status_code == 400
    # Replacing a configuration leaves its labels.
    stored = service("GET", f"{path}/one").json()
    assert service("PUT", path, json={**stored, "Description": "changed"}).status_code == 200
    assert service("GET", f"{path}/one/labels").json() == [*labels, *more["labels"]]
    assert service("GET", f"{path}/two/labels").json() == []
    assert service("PUT", f"{path}/absent/labels", json=labels).status_code == 404


@pytest.mark.parametrize(
    "labels",
    [{}, ["env"], [{"key": "env"}], [{"key": "", "values": []}], [{"key": "env", "values": [1]}],
     [{"key": "env", "values": "prod"}], [{"key": "env", "values": []}] * 2],
)  # fmt: skip
def test_malformed_labels(service: Http, environment: Environment, labels: t.Any) -> None:
    environment.subaccount.destinations["one"] = {"Type": "TCP"}
    path = "/subaccountDestinations/one/labels"
    assert service("PUT", path, json=labels).status_code == 400
    assert service("PATCH", path, json={"action": "ADD", "labels": labels}).status_code == 400
    assert service("GET", path).json() == []


def test_subscriber_has_levels_of_its_own(
    landscape: Landscape, environment: Environment, http: Http, fetch_token: t.Callable[[dict[str, str]], str]
) -> None:
    key = environment.inputs()["service_key"]
    subscriber = landscape.add_subscriber(environment)
    token = fetch_token({**key, "url": subscriber.uaa_url})
    assert jwt.decode(token, options={"verify_signature": False})["zid"] == subscriber.id
    for level in ("subaccount", "instance"):
        url = f"{key['uri']}/destination-configuration/v1/{level}Destinations"
        http("POST", url, headers={"Authorization": f"Bearer {token}"}, json={"Name": level, "Type": "TCP"})
    instance = environment.subaccount.instances[0]
    assert list(subscriber.destinations) == ["subaccount"]
    assert list(instance.level(subscriber).destinations) == ["instance"]
    assert not {"subaccount", "instance"} & {*environment.subaccount.destinations}
    assert list(environment.subaccount.instance_destinations) == []
    stranger = landscape.add_environment({}).subaccount
    with pytest.raises(AssertionError):
        fetch_token({**key, "url": stranger.uaa_url})


def test_texts_that_are_no_texts(service: Http, environment: Environment) -> None:
    before = dict(environment.subaccount.destinations)
    for body in ('{"Name": "a", "Type": "TCP", "x": "\\ud800"}', '{"Name": NaN}', "[" * 100_000):
        answer = service("POST", "/subaccountDestinations", data=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
    assert dict(environment.subaccount.destinations) == before
