# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job: from an empty subaccount to two destinations, and nothing to do on the next run."""

from __future__ import annotations

import stat
import typing as t
from pathlib import Path

import pytest

from landscape.made_by_hand import expected_pair
from operator_at_work import Operator, active

if t.TYPE_CHECKING:
    from landscape.landscape import Environment


@pytest.mark.core
@pytest.mark.main_job
def test_from_the_empty_subaccount_to_the_second_run(operator: Operator, environment: Environment) -> None:
    subaccount = environment.subaccount
    before = dict(subaccount.destinations)

    gate = operator.play("connect_fsm", {"dev": operator.variables(environment)})

    assert gate.code == 2
    fingerprint = active(environment).fingerprint
    path = operator.certificate_file("dev")
    assert path.read_text().strip() == active(environment).pem.strip()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    for reported in (
        fingerprint,
        str(path),
        environment.fsm_account.id,
        "de.fsm.cloud.sap",
        "fsm_uploaded_certificates",
    ):
        assert reported in gate.failure("dev")
    assert dict(subaccount.destinations) == before

    environment.fsm_account.upload(path.read_text())
    first = operator.play("connect_fsm", {"dev": operator.variables(environment)})

    assert first.code == 0
    assert first.changed("dev")
    primary, secondary = expected_pair(environment)
    assert subaccount.destinations["FSM"] == primary
    assert subaccount.destinations["FSM_PP"] == secondary
    assert active(environment).fingerprint == fingerprint
    assert "FSM created" in first.output

    for arguments in ([], ["--check", "--diff"]):
        operator.landscape.forget_requests()
        again = operator.play("connect_fsm", {"dev": operator.variables(environment)}, *arguments)
        assert again.code == 0
        assert not again.changed("dev")
        writes = {(request.method, request.path) for request in operator.landscape.requests(environment.name)}
        assert {method for method, path in writes if not path.endswith("/token")} == {"GET"}


def test_the_primary_yields_a_token_through_find_destination(operator: Operator, uploaded: Environment) -> None:
    hosts = {"dev": operator.variables(uploaded)}
    operator.play("connect_fsm", hosts)
    check = {
        "service_key": "{{ fsm_destination_service_key }}",
        "name": "FSM",
        "verify_token": True,
    }
    plays = [{"hosts": "all", "gather_facts": False, "tasks": [{"btp_ops.task_center.btp_destination_info": check}]}]

    token = operator.play(plays, hosts).results("dev", "btp_destination_info")[0]["token"]

    assert token["obtained"], token
    assert token["found_at"] == "subaccount"
    uploaded.subaccount.destinations["FSM"] |= {"clientSecret": "wrong", "tokenServicePassword": "wrong"}
    refused = operator.play(plays, hosts).results("dev", "btp_destination_info")[0]["token"]
    assert not refused["obtained"]
    assert "401" in refused["error"]


def test_absent_disconnects_in_reverse_order_and_leaves_the_certificate(
    operator: Operator, uploaded: Environment
) -> None:
    subaccount = uploaded.subaccount
    hosts = {"dev": operator.variables(uploaded)}
    operator.play("connect_fsm", hosts)
    foreign = {"Name": "OTHER", "Type": "HTTP", "URL": "https://example.com", "ProxyType": "Internet"}
    subaccount.destinations["OTHER"] = {**foreign, "Authentication": "NoAuthentication"}
    before = dict(subaccount.destinations)

    preview = operator.play("disconnect_fsm", hosts, "--check", "--diff")
    assert preview.changed("dev")
    assert dict(subaccount.destinations) == before

    operator.landscape.forget_requests()
    only_key = {"fsm_destination_service_key": hosts["dev"]["fsm_destination_service_key"]}
    run = operator.play("disconnect_fsm", {"dev": only_key})

    assert run.code == 0
    assert run.changed("dev")
    assert set(subaccount.destinations) == set(before) - {"FSM", "FSM_PP"}
    deleted = [Path(request.path).name for request in operator.landscape.requests() if request.method == "DELETE"]
    assert deleted == ["FSM_PP", "FSM"]
    assert active(uploaded).fingerprint in hosts["dev"]["fsm_uploaded_certificates"]
    assert not operator.play("disconnect_fsm", hosts).changed("dev")


def test_all_environments_of_an_inventory_at_once(operator: Operator) -> None:
    environments = {name: operator.environment() for name in ("dev", "qa", "prod")}
    for environment in environments.values():
        environment.subaccount.trust.replace("active")

    run = operator.play(
        "connect_fsm", {name: operator.variables(environment) for name, environment in environments.items()}
    )

    assert run.code == 0
    for environment in environments.values():
        primary, secondary = expected_pair(environment)
        assert environment.subaccount.destinations["FSM"] == primary
        assert environment.subaccount.destinations["FSM_PP"] == secondary
