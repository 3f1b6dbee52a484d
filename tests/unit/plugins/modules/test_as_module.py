# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules as Ansible starts them: options in, one JSON document out, and no secret in it."""

from __future__ import annotations

import json
import sys
import typing as t

import pytest
import yaml
from ansible.module_utils import basic

from ansible_collections.btp_ops.task_center.plugins.module_utils._core import libraries
from ansible_collections.btp_ops.task_center.plugins.module_utils._core import module as shell
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN
from ansible_collections.btp_ops.task_center.plugins.modules import (
    btp_destination,
    btp_destination_info,
    fsm_adoption_info,
    fsm_client_info,
    fsm_connection_info,
    fsm_rotation_info,
    fsm_saml_metadata_info,
    fsm_trust_activation,
    fsm_trust_cert,
    fsm_trust_cert_info,
    task_center_connector_info,
)
from unit.plugins.connections import VALUES

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

SECRET = "s3cr3t-0f-fsm"
PROPERTIES = {"Type": "HTTP", "URL": "https://x"}
# With the options that each needs next to the service key.
NEEDED: dict[t.Any, dict[str, t.Any]] = {
    btp_destination: {"name": "X"},
    btp_destination_info: {},
    fsm_adoption_info: {"environment_name": "dev", "inventory_directory": "/nowhere"},
    fsm_client_info: {"url": "https://de.fsm.cloud.sap", "client_id": "c", "client_secret": SECRET},
    fsm_connection_info: {
        "environment": "dev",
        "connection": {**VALUES, "client_secret": SECRET},
    },
    fsm_rotation_info: {
        "connection": {"url": "https://de.fsm.cloud.sap/cloud-approval-service/api", "account_id": "1"},
        "user_token": SECRET,
    },
    fsm_saml_metadata_info: {"url": "https://de.fsm.cloud.sap/x"},
    fsm_trust_activation: {"connection": {}, "fingerprint": "AB" * 32, "user_token": SECRET},
    fsm_trust_cert: {},
    fsm_trust_cert_info: {},
    task_center_connector_info: {"user_token": SECRET},
}
Start = t.Callable[..., tuple[dict[str, t.Any], str]]


@pytest.fixture
def start(
    environment: Environment,
    landscape: Landscape,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Start:
    """Run a module's main() and return its result and all that it printed."""
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, landscape.proxy_url)

    def run(module: t.Any, **options: t.Any) -> tuple[dict[str, t.Any], str]:
        usual = {"service_key": environment.service_key.credentials(), "ca_path": str(landscape.ca_file)}
        given = {**{name: value for name, value in usual.items() if name in module.SPEC.options}, **options}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode())
        # Since ansible-core 2.19.
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        with pytest.raises(SystemExit) as stopped:
            module.main()
        printed = capsys.readouterr()
        result: dict[str, t.Any] = json.loads(printed.out)
        assert stopped.value.code == (1 if result.get("failed") else 0)
        return result, printed.out + printed.err

    return run


@pytest.mark.parametrize("as_text", [False, True])
def test_result(start: Start, environment: Environment, as_text: bool) -> None:
    key: t.Any = environment.service_key.credentials()
    options = {"name": "X", "properties": PROPERTIES, "secret_properties": {"Password": SECRET}}
    result, printed = start(btp_destination, service_key=json.dumps(key) if as_text else key, **options)
    assert (result["changed"], result["action"]) == (True, "create")
    assert result["destination"]["Password"] == HIDDEN
    assert environment.subaccount.destinations["X"]["Password"] == SECRET
    assert SECRET not in printed
    assert key["clientsecret"] not in printed
    assert not result.get("warnings")
    assert not result.get("deprecations")


@pytest.mark.parametrize("module", NEEDED)
def test_no_argument_reaches_the_system_log(start: Start, monkeypatch: pytest.MonkeyPatch, module: t.Any) -> None:
    """However odd a secret is, and however deep it is nested."""
    logged: list[str] = []
    monkeypatch.setattr(basic.AnsibleModule, "log", lambda _self, message, **_more: logged.append(str(message)))
    odd = "a\\b'c\"d"
    options = {**NEEDED[module]}
    if module is fsm_connection_info:
        secret = {"user_token": odd, "secondary_secret_properties": {"tokenServicePassword": odd}}
        options["connection"] = {**options["connection"], **secret}
    start(module, **options)
    assert logged
    assert not [line for line in logged if SECRET in line or "a\\" in line or "'c" in line]


@pytest.mark.parametrize("module", [btp_destination_info, fsm_trust_cert_info, fsm_trust_cert])
def test_usual_options(start: Start, environment: Environment, module: t.Any) -> None:
    result, printed = start(module)
    assert result["changed"] is (module is fsm_trust_cert)
    assert str(environment.service_key.client_secret) not in printed
    assert not result.get("warnings")


def test_error_names_the_system_and_hides_secrets(start: Start, environment: Environment) -> None:
    result, printed = start(
        btp_destination, name="X", properties={"Type": "HTTP"}, secret_properties={"Password": SECRET}
    )
    assert result["failed"] is True
    assert f"The Destination Service of subaccount {environment.subaccount.subdomain}" in result["msg"]
    assert "Property URL is mandatory" in result["msg"]
    assert SECRET not in printed
    assert str(environment.service_key.client_secret) not in printed
    assert "Traceback" not in printed


def test_check_mode(start: Start, environment: Environment) -> None:
    result, _printed = start(btp_destination, name="X", properties=PROPERTIES, _ansible_check_mode=True)
    assert (result["changed"], result["action"]) == (True, "create")
    assert "X" not in environment.subaccount.destinations


def test_warning(start: Start, environment: Environment) -> None:
    old = environment.subaccount.trust.replace().fingerprint
    result, printed = start(fsm_trust_cert, renew_in_place=old)
    assert result["action"] == "renew_active"
    # Since ansible-core 2.19, a module in the test's own process warns on its error stream instead of in the result.
    assert "renewed in place" in " ".join(printed.split())


@pytest.mark.parametrize("module", NEEDED)
def test_missing_library_is_named(start: Start, monkeypatch: pytest.MonkeyPatch, module: t.Any) -> None:
    """Exactly, also where a short value of a hidden option occurs in the interpreter's path."""
    monkeypatch.setattr(sys, "executable", "/opt/1dev/c/bin/python3")
    monkeypatch.setattr(shell, "MISSING_LIBRARIES", libraries.problem_of_missing(("json", "no_such_library")))
    result, printed = start(module, **NEEDED[module])
    assert result["failed"] is True
    assert "/opt/1dev/c/bin/python3 -m pip install no_such_library\n" in result["msg"]
    assert SECRET not in printed


def test_nothing_is_missing_here() -> None:
    assert libraries.problem_of_missing() == ""


def test_token_is_verified_for_one_destination_only(start: Start) -> None:
    result, _printed = start(btp_destination_info, verify_token=True)
    assert result["failed"] is True
    assert "name" in result["msg"]


def test_wrong_client_of_fsm_is_a_result(start: Start) -> None:
    result, printed = start(fsm_client_info, **NEEDED[fsm_client_info])
    assert (result["changed"], result["authenticated"]) == (False, False)
    assert SECRET not in printed


def test_hosts_of_task_center_can_be_read_in_errors(start: Start, environment: Environment) -> None:
    """Though they are in an option that is hidden as a whole."""
    key = environment.task_center.service_key()
    result, printed = start(task_center_connector_info, service_key=key, refresh_token="outdated-r")
    assert key["uaa"]["url"] in result["msg"]
    assert environment.subaccount.subdomain in result["msg"]
    assert "outdated-r" not in printed
    assert key["uaa"]["clientsecret"] not in printed


@pytest.mark.parametrize("module", NEEDED)
def test_options_that_hold_secrets_are_not_logged(module: t.Any) -> None:
    secret = {
        "service_key",
        "client_secret",
        "primary_secret_properties",
        "secondary_secret_properties",
        "client_certificate_key",
        "secret_properties",
        "user_token",
        "refresh_token",
        "task_center_service_key",
        "task_center_refresh_token",
        "task_center_user_token",
    }
    # As a whole, for it may arrive as text.
    if module is fsm_connection_info:
        secret.add("connection")
    for name, option in every_option(module.SPEC.options):
        assert option.get("no_log", False) is (name in secret), name


def every_option(options: dict[str, t.Any]) -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    """Return the options of a module, and those within them."""
    for name, option in options.items():
        yield name, option
        yield from every_option(option.get("options", {}))


ODD = "Sec'r\"et\\ % é"


def test_mapping_as_text_is_taken_exactly(start: Start, environment: Environment) -> None:
    options = {"name": "X", "properties": yaml.safe_dump(PROPERTIES), "labels": '{"a": ["b"]}'}
    result, printed = start(btp_destination, secret_properties=json.dumps({"Password": ODD}), **options)
    assert result["changed"] is True
    stored = environment.subaccount.destinations.entry("X")
    assert stored is not None
    assert (stored.configuration["Password"], dict(stored.labels)) == (ODD, {"a": ["b"]})
    assert ODD not in printed
    assert json.dumps(ODD)[1:-1] not in printed


@pytest.mark.parametrize("option", ["properties", "secret_properties", "labels"])
@pytest.mark.parametrize("text", [f"Password={ODD}", "[1]", "Password: [", ODD])
def test_text_that_is_no_mapping_is_refused_and_not_quoted(
    start: Start, environment: Environment, option: str, text: str
) -> None:
    given = {"name": "X", "secret_properties": {"Password": ODD}, "properties": PROPERTIES, option: text}
    result, _printed = start(btp_destination, **given)
    assert result["failed"] is True
    assert result["msg"].startswith(f"{option} is not a mapping")
    assert ODD not in result["msg"]
    assert "X" not in environment.subaccount.destinations


@pytest.mark.parametrize(
    "module, options",
    [
        (btp_destination, {"name": "X", "verify_token": {"clientsecret": SECRET}}),
        (btp_destination, {"name": "X", "unknown": SECRET}),
        (btp_destination, {"properties": {"X": SECRET}}),
        (fsm_trust_cert, {"upload": SECRET}),
        (fsm_trust_cert, {"upload": {"declared": [], "gate": SECRET}}),
        (fsm_trust_cert, {"slot": f"{SECRET} found in {SECRET}"}),
        (btp_destination, {"name": "X", "verify_token": f'{{"clientsecret": "{SECRET}"}}'}),
        (btp_destination, {"name": "X", "retries": SECRET}),
        (btp_destination, {"name": "X", "read_timeout": f"{SECRET}\n{SECRET}"}),
        (fsm_rotation_info, {"connection": {"clientSecret": SECRET}}),
        (fsm_connection_info, {"connection": {"url": "x", "service_key": {"password": SECRET}}, "environment": "dev"}),
    ],
)
def test_arguments_that_are_refused_are_not_kept(start: Start, module: t.Any, options: dict[str, t.Any]) -> None:
    """A secret may be where none is expected."""
    result, printed = start(module, **options)
    assert result["failed"] is True
    assert result["invocation"] == {"module_args": HIDDEN}
    assert SECRET not in printed


def test_secret_in_a_wrong_place_is_not_kept(start: Start) -> None:
    wrong = {"clientSecret": SECRET, "Password": SECRET, "URL.headers.Authorization": SECRET}
    result, printed = start(btp_destination, name="X", properties={**PROPERTIES, **wrong})
    assert result["failed"] is True
    assert SECRET not in printed
