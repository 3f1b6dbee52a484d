# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SAP's JavaScript clients, and a landscape for them to judge."""

from __future__ import annotations

import os
import subprocess
import typing as t
from pathlib import Path

import pytest

from judges.javascript.node import JavaScript
from judges.javascript.node_packages import installed

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from landscape import Environment, Landscape
    from landscape.subaccount.users import User

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def packages() -> Path:
    """A folder with ``clients.mjs`` and the packages that it needs."""
    return installed(HERE, "clients.mjs")


@pytest.fixture(scope="session")
def javascript(landscape: Landscape, packages: Path) -> Iterator[JavaScript]:
    """SAP's JavaScript clients, whose way to the landscape is its proxy or its port."""
    variables = {
        "LANDSCAPE_PORT": str(landscape.port),
        "HTTPS_PROXY": landscape.proxy_url,
        "https_proxy": landscape.proxy_url,
        "NODE_EXTRA_CA_CERTS": str(landscape.ca_file),
        "NO_PROXY": "",
        "no_proxy": "",
    }
    with subprocess.Popen(
        ["node", "clients.mjs"],
        cwd=packages,
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield JavaScript(process)


@pytest.fixture
def bindings() -> t.Callable[[Environment], dict[str, t.Any]]:
    """What an application of the environment has bound, as Cloud Foundry's VCAP_SERVICES has it."""

    def bindings(environment: Environment) -> dict[str, t.Any]:
        def binding(label: str, plan: str, credentials: dict[str, str]) -> list[dict[str, t.Any]]:
            return [{"name": label, "label": label, "tags": [label], "plan": plan, "credentials": credentials}]

        inputs = environment.inputs()
        return {
            "xsuaa": binding("xsuaa", "application", inputs["application"]),
            "destination": binding("destination", "lite", inputs["service_key"]),
        }

    return bindings


@pytest.fixture
def log_on_with_xssec(javascript: JavaScript) -> t.Callable[..., str]:
    """Log a user (the first one, unless stated otherwise) on to an environment's application: the user's token."""

    def log_on(environment: Environment, user: User | None = None) -> str:
        user = user or environment.users[0]
        credentials = environment.application.credentials()
        answer = javascript("password", credentials=credentials, user=user.user_name, password=user.password)
        return str(answer["access_token"])

    return log_on
