# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations on destinations, fragments and certificates: the same for each kind and level, but for what differs.

What differs is in a `Collection`; which collections there are, destination_service.py lists.
"""

from __future__ import annotations

import dataclasses
import functools
import typing as t
from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from ..platform.web import ServiceError, json_body
from ..subaccount.configuration_store import NOT_FOUND
from . import labels
from .destination_rules import users_of_provider
from .filters import Condition, labelled, parse_names
from .list_query import Page, parse_list_query
from .operations import Draft, conditional, speaking_text

if t.TYPE_CHECKING:
    from ..subaccount.configuration_store import Configuration, ConfigurationStore, Entry
    from .operations import Call, Caller, Operation


# What is shown in place of a secret where reads star them.
STARS = "****"


@dataclass(frozen=True)
class Kind:
    """One kind of configuration: what the service accepts in it, and what its list can be asked."""

    # Returns what is to be stored for one JSON value of a request; raises ServiceError when that is refused.
    draft: t.Callable[[Call, t.Any], t.Awaitable[Draft]]
    conditions: tuple[Condition, ...]
    # The query parameters of the list, in addition to those that are ignored.
    parameters: frozenset[str]
    # Whether a request may hold an array, and whether several can be deleted at once.
    bulk: bool
    # How refusals are written: as JSON by every operation, by those that write configurations, or by none.
    json_refusals: t.Literal["all", "writes", "none"]
    # The properties that reads may hide (assumption ``destination_secrets``).
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Collection:
    """All configurations of one kind on one level: where they are served from, and where they are stored."""

    path: str
    kind: Kind
    store: t.Callable[[Caller], ConfigurationStore]


CollectionOperation = t.Callable[[Collection, "Call"], t.Awaitable[Response]]
# Stores a configuration, and the password of the keystore in it.
Write = t.Callable[["Configuration", "str | None"], "Entry"]


def operations(collection: Collection) -> dict[str, dict[str, Operation]]:
    """Return the operations on a collection, by path and method."""
    refusals = collection.kind.json_refusals

    def read(operation: CollectionOperation) -> Operation:
        bound = functools.partial(operation, collection)
        return bound if refusals == "all" else speaking_text(bound)

    def write(operation: CollectionOperation) -> Operation:
        bound = functools.partial(operation, collection)
        return speaking_text(bound) if refusals == "none" else bound

    def label(operation: t.Callable[[ConfigurationStore, Call], t.Awaitable[Response]]) -> Operation:
        return lambda call: labels.served(operation, collection.store(call.caller), call)

    of_list = {
        "get": read(list_configurations),
        "post": write(create_configurations),
        "put": write(replace_configurations),
    }
    if collection.kind.bulk:
        of_list["delete"] = read(delete_configurations)
    path = f"/v1/{collection.path}"
    return {
        path: of_list,
        f"{path}/{{name}}": {"get": read(read_configuration), "delete": read(delete_configuration)},
        f"{path}/{{name}}/labels": {
            "get": label(labels.read_labels),
            "put": label(labels.replace_labels),
            "patch": label(labels.patch_labels),
        },
    }


async def list_configurations(collection: Collection, call: Call) -> Response:
    """Return all configurations, a selection of them, their names, or one page of them."""
    given = {name: value for name, value in call.request.query_params.items() if name in collection.kind.parameters}
    conditions = collection.kind.conditions
    if not call.caller.assumptions.holds("labels", "exist"):
        conditions = tuple(condition for condition in conditions if condition is not labelled)
    query = parse_list_query(given, conditions, call.clock)
    entries = collection.store(call.caller).entries()
    if query.accepts:
        entries = [entry for entry in entries if query.accepts(entry)]
    entries = [_shown(entry, collection.kind, call) for entry in entries]
    if query.names_only:
        return JSONResponse([{"Name": entry.name} for entry in entries])
    if query.page:
        return _page_of(entries, query.page, collection.path)
    return JSONResponse([_with_metadata(entry, query.metadata) for entry in entries])


def _shown(entry: Entry, kind: Kind, call: Call) -> Entry:
    """Return a configuration as a read of it shows it: with or without its secrets."""
    stored, assumptions = entry.configuration, call.caller.assumptions
    if assumptions.holds("destination_secrets", "clear") or not kind.secrets.intersection(stored):
        return entry
    if assumptions.holds("destination_secrets", "left_out"):
        shown: dict[str, t.Any] = {key: value for key, value in stored.items() if key not in kind.secrets}
    else:
        instead = None if assumptions.holds("destination_secrets", "null") else STARS
        shown = {key: instead if key in kind.secrets else value for key, value in stored.items()}
    return dataclasses.replace(entry, configuration=shown)


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
    """Return one configuration as it was stored."""
    entry = collection.store(call.caller).entry(call.request.path_params["name"])
    if entry is None:
        raise ServiceError(404, NOT_FOUND)
    return conditional(call.request, entry.etag, _shown(entry, collection.kind, call).configuration)


async def create_configurations(collection: Collection, call: Call) -> Response:
    """Create one configuration (a JSON object) or several (an array)."""
    return await _write(collection, call, 201, collection.store(call.caller).create, Response(status_code=201))


async def replace_configurations(collection: Collection, call: Call) -> Response:
    """Replace one configuration (a JSON object) or several (an array)."""
    return await _write(collection, call, 200, collection.store(call.caller).replace, JSONResponse({"Count": 1}))


async def _write(collection: Collection, call: Call, success: int, write: Write, answer: Response) -> Response:
    """Write what the request holds; ``answer`` is the one to a single configuration."""
    body = await json_body(call.request)
    if isinstance(body, list) and collection.kind.bulk:
        return await _write_each(collection, call, body, success, write)
    draft = await collection.kind.draft(call, body)
    write(draft.configuration, draft.password)
    return answer


async def _write_each(collection: Collection, call: Call, items: list[t.Any], success: int, write: Write) -> Response:
    """Write each item on its own: what fails does not keep the others from being written."""
    results = []
    for item in items:
        name = item.get("Name") if isinstance(item, dict) else None
        result: dict[str, t.Any] = {"name": name if isinstance(name, str) else ""}
        try:
            draft = await collection.kind.draft(call, item)
            result.update(status=success, etag=write(draft.configuration, draft.password).etag)
        except ServiceError as error:
            result.update(status=error.status, cause=error.message)
        results.append(result)
    return JSONResponse(results, success if all(result["status"] == success for result in results) else 207)


async def delete_configuration(collection: Collection, call: Call) -> Response:
    """Delete one configuration, unless another one needs it."""
    store = collection.store(call.caller)
    name = call.request.path_params["name"]
    if name not in store:
        raise ServiceError(404, NOT_FOUND)
    users = users_of_provider(name, store)
    if users:
        raise ServiceError(
            400,
            f"Cannot perform operation on the destination '{name}' because it is used as an assertion provider "
            f"for destination '{users[0]}'",
        )
    del store[name]
    return JSONResponse({"Count": 1})


async def delete_configurations(collection: Collection, call: Call) -> Response:
    """Delete the configurations that ``$filter`` names; none of them, when another one needs one of them."""
    if "$filter" not in call.request.query_params:
        raise ServiceError(400, "Query parameter $filter is mandatory")
    store = collection.store(call.caller)
    names = list(dict.fromkeys(parse_names(call.request.query_params["$filter"])))
    in_use = [name for name in names if set(users_of_provider(name, store)).difference(names)]
    if in_use:
        raise ServiceError(400, f'Unable to remove Configurations "[{", ".join(in_use)}]".')
    summary = [
        {"name": name, "status": "DELETED"}
        if store.pop(name, None) is not None
        else {"name": name, "status": "NOT_FOUND", "reason": "Could not find configuration"}
        for name in names
    ]
    return JSONResponse({"Count": sum(item["status"] == "DELETED" for item in summary), "Summary": summary})
