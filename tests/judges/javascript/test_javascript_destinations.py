# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SAP's JavaScript clients judge the Destination Service and the propagation of users to FSM, after our role."""

from __future__ import annotations

import functools
import typing as t

import pytest

from judges.javascript.node import JavaScript, JavaScriptError, claims
from landscape import UserConfig
from operator_at_work import ROOT, Operator

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

Bindings = t.Callable[["Environment"], dict[str, t.Any]]
LogOn = t.Callable[..., str]


@pytest.fixture(scope="module")
def connected(landscape: Landscape, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment that the collection's role has connected."""
    operator = Operator(landscape, tmp_path_factory.mktemp("operator"), ROOT / ".work" / "tree")
    environment = operator.environment()
    environment.fsm_account.upload(environment.subaccount.trust.replace().pem)
    run = operator.play("connect_fsm", {"dev": operator.variables(environment)})
    assert run.code == 0, run.output
    assert {"FSM", "FSM_PP"} <= set(environment.subaccount.destinations)
    return environment


@pytest.fixture(autouse=True)
def restored(connected: Environment) -> t.Iterator[None]:
    """Leave the environment as the role left it."""
    destinations, trust, account = connected.subaccount.destinations, connected.subaccount.trust, connected.fsm_account
    kept = dict(destinations)
    active = trust.active
    assert active is not None
    yield
    destinations.clear()
    destinations.update(kept)
    trust.active = active
    account.upload(active.pem)


@pytest.fixture
def logged_on(log_on_with_xssec: LogOn, connected: Environment) -> t.Callable[..., str]:
    """The token of a user of the connected environment (of the first one, unless stated otherwise)."""
    return functools.partial(log_on_with_xssec, connected)


def test_primary_yields_a_token(javascript: JavaScript, connected: Environment, bindings: Bindings) -> None:
    found = javascript("getDestination", vcap=bindings(connected), name="FSM")
    assert found is not None
    assert found["url"] == connected.inputs()["fsm"]["url"]
    [token] = found["tokens"]
    assert token["error"] is None
    assert claims(token["value"])["client_id"] == connected.fsm_client.id
    # What a call through the destination would carry: FSM demands these headers.
    headers = {name.lower(): value for name, value in found["headers"].items()}
    assert headers["x-account-id"] == connected.fsm_account.id
    assert headers["x-company-id"] == connected.fsm_client.company_id
    assert headers["x-client-id"] == "sap-task-center"
    assert headers["x-client-version"] == "1.0"
    assert headers["authorization"] == f"Bearer {token['value']}"


def test_secondary_propagates_the_user(
    javascript: JavaScript, connected: Environment, bindings: Bindings, logged_on: t.Callable[..., str]
) -> None:
    for user in connected.users:
        found = javascript("getDestination", vcap=bindings(connected), name="FSM_PP", jwt=logged_on(user))
        assert found["authentication"] == "OAuth2SAMLBearerAssertion"
        assert claims(found["tokens"][0]["value"])["user_email"] == user.email


def test_subscribers_user_is_propagated_from_the_subscribers_destination(
    javascript: JavaScript, landscape: Landscape, connected: Environment, bindings: Bindings
) -> None:
    subscriber = landscape.add_subscriber(connected)
    subscriber.destinations.update(connected.subaccount.destinations)
    connected.fsm_account.upload(subscriber.trust.replace().pem)
    user = landscape.add_user(connected, UserConfig(), subaccount=subscriber)
    credentials = {**connected.application.credentials(), "url": subscriber.uaa_url}
    logon = javascript("password", credentials=credentials, user=user.user_name, password=user.password)
    token = logon["access_token"]
    assert claims(token)["zid"] == subscriber.id
    found = javascript("getDestination", vcap=bindings(connected), name="FSM_PP", jwt=token)
    assert claims(found["tokens"][0]["value"])["user_email"] == user.email


def test_subscribers_user_is_exchanged_through_the_providers_destination(
    javascript: JavaScript, landscape: Landscape, connected: Environment, bindings: Bindings
) -> None:
    subscriber = landscape.add_subscriber(connected)
    user = landscape.add_user(connected, subaccount=subscriber)
    credentials = connected.application.credentials()
    connected.subaccount.destinations["app"] = {
        "Type": "HTTP",
        "URL": "https://service.example",
        "Authentication": "OAuth2JWTBearer",
        "clientId": credentials["clientid"],
        "clientSecret": credentials["clientsecret"],
        "tokenServiceURLType": "Common",
        "tokenServiceURL": f"https://{credentials['uaadomain']}/oauth/token",
    }
    logon = javascript(
        "password",
        credentials={**credentials, "url": subscriber.uaa_url},
        user=user.user_name,
        password=user.password,
    )
    found = javascript("getDestination", vcap=bindings(connected), name="app", jwt=logon["access_token"])
    token = claims(found["tokens"][0]["value"])
    assert (token["zid"], token["user_name"]) == (subscriber.id, user.user_name)


def test_instances_destination_comes_first(javascript: JavaScript, connected: Environment, bindings: Bindings) -> None:
    of_instance = {**connected.subaccount.destinations["FSM"], "URL": "https://instance.example"}
    connected.subaccount.instance_destinations["FSM"] = of_instance
    assert javascript("getDestination", vcap=bindings(connected), name="FSM")["url"] == "https://instance.example"
    del connected.subaccount.instance_destinations["FSM"]
    assert javascript("getDestination", vcap=bindings(connected), name="FSM")["url"] == connected.inputs()["fsm"]["url"]


def test_unknown_destination(javascript: JavaScript, connected: Environment, bindings: Bindings) -> None:
    assert javascript("getDestination", vcap=bindings(connected), name="absent") is None


def refused(javascript: JavaScript, vcap: dict[str, t.Any], token: str) -> str:
    with pytest.raises(JavaScriptError, match="failed in all cases") as error:
        javascript("getDestination", vcap=vcap, name="FSM_PP", jwt=token)
    return str(error.value)


def test_user_unknown_to_fsm(
    javascript: JavaScript,
    landscape: Landscape,
    connected: Environment,
    bindings: Bindings,
    logged_on: t.Callable[..., str],
) -> None:
    stranger = landscape.add_user(connected, UserConfig(in_fsm=False))
    assert "There is no user" in refused(javascript, bindings(connected), logged_on(stranger))


def test_wrong_audience(
    javascript: JavaScript, connected: Environment, bindings: Bindings, logged_on: t.Callable[..., str]
) -> None:
    destinations = connected.subaccount.destinations
    destinations["FSM_PP"] = {**destinations["FSM_PP"], "audience": "https://de.fsm.cloud.sap/elsewhere"}
    assert "meant for audience" in refused(javascript, bindings(connected), logged_on())


def test_untrusted_certificate(
    javascript: JavaScript,
    landscape: Landscape,
    connected: Environment,
    bindings: Bindings,
    logged_on: t.Callable[..., str],
) -> None:
    connected.subaccount.trust.replace()
    # Of whom the service has kept no token.
    newcomer = landscape.add_user(connected, UserConfig())
    assert "not trusted" in refused(javascript, bindings(connected), logged_on(newcomer))


def test_secondary_without_a_user(javascript: JavaScript, connected: Environment, bindings: Bindings) -> None:
    with pytest.raises(JavaScriptError, match=r"user|JWT|jwt"):
        javascript("getDestination", vcap=bindings(connected), name="FSM_PP")
