# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check mode says exactly what the real run then does, and writes nothing."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator, Run

WRITERS = ("fsm_trust_cert", "btp_destination")


def reports(run: Run) -> list[tuple[t.Any, ...]]:
    """Return what the writing modules reported: action, change, diff."""
    return [
        (result["action"], result["changed"], result["diff"], result.get("destination"))
        for action in WRITERS
        for result in run.results("dev", action)
    ]


def writes(operator: Operator, environment: Environment) -> list[str]:
    """Return the requests that would change something."""
    requests = operator.landscape.requests(environment.name)
    return [f"{r.method} {r.path}" for r in requests if r.method != "GET" and not r.path.endswith("/token")]


@pytest.mark.core
def test_whole_role_on_an_empty_subaccount(operator: Operator, environment: Environment) -> None:
    before = dict(environment.subaccount.destinations)

    run = operator.play("connect_fsm", {"dev": operator.variables(environment)}, "--check", "--diff")

    assert run.code == 0
    assert [result["action"] for result in run.results("dev", "fsm_trust_cert")] == ["generate_active"]
    assert [result["action"] for result in run.results("dev", "btp_destination")] == ["create", "create"]
    assert "The subaccount has no trust certificate yet." in run.output
    # Who approves the previews of several environments sees which is which.
    for header in ("trust certificates", "FSM (subaccount)", "FSM_PP (subaccount)"):
        assert f"+++ after: dev: {header}" in run.output
    assert (
        "+    URL.headers.X-Client-Version: '1.0'" in run.output
        or '"URL.headers.X-Client-Version": "1.0"' in run.output
    )
    assert writes(operator, environment) == []
    assert dict(environment.subaccount.destinations) == before
    assert environment.subaccount.trust.active is None
    assert not (operator.folder / "certificates").exists()


@pytest.mark.parametrize("start", ["empty", "drifted"])
def test_preview_equals_the_real_run(operator: Operator, uploaded: Environment, start: str) -> None:
    hosts = {"dev": operator.variables(uploaded)}
    if start == "drifted":
        operator.play("connect_fsm", hosts)
        uploaded.subaccount.destinations["FSM"] |= {"URL": "https://us.fsm.cloud.sap/x", "TrustAll": "true"}
        uploaded.subaccount.destinations["FSM_PP"] |= {"tokenServicePassword": "an old one"}
        operator.certificate_file("dev").write_text("something else")
        operator.landscape.forget_requests()

    preview = operator.play("connect_fsm", hosts, "--check", "--diff")
    assert writes(operator, uploaded) == []
    real = operator.play("connect_fsm", hosts, "--diff")

    assert reports(preview) == reports(real)
    assert preview.changed("dev")
    assert real.changed("dev")


@pytest.mark.provokes("upload_required_before_run")
def test_gate_is_a_warning_in_a_preview(operator: Operator, uploaded: Environment) -> None:
    hosts = {"dev": operator.variables(uploaded, fsm_uploaded_certificates=[])}

    preview = operator.play("connect_fsm", hosts, "--check")

    assert preview.code == 0
    assert "is not declared as uploaded to FSM" in preview.output
    assert operator.play("connect_fsm", hosts).code == 2
    assert f"A real run writes {operator.certificate_file('dev')} and stops here." in preview.output
    assert "FSM" not in uploaded.subaccount.destinations


def test_gate_can_be_turned_into_a_warning(operator: Operator, environment: Environment) -> None:
    run = operator.play("connect_fsm", {"dev": operator.variables(environment, fsm_upload_gate="warn")})

    assert run.code == 0
    assert "is not declared as uploaded to FSM" in run.output
    assert {"FSM", "FSM_PP"} <= set(environment.subaccount.destinations)
