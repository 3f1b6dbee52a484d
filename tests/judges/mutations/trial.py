# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of judges over a landscape with one fault, or without any."""

from __future__ import annotations

import contextlib
import io
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from landscape import Landscape

JUDGES = Path(__file__).resolve().parents[1]
# Where exceptions come from that say what a client did not like: SAP's, and ours that carry the JavaScript clients'.
_CLIENTS = ("sap_cloud_sdk.", "judges.")


@dataclass
class Trial:
    """What came of a run; plain data, which another process can read."""

    passed: list[str] = field(default_factory=list)
    # By test: what a judge objected to.
    objections: dict[str, str] = field(default_factory=dict)
    # What prevented a verdict: no judge objected, but something broke.
    breakdowns: list[str] = field(default_factory=list)
    output: str = ""


class _Observer:
    """A pytest plugin that distinguishes a judge's objection from a test, or a landscape, that broke."""

    def __init__(self) -> None:
        self.trial = Trial()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that passed."""
        if report.when == "call" and report.passed:
            self.trial.passed.append(report.nodeid)

    def pytest_exception_interact(
        self, node: pytest.Item, call: pytest.CallInfo[t.Any], report: pytest.TestReport
    ) -> None:
        """Note why a test failed."""
        assert call.excinfo is not None
        error = call.excinfo.value
        objected = isinstance(error, (AssertionError, pytest.fail.Exception)) or type(error).__module__.startswith(
            _CLIENTS
        )
        reason = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
        if report.when == "call" and objected:
            self.trial.objections[node.nodeid] = reason
        else:
            self.trial.breakdowns.append(f"{node.nodeid} ({report.when}): {reason}")

    def pytest_runtest_teardown(self, item: pytest.Function) -> None:
        """Note a landscape that has answered "Internal Server Error": it has a fault, but none that is meant."""
        landscape = item.funcargs.get("landscape")
        if isinstance(landscape, Landscape):
            self.trial.breakdowns.extend(
                f"{request.method} {request.path} of the landscape broke"
                for request in landscape.requests()
                if request.status == 500
            )


def run(mutation: str | None, judges: list[str]) -> Trial:
    """Return what came of these tests (node IDs below tests/judges), with a fault or (None) without."""
    arguments = ["-q", "--disable-plugin-autoload", "--tb=short", *(f"{JUDGES}/{judge}" for judge in judges)]
    if mutation:
        arguments += ["--mutation", mutation]
    observer = _Observer()
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        pytest.main(arguments, plugins=[observer])
    observer.trial.output = output.getvalue()
    return observer.trial
