# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The query parameters of the Destination Service's lists: ``$filter``, ``$select``, ``$page`` and their companions."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote

from .web import PlainServiceError

if t.TYPE_CHECKING:
    from starlette.datastructures import QueryParams

    from .clock import Clock
    from .configuration_store import Entry

DEFAULT_PAGE_SIZE = 10
MAXIMUM_PAGE_SIZE = 1000
METADATA = ("modification_time", "etag")

_IN_LIST = re.compile(r"\s*Name\s+in\s*\((.*)\)\s*", re.DOTALL)
_QUOTED_NAME = re.compile(r"\s*'([^']*)'\s*")
_AFFIX = re.compile(r"\s*(startswith|endswith)\(\s*Name\s*,\s*'((?:[^']|'')*)'\s*\)\s*", re.DOTALL)
_MODIFIED_WITHIN = re.compile(r"\s*modifiedwithin\(\s*'([0-9]{1,4})'\s*,\s*'minutes'\s*\)\s*")
_MINUTES_OF_A_DAY = 1440

Predicate = t.Callable[["Entry"], bool]


def bad_request(message: str) -> PlainServiceError:
    """Return the refusal of a malformed query."""
    return PlainServiceError(400, message)


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


def parse_list_query(parameters: QueryParams, clock: Clock) -> ListQuery:
    """Return what a list request asks for.

    Raises:
        ServiceError: 400 for parameters that are malformed or exclude each other.
    """
    if sum(name in parameters for name in ("$filter", "$select", "$page")) > 1:
        raise bad_request("Only one of $filter, $select and $page is allowed")
    if "$includeMetadata" in parameters and ("$select" in parameters or "$page" in parameters):
        raise bad_request("$includeMetadata cannot be combined with $select or $page")
    if parameters.get("$select", "Name") != "Name":
        raise bad_request("$select supports Name only")
    return ListQuery(
        accepts=parse_filter(parameters["$filter"], clock) if "$filter" in parameters else None,
        names_only="$select" in parameters,
        page=_parse_page(parameters),
        metadata=_parse_metadata(parameters),
    )


def parse_filter(expression: str, clock: Clock) -> Predicate:
    """Return the test that a ``$filter`` of a list stands for.

    Raises:
        ServiceError: 400 for an expression outside the documented syntax.
    """
    affix = _AFFIX.fullmatch(expression)
    if affix:
        text = affix[2].replace("''", "'")
        if affix[1] == "startswith":
            return lambda entry: entry.configuration["Name"].startswith(text)
        return lambda entry: entry.configuration["Name"].endswith(text)
    within = _MODIFIED_WITHIN.fullmatch(expression)
    if within and 1 <= int(within[1]) <= _MINUTES_OF_A_DAY:
        since = clock.now() - timedelta(minutes=int(within[1]))
        return lambda entry: entry.modified >= since
    names = set(parse_names(expression))
    return lambda entry: entry.configuration["Name"] in names


def parse_names(expression: str) -> list[str]:
    """Return the names in an in-list condition, ``Name in ('a', 'b')``, each percent-encoded.

    Raises:
        ServiceError: 400 for any other expression.
    """
    listed = _IN_LIST.fullmatch(expression)
    names = [_QUOTED_NAME.fullmatch(item) for item in listed[1].split(",")] if listed else [None]
    if not all(names):
        raise bad_request("The value of $filter is not a supported condition")
    return [unquote(name[1]) for name in names if name]


def _parse_page(parameters: QueryParams) -> Page | None:
    if "$page" not in parameters:
        for name in ("$pageSize", "$pageCount", "$entityCount"):
            if name in parameters:
                raise bad_request(f"{name} is allowed in pagination mode only; see $page")
        return None
    return Page(
        number=_whole_number(parameters, "$page", 1, None),
        size=_whole_number(parameters, "$pageSize", DEFAULT_PAGE_SIZE, MAXIMUM_PAGE_SIZE),
        count_pages=_boolean(parameters, "$pageCount"),
        count_entities=_boolean(parameters, "$entityCount"),
    )


def _whole_number(parameters: QueryParams, name: str, default: int, maximum: int | None) -> int:
    text = parameters.get(name, str(default))
    value = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
    if value < 1 or (maximum is not None and value > maximum):
        raise bad_request(f"{name} must be a whole number from 1" + (f" to {maximum}" if maximum else ""))
    return value


def _boolean(parameters: QueryParams, name: str) -> bool:
    text = parameters.get(name, "false")
    if text not in ("true", "false"):
        raise bad_request(f"{name} must be true or false")
    return text == "true"


def _parse_metadata(parameters: QueryParams) -> tuple[str, ...]:
    if "$includeMetadata" not in parameters:
        return ()
    names = tuple(parameters["$includeMetadata"].split(";"))
    if any(name not in METADATA for name in names):
        raise bad_request(f"$includeMetadata supports {' and '.join(METADATA)}")
    return names
