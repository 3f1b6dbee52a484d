# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals are worded as in the examples of SAP's OpenAPI description, and nothing has changed after them."""

from __future__ import annotations

import base64
import re
import typing as t

import pytest

from judges.openapi.specification import load, operations

if t.TYPE_CHECKING:
    import requests

    from landscape import Environment
    from unit.landscape.conftest import Http

ACTIVE, PASSIVE = "/v1/saml2Metadata/certificate", "/v1/saml2Metadata/certificate/passive"
ROTATE = "/v1/saml2Metadata/rotateCertificate"
LEVELS = ("subaccount", "instance")
# What examples say that mean any refusal.
GENERAL = ("Bad Request", "Not Found")


def documented(method: str, path: str, status: int) -> str:
    """Return the message in the one informative example of a refusal."""
    content = load()["paths"][path][method.lower()]["responses"][str(status)]["content"]
    examples = [
        example
        for media_type in content.values()
        for example in (
            [media_type["example"]]
            if "example" in media_type
            else [item["value"] for item in media_type["examples"].values()]
        )
        if example not in GENERAL
    ]
    [example] = examples
    return str(example["ErrorMessage"] if isinstance(example, dict) else example)


def message(answer: requests.Response) -> str:
    """Return what a refusal says: in JSON or as bare text, as the service has both."""
    content = answer.json() if answer.text.startswith("{") else {}
    return str(content.get("ErrorMessage", answer.text))


def forms(method: str, path: str, status: int) -> set[str]:
    """Return the names of the schemas that a refusal may have; of both, where it is described nowhere."""
    described = load()["paths"][path][method.lower()]["responses"].get(str(status))
    if described is None:
        return {"Error", "JsonErrorMessage"}
    [content] = described["content"].values()
    return {schema["$ref"].rpartition("/")[2] for schema in content["schema"].get("oneOf", [content["schema"]])}


@pytest.mark.parametrize("method, path", [(method, path) for method, path in operations(load()) if "{" in path])
def test_what_is_not_there(service: Http, method: str, path: str) -> None:
    answer = service(method, re.sub("{[^}]*name}", "absent", path).replace("{level}", "subaccount"), api="")
    assert answer.status_code == 404
    form = "JsonErrorMessage" if answer.text.startswith("{") else "Error"
    assert form in forms(method, path, 404)
    assert form == "Error" or set(answer.json()) == {"ErrorMessage"}


@pytest.mark.parametrize("path", [ACTIVE, PASSIVE, ROTATE])
@pytest.mark.parametrize("body", ['{"keySize": 2048}', "x"])
def test_keys_are_generated_for_empty_requests_only(
    service: Http, environment: Environment, path: str, body: str
) -> None:
    trust = environment.subaccount.trust
    kept = (trust.replace("active"), trust.replace("passive"))
    answer = service("POST", path, data=body, headers={"Content-Type": "application/json"}, api="")
    assert (answer.status_code, message(answer)) == (400, documented("POST", path, 400))
    assert (trust.active, trust.passive) == kept


@pytest.mark.parametrize("method, path", [("GET", ACTIVE), ("GET", PASSIVE), ("POST", ROTATE)])
def test_there_is_no_key_pair(service: Http, environment: Environment, method: str, path: str) -> None:
    answer = service(method, path, api="")
    expected = documented(method, path, 404).replace("XXXXXXXXX", environment.subaccount.id)
    assert (answer.status_code, message(answer)) == (404, expected)


@pytest.mark.parametrize("level", LEVELS)
def test_an_assertion_provider_cannot_be_deleted(service: Http, environment: Environment, level: str) -> None:
    # Both names are those of the description's example.
    subaccount = environment.subaccount
    stored = subaccount.destinations if level == "subaccount" else subaccount.instance_destinations
    stored["provider-dest"] = {"Type": "HTTP", "URL": "https://provider.example"}
    stored["example-dest"] = {**stored["provider-dest"], "SAMLAssertionProvider": "provider-dest"}
    path = f"/v1/{level}Destinations"
    answer = service("DELETE", f"{path}/provider-dest", api="")
    expected = documented("DELETE", f"{path}/{{destination name}}", 400)
    assert (answer.status_code, message(answer)) == (400, expected)
    several = service("DELETE", path, params={"$filter": "Name in ('provider-dest', 'unused')"}, api="")
    expected = documented("DELETE", path, 400).replace("example-dest", "provider-dest")
    assert (several.status_code, message(several)) == (400, expected)
    assert {"provider-dest", "example-dest"} <= set(stored)


@pytest.mark.parametrize("level", LEVELS)
def test_public_keys_in_a_protected_keystore(service: Http, environment: Environment, level: str) -> None:
    subaccount = environment.subaccount
    stored = subaccount.level if level == "subaccount" else subaccount.instances[0].level(subaccount)
    stored.certificates["store.jks"] = {"Content": base64.b64encode(b"\xfe\xed\xfe\xed").decode()}
    path = f"/v1/{level}Certificates/{{}}/publicKeys"
    answer = service("GET", path.format("store.jks"), api="")
    expected = documented("GET", path.format("{certificate name}"), 400)
    assert (answer.status_code, message(answer)) == (400, expected)


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("kind", ["Destinations", "Certificates"])
@pytest.mark.parametrize("level", LEVELS)
def test_some_of_several_are_refused(
    service: Http, environment: Environment, level: str, kind: str, method: str
) -> None:
    """Each item of a request is written or refused on its own, and the answer says which."""
    subaccount = environment.subaccount
    holder = subaccount.level if level == "subaccount" else subaccount.instances[0].level(subaccount)
    stored = holder.destinations if kind == "Destinations" else holder.certificates
    for name in ("there", "both"):
        stored[name] = {"Type": "TCP", "Content": "eA=="}
    names = ["first", "there", "last"] if method == "POST" else ["there", "absent", "both"]
    items = [{"Name": name, "Type": "MAIL", "Content": "eQ=="} for name in names]
    answer = service(method, f"/v1/{level}{kind}", json=items, api="")
    assert answer.status_code == 207
    expected = (201, 409, 201) if method == "POST" else (200, 404, 200)
    assert [(item["name"], item["status"]) for item in answer.json()] == list(zip(names, expected, strict=True))
    assert ["etag" in item for item in answer.json()] == [True, False, True]
    assert ["cause" in item for item in answer.json()] == [False, True, False]
    assert {name for name in stored if stored[name].get("Content") == "eQ=="} == {names[0], names[2]}
    assert "absent" not in stored


def test_uri_is_too_long(service: Http) -> None:
    """Path and query have 4,000 characters together, or one more."""
    path = "/destination-configuration/v1/subaccountDestinations"
    query = "?$filter=Name%20in%20('{}')"
    for length, status in ((4000, 200), (4001, 400)):
        name = "x" * (length - len(path + query.format("")))
        answer = service("GET", f"/subaccountDestinations{query.format(name)}")
        assert answer.status_code == status, answer.text
