# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The landscape, and an operator whose environments nobody else uses."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from landscape import Landscape
from operator_at_work import ROOT, Operator

if t.TYPE_CHECKING:
    from landscape.landscape import Environment

# Real trust keys have 4096 bits; generating one takes seconds. The size changes nothing else.
KEY_SIZE = 2048


@pytest.fixture(scope="session")
def landscape(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Landscape]:
    """One landscape for all tests; each test adds environments of its own."""
    folder = tmp_path_factory.mktemp("landscape")
    with Landscape({"key_size": KEY_SIZE, "x509_service_keys": False}, folder) as running:
        yield running


@pytest.fixture
def operator(landscape: Landscape, tmp_path: Path, request: pytest.FixtureRequest) -> t.Iterator[Operator]:
    """An operator in an empty folder, with the collection from the checkout, who reads what the test promises."""
    at_work = Operator(landscape, tmp_path, ROOT / ".work" / "tree")
    yield at_work
    landscape.faults.clear()
    promised = {finding for mark in request.node.iter_markers("provokes") for finding in mark.args}
    assert promised - at_work.reported == set()


@pytest.fixture
def environment(operator: Operator) -> Environment:
    """An environment as Task Center's initial setup leaves it: without trust certificate and FSM destinations."""
    return operator.environment()


@pytest.fixture
def uploaded(environment: Environment) -> Environment:
    """An environment whose trust certificate exists and was uploaded to FSM."""
    environment.fsm_account.upload(environment.subaccount.trust.replace("active").pem)
    return environment
