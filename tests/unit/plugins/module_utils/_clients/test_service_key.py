# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every form of a service key is read; whatever is wrong with one is named, and no secret with it."""

from __future__ import annotations

import base64
import json
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import (
    FIELD_OF_OPTION,
    parse_service_key,
    public_values,
    read_service_key,
    read_task_center_key,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError

SECRET = "s3cr3t$value="
PRIVATE_KEY = "-----BEGIN RSA PRIVATE KEY-----\nprivate\n-----END RSA PRIVATE KEY-----\n"
TOKENS = "https://acme.authentication.eu10.hana.ondemand.com"
CERT_TOKENS = "https://acme.authentication.cert.eu10.hana.ondemand.com"
API = "https://destination-configuration.cfapps.eu10.hana.ondemand.com"
KEY = {
    "clientid": "sb-1",
    "clientsecret": SECRET,
    "url": TOKENS,
    "uri": API,
    "identityzone": "acme",
    "credential-type": "binding-secret",
}
X509_KEY = {
    "clientid": "sb-1",
    "url": TOKENS,
    "certurl": CERT_TOKENS,
    "uri": API,
    "identityzone": "acme",
    "credential-type": "x509",
    "certificate": "-----BEGIN CERTIFICATE-----",
    "key": PRIVATE_KEY,
}
OPTIONS = {"api_url": API, "token_url": TOKENS, "client_id": "sb-1", "client_secret": SECRET}
X509_OPTIONS = {
    "api_url": API,
    "token_url": CERT_TOKENS,
    "client_id": "sb-1",
    "client_certificate": "-----BEGIN CERTIFICATE-----",
    "client_certificate_key": PRIVATE_KEY,
}
TASK_CENTER_KEY = {
    "endpoints": {"inbox_rest_url": "https://tc"},
    "uaa": {"clientid": "x", "clientsecret": SECRET, "url": TOKENS},
}


def without(mapping: dict[str, t.Any], *names: str) -> dict[str, t.Any]:
    """Return the mapping without some of its keys."""
    return {key: value for key, value in mapping.items() if key not in names}


def error_of(params: dict[str, t.Any]) -> str:
    """Return the message with which the credentials are refused, which must hold no secret."""
    with pytest.raises(InputError) as caught:
        read_service_key(params)
    text = str(caught.value)
    assert SECRET not in text
    assert PRIVATE_KEY not in text
    assert caught.value.remedy
    return text


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("form", ["mapping", "text", "indented text", "file", "file in home"])
def test_every_form_is_read(form: str, wrapped: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    value: t.Any = {"credentials": KEY} if wrapped else KEY
    if form != "mapping":
        value = json.dumps(value)
    if form == "indented text":
        value = f"\n  {value}\n"
    if form.startswith("file"):
        monkeypatch.setenv("HOME", str(tmp_path))
        path = tmp_path / "key.json"
        path.write_text(value, encoding="utf-8")
        value = "~/key.json" if form == "file in home" else str(path)
    key = read_service_key({"service_key": value})
    assert (key.client_id, key.client_secret, key.token_url, key.api_url) == ("sb-1", SECRET, TOKENS, API)
    assert (key.certificate, key.key) == (None, None)
    assert key.subaccount == "subaccount acme"
    assert key.secrets == {SECRET}


@pytest.mark.parametrize("fields", [X509_KEY, without(X509_KEY, "credential-type"), without(X509_KEY, "url")])
def test_certificate_goes_to_its_own_token_host(fields: dict[str, str]) -> None:
    key = read_service_key({"service_key": fields})
    assert key.token_url == CERT_TOKENS
    assert (key.certificate, key.key, key.client_secret) == (X509_KEY["certificate"], PRIVATE_KEY, None)
    assert key.secrets == {PRIVATE_KEY}


def test_single_options() -> None:
    key = read_service_key({**OPTIONS, "service_key": None, "client_certificate": None})
    assert (key.client_id, key.client_secret, key.token_url, key.api_url) == ("sb-1", SECRET, TOKENS, API)
    assert key.subaccount == "the subaccount of client sb-1"


def test_single_options_with_certificate() -> None:
    key = read_service_key(X509_OPTIONS)
    assert (key.token_url, key.key, key.client_secret) == (CERT_TOKENS, PRIVATE_KEY, None)


def test_slash_at_the_end_of_a_url_does_no_harm() -> None:
    key = read_service_key({"service_key": {**KEY, "url": f"{TOKENS}/", "uri": f"{API}/"}})
    assert (key.token_url, key.api_url) == (TOKENS, API)


@pytest.mark.parametrize("field", ["clientid", "clientsecret", "url", "uri"])
@pytest.mark.parametrize("value", [None, ""])
def test_missing_field_is_named(field: str, value: str | None) -> None:
    assert error_of({"service_key": without(KEY, field)}).startswith(f"service_key lacks {field}.")
    assert error_of({"service_key": {**KEY, field: value}}).startswith(f"service_key lacks {field}.")


def test_all_missing_fields_are_named_at_once() -> None:
    text = error_of({"service_key": {"identityzone": "acme"}})
    assert "lacks clientid, uri, clientsecret, url." in text


@pytest.mark.parametrize("field", ["clientid", "uri", "certificate", "key", "certurl"])
def test_missing_field_of_a_certificate_is_named(field: str) -> None:
    assert error_of({"service_key": without(X509_KEY, field)}).startswith(f"service_key lacks {field}.")


@pytest.mark.parametrize("option", list(OPTIONS))
def test_missing_option_is_named(option: str) -> None:
    assert f"lacks {option}." in error_of(without(OPTIONS, option))


@pytest.mark.parametrize("option", list(X509_OPTIONS))
def test_missing_option_of_a_certificate_is_named_alone(option: str) -> None:
    assert f"lacks {option}." in error_of(without(X509_OPTIONS, option))


@pytest.mark.parametrize("field", ["clientid", "clientsecret", "url", "uri"])
@pytest.mark.parametrize("value", [4711, ["x"], {"a": "b"}])
def test_field_of_a_wrong_type_is_named(field: str, value: t.Any) -> None:
    assert error_of({"service_key": {**KEY, field: value}}).startswith(f"{field} of service_key must be text.")


@pytest.mark.parametrize("field", ["url", "uri"])
@pytest.mark.parametrize(
    "url",
    [
        "http://acme.authentication.eu10.hana.ondemand.com",
        "acme.authentication.eu10.hana.ondemand.com",
        "https://",
        "https://[",
        f"https://user:{SECRET}@host",
        "https://host?query=1",
    ],
)
def test_only_https_urls_are_accepted(field: str, url: str) -> None:
    assert error_of({"service_key": {**KEY, field: url}}).startswith(f"{field} of service_key is no https URL.")


def test_url_is_named_as_the_option_it_came_from() -> None:
    assert "token_url of the options" in error_of({**OPTIONS, "token_url": "http://host"})
    assert "token_url of the options" in error_of({**X509_OPTIONS, "token_url": "http://host"})


@pytest.mark.parametrize("option", list(FIELD_OF_OPTION))
def test_key_and_single_option_contradict(option: str) -> None:
    text = error_of({"service_key": KEY, option: SECRET})
    assert text.startswith(f"service_key and {option} contradict each other.")


def test_secret_and_certificate_contradict() -> None:
    assert "clientsecret and a client certificate (certificate, key)" in error_of(
        {"service_key": {**X509_KEY, "clientsecret": SECRET}}
    )
    text = error_of({**X509_OPTIONS, "client_secret": SECRET})
    assert "client_secret and a client certificate (client_certificate, client_certificate_key)" in text


@pytest.mark.parametrize("params", [{}, {"service_key": None}, {"service_key": ""}, {"service_key": {}}])
def test_no_credentials(params: dict[str, t.Any]) -> None:
    assert "No credentials" in error_of(params)


@pytest.mark.parametrize("value", [["x"], 5, True])
def test_what_is_no_service_key(value: t.Any) -> None:
    kind = {list: "list", int: "number", bool: "boolean"}[type(value)]
    assert error_of({"service_key": value}).startswith(f"service_key is a {kind}, not a JSON object.")


def test_broken_json() -> None:
    text = error_of({"service_key": json.dumps(KEY)[:-1]})
    assert text.startswith("service_key is not valid JSON.")


def test_key_of_task_center_is_recognised() -> None:
    assert "one of SAP Task Center, not of the Destination Service" in error_of({"service_key": TASK_CENTER_KEY})


@pytest.mark.parametrize(
    "content, reported",
    [
        (None, "cannot be read: No such file"),
        (b"\xff\xfe\x00", "cannot be read: not a text file"),
        (b"$ANSIBLE_VAULT;1.1;AES256\n6162\n", "encrypted with Ansible Vault"),
        (b"{", "not valid JSON"),
    ],
)
def test_file_that_holds_no_key(content: bytes | None, reported: str, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    if content is not None:
        path.write_bytes(content)
    text = error_of({"service_key": str(path)})
    assert reported in text
    assert str(path) in text


def test_file_that_holds_a_list(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text("[1]")
    assert error_of({"service_key": str(path)}).startswith("service_key is a list")


def test_text_that_was_not_decrypted() -> None:
    text = error_of({"service_key": "$ANSIBLE_VAULT;1.1;AES256\n6162\n"})
    assert text.startswith("service_key is encrypted with Ansible Vault, and was not decrypted.")


def test_secret_that_was_taken_for_a_file_is_not_reported() -> None:
    assert "The file of service_key cannot be read" in error_of({"service_key": SECRET})
    assert public_values(SECRET) == set()


def test_variable_of_a_role_is_named_as_such() -> None:
    for key in ({"clientid": "x"}, TASK_CENTER_KEY, "/no/such/key.json", 5):
        with pytest.raises(InputError) as caught:
            read_service_key({"service_key": key}, "fsm_destination_service_key")
        assert "fsm_destination_service_key" in caught.value.problem
        assert " service_key" not in str(caught.value)
    with pytest.raises(InputError, match="fsm_task_center_service_key is one of the Destination Service"):
        read_task_center_key(KEY, "fsm_task_center_service_key")


def test_name_that_no_file_can_have() -> None:
    assert "cannot be read" in error_of({"service_key": "key\0.json"})


def test_public_values_are_those_of_known_fields() -> None:
    assert public_values({"credentials": KEY}) == {"sb-1", TOKENS, API, "acme", "binding-secret"}
    assert PRIVATE_KEY not in public_values(X509_KEY)
    assert public_values({**KEY, "name": SECRET}) == public_values(KEY)
    assert public_values(["no", "key"]) == set()


@pytest.mark.parametrize("wrong", [{"uaa": SECRET}, {"x": [SECRET]}, {"client_secret": SECRET}, {"privateKey": SECRET}])
def test_nothing_in_a_field_that_nobody_knows_is_public(wrong: dict[str, t.Any]) -> None:
    assert public_values({**KEY, **wrong}) == public_values(KEY)
    assert public_values({**TASK_CENTER_KEY, **wrong}) <= public_values(TASK_CENTER_KEY)


def test_wrapper_is_taken_off_only_where_there_is_one() -> None:
    assert parse_service_key({"credentials": "text", **KEY}) == {"credentials": "text", **KEY}


@pytest.mark.parametrize("wrapped", [False, True])
def test_key_of_task_center(wrapped: bool) -> None:
    key = read_task_center_key(json.dumps({"credentials": TASK_CENTER_KEY} if wrapped else TASK_CENTER_KEY))
    assert (key.client_id, key.client_secret, key.api_url, key.token_url) == ("x", SECRET, "https://tc", TOKENS)


def test_key_of_task_center_with_certificate() -> None:
    uaa = {name: X509_KEY[name] for name in ("clientid", "certurl", "certificate", "key", "credential-type")}
    key = read_task_center_key({**TASK_CENTER_KEY, "uaa": {**uaa, "identityzone": "acme"}})
    assert (key.token_url, key.certificate, key.client_secret) == (CERT_TOKENS, X509_KEY["certificate"], None)
    assert key.subaccount == "subaccount acme"


@pytest.mark.parametrize(
    "key, reported",
    [
        (KEY, "is one of the Destination Service, not of SAP Task Center"),
        ({}, "lacks endpoints or uaa"),
        ({**TASK_CENTER_KEY, "uaa": "x"}, "lacks endpoints or uaa"),
        ({**TASK_CENTER_KEY, "endpoints": {}}, r"lacks endpoints\.inbox_rest_url"),
        ({**TASK_CENTER_KEY, "uaa": {"clientsecret": SECRET}}, r"lacks uaa\.clientid, uaa\.url"),
        (
            {**TASK_CENTER_KEY, "endpoints": {"inbox_rest_url": "http://tc"}},
            "inbox_rest_url of service_key is no https",
        ),
        ("{", "not valid JSON"),
        ("[]", "is a list, not a JSON object"),
        ([], "is a list, not a JSON object"),
    ],
)
def test_wrong_key_of_task_center(key: t.Any, reported: str) -> None:
    with pytest.raises(InputError, match=reported) as caught:
        read_task_center_key(key)
    assert SECRET not in str(caught.value)


def test_public_values_of_a_key_with_fields_below_others() -> None:
    values = public_values(TASK_CENTER_KEY)
    assert {"https://tc", "x", TOKENS} == values


def encoded(fields: dict[str, str]) -> dict[str, str]:
    """Return fields as a Kubernetes Secret has them."""
    return {name: base64.b64encode(value.encode()).decode() for name, value in fields.items()}


SECRET_HEAD = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "destination"}, "type": "Opaque"}
META = encoded({".metadata": "{}", "label": "destination"})
AS_PEOPLE_HAVE_THEM: dict[str, t.Any] = {
    "printed by cf": f"Getting key ops for service instance destination...\n\n{json.dumps(KEY, indent=2)}\n",
    "printed by cf 8": f"Getting key ops ...\r\n\r\n{json.dumps({'credentials': KEY}, indent=2)}\r\n\r\nOK\r\n",
    "behind a byte order mark": "\ufeff" + json.dumps(KEY),
    "credentials as text": {"credentials": json.dumps(KEY)},
    "credentials as text in text": json.dumps({"name": "ops", "credentials": json.dumps(KEY)}),
    "line end behind the secret": {**KEY, "clientsecret": f"{SECRET}\n", "uri": f" {API}\r\n", "url": f"{TOKENS}\n"},
    "Kubernetes Secret": {**SECRET_HEAD, "data": {**META, **encoded(KEY)}},
    "Kubernetes Secret, JSON": json.dumps({**SECRET_HEAD, "data": encoded(KEY)}),
    "Kubernetes Secret, YAML": yaml.safe_dump({**SECRET_HEAD, "data": {**META, **encoded(KEY)}}),
    "Kubernetes Secret with one entry": {**SECRET_HEAD, "data": encoded({"credentials": json.dumps(KEY)})},
    "Kubernetes Secret in plain text": {**SECRET_HEAD, "stringData": KEY},
    "YAML": yaml.safe_dump(KEY),
    "JSON in quotes": json.dumps(json.dumps(KEY)),
    "Kubernetes Secret with broken lines": {
        **SECRET_HEAD,
        "data": {name: f"{value[:8]}\n{value[8:]}\n" for name, value in encoded(KEY).items()},
    },
}


@pytest.mark.parametrize("form", AS_PEOPLE_HAVE_THEM)
@pytest.mark.parametrize("encoding", [None, "utf-8", "utf-8-sig", "utf-16"])
def test_key_as_people_have_it(form: str, encoding: str | None, tmp_path: Path) -> None:
    value = AS_PEOPLE_HAVE_THEM[form]
    if encoding:
        path = tmp_path / "key.json"
        path.write_bytes((value if isinstance(value, str) else json.dumps(value)).encode(encoding))
        value = str(path)
    key = read_service_key({"service_key": value})
    assert (key.client_id, key.client_secret, key.token_url, key.api_url) == ("sb-1", SECRET, TOKENS, API)
    assert SECRET not in public_values(value)


def test_key_of_task_center_in_a_kubernetes_secret() -> None:
    fields = encoded({name: json.dumps(value) for name, value in TASK_CENTER_KEY.items()})
    key = read_task_center_key({**SECRET_HEAD, "data": fields})
    assert (key.client_secret, key.token_url, key.api_url) == (SECRET, TOKENS, "https://tc")


def test_certificate_keeps_its_line_end() -> None:
    assert read_service_key({"service_key": X509_KEY}).key == PRIVATE_KEY


@pytest.mark.parametrize(
    "value, reported",
    [
        ({**SECRET_HEAD, "data": encoded({"password": "x"})}, "is a Kubernetes Secret, and no service key is in it"),
        (
            {**SECRET_HEAD, "data": {**encoded(KEY), "clientsecret": SECRET}},
            "and clientsecret in its data is no text",
        ),
        (json.dumps([{"credentials": KEY}]), "service_key is a list, not a JSON object"),
        (json.dumps("no key"), "service_key is a text, not a JSON object"),
        (SECRET_HEAD, "is a Kubernetes Secret, and no service key is in it, only: nothing"),
        (f"two keys\n{json.dumps(KEY)}\n{json.dumps(KEY)}", "is not valid JSON"),
        ("Getting key ops...\n{broken", "is not valid JSON"),
        ("some\ntext", "is not valid JSON"),
        ('{"credentials": "{broken"}', "credentials of service_key is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("{" * 100_000, "is not valid JSON"),
        ('{"a":' * 100_000, "is not valid JSON"),
    ],
)
def test_form_that_is_none_is_called_what_it_is(value: t.Any, reported: str) -> None:
    assert reported in error_of({"service_key": value})
