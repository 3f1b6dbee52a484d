# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the Destination Service itself gets the authorization for a call to a destination.

It asks the destination's token service over HTTPS, through the landscape's proxy and with its TLS verification, as any
client would: a wrong URL, client or secret in a destination fails here for the same reason as in reality.
"""

from __future__ import annotations

import asyncio
import base64
import typing as t
from urllib.parse import urlsplit, urlunsplit

import httpx

from .saml import (
    EMAIL_FORMAT,
    GRANT_TYPE,
    PREVIOUS_SESSION,
    UNSPECIFIED_FORMAT,
    AssertionRequest,
    Subject,
    signed_assertion,
)
from .web import OAuthError
from .xsuaa_grants import JWT_BEARER, user_claims

if t.TYPE_CHECKING:
    from .configuration_store import Configuration
    from .operations import Call

AuthToken = dict[str, t.Any]

TENANT_PLACEHOLDER = "{tenant}"


class TokenRetrievalFailed(Exception):
    """No authorization could be had; the message says why."""


async def auth_tokens(call: Call, configuration: Configuration) -> list[AuthToken]:
    """Return the authorization for a destination; empty when its authentication type needs none.

    A failure is an entry as well: ``type`` and ``value`` are empty and ``error`` explains.
    """
    retrieve = RETRIEVALS.get(configuration.get("Authentication", ""))
    if retrieve is None:
        return []
    if configuration.get("SAMLAssertionProvider") == "ClientProvided" and not call.request.headers.get(
        "x-samlassertion"
    ):
        # OpenAPI description, header X-samlAssertion: without it, "the token retrieval will fail".
        return [_failed("Header X-samlAssertion is mandatory for SAMLAssertionProvider ClientProvided")]
    try:
        return [await retrieve(call, configuration)]
    except TokenRetrievalFailed as failure:
        return [_failed(str(failure))]


def _failed(reason: str) -> AuthToken:
    return {"type": "", "value": "", "http_header": {"key": "", "value": ""}, "error": reason}


async def _basic(_call: Call, configuration: Configuration) -> AuthToken:
    credentials = f"{configuration.get('User', '')}:{configuration.get('Password', '')}"
    return _token("Basic", base64.b64encode(credentials.encode()).decode())


async def _client_credentials(call: Call, configuration: Configuration) -> AuthToken:
    form = {"grant_type": "client_credentials"}
    if configuration.get("scope"):
        form["scope"] = configuration["scope"]
    client = (configuration.get("clientId", ""), configuration.get("clientSecret", ""))
    basic = None
    # SAP BTP Connectivity, "OAuth Client Credentials Authentication": the client goes into the body unless told
    # otherwise; a token service user, where there is one, into the Authorization header.
    if configuration.get("tokenService.addClientCredentialsInBody", "true").lower() != "false":
        form["client_id"], form["client_secret"] = client
    else:
        basic = client
    if configuration.get("tokenServiceUser"):
        basic = (configuration["tokenServiceUser"], configuration.get("tokenServicePassword", ""))
    return await _request_token(call.outbound, _token_service_url(call, configuration), form, basic)


async def _saml_bearer(call: Call, configuration: Configuration) -> AuthToken:
    """Propagate the user (SAP BTP Connectivity, "OAuth SAML Bearer Assertion Authentication")."""
    _unused, claims = _user(call)
    # Read at this very moment: after a rotation, nothing may be signed with the other key.
    certificate = call.caller.subaccount.trust.active
    if certificate is None:
        raise TokenRetrievalFailed("The subaccount has no key pair that could sign a SAML assertion")
    url = _token_service_url(call, configuration)
    request = AssertionRequest(
        issuer=call.caller.subaccount.trust.subject,
        audience=configuration.get("audience", ""),
        recipient=url,
        authn_context=configuration.get("authnContextClassRef") or PREVIOUS_SESSION,
    )
    subject = _subject(configuration, claims)
    # Milliseconds of computing, with other requests to be served meanwhile.
    assertion = await asyncio.to_thread(signed_assertion, request, subject, certificate, call.clock.now())
    form = {"grant_type": GRANT_TYPE, "assertion": assertion}
    for parameter, key in (("client_id", "clientKey"), ("company_id", "companyId"), ("scope", "scope")):
        if configuration.get(key):
            form[parameter] = configuration[key]
    basic = None
    if configuration.get("tokenServiceUser"):
        basic = (configuration["tokenServiceUser"], configuration.get("tokenServicePassword", ""))
    return await _request_token(call.outbound, url, form, basic)


def _subject(configuration: Configuration, claims: t.Mapping[str, t.Any]) -> Subject:
    """Return whom an assertion names: by ``userIdSource``, or as ``nameIdFormat`` suggests."""
    wanted = configuration.get("nameIdFormat")
    source = configuration.get("userIdSource") or ("email" if wanted == EMAIL_FORMAT else "user_name")
    value = claims.get(source)
    if not isinstance(value, str) or not value:
        raise TokenRetrievalFailed(f"The user token has no {source}, which shall be the NameID of the SAML assertion")
    prefix = "user_attributes."
    if configuration.get("skipUserAttributesPrefixInSAMLAttributes", "").lower() == "true":
        prefix = ""
    attributes = {f"{prefix}{name}": ", ".join(values) for name, values in claims.get("xs.user.attributes", {}).items()}
    return Subject(value, wanted or (EMAIL_FORMAT if source == "email" else UNSPECIFIED_FORMAT), attributes)


async def _exchange(call: Call, configuration: Configuration) -> AuthToken:
    """Exchange the user's token for one of the destination's client (RFC 7523)."""
    token, _unused = _user(call)
    form = {"grant_type": JWT_BEARER, "assertion": token}
    if configuration.get("scope"):
        form["scope"] = configuration["scope"]
    client = (configuration.get("clientId", ""), configuration.get("clientSecret", ""))
    return await _request_token(call.outbound, _token_service_url(call, configuration), form, client)


def _user(call: Call) -> tuple[str, dict[str, t.Any]]:
    """Return the user's token and its claims: from the header X-user-token, or the access token if it is a user's."""
    token = call.request.headers.get("x-user-token")
    if token is None:
        token = call.request.headers["authorization"].partition(" ")[2].strip()
        if "user_name" not in call.caller.subaccount.region.signer.verify(token):
            raise TokenRetrievalFailed("Retrieval of the token needs a user: header X-user-token is missing")
    try:
        return token, user_claims(token, call.caller.subaccount)
    except OAuthError as error:
        raise TokenRetrievalFailed(error.message) from error


RETRIEVALS: dict[str, t.Callable[[Call, Configuration], t.Awaitable[AuthToken]]] = {
    "BasicAuthentication": _basic,
    "OAuth2ClientCredentials": _client_credentials,
    "OAuth2JWTBearer": _exchange,
    "OAuth2SAMLBearerAssertion": _saml_bearer,
    "OAuth2UserTokenExchange": _exchange,
}


def _token_service_url(call: Call, configuration: Configuration) -> str:
    url = configuration.get("tokenServiceURL", "")
    if configuration.get("tokenServiceURLType", "Dedicated") != "Common":
        return url
    tenant = call.request.headers.get("x-tenant")
    if not tenant:
        raise TokenRetrievalFailed("Header X-tenant is mandatory for a destination with tokenServiceURLType Common")
    if TENANT_PLACEHOLDER in url:
        return url.replace(TENANT_PLACEHOLDER, tenant)
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{tenant}.{parts.netloc}"))


async def _request_token(
    outbound: httpx.AsyncClient, url: str, form: dict[str, str], basic: tuple[str, str] | None
) -> AuthToken:
    try:
        response = await outbound.post(
            url, data=form, auth=httpx.BasicAuth(*basic) if basic else httpx.USE_CLIENT_DEFAULT
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TokenRetrievalFailed(f"Token service {url} cannot be reached: {error}") from error
    try:
        answer = response.json()
    except ValueError:
        answer = {}
    if not isinstance(answer, dict):
        answer = {}
    if response.status_code != 200 or "access_token" not in answer:
        reason = " - ".join(str(answer[key]) for key in ("error", "error_description") if key in answer)
        raise TokenRetrievalFailed(
            f"Token service {url} answered with status {response.status_code}: {reason or response.reason_phrase}"
        )
    return _token("Bearer", answer["access_token"], answer)


def _token(kind: str, value: str, answer: t.Mapping[str, t.Any] | None = None) -> AuthToken:
    token: AuthToken = {
        "type": kind,
        "value": value,
        "http_header": {"key": "Authorization", "value": f"{kind} {value}"},
    }
    # Numbers arrive as text here.
    token.update({key: str(answer[key]) for key in ("expires_in", "scope") if answer and key in answer})
    return token
