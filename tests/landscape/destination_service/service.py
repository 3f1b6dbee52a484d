# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Destination Service: who may call it, and which operation is behind which path and method.

The paths, parameters, status codes and bodies are those of SAP's OpenAPI description of the service.
"""

from __future__ import annotations

import functools
import re
import typing as t

from starlette.responses import Response

from ..platform.tokens import InvalidToken
from ..platform.web import PlainServiceError, ServiceError, application, note_environment, resource
from .certificates import certificate_draft, read_public_keys
from .configuration_endpoints import Collection, Kind, operations
from .destination_rules import CREDENTIAL_PROPERTIES, destination_draft
from .filters import affix, in_list, labelled, modified_within
from .fragment_rules import fragment_draft
from .lookup import consume_destination, find_destination
from .operations import Call, Caller, Operation, as_seen, speaking_text
from .token_cache import TokenCache
from .trust_endpoints import TRUST_OPERATIONS

if t.TYPE_CHECKING:
    import httpx
    from starlette.requests import Request
    from starlette.routing import Route

    from ..assumptions import Assumptions
    from ..platform.clock import Clock
    from ..subaccount.configuration_store import ConfigurationStore
    from ..subaccount.tenants import Tenants

HOST = re.compile(r"destination-configuration\.cfapps\.(?P<region>[^.]+)\.hana\.ondemand\.com")
BASE_PATH = "/destination-configuration"
URI_LENGTH = 4000

_MODES = {"$filter", "$select", "$page", "$pageSize", "$pageCount", "$entityCount"}

DESTINATION = Kind(
    destination_draft,
    conditions=(in_list, affix, modified_within, labelled),
    parameters=frozenset({*_MODES, "$includeMetadata"}),
    bulk=True,
    json_refusals="writes",
    secrets=CREDENTIAL_PROPERTIES,
)
FRAGMENT = Kind(
    fragment_draft, conditions=(labelled,), parameters=frozenset({"$filter"}), bulk=False, json_refusals="all"
)
CERTIFICATE = Kind(
    certificate_draft,
    conditions=(in_list, labelled),
    parameters=frozenset(_MODES),
    bulk=True,
    json_refusals="none",
)

COLLECTIONS = (
    Collection("subaccountDestinations", DESTINATION, lambda caller: caller.level("subaccount").destinations),
    Collection("instanceDestinations", DESTINATION, lambda caller: caller.level("instance").destinations),
    Collection("subaccountDestinationFragments", FRAGMENT, lambda caller: caller.level("subaccount").fragments),
    Collection("instanceDestinationFragments", FRAGMENT, lambda caller: caller.level("instance").fragments),
    Collection("subaccountCertificates", CERTIFICATE, lambda caller: caller.level("subaccount").certificates),
    Collection("instanceCertificates", CERTIFICATE, lambda caller: caller.level("instance").certificates),
)


def _public_keys(store: t.Callable[[Caller], ConfigurationStore]) -> Operation:
    return speaking_text(lambda call: read_public_keys(store(call.caller), call))


async def _forget_identity_service(_call: Call) -> Response:
    """Forget what is cached of Identity Services. Nothing of them is known here, so there is nothing to forget."""
    return Response(status_code=200)


# The first route that matches a path serves it.
OPERATIONS: dict[str, dict[str, Operation]] = {
    "/v1/destinations/{name}": {"get": find_destination},
    "/v2/destinations/{name}@{level}": {"get": consume_destination},
    "/v2/destinations/{name}": {"get": consume_destination},
    **{path: methods for collection in COLLECTIONS for path, methods in operations(collection).items()},
    **{
        f"/v1/{collection.path}/{{name}}/publicKeys": {"get": _public_keys(collection.store)}
        for collection in COLLECTIONS
        if collection.kind is CERTIFICATE
    },
    **TRUST_OPERATIONS,
    "/maintenance/v1/caches/ias": {"delete": _forget_identity_service},
}


class DestinationService:
    """Authenticates every request and hands it to the operation that its path and method name."""

    def __init__(self, tenants: Tenants, clock: Clock, outbound: httpx.AsyncClient) -> None:
        self._tenants = tenants
        self._clock = clock
        self._outbound = outbound
        self._tokens = TokenCache(clock)
        self.app = application([self._route(path, operations) for path, operations in OPERATIONS.items()])

    def _route(self, path: str, methods: t.Mapping[str, Operation]) -> Route:
        handlers = {method: functools.partial(self._handle, operation) for method, operation in methods.items()}
        return resource(BASE_PATH + path, **handlers)

    async def _handle(self, operation: Operation, request: Request) -> Response:
        caller = as_seen(request, self._authenticate(request))
        tenants = self._tenants
        authority, key_size = tenants.client_authority, tenants.key_size
        call = Call(request, caller, self._clock, self._outbound, authority, key_size, self._tokens)
        try:
            return await operation(call)
        except ServiceError as refusal:
            if refusal.status != 404:
                raise
            raise _not_found(refusal, caller.assumptions) from refusal

    def _authenticate(self, request: Request) -> Caller:
        """Return whom the request's token represents.

        Raises:
            ServiceError: 401 unless this region's XSUAA issued the token, for a service key that still exists and a
                tenant that its service instance serves; 400 for a URI that is too long.
        """
        scheme, _unused, token = request.headers.get("authorization", "").partition(" ")
        region = self._tenants.regions[request.scope["landscape.host"]["region"]]
        try:
            if scheme.lower() != "bearer":
                raise InvalidToken("no bearer token")
            claims = region.signer.verify(token.strip())
        except InvalidToken as error:
            raise _unauthorized() from error
        key = self._tenants.service_keys.get(claims.get("cid", ""))
        tenant = self._tenants.by_id.get(claims.get("zid", ""))
        if key is None or tenant is None or claims.get("iss") != tenant.issuer or not key.instance.serves(tenant):
            raise _unauthorized()
        note_environment(request, tenant.environment)
        uri = b"?".join(filter(None, (request.scope["raw_path"], request.scope["query_string"])))
        if len(uri) > URI_LENGTH:
            raise PlainServiceError(400, f"The URI is longer than {URI_LENGTH} characters")
        return Caller(tenant, key.instance)


def _not_found(refusal: ServiceError, assumptions: Assumptions) -> ServiceError:
    """Return the refusal as the service words it when something does not exist."""
    if assumptions.holds("not_found", "json"):
        return ServiceError(404, refusal.message)
    if assumptions.holds("not_found", "text"):
        return PlainServiceError(404, refusal.message, media_type="text/plain")
    if assumptions.holds("not_found", "empty"):
        return PlainServiceError(404, "", media_type="text/plain")
    return refusal


def _unauthorized() -> ServiceError:
    return PlainServiceError(401, "Unauthorized", media_type="text/plain", headers={"WWW-Authenticate": "Bearer"})
