# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a request says of itself before any system has verified it: its system, environment and origin."""

from __future__ import annotations

import base64
import binascii
import functools
import typing as t

import jwt
from starlette.datastructures import Headers

from .effects import Arrival

if t.TYPE_CHECKING:
    from starlette.types import Scope

    from ..fsm.accounts import FsmCluster
    from ..platform.server import HostRouter
    from ..subaccount.tenants import ServiceInstance, Subaccount, Tenants

# How the systems of the landscape name themselves when they call each other.
DESTINATION_SERVICE_AGENT = "SAP-Destination-Service"
TASK_CENTER_AGENT = "SAP-Task-Center"
SYSTEM_AGENTS = (DESTINATION_SERVICE_AGENT, TASK_CENTER_AGENT)
UNVERIFIED_TOKENS = 4096


class Identifier:
    """Finds out for whom a request claims to come. It trusts every claim: it decides about faults only."""

    def __init__(self, router: HostRouter, tenants: Tenants, clusters: t.Mapping[str, FsmCluster]) -> None:
        self._router = router
        self._tenants = tenants
        self._clusters = clusters

    def arrival(self, scope: Scope) -> Arrival:
        """Return a request as faults see it."""
        headers = Headers(scope=scope)
        host = headers.get("host", "").partition(":")[0].lower()
        system, parts = self._router.name(host)
        return Arrival(
            method=scope["method"],
            host=host,
            path=scope["path"],
            system=system,
            environment=self._of_host(parts) or self._of_credentials(headers, parts),
            origin="landscape" if headers.get("user-agent", "").startswith(SYSTEM_AGENTS) else "client",
        )

    def connection(self, host: str) -> Arrival:
        """Return a connection to a host as faults see it."""
        system, parts = self._router.name(host)
        return Arrival("CONNECT", host, "", system, self._of_host(parts))

    def acting(self, scope: Scope) -> tuple[Subaccount, ServiceInstance] | None:
        """Return the subaccount on which a request acts and the service instance whose client it comes from."""
        claims = _claims(self.bearer_token(scope) or "")
        subaccount = self._tenants.by_id.get(claims.get("zid", ""))
        key = self._tenants.service_keys.get(claims.get("cid", ""))
        return (subaccount, key.instance) if subaccount and key else None

    def bearer_token(self, scope: Scope) -> str | None:
        """Return a request's bearer token."""
        scheme, _unused, token = Headers(scope=scope).get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    def _of_host(self, parts: t.Mapping[str, str | None]) -> str | None:
        subaccount = self._tenants.by_host_label.get((parts.get("region") or "", parts.get("subdomain") or ""))
        return subaccount.environment if subaccount else None

    def _of_credentials(self, headers: Headers, parts: t.Mapping[str, str | None]) -> str | None:
        scheme, _unused, value = headers.get("authorization", "").partition(" ")
        client = ""
        if scheme.lower() == "bearer":
            claims = _claims(value.strip())
            subaccount = self._tenants.by_id.get(claims.get("zid", ""))
            if subaccount:
                return subaccount.environment
            client = claims.get("client_id", "")
        elif scheme.lower() == "basic":
            client = _user(value)
        cluster = self._clusters.get(parts.get("cluster") or "")
        _account, fsm_client = cluster.clients.get(client, (None, None)) if cluster else (None, None)
        if fsm_client:
            return fsm_client.environment
        key = self._tenants.service_keys.get(client)
        return key.instance.subaccount.environment if key else None


@functools.lru_cache(maxsize=UNVERIFIED_TOKENS)
def _claims(token: str) -> dict[str, t.Any]:
    try:
        claims: dict[str, t.Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return {}
    return claims


def _user(basic: str) -> str:
    try:
        return base64.b64decode(basic.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""
