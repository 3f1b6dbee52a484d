# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The conditions that the Destination Service's ``$filter`` knows; which of them a list accepts, its kind decides."""

from __future__ import annotations

import re
import typing as t
from datetime import timedelta
from urllib.parse import unquote

from ..platform.web import ServiceError

if t.TYPE_CHECKING:
    from ..platform.clock import Clock
    from ..subaccount.configuration_store import Entry

Predicate = t.Callable[["Entry"], bool]
# Returns the test that an expression means, None when the expression is none of this condition.
Condition = t.Callable[[str, "Clock"], "Predicate | None"]

_QUOTED = r"\s*'([^']*)'\s*"
_LIST = rf"\(({_QUOTED}(?:,{_QUOTED})*)\)"
_IN_LIST = re.compile(rf"\s*Name\s+in\s*{_LIST}\s*")
_AFFIX = re.compile(r"\s*(startswith|endswith)\(\s*Name\s*,\s*'((?:[^']|'')*)'\s*\)\s*")
_MODIFIED_WITHIN = re.compile(r"\s*modifiedwithin\(\s*'([0-9]{1,4})'\s*,\s*'minutes'\s*\)\s*")
_LABEL = re.compile(rf"\s*Label\['([^']+)'\]\s+HAS\s*{_LIST}\s*")
_MINUTES_OF_A_DAY = 1440


def parse_names(expression: str) -> list[str]:
    """Return the names in an in-list condition, ``Name in ('a', 'b')``, each percent-encoded.

    Raises:
        ServiceError: 400 for any other expression.
    """
    listed = _IN_LIST.fullmatch(expression)
    if not listed:
        raise unsupported()
    return _unquoted(listed[1])


def unsupported() -> ServiceError:
    """Return the refusal of an expression that is no condition of the list at hand."""
    return ServiceError(400, "The value of $filter is not a supported condition")


def in_list(expression: str, _clock: Clock) -> Predicate | None:
    """``Name in ('a', 'b')``: the configurations of these names, each percent-encoded."""
    if not _IN_LIST.fullmatch(expression):
        return None
    names = parse_names(expression)
    return lambda entry: any(map(entry.is_named, names))


def affix(expression: str, _clock: Clock) -> Predicate | None:
    """``startswith(Name, 'a')`` and ``endswith(Name, 'a')``: a quote inside is doubled, nothing else is escaped."""
    match = _AFFIX.fullmatch(expression)
    if not match:
        return None
    text = match[2].replace("''", "'")
    if match[1] == "startswith":
        return lambda entry: entry.name.startswith(text)
    return lambda entry: entry.name.endswith(text)


def modified_within(expression: str, clock: Clock) -> Predicate | None:
    """``modifiedwithin('30', 'minutes')``: what was written since then; at most a day."""
    match = _MODIFIED_WITHIN.fullmatch(expression)
    if not match or not 1 <= int(match[1]) <= _MINUTES_OF_A_DAY:
        return None
    since = clock.now() - timedelta(minutes=int(match[1]))
    return lambda entry: entry.modified >= since


def labelled(expression: str, _clock: Clock) -> Predicate | None:
    """``Label['k'] HAS ('v1', 'v2') AND ...``: each label is there, with at least one of the values named for it.

    Keys and values are percent-encoded. Not in the OpenAPI description, but in SAP's clients; whether one value is
    enough or all are needed, neither says.
    """
    matches = [_LABEL.fullmatch(clause) for clause in re.split(r"\s+AND\s+", expression)]
    wanted = [(unquote(match[1]), set(_unquoted(match[2]))) for match in matches if match]
    if len(wanted) != len(matches):
        return None
    return lambda entry: all(values.intersection(entry.labels.get(key, ())) for key, values in wanted)


def _unquoted(listed: str) -> list[str]:
    return [unquote(text) for text in re.findall(_QUOTED, listed)]
