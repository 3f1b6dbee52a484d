# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inside Ansible's worker and as a process of its own, a module does, says and hides the same."""

from __future__ import annotations

import shlex
import sys
import typing as t

import pytest

from benchmark.interpreter import CountingInterpreter
from operator_at_work import Operator, Variables, active

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape.landscape import Environment

KEY = {"service_key": "{{ fsm_destination_service_key }}"}
CLIENT = {"client_id": "{{ fsm_client_id }}", "client_secret": "{{ fsm_client_secret }}"}
TASK_CENTER = {"service_key": "{{ task_center_service_key }}"}
DESTINATION: Variables = {
    **KEY,
    "name": "BOTH",
    "properties": {"Type": "HTTP", "URL": "https://example.com", "ProxyType": "Internet", "n": 7, "flag": True},
}
CONNECTION: Variables = {
    **KEY,
    "environment": "both",
    "connection": {
        name: f"{{{{ fsm_{name} }}}}"
        for name in ("url", "account_id", "company_id", "client_id", "audience", "uploaded_certificates")
    },
}


def with_secret(value: str, operation: str = "check") -> Variables:
    """Return how to check with a client's secret."""
    connection = {**CONNECTION["connection"], "client_secret": value, "certificate_dir": "relative"}
    return {**CONNECTION, "operation": operation, "connection": connection}


# Steps in their order; the last ones fail.
STEPS: list[tuple[str, Variables]] = [
    (
        "btp_destination",
        {
            **DESTINATION,
            "properties": {**DESTINATION["properties"], "Authentication": "BasicAuthentication", "User": "u"},
            "secret_properties": {"Password": "{{ fsm_client_secret }}"},
        },
    ),
    ("btp_destination", {**KEY, "name": "BOTH", "properties": {"n": 8, "flag": None}}),
    ("btp_destination", {**KEY, "name": "BOTH", "properties": {"n": 8}}),
    ("btp_destination_info", {**KEY, "name": "BOTH", "verify_token": True}),
    ("btp_destination_info", {**KEY, "level": "instance"}),
    ("fsm_trust_cert", {**KEY, "path": "relative/{{ inventory_hostname }}.pem", "mode": "0600"}),
    ("fsm_trust_cert", {**KEY, "slot": "passive"}),
    ("fsm_trust_cert_info", {**KEY, "expires_within": 800}),
    ("btp_destination", {**KEY, "name": "BOTH", "labels": {"stage": ["qa", 1], "gone": None}}),
    ("btp_destination_info", {**KEY, "name_pattern": "BO*", "labels": {"stage": ["qa"]}, "with_labels": True}),
    ("btp_destination", {**KEY, "name": "BOTH", "state": "absent"}),
    ("fsm_client_info", {**CLIENT, "url": "{{ fsm_url }}", "account_id": "1", "company_id": "{{ fsm_company_id }}"}),
    ("fsm_saml_metadata_info", {"url": "{{ fsm_audience }}", "audience": "https://example.com"}),
    ("fsm_connection_info", with_secret("{{ fsm_client_secret }}")),
    ("fsm_connection_info", with_secret("wr0ng-s3cret", "audit")),
    ("fsm_connection_info", CONNECTION),
    ("fsm_adoption_info", {**KEY, "environment_name": "both", "inventory_directory": "host_vars", "overwrite": "yess"}),
    ("task_center_connector_info", {**TASK_CENTER, "refresh_token_file": "{{ task_center_refresh_token_file }}"}),
    ("btp_destination", {**KEY, "name": "BOTH", "unknown": 1}),
    ("btp_destination", {**KEY, "name": "BOTH", "level": "elsewhere"}),
    ("btp_destination", {**KEY}),
    ("btp_destination", {**KEY, "name": "BOTH", "properties": {"v": 1.0}}),
    ("btp_destination_info", {**KEY, "verify_token": True}),
    ("btp_destination", {**KEY, "name": "BOTH", "properties": {"Type": "HTTP", "URL": "no url"}}),
    ("fsm_trust_cert", {**KEY, "fingerprint": ":".join(["AB"] * 32)}),
    ("fsm_trust_cert", {**KEY, "slot": "active", "state": "absent"}),
    ("fsm_trust_cert_info", {"api_url": "https://example.com", "client_id": "someone"}),
    ("fsm_trust_cert_info", {**KEY, "client_secret": "{{ fsm_client_secret }}"}),
    ("fsm_client_info", CLIENT),
    ("fsm_connection_info", {**CONNECTION, "operation": "await_removal"}),
    ("task_center_connector_info", {**TASK_CENTER, "refresh_token": "0utdated-token"}),
]
FIRST_FAILING = 18


def tasks() -> list[dict[str, t.Any]]:
    """Return the steps as tasks, each in a block of its own so that the play goes on after those that fail."""
    steps = []
    for number, (module, arguments) in enumerate(STEPS):
        task = {"name": f"step {number}", f"btp_ops.task_center.{module}": arguments}
        rescued = {"block": [task], "rescue": [{"ansible.builtin.meta": "noop"}]}
        steps.append(rescued if number >= FIRST_FAILING else task)
    return steps


# What rightly differs between two environments.
OWN = {
    "certificate_path",
    "pem",
    "serial",
    "subject",
    "issuer",
    "not_before",
    "not_after",
    "idp_metadata",
    "read_at",
    "written_at",
    "check_id",
    "invocation",
}


def comparable(value: t.Any, environment: Environment) -> t.Any:
    """Return a result with what rightly differs between two environments made equal."""
    names = {
        environment.name: "NAME",
        environment.subaccount.subdomain: "SUBDOMAIN",
        environment.fsm_account.id: "ACCOUNT",
        environment.fsm_client.id: "CLIENT",
        environment.fsm_client.company_id: "COMPANY",
    }
    for slot in ("active", "passive"):
        certificate = getattr(environment.subaccount.trust, slot)
        in_file = certificate.fingerprint.replace(":", "").lower()[:8]
        names |= {certificate.fingerprint: slot.upper(), certificate.fingerprint[:11]: slot, in_file: slot}
    if isinstance(value, dict):
        return {k: comparable(v, environment) for k, v in sorted(value.items()) if k not in OWN and k[0] != "_"}
    if isinstance(value, list):
        return [comparable(item, environment) for item in value]
    for text, replacement in names.items():
        value = value.replace(text, replacement) if isinstance(value, str) else value
    return value


@pytest.mark.core
def test_results_diffs_and_errors_are_the_same(operator: Operator) -> None:
    environments = {"worker": operator.environment(), "process": operator.environment()}
    hosts = {
        name: {
            **operator.variables(environment, btp_local_action=name == "worker"),
            **operator.task_center(environment),
        }
        for name, environment in environments.items()
    }
    plays = [{"hosts": "all", "gather_facts": False, "tasks": tasks()}]

    run = operator.play(plays, hosts, "--diff", "-vvv")

    reported: dict[str, list[t.Any]] = {}
    for name, environment in environments.items():
        events = [event for event in run.events if event["host"] == name and event["task"].startswith("step")]
        reported[name] = [
            (event["task"], event["status"], _without_file(comparable(event["result"], environment)))
            for event in events
        ]
        assert [status for _task, status, _result in reported[name]] == ["ok"] * FIRST_FAILING + ["failed"] * (
            len(STEPS) - FIRST_FAILING
        )
    for here, there in zip(reported["worker"], reported["process"], strict=True):
        assert here == there
    for name in hosts:
        assert (operator.folder / "relative" / f"{name}.pem").exists()
    assert "BOTH" not in environments["worker"].subaccount.destinations


def _without_file(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """Drop the diff of the exported file, whose path and content differ by environment, and headers' environments."""
    diff = result.get("diff")
    if isinstance(diff, list):
        result["diff"] = [
            {name: value.partition(": ")[2] if name.endswith("header") else value for name, value in entry.items()}
            for entry in diff
            if "content" not in entry["after"]
        ]
    return result


def test_no_process_is_started_for_a_local_host(operator: Operator, uploaded: Environment) -> None:
    hosts = {"dev": operator.variables(uploaded, ansible_python_interpreter="/nonexistent/python")}

    run = operator.play("connect_fsm", hosts, "--check")

    assert run.code == 0


@pytest.mark.parametrize(
    "connection, task",
    [("local", {"async": 60, "poll": 1}), ("elsewhere", {}), ("local", {"become": True})],
    ids=["async", "elsewhere", "become"],
)
def test_what_cannot_run_in_the_worker_runs_as_a_module(
    operator: Operator, uploaded: Environment, tmp_path: Path, connection: str, task: Variables
) -> None:
    interpreter = CountingInterpreter(tmp_path)
    here = {
        "ansible_connection": connection,
        "ansible_python_interpreter": str(interpreter.path),
        "ansible_become_method": "another_user",
    }
    read = {"btp_ops.task_center.fsm_trust_cert_info": KEY, **task}
    plays = [{"hosts": "all", "gather_facts": False, "tasks": [read]}]

    run = operator.play(plays, {"dev": {**operator.variables(uploaded), **here}})

    assert run.code == 0
    reported = run.results("dev", "fsm_trust_cert_info")[-1]
    assert reported["active"]["fingerprint"] == active(uploaded).fingerprint
    assert interpreter.count() > 0


def test_the_environment_of_the_task_counts(operator: Operator, uploaded: Environment) -> None:
    read = {"btp_ops.task_center.btp_destination_info": KEY}
    play = {
        "hosts": "all",
        "gather_facts": False,
        "environment": {"HTTPS_PROXY": "http://127.0.0.1:9"},
        "tasks": [read],
    }
    hosts = {name: operator.variables(uploaded, btp_local_action=name == "worker") for name in ("worker", "process")}

    run = operator.play([play], hosts)

    for name in hosts:
        proxy = "Check the proxy http://127.0.0.1:9, which the variable HTTPS_PROXY (or ALL_PROXY) names"
        assert proxy in run.failure(name)


def test_missing_library_is_reported_with_interpreter_package_and_command(
    operator: Operator, uploaded: Environment
) -> None:
    """By the worker too, which hands over to the module then."""
    without = operator.folder / "without"
    without.mkdir()
    for library in ("cryptography", "requests"):
        (without / f"{library}.py").write_text(f"raise ImportError('No module named {library}', name='{library}')\n")
    hosts = {name: operator.variables(uploaded, btp_local_action=name == "worker") for name in ("worker", "process")}

    run = operator.play("check_fsm", hosts, PYTHONPATH=str(without))

    for name in hosts:
        assert f"{shlex.quote(sys.executable)} lacks what the modules of btp_ops.task_center need" in run.failure(name)
        assert f"{shlex.quote(sys.executable)} -m pip install cryptography requests\n" in run.failure(name)


@pytest.mark.core
@pytest.mark.parametrize("_local_action", [True, False])
def test_renewal_in_place_warns(operator: Operator, uploaded: Environment, _local_action: bool) -> None:
    old = active(uploaded).fingerprint
    renew = {"btp_ops.task_center.fsm_trust_cert": {**KEY, "renew_in_place": old}}
    plays = [{"hosts": "all", "gather_facts": False, "tasks": [renew]}]
    hosts = {"dev": operator.variables(uploaded, btp_local_action=_local_action)}

    operator.play(plays, hosts, "--check", expect_warning="The active trust certificate would be renewed in place")
    assert active(uploaded).fingerprint == old
    run = operator.play(plays, hosts, expect_warning="The active trust certificate was renewed in place")

    assert run.changed("dev")
    renewed = active(uploaded).fingerprint
    assert renewed != old
    assert not operator.play(plays, hosts).changed("dev")
    assert active(uploaded).fingerprint == renewed
