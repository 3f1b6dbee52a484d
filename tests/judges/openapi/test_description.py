# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The landscape's Destination Service against SAP's OpenAPI description, as schemathesis reads it."""

from __future__ import annotations

import functools
import typing as t

import pytest

from judges.openapi.defects import DEFECTS, TOLERANCES, Defect, Tolerance
from judges.openapi.judging import Finding, judge
from judges.openapi.specification import Document, load, operations
from landscape.destination_service import certificate_generation

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape


@pytest.fixture(autouse=True)
def _one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all generated certificates share one key: hundreds are made here, and keys are not what is judged."""
    monkeypatch.setattr(certificate_generation, "new_key", functools.cache(certificate_generation.new_key))


@pytest.fixture
def token(environment: Environment, fetch_token: t.Callable[[dict[str, str]], str]) -> str:
    """A valid token of the test's environment."""
    return fetch_token(environment.service_key.credentials())


def corrected(left_out: Defect | None = None) -> Document:
    document = load()
    for defect in DEFECTS:
        if defect is not left_out:
            for change in defect.changes:
                change.apply(document)
    return document


def untolerated(findings: list[Finding]) -> list[str]:
    return [str(finding) for finding in findings if not any(tolerance.covers(finding) for tolerance in TOLERANCES)]


@pytest.mark.parametrize("operation", [f"{method} {path}" for method, path in operations(load())])
def test_no_finding_beyond_the_listed_ones(
    landscape: Landscape, environment: Environment, token: str, operation: str
) -> None:
    verdict = judge(landscape, environment, token, corrected(), operation)
    assert untolerated(verdict.findings) == []
    assert verdict.errors == []
    assert verdict.operations == {operation}
    # Schemathesis repeats requests without their token and with another one: some were refused.
    assert verdict.unauthorized[operation] > 0


@pytest.mark.parametrize("tolerance", TOLERANCES, ids=lambda tolerance: tolerance.name)
def test_tolerance_is_still_needed(
    landscape: Landscape, environment: Environment, token: str, tolerance: Tolerance
) -> None:
    verdict = judge(landscape, environment, token, corrected(), tolerance.shows_in)
    assert any(map(tolerance.covers, verdict.findings))


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_listed_defect_is_still_there(
    landscape: Landscape, environment: Environment, token: str, defect: Defect
) -> None:
    verdict = judge(landscape, environment, token, corrected(left_out=defect), defect.shows_in)
    assert verdict.requests > 10
    if defect.hides_authentication:
        assert not verdict.unauthorized
    else:
        assert untolerated(verdict.findings) != []


def test_changes_fail_where_they_change_nothing() -> None:
    document = corrected()
    for change in (change for defect in DEFECTS for change in defect.changes):
        with pytest.raises(ValueError, match=r"leads nowhere| is .*, not "):
            change.apply(document)
