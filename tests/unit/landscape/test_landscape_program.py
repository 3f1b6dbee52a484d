# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The landscape as a whole: its program, configuration, proxy, server and record of requests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import typing as t
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
import yaml

from landscape import ConfigError, Landscape
from landscape.config import load_config, parse_config

if t.TYPE_CHECKING:
    from landscape import Environment
    from unit.landscape.conftest import Http

TESTS = Path(__file__).parents[2]
EXAMPLE = TESTS / "landscape" / "example.yml"


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "landscape", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_program_serves_the_example_until_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    ready_file = tmp_path / "ready file.json"
    with start("--config", EXAMPLE, "--ready", ready_file) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            assert "dev, qa, prod" in line
            assert ready_file.stat().st_mode & 0o777 == 0o600
            ready = json.loads(ready_file.read_text(encoding="utf-8"))
            assert set(ready) == {"proxy", "ca_file", "port", "control", "environments"}
            for name, config in zip(
                ("dev", "qa", "prod"), yaml.safe_load(EXAMPLE.read_text())["environments"], strict=True
            ):
                key = ready["environments"][name]["service_key"]
                fsm = ready["environments"][name]["fsm"]
                assert key["identityzone"] == config["subdomain"]
                assert key["credential-type"] == config.get("credential_type", "binding-secret")
                assert fsm["company_id"] == config["fsm"]["company_id"]
                through_proxy = {"proxies": {"https": ready["proxy"]}, "verify": ready["ca_file"]}
                assert requests.get(f"{key['url']}/token_keys", timeout=30, **through_proxy).status_code == 200
                assert requests.get(fsm["audience"], timeout=30, **through_proxy).status_code == 200
        finally:
            process.send_signal(number)
            _unused, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_program_explains_what_is_wrong(tmp_path: Path) -> None:
    config = tmp_path / "landscape.yml"
    config.write_text("environments: [{name: dev, regoin: eu10}]", encoding="utf-8")
    with start("--config", config, "--ready", tmp_path / "ready.json") as process:
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (2, "")
    assert errors.startswith(f"The landscape cannot be built: {config}: environments[0] has unknown keys: regoin;")


@pytest.mark.parametrize(
    "config, message",
    [
        ([], "the configuration must be a mapping"),
        ({"environments": {}}, "environments must be a list"),
        ({"environments": ["dev"]}, "environments[0] must be a mapping"),
        ({"key_size": "big"}, "key_size must be a whole number"),
        ({"key_size": 1024}, "key_size must be at least 2048"),
        ({"token_lifetime": 0}, "token_lifetime"),
        ({"task_center_requests_per_minute": 0}, "task_center_requests_per_minute"),
        ({"environments": [{"region": "EU 10"}]}, "environments[0].region"),
        ({"environments": [{"subdomain": "under_score"}]}, "environments[0].subdomain"),
        ({"environments": [{"credential_type": "password"}]}, "binding-secret, x509"),
        ({"environments": [{"initial_setup": "yes"}]}, "initial_setup must be true or false"),
        ({"environments": [{"fsm": {"account_id": "12a"}}]}, "environments[0].fsm.account_id"),
        ({"environments": [{"fsm": {"company_id": 1.5}}]}, "environments[0].fsm.company_id must be text"),
        ({"environments": [{"fsm": {"cluster": ""}}]}, "environments[0].fsm.cluster"),
        ({"environments": [{"fsm": None}]}, "environments[0].fsm must be a mapping"),
    ],
)
def test_unusable_configurations(config: t.Any, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(config)
    assert message in str(error.value)


def test_unreadable_configuration_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "absent.yml")
    (tmp_path / "bad.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ConfigError, match="not a YAML file"):
        load_config(tmp_path / "bad.yml")


@pytest.mark.parametrize(
    "again",
    [
        {"name": "first"},
        {"subdomain": "first-subdomain"},
        {"fsm": {"account_id": "2", "saml_name": "first-saml"}},
    ],
)
def test_conflicting_environments(again: dict[str, t.Any]) -> None:
    first = {"name": "first", "subdomain": "first-subdomain", "fsm": {"account_id": "1", "saml_name": "first-saml"}}
    with pytest.raises(ConfigError, match="first"), Landscape({"environments": [first, again]}):
        pass


def test_environments_may_share_an_fsm_account(landscape: Landscape) -> None:
    one, two = (
        landscape.add_environment({"fsm": {"account_id": "777", "company_id": company}}) for company in ("1", "2")
    )
    assert one.fsm_account is two.fsm_account
    assert one.inputs()["fsm"]["client_id"] != two.inputs()["fsm"]["client_id"]
    assert one.inputs()["fsm"]["audience"] == two.inputs()["fsm"]["audience"]


def test_ready_has_both_service_keys() -> None:
    config = {"environments": [{"name": "secret"}, {"name": "certificate", "credential_type": "x509"}]}
    with Landscape(config) as landscape:
        inputs = landscape.ready()["environments"]
    assert inputs["secret"]["service_key"]["credential-type"] == "binding-secret"
    assert inputs["secret"]["service_key_x509"]["credential-type"] == "x509"
    assert inputs["certificate"]["service_key"] == inputs["certificate"]["service_key_x509"]


def test_end_does_not_wait_for_idle_clients(caplog: pytest.LogCaptureFixture) -> None:
    config = {"environments": [{"name": "dev"}], "x509_service_keys": False}
    with requests.Session() as tunnelled, requests.Session() as direct:
        with Landscape(config) as landscape:
            url = landscape.ready()["environments"]["dev"]["fsm"]["audience"]
            options: dict[str, t.Any] = {"verify": str(landscape.ca_file), "timeout": 30}
            assert tunnelled.get(url, proxies={"https": landscape.proxy_url}, **options).status_code == 200
            assert direct.get(f"https://localhost:{landscape.port}/", **options).status_code == 404
        with pytest.raises(requests.exceptions.ConnectionError):
            tunnelled.get(url, proxies={"https": landscape.proxy_url}, timeout=30)
    assert caplog.records == []


def test_region_added_at_run_time(http: Http, landscape: Landscape) -> None:
    region = landscape.add_environment({"region": "jp20"})
    assert http("GET", f"{region.inputs()['service_key']['url']}/token_keys").status_code == 200


def test_direct_access_by_host_header(landscape: Landscape, environment: Environment) -> None:
    host = environment.inputs()["service_key"]["url"].removeprefix("https://")
    for address in ("127.0.0.1", "localhost"):
        url = f"https://{address}:{landscape.port}/token_keys"
        with requests.Session() as session:
            session.trust_env = False
            session.verify = str(landscape.ca_file)
            assert session.get(url, headers={"Host": host}, timeout=30).status_code == 200
            assert session.get(url, timeout=30).status_code == 404


def test_proxy_leads_nowhere_else(landscape: Landscape, environment: Environment) -> None:
    host = environment.inputs()["service_key"]["url"].removeprefix("https://")
    proxies = dict.fromkeys(("http", "https"), landscape.proxy_url)
    for url, reason in (
        ("https://elsewhere.example/", "502 Bad Gateway"),
        ("https://nowhere.fsm.cloud.sap/", "502 Bad Gateway"),
        ("https://tenant.authentication.xx99.hana.ondemand.com/", "502 Bad Gateway"),
        (f"https://{host}:8443/", "403 Forbidden"),
    ):
        with pytest.raises(requests.exceptions.ProxyError, match=reason):
            requests.get(url, proxies=proxies, timeout=30)
    answer = requests.get(f"http://{host}/", proxies=proxies, timeout=30)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "CONNECT")


def test_requests_are_recorded_by_environment(landscape: Landscape, environment: Environment, service: Http) -> None:
    other = landscape.add_environment({})
    landscape.forget_requests()
    service("GET", "/subaccountDestinations?$select=Name")
    service("DELETE", "/subaccountDestinations/absent")
    recorded = landscape.requests(environment.name)
    assert [(item.method, item.query, item.status) for item in recorded] == [
        ("GET", "$select=Name", 200),
        ("DELETE", "", 404),
    ]
    assert recorded == landscape.requests()
    assert landscape.requests(other.name) == []


def test_connections_are_distinguished(landscape: Landscape, environment: Environment) -> None:
    url = f"{environment.inputs()['service_key']['url']}/token_keys"
    landscape.forget_requests()
    for _connection in range(2):
        with requests.Session() as session:
            session.trust_env = False
            for _request in range(2):
                session.get(url, proxies={"https": landscape.proxy_url}, verify=str(landscape.ca_file), timeout=30)
    first, second, third, fourth = (item.connection for item in landscape.requests())
    assert first == second != third == fourth


def test_concurrent_writers_lose_nothing(environment: Environment, service: Http) -> None:
    environment.subaccount.destinations.clear()
    names = [f"d{number}" for number in range(20)]
    bodies = [{"Name": name, "Type": "HTTP", "URL": "https://service.example"} for name in names]
    with ThreadPoolExecutor(max_workers=5) as pool:
        statuses = list(
            pool.map(lambda body: service("POST", "/subaccountDestinations", json=body).status_code, bodies)
        )
    assert statuses == [201] * 20
    assert set(environment.subaccount.destinations) == set(names)


def test_five_hundred_subaccounts(tmp_path: Path) -> None:
    """Each has its own keys, tokens, destinations and connectors, and none is in another one's way."""
    environments = [{"name": f"e{number}", "region": ("eu10", "us10")[number % 2]} for number in range(500)]
    config = {"key_size": 2048, "x509_service_keys": False, "environments": environments}
    with Landscape(config, tmp_path) as landscape, requests.Session() as session:
        session.trust_env = False
        session.proxies = {"https": landscape.proxy_url}
        session.verify = str(landscape.ca_file)
        keys = {name: inputs["service_key"] for name, inputs in landscape.ready()["environments"].items()}
        assert len({(key["clientid"], key["url"], key["tenantid"]) for key in keys.values()}) == 500
        for name in ("e0", "e1", "e250", "e499"):
            key = keys[name]
            client = (key["clientid"], key["clientsecret"])
            grant = {"grant_type": "client_credentials"}
            token = session.post(f"{key['url']}/oauth/token", data=grant, auth=client, timeout=30).json()
            created = session.post(
                f"{key['uri']}/destination-configuration/v1/subaccountDestinations",
                json={"Name": name, "Type": "TCP", "tc.enabled": "false"},
                headers={"Authorization": f"Bearer {token['access_token']}"},
                timeout=30,
            )
            assert created.status_code == 201
            landscape.task_center.tick(name)
        connectors = {name: list(landscape.task_center.connectors(name)) for name in landscape.environments}
        assert {name: found for name, found in connectors.items() if found} == {
            name: [name] for name in ("e0", "e1", "e250", "e499")
        }
        stored = [set(item.subaccount.destinations) & {"e0", "e1"} for item in landscape.environments.values()]
        assert stored == [{"e0"}, {"e1"}, *[set()] * 498]
