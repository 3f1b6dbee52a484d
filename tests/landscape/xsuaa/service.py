# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XSUAA, the subaccounts' authorization server: ``{subdomain}.authentication[.cert].{region}.hana.ondemand.com``.

The host name without a subdomain (service keys call it ``uaadomain``) serves all tenants of the region: there the
header ``x-zid``, or the parameter ``zid`` of ``/token_keys``, names the tenant's ID.
"""

from __future__ import annotations

import re
import typing as t

from cryptography import x509
from starlette.responses import JSONResponse, Response

from ..platform.token_endpoint import token_answer, token_form
from ..platform.web import (
    OAuthError,
    PlainServiceError,
    application,
    basic_credentials,
    note_environment,
    resource,
    same_secret,
)
from .grants import Grants, TokenRequest

if t.TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from ..platform.clock import Clock
    from ..subaccount.oauth_clients import Client, ClientRegistry
    from ..subaccount.tenants import Subaccount, Tenants
    from ..subaccount.users import UserDirectory

HOST = re.compile(
    r"(?:(?P<subdomain>[^.]+)\.)?authentication\.(?P<certificate>cert\.)?(?P<region>[^.]+)\.hana\.ondemand\.com"
)


class Xsuaa:
    """The token service of all subaccounts."""

    def __init__(
        self, tenants: Tenants, clients: ClientRegistry, users: UserDirectory, clock: Clock, token_lifetime: int
    ) -> None:
        self._tenants = tenants
        self._clients = clients
        self._token_lifetime = token_lifetime
        self._clock = clock
        self._grants = Grants(users, clock, token_lifetime)
        self.app = application(
            [resource("/oauth/token", post=self.token), resource("/token_keys", get=self.token_keys)]
        )

    async def token(self, request: Request) -> Response:
        """Issue an access token (RFC 6749)."""
        subaccount = self._subaccount(request)
        form = await token_form(request, self._token_lifetime)
        client = self._authenticate(request, subaccount, form.fields)
        return token_answer(self._grants.grant(TokenRequest(subaccount, client, form.fields, form.lifetime)))

    async def token_keys(self, request: Request) -> Response:
        """Return the keys that verify this tenant's tokens."""
        return JSONResponse(self._subaccount(request).region.signer.key_set())

    def _subaccount(self, request: Request) -> Subaccount:
        host = request.scope["landscape.host"]
        if host["subdomain"] is None:
            tenant = request.headers.get("x-zid") or request.query_params.get("zid", "")
            subaccount = self._tenants.by_id.get(tenant)
            if subaccount is None or subaccount.region.name != host["region"]:
                raise PlainServiceError(404, f"Cannot find identity zone {tenant}".rstrip())
        else:
            subaccount = self._tenants.by_host_label.get((host["region"], host["subdomain"]))
        if subaccount is None:
            raise PlainServiceError(404, f"Cannot find identity zone for subdomain {host['subdomain']}")
        note_environment(request, subaccount.environment)
        return subaccount

    def _authenticate(self, request: Request, subaccount: Subaccount, form: dict[str, str]) -> Client:
        client_id, secret = basic_credentials(request) or (form.get("client_id", ""), form.get("client_secret", ""))
        client = self._clients.find(client_id)
        if client is None or not client.serves(subaccount):
            raise OAuthError(401, "invalid_client", "Bad credentials")
        if request.scope["landscape.host"]["certificate"]:
            authenticated = client.certificate is not None and _shows_certificate(
                request, client.certificate, self._clock.now()
            )
        else:
            authenticated = client.secret is not None and same_secret(secret, client.secret)
        if not authenticated:
            raise OAuthError(401, "invalid_client", "Bad credentials")
        return client


def _shows_certificate(request: Request, expected: x509.Certificate, now: datetime) -> bool:
    """Say whether the TLS connection was made with the certificate of this subject, by this issuer, and in its time.

    The handshake has verified the chain and the private key already; what is left is whose certificate it is, and
    whether it is good by the landscape's clock.
    """
    chain = request.scope["extensions"]["tls"]["client_cert_chain"]
    if not chain:
        return False
    shown = x509.load_pem_x509_certificate(chain[0].encode())
    in_time = shown.not_valid_before_utc <= now <= shown.not_valid_after_utc
    return in_time and (shown.subject, shown.issuer) == (expected.subject, expected.issuer)
