# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module fsm_connection_info: its options, and that what later tasks go by leaves it as it is, and no secret does.

What it finds out is the matter of test_check.py.
"""

from __future__ import annotations

import typing as t

import pytest
import yaml

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.variables import VARIABLES
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN
from ansible_collections.btp_ops.task_center.plugins.modules import fsm_connection_info
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._local_action import run_locally
from unit.plugins.connections import connect, ids, logons, variables

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

Start = t.Callable[..., dict[str, t.Any]]
NO_LOG = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@pytest.fixture
def start(environment: Environment, landscape: Landscape) -> Start:
    """Run the module's work for the environment as its action plugin does, with variables that differ."""

    def run(operation: str = "connect", options: dict[str, t.Any] | None = None, **given: t.Any) -> dict[str, t.Any]:
        arguments = {
            "service_key": environment.service_key.credentials(),
            "ca_path": str(landscape.ca_file),
            "environment": "dev",
            "operation": operation,
            "connection": variables(environment, **given),
            **(options or {}),
        }
        environ = {"HTTPS_PROXY": landscape.proxy_url}
        module = fsm_connection_info
        return run_locally("fsm_connection_info", module.SPEC, module.work, arguments, False, environ)

    return run


def test_result(start: Start) -> None:
    result = start()
    assert (result["changed"], result.get("failed", False)) == (False, False)
    assert (result["findings"], result["in_sync"]) == ([], False)
    assert result["plan"] == {"polled": False, "keeps": {}, "primary": "create", "secondary": "create"}
    assert result["operation"] == "connect"


@pytest.mark.parametrize("text", ["true", "false", "none", "create", "primary", "FSM", "1", "subaccount-0"])
def test_decisions_are_what_they_are_whatever_a_secret_looks_like(
    start: Start, environment: Environment, text: str
) -> None:
    """A later task decides by them; what has passed through masking decides nothing."""
    usual = start(check_client=False)
    odd = start(
        check_client=False,
        client_secret=text,
        primary_secret_properties={"URL.headers.X-Api-Key": text},
        user_token=text,
    )
    for name in ("in_sync", "plan", "certificate_path"):
        assert odd[name] == usual[name]
        assert type(odd[name]) is type(usual[name])
    assert odd["connects"] == usual["connects"]
    assert odd["in_sync"] is False
    assert odd["changed"] is False


def test_long_secret_that_is_a_part_of_the_plan_spoils_no_decision(start: Start, environment: Environment) -> None:
    company = environment.inputs()["fsm"]["company_id"]
    odd = start(check_client=False, client_secret="certificates", user_token="fsm-certificates")
    assert odd["certificate_path"].endswith("/fsm-certificates/dev-<fingerprint>.pem")
    assert odd["connects"]["primary"]["URL.headers.X-Company-ID"] == company


def test_no_secret_leaves_the_module(start: Start, landscape: Landscape, environment: Environment) -> None:
    fingerprint = connect(landscape, environment)
    given = {**logons(landscape, environment), "primary_secret_properties": {"X": "0dd-s3cret-0f-s0meone"}}
    result = start(uploaded_certificates=[fingerprint], **given)
    secrets = [
        environment.fsm_client.secret,
        str(environment.service_key.client_secret),
        given["task_center_service_key"]["uaa"]["clientsecret"],
        given["user_token"],
        given["task_center_user_token"],
        "0dd-s3cret-0f-s0meone",
    ]
    for secret in secrets:
        assert secret not in str(result)
    connection = result["invocation"]["module_args"]["connection"]
    assert connection["client_secret"] == connection["user_token"] == HIDDEN
    assert connection["primary_secret_properties"] == HIDDEN
    assert connection["name"] is None
    # What is no secret in a service key stays readable.
    assert connection["task_center_service_key"]["uaa"]["url"] == given["task_center_service_key"]["uaa"]["url"]


def test_hosts_of_task_center_can_be_read_in_findings(
    start: Start, landscape: Landscape, environment: Environment
) -> None:
    fingerprint = connect(landscape, environment)
    given = {**logons(landscape, environment), "task_center_user_token": None, "user_token": None}
    result = start("repopulate", task_center_refresh_token="outdated-r", uploaded_certificates=[fingerprint], **given)
    assert ids(result["findings"]) == ["task_center_not_readable"]
    assert given["task_center_service_key"]["uaa"]["url"] in result["findings"][0]["problem"]
    assert "outdated-r" not in str(result)


@pytest.mark.parametrize(
    "options, reported",
    [
        ({"operation": "remove"}, "value of operation must be one of"),
        ({"operation": "await_removal"}, "missing: destination, after"),
        ({"operation": "await_removal", "after": {}}, "missing: destination"),
        ({"connection": {"colour": "red"}}, "Supported parameters include"),
        ({"connect_timeout": "soon"}, "connect_timeout"),
    ],
)
def test_wrong_options(start: Start, options: dict[str, t.Any], reported: str) -> None:
    result = start(options=options)
    assert result["failed"] is True
    assert reported in result["msg"]


def test_no_value_of_a_variable_is_refused_by_an_option(start: Start) -> None:
    """It is a finding, in the operator's words."""
    others = ("state", "certificate_dir", "task_center_refresh_token_file")
    result = start(**{name: ["odd"] for name in VARIABLES if name not in others})
    assert "failed" not in result
    reported = {finding["problem"].split()[0] for finding in result["findings"]}
    assert {"fsm_name", "fsm_client_id", "fsm_client_secret", "fsm_verify", "fsm_user_token"} <= reported


def test_every_variable_is_an_option_that_is_documented() -> None:
    documented = yaml.safe_load(fsm_connection_info.DOCUMENTATION)["options"]["connection"]["suboptions"]
    options = fsm_connection_info.SPEC.options["connection"]["options"]
    assert list(documented) == list(options) == list(VARIABLES)
    for name, option in options.items():
        assert documented[name]["type"] == option["type"]
        assert documented[name]["description"] == f"C(fsm_{name}) of the role."
