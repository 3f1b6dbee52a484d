# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values that are allowed and look strange arrive in the subaccount byte by byte, however they are given."""

from __future__ import annotations

import json
import typing as t

import pytest

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator

SHELLS = pytest.mark.parametrize("worker", [True, False], ids=["worker", "process"])
# By the names of properties that mean nothing to anybody else.
STRANGE = {
    "Description": "yes",
    "x.long": "0123456789" * 400,
    "x.octal": "0o17",
    "x.zeros": "007",
    "x.exponent": "1e3",
    "x.underscore": "1_000",
    "x.date": "2024-01-01",
    "x.time": "12:30:45",
    "x.null": "null",
    "x.tilde": "~",
    "x.tag": "!unsafe text",
    "x.vault": "!vault |",
    "x.mapping": '{"a": 1}',
    "x.list": "[1, 2]",
    "x.pair": "a=b c='d'",
    "x.quotes": 'it\'s "odd" \\ and `more`',
    "x.percent": "100% %s $HOME ${HOME} $(id)",
    "x.unicode": "Außendienst €𝄞 \u200f\u00a0\u0301",
    "x.lines": "first\nsecond\n\tthird\n",
    "x.around": "  blanks around  ",
    "x.comment": "a # b: c",
}
# Ansible takes them for a template in an inventory, and in a file of extra variables, unless they are marked.
BRACES = "{{ 1 + 1 }} {% raw %} {# no #} {{ lookup('pipe', 'id') }}"
SECRETS = {"x.password": "s3cr3t\\\"'%+/=0o17 ßé", "Password2": "0123456789abcdef" * 250}
SECRET_CLIENT = "0o17s3cr3t\"'\\%+ ß"


def variables(operator: Operator, environment: Environment, worker: bool) -> dict[str, t.Any]:
    """Return the variables of an environment without its own additions, which a test gives."""
    offline = {"fsm_check_client": False, "fsm_verify": False, "btp_local_action": worker}
    return operator.variables(environment, **offline)


def assert_arrived(environment: Environment, strange: dict[str, str], secrets: dict[str, str]) -> None:
    """Make sure that a destination holds exactly these values."""
    written = environment.subaccount.destinations["FSM"]
    assert {name: written.get(name) for name in strange} == strange
    assert {name: written.get(name) for name in secrets} == secrets


@pytest.fixture
def certified(operator: Operator) -> Environment:
    """An environment of which FSM knows the trust certificate."""
    environment = operator.environment()
    environment.fsm_account.upload(environment.subaccount.trust.replace("active").pem)
    operator.secrets |= {*SECRETS.values(), SECRET_CLIENT}
    return environment


@SHELLS
@pytest.mark.core
def test_in_an_inventory(operator: Operator, certified: Environment, worker: bool) -> None:
    hosts = variables(operator, certified, worker)
    additions = {"fsm_primary_properties": STRANGE, "fsm_primary_secret_properties": SECRETS}
    path = operator.folder / "host_vars" / "dev.yml"
    path.parent.mkdir()
    lines = [f"fsm_client_secret: {json.dumps(SECRET_CLIENT)}"]
    lines += [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in additions.items()]
    # YAML reads texts of JSON, except for halves of characters; what is marked is no template.
    lines[1] = lines[1].removesuffix("}") + f', "x.braces": !unsafe {json.dumps(BRACES)}}}'
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    hosts.pop("fsm_client_secret")

    run = operator.play("connect_fsm", {"dev": hosts})

    assert run.code == 0, run.output
    assert_arrived(certified, {**STRANGE, "x.braces": BRACES, "clientSecret": SECRET_CLIENT}, SECRETS)
    again = operator.play("connect_fsm", {"dev": hosts})
    assert not again.changed("dev")


@SHELLS
@pytest.mark.parametrize("as_text", [False, True], ids=["mapping", "text"])
def test_on_the_command_line(operator: Operator, certified: Environment, worker: bool, as_text: bool) -> None:
    """As JSON, in which a mapping may be text once more, as surveys give it."""
    additions = {"fsm_primary_properties": STRANGE, "fsm_primary_secret_properties": SECRETS}
    given: dict[str, t.Any] = {name: json.dumps(value) if as_text else value for name, value in additions.items()}
    given["fsm_client_secret"] = SECRET_CLIENT

    run = operator.play("connect_fsm", {"dev": variables(operator, certified, worker)}, "-e", json.dumps(given))

    assert run.code == 0, run.output
    assert_arrived(certified, {**STRANGE, "clientSecret": SECRET_CLIENT}, SECRETS)


@pytest.mark.core
@pytest.mark.parametrize(
    "text, description",
    [
        ('{"Description":"0o17"}', "0o17"),
        ("{Description: Field Service}", "Field Service"),
        ("{Description: '007'}", "007"),
    ],
)
def test_text_of_a_mapping_as_one_variable(
    operator: Operator, certified: Environment, text: str, description: str
) -> None:
    hosts = {"dev": variables(operator, certified, True)}
    run = operator.play(
        "connect_fsm",
        hosts,
        "-e",
        f"fsm_primary_properties='{text}'" if "'" not in text else f'fsm_primary_properties="{text}"',
    )
    assert run.code == 0, run.output
    assert certified.subaccount.destinations["FSM"]["Description"] == description


@pytest.mark.core
@pytest.mark.provokes("input_pattern")
@pytest.mark.parametrize("variable", ["fsm_primary_properties", "fsm_secondary_properties"])
@pytest.mark.parametrize("text", ["Description=x", "x", "[1]", "{", "5"])
def test_text_that_is_no_mapping(operator: Operator, certified: Environment, variable: str, text: str) -> None:
    run = operator.play(
        "connect_fsm", {"dev": variables(operator, certified, True)}, "-e", json.dumps({variable: text})
    )
    assert run.code != 0
    failure = run.failure("dev")
    assert f"{variable} is '{text}'" in failure
    assert 'It has to be a mapping, such as {"Description": "Field Service"}' in failure
    assert certified.subaccount.destinations.keys() & {"FSM", "FSM_PP"} == set()
