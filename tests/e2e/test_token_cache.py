# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No token that the Destination Service has kept is taken for a sign that a change works, by whatever it is found.

Each environment is one in which tokens are found by something else; a run has all of them at once.
"""

from __future__ import annotations

import typing as t

import pytest

from interrupting import running
from landscape import Matching
from landscape.assumptions import ASSUMPTIONS
from landscape.faults import Status
from operating import Connection
from rotating import Rotating, report, rotate, user_token

if t.TYPE_CHECKING:
    from landscape import Landscape
    from landscape.landscape import Environment
    from operator_at_work import Operator, Variables

ARRIVAL = 60  # seconds in which a run has to come to where it is killed
LATER = 660  # seconds after which no run can still be using a copy


def host_name(cache: str) -> str:
    """Return the name of the host in whose environment tokens are found by something."""
    return cache.replace("+", "-").replace("_", "-")


CACHES = {host_name(cache): cache for cache in ASSUMPTIONS["token_cache"].alternatives}


def environment_with(operator: Operator, cache: str, **config: t.Any) -> Environment:
    """Add an environment in which tokens are found by something."""
    return operator.environment({**config, "assumptions": {"token_cache": cache}})


def fill_caches(operator: Operator, hosts: dict[str, Variables], name: str) -> None:
    """Let applications use a destination of each environment, so that the service has a token for it."""
    asked = {
        "btp_ops.task_center.btp_destination_info": {
            "service_key": "{{ fsm_destination_service_key }}",
            "name": name,
            "verify_token": True,
            "user_token": "{{ fsm_user_token | default(omit) }}",
        },
        "register": "found",
        "failed_when": "not found.token.obtained",
    }
    assert operator.play([{"hosts": "all", "gather_facts": False, "tasks": [asked]}], hosts).code == 0


def refuse_clients(landscape: Landscape, *names: str) -> None:
    """Let FSM accept these environments' clients from the controller, and no more from the Destination Service."""
    for name in names:
        refused = Matching(system="fsm", environment=name, path="*/token", origin="landscape")
        landscape.faults.add(Status(401, body="Bad credentials"), refused)


def assert_no_copy(environment: Environment) -> None:
    """Check that no temporary copy of a destination is left."""
    assert list(environment.subaccount.instance_destinations) == []


@pytest.mark.provokes("rotation_rolled_back")
def test_certificate_that_was_never_uploaded_is_rotated_back(operator: Operator) -> None:
    every = [Rotating(operator, environment_with(operator, cache), name) for name, cache in CACHES.items()]
    soaking = Rotating(operator, environment_with(operator, "name+configuration+user"), "soaking")
    hosts: dict[str, Variables] = {}
    for one in (*every, soaking):
        one.environment.subaccount.trust.replace("passive")
        assert one.passive
        # Declared, and not uploaded.
        declared = [one.old.fingerprint, one.passive.fingerprint]
        hours = {} if one is soaking else {"fsm_rotation_soak_hours": 0}
        hosts[one.name] = one.variables(fsm_uploaded_certificates=declared, fsm_user_token=one.token, **hours)
    new = {one.name: one.passive for one in (*every, soaking)}
    fill_caches(operator, hosts, "FSM_PP")

    run = operator.play("rotate_fsm_trust", hosts, "-e", "fsm_rotation_serial=100%")

    assert run.code == 2
    for one in (*every, soaking):
        assert (one.active, one.passive) == (one.old, new[one.name]), one.name
        assert report(run, one.name)["outcome"] == "failed", one.name
        assert "FSM rejected a user with the trust certificate" in run.output
        assert list(one.labels) == ["trust-rolled-back"], one.name
        assert_no_copy(one.environment)


def test_secret_that_the_service_cannot_use_does_not_replace_the_old_one(
    operator: Operator, landscape: Landscape
) -> None:
    connections = {name: Connection(operator, environment_with(operator, cache)) for name, cache in CACHES.items()}
    hosts: dict[str, Variables] = {}
    old: dict[str, dict[str, str]] = {}
    clients = []
    for name, one in connections.items():
        fsm = {"account_id": one.environment.fsm_account.id, "company_id": one.environment.fsm_client.company_id}
        other = operator.environment({"fsm": fsm, "users": []})
        new = other.fsm_client
        clients.append(other.name)
        hosts[name] = one.variables(fsm_client_id=new.id, fsm_client_secret=new.secret)
        old[name] = dict(one.environment.subaccount.destinations["FSM"])
        # The new client was in use for a while.
        both = {"clientId": new.id, "clientSecret": new.secret}
        one.change("FSM", **both, tokenServiceUser=new.id, tokenServicePassword=new.secret)
    fill_caches(operator, hosts, "FSM")
    for name, one in connections.items():
        one.environment.subaccount.destinations["FSM"] = old[name]
    refuse_clients(landscape, *clients)

    run = operator.play("rotate_fsm_secret", hosts)

    assert run.code == 2
    for name, one in connections.items():
        assert "Destination FSM yielded no token as it was written, so what was there before is restored" in (
            run.failure(name)
        )
        assert one.destination("FSM") == old[name], name
        assert_no_copy(one.environment)


@pytest.mark.provokes("primary_without_token")
def test_client_that_fsm_accepts_no_more_is_noticed_when_connecting_again(
    operator: Operator, landscape: Landscape
) -> None:
    connections = {name: Connection(operator, environment_with(operator, cache)) for name, cache in CACHES.items()}
    hosts = {name: operator.variables(one.environment, fsm_check_client=False) for name, one in connections.items()}
    fill_caches(operator, hosts, "FSM")
    for one in connections.values():
        one.environment.subaccount.destinations.pop("FSM_PP")
        one.environment.subaccount.destinations.pop("FSM")
    refuse_clients(landscape, *(one.environment.name for one in connections.values()))

    run = operator.play("connect_fsm", hosts)

    assert run.code == 2
    for name, one in connections.items():
        assert "primary_without_token" in run.reported(name), name
        assert_no_copy(one.environment)


@pytest.mark.provokes("token_possibly_cached")
def test_without_a_copy_a_token_is_not_called_a_verification(operator: Operator, landscape: Landscape) -> None:
    connection = Connection(operator, operator.environment())
    del connection.environment.subaccount.destinations["FSM"]
    refused = Matching(method="POST", path="*/instanceDestinations", environment=connection.environment.name)
    landscape.faults.add(Status(403, body="not for you"), refused)

    run = operator.play("connect_fsm", {"dev": operator.variables(connection.environment)})

    assert run.code == 0
    assert "Not verified (the service may have answered from its cache): FSM yields a token as it is now" in run.output
    (row,) = [one["row"] for one in run.results("dev", "fsm_connection_info")][-1:]
    assert "primary" in row["unverified"]


def test_copy_of_a_killed_run_is_deleted_by_a_later_one(operator: Operator, landscape: Landscape) -> None:
    one = Rotating(operator, operator.environment())
    one.environment.subaccount.trust.replace("passive")
    one.upload()
    creation = Matching(method="POST", path="*/instanceDestinations", environment=one.environment.name)
    pause = landscape.faults.pause_after(creation)
    hosts = {one.name: one.variables(fsm_user_token=one.token)}
    with running(operator, operator.inventory(hosts), "all") as output:
        assert pause.wait(ARRIVAL), output.read_text()
    pause.drop()
    landscape.faults.clear()
    assert len(one.environment.subaccount.instance_destinations) == 1
    landscape.clock.advance(LATER)
    try:
        one.token = user_token(landscape, one.environment, one.environment.users[0])
        run = rotate(one, verifying=True)
    finally:
        landscape.clock.advance(-LATER)
    assert run.code == 0, run.output
    assert report(run)["verified"]
    assert one.active != one.old
    assert_no_copy(one.environment)
