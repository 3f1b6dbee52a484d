# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels of destinations, fragments and certificates: ``GET``, ``PUT`` and ``PATCH .../{name}/labels``.

They are not in the OpenAPI description. The shape of the bodies is what SAP's clients send and read; what a ``PATCH``
does follows the local stand-in of SAP's Python client: by key, not value by value.
"""

from __future__ import annotations

import typing as t

from starlette.responses import JSONResponse, Response

from ..platform.web import PlainServiceError, ServiceError, json_body
from ..subaccount.configuration_store import NOT_FOUND, Labels

if t.TYPE_CHECKING:
    from ..subaccount.configuration_store import ConfigurationStore, Entry
    from .operations import Call

MAXIMUM_LABELS = 10
MAXIMUM_VALUES = 10
ACTIONS = ("ADD", "DELETE")


async def served(
    operation: t.Callable[[ConfigurationStore, Call], t.Awaitable[Response]], store: ConfigurationStore, call: Call
) -> Response:
    """Answer a request for labels, if the caller's service has any (assumption ``labels``)."""
    if call.caller.assumptions.holds("labels", "missing"):
        raise PlainServiceError(404, "Not Found", media_type="text/plain")
    if call.caller.assumptions.holds("labels", "forbidden"):
        raise PlainServiceError(403, "Forbidden", media_type="text/plain")
    return await operation(store, call)


async def read_labels(store: ConfigurationStore, call: Call) -> Response:
    """Return the labels of a configuration."""
    labels = _entry(store, call).labels
    return JSONResponse([{"key": key, "values": values} for key, values in labels.items()])


async def replace_labels(store: ConfigurationStore, call: Call) -> Response:
    """Replace all labels of a configuration."""
    body = await json_body(call.request)
    store.set_labels(_entry(store, call).name, _validated(body))
    return Response(status_code=200)


async def patch_labels(store: ConfigurationStore, call: Call) -> Response:
    """Add labels to a configuration, replacing those of the same key, or remove the labels of these keys."""
    body = await json_body(call.request)
    if not isinstance(body, dict) or body.get("action") not in ACTIONS:
        raise ServiceError(400, f"Property action is mandatory and must be one of {', '.join(ACTIONS)}")
    named = _validated(body.get("labels"))
    entry = _entry(store, call)
    kept = {key: values for key, values in entry.labels.items() if key not in named}
    store.set_labels(entry.name, _limited({**kept, **named} if body["action"] == "ADD" else kept))
    return Response(status_code=200)


def _entry(store: ConfigurationStore, call: Call) -> Entry:
    entry = store.entry(call.request.path_params["name"])
    if entry is None:
        raise ServiceError(404, NOT_FOUND)
    return entry


def _validated(data: t.Any) -> Labels:
    if not isinstance(data, list) or not all(map(_is_label, data)):
        raise ServiceError(
            400, "Labels must be an array of objects, each with a key (text) and values (array of texts)"
        )
    labels = {label["key"]: list(label["values"]) for label in data}
    if len(labels) < len(data):
        raise ServiceError(400, "The keys of labels must be unique")
    return _limited(labels)


def _is_label(data: t.Any) -> bool:
    if not isinstance(data, dict) or set(data) != {"key", "values"}:
        return False
    texts = [data["key"], *data["values"]] if isinstance(data["values"], list) else [None]
    return all(isinstance(text, str) and text.strip() for text in texts)


def _limited(labels: Labels) -> Labels:
    if len(labels) > MAXIMUM_LABELS:
        raise ServiceError(400, f"There can be at most {MAXIMUM_LABELS} labels")
    if any(len(values) > MAXIMUM_VALUES for values in labels.values()):
        raise ServiceError(400, f"A label can have at most {MAXIMUM_VALUES} values")
    return labels
