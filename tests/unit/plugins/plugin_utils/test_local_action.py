# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside Ansible's worker the same work has the same result as in a module's own process."""

from __future__ import annotations

import typing as t
from pathlib import Path
from unittest.mock import Mock

import pytest
from ansible.plugins.action import ActionBase

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN
from ansible_collections.btp_ops.task_center.plugins.modules import (
    btp_destination,
    btp_destination_info,
    fsm_connection_info,
    fsm_trust_cert,
)
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._local_action import (
    LocalAction,
    refusal_of,
    run_locally,
)
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._paths import with_full_paths
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._plain_values import plain

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

SECRET = "s3cr3t-0f-fsm"
NO_LOG = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
Start = t.Callable[..., dict[str, t.Any]]


@pytest.fixture
def start(environment: Environment, landscape: Landscape) -> Start:
    """Run a module's work as the action plugin does."""

    def run(module: t.Any, check_mode: bool = False, **options: t.Any) -> dict[str, t.Any]:
        name = module.__name__.rpartition(".")[2]
        given = {"service_key": environment.service_key.credentials(), "ca_path": str(landscape.ca_file), **options}
        environ = {"HTTPS_PROXY": landscape.proxy_url}
        return run_locally(name, module.SPEC, module.work, given, check_mode, environ)

    return run


OPTIONS = {
    "name": "X",
    "properties": {"Type": "HTTP", "URL": "https://x"},
    "secret_properties": {"Password": SECRET},
}


def test_result_and_invocation_hide_secrets(start: Start, environment: Environment) -> None:
    result = start(btp_destination, **OPTIONS)
    assert (result["changed"], result["action"]) == (True, "create")
    assert result["destination"] == {"Name": "X", "Type": "HTTP", "URL": "https://x", "Password": HIDDEN}
    assert environment.subaccount.destinations["X"]["Password"] == SECRET
    arguments = result["invocation"]["module_args"]
    # What is no secret in them stays readable.
    assert arguments["secret_properties"] == {"Password": HIDDEN}
    assert arguments["service_key"]["clientsecret"] == HIDDEN
    assert arguments["service_key"]["identityzone"] == environment.subaccount.subdomain
    assert (arguments["name"], arguments["state"], arguments["client_secret"]) == ("X", "present", None)
    assert SECRET not in str(result)
    assert str(environment.service_key.client_secret) not in str(result)


def test_check_mode(start: Start, environment: Environment) -> None:
    assert start(btp_destination, check_mode=True, **OPTIONS)["changed"] is True
    assert "X" not in environment.subaccount.destinations


def test_error_names_the_system(start: Start, environment: Environment) -> None:
    result = start(btp_destination, **{**OPTIONS, "properties": {"Type": "HTTP"}})
    assert result["failed"] is True
    assert environment.subaccount.subdomain in result["msg"]
    assert "Property URL is mandatory" in result["msg"]


@pytest.mark.parametrize(
    "module, options, reported",
    [
        (btp_destination, {}, "name"),
        (btp_destination, {**OPTIONS, "colour": "red"}, "Unsupported parameters for (btp_ops.task_center"),
        (btp_destination, {**OPTIONS, "state": "gone"}, "state"),
        (btp_destination, {**OPTIONS, "retries": "many"}, "retries"),
        (btp_destination_info, {"verify_token": True}, "name"),
    ],
)
def test_wrong_options(start: Start, module: t.Any, options: dict[str, t.Any], reported: str) -> None:
    result = start(module, **options)
    assert result["failed"] is True
    assert reported in result["msg"]
    assert SECRET not in str(result)


def test_paths_name_variables_of_the_task_and_homes_of_their_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CERTS", "/of/the/process")
    given = {"path": "$CERTS/a.pem", "ca_path": "${CERTS}/b/$NOBODY_KNOWS", "service_key": "~/key.json"}
    assert with_full_paths(fsm_trust_cert.SPEC, given, {"CERTS": "/srv"}, other_user=True) == {
        "path": "/srv/a.pem",
        "ca_path": "/srv/b/$NOBODY_KNOWS",
        "service_key": "~/key.json",
    }


def test_paths_are_seen_from_where_the_playbook_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/operator")
    given = {"path": "a/b.pem", "ca_path": "~/ca.pem", "service_key": "key.json", "slot": "passive", "mode": "0600"}
    assert with_full_paths(fsm_trust_cert.SPEC, given, {}) == {
        **given,
        "path": f"{tmp_path}/a/b.pem",
        "ca_path": "/home/operator/ca.pem",
        "service_key": f"{tmp_path}/key.json",
    }
    for key in ('{"clientid": "c"}', {"clientid": "c"}, "", " ", None):
        assert with_full_paths(fsm_trust_cert.SPEC, {"service_key": key}, {}) == {"service_key": key}


def test_paths_within_an_option_are_seen_from_there_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"certificate_dir": "certs", "task_center_service_key": "tc.json", "name": "FSM", "url": "a/b"}
    assert with_full_paths(fsm_connection_info.SPEC, {"connection": given, "operation": "check"}, {}) == {
        "connection": {
            **given,
            "certificate_dir": f"{tmp_path}/certs",
            "task_center_service_key": f"{tmp_path}/tc.json",
        },
        "operation": "check",
    }
    # What a survey says of nothing.
    blank = {"connection": dict.fromkeys(("certificate_dir", "task_center_service_key"), " ")}
    assert with_full_paths(fsm_connection_info.SPEC, blank, {}) == blank


class Text(str):
    """A text of Ansible's own type."""

    __slots__ = ()


class Vaulted:
    """Vaulted text as ansible-core before 2.19 has it: no str, but it becomes one."""

    def __str__(self) -> str:
        return "decrypted"


@pytest.mark.parametrize(
    "value, expected",
    [
        (None, None),
        (True, True),
        (5, 5),
        (1.5, 1.5),
        (Text("x"), "x"),
        (Vaulted(), "decrypted"),
        ({Text("a"): [Text("x"), (1, None)]}, {"a": ["x", [1, None]]}),
    ],
)
def test_arguments_are_those_of_json(value: t.Any, expected: t.Any) -> None:
    result = plain(value)
    assert result == expected
    assert type(result) is type(expected)


class Worker(LocalAction):
    """The action plugin of btp_destination, of which the connection is local."""

    module = btp_destination

    def __init__(self, arguments: dict[str, t.Any], results: list[dict[str, t.Any]]) -> None:
        """Take a task's arguments, and what its tries come to."""
        self._task = Mock(args=arguments, async_val=0, check_mode=False)
        self._connection = Mock(transport="elsewhere", become=None)
        self._templar = Mock(template=lambda value: value)
        self._results = iter(results)
        self.received: list[dict[str, t.Any]] = []

    def _task_environment(self) -> dict[str, t.Any]:
        return {}

    def _execute_module(self, **facts: t.Any) -> t.Any:  # type: ignore[override]
        """Note what the module would have got."""
        self.received.append(facts["module_args"])
        # A callback may have been told of the task meanwhile.
        assert SECRET not in str(self._task.args)
        return next(self._results)


@pytest.fixture
def no_base(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Ansible's part of an action plugin do nothing."""
    monkeypatch.setattr(ActionBase, "run", lambda *_arguments: {})


@pytest.mark.parametrize(
    "result, shown",
    [
        (
            {"invocation": {"module_args": {"name": "X", "client_secret": HIDDEN}}},
            {"name": "X", "client_secret": HIDDEN},
        ),
        ({"invocation": {"module_args": HIDDEN}}, {"module_args": HIDDEN}),
        ({"ansible_job_id": "1"}, {"module_args": HIDDEN}),
    ],
)
@pytest.mark.usefixtures("no_base")
def test_callbacks_get_the_task_without_secrets(result: dict[str, t.Any], shown: dict[str, t.Any]) -> None:
    worker = Worker({"name": "X", "client_secret": SECRET}, [result])
    assert worker.run() == result
    assert worker._task.args == shown


@pytest.mark.usefixtures("no_base")
def test_another_try_has_the_same_arguments() -> None:
    given = {"name": "X", "client_secret": SECRET}
    worker = Worker(given, [{"failed": True}, {"failed": False}])
    for _try in range(2):
        worker.run()
    assert worker.received == [given, given]


@pytest.mark.usefixtures("no_base")
def test_callbacks_get_no_secret_of_a_task_that_breaks() -> None:
    worker = Worker({"client_secret": SECRET}, [])
    with pytest.raises(StopIteration):
        worker.run()
    assert SECRET not in str(worker._task.args)


def test_list_of_mappings_is_none_that_is_refused() -> None:
    assert refusal_of(btp_destination.SPEC, {"preview_after": [{"properties": {}}]}) == ""
    assert refusal_of(btp_destination.SPEC, {"checked": [1]}).startswith("checked is a list, not a mapping")
