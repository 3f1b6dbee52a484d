# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth clients of XSUAA: the service keys of the Destination Service and of Task Center, and a bound application."""

from __future__ import annotations

import secrets
import typing as t
import uuid
from dataclasses import dataclass, field

from .tenants import DESTINATION_XSAPPNAME, made_up_secret

if t.TYPE_CHECKING:
    from cryptography import x509

    from .tenants import ServiceKey, Subaccount, Tenants


@dataclass(frozen=True, eq=False)
class ApplicationClient:
    """The OAuth client of an application in a subaccount: of one bound to XSUAA, or of Task Center."""

    subaccount: Subaccount
    xsappname: str
    # The roles that the application defines; a user who has one of them gets a scope of its name.
    roles: frozenset[str] = frozenset()
    # Whether the subscribers of the subaccount's first Destination Service instance use this application too.
    multi_tenant: bool = False
    client_secret: str = field(default_factory=made_up_secret, repr=False)

    @property
    def client_id(self) -> str:
        """The client ID."""
        return f"sb-{self.xsappname}"

    def serves(self, tenant: Subaccount) -> bool:
        """Say whether the client gets tokens of a subaccount."""
        return tenant is self.subaccount or (self.multi_tenant and self.subaccount.instances[0].serves(tenant))

    def credentials(self) -> dict[str, str]:
        """Return the credentials as a binding to XSUAA, or the part ``uaa`` of a service key, has them."""
        region = self.subaccount.region
        return {
            "clientid": self.client_id,
            "clientsecret": self.client_secret,
            "url": self.subaccount.uaa_url,
            "uaadomain": region.uaa_domain,
            "identityzone": self.subaccount.subdomain,
            "identityzoneid": self.subaccount.id,
            "subaccountid": self.subaccount.id,
            "tenantid": self.subaccount.id,
            "tenantmode": "dedicated",
            "xsappname": self.xsappname,
            "verificationkey": region.signer.public_pem,
            "credential-type": "binding-secret",
        }


@dataclass(frozen=True)
class Client:
    """An OAuth client as the token service sees it."""

    id: str
    # Whether the client gets tokens of a subaccount: of the one it belongs to, and of its subscribers.
    serves: t.Callable[[Subaccount], bool]
    secret: str | None
    certificate: x509.Certificate | None
    xsappname: str
    audience: tuple[str, ...]
    instance_id: str | None = None
    roles: frozenset[str] = frozenset()


class ClientRegistry:
    """All OAuth clients of XSUAA."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self._applications: dict[str, ApplicationClient] = {}

    def add_application(
        self,
        subaccount: Subaccount,
        name: str,
        roles: t.Iterable[str] = (),
        *,
        multi_tenant: bool = False,
        secret: str | None = None,
    ) -> ApplicationClient:
        """Return the OAuth client of a new application; its secret is made up when None."""
        xsappname = f"{name}-{uuid.uuid4().hex}!t{secrets.randbelow(90000) + 10000}"
        client = ApplicationClient(subaccount, xsappname, frozenset(roles), multi_tenant, secret or made_up_secret())
        self._applications[client.client_id] = client
        return client

    def find(self, client_id: str) -> Client | None:
        """Return the client of this ID."""
        application = self._applications.get(client_id)
        if application:
            return _of_application(application)
        key = self._tenants.service_keys.get(client_id)
        return _of_service_key(key) if key else None


def _of_application(application: ApplicationClient) -> Client:
    return Client(
        id=application.client_id,
        serves=application.serves,
        secret=application.client_secret,
        certificate=None,
        xsappname=application.xsappname,
        audience=(application.client_id, "uaa", application.xsappname, "openid"),
        roles=application.roles,
    )


def _of_service_key(key: ServiceKey) -> Client:
    return Client(
        id=key.client_id,
        serves=key.instance.serves,
        secret=key.client_secret,
        certificate=key.certificate,
        xsappname=key.client_id.removeprefix("sb-"),
        audience=(key.client_id, "uaa", DESTINATION_XSAPPNAME),
        instance_id=key.instance.id,
    )
