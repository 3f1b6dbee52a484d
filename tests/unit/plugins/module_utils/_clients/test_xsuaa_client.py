# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens are fetched with a secret or a certificate, reused while they are good, and never shown."""

from __future__ import annotations

import base64
import os
import tempfile
import typing as t
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, ServiceError
from unit.plugins.gateway import Fault, Gateway

if t.TYPE_CHECKING:
    from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import (
        DestinationService,
    )
    from landscape import Environment, Landscape

    Client = t.Callable[..., DestinationService]

TOKEN = "/oauth/token"


@pytest.fixture
def x509(landscape: Landscape) -> Environment:
    """An environment whose operators hold a certificate."""
    return landscape.add_environment({"credential_type": "x509"})


def by_real_names(landscape: Landscape) -> dict[str, t.Any]:
    """Return how a client reaches the landscape under its real host names."""
    return {"environ": {"HTTPS_PROXY": landscape.proxy_url}, "ca_path": str(landscape.ca_file)}


@pytest.mark.parametrize("lifetime, fetched", [(43199, 1), (61, 1), (59, 2), (0, 2), (None, 2), ("3600", 1)])
def test_token_is_reused_until_shortly_before_its_end(
    service: DestinationService, gateway: Gateway, lifetime: t.Any, fetched: int
) -> None:
    gateway.fail("POST", TOKEN, *[Fault(200, {"access_token": "t", "expires_in": lifetime})] * 2)
    assert [service.tokens.bearer().token for _time in range(2)] == ["t", "t"]
    assert gateway.count("POST", TOKEN) == fetched


def test_wrong_secret(client: Client, gateway: Gateway) -> None:
    service = client({**gateway.service_key, "clientsecret": "wr0ng-s3cret"})
    with pytest.raises(ServiceError, match="401 Bad credentials") as caught:
        service.destinations("subaccount")
    assert caught.value.status == 401
    assert f"The token service {gateway.url} refused to give a token for subaccount" in caught.value.problem
    assert "service key is current" in caught.value.remedy
    assert "wr0ng-s3cret" not in str(caught.value)


def test_secret_of_any_script(client: Client, landscape: Landscape) -> None:
    """In UTF-8, as other systems read it."""
    environment = landscape.add_environment({"service_key_secret": "Schlüssel-🔑-'\"%+"})
    service = client(environment.service_key.credentials(), **by_real_names(landscape))
    assert service.tokens.bearer().token.startswith("eyJ")


@pytest.mark.parametrize("secret", ["q~%", "wr0ng-s3cret"])
@pytest.mark.parametrize("form", ["{basic}", "Basic {basic}", "client_secret={form}", '{{"error": "got {plain}"}}'])
def test_secret_that_is_quoted_in_a_refusal(client: Client, gateway: Gateway, secret: str, form: str) -> None:
    """However short it is: of its header, the client knows the whole."""
    key = {**gateway.service_key, "clientsecret": secret}
    basic = base64.b64encode(f"{key['clientid']}:{secret}".encode()).decode()
    words = form.format(basic=basic, form=quote_plus(secret), plain=secret)
    gateway.fail("POST", TOKEN, Fault(401, words))
    with pytest.raises(ServiceError) as caught:
        client(key).tokens.bearer()
    assert "********" in caught.value.problem
    assert not [shown for shown in (basic, quote_plus(secret), secret) if shown in str(caught.value)]


@pytest.mark.parametrize(
    "body",
    [{}, {"access_token": ""}, {"access_token": 5}, ["t"], {"access_token": "t", "expires_in": "soon"}],
)
def test_answer_without_a_usable_token(service: DestinationService, gateway: Gateway, body: t.Any) -> None:
    gateway.fail("POST", TOKEN, Fault(200, body))
    with pytest.raises(ServiceError, match=f"The token service {gateway.url} answered"):
        service.tokens.bearer()


def test_fetching_a_token_is_repeated(service: DestinationService, gateway: Gateway) -> None:
    gateway.fail("POST", TOKEN, Fault(503), Fault())
    assert service.tokens.bearer()
    assert gateway.count("POST", TOKEN) == 3


def test_certificate(client: Client, landscape: Landscape, x509: Environment) -> None:
    service = client(x509.service_key.credentials(), **by_real_names(landscape))
    assert list(x509.subaccount.destinations) == [entry["Name"] for entry in service.destinations("subaccount")]
    hosts = [request.host for request in landscape.requests(x509.name) if request.path == TOKEN]
    assert len(hosts) == 1
    assert ".authentication.cert." in hosts[0]


def test_certificate_of_another_key_is_refused(client: Client, landscape: Landscape, x509: Environment) -> None:
    other = landscape.add_environment({"credential_type": "x509"}).service_key.credentials()
    mixed = {**x509.service_key.credentials(), "certificate": other["certificate"], "key": other["key"]}
    with pytest.raises(ServiceError, match="401"):
        client(mixed, **by_real_names(landscape)).destinations("subaccount")


def test_private_key_leaves_no_file(
    client: Client, landscape: Landscape, x509: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    written: list[bytes] = []
    unlink = os.unlink

    def read_and_unlink(path: str) -> None:
        written.append(Path(path).read_bytes())
        unlink(path)

    monkeypatch.setattr(os, "unlink", read_and_unlink)
    assert client(x509.service_key.credentials(), **by_real_names(landscape)).destinations("subaccount")
    assert list(folder.iterdir()) == []
    assert len(written) == 1
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in written[0]
    assert b"BEGIN PRIVATE KEY" not in written[0]
    assert b"BEGIN RSA PRIVATE KEY" not in written[0]


def foreign_key() -> str:
    """Return a private key that belongs to no certificate here."""
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


@pytest.mark.parametrize(
    "change",
    [{"certificate": "no certificate"}, {"key": "no key"}, {"key": foreign_key()}, {"key": "-----BEGIN é-----"}],
    ids=["certificate", "key", "foreign key", "not ASCII"],
)
def test_certificate_that_cannot_be_used(
    client: Client, x509: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    key = {**x509.service_key.credentials(), **change}
    with pytest.raises(InputError, match="client certificate and key of the service key") as caught:
        client(key).tokens.bearer()
    assert key["key"] not in str(caught.value)
    assert list(tmp_path.glob("*.pem")) == []
