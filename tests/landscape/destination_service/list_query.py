# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The query parameters of the Destination Service's lists: ``$filter``, ``$select``, ``$page`` and their companions."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from ..platform.web import ServiceError
from .filters import unsupported

if t.TYPE_CHECKING:
    from ..platform.clock import Clock
    from .filters import Condition, Predicate

DEFAULT_PAGE_SIZE = 10
MAXIMUM_PAGE_SIZE = 1000
METADATA = ("modification_time", "etag")


@dataclass(frozen=True)
class Page:
    """One page of a list, and which counts its answer shall name."""

    number: int
    size: int
    count_pages: bool
    count_entities: bool


@dataclass(frozen=True)
class ListQuery:
    """What a list request asks for; at most one of ``accepts``, ``names_only`` and ``page`` is set."""

    accepts: Predicate | None
    names_only: bool
    page: Page | None
    metadata: tuple[str, ...]


def parse_list_query(parameters: t.Mapping[str, str], conditions: t.Sequence[Condition], clock: Clock) -> ListQuery:
    """Return what a list request asks for; ``conditions`` are those that ``$filter`` may hold.

    Raises:
        ServiceError: 400 for parameters that are malformed or exclude each other.
    """
    if sum(name in parameters for name in ("$filter", "$select", "$page")) > 1:
        raise ServiceError(400, "Only one of $filter, $select and $page is allowed")
    if "$includeMetadata" in parameters and ("$select" in parameters or "$page" in parameters):
        raise ServiceError(400, "$includeMetadata cannot be combined with $select or $page")
    if parameters.get("$select", "Name") != "Name":
        raise ServiceError(400, "$select supports Name only")
    return ListQuery(
        accepts=_parse_filter(parameters["$filter"], conditions, clock) if "$filter" in parameters else None,
        names_only="$select" in parameters,
        page=_parse_page(parameters),
        metadata=_parse_metadata(parameters),
    )


def _parse_filter(expression: str, conditions: t.Sequence[Condition], clock: Clock) -> Predicate:
    for condition in conditions:
        predicate = condition(expression, clock)
        if predicate:
            return predicate
    raise unsupported()


def _parse_page(parameters: t.Mapping[str, str]) -> Page | None:
    if "$page" not in parameters:
        for name in ("$pageSize", "$pageCount", "$entityCount"):
            if name in parameters:
                raise ServiceError(400, f"{name} is allowed in pagination mode only; see $page")
        return None
    return Page(
        number=_whole_number(parameters, "$page", 1, None),
        size=_whole_number(parameters, "$pageSize", DEFAULT_PAGE_SIZE, MAXIMUM_PAGE_SIZE),
        count_pages=_boolean(parameters, "$pageCount"),
        count_entities=_boolean(parameters, "$entityCount"),
    )


def _whole_number(parameters: t.Mapping[str, str], name: str, default: int, maximum: int | None) -> int:
    text = parameters.get(name, str(default))
    value = int(text) if re.fullmatch(r"[0-9]+", text) else 0
    if value < 1 or (maximum is not None and value > maximum):
        raise ServiceError(400, f"{name} must be a whole number from 1" + (f" to {maximum}" if maximum else ""))
    return value


def _boolean(parameters: t.Mapping[str, str], name: str) -> bool:
    text = parameters.get(name, "false")
    if text not in ("true", "false"):
        raise ServiceError(400, f"{name} must be true or false")
    return text == "true"


def _parse_metadata(parameters: t.Mapping[str, str]) -> tuple[str, ...]:
    if "$includeMetadata" not in parameters:
        return ()
    names = tuple(parameters["$includeMetadata"].split(";"))
    if any(name not in METADATA for name in names):
        raise ServiceError(400, f"$includeMetadata supports {' and '.join(METADATA)}")
    return names
