# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What XSUAA's tokens say, by grant type (SAP BTP, "Tenant-Specific and User Tokens"; RFC 6749, RFC 7523)."""

from __future__ import annotations

import secrets
import typing as t
import uuid
from dataclasses import dataclass

from ..platform.tokens import InvalidToken
from ..platform.web import OAuthError

if t.TYPE_CHECKING:
    from datetime import datetime

    from ..platform.clock import Clock
    from ..platform.tokens import TokenSigner
    from ..subaccount.oauth_clients import Client
    from ..subaccount.tenants import Subaccount
    from ..subaccount.users import User, UserDirectory

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# XSUAA's default lifetime of refresh tokens in seconds: seven days.
REFRESH_TOKEN_LIFETIME = 604800
# How many refresh tokens are remembered; the oldest are forgotten first.
REFRESH_TOKENS = 10_000


@dataclass(frozen=True)
class TokenRequest:
    """A token request whose client is authenticated."""

    subaccount: Subaccount
    client: Client
    form: t.Mapping[str, str]
    # Lifetime of the access token in seconds.
    lifetime: int


@dataclass(frozen=True)
class _RefreshToken:
    client_id: str
    subaccount: Subaccount
    user: User
    expires: datetime


class Grants:
    """Issues tokens for the grant types that XSUAA knows."""

    def __init__(self, users: UserDirectory, clock: Clock, expires_in: int) -> None:
        self._users = users
        self._clock = clock
        self._expires_in = expires_in
        self._refresh_tokens: dict[str, _RefreshToken] = {}
        self._by_type: dict[str, t.Callable[[TokenRequest], dict[str, t.Any]]] = {
            "client_credentials": self._client_credentials,
            "password": self._password,
            "refresh_token": self._refresh,
            JWT_BEARER: self._jwt_bearer,
        }

    def grant(self, request: TokenRequest) -> dict[str, t.Any]:
        """Return the answer to a token request.

        Raises:
            OAuthError: 400 when nothing is granted.
        """
        grant_type = request.form["grant_type"]
        grant = self._by_type.get(grant_type)
        if grant is None:
            raise OAuthError(400, "unsupported_grant_type", f"Unsupported grant type: {grant_type}")
        return grant(request)

    def _client_credentials(self, request: TokenRequest) -> dict[str, t.Any]:
        scope = ["uaa.resource"]
        return self._answer(
            request, {"sub": request.client.id, "grant_type": "client_credentials", "authorities": scope}, scope
        )

    def _password(self, request: TokenRequest) -> dict[str, t.Any]:
        user = self._users.find(request.subaccount.id, request.form.get("username", ""))
        if user is None or not secrets.compare_digest(
            request.form.get("password", "").encode(), user.password.encode()
        ):
            raise _bad_grant("Bad credentials")
        return {**self._user_token(request, user, "password"), "refresh_token": self._remember(request, user)}

    def _refresh(self, request: TokenRequest) -> dict[str, t.Any]:
        value = request.form.get("refresh_token", "")
        token = self._refresh_tokens.get(value)
        if (
            token is None
            or (token.client_id, token.subaccount) != (request.client.id, request.subaccount)
            or token.expires <= self._clock.now()
        ):
            raise _bad_grant("The refresh token is not valid")
        return {**self._user_token(request, token.user, "refresh_token"), "refresh_token": value}

    def _jwt_bearer(self, request: TokenRequest) -> dict[str, t.Any]:
        signer = request.subaccount.region.signer
        claims = user_claims(request.form.get("assertion", ""), signer, {request.subaccount.id})
        user = self._users.find(request.subaccount.id, claims["user_name"])
        if user is None:
            raise _bad_grant("The user of the assertion does not exist")
        return {**self._user_token(request, user, JWT_BEARER), "refresh_token": self._remember(request, user)}

    def _remember(self, request: TokenRequest, user: User) -> str:
        value = f"{secrets.token_hex(16)}-r"
        expires = self._clock.after(REFRESH_TOKEN_LIFETIME)
        if len(self._refresh_tokens) >= REFRESH_TOKENS:
            del self._refresh_tokens[next(iter(self._refresh_tokens))]
        self._refresh_tokens[value] = _RefreshToken(request.client.id, request.subaccount, user, expires)
        return value

    def _user_token(self, request: TokenRequest, user: User, grant_type: str) -> dict[str, t.Any]:
        roles = sorted(request.client.roles.intersection(user.roles))
        scope = ["openid", *(f"{request.client.xsappname}.{role}" for role in roles)]
        claims = {
            "sub": user.id,
            "user_id": user.id,
            "user_name": user.user_name,
            "email": user.email,
            "given_name": user.given_name,
            "family_name": user.family_name,
            "origin": user.origin,
            "grant_type": grant_type,
            "auth_time": self._clock.timestamp(),
            "xs.user.attributes": {},
            "xs.system.attributes": {"xs.rolecollections": roles},
        }
        return self._answer(request, claims, scope)

    def _answer(self, request: TokenRequest, claims: dict[str, t.Any], scope: list[str]) -> dict[str, t.Any]:
        subaccount, client = request.subaccount, request.client
        token_id = uuid.uuid4().hex
        attributes = {"enhancer": "XSUAA", "subaccountid": subaccount.id, "zdn": subaccount.subdomain}
        if client.instance_id:
            attributes["serviceinstanceid"] = client.instance_id
        common = {
            "jti": token_id,
            "client_id": client.id,
            "cid": client.id,
            "azp": client.id,
            "rev_sig": secrets.token_hex(4),
            "zid": subaccount.id,
            "iss": subaccount.issuer,
            "aud": list(client.audience),
            "scope": scope,
            "ext_attr": attributes,
        }
        token = subaccount.region.signer.sign(
            {**common, **claims}, request.lifetime, jku=f"{subaccount.uaa_url}/token_keys"
        )
        return {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": self._expires_in,
            "scope": " ".join(scope),
            "jti": token_id,
        }


def _bad_grant(reason: str) -> OAuthError:
    """Return the refusal of a password, token or assertion that a client shows, with the client itself accepted.

    Known of XSUAA is "400 for a bad grant"; the error's name is RFC 6749's (section 5.2). A plain UAA answers some of
    them with 401: nothing may rely on either.
    """
    return OAuthError(400, "invalid_grant", reason)


def user_claims(token: str, signer: TokenSigner, tenant_ids: t.Container[str]) -> dict[str, t.Any]:
    """Return the claims of a user's token that this signer issued, of one of these tenants.

    Raises:
        OAuthError: it is not valid, of another tenant, or not a user's.
    """
    try:
        claims = signer.verify(token)
    except InvalidToken as error:
        raise _bad_grant(f"The user token is not valid: {error}") from error
    if claims.get("zid") not in tenant_ids:
        raise _bad_grant("The user token belongs to another tenant")
    if "user_name" not in claims:
        raise _bad_grant("The token is not a user's")
    return claims
