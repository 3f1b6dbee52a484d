# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XSUAA, the subaccounts' authorization server: ``{subdomain}.authentication[.cert].{region}.hana.ondemand.com``."""

from __future__ import annotations

import re
import secrets
import typing as t
import uuid

from cryptography import x509
from starlette.responses import JSONResponse, Response

from .tenants import DESTINATION_XSAPPNAME, ServiceKey, Subaccount, Tenants
from .web import (
    OAuthError,
    PlainServiceError,
    application,
    basic_credentials,
    form_fields,
    note_environment,
    resource,
    same_secret,
)

if t.TYPE_CHECKING:
    from starlette.requests import Request

HOST = re.compile(
    r"(?P<subdomain>[^.]+)\.authentication\.(?P<certificate>cert\.)?(?P<region>[^.]+)\.hana\.ondemand\.com"
)


class Xsuaa:
    """The token service: OAuth clients are the service keys of the subaccount that the host name tells."""

    def __init__(self, tenants: Tenants, token_lifetime: int) -> None:
        self._tenants = tenants
        self._token_lifetime = token_lifetime
        self._grants: dict[str, t.Callable[[Subaccount, ServiceKey], dict[str, t.Any]]] = {
            "client_credentials": self._client_credentials
        }
        self.app = application(
            [resource("/oauth/token", post=self.token), resource("/token_keys", get=self.token_keys)]
        )

    async def token(self, request: Request) -> Response:
        """Issue an access token (RFC 6749)."""
        subaccount = self._subaccount(request)
        form = await form_fields(request)
        grant_type = form.get("grant_type")
        if not grant_type:
            raise OAuthError(400, "invalid_request", "Missing grant type")
        key = self._authenticate(request, subaccount, form)
        grant = self._grants.get(grant_type)
        if grant is None:
            raise OAuthError(400, "unsupported_grant_type", f"Unsupported grant type: {grant_type}")
        return JSONResponse(grant(subaccount, key), headers={"Cache-Control": "no-store"})

    async def token_keys(self, request: Request) -> Response:
        """Return the keys that verify this tenant's tokens."""
        return JSONResponse(self._subaccount(request).region.signer.key_set())

    def _subaccount(self, request: Request) -> Subaccount:
        host = request.scope["landscape.host"]
        subaccount = self._tenants.by_host_label.get((host["region"], host["subdomain"]))
        if subaccount is None:
            raise PlainServiceError(404, f"Cannot find identity zone for subdomain {host['subdomain']}")
        note_environment(request, subaccount.environment)
        return subaccount

    def _authenticate(self, request: Request, subaccount: Subaccount, form: dict[str, str]) -> ServiceKey:
        client_id, secret = basic_credentials(request) or (form.get("client_id", ""), form.get("client_secret", ""))
        key = self._tenants.service_keys.get(client_id)
        if key is None or key.instance.subaccount is not subaccount:
            raise OAuthError(401, "invalid_client", "Bad credentials")
        if request.scope["landscape.host"]["certificate"]:
            proven = key.certificate is not None and _shows_certificate(request, key.certificate)
        else:
            proven = key.client_secret is not None and same_secret(secret, key.client_secret)
        if not proven:
            raise OAuthError(401, "invalid_client", "Bad credentials")
        return key

    def _client_credentials(self, subaccount: Subaccount, key: ServiceKey) -> dict[str, t.Any]:
        token_id = uuid.uuid4().hex
        scope = ["uaa.resource"]
        claims = {
            "jti": token_id,
            "sub": key.client_id,
            "client_id": key.client_id,
            "cid": key.client_id,
            "azp": key.client_id,
            "grant_type": "client_credentials",
            "rev_sig": secrets.token_hex(4),
            "zid": subaccount.id,
            "iss": subaccount.issuer,
            "aud": [key.client_id, "uaa", DESTINATION_XSAPPNAME],
            "scope": scope,
            "authorities": scope,
            "ext_attr": {
                "enhancer": "XSUAA",
                "subaccountid": subaccount.id,
                "zdn": subaccount.subdomain,
                "serviceinstanceid": key.instance.id,
            },
        }
        token = subaccount.region.signer.sign(claims, self._token_lifetime, jku=f"{subaccount.uaa_url}/token_keys")
        return {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": self._token_lifetime,
            "scope": " ".join(scope),
            "jti": token_id,
        }


def _shows_certificate(request: Request, expected: x509.Certificate) -> bool:
    """Say whether the TLS connection was made with the certificate of this subject, by this issuer.

    The handshake has proven the chain and the private key already; what is left is whose certificate it is.
    """
    chain = request.scope["extensions"]["tls"]["client_cert_chain"]
    if not chain:
        return False
    shown = x509.load_pem_x509_certificate(chain[0].encode())
    return (shown.subject, shown.issuer) == (expected.subject, expected.issuer)
