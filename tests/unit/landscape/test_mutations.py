# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of deliberate faults stays honest: what each changes is there, and so is the judge named with it."""

from __future__ import annotations

import ast
import copy
import re
import sys
import types
from pathlib import Path

import pytest

from judges.mutations import MUTATIONS, Mutation
from judges.mutations import mutation as declaration
from judges.mutations.mutation import by_name, caught_by
from landscape import destination_service

JUDGES = Path(declaration.__file__).resolve().parents[1]


def contents() -> dict[str, object]:
    """Return what the landscape's modules and classes hold, with copies of the mappings in it."""
    found: dict[str, object] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("landscape."):
            for key, value in vars(module).items():
                if value is destination_service.OPERATIONS:
                    continue
                found[f"{name}.{key}"] = copy.copy(value) if isinstance(value, dict) else value
                if isinstance(value, type):
                    found.update({f"{name}.{key}.{member}": content for member, content in vars(value).items()})
    operations = {path: dict(methods) for path, methods in destination_service.OPERATIONS.items()}
    return {
        **found,
        "operations": operations,
        "landscape.destination_service.OPERATIONS": None,
        "landscape.destination_service.service.OPERATIONS": None,
    }


def test_there_are_many_in_every_part() -> None:
    assert len(MUTATIONS) >= 150
    assert len({mutation.part for mutation in MUTATIONS.values()}) >= 7
    assert {mutation.judge.partition("/")[0] for mutation in MUTATIONS.values()} == {
        "facts", "http_cache", "javascript", "openapi", "sap_cloud_sdk",
    }  # fmt: skip


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=list(MUTATIONS))
def test_mutation_changes_something_that_is_there(mutation: Mutation) -> None:
    before = contents()
    with pytest.MonkeyPatch.context() as patch:
        mutation.apply(patch)
        assert contents() != before
    assert contents() == before


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=list(MUTATIONS))
def test_judge_is_there(mutation: Mutation) -> None:
    path, _unused, test = mutation.judge.partition("::")
    tree = ast.parse((JUDGES / path).read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert re.sub(r"\[.*\]$", "", test) in functions


def test_names_are_unique_and_harm_is_reported() -> None:
    def any_secret_is_accepted(_patch: pytest.MonkeyPatch) -> None:
        """Anybody gets in."""

    def silent(_patch: pytest.MonkeyPatch) -> None:
        pass

    one, other = (types.ModuleType(name, "Part.") for name in ("one", "other"))
    one.fault = caught_by("judge")(any_secret_is_accepted)  # type: ignore[attr-defined]
    assert by_name(one)["any secret is accepted"].harm == "Anybody gets in."
    with pytest.raises(ValueError, match="name of its own"):
        by_name(one, one)
    other.fault = caught_by("judge")(silent)  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="docstring"):
        by_name(other)
