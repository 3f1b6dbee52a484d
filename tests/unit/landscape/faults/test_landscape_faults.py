# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the landscape: each strikes the requests that it is meant for, and no others."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import typing as t
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import pytest
import requests

from landscape import Matching
from landscape.faults import (
    Arrival,
    Callback,
    Echo,
    Effect,
    ExpiringToken,
    Faults,
    Latency,
    LostAnswer,
    NotJson,
    RefusedConnection,
    ResetConnection,
    RevokedToken,
    Status,
    TruncatedBody,
)
from landscape.faults.echo import FORMS, quotation
from landscape.platform.connections import end_by_reset

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from unit.landscape.conftest import Http

pytestmark = pytest.mark.usefixtures("no_faults")

LIST = "/subaccountDestinations"
BROKEN = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)


def destination(name: str, url: str = "https://service.example") -> dict[str, str]:
    return {"Name": name, "Type": "HTTP", "URL": url}


@pytest.mark.parametrize("status", [500, 503])
def test_status(landscape: Landscape, service: Http, reads: Matching, status: int) -> None:
    fault = landscape.faults.add(Status(status, body="No upstream"), reads, nth=2, times=1)
    answers = [service("GET", LIST) for _unused in range(3)]
    assert [answer.status_code for answer in answers] == [200, status, 200]
    assert answers[1].text == "No upstream"
    assert (fault.matched, fault.struck) == (3, 1)
    assert [request.path for request in fault.requests] == [f"/destination-configuration/v1{LIST}"]


@pytest.mark.parametrize("form", FORMS)
def test_request_is_quoted(landscape: Landscape, service: Http, environment: Environment, form: str) -> None:
    writing = Matching(method="POST", system="destination-service", environment=environment.name)
    landscape.faults.add(Echo(form, 422, quoting=("password",)), writing, times=1)
    body = {**destination("X"), "Password": "p w'é"}
    refused, accepted = service("POST", LIST, json=body), service("POST", LIST, json=body)
    assert (refused.status_code, accepted.status_code) == (422, 201)
    assert refused.text == FORMS[form]([("Password", "p w'é")])


def test_credentials_are_quoted_as_they_came_or_as_they_are() -> None:
    header, secret = {"authorization": "Basic YTpiOmM="}, b"client_secret=d+%25&x=y"
    quoted = {form: quotation(Echo(form), header, secret) for form in FORMS}
    assert quoted["trace"] == "authorization: Basic YTpiOmM=\nclient_secret: d %"
    assert quoted["basic"] == "YTpiOmM= %"
    assert quoted["decoded"] == "authorization: a:b:c\nclient_secret: d %"
    assert quoted["uri"] == "authorization=a%3Ab%3Ac&client_secret=d%20%25"
    assert quoted["nested"].startswith('{"error": "{\\"request\\"')
    assert quotation(Echo("trace"), {}, b"[1]") == ""


def test_requests_that_were_struck_are_recorded_for_their_environment(
    landscape: Landscape, environment: Environment, service: Http, reads: Matching
) -> None:
    landscape.faults.add(Status(503), reads, times=2)
    for _unused in range(3):
        service("GET", LIST)
    recorded = [request for request in landscape.requests(environment.name) if request.path.endswith(LIST)]
    assert [(request.status, request.faults) for request in recorded[-3:]] == [
        (503, ("Status",)),
        (503, ("Status",)),
        (200, ()),
    ]


def test_too_many_requests(landscape: Landscape, service: Http, reads: Matching) -> None:
    landscape.faults.add(Status(429, retry_after=7), reads, times=1)
    landscape.faults.add(Status(429, retry_after=7, retry_after_as_date=True), reads, nth=2, times=1)
    in_seconds, as_date = service("GET", LIST), service("GET", LIST)
    assert (in_seconds.status_code, in_seconds.headers["Retry-After"]) == (429, "7")
    moment = parsedate_to_datetime(as_date.headers["Retry-After"])
    assert 0 < (moment - landscape.clock.now()).total_seconds() <= 7
    assert service("GET", LIST).status_code == 200


def test_only_the_class_of_requests_is_struck(
    landscape: Landscape, environment: Environment, service: Http, http: Http
) -> None:
    for matching in (
        Matching(method="POST", environment=environment.name),
        Matching(path="*/instanceDestinations", environment=environment.name),
        Matching(system="fsm", environment=environment.name),
        Matching(host="*.authentication.*", environment=environment.name),
        Matching(origin="landscape", environment=environment.name),
        Matching(environment="another"),
    ):
        landscape.faults.add(Status(500), matching)
    assert service("GET", LIST).status_code == 200
    assert service("POST", LIST, json=destination("new")).status_code == 500
    assert service("GET", "/instanceDestinations").status_code == 500
    key, fsm = environment.inputs()["service_key"], environment.inputs()["fsm"]
    assert http("GET", f"{key['url']}/token_keys").status_code == 500
    grant = {"grant_type": "client_credentials"}
    auth = (fsm["client_id"], fsm["client_secret"])
    assert http("POST", "https://de.fsm.cloud.sap/api/oauth2/v2/token", data=grant, auth=auth).status_code == 500


def test_requests_of_the_systems_themselves(
    landscape: Landscape, environment: Environment, service: Http, primary: dict[str, str]
) -> None:
    environment.subaccount.destinations["FSM"] = primary
    matching = Matching(environment=environment.name, origin="landscape")
    landscape.faults.add(Status(503, body="Try later"), matching, times=1)
    assert "status 503" in service("GET", "/destinations/FSM").json()["authTokens"][0]["error"]
    assert "error" not in service("GET", "/destinations/FSM").json()["authTokens"][0]


@pytest.mark.parametrize("effect", [ResetConnection(), LostAnswer(), TruncatedBody()])
def test_broken_connections(
    landscape: Landscape, environment: Environment, service: Http, reads: Matching, effect: Effect
) -> None:
    landscape.faults.add(effect, reads, times=1)
    landscape.forget_requests()
    with pytest.raises(BROKEN):
        service("GET", LIST)
    assert service("GET", LIST).status_code == 200
    struck, _unused = landscape.requests(environment.name) if effect.carried_out else landscape.requests()
    assert struck.faults == (type(effect).__name__,)


def test_lost_answer_to_a_request_that_was_carried_out(
    landscape: Landscape, environment: Environment, service: Http
) -> None:
    writes = Matching(method="POST", environment=environment.name)
    landscape.faults.add(LostAnswer(), writes, times=1)
    with pytest.raises(BROKEN):
        service("POST", LIST, json=destination("new"))
    assert "new" in environment.subaccount.destinations
    assert service("POST", LIST, json=destination("new")).status_code == 409


def test_reset_keeps_a_request_from_being_carried_out(
    landscape: Landscape, environment: Environment, service: Http
) -> None:
    landscape.faults.add(ResetConnection(), Matching(method="POST", environment=environment.name), times=1)
    with pytest.raises(BROKEN):
        service("POST", LIST, json=destination("new"))
    assert "new" not in environment.subaccount.destinations


def test_connection_reset_without_the_proxy(landscape: Landscape, environment: Environment) -> None:
    host = environment.subaccount.uaa_url.removeprefix("https://")
    fault = landscape.faults.add(ResetConnection(), Matching(host=host))
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(
            f"https://localhost:{landscape.port}/token_keys",
            headers={"Host": host},
            verify=str(landscape.ca_file),
            timeout=30,
        )
    assert fault.struck == 1


def test_refused_connections(landscape: Landscape, environment: Environment, http: Http) -> None:
    url = f"{environment.subaccount.uaa_url}/token_keys"
    assert http("GET", url).status_code == 200
    fault = landscape.faults.add(RefusedConnection(), Matching(environment=environment.name))
    # The connection of before is reset, new ones are refused.
    with pytest.raises(requests.exceptions.ConnectionError):
        http("GET", url)
    with pytest.raises(requests.exceptions.ProxyError, match="502"):
        http("GET", url)
    # One that comes directly is not the proxy's to refuse.
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(
            f"https://127.0.0.1:{landscape.port}/token_keys",
            headers={"Host": environment.subaccount.uaa_url.removeprefix("https://")},
            verify=str(landscape.ca_file),
            timeout=30,
        )
    assert fault.struck == 3
    other = landscape.add_environment({}).subaccount
    assert http("GET", f"{other.uaa_url}/token_keys").status_code == 200
    landscape.faults.remove(fault)
    assert http("GET", url).status_code == 200


def test_body_that_is_not_json(landscape: Landscape, service: Http, reads: Matching) -> None:
    landscape.faults.add(NotJson(), reads, times=1)
    answer = service("GET", LIST)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_truncated_body_of_an_empty_answer(landscape: Landscape, environment: Environment, service: Http) -> None:
    writes = Matching(method="POST", environment=environment.name)
    fault = landscape.faults.add(TruncatedBody(), writes, times=1)
    with pytest.raises(BROKEN):
        service("POST", LIST, json=destination("FSM"))
    assert (fault.struck, "FSM" in environment.subaccount.destinations) == (1, True)
    assert service("POST", LIST, json=destination("other")).content == b""


def test_resetting_a_connection_that_is_closed_already() -> None:
    async def reset_twice() -> bool:
        accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
        server = await asyncio.start_server(lambda _reader, writer: accepted.put_nowait(writer), "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            other_side = await accepted.get()
            end_by_reset(other_side.transport)
            with pytest.raises(ConnectionResetError):
                await reader.read()
            writer.close()
            end_by_reset(other_side.transport)
            return other_side.transport.is_closing()

    assert asyncio.run(reset_twice())


def test_revoked_token(
    landscape: Landscape,
    environment: Environment,
    service: Http,
    http: Http,
    reads: Matching,
    fetch_token: t.Callable[[dict[str, str]], str],
) -> None:
    landscape.faults.add(RevokedToken(), reads, times=1)
    assert [service("GET", LIST).status_code for _unused in range(2)] == [401, 401]
    key = environment.inputs()["service_key"]
    headers = {"Authorization": f"Bearer {fetch_token(key)}"}
    assert http("GET", f"{key['uri']}/destination-configuration/v1{LIST}", headers=headers).status_code == 200


def test_token_that_expires_before_it_says_so(landscape: Landscape, environment: Environment, http: Http) -> None:
    key = environment.inputs()["service_key"]
    tokens = Matching(path="/oauth/token", environment=environment.name)
    landscape.faults.add(ExpiringToken(), tokens, times=1)
    statuses = []
    for _unused in range(2):
        grant = {"grant_type": "client_credentials"}
        answer = http("POST", f"{key['url']}/oauth/token", data=grant, auth=(key["clientid"], key["clientsecret"]))
        assert answer.json()["expires_in"] == 43199
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        url = f"{key['uri']}/destination-configuration/v1{LIST}"
        statuses.append(http("GET", url, headers=headers).status_code)
    assert statuses == [401, 200]


def test_latency_leaves_others_alone(landscape: Landscape, environment: Environment, service: Http) -> None:
    slow = Matching(path="*/instanceDestinations", environment=environment.name)
    fault = landscape.faults.add(Latency(0.2), slow)
    with ThreadPoolExecutor(max_workers=1) as pool:
        waiting = pool.submit(service, "GET", "/instanceDestinations")
        assert waiting.result().elapsed.total_seconds() >= 0.2
    assert fault.struck == 1


def test_pause_before_and_after(landscape: Landscape, environment: Environment, service: Http) -> None:
    writes = Matching(method="POST", environment=environment.name)
    with ThreadPoolExecutor(max_workers=1) as pool:
        before = landscape.faults.pause_before(writes)
        waiting = pool.submit(service, "POST", LIST, json=destination("first"))
        assert before.wait(30)
        assert "first" not in environment.subaccount.destinations
        before.release()
        assert waiting.result().status_code == 201

        after = landscape.faults.pause_after(writes)
        waiting = pool.submit(service, "POST", LIST, json=destination("second"))
        assert after.wait(30)
        assert "second" in environment.subaccount.destinations
        assert not waiting.done()
        after.drop()
        with pytest.raises(BROKEN):
            waiting.result()


PROGRAM = """
import sys, requests
url, token, ca, proxy = sys.argv[1:]
session = requests.Session()
session.trust_env = False
for name in ("one", "two", "three"):
    session.post(url, json={"Name": name, "Type": "HTTP", "URL": "https://service.example"}, verify=ca,
                 headers={"Authorization": f"Bearer {token}"}, proxies={"https": proxy}, timeout=30)
"""


@pytest.mark.parametrize("when, carried_out", [("before", ["one"]), ("after", ["one", "two"])])
def test_process_killed_at_a_request_boundary(
    landscape: Landscape,
    environment: Environment,
    fetch_token: t.Callable[[dict[str, str]], str],
    when: t.Literal["before", "after"],
    carried_out: list[str],
) -> None:
    environment.subaccount.destinations.clear()
    key = environment.inputs()["service_key"]
    url = f"{key['uri']}/destination-configuration/v1{LIST}"
    arguments = (url, fetch_token(key), str(landscape.ca_file), landscape.proxy_url)
    started: list[subprocess.Popen[bytes]] = []

    def kill(_arrival: Arrival) -> None:
        started[0].kill()
        started[0].wait()

    writes = Matching(method="POST", path=f"*{LIST}", environment=environment.name)
    landscape.faults.add(Callback(kill, when), writes, nth=2)
    if when == "before":
        # What a dead process had sent is not carried out either.
        landscape.faults.add(ResetConnection(), writes, nth=2)
    with subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments]) as process:
        started.append(process)
    assert process.returncode == -signal.SIGKILL
    assert list(environment.subaccount.destinations) == carried_out


def test_probability_is_seeded() -> None:
    arrival = Arrival("GET", "host", "/", None, None)
    outcomes = []
    for _unused in range(2):
        faults = Faults(seed=5)
        faults.add(Status(500), probability=0.3)
        outcomes.append([bool(faults.strike(arrival)) for _unused in range(200)])
    assert outcomes[0] == outcomes[1]
    assert 30 < sum(outcomes[0]) < 90


def test_system_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="destination-service"):
        Matching(system="destination_service")


@pytest.mark.parametrize("numbers", [{"nth": 0}, {"times": 0}, {"probability": 0.0}, {"probability": 1.5}])
def test_numbers_that_make_no_sense(numbers: dict[str, t.Any]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Faults().add(Status(500), **numbers)
