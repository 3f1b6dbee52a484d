# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions, subaccounts, Destination Service instances and their service keys, each found by what requests name."""

from __future__ import annotations

import secrets
import typing as t
import uuid
from dataclasses import dataclass, field

from ..platform.pki import Authority, certificate_pem, distinguished_name, private_key_pem
from ..platform.tokens import TokenSigner
from .configuration_store import ConfigurationStore, Level
from .trust import TrustStore

if t.TYPE_CHECKING:
    from cryptography import x509

    from ..assumptions import Assumptions
    from ..platform.clock import Clock

# What SAP Task Center's initial setup leaves in a subaccount, among other things. Only its name is public.
INITIAL_SETUP_DESTINATION = "Identity_Authentication_Connectivity_IDS"
DESTINATION_XSAPPNAME = "destination-xsappname!b404"


def made_up_secret() -> str:
    """Return a new client secret in the form of real ones: shells and URL encoders stumble over '$' and '='."""
    return f"{uuid.uuid4()}${secrets.token_urlsafe(32)}="


class Region:
    """One region of SAP BTP: its domain, and the signing key of its XSUAA."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self.domain = f"{name}.hana.ondemand.com"
        self.uaa_domain = f"authentication.{self.domain}"
        self.certificate_uaa_domain = f"authentication.cert.{self.domain}"
        self.destination_service_host = f"destination-configuration.cfapps.{self.domain}"
        self.signer = TokenSigner("default-jwt-key", clock)

    @property
    def host_names(self) -> list[str]:
        """The names, with wildcards, under which the region's systems are reached."""
        uaa_domains = (self.uaa_domain, self.certificate_uaa_domain)
        return [*uaa_domains, *(f"*.{domain}" for domain in uaa_domains), self.destination_service_host]


@dataclass(eq=False)
class ServiceInstance:
    """A Destination Service instance (plan ``lite``): its provider subaccount, its subscribers, its private level.

    A multi-tenant application's clients get tokens of every subaccount that subscribed to it, and act with each of them
    on that subaccount; the instance keeps a level of its own per tenant (SAP BTP Connectivity, "Multitenancy in the
    Destination Service").
    """

    subaccount: Subaccount
    clock: Clock
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    _subscribers: dict[str, Subaccount] = field(default_factory=dict)
    _levels: dict[str, Level] = field(default_factory=dict)

    def subscribe(self, tenant: Subaccount) -> None:
        """Let a subaccount of the provider's region use the application that the instance belongs to.

        Raises:
            ValueError: the subaccount is in another region.
        """
        if tenant.region is not self.subaccount.region:
            raise ValueError(f"subaccount {tenant.subdomain} is not in region {self.subaccount.region.name}")
        self._subscribers[tenant.id] = tenant

    def serves(self, tenant: Subaccount) -> bool:
        """Say whether the instance's clients may act on a subaccount: the provider itself or a subscriber."""
        return tenant.id in self.tenant_ids

    @property
    def tenant_ids(self) -> set[str]:
        """The IDs of all subaccounts on which the instance's clients may act."""
        return {self.subaccount.id, *self._subscribers}

    def level(self, tenant: Subaccount) -> Level:
        """Return what the instance holds for one tenant."""
        if tenant.id not in self._levels:
            self._levels[tenant.id] = tenant.new_level()
        return self._levels[tenant.id]


@dataclass(frozen=True, eq=False)
class ServiceKey:
    """One service key: the OAuth client of a service instance, with a secret or with an X.509 certificate."""

    instance: ServiceInstance
    client_id: str
    client_secret: str | None = None
    certificate: x509.Certificate | None = None
    certificate_chain_pem: str | None = None
    private_key_pem: str | None = None

    def credentials(self) -> dict[str, str]:
        """Return the service key's JSON object, as the platform shows it."""
        subaccount = self.instance.subaccount
        region = subaccount.region
        common = {
            "clientid": self.client_id,
            "url": subaccount.uaa_url,
            "uri": f"https://{region.destination_service_host}",
            "uaadomain": region.uaa_domain,
            "identityzone": subaccount.subdomain,
            "tenantid": subaccount.id,
            "instanceid": self.instance.id,
            "verificationkey": region.signer.public_pem,
            "xsappname": self.client_id.removeprefix("sb-"),
        }
        if self.certificate_chain_pem is not None and self.private_key_pem is not None:
            return {
                **common,
                "credential-type": "x509",
                "certurl": f"https://{subaccount.subdomain}.{region.certificate_uaa_domain}",
                "certificate": self.certificate_chain_pem,
                "key": self.private_key_pem,
            }
        return {**common, "credential-type": "binding-secret", "clientsecret": self.client_secret or ""}


class Subaccount:
    """A subaccount: an XSUAA tenant, its destinations, its trust key pairs, its Destination Service instances."""

    def __init__(
        self,
        region: Region,
        subdomain: str,
        environment: str,
        key_size: int,
        clock: Clock,
        assumptions: Assumptions,
    ) -> None:
        self.id = str(uuid.uuid4())
        self.region = region
        self.subdomain = subdomain
        self.environment = environment
        self.uaa_url = f"https://{subdomain}.{region.uaa_domain}"
        self.issuer = f"{self.uaa_url}/oauth/token"
        self.assumptions = assumptions
        self._clock = clock
        self.level = self.new_level()
        self.trust = TrustStore(f"cfapps.{region.domain}/{self.id}", key_size, clock)
        self.instances = [ServiceInstance(self, clock)]

    def new_level(self) -> Level:
        """Return an empty level for what is stored on behalf of this subaccount."""
        return Level(self._clock, ignore_case=self.assumptions.holds("destination_names", "case_insensitive"))

    def add_instance(self) -> ServiceInstance:
        """Return one more instance of the Destination Service."""
        instance = ServiceInstance(self, self._clock)
        self.instances.append(instance)
        return instance

    @property
    def destinations(self) -> ConfigurationStore:
        """The destinations on the level of the subaccount."""
        return self.level.destinations

    @property
    def instance_destinations(self) -> ConfigurationStore:
        """The destinations of the subaccount's first Destination Service instance."""
        return self.instances[0].level(self).destinations

    def complete_initial_setup(self) -> None:
        """Do what SAP Task Center's initial setup does, as far as it concerns the subaccount's destinations."""
        self.destinations[INITIAL_SETUP_DESTINATION] = {
            "Type": "HTTP",
            "URL": f"https://{self.subdomain}.accounts.ondemand.com",
            "ProxyType": "Internet",
            "Authentication": "NoAuthentication",
        }


class Tenants:
    """All subaccounts of the landscape. Every look-up is one step, however many there are."""

    def __init__(self, clock: Clock, key_size: int) -> None:
        self._clock = clock
        self.key_size = key_size
        self.regions: dict[str, Region] = {}
        self.by_id: dict[str, Subaccount] = {}
        self.by_host_label: dict[tuple[str, str], Subaccount] = {}
        self.service_keys: dict[str, ServiceKey] = {}
        root = Authority(distinguished_name(C="DE", O="SAP SE", CN="SAP Cloud Root CA"), clock)
        self.client_root = root
        self.client_authority = Authority(
            distinguished_name(C="DE", O="SAP SE", OU="SAP Cloud Platform Clients", CN="SAP Cloud Platform Client CA"),
            clock,
            root,
        )

    def add_region(self, name: str) -> Region:
        """Return the region of this name, made on first use."""
        if name not in self.regions:
            self.regions[name] = Region(name, self._clock)
        return self.regions[name]

    def add_subaccount(
        self, region_name: str, subdomain: str, environment: str, assumptions: Assumptions
    ) -> Subaccount:
        """Return a new subaccount.

        Raises:
            ValueError: the subdomain is taken in this region.
        """
        if (region_name, subdomain) in self.by_host_label:
            raise ValueError(f"subdomain {subdomain} exists already in region {region_name}")
        subaccount = Subaccount(
            self.add_region(region_name), subdomain, environment, self.key_size, self._clock, assumptions
        )
        self.by_id[subaccount.id] = subaccount
        self.by_host_label[region_name, subdomain] = subaccount
        return subaccount

    def add_service_key(self, instance: ServiceInstance, credential_type: str, secret: str | None = None) -> ServiceKey:
        """Return a new service key of type ``binding-secret`` or ``x509`` for a service instance.

        Args:
            instance: the service instance.
            credential_type: the type.
            secret: its client secret; made up when None.
        """
        clone = f"clone{uuid.uuid4().hex}!b{secrets.randbelow(900000) + 100000}"
        client_id = f"sb-{clone}|{DESTINATION_XSAPPNAME}"
        if credential_type == "x509":
            key = self._x509_key(instance, client_id, clone)
        else:
            key = ServiceKey(instance, client_id, client_secret=secret or made_up_secret())
        self.service_keys[client_id] = key
        return key

    def _x509_key(self, instance: ServiceInstance, client_id: str, clone: str) -> ServiceKey:
        subject = distinguished_name(
            C="DE",
            O="SAP SE",
            OU="SAP Cloud Platform Clients",
            L=instance.subaccount.id,
            CN=f"{clone[:40]}/{uuid.uuid4().hex[:16]}",
        )
        certificate, private_key = self.client_authority.issue_client(subject)
        return ServiceKey(
            instance,
            client_id,
            certificate=certificate,
            certificate_chain_pem=certificate_pem(certificate) + self.client_authority.pem,
            private_key_pem=private_key_pem(private_key),
        )
