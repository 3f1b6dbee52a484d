# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a run waits and how much it reads, as operators of the roles set it."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import HTTP

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator

# Other values than the defaults, as a survey gives them; and as they reach the module.
LIMITS: dict[str, tuple[str, float]] = {
    "connect_timeout": ("7.5", 7.5),
    "read_timeout": ("21", 21.0),
    "request_timeout": ("90", 90.0),
    "task_timeout": ("500", 500.0),
    "retries": ("2", 2),
    "max_answer_mib": ("3", 3),
    "max_pages": ("9", 9),
}
MODULES = {"check_fsm": "fsm_connection_info", "rotate_fsm_trust": "fsm_rotation_info"}


def test_every_option_but_the_authorities_is_tried() -> None:
    assert {"ca_path", *LIMITS} == set(HTTP.options)


@pytest.mark.parametrize(
    "playbook", [pytest.param("check_fsm", marks=[pytest.mark.core]), pytest.param("rotate_fsm_trust")]
)
def test_limits_are_handed_to_the_modules(operator: Operator, uploaded: Environment, playbook: str) -> None:
    hosts = {
        "set": operator.variables(uploaded, **{f"fsm_{name}": text for name, (text, _value) in LIMITS.items()}),
        "blank": operator.variables(uploaded, **{f"fsm_{name}": "" for name in LIMITS}),
    }

    run = operator.play(playbook, hosts)

    handed = {host: run.results(host, MODULES[playbook])[0]["invocation"]["module_args"] for host in hosts}
    defaults = {name: HTTP.options[name]["default"] for name in LIMITS}
    assert {name: handed["set"][name] for name in LIMITS} == {name: value for name, (_text, value) in LIMITS.items()}
    assert {name: handed["blank"][name] for name in LIMITS} == defaults


def test_limit_that_is_none_is_refused_by_its_name(operator: Operator, uploaded: Environment) -> None:
    # No repetition is a choice; less than none is not.
    wrong = {(name, value) for name in LIMITS for value in ("soon", "0", "-1", "nan")} - {("retries", "0")}
    hosts = {f"{name}{value}": operator.variables(uploaded, **{f"fsm_{name}": value}) for name, value in wrong}

    run = operator.play("connect_fsm", hosts)

    for name, value in wrong:
        assert f"{name} (of the roles: fsm_{name})" in run.failure(f"{name}{value}")
    assert operator.landscape.requests(uploaded.name) == []


def test_limit_of_a_run_is_in_force(operator: Operator, uploaded: Environment) -> None:
    for number in range(101):
        name = f"OTHER_{number}"
        uploaded.subaccount.destinations[name] = {"Name": name, "Type": "HTTP"}
    before = set(uploaded.subaccount.destinations)

    run = operator.play("connect_fsm", {"dev": operator.variables(uploaded, fsm_max_pages=1)})

    assert "has more than 1 pages of destinations" in run.failure("dev")
    assert "fsm_max_pages" in run.failure("dev")
    assert set(uploaded.subaccount.destinations) == before
