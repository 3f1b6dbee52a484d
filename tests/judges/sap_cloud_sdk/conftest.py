# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SAP's Python client (sap-cloud-sdk), set up as in an application: with a service key, a proxy and a CA bundle."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

import pytest
from sap_cloud_sdk.destination import (
    AccessStrategy,
    CertificateClient,
    DestinationClient,
    DestinationConfig,
    FragmentClient,
    Level,
    create_certificate_client,
    create_client,
    create_fragment_client,
)

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape
    from landscape.subaccount.configuration_store import Level as StoredLevel
    from landscape.subaccount.tenants import Subaccount


@pytest.fixture(autouse=True)
def _network(landscape: Landscape, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the client find the landscape: it takes both from the environment of its process."""
    monkeypatch.setenv("HTTPS_PROXY", landscape.proxy_url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(landscape.ca_file))
    monkeypatch.setenv("NO_PROXY", "")


@pytest.fixture
def config(environment: Environment) -> DestinationConfig:
    """The service key of the provider's service instance, in the client's terms."""
    key = environment.service_key.credentials()
    return DestinationConfig(
        url=key["uri"],
        token_url=f"{key['url']}/oauth/token",
        client_id=key["clientid"],
        client_secret=key["clientsecret"],
        identityzone=key["identityzone"],
    )


@pytest.fixture
def destinations(config: DestinationConfig) -> DestinationClient:
    """SAP's client for destinations."""
    return create_client(config=config)


@pytest.fixture
def fragments(config: DestinationConfig) -> FragmentClient:
    """SAP's client for destination fragments."""
    return create_fragment_client(config=config)


@pytest.fixture
def certificates(config: DestinationConfig) -> CertificateClient:
    """SAP's client for certificates."""
    return create_certificate_client(config=config)


@pytest.fixture
def subscriber(landscape: Landscape, environment: Environment) -> Subaccount:
    """A subaccount that subscribed to the provider's application."""
    return landscape.add_subscriber(environment)


@dataclass(frozen=True)
class Place:
    """Where a client acts: on one level of the provider or of a subscriber."""

    level: Level
    tenant: str | None
    stored: StoredLevel

    @property
    def strategy(self) -> AccessStrategy:
        """The access strategy that leads to this tenant alone."""
        return AccessStrategy.PROVIDER_ONLY if self.tenant is None else AccessStrategy.SUBSCRIBER_ONLY


@pytest.fixture(params=["provider subaccount", "provider instance", "subscriber subaccount", "subscriber instance"])
def place(request: pytest.FixtureRequest, environment: Environment, subscriber: Subaccount) -> Place:
    """Each of the levels of the provider and of the subscriber."""
    who, _unused, level = request.param.partition(" ")
    subaccount = environment.subaccount if who == "provider" else subscriber
    tenant = None if who == "provider" else subscriber.subdomain
    environment.subaccount.destinations.clear()
    if level == "instance":
        return Place(Level.SERVICE_INSTANCE, tenant, environment.subaccount.instances[0].level(subaccount))
    return Place(Level.SUB_ACCOUNT, tenant, subaccount.level)
