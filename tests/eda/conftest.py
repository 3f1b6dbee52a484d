# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One landscape and one rulebook, which takes seconds to start, for all tests; an environment for each of them."""

from __future__ import annotations

import os
import shutil
import typing as t

import pytest

from eda.rulebook import TOKEN, Rulebook
from eda.scene import Scene
from landscape import Landscape, Matching
from landscape.faults import Status
from operating import Connection
from operator_at_work import ROOT, Operator
from prepared import connected
from rotating import Rotating

if t.TYPE_CHECKING:
    from operator_at_work import Variables

NO_JAVA = "ansible-rulebook needs Java 17 or newer: on Debian, apt-get install default-jre-headless"
# Each for one test that is called like it.
CONNECTED = ("repeated", "refused", "unrelated", "hostile")


@pytest.fixture(scope="session")
def landscape(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Landscape]:
    """One landscape for all tests."""
    assert "JAVA_HOME" in os.environ or shutil.which("java"), NO_JAVA
    with Landscape({"key_size": 2048, "x509_service_keys": False}, tmp_path_factory.mktemp("landscape")) as running:
        yield running


@pytest.fixture(scope="session")
def scene(landscape: Landscape, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Scene]:
    """The rulebook at work on an inventory of several environments."""
    operator = Operator(landscape, tmp_path_factory.mktemp("operator"), ROOT / ".work" / "tree")
    operator.secrets.add(TOKEN)
    expiring = Rotating(operator, operator.environment(), "expiring")
    failing = Connection(operator, operator.environment())
    _let_a_job_fail(failing)
    environments = {name: connected(operator) for name in CONNECTED}
    hosts: dict[str, Variables] = {name: operator.variables(one) for name, one in environments.items()}
    hosts |= {"expiring": expiring.variables(), "failing": failing.variables(fsm_task_center_wait=0)}
    environments |= {"expiring": expiring.environment, "failing": failing.environment}
    by_subaccount = {one.subaccount.id: host for host, one in environments.items()}
    rulebook = Rulebook(operator, operator.inventory(hosts), by_subaccount)
    try:
        rulebook.wait_until_it_listens()
        yield Scene(rulebook, expiring, environments)
        operator.assert_no_secret(rulebook.output)
    finally:
        rulebook.stop()


def _let_a_job_fail(connection: Connection) -> None:
    """Let Task Center's connector have a job in status ERROR."""
    unreadable = Matching(environment=connection.environment.name, path="*/definitions")
    connection.landscape.faults.add(Status(503), unreadable)
    connection.environment.task_center.connectors.clear()
    connection.tick()
