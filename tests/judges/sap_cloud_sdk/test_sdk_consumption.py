# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destinations as applications consume them: levels, fragments, certificates, tokens; by SAP's Python client alone."""

from __future__ import annotations

import base64
import typing as t

import jwt
import pytest
from sap_cloud_sdk.destination import (
    Certificate,
    ConsumptionLevel,
    ConsumptionOptions,
    Destination,
    DestinationClient,
    DestinationOperationError,
)

if t.TYPE_CHECKING:
    from landscape import Environment
    from landscape.subaccount.tenants import Subaccount


def consumed(client: DestinationClient, *arguments: t.Any, **options: t.Any) -> Destination:
    found = client.get_destination(*arguments, **options)
    assert isinstance(found, Destination)
    return found


def test_levels(destinations: DestinationClient, environment: Environment, subscriber: Subaccount) -> None:
    provider, instance = environment.subaccount, environment.subaccount.instances[0]
    for level, url in (
        (provider.level, "https://provider-subaccount.example"),
        (instance.level(provider), "https://provider-instance.example"),
        (subscriber.level, "https://subaccount.example"),
        (instance.level(subscriber), "https://instance.example"),
    ):
        level.destinations["app"] = {"Type": "HTTP", "URL": url}

    def found(level: ConsumptionLevel | None, tenant: str | None) -> str | None:
        return consumed(destinations, "app", level, tenant=tenant).url

    for level in ConsumptionLevel:
        assert found(level, subscriber.subdomain) == f"https://{level.value.replace('_', '-')}.example"
    assert found(None, subscriber.subdomain) == "https://instance.example"
    assert found(None, None) == found(ConsumptionLevel.INSTANCE, None) == "https://provider-instance.example"
    assert found(ConsumptionLevel.SUBACCOUNT, None) == "https://provider-subaccount.example"


def test_unknown_destination(destinations: DestinationClient, environment: Environment) -> None:
    environment.subaccount.destinations["subaccount"] = {"Type": "HTTP", "URL": "https://service.example"}
    assert destinations.get_destination("subaccount", ConsumptionLevel.SUBACCOUNT) is not None
    assert destinations.get_destination("subaccount", ConsumptionLevel.INSTANCE) is None
    assert destinations.get_destination("subaccount") is None


def test_fragment_overrides_and_extends(destinations: DestinationClient, environment: Environment) -> None:
    subaccount = environment.subaccount
    subaccount.destinations["app"] = {"Type": "HTTP", "URL": "https://test.example", "Description": "kept"}
    subaccount.level.fragments["production"] = {"URL": "https://production.example", "sap-client": "100"}
    options: dict[str, t.Any] = {
        "fragment_name": "production",
        "fragment_level": ConsumptionLevel.PROVIDER_SUBACCOUNT,
    }
    merged = consumed(destinations, "app", ConsumptionLevel.SUBACCOUNT, ConsumptionOptions(**options))
    assert (merged.url, merged.description) == ("https://production.example", "kept")
    assert merged.properties == {"sap-client": "100", "FragmentName": "production"}
    assert "sap-client" not in subaccount.destinations["app"]

    options["fragment_name"] = "absent"
    assert destinations.get_destination("app", ConsumptionLevel.SUBACCOUNT, ConsumptionOptions(**options)) is None
    options["fragment_optional"] = True
    plain = consumed(destinations, "app", ConsumptionLevel.SUBACCOUNT, ConsumptionOptions(**options))
    assert plain.url == "https://test.example"
    assert "FragmentName" not in plain.properties


@pytest.fixture
def everywhere(environment: Environment, subscriber: Subaccount) -> None:
    """A destination and a fragment on every level, each of which says where it is."""
    provider, instance = environment.subaccount, environment.subaccount.instances[0]
    for name, level in (
        ("provider_subaccount", provider.level),
        ("provider_instance", instance.level(provider)),
        ("subaccount", subscriber.level),
        ("instance", instance.level(subscriber)),
    ):
        level.destinations["app"] = {"Type": "HTTP", "URL": f"https://{name.replace('_', '-')}.example"}
        level.fragments["place"] = {"Description": name}


@pytest.mark.usefixtures("everywhere")
def test_fragment_without_a_level_has_the_destinations(destinations: DestinationClient, subscriber: Subaccount) -> None:
    options = ConsumptionOptions(fragment_name="place")
    for place in (None, *ConsumptionLevel):
        found = consumed(destinations, "app", place, options, tenant=subscriber.subdomain)
        assert found.description == (place or ConsumptionLevel.INSTANCE).value


MIXES = [(level, fragment) for level in (None, *ConsumptionLevel) for fragment in ConsumptionLevel]


@pytest.mark.usefixtures("everywhere")
def test_no_subscriber_mixes_levels(destinations: DestinationClient, subscriber: Subaccount) -> None:
    """SAP BTP Connectivity's guide: no resource of level subaccount together with one of another level."""
    for level, fragment_level in MIXES:
        options = ConsumptionOptions(fragment_name="place", fragment_level=fragment_level)
        place = level or ConsumptionLevel.INSTANCE
        levels = {place, fragment_level}
        if len(levels) > 1 and ConsumptionLevel.SUBACCOUNT in levels:
            with pytest.raises(DestinationOperationError, match="400"):
                destinations.get_destination("app", level, options, tenant=subscriber.subdomain)
            continue
        found = consumed(destinations, "app", level, options, tenant=subscriber.subdomain)
        assert found.url == f"https://{place.value.replace('_', '-')}.example"
        assert found.description == fragment_level.value


@pytest.mark.usefixtures("everywhere")
def test_provider_mixes_levels(destinations: DestinationClient) -> None:
    """With the provider's own token, both names of a level mean the provider's."""
    for level, fragment_level in MIXES:
        options = ConsumptionOptions(fragment_name="place", fragment_level=fragment_level)
        found = consumed(destinations, "app", level, options)
        place = (level or ConsumptionLevel.INSTANCE).value.removeprefix("provider_")
        assert found.url == f"https://provider-{place}.example"
        assert found.description == f"provider_{fragment_level.value.removeprefix('provider_')}"


def test_token_comes_along(destinations: DestinationClient, environment: Environment, primary: dict[str, str]) -> None:
    environment.subaccount.destinations["FSM"] = primary
    found = consumed(destinations, "FSM", ConsumptionLevel.SUBACCOUNT)
    [token] = found.auth_tokens
    assert found.get_headers()["Authorization"] == f"Bearer {token.value}"
    claims = jwt.decode(token.value, options={"verify_signature": False})
    assert claims["client_id"] == environment.fsm_client.id

    skipped = consumed(destinations, "FSM", ConsumptionLevel.SUBACCOUNT, ConsumptionOptions(skip_token_retrieval=True))
    assert skipped.auth_tokens == []

    environment.subaccount.destinations["FSM"] = {**primary, "tokenServicePassword": "wrong"}
    with pytest.raises(DestinationOperationError, match=r"auth token retrieval failed: .*401"):
        destinations.get_destination("FSM", ConsumptionLevel.SUBACCOUNT)


def test_certificates_come_along(destinations: DestinationClient, environment: Environment) -> None:
    subaccount = environment.subaccount
    content = base64.b64encode(b"content").decode()
    for name in ("client.p12", "server.jks", "token.p12", "other.pem"):
        subaccount.level.certificates[name] = {"Content": content}
    subaccount.destinations["app"] = {
        "Type": "HTTP",
        "URL": "https://service.example",
        "Authentication": "ClientCertificateAuthentication",
        "KeyStoreLocation": "client.p12",
        "TrustStoreLocation": "server.jks",
        "tokenService.KeyStoreLocation": "token.p12",
    }
    found = consumed(destinations, "app", ConsumptionLevel.SUBACCOUNT)
    assert found.certificates == [Certificate("client.p12", content), Certificate("server.jks", content)]
    # Who fetches the token himself needs the token service's keystore too.
    skipping = ConsumptionOptions(skip_token_retrieval=True)
    found = consumed(destinations, "app", ConsumptionLevel.SUBACCOUNT, skipping)
    assert [item.name for item in found.certificates] == ["client.p12", "server.jks", "token.p12"]


def test_tenant_and_user_exclude_each_other(destinations: DestinationClient, environment: Environment) -> None:
    environment.subaccount.destinations["app"] = {"Type": "HTTP", "URL": "https://service.example"}
    options = ConsumptionOptions(tenant="subdomain", user_token="x.y.z")
    with pytest.raises(DestinationOperationError, match="400"):
        destinations.get_destination("app", ConsumptionLevel.SUBACCOUNT, options)
