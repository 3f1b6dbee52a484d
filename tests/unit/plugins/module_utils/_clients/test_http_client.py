# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the session does when the network or a system fails, and what the operator reads then."""

from __future__ import annotations

import os
import socket
import typing as t
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import (
    AnswerLost,
    ServiceError,
    Unreachable,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN
from unit.plugins.gateway import LOOPBACK, Fault, Gateway

if t.TYPE_CHECKING:
    from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import (
        DestinationService,
    )
    from landscape import Environment, Landscape

    Client = t.Callable[..., DestinationService]

LIST = "/subaccountDestinations"
ACTIVE = "/saml2Metadata/certificate"
DESTINATION = {"Name": "X", "Type": "HTTP", "URL": "https://x"}
UNAVAILABLE = Fault(503, "Service Unavailable")
DROPPED = Fault()


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server((LOOPBACK, 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.mark.parametrize("fault", [UNAVAILABLE, Fault(500), Fault(502), Fault(504), DROPPED])
def test_reading_is_repeated(service: DestinationService, gateway: Gateway, waits: list[float], fault: Fault) -> None:
    gateway.fail("GET", LIST, fault, fault)
    assert [entry["Name"] for entry in service.destinations("subaccount")]
    assert gateway.count("GET", LIST) == 3
    assert len(waits) == 2
    assert 0.1 <= waits[0] < waits[1]


@pytest.mark.parametrize("retries", [0, 2])
def test_repeating_has_an_end(client: Client, gateway: Gateway, retries: int) -> None:
    gateway.fail("GET", LIST, *[UNAVAILABLE] * 5)
    with pytest.raises(ServiceError, match="503 Service Unavailable") as caught:
        client(retries=retries).destinations("subaccount")
    assert caught.value.status == 503
    assert gateway.count("GET", LIST) == retries + 1


def test_waiting_has_a_limit(client: Client, gateway: Gateway, waits: list[float]) -> None:
    gateway.fail("GET", LIST, *[UNAVAILABLE] * 15)
    assert client(retries=15).destinations("subaccount")
    assert max(waits) == 60
    assert waits == sorted(waits)


@pytest.mark.parametrize("fault", [UNAVAILABLE, Fault(500), Fault(503, headers={"Retry-After": "1"})])
def test_trust_call_is_never_repeated(
    service: DestinationService, gateway: Gateway, environment: Environment, waits: list[float], fault: Fault
) -> None:
    gateway.fail("POST", ACTIVE, fault)
    with pytest.raises(ServiceError, match="generate the active trust certificate") as caught:
        service.generate_certificate("active")
    assert caught.value.status == fault.status
    assert gateway.count("POST", ACTIVE) == 1
    assert environment.subaccount.trust.active is None
    assert waits == []


def test_tls_that_breaks_after_the_request_is_a_lost_answer(
    client: Client, gateway: Gateway, environment: Environment, waits: list[float]
) -> None:
    """The library would repeat it whatever the method, because it takes TLS errors for those of connecting."""
    broken = Fault(200, garbage=True, carried_out=True)
    gateway.fail("POST", ACTIVE, broken, broken)
    with pytest.raises(AnswerLost, match="generate the active trust certificate"):
        client().generate_certificate("active")
    assert gateway.count("POST", ACTIVE) == 1
    assert environment.subaccount.trust.active is not None
    assert waits == []


@pytest.mark.parametrize("fault", [Fault(carried_out=True), Fault(200, "{", cut=True, carried_out=True)])
def test_lost_answer_of_a_trust_call(
    service: DestinationService, gateway: Gateway, environment: Environment, fault: Fault
) -> None:
    gateway.fail("POST", ACTIVE, fault)
    with pytest.raises(AnswerLost, match="no complete answer to: generate the active trust certificate") as caught:
        service.generate_certificate("active")
    assert caught.value.status is None
    assert gateway.count("POST", ACTIVE) == 1
    assert environment.subaccount.trust.active is not None


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_overload_is_waited_for_as_long_as_asked(
    service: DestinationService, gateway: Gateway, waits: list[float], method: str
) -> None:
    """A request that met 429 was not carried out, so that even a trust call is repeated."""
    gateway.fail(method, ACTIVE, Fault(429, headers={"Retry-After": "7"}), Fault(429, headers={"Retry-After": "3"}))
    if method == "POST":
        assert service.generate_certificate("active")
    else:
        assert service.certificate("active") is None
    assert gateway.count(method, ACTIVE) == 3
    assert waits == [7, 3]


def test_overload_for_long_is_reported(service: DestinationService, gateway: Gateway, waits: list[float]) -> None:
    gateway.fail("GET", LIST, Fault(429, headers={"Retry-After": "3600"}))
    with pytest.raises(ServiceError, match="it is overloaded, answered 429 and accepts no request for 3600 seconds"):
        service.destinations("subaccount")
    assert gateway.count("GET", LIST) == 1
    assert waits == []


def test_overload_that_goes_on_is_reported(client: Client, gateway: Gateway) -> None:
    gateway.fail("GET", LIST, *[Fault(429, "too many requests")] * 3)
    with pytest.raises(ServiceError, match="429 too many requests") as caught:
        client(retries=2).destinations("subaccount")
    assert caught.value.status == 429
    assert gateway.count("GET", LIST) == 3


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_is_not_followed(service: DestinationService, gateway: Gateway, status: int) -> None:
    gateway.fail("GET", LIST, Fault(status, headers={"Location": f"{gateway.url}/elsewhere"}))
    with pytest.raises(ServiceError, match=str(status)):
        service.destinations("subaccount")
    assert gateway.count("GET", "/elsewhere") == 0


def write_netrc(folder: Path) -> str:
    """Write a netrc file that knows another password for the gateway, and return its path."""
    netrc = folder / "netrc"
    netrc.write_text(f"machine {LOOPBACK} login someone password else\n", encoding="utf-8")
    netrc.chmod(0o600)
    return str(netrc)


def test_netrc_does_not_replace_the_token(
    service: DestinationService, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETRC", write_netrc(tmp_path))
    assert service.destinations("subaccount")
    assert [request.authorization.split()[0] for request in gateway.seen] == ["Basic", "Bearer"]


def test_netrc_is_not_added_to_a_certificate(
    client: Client, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, landscape: Landscape
) -> None:
    """With a client certificate the request for a token has no password of its own."""
    monkeypatch.setenv("NETRC", write_netrc(tmp_path))
    key = landscape.add_environment({"credential_type": "x509"}).service_key.credentials()
    with pytest.raises(ServiceError, match="401"):
        client({**key, "uri": gateway.url, "certurl": gateway.url}).tokens.bearer()
    assert [request.authorization for request in gateway.seen] == [""]


def test_unknown_authority(client: Client, landscape: Landscape, gateway: Gateway) -> None:
    with pytest.raises(Unreachable, match=gateway.url) as caught:
        client(ca_path=str(landscape.ca_file)).destinations("subaccount")
    assert "certificate verify failed" in caught.value.problem
    assert "ca_path" in caught.value.remedy
    assert gateway.seen == []


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_authorities_of_the_environment(client: Client, gateway: Gateway, name: str) -> None:
    assert client(ca_path=None, environ={name: str(gateway.ca_file)}).destinations("subaccount")


def test_ca_path_wins_over_the_environment(client: Client, landscape: Landscape) -> None:
    assert client(environ={"REQUESTS_CA_BUNDLE": str(landscape.ca_file)}).destinations("subaccount")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_read(client: Client, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(Unreachable) as caught:
        client(ca_path=str(path)).destinations("subaccount")
    assert "ca_path" in caught.value.remedy


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy"])
def test_proxy_of_the_environment(client: Client, environment: Environment, landscape: Landscape, name: str) -> None:
    key = environment.service_key.credentials()
    service = client(key, {name: landscape.proxy_url}, ca_path=str(landscape.ca_file))
    assert list(environment.subaccount.destinations) == [item["Name"] for item in service.destinations("subaccount")]


@pytest.mark.parametrize("exceptions", [LOOPBACK, f"other.example,{LOOPBACK}", "*"])
def test_exception_from_the_proxy(client: Client, exceptions: str) -> None:
    environ = {"HTTPS_PROXY": f"http://{LOOPBACK}:{closed_port()}", "NO_PROXY": exceptions}
    assert client(environ=environ).destinations("subaccount")


def test_proxy_that_cannot_be_reached_is_named(client: Client, environment: Environment, landscape: Landscape) -> None:
    port = closed_port()
    environ = {"HTTPS_PROXY": f"http://user:s3cr3t@{LOOPBACK}:{port}"}
    service = client(environment.service_key.credentials(), environ, ca_path=str(landscape.ca_file))
    with pytest.raises(Unreachable) as caught:
        service.destinations("subaccount")
    assert f"{LOOPBACK}:{port}" in str(caught.value)
    assert "Connection refused" in caught.value.problem
    assert "HTTPS_PROXY" in caught.value.remedy
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    "url, exceptions, bypassed",
    [
        ("https://a.example/x", "a.example", True),
        ("https://b.a.example/x", ".a.example,c", True),
        ("https://ba.example/x", "a.example", False),
        ("https://a.example:8443/x", "a.example:8443", True),
        ("https://a.example:8443/x", "a.example:443", False),
        ("https://10.1.2.3/x", "localhost, 10.1.0.0/16", True),
        ("https://10.2.2.3/x", "10.1.0.0/16", False),
        ("https://a.example/x", "10.1.0.0/16", False),
    ],
)
def test_exceptions_from_the_proxy_are_those_of_the_task(
    client: Client, monkeypatch: pytest.MonkeyPatch, url: str, exceptions: str, bypassed: bool
) -> None:
    """The process's own environment is neither asked nor changed: other tasks read it at the same time."""
    reached: list[str] = []

    def refuse(host: str, *_arguments: t.Any, **_options: t.Any) -> None:
        reached.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    before = dict(os.environ)
    http = client(environ={"HTTPS_PROXY": "http://p.example:1", "NO_PROXY": exceptions}, retries=0).http
    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", refuse)
        with pytest.raises(Unreachable):
            http.request("The system", "read", "GET", url)
    assert set(reached) == {urlsplit(url).hostname if bypassed else "p.example"}
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    "proxy",
    [
        "http://",
        f"user:s3cr3t@{LOOPBACK}:9",
        f"socks5://user:s3cr3t@{LOOPBACK}:9",
        f"http://user:s3cr3t@{LOOPBACK}:99999",
        f"http://user:s3cr3t/more@{LOOPBACK}:9",
        f"http://user:s3cr3t@more@{LOOPBACK}:9",
    ],
)
def test_proxy_that_cannot_be_used_is_reported(client: Client, proxy: str) -> None:
    """No request has left the machine, so that no answer can be lost."""
    with pytest.raises(Unreachable) as caught:
        client(environ={"HTTPS_PROXY": proxy}).destinations("subaccount")
    assert "HTTPS_PROXY" in caught.value.remedy
    assert "s3cr3t" not in str(caught.value)


def test_proxy_that_refuses(client: Client, landscape: Landscape) -> None:
    url = "https://unknown.example"
    key = {"clientid": "c", "clientsecret": "not-right", "url": url, "uri": url}
    with pytest.raises(Unreachable, match="502") as caught:
        client(key, {"HTTPS_PROXY": landscape.proxy_url}).destinations("subaccount")
    assert "HTTPS_PROXY" in caught.value.remedy
    assert caught.value.problem.count(url) == 1


def test_system_that_cannot_be_reached(client: Client, gateway: Gateway, waits: list[float]) -> None:
    url = f"https://{LOOPBACK}:{closed_port()}"
    with pytest.raises(Unreachable, match="Connection refused") as caught:
        client({**gateway.service_key, "uri": url}).destinations("subaccount")
    assert caught.value.problem.count(url) == 1
    assert "list the destinations" in caught.value.problem
    assert " object at 0x" not in caught.value.problem
    assert waits, "a connection that was refused is tried again"


@pytest.mark.parametrize("body", ["<html>Please log on</html>", ""])
def test_answer_that_is_no_json(service: DestinationService, gateway: Gateway, body: str) -> None:
    gateway.fail("GET", LIST, Fault(200, body))
    with pytest.raises(ServiceError, match=rf"no JSON to: list the destinations .*200, {len(body)} bytes") as caught:
        service.destinations("subaccount")
    assert "proxy or a portal" in caught.value.remedy


@pytest.mark.parametrize(
    "body, said",
    [
        ({"ErrorMessage": "It is wrong"}, "400 It is wrong."),
        ({"ErrorMessage": "It is wrong."}, "400 It is wrong. "),
        ({"error": "invalid", "error_description": "It is wrong"}, "400 It is wrong."),
        ({"error": "invalid"}, "400 invalid."),
        ({"error": {"code": 5}, "message": "It is wrong"}, "400 It is wrong."),
        ({"code": 5}, "400 {'code': 5}."),
        ("It is\n  wrong", "400 It is wrong."),
        (["It is wrong"], "It is wrong"),
        ("", "400 (no explanation)."),
    ],
)
def test_what_the_service_says_is_quoted(service: DestinationService, gateway: Gateway, body: t.Any, said: str) -> None:
    gateway.fail("POST", LIST, Fault(400, body))
    with pytest.raises(ServiceError) as caught:
        service.create("subaccount", DESTINATION)
    assert said in str(caught.value)
    assert "The Destination Service of subaccount" in str(caught.value)
    assert "create destination X" in str(caught.value)


def test_long_answer_is_cut(service: DestinationService, gateway: Gateway) -> None:
    gateway.fail("POST", LIST, Fault(400, "x" * 5000))
    with pytest.raises(ServiceError) as caught:
        service.create("subaccount", DESTINATION)
    assert 300 <= str(caught.value).count("x") < 320
    assert "x..." in str(caught.value)


@pytest.mark.parametrize("form", ["text", "JSON", "unknown JSON"])
@pytest.mark.parametrize("before", [0, 280])
def test_error_quotes_no_secret(service: DestinationService, gateway: Gateway, form: str, before: int) -> None:
    token = service.tokens.bearer().token
    # As a private key has them: lines.
    private_key = "-----BEGIN KEY-----\nMIIEpAIBAAKC\n-----END KEY-----\n"
    service.http.secrets.add(private_key)
    for secret in (gateway.service_key["clientsecret"], token, private_key):
        text = f"{'.' * before}{secret} is wrong"
        body = {"text": text, "JSON": {"ErrorMessage": text}, "unknown JSON": {"said": text}}[form]
        gateway.fail("POST", LIST, Fault(400, body))
        with pytest.raises(ServiceError) as caught:
            service.create("subaccount", DESTINATION)
        assert secret not in str(caught.value)
        assert secret[:10] not in str(caught.value)
        assert "MIIEpAIBAAKC" not in str(caught.value)
        assert HIDDEN[:3] in str(caught.value)


def test_requests_say_who_sends_them(service: DestinationService) -> None:
    assert service.http.session.headers["User-Agent"] == "btp_ops.task_center"


def test_what_cannot_be_sent_in_a_header_is_reported_and_not_quoted(service: DestinationService) -> None:
    # Older versions of requests find out when they send it.
    options = {"headers": {"Authorization": "Bearer s3cr3t\n"}}
    with pytest.raises(ServiceError, match="the request cannot be built") as caught:
        service.http.request("The system", "read", "GET", service.base, **options)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("hours", [0, 49, -3])
def test_time_is_that_of_the_system_that_answered(service: DestinationService, gateway: Gateway, hours: int) -> None:
    reported = format_datetime(datetime.now(timezone.utc) + timedelta(hours=hours))
    gateway.fail("GET", LIST, Fault(200, [], {"Date": reported}))
    service.destinations("subaccount")
    difference = service.http.now() - datetime.now(timezone.utc)
    assert abs(difference - timedelta(hours=hours)) < timedelta(seconds=5)
    if not hours:
        assert service.http.ahead == timedelta()


@pytest.mark.parametrize("date", [None, "yesterday", ""])
def test_without_a_date_this_machines_clock_counts(
    service: DestinationService, gateway: Gateway, date: str | None
) -> None:
    gateway.fail("GET", LIST, Fault(200, [], {} if date is None else {"Date": date}))
    service.destinations("subaccount")
    assert service.http.ahead == timedelta()
