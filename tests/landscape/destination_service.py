# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Destination Service: ``destination-configuration.cfapps.{region}.hana.ondemand.com``.

The paths, parameters, status codes and bodies are those of SAP's OpenAPI description of the service.
"""

from __future__ import annotations

import functools
import re
import typing as t
from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from .configuration_store import NOT_FOUND, Configuration, ConfigurationStore, Entry
from .destination_lookup import find_destination
from .destination_rules import users_of_provider, validated_destination
from .list_query import Page, bad_request, parse_list_query, parse_names
from .operations import Call, Caller, Operation, conditional, json_body
from .tokens import InvalidToken
from .trust_endpoints import TRUST_OPERATIONS
from .web import PlainServiceError, ServiceError, application, note_environment, resource

if t.TYPE_CHECKING:
    import httpx
    from starlette.requests import Request
    from starlette.routing import Route

    from .clock import Clock
    from .tenants import Tenants

HOST = re.compile(r"destination-configuration\.cfapps\.(?P<region>[^.]+)\.hana\.ondemand\.com")
BASE_PATH = "/destination-configuration/v1"
URI_LENGTH = 4000


@dataclass(frozen=True)
class Collection:
    """One kind of configuration on one level: its path, its store, and what the service accepts in it."""

    path: str
    store: t.Callable[[Caller], ConfigurationStore]
    validated: t.Callable[[t.Any], Configuration]


COLLECTIONS = (
    Collection("subaccountDestinations", lambda caller: caller.subaccount.destinations, validated_destination),
    Collection("instanceDestinations", lambda caller: caller.instance.destinations, validated_destination),
)


class DestinationService:
    """Authenticates every request and hands it to the operation that its path and method name."""

    def __init__(self, tenants: Tenants, clock: Clock, outbound: httpx.AsyncClient) -> None:
        self._tenants = tenants
        self._clock = clock
        self._outbound = outbound
        routes = [route for collection in COLLECTIONS for route in self._collection_routes(collection)]
        routes += [self._route(path, **operations) for path, operations in TRUST_OPERATIONS.items()]
        routes.append(self._route("/destinations/{name}", get=find_destination))
        self.app = application(routes)

    def _collection_routes(self, collection: Collection) -> list[Route]:
        def bound(operation: t.Callable[[Collection, Call], t.Awaitable[Response]]) -> Operation:
            return functools.partial(operation, collection)

        return [
            self._route(
                f"/{collection.path}",
                get=bound(list_configurations),
                post=bound(create_configurations),
                put=bound(replace_configurations),
                delete=bound(delete_configurations),
            ),
            self._route(
                f"/{collection.path}/{{name}}", get=bound(read_configuration), delete=bound(delete_configuration)
            ),
        ]

    def _route(self, path: str, **operations: Operation) -> Route:
        def handler(operation: Operation) -> t.Callable[[Request], t.Awaitable[Response]]:
            async def handle(request: Request) -> Response:
                return await operation(Call(request, self._authenticate(request), self._clock, self._outbound))

            return handle

        return resource(BASE_PATH + path, **{method: handler(operation) for method, operation in operations.items()})

    def _authenticate(self, request: Request) -> Caller:
        """Return whom the request's token stands for.

        Raises:
            ServiceError: 401 unless this region's XSUAA issued the token for a service key that still exists.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        region = self._tenants.regions[request.scope["landscape.host"]["region"]]
        try:
            if scheme.lower() != "bearer":
                raise InvalidToken("no bearer token")
            claims = region.signer.verify(token.strip())
        except InvalidToken as error:
            raise _unauthorized() from error
        key = self._tenants.service_keys.get(claims.get("cid", ""))
        subaccount = self._tenants.by_id.get(claims.get("zid", ""))
        if key is None or subaccount is None or claims.get("iss") != subaccount.issuer:
            raise _unauthorized()
        note_environment(request, subaccount.environment)
        if len(request.url.path) + 1 + len(request.url.query) > URI_LENGTH:
            raise bad_request(f"The URI is longer than {URI_LENGTH} characters")
        return Caller(subaccount, key.instance)


def _unauthorized() -> ServiceError:
    return PlainServiceError(401, "Unauthorized", media_type="text/plain", headers={"WWW-Authenticate": "Bearer"})


async def list_configurations(collection: Collection, call: Call) -> Response:
    """Return all configurations, a selection of them, their names, or one page of them."""
    query = parse_list_query(call.request.query_params, call.clock)
    entries = collection.store(call.caller).entries()
    if query.accepts:
        entries = [entry for entry in entries if query.accepts(entry)]
    if query.names_only:
        return JSONResponse([{"Name": entry.configuration["Name"]} for entry in entries])
    if query.page:
        return _page_of(entries, query.page, collection.path)
    return JSONResponse([_with_metadata(entry, query.metadata) for entry in entries])


def _page_of(entries: list[Entry], page: Page, path: str) -> Response:
    pages = -(-len(entries) // page.size)
    headers = {}
    if page.count_pages:
        headers["Page-Count"] = str(pages)
    if page.count_entities:
        headers["Entity-Count"] = str(len(entries))
    neighbours = (("previous", page.number - 1), ("next", page.number + 1))
    links = [
        f"</{path}?$page={number}&$pageSize={page.size}>; rel='{relation}'"
        for relation, number in neighbours
        if 1 <= number <= pages
    ]
    if links:
        headers["Link"] = ", ".join(links)
    start = (page.number - 1) * page.size
    return JSONResponse([entry.configuration for entry in entries[start : start + page.size]], headers=headers)


def _with_metadata(entry: Entry, names: tuple[str, ...]) -> dict[str, t.Any]:
    values = {"modification_time": entry.modified.isoformat(timespec="milliseconds"), "etag": entry.etag}
    if not names:
        return {**entry.configuration}
    return {**entry.configuration, "$metadata": {name: values[name] for name in names}}


async def read_configuration(collection: Collection, call: Call) -> Response:
    """Return one configuration as it was stored, secrets included."""
    entry = collection.store(call.caller).entry(call.request.path_params["name"])
    if entry is None:
        raise PlainServiceError(404, NOT_FOUND)
    return conditional(call.request, entry.etag, entry.configuration)


async def create_configurations(collection: Collection, call: Call) -> Response:
    """Create one configuration (a JSON object) or several (an array)."""
    store = collection.store(call.caller)
    body = await json_body(call.request)
    if isinstance(body, list):
        return _bulk(body, 201, lambda item: store.create(collection.validated(item)))
    store.create(collection.validated(body))
    return Response(status_code=201)


async def replace_configurations(collection: Collection, call: Call) -> Response:
    """Replace one configuration (a JSON object) or several (an array)."""
    store = collection.store(call.caller)
    body = await json_body(call.request)
    if isinstance(body, list):
        return _bulk(body, 200, lambda item: store.replace(collection.validated(item)))
    store.replace(collection.validated(body))
    return JSONResponse({"Count": 1})


def _bulk(items: list[t.Any], success: int, write: t.Callable[[t.Any], Entry]) -> Response:
    """Write each item on its own: what fails does not keep the others from being written."""
    results = []
    for item in items:
        name = item.get("Name") if isinstance(item, dict) else None
        result: dict[str, t.Any] = {"name": name if isinstance(name, str) else ""}
        try:
            result.update(status=success, etag=write(item).etag)
        except ServiceError as error:
            result.update(status=error.status, cause=error.message)
        results.append(result)
    return JSONResponse(results, success if all(result["status"] == success for result in results) else 207)


async def delete_configuration(collection: Collection, call: Call) -> Response:
    """Delete one configuration, unless another one needs it."""
    store = collection.store(call.caller)
    name = call.request.path_params["name"]
    if name not in store:
        raise PlainServiceError(404, NOT_FOUND)
    users = users_of_provider(name, store)
    if users:
        raise PlainServiceError(
            400,
            f"Cannot perform operation on the destination '{name}' because it is used as an assertion provider "
            f"for destination '{users[0]}'",
        )
    del store[name]
    return JSONResponse({"Count": 1})


async def delete_configurations(collection: Collection, call: Call) -> Response:
    """Delete the configurations that ``$filter`` names; none of them, when another one needs one of them."""
    if "$filter" not in call.request.query_params:
        raise bad_request("Query parameter $filter is mandatory")
    store = collection.store(call.caller)
    names = list(dict.fromkeys(parse_names(call.request.query_params["$filter"])))
    in_use = [name for name in names if set(users_of_provider(name, store)).difference(names)]
    if in_use:
        raise PlainServiceError(400, f'Unable to remove Configurations "[{", ".join(in_use)}]".')
    summary = [
        {"name": name, "status": "DELETED"}
        if store.pop(name, None) is not None
        else {"name": name, "status": "NOT_FOUND", "reason": "Could not find configuration"}
        for name in names
    ]
    return JSONResponse({"Count": sum(item["status"] == "DELETED" for item in summary), "Summary": summary})
