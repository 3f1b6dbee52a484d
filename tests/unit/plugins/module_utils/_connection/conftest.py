# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of a connection, in an environment of the landscape."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.modules import fsm_connection_info
from unit.plugins.checks import Check, Result
from unit.plugins.connections import certificate_file, connect, variables

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape import Environment, Landscape


@pytest.fixture
def check(run: t.Callable[..., t.Any], environment: Environment, tmp_path: Path) -> Check:
    """Check the environment for an operation; what is given next to its options are variables that differ."""

    def checked(operation: str = "connect", preview: bool = False, **given: t.Any) -> Result:
        names = ("after", "destination", "service_key", "retries")
        options = {name: given.pop(name) for name in names if name in given}
        connection = variables(environment, **{"certificate_dir": str(tmp_path), **given})
        outcome = run(
            fsm_connection_info, preview, environment="dev", operation=operation, connection=connection, **options
        )
        assert (outcome.changed, outcome.diff) == (False, [])
        return {**outcome.facts, **outcome.decisions, "warnings": outcome.warnings}

    return checked


@pytest.fixture
def connected(landscape: Landscape, environment: Environment, tmp_path: Path) -> Result:
    """An environment that is connected, its certificate in its file; returns what declares it as uploaded."""
    fingerprint = connect(landscape, environment)
    active = environment.subaccount.trust.active
    assert active
    certificate_file(tmp_path, active.pem)
    landscape.forget_requests()
    return {"uploaded_certificates": [fingerprint]}


@pytest.fixture
def faults(landscape: Landscape) -> t.Iterator[t.Any]:
    """The landscape's faults, switched off afterwards."""
    yield landscape.faults
    landscape.faults.clear()


@pytest.fixture
def asked(landscape: Landscape, environment: Environment) -> t.Callable[[], list[str]]:
    """Return the paths of the requests."""
    landscape.forget_requests()
    return lambda: [item.path for item in landscape.requests(environment.name)]
