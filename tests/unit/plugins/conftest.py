# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the plugins share: the landscape with a new environment for each test, and a gateway that fails."""

from __future__ import annotations

import copy
import sys
import typing as t
from pathlib import Path

import pytest

# Also where ansible-test runs, which reads no configuration of pytest.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients import shared_tokens
from landscape import Environment, Landscape
from unit.plugins.gateway import LOOPBACK, Gateway

# A port on which nobody listens, and a file that is not there: code that read the process's environment would fail.
MISLEADING = {
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "",
    "REQUESTS_CA_BUNDLE": "/nowhere/ca.pem",
    "CURL_CA_BUNDLE": "/nowhere/ca.pem",
}


@pytest.fixture(autouse=True)
def _misleading_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process's environment mislead: a task's own environment variables are what counts."""
    for name, value in MISLEADING.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.lower(), value)


@pytest.fixture(autouse=True)
def _no_earlier_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no task find the token of another one, unless a test has them share tokens."""
    monkeypatch.setattr(shared_tokens, "_shared", None)


@pytest.fixture(scope="session")
def landscape() -> t.Iterator[Landscape]:
    """The landscape, one for all tests."""
    with Landscape({"key_size": 2048, "x509_service_keys": False}) as running:
        yield running


@pytest.fixture
def environment(landscape: Landscape) -> Environment:
    """A new environment, in which Task Center's initial setup was done."""
    return landscape.add_environment({})


@pytest.fixture
def run(landscape: Landscape, environment: Environment) -> t.Callable[..., t.Any]:
    """Run a module's work in the environment, under the real host names; the options' defaults are the module's."""

    def work(module: t.Any, check_mode: bool = False, **options: t.Any) -> t.Any:
        params = {name: option.get("default") for name, option in module.SPEC.options.items()}
        params["service_key"] = environment.service_key.credentials()
        params["ca_path"] = str(landscape.ca_file)
        environ = {"HTTPS_PROXY": landscape.proxy_url, "NO_PROXY": LOOPBACK}
        return module.work(copy.deepcopy({**params, **options}), check_mode, environ)

    return work


@pytest.fixture
def writes(landscape: Landscape, environment: Environment) -> t.Callable[[], list[str]]:
    """Tell which requests other than reading ones have reached the environment's Destination Service."""

    def sent() -> list[str]:
        requests = landscape.requests(environment.name)
        return [item.method for item in requests if item.method != "GET" and item.path != "/oauth/token"]

    return sent


@pytest.fixture(scope="session")
def _gateway(landscape: Landscape, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Gateway]:
    with Gateway(landscape, tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture
def gateway(_gateway: Gateway, environment: Environment) -> Gateway:
    """A gateway to the environment, without faults yet."""
    _gateway.lead_to(environment)
    return _gateway


@pytest.fixture
def run_through_gateway(run: t.Any, gateway: Gateway) -> t.Callable[..., t.Any]:
    """Run a module's work in the environment, through the gateway."""

    def work(module: t.Any, check_mode: bool = False, **options: t.Any) -> t.Any:
        through = {"service_key": gateway.service_key, "ca_path": str(gateway.ca_file)}
        return run(module, check_mode, **through, **options)

    return work


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the code under test would have waited, without the waiting."""
    seconds: list[float] = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds


@pytest.fixture
def sample_pem() -> str:
    """The trust certificate that SAP published."""
    path = Path(__file__).resolve().parent.parent / "data" / "trust-certificate.pem"
    return path.read_text(encoding="ascii")
