# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets and tokens go to the hosts that a service key or FSM's URL names, whatever the systems answer."""

from __future__ import annotations

import base64
import contextlib
import typing as t
from pathlib import Path
from urllib.parse import quote_plus, urlsplit

import pytest
from requests import PreparedRequest
from requests.adapters import HTTPAdapter

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import OperatorError
from ansible_collections.btp_ops.task_center.plugins.modules import (
    btp_destination,
    btp_destination_info,
    fsm_client_info,
    fsm_connection_info,
    fsm_saml_metadata_info,
    task_center_connector_info,
)
from unit.plugins.connections import certificate_file, connect, logons, variables
from unit.plugins.gateway import Fault, Gateway

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

Sent = list[tuple[str, str]]
LIST = "/subaccountDestinations"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """The host and all text of each request that leaves, which is sent all the same."""
    seen: Sent = []
    send = HTTPAdapter.send

    def record(self: HTTPAdapter, request: PreparedRequest, **options: t.Any) -> t.Any:
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
        seen.append((host(str(request.url)), f"{request.url}\n{dict(request.headers)}\n{body}"))
        return send(self, request, **options)

    monkeypatch.setattr(HTTPAdapter, "send", record)
    return seen


def host(url: str) -> str:
    """Return the host of a URL."""
    return urlsplit(url).hostname or ""


def hosts_that_got(sent: Sent, secret: str, user: str = "") -> set[str]:
    """Return the hosts to which a secret was sent: as it is, in a form, or as a user's password."""
    forms = {secret, quote_plus(secret)}
    if user:
        forms.add(base64.b64encode(f"{user}:{secret}".encode()).decode())
    return {to for to, text in sent if any(form in text for form in forms)}


def test_each_secret_goes_to_the_one_system_it_is_for(
    run: t.Any, landscape: Landscape, environment: Environment, tmp_path: Path, sent: Sent
) -> None:
    active = connect(landscape, environment)
    users = logons(landscape, environment)
    given = variables(environment, **users, uploaded_certificates=[active], certificate_dir=str(tmp_path))
    key, other = environment.service_key.credentials(), users["task_center_service_key"]

    certificate = environment.subaccount.trust.active
    assert certificate is not None
    certificate_file(tmp_path, certificate.pem)

    result = run(fsm_connection_info, environment="dev", operation="connect", connection=given)

    assert all(result.facts["verification"].values()), result.facts["findings"]
    service, tokens, fsm = host(key["uri"]), host(key["url"]), host(given["url"])
    task_center, administrators = host(other["endpoints"]["inbox_rest_url"]), host(other["uaa"]["url"])
    assert {to for to, _text in sent} <= {service, tokens, fsm, task_center, administrators}
    assert hosts_that_got(sent, key["clientsecret"], key["clientid"]) == {tokens}
    assert hosts_that_got(sent, given["client_secret"], given["client_id"]) == {fsm}
    assert hosts_that_got(sent, users["user_token"]) == {service}
    assert hosts_that_got(sent, users["task_center_user_token"]) == {task_center}


def test_client_secret_in_a_destination_goes_to_the_destination_service(
    run: t.Any, environment: Environment, sent: Sent
) -> None:
    key = environment.service_key.credentials()
    secrets = {"Password": "s3cret-of-the-destination"}
    properties = {"Type": "HTTP", "URL": "https://elsewhere.example", "Authentication": "BasicAuthentication"}
    run(btp_destination, name="X", properties={**properties, "User": "u"}, secret_properties=secrets)
    assert hosts_that_got(sent, secrets["Password"]) == {host(key["uri"])}


def options_through(gateway: Gateway, environment: Environment) -> dict[str, tuple[t.Any, dict[str, t.Any]]]:
    """Return modules with options that let each kind of system be at the gateway."""
    client = {"client_id": "someone", "client_secret": "s3cret-0f-someone"}
    uaa = {"clientid": "someone", "clientsecret": "s3cret-0f-someone", "url": gateway.url}
    key = {"endpoints": {"inbox_rest_url": gateway.url}, "uaa": uaa}
    return {
        LIST: (btp_destination_info, {}),
        "/oauth/token": (btp_destination_info, {}),
        "/api/oauth2/v2/token": (fsm_client_info, {"url": gateway.url, **client}),
        "/metadata": (fsm_saml_metadata_info, {"url": f"{gateway.url}/metadata", "audience": "x"}),
        "/v1/connectors": (task_center_connector_info, {"service_key": key, "user_token": "t0ken.of.somebody"}),
    }


@pytest.mark.parametrize("path", [LIST, "/oauth/token", "/api/oauth2/v2/token", "/metadata", "/v1/connectors"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.usefixtures("waits")
def test_no_redirection_is_followed(
    run: t.Any, gateway: Gateway, environment: Environment, sent: Sent, path: str, status: int
) -> None:
    module, options = options_through(gateway, environment)[path]
    # The same machine by another name: whatever would be sent there, would arrive.
    elsewhere = gateway.url.replace("127.0.0.1", "localhost") + "/elsewhere"
    for method in ("GET", "POST"):
        gateway.fail(method, path, *[Fault(status, headers={"Location": elsewhere})] * 3)
    shared = {"service_key": gateway.service_key, "ca_path": str(gateway.ca_file)}
    given = {name: value for name, value in shared.items() if name in module.SPEC.options}

    # That metadata is not for everybody, is a result.
    with contextlib.suppress(OperatorError):
        run(module, **{**given, **options})

    assert gateway.count("GET", path) + gateway.count("POST", path) == 1
    assert {to for to, _text in sent} == {"127.0.0.1"}
    assert not any(request.path.endswith("/elsewhere") for request in gateway.seen)


def test_pages_are_counted_and_no_link_is_followed(run_through_gateway: t.Any, gateway: Gateway, sent: Sent) -> None:
    elsewhere = gateway.url.replace("127.0.0.1", "localhost") + "/elsewhere"
    headers = {"Page-Count": "2", "Link": f"<{elsewhere}>; rel='next', <{elsewhere}>; rel='last'"}
    gateway.fail("GET", LIST, *[Fault(200, [], headers)] * 2)
    run_through_gateway(btp_destination_info)
    assert {to for to, _text in sent} == {"127.0.0.1"}
    assert gateway.count("GET", LIST) == 2


def test_another_cluster_that_fsm_names_is_not_asked(
    run: t.Any, landscape: Landscape, gateway: Gateway, sent: Sent
) -> None:
    """Nor is the secret sent to where a token says that it comes from."""
    answer = {"access_token": "a.b.c", "cluster_url": "https://elsewhere.fsm.cloud.sap", "account_id": "1"}
    gateway.fail("POST", "/api/oauth2/v2/token", Fault(200, answer))
    client = {"client_id": "someone", "client_secret": "s3cret-0f-someone", "account_id": "1"}
    facts = run(fsm_client_info, url=gateway.url, ca_path=str(gateway.ca_file), ask_accounts_api=True, **client).facts
    assert facts["cluster_url"] == "https://elsewhere.fsm.cloud.sap"
    assert {to for to, _text in sent} == {"127.0.0.1"}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1", "https://user@127.0.0.1", "ftp://127.0.0.1", "//127.0.0.1", "https://", "127.0.0.1"]
)
@pytest.mark.parametrize("field", ["uri", "url"])
def test_nothing_is_sent_to_what_is_no_https_url(
    run: t.Any, gateway: Gateway, sent: Sent, url: str, field: str
) -> None:
    key = {**gateway.service_key, field: url}
    with pytest.raises(OperatorError, match=f"{field} of service_key is no https URL"):
        run(btp_destination_info, service_key=key)
    assert sent == []


def test_one_module_speaks_to_systems() -> None:
    """So that what holds for it holds for all requests."""
    plugins = Path(__file__).resolve().parents[4] / "plugins"
    signs = ("requests.get", "requests.post", "requests.request", "Session()", "urlopen", "open_url", "fetch_url")
    speaking = {path.name for path in plugins.rglob("*.py") if any(sign in path.read_text("utf-8") for sign in signs)}
    assert speaking == {"http_client.py"}
