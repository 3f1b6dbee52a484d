# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A destination that has to yield a token as it was written, or else is restored as it was before."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, ServiceError
from ansible_collections.btp_ops.task_center.plugins.modules import btp_destination
from landscape import Landscape, Matching
from landscape.assumptions import ASSUMPTIONS
from landscape.faults import Callback, Lag, Status
from unit.plugins.gateway import Fault, Gateway

if t.TYPE_CHECKING:
    from landscape import Environment

FIND = "/destination-configuration/v1/destinations/X"
SECRETS = ("clientSecret", "tokenServicePassword")
OLD, WRONG = "0ld-s3cr3t", "wr0ng-s3cr3t"

Run = t.Callable[..., t.Any]
Writes = t.Callable[[], list[str]]

pytestmark = pytest.mark.usefixtures("waits")


def with_secret(environment: Environment, value: str) -> dict[str, str]:
    """Return a destination to the environment's FSM account."""
    fsm = environment.inputs()["fsm"]
    return {
        "Name": "X",
        "Type": "HTTP",
        "URL": fsm["url"],
        "ProxyType": "Internet",
        "Authentication": "OAuth2ClientCredentials",
        "clientId": fsm["client_id"],
        "clientSecret": value,
        "tokenServiceUser": fsm["client_id"],
        "tokenServicePassword": value,
        "tokenServiceURLType": "Dedicated",
        "tokenServiceURL": "https://de.fsm.cloud.sap/api/oauth2/v2/token",
        "tc.enabled": "false",
    }


def store(environment: Environment, value: str) -> dict[str, t.Any]:
    """Return the options that write and verify the whole destination."""
    properties = {key: one for key, one in with_secret(environment, value).items() if key not in SECRETS}
    return {**secret(value), "properties": properties}


@pytest.fixture
def stored(environment: Environment) -> dict[str, str]:
    """A destination whose client secret FSM no longer accepts, as it is in the environment's subaccount."""
    environment.subaccount.destinations["X"] = with_secret(environment, OLD)
    environment.subaccount.destinations.set_labels("X", {"stage": ["qa"]})
    return environment.subaccount.destinations["X"]


def secret(value: str) -> dict[str, t.Any]:
    """Return the options that give the destination a client secret, with verification."""
    return {"name": "X", "secret_properties": dict.fromkeys(SECRETS, value), "verify_token": True}


def right(environment: Environment) -> dict[str, t.Any]:
    """Return the options that give the destination the secret which FSM accepts."""
    return secret(environment.fsm_client.secret)


def refused(run: Run, **options: t.Any) -> str:
    """Return the message with which the module fails; it holds no secret."""
    with pytest.raises(ServiceError) as caught:
        run(btp_destination, **options)
    assert OLD not in str(caught.value)
    assert WRONG not in str(caught.value)
    return str(caught.value)


def test_new_secret_that_works_stays(
    run: Run, environment: Environment, stored: dict[str, str], writes: Writes
) -> None:
    assert run(btp_destination, **right(environment)).facts["changed_properties"] == sorted(SECRETS)
    assert environment.subaccount.destinations["X"] == {
        **stored,
        **dict.fromkeys(SECRETS, environment.fsm_client.secret),
    }
    assert not run(btp_destination, **right(environment)).changed
    assert writes().count("PUT") == 1


@pytest.mark.parametrize("cache", ASSUMPTIONS["token_cache"].alternatives)
def test_secret_is_not_verified_by_a_token_that_was_kept(run: Run, landscape: Landscape, cache: str) -> None:
    environment = landscape.add_environment({"assumptions": {"token_cache": cache}})
    given = {"service_key": environment.service_key.credentials(), **store(environment, environment.fsm_client.secret)}
    # Twice: the first one fills the cache.
    for changed in (True, False):
        done = run(btp_destination, **given)
        assert (done.changed, done.decisions["token_verified"], done.warnings) == (changed, True, [])
    del environment.subaccount.destinations["X"]
    # FSM accepts the client no more, and the service still has a token of it.
    refusal = landscape.faults.add(
        Status(401), Matching(system="fsm", environment=environment.name, path="*/token", origin="landscape")
    )
    with pytest.raises(ServiceError, match="is restored"):
        run(btp_destination, **given)
    assert "X" not in environment.subaccount.destinations
    report = run(btp_destination, restore_previous=False, **given).decisions
    assert (report["token_verified"], report["token"]["obtained"]) == (False, False)
    landscape.faults.remove(refusal)
    assert "X" in environment.subaccount.destinations
    assert list(environment.subaccount.instance_destinations) == []


def test_token_that_may_have_been_kept_is_no_reason_to_restore(
    run: Run, landscape: Landscape, environment: Environment, stored: dict[str, str]
) -> None:
    refused_copy = Matching("POST", path="*/instanceDestinations", environment=environment.name)
    landscape.faults.add(Status(403, body="No."), refused_copy)
    done = run(btp_destination, **right(environment))
    landscape.faults.clear()
    assert done.decisions["token_verified"] is False
    assert (
        "Destination X yields a token, but is not verified: the service may have kept it from before"
        in (done.warnings[0])
    )
    assert environment.subaccount.destinations["X"] != stored


def test_copy_that_cannot_be_deleted_is_deleted_by_a_later_run(
    run: Run, landscape: Landscape, environment: Environment, stored: dict[str, str]
) -> None:
    deletion = Matching("DELETE", path="*/instanceDestinations/*", environment=environment.name)
    landscape.faults.add(Status(403, body="No."), deletion)
    done = run(btp_destination, **right(environment))
    landscape.faults.clear()
    (left,) = environment.subaccount.instance_destinations
    assert done.decisions["token_verified"]
    assert left in done.warnings[0]
    assert stored["Name"] == "X"
    run(btp_destination, **right(environment))
    # It might still be in use.
    assert list(environment.subaccount.instance_destinations) == [left]
    landscape.clock.advance(660)
    try:
        run(btp_destination, **right(environment))
    finally:
        landscape.clock.advance(-660)
    assert list(environment.subaccount.instance_destinations) == []


def test_new_secret_that_does_not_work_gives_way_to_the_old_one(
    run: Run, environment: Environment, stored: dict[str, str], writes: Writes
) -> None:
    message = refused(run, labels={"stage": ["prod"]}, **secret(WRONG))
    assert "Destination X yielded no token as it was written, so what was there before is restored: " in message
    assert "401" in message
    assert environment.subaccount.destinations["X"] == stored
    entry = environment.subaccount.destinations.entry("X")
    assert entry is not None
    assert entry.labels == {"stage": ["qa"]}
    assert writes() == ["PUT", "PUT"]


def test_token_of_the_configuration_that_was_there_before_verifies_nothing(
    run: Run, landscape: Landscape, environment: Environment, stored: dict[str, str]
) -> None:
    stored |= dict.fromkeys(SECRETS, environment.fsm_client.secret)
    environment.subaccount.destinations["X"] = stored
    lagging = landscape.faults.add(Lag(3600), Matching(environment=environment.name, path=FIND))
    message = refused(run, **secret(WRONG))
    landscape.faults.remove(lagging)
    assert "the service still finds X as it was before" in message
    assert environment.subaccount.destinations["X"] == stored


def test_verification_waits_for_the_configuration_that_was_written(
    run: Run, landscape: Landscape, environment: Environment, stored: dict[str, str]
) -> None:
    landscape.faults.add(Lag(3600), Matching(environment=environment.name, path=FIND), times=2)
    assert run(btp_destination, **right(environment)).changed
    assert environment.subaccount.destinations["X"]["clientSecret"] == environment.fsm_client.secret
    assert stored["clientSecret"] == OLD


@pytest.mark.parametrize("restore", [True, False])
@pytest.mark.usefixtures("stored")
def test_what_someone_writes_right_after_the_change_is_not_verified(
    run: Run, landscape: Landscape, environment: Environment, restore: bool
) -> None:
    """Also a property that the task leaves as it is, and that keeps no token from being obtained."""

    def edit(_arrival: t.Any) -> None:
        environment.subaccount.destinations["X"] |= {"Description": "theirs"}

    writing = Matching("PUT", path="*/subaccountDestinations", environment=environment.name)
    fault = landscape.faults.add(Callback(edit, "after"), writing, times=1)
    if restore:
        message = refused(run, **right(environment))
        assert "the service finds other values than were written: Description." in message
        assert "could not be restored: Someone else has written it since." in message
    else:
        done = run(btp_destination, restore_previous=False, **right(environment))
        assert done.decisions["token"]["differing_properties"] == ["Description"]
        assert done.decisions["token_verified"] is False
    landscape.faults.remove(fault)
    assert environment.subaccount.destinations["X"]["Description"] == "theirs"
    assert environment.subaccount.destinations["X"]["clientSecret"] == environment.fsm_client.secret


def test_user_token_that_is_none_is_refused_before_anything_is_written(
    run: Run, environment: Environment, stored: dict[str, str], writes: Writes
) -> None:
    with pytest.raises(InputError, match="user_token"):
        run(btp_destination, **right(environment), user_token="Bearer eyJ.not.one")
    assert environment.subaccount.destinations["X"] == stored
    assert writes() == []


def test_what_cannot_be_read_back_is_verified_all_the_same(
    run: Run, landscape: Landscape, environment: Environment, stored: dict[str, str]
) -> None:
    reads = Matching(method="GET", environment=environment.name, path="*/subaccountDestinations/X")
    landscape.faults.add(Status(403, body="Not today."), reads, nth=2, times=1)
    message = refused(run, **secret(WRONG))
    landscape.faults.clear()
    assert "yielded no token as it was written, so what was there before is restored" in message
    assert environment.subaccount.destinations["X"] == stored


def test_new_destination_that_does_not_work_is_deleted_again(
    run: Run, environment: Environment, stored: dict[str, str]
) -> None:
    del environment.subaccount.destinations["X"]
    properties = {key: value for key, value in stored.items() if key not in SECRETS}
    assert "is restored" in refused(run, properties=properties, **secret(WRONG))
    assert "X" not in environment.subaccount.destinations


def test_destination_that_is_in_sync_already_is_only_reported(run: Run, stored: dict[str, str], writes: Writes) -> None:
    assert "Destination X is as the task describes it, but yields no token" in refused(run, **secret(OLD))
    assert writes() == []


def test_preview_does_not_try(run: Run, landscape: Landscape, environment: Environment, stored: dict[str, str]) -> None:
    assert run(btp_destination, check_mode=True, **secret(WRONG)).changed
    assert environment.subaccount.destinations["X"] == stored
    assert FIND not in [request.path for request in landscape.requests(environment.name)]


def test_token_of_another_level_verifies_nothing(run: Run, environment: Environment, stored: dict[str, str]) -> None:
    environment.subaccount.instance_destinations["X"] = {
        **stored,
        **dict.fromkeys(SECRETS, environment.fsm_client.secret),
    }
    assert "the service found X on the level instance" in refused(run, **right(environment))
    assert environment.subaccount.destinations["X"] == stored


@pytest.mark.usefixtures("stored")
def test_what_someone_else_has_written_since_is_not_put_back(
    run: Run, landscape: Landscape, environment: Environment
) -> None:
    theirs = {"Name": "X", "Type": "HTTP", "URL": "https://theirs.example"}

    def overwrite(_arrival: t.Any) -> None:
        environment.subaccount.destinations["X"] = theirs

    fault = landscape.faults.add(Callback(overwrite), Matching(environment=environment.name, path=FIND), times=1)
    message = refused(run, **secret(WRONG))
    landscape.faults.remove(fault)
    assert "could not be restored: Someone else has written it since." in message
    assert environment.subaccount.destinations["X"] == theirs


def test_service_that_cannot_be_read_verifies_nothing(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, stored: dict[str, str]
) -> None:
    gateway.fail("GET", FIND, *[Fault(503)] * 9)
    message = refused(run_through_gateway, **right(environment))
    assert "find destination X" in message
    assert "is restored" in message
    assert environment.subaccount.destinations["X"] == stored


def test_lost_answer_while_putting_back(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, stored: dict[str, str]
) -> None:
    collection = "/subaccountDestinations"
    gateway.fail("PUT", collection, Fault(carried_out=True), Fault(carried_out=True))
    assert "is restored" in refused(run_through_gateway, **secret(WRONG))
    assert environment.subaccount.destinations["X"] == stored


@pytest.mark.usefixtures("stored")
def test_failure_to_put_back_is_reported(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, landscape: Landscape
) -> None:
    def refuse(_arrival: t.Any) -> None:
        gateway.fail("PUT", "/subaccountDestinations", *[Fault(500, "no")] * 50)

    fault = landscape.faults.add(Callback(refuse), Matching(environment=environment.name, path=FIND), times=1)
    message = refused(run_through_gateway, **secret(WRONG))
    landscape.faults.remove(fault)
    assert "What was there before could not be restored: " in message
    assert "correct it at once" in message
    assert environment.subaccount.destinations["X"]["clientSecret"] == WRONG
