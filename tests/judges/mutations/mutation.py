# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mutation is, and how one is written down."""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass

from landscape import destination_service

if t.TYPE_CHECKING:
    from types import ModuleType

    import pytest

Fault = t.Callable[["pytest.MonkeyPatch"], None]

PYTHON_CLIENT = "sap_cloud_sdk/test_sdk_"
JAVASCRIPT_CLIENTS = "javascript/test_javascript_"
DESCRIPTION = "openapi/test_description.py::test_no_finding_beyond_the_listed_ones"
OPERATIONS = "openapi/test_operations.py::test_"
LISTS = "openapi/test_lists.py::test_"
REFUSALS = "openapi/test_refusals.py::test_"
READS = "openapi/test_reads.py::test_"
HTTP_CACHE = "http_cache/test_http_cache.py::test_"
FACTS = "facts/test_facts_"

_JUDGE = "_judge"


@dataclass(frozen=True)
class Mutation:
    """A deliberate fault in the landscape."""

    name: str
    # The system or part of it that is at fault.
    part: str
    # What users of such a service would suffer.
    harm: str
    # The test that has to catch it: a pytest node ID below tests/judges.
    judge: str
    # Builds the fault in. Raises AttributeError or KeyError when there is nothing any more to build it into.
    apply: Fault


def caught_by(judge: str) -> t.Callable[[Fault], Fault]:
    """Declare a function to be a mutation, and which judge has to catch it."""

    def declare(fault: Fault) -> Fault:
        setattr(fault, _JUDGE, judge)
        return fault

    return declare


def by_name(*modules: ModuleType) -> dict[str, Mutation]:
    """Return the mutations in these modules by their names, in the order in which they are written.

    Raises:
        ValueError: two of them have one name, or one has no docstring.
    """
    found: dict[str, Mutation] = {}
    for module in modules:
        for function in vars(module).values():
            if not hasattr(function, _JUDGE):
                continue
            name = function.__name__.replace("_", " ")
            if name in found or not function.__doc__:
                raise ValueError(f"mutation {name!r} in {module.__name__} needs a name of its own and a docstring")
            part = (module.__doc__ or "").partition("\n")[0].rstrip(".")
            harm = " ".join(function.__doc__.split())
            found[name] = Mutation(name, part, harm, getattr(function, _JUDGE), function)
    return found


def replace(patch: pytest.MonkeyPatch, owner: t.Any, name: str, faulty: t.Callable[..., t.Any]) -> None:
    """Let another function stand in for one, which it is given as its first argument.

    Raises:
        AttributeError: the owner (a class or a module) has none of this name.
    """
    original = getattr(owner, name)

    @functools.wraps(original)
    def stand_in(*arguments: t.Any, **options: t.Any) -> t.Any:
        return faulty(original, *arguments, **options)

    patch.setattr(owner, name, stand_in)


def replace_item(patch: pytest.MonkeyPatch, owner: dict[str, t.Any], key: str, faulty: t.Callable[..., t.Any]) -> None:
    """Let another function stand in for one in a mapping, which it is given as its first argument.

    Raises:
        KeyError: there is none of this key.
    """
    patch.setitem(owner, key, functools.partial(faulty, owner[key]))


def serve(patch: pytest.MonkeyPatch, path: str, method: str, faulty: t.Callable[..., t.Any]) -> None:
    """Let another operation of the Destination Service stand in for one, which it is given as its first argument.

    Raises:
        KeyError: there is no such operation.
    """
    replace_item(patch, destination_service.OPERATIONS[path], method, faulty)
