# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What YAML and Ansible Vault make of a value: it arrives in the subaccount as it is meant, or is refused in words."""

from __future__ import annotations

import typing as t

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from prepared import connected

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator

PASSWORD = "0pen-sesame"
ODD = 'it\'s "odd" \\ {{ 1 + 1 }} {% raw %} #s3cret'


def vaulted(value: str) -> str:
    """Return a value as YAML that is vaulted by itself."""
    lines = VaultLib([("default", VaultSecret(PASSWORD.encode()))]).encrypt(value).decode().splitlines()
    return "\n".join(["!vault |", *(f"  {line}" for line in lines)])


@pytest.fixture
def host_vars(operator: Operator) -> t.Callable[[str, str], None]:
    """Write a file of variables for a host, as YAML."""

    def write(host: str, text: str) -> None:
        path = operator.folder / "host_vars" / f"{host}.yml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    return write


@pytest.mark.core
def test_secret_that_is_vaulted_by_itself(operator: Operator, host_vars: t.Callable[[str, str], None]) -> None:
    environment = operator.environment()
    environment.fsm_account.upload(environment.subaccount.trust.replace("active").pem)
    operator.secrets.add(ODD)
    password = operator.folder / "vault-password"
    password.write_text(PASSWORD)
    host_vars("dev", f"fsm_client_secret: {vaulted(ODD)}\n")
    variables = operator.variables(environment, fsm_client_secret=None, fsm_check_client=False, fsm_verify=False)
    run = operator.play("connect_fsm", {"dev": variables}, "-vvv", "--vault-password-file", str(password))
    assert run.code == 0
    assert environment.subaccount.destinations["FSM"]["clientSecret"] == ODD


@pytest.mark.core
@pytest.mark.parametrize("value, problem", [("2024-01-01", ""), (".inf", "Description is the number inf; quote it")])
def test_value_that_is_no_text(
    operator: Operator, host_vars: t.Callable[[str, str], None], value: str, problem: str
) -> None:
    environment: Environment = connected(operator)
    host_vars("dev", f"fsm_primary_properties:\n  Description: {value}\n")
    # At any verbosity, no secret is shown: play() asserts it.
    run = operator.play("connect_fsm", {"dev": operator.variables(environment)}, "-vvv")
    if problem:
        assert problem in run.failure("dev")
        assert "Description" not in environment.subaccount.destinations["FSM"]
    else:
        assert run.code == 0
        assert environment.subaccount.destinations["FSM"]["Description"] == value


def test_token_of_a_user_that_was_left_blank(operator: Operator, uploaded: Environment) -> None:
    """As a survey leaves it: the same as none, in every step that writes."""
    run = operator.play("connect_fsm", {"dev": operator.variables(uploaded, fsm_user_token=" ")})
    assert run.code == 0
    assert {"FSM", "FSM_PP"} <= set(uploaded.subaccount.destinations)
    assert "Not verified (fsm_user_token is not set)" in run.output
