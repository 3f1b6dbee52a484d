# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the Destination Service itself gets the authorization for a call to a destination.

It asks the destination's token service over HTTPS, through the landscape's proxy and with its TLS verification, as any
client would: a wrong URL, client or secret in a destination fails here for the same reason as in reality. What is sent
for the types of OAuth is what the OpenAPI description says of their headers, and the RFC that each of them follows.

Not simulated, and reported as such in ``authTokens[].error`` instead of a token:

- every other authentication type that needs a token, such as SAMLAssertion, SAPAssertionSSO (deprecated) and
  OAuth2TechnicalUserPropagation;
- mutual TLS with the token service (``tokenService.KeyStoreLocation``);
- assertions of another destination (``SAMLAssertionProvider``, ``clientAssertion.destinationName`` and its header): how
  it is asked is not public; one that does not exist is reported as missing;
- the user in ``SystemUser`` (deprecated) instead of the one who has logged on.

Not simulated, and ignored: users' tokens that another service than XSUAA issued (``x_user_token.jwks``), further
parameters of the request (``tokenServiceURL.headers.*``, ``.queries.*``, ``tokenService.body.*``).
"""

from __future__ import annotations

import asyncio
import base64
import re
import typing as t
from urllib.parse import unquote

from ..platform.saml import EMAIL_FORMAT, GRANT_TYPE, UNSPECIFIED_FORMAT
from ..platform.web import OAuthError
from ..xsuaa.grants import JWT_BEARER, user_claims
from .keystores import signing_pair
from .saml_bearer import PREVIOUS_SESSION, AssertionRequest, Subject, signed_assertion
from .token_cache import Key, OnBehalf, cache_key
from .token_request import (
    AuthToken,
    TokenRetrievalFailed,
    auth_token,
    client_authentication,
    is_common,
    request_token,
    token_service_url,
    token_service_user,
)

if t.TYPE_CHECKING:
    from ..subaccount.configuration_store import Configuration
    from ..subaccount.trust import TrustCertificate
    from .operations import Call

TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
CLIENT_PROVIDED = "ClientProvided"
# Authentication types for which the service has nothing to add: the caller shows a certificate, propagates the user by
# itself through the Cloud Connector, or shows nothing at all.
WITHOUT_TOKEN = ("NoAuthentication", "ClientCertificateAuthentication", "PrincipalPropagation")
# Properties whose effect on the retrieval of tokens is not simulated.
NOT_SIMULATED = ("tokenService.KeyStoreLocation", "SystemUser")
PROVIDER_HEADER = "X-client-assertion-destination-name"


async def auth_tokens(call: Call, configuration: Configuration) -> list[AuthToken]:
    """Return the authorization for a destination; empty when its authentication type needs none.

    A failure is an entry as well: ``type`` and ``value`` are empty and ``error`` explains.
    """
    authentication = configuration.get("Authentication") or "NoAuthentication"
    if authentication in WITHOUT_TOKEN:
        return []
    try:
        if authentication not in RETRIEVALS:
            raise TokenRetrievalFailed(f"Not simulated: tokens of the authentication type {authentication}")
        if authentication.startswith("OAuth2"):
            _refuse_what_is_not_simulated(call, configuration)
        return [await RETRIEVALS[authentication](call, configuration)]
    except TokenRetrievalFailed as failure:
        return [{"type": "", "value": "", "http_header": {"key": "", "value": ""}, "error": str(failure)}]


def _refuse_what_is_not_simulated(call: Call, configuration: Configuration) -> None:
    for key in NOT_SIMULATED:
        if configuration.get(key):
            raise TokenRetrievalFailed(f"Not simulated: property {key}")
    provider = call.request.headers.get(PROVIDER_HEADER) or configuration.get("clientAssertion.destinationName")
    if provider:
        raise _not_vouching(call, provider)


def _not_vouching(call: Call, provider: str) -> TokenRetrievalFailed:
    """Return why another destination makes no assertion."""
    if any(provider in call.caller.level(name).destinations for name in ("instance", "subaccount")):
        return TokenRetrievalFailed(f"Not simulated: assertions of destination {provider}")
    return TokenRetrievalFailed(f"There is no destination {provider}, which shall provide the assertion")


async def _basic(_call: Call, configuration: Configuration) -> AuthToken:
    credentials = f"{configuration.get('User', '')}:{configuration.get('Password', '')}"
    return auth_token("Basic", base64.b64encode(credentials.encode()).decode())


async def _client_credentials(call: Call, configuration: Configuration) -> AuthToken:
    # OpenAPI description, X-tenant: only this type takes it into account, "required when tokenServiceURLType is
    # Common", and "if tokenServiceURLType is Dedicated, the use of this header is forbidden".
    tenant = call.request.headers.get("x-tenant")
    if is_common(configuration) and not tenant:
        raise TokenRetrievalFailed("Header X-tenant is mandatory for a destination with tokenServiceURLType Common")
    if tenant and not is_common(configuration):
        raise TokenRetrievalFailed("Header X-tenant is forbidden for a destination with tokenServiceURLType Dedicated")
    key = _cache_key(call, configuration, OnBehalf(tenant or ""))
    # A client that the caller vouches for is not the destination's own.
    if "x-client-assertion" in call.request.headers:
        key = None
    kept = call.tokens.find(key)
    if kept:
        return kept
    token = await _granted(call, configuration, tenant or "", grant_type="client_credentials")
    call.tokens.keep(key, token)
    return token


async def _password(call: Call, configuration: Configuration) -> AuthToken:
    """Log the destination's user on (RFC 6749, section 4.3)."""
    credentials = {"username": configuration.get("User", ""), "password": configuration.get("Password", "")}
    return await _granted(call, configuration, _own_tenant(call), grant_type="password", **credentials)


async def _refresh_token(call: Call, configuration: Configuration) -> AuthToken:
    """Fetch a new access token, and a new refresh token (RFC 6749, section 6)."""
    token = _mandatory(call, "X-refresh-token", configuration)
    return await _granted(call, configuration, _own_tenant(call), grant_type="refresh_token", refresh_token=token)


async def _authorization_code(call: Call, configuration: Configuration) -> AuthToken:
    """Exchange an authorization code (RFC 6749, section 4.1.3; RFC 7636), which the landscape's XSUAA does not know."""
    form = {"grant_type": "authorization_code", "code": _mandatory(call, "X-code", configuration)}
    if "x-redirect-uri" in call.request.headers:
        # "The value must be provided in a URL-encoded link."
        form["redirect_uri"] = unquote(call.request.headers["x-redirect-uri"])
    if "x-code-verifier" in call.request.headers:
        form["code_verifier"] = call.request.headers["x-code-verifier"]
    return await _granted(call, configuration, _own_tenant(call), **form)


async def _token_exchange(call: Call, configuration: Configuration) -> AuthToken:
    """Exchange a token of any kind (RFC 8693), which the landscape's XSUAA does not do."""
    form = {"grant_type": TOKEN_EXCHANGE}
    for header, parameter in (("X-subject-token", "subject_token"), ("X-subject-token-type", "subject_token_type")):
        form[parameter] = _mandatory(call, header, configuration)
    for header, parameter in (("X-actor-token", "actor_token"), ("X-actor-token-type", "actor_token_type")):
        if header in call.request.headers:
            form[parameter] = call.request.headers[header]
    return await _granted(call, configuration, _own_tenant(call), **form)


async def _jwt_bearer(call: Call, configuration: Configuration) -> AuthToken:
    """Exchange the user's token for one of the destination's client (RFC 7523)."""
    token, claims = _user(call)
    return await _granted(call, configuration, _tenant_of(claims), grant_type=JWT_BEARER, assertion=token)


async def _granted(call: Call, configuration: Configuration, tenant: str, **form: str) -> AuthToken:
    """Return what a token service grants the destination's client for this form."""
    fields, basic = client_authentication(call.request.headers, configuration)
    if configuration.get("scope"):
        fields["scope"] = configuration["scope"]
    return await request_token(call.outbound, token_service_url(configuration, tenant), {**form, **fields}, basic)


async def _saml_bearer(call: Call, configuration: Configuration) -> AuthToken:
    """Propagate the user (SAP BTP Connectivity, "OAuth SAML Bearer Assertion Authentication")."""
    key = None
    provider = configuration.get("SAMLAssertionProvider")
    if provider == CLIENT_PROVIDED:
        # OpenAPI description, header X-samlAssertion: without it, "the token retrieval will fail".
        assertion = _mandatory(call, "X-samlAssertion", configuration)
        tenant = _tenant_of(_user(call)[1]) if "x-user-token" in call.request.headers else _own_tenant(call)
        url = token_service_url(configuration, tenant)
    elif provider:
        raise _not_vouching(call, provider)
    else:
        user_token, claims = _user(call)
        key = _cache_key(call, configuration, OnBehalf(_tenant_of(claims), claims["user_name"], user_token))
        kept = call.tokens.find(key)
        if kept:
            return kept
        url = token_service_url(configuration, _tenant_of(claims))
        assertion = await _own_assertion(call, configuration, claims, url)
    form = {"grant_type": GRANT_TYPE, "assertion": assertion}
    for parameter, name in (("client_id", "clientKey"), ("company_id", "companyId"), ("scope", "scope")):
        if configuration.get(name):
            form[parameter] = configuration[name]
    token = await request_token(call.outbound, url, form, token_service_user(configuration))
    call.tokens.keep(key, token)
    return token


def _cache_key(call: Call, configuration: Configuration, on_behalf: OnBehalf) -> Key | None:
    return cache_key(call.caller.assumptions, call.caller.subaccount.id, configuration, on_behalf)


async def _own_assertion(
    call: Call, configuration: Configuration, claims: t.Mapping[str, t.Any], token_service: str
) -> str:
    on_request = configuration.get("includeSigningCertificateInSAMLAssertion", "").lower() == "true"
    request = AssertionRequest(
        issuer=configuration.get("assertionIssuer") or call.caller.trust.subject,
        audience=configuration.get("audience", ""),
        recipient=configuration.get("assertionRecipient") or token_service,
        authn_context=configuration.get("authnContextClassRef") or PREVIOUS_SESSION,
        with_certificate=on_request or call.caller.assumptions.holds("assertion_certificate", "always"),
    )
    certificate = _signing_pair(call, configuration)
    subject = _subject(configuration, claims)
    # Milliseconds of computing, with other requests to be served meanwhile.
    return await asyncio.to_thread(signed_assertion, request, subject, certificate, call.clock.now())


def _signing_pair(call: Call, configuration: Configuration) -> TrustCertificate:
    """Return the key pair that signs: that of the destination's keystore, if it names one, or else the subaccount's."""
    name = configuration.get("KeyStoreLocation")
    if name:
        stores = (call.caller.level(level).certificates for level in ("instance", "subaccount"))
        keystore = next((entry for entry in (store.entry(name) for store in stores) if entry), None)
        if keystore is None:
            raise TokenRetrievalFailed(f"There is no keystore {name}, which shall sign the SAML assertion")
        return signing_pair(keystore, configuration.get("KeyStorePassword"))
    # Read at this very moment: after a rotation, nothing may be signed with the other key.
    certificate = call.caller.trust.active
    if certificate is None:
        raise TokenRetrievalFailed("The subaccount has no key pair that could sign a SAML assertion")
    return certificate


def _claim(claims: t.Mapping[str, t.Any], source: str) -> t.Any:
    """Return a claim by its name, or by a JsonPath of names such as ``$.ext_attr.zdn``."""
    if not source.startswith("$"):
        return claims.get(source)
    value: t.Any = claims
    for name in re.findall(r"\.([^.\[\]]+)|\['([^']+)'\]", source):
        value = value.get(name[0] or name[1]) if isinstance(value, t.Mapping) else None
    return value


def _subject(configuration: Configuration, claims: t.Mapping[str, t.Any]) -> Subject:
    """Return whom an assertion names: by ``userIdSource``, or as ``nameIdFormat`` suggests."""
    wanted = configuration.get("nameIdFormat")
    source = configuration.get("userIdSource") or ("email" if wanted == EMAIL_FORMAT else "user_name")
    value = _claim(claims, source)
    if not isinstance(value, str) or not value:
        raise TokenRetrievalFailed(f"The user token has no {source}, which shall be the NameID of the SAML assertion")
    prefix = "user_attributes."
    if configuration.get("skipUserAttributesPrefixInSAMLAttributes", "").lower() == "true":
        prefix = ""
    attributes = {f"{prefix}{name}": ", ".join(values) for name, values in claims.get("xs.user.attributes", {}).items()}
    return Subject(
        value, wanted or (EMAIL_FORMAT if source in ("email", "$.email") else UNSPECIFIED_FORMAT), attributes
    )


def _mandatory(call: Call, header: str, configuration: Configuration) -> str:
    """Return a header's value, which must not be empty."""
    value = call.request.headers.get(header)
    if not value:
        raise TokenRetrievalFailed(f"Header {header} is mandatory for {configuration['Authentication']}")
    return value


def _user(call: Call) -> tuple[str, dict[str, t.Any]]:
    """Return the user's token and its claims: from the header X-user-token, or the access token if it is a user's.

    The user may be one of another tenant than the access token: of any that the service instance serves. SAP's
    JavaScript SDK finds a provider's destination so, for a subscriber's user.
    """
    region = call.caller.subaccount.region
    token = call.request.headers.get("x-user-token")
    if token is None:
        token = call.request.headers["authorization"].partition(" ")[2].strip()
        if "user_name" not in region.signer.verify(token):
            raise TokenRetrievalFailed("Retrieval of the token needs a user: header X-user-token is missing")
    try:
        return token, user_claims(token, region.signer, call.caller.instance.tenant_ids)
    except OAuthError as error:
        raise TokenRetrievalFailed(error.message) from error


def _tenant_of(claims: t.Mapping[str, t.Any]) -> str:
    """Return the subdomain of a user's tenant (OpenAPI description: X-user-token "determines the tenant subdomain")."""
    return str(claims["ext_attr"]["zdn"])


def _own_tenant(call: Call) -> str:
    """Return the subdomain of the caller's tenant.

    Of which tenant a common token service is asked when neither a user nor X-tenant counts, is not public: chosen is
    the one that the access token names, as it does in everything else.
    """
    return call.caller.subaccount.subdomain


RETRIEVALS: dict[str, t.Callable[[Call, Configuration], t.Awaitable[AuthToken]]] = {
    "BasicAuthentication": _basic,
    "OAuth2AuthorizationCode": _authorization_code,
    "OAuth2ClientCredentials": _client_credentials,
    "OAuth2JWTBearer": _jwt_bearer,
    "OAuth2Password": _password,
    "OAuth2RefreshToken": _refresh_token,
    "OAuth2SAMLBearerAssertion": _saml_bearer,
    "OAuth2TokenExchange": _token_exchange,
    "OAuth2UserTokenExchange": _jwt_bearer,
}
