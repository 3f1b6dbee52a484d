# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Systems that never come to an end: a task does, within the seconds and bytes that it may cost."""

from __future__ import annotations

import gzip
import itertools
import socket
import ssl
import threading
import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients import limits
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import REPEATABLE, Http, Settings
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.retries import BACKOFF, PatientRetry
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import (
    AnswerLost,
    ServiceError,
    Unreachable,
)
from landscape.platform.clock import Clock
from landscape.platform.pki import Authority, distinguished_name, load_server_certificate
from unit.plugins.gateway import LOOPBACK, Fault

if t.TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import (
        DestinationService,
    )
    from unit.plugins.gateway import Gateway

    Client = t.Callable[..., DestinationService]

Pieces = t.Callable[[], t.Iterable[bytes]]
OK = b"HTTP/1.1 200 OK\r\n"


class Endless:
    """A server that sends pieces, one after the other, until the other side has had enough; TLS or not."""

    def __init__(self, folder: Path) -> None:
        authority = Authority(distinguished_name(CN="Endless CA"), Clock())
        self.ca_file = folder / "endless.pem"
        self.ca_file.write_text(authority.pem, encoding="ascii")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        load_server_certificate(self.context, *authority.issue_server(["localhost"], [LOOPBACK]))
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = self._listener.getsockname()[1]
        self.pieces: Pieces = lambda: ()
        self.pace = 0.0
        self.plain = False
        self.requests = 0
        self._over = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop sending."""
        self._over.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection if self.plain else self.context.wrap_socket(connection, server_side=True) as peer:
                peer.recv(65536)
                self.requests += 1
                for piece in self.pieces():
                    peer.sendall(piece)
                    if self._over.wait(self.pace):
                        return
        except OSError:
            return


@pytest.fixture
def endless(tmp_path: Path) -> t.Iterator[Endless]:
    """Such a server."""
    server = Endless(tmp_path)
    yield server
    server.close()


def get(endless: Endless, environ: dict[str, str] | None = None, **settings: t.Any) -> str:
    """Read from the server, within half a second unless it is said otherwise."""
    wanted = {"ca_path": str(endless.ca_file), "request_timeout": 0.5, "retries": 1, **settings}
    url = f"https://{LOOPBACK}:{endless.port}"
    return Http(Settings(**wanted), environ or {}).request("The system", "read", "GET", url).text


BYTES = tuple(itertools.repeat(b"a", 100_000))
TRICKLES: dict[str, Pieces] = {
    "status line": lambda: (b"HTTP/1.1 200 ", *BYTES),
    "headers": lambda: (OK, b"X-Long: ", *BYTES),
    "100 Continue": lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": lambda: (OK, b"Content-Length: 100000\r\n\r\n", *BYTES),
    "chunks": lambda: (OK, b"Transfer-Encoding: chunked\r\n\r\n", *itertools.repeat(b"1\r\na\r\n", 100_000)),
}


@pytest.mark.parametrize("what", TRICKLES)
def test_answer_that_trickles_is_given_up(endless: Endless, what: str) -> None:
    endless.pieces, endless.pace = TRICKLES[what], 0.01

    with pytest.raises(AnswerLost) as caught:
        get(endless)

    assert "The system gave no complete answer to: read" in str(caught.value)
    assert "seconds, request_timeout (of the roles: fsm_request_timeout)." in str(caught.value)


def test_hundred_continues_at_full_speed_are_given_up(endless: Endless) -> None:
    endless.pieces = TRICKLES["100 Continue"]
    with pytest.raises(AnswerLost, match="request_timeout"):
        get(endless)


def test_proxy_that_trickles_is_given_up(endless: Endless) -> None:
    endless.pieces, endless.pace, endless.plain = TRICKLES["headers"], 0.01, True
    proxy = {"HTTPS_PROXY": f"http://{LOOPBACK}:{endless.port}"}
    with pytest.raises(AnswerLost, match="request_timeout"):
        get(endless, proxy)


def test_all_requests_of_a_task_have_a_limit(endless: Endless) -> None:
    endless.pieces, endless.pace = TRICKLES["body"], 0.01
    settings = Settings(ca_path=str(endless.ca_file), request_timeout=0.3, task_timeout=0.5, retries=0)
    http = Http(settings, {})

    def read() -> None:
        http.request("The system", "read", "GET", f"https://{LOOPBACK}:{endless.port}")

    with pytest.raises(AnswerLost, match=r"seconds, request_timeout \(of the roles: fsm_request_timeout\)"):
        read()
    # What is left is used up by then, or the next one uses it up.
    for _more in range(2):
        with pytest.raises(ServiceError, match="of task_timeout"):
            read()
    with pytest.raises(Unreachable, match=r"was not asked to read: the requests before have taken the 0\.5 seconds"):
        read()


FLOODS: dict[str, Pieces] = {
    "body without an end": lambda: (OK, b"Connection: close\r\n\r\n", *itertools.repeat(b"a" * 65536, 1000)),
    "long body": lambda: (OK, b"Content-Length: 99999999999\r\n\r\n", *itertools.repeat(b"a" * 65536, 1000)),
    "chunks": lambda: (
        OK,
        b"Transfer-Encoding: chunked\r\n\r\n",
        *itertools.repeat(b"10000\r\n" + b"a" * 65536 + b"\r\n", 1000),
    ),
    # 100 MiB in 100 KB.
    "packed": lambda: (OK, b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n", gzip.compress(b"0" * 100 * 2**20)),
}


@pytest.mark.parametrize("what", FLOODS)
def test_answer_that_is_too_large_is_not_read(endless: Endless, what: str) -> None:
    endless.pieces = FLOODS[what]
    with pytest.raises(
        AnswerLost,
        match=r"answered with more than 1 MiB, max_answer_mib \(of the roles: fsm_max_answer_mib\), to: read",
    ):
        get(endless, max_answer_mib=1, request_timeout=60)
    assert endless.requests == 1


@pytest.mark.parametrize("packing", ["gzip, gzip", "br", "zstd", "gzip,deflate"])
def test_answer_that_is_packed_otherwise_than_asked_for_is_not_unpacked(endless: Endless, packing: str) -> None:
    body = gzip.compress(gzip.compress(b"{}"))
    endless.pieces = lambda: (OK, f"Content-Encoding: {packing}\r\nConnection: close\r\n\r\n".encode(), body)
    with pytest.raises(AnswerLost, match=f"Content-Encoding is {packing}"):
        get(endless, request_timeout=60)


def test_answer_that_is_packed_is_read(endless: Endless) -> None:
    body = gzip.compress(b"b" * 2**20)
    endless.pieces = lambda: (OK, f"Content-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode(), body)
    assert get(endless, max_answer_mib=1, request_timeout=60) == "b" * 2**20


def test_answer_that_breaks_off_is_read_again(service: DestinationService, gateway: Gateway) -> None:
    cut = Fault(200, "[", cut=True)
    gateway.fail("GET", "/subaccountDestinations", cut, cut)
    assert service.destinations("subaccount")
    assert gateway.count("GET", "/subaccountDestinations") == 3


def test_answer_that_breaks_off_is_read_again_only_so_often(client: Client, gateway: Gateway) -> None:
    gateway.fail("GET", "/subaccountDestinations", *[Fault(200, "[", cut=True)] * 5)
    with pytest.raises(AnswerLost):
        client(retries=2).destinations("subaccount")
    assert gateway.count("GET", "/subaccountDestinations") == 3


@pytest.mark.parametrize("pages", ["1000000", "0" * 3 + "9" * 30, "9" * 5000, "", "many"])
def test_list_without_an_end_is_not_read(client: Client, gateway: Gateway, pages: str) -> None:
    full = [{"Name": f"D{number}"} for number in range(100)]
    gateway.fail("GET", "/subaccountDestinations", *[Fault(200, full, headers={"Page-Count": pages})] * 9)
    with pytest.raises(ServiceError, match=r"more than 3 pages of destinations of level subaccount, max_pages"):
        client(max_pages=3).destinations("subaccount")
    assert gateway.count("GET", "/subaccountDestinations") == 3


@pytest.mark.parametrize("demand", ["1.5", "", "-1", "soon", "9" * 5000, "1e3", "٣"])
def test_demand_to_wait_that_nobody_understands_is_none(
    service: DestinationService, gateway: Gateway, waits: list[float], demand: str
) -> None:
    headers = {"Retry-After": demand} if demand.isascii() else {"Retry-After": demand.encode().decode("latin-1")}
    gateway.fail("GET", "/subaccountDestinations", Fault(503, headers=headers))
    assert service.destinations("subaccount")
    assert len(waits) == 1
    assert 0.1 <= waits[0] <= 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("path", ["/oauth/token", "/subaccountDestinations"])
def test_outage_blames_no_key(client: Client, gateway: Gateway, path: str, status: int) -> None:
    method = "POST" if path == "/oauth/token" else "GET"
    gateway.fail(method, path, *[Fault(status, "Please wait", headers={"Retry-After": "30"})] * 3)
    with pytest.raises(ServiceError) as caught:
        client(retries=1).destinations("subaccount")
    message = str(caught.value)
    assert f"{status} Please wait. That is an outage or an overload of this system" in message
    assert "Run again after 30 seconds" in message
    for blamed in ("service key", "client secret", "Check"):
        assert blamed not in message


def test_outage_that_names_no_time(client: Client, gateway: Gateway) -> None:
    gateway.fail("GET", "/subaccountDestinations", *[Fault(503)] * 3)
    with pytest.raises(ServiceError, match="Run again in some minutes"):
        client(retries=0).destinations("subaccount")


def test_json_that_is_nested_too_deep_is_no_json(service: DestinationService, gateway: Gateway) -> None:
    gateway.fail("GET", "/subaccountDestinations", Fault(200, "[" * 100_000))
    with pytest.raises(ServiceError, match="answered what is no JSON"):
        service.destinations("subaccount")
    gateway.fail("GET", "/subaccountDestinations", Fault(400, "[" * 100_000))
    with pytest.raises(ServiceError, match="400"):
        service.destinations("subaccount")


def test_cookies_are_not_kept(service: DestinationService, gateway: Gateway) -> None:
    gateway.fail("GET", "/subaccountDestinations", Fault(200, [], headers={"Set-Cookie": "a=b"}))
    service.destinations("subaccount")
    assert list(service.http.session.cookies) == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_older_tls_is_refused(endless: Endless) -> None:
    endless.pieces = lambda: (OK, b"Content-Length: 0\r\n\r\n")
    endless.context.minimum_version = ssl.TLSVersion.TLSv1
    endless.context.maximum_version = ssl.TLSVersion.TLSv1_1
    endless.context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((Unreachable, AnswerLost), match=r"(?i)protocol|version"):
        get(endless, request_timeout=60)


@pytest.mark.parametrize("status", [429, 503])
def test_demand_to_wait_longer_than_the_request_may_last_is_an_outage(
    client: Client, gateway: Gateway, waits: list[float], status: int
) -> None:
    gateway.fail("GET", "/subaccountDestinations", Fault(status, headers={"Retry-After": "50"}))
    with pytest.raises(
        ServiceError, match=f"it is overloaded, answered {status} and accepts no request for 50 "
    ) as caught:
        client(request_timeout=20).destinations("subaccount")
    assert (type(caught.value), caught.value.status) == (ServiceError, status)
    assert "outage or an overload" in caught.value.remedy
    assert waits == []


def test_overload_is_reported_where_no_time_is_left_for_another_try() -> None:
    policy = PatientRetry(total=3, allowed_methods=REPEATABLE, status_forcelist=(503,), backoff_factor=BACKOFF)
    with limits.over_within(60):
        assert policy.is_retry("GET", 503)
    with limits.over_within(BACKOFF / 2):
        assert not policy.is_retry("GET", 503)


@pytest.mark.parametrize("left", [-1.0, 0.0, 0.01])
def test_system_that_cannot_be_reached_in_time_was_asked_nothing(tmp_path: Path, landscape: t.Any, left: float) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
    http = Http(Settings(ca_path=str(landscape.ca_file)), {})
    http._time_left = left
    with pytest.raises(ServiceError) as caught:
        http.request("The system", "read", "GET", f"https://{LOOPBACK}:{port}")
    assert isinstance(caught.value, Unreachable)


def test_body_of_an_answer_that_is_tried_again_is_not_read(endless: Endless) -> None:
    flood = (b"HTTP/1.1 503 Busy\r\nConnection: close\r\n\r\n", *itertools.repeat(b"a" * 65536, 1000))
    endless.pieces = lambda: flood
    with pytest.raises(AnswerLost, match="max_answer_mib"):
        get(endless, max_answer_mib=1, request_timeout=60)
    assert endless.requests == 2
