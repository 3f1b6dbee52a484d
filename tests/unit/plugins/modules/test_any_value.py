# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever somebody sets: a module takes it exactly, or refuses it in words that name what was set."""

from __future__ import annotations

import importlib
import typing as t
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import (
    ServiceKey,
    read_service_key,
    read_task_center_key,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.cockpit_export import read_export
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.variables import VARIABLES, read_variables
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, OperatorError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import is_blank
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.words import option_name
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import read_certificate
from ansible_collections.btp_ops.task_center.plugins.modules import btp_destination, fsm_connection_info
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._local_action import refusal_of, run_locally
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._paths import with_full_paths
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._plain_values import plain
from unit.plugins.anything import assert_in_our_words, texts, values
from unit.plugins.connections import VALUES, connect, variables

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

PACKAGE = "ansible_collections.btp_ops.task_center.plugins.modules"
MODULES = sorted(
    path.stem
    for path in (Path(__file__).resolve().parents[4] / "plugins" / "modules").glob("*.py")
    # It shows findings, which are made by the others.
    if path.stem != "fsm_findings"
)
OPERATIONS = fsm_connection_info.SPEC.options["operation"]["choices"]
KEY = {
    "clientid": "c",
    "clientsecret": "s",
    "url": "https://a.example",
    "uri": "https://b.example",
    "identityzone": "z",
}
DESTINATION = {"Name": "FSM", "Type": "HTTP", "URL": "https://x.example", "tc.enabled": "true"}


def run(module: t.Any, arguments: dict[str, t.Any], environ: dict[str, str] | None = None) -> dict[str, t.Any]:
    """Run a module as its action plugin does; what it says has to be in our words."""
    name = module.__name__.rpartition(".")[2]
    full = with_full_paths(module.SPEC, plain(arguments), environ or {})
    refusal = refusal_of(module.SPEC, full)
    if refusal:
        assert_in_our_words(refusal)
        return {"failed": True}
    result = run_locally(name, module.SPEC, module.work, full, True, environ or {})
    if result.get("failed"):
        assert_in_our_words(result["msg"])
    for found in result.get("findings", ()):
        if isinstance(found, dict) and "text" in found:
            assert_in_our_words(found["text"])
    return result


@pytest.mark.parametrize("option, value", [("retries", "INF"), ("read_timeout", 10**400), ("max_pages", float("nan"))])
def test_number_that_cannot_be_meant(option: str, value: t.Any) -> None:
    arguments = {"environment": "dev", "connection": VALUES, option: value}
    assert refusal_of(fsm_connection_info.SPEC, arguments).startswith(f"{option_name(option)} is no number that can")


def test_list_in_place_of_a_number() -> None:
    arguments = {"environment": "dev", "connection": VALUES, "retries": [2**63, None]}
    assert refusal_of(fsm_connection_info.SPEC, arguments).startswith(
        "retries (of the roles: fsm_retries) is a list, not a number."
    )


@pytest.mark.parametrize("name", MODULES)
@given(st.data())
def test_options_of_modules(name: str, data: st.DataObject) -> None:
    """Without a service key, so that nothing is sent."""
    module = importlib.import_module(f"{PACKAGE}.{name}")
    options = module.SPEC.options
    required = {option for option, facts in options.items() if facts.get("required")}
    chosen = required | data.draw(st.sets(st.sampled_from(sorted(options)), max_size=4))
    usual = {option: st.sampled_from(facts["choices"]) for option, facts in options.items() if "choices" in facts}
    arguments = {
        option: data.draw(st.one_of(usual[option], values) if option in usual else values) for option in sorted(chosen)
    }
    run(module, {"retries": 0, "connect_timeout": 0.1, **arguments} if "retries" in options else arguments)


def named(finding: dict[str, str]) -> str:
    """Return the first word of a finding: the variable that is refused."""
    return finding["problem"].split()[0]


@given(st.sampled_from(OPERATIONS[:-1]), st.dictionaries(st.sampled_from(sorted(VARIABLES)), values, max_size=4))
@example("connect", {"primary_properties": "Description=x"})
@example("connect", {"verify": "", "certificate_min_days": ""})
def test_variables_of_the_role(operation: str, given_values: dict[str, t.Any]) -> None:
    """A value is the one that was given, or a finding names its variable, or it says the same in another type."""
    arguments = {"environment": "dev", "operation": operation, "connection": {**VALUES, **given_values}}
    result = run(fsm_connection_info, arguments)
    assert "failed" not in result
    understood, findings = read_variables(plain(given_values))
    # Not compared as a whole: a value that is a secret elsewhere is hidden here.
    assert {named(one) for one in findings} <= {named(one) for one in result["findings"]}
    for name, value in plain(given_values).items():
        refused = f"fsm_{name}" in map(named, findings)
        if is_blank(value) or refused:
            assert understood[name] == VARIABLES[name].default
        elif isinstance(value, str) and isinstance(understood[name], str):
            assert understood[name] == value


@given(st.sampled_from(sorted(set(VARIABLES) - {"task_center_service_key"})), values)
def test_variable_of_a_connection_that_stands(
    landscape: Landscape, standing: Environment, name: str, value: t.Any
) -> None:
    """Where it passes the checks, the systems are asked with it."""
    connection = variables(standing, check_client=False, check_metadata=False, verify=False)
    arguments = {
        "service_key": standing.service_key.credentials(),
        "ca_path": str(landscape.ca_file),
        "environment": "dev",
        "operation": "connect",
        "connection": {**connection, name: value},
    }
    result = run(fsm_connection_info, arguments, {"HTTPS_PROXY": landscape.proxy_url})
    assert "failed" not in result


@pytest.fixture(scope="module")
def standing(landscape: Landscape) -> Environment:
    """An environment that is connected; nothing is written."""
    environment = landscape.add_environment({})
    connect(landscape, environment)
    return environment


NAMES = st.from_regex(r"\A[A-Za-z][A-Za-z.]{0,20}\Z")


@given(st.dictionaries(NAMES.map("x".__add__), texts, max_size=3))
def test_properties_arrive_exactly(landscape: Landscape, properties: dict[str, str]) -> None:
    environment = next(iter(landscape.environments.values()), None) or landscape.add_environment({})
    environment.subaccount.destinations.pop("ANY", None)
    arguments = {
        "service_key": environment.service_key.credentials(),
        "ca_path": str(landscape.ca_file),
        "name": "ANY",
        "properties": {"Type": "HTTP", "URL": "https://x.example", **properties},
    }
    environ = {"HTTPS_PROXY": landscape.proxy_url}
    result = run_locally("btp_destination", btp_destination.SPEC, btp_destination.work, arguments, False, environ)
    written = environment.subaccount.destinations.get("ANY")
    if result.get("failed"):
        assert_in_our_words(result["msg"])
        assert written is None
    else:
        assert written is not None
        assert {name: written[name] for name in properties} == properties


def altered(valid: bytes) -> st.SearchStrategy[bytes]:
    """Make bytes that differ from valid ones: something is left out, put in, or replaced."""

    def alter(place: tuple[int, int, bytes]) -> bytes:
        start, length, instead = place
        start %= len(valid) + 1
        return valid[:start] + instead + valid[start + length :]

    return st.tuples(st.integers(0, len(valid)), st.integers(0, 8), st.binary(max_size=8)).map(alter)


KEY_TEXTS = (
    b'{"clientid": "c", "clientsecret": "s", "url": "https://a.example", "uri": "https://b.example"}',
    b'Getting key k for service d...\n\n{"credentials": {"clientid": "c", "uri": "https://b.example"}}\n',
    b"apiVersion: v1\nkind: Secret\ndata:\n  clientid: Yw==\n  clientsecret: cw==\n  uri: aHR0cHM6Ly9i\n",
)


@given(
    st.one_of(
        values,
        st.sampled_from(KEY_TEXTS).flatmap(altered).map(lambda text: text.decode("utf-8", "replace")),
        st.tuples(st.sampled_from([*KEY, "credentials", "endpoints", "uaa", "key", "kind", "data"]), values).map(
            lambda pair: {**KEY, pair[0]: pair[1]}
        ),
    )
)
def test_service_key(value: t.Any) -> None:
    assert_read_or_refused(lambda: read_service_key({"service_key": value}))
    assert_read_or_refused(lambda: read_task_center_key(value))


def assert_read_or_refused(read: t.Callable[[], ServiceKey]) -> None:
    """Make sure that a service key is read, or refused in our words."""
    try:
        key = read()
    except InputError as error:
        assert_in_our_words(str(error))
    else:
        assert key.api_url.startswith("https://")


@given(st.data())
def test_certificate(sample_pem: str, data: st.DataObject) -> None:
    changed = altered(sample_pem.encode()).map(lambda content: content.decode("utf-8", "replace"))
    text = data.draw(st.one_of(texts, changed))
    try:
        found = read_certificate(text)
    except InputError as error:
        assert_in_our_words(str(error))
    else:
        assert found.fingerprint.count(":") == 31


EXPORTS = (
    b'{"Name": "FSM", "Type": "HTTP", "URL": "https://x.example", "tc.enabled": "true"}',
    b'[{"Name": "FSM", "Type": "HTTP"}, {"Name": "FSM_PP"}]',
    b"#Password=<< Existing password/certificate removed on export >>\nName=FSM\nType=HTTP\nURL=https\\://x.example\n",
    "Name=Au\u00dfendienst\nType=HTTP\n".encode("utf-16"),
)


CONTENTS = st.one_of(
    st.binary(max_size=60),
    texts.map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(EXPORTS).flatmap(altered),
)


@given(CONTENTS)
def test_export(content: bytes) -> None:
    try:
        found = read_export("/x/FSM", content)
    except OperatorError as error:
        assert_in_our_words(str(error))
    else:
        assert all(isinstance(value, str) for one in found for pair in one.items() for value in pair)
