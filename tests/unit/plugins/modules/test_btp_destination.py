# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module btp_destination: create, change and delete, previewed, done and done again, in the landscape."""

from __future__ import annotations

import time
import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import (
    InputError,
    OperatorError,
    Refused,
    ServiceError,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import DIFFERENT, HIDDEN
from ansible_collections.btp_ops.task_center.plugins.modules import btp_destination
from landscape.faults import Matching, Status
from unit.plugins.gateway import Fault, Gateway

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

LIST = "/subaccountDestinations"
SECRET = "s3cr3t-0f-fsm"
PROPERTIES = {"Type": "HTTP", "URL": "https://x", "tc.enabled": True, "days": 5}
STANDS = {"Name": "X", "Type": "HTTP", "URL": "https://x", "tc.enabled": "true", "days": "5", "Password": SECRET}
SHOWN = {**STANDS, "Password": HIDDEN}
CHANGED = {**PROPERTIES, "URL": "https://y", "days": None}
STANDS_CHANGED = {"Name": "X", "Type": "HTTP", "URL": "https://y", "tc.enabled": "true", "Password": SECRET}

Run = t.Callable[..., t.Any]
Writes = t.Callable[[], list[str]]


def store(environment: Environment, level: str) -> t.Any:
    """Return the destinations of a level as the landscape keeps them."""
    return (
        environment.subaccount.destinations if level == "subaccount" else environment.subaccount.instance_destinations
    )


# The state before, the options, the action, the state afterwards, and the requests that write.
STEPS = [
    pytest.param(None, {"properties": PROPERTIES}, "create", STANDS, "POST", id="create"),
    pytest.param(STANDS, {"properties": CHANGED}, "update", STANDS_CHANGED, "PUT", id="modify"),
    pytest.param(STANDS, {"state": "absent"}, "delete", None, "DELETE", id="delete"),
]


@pytest.mark.parametrize("level", ["subaccount", "instance"])
@pytest.mark.parametrize("before, options, action, after, request_method", STEPS)
def test_preview_run_and_run_again(
    run: Run,
    environment: Environment,
    writes: Writes,
    level: str,
    before: dict[str, str] | None,
    options: dict[str, t.Any],
    action: str,
    after: dict[str, str] | None,
    request_method: str,
) -> None:
    stored = store(environment, level)
    if before:
        stored["X"] = before
    others = {name: stored[name] for name in stored if name != "X"}
    options = {"name": "X", "level": level, "secret_properties": {"Password": SECRET}, **options}

    previews = [run(btp_destination, check_mode=True, **options) for _time in range(2)]
    assert stored.get("X") == before
    assert writes() == []

    before_writing = time.time()
    done = run(btp_destination, **options)
    assert stored.get("X") == after
    assert writes() == [request_method]
    # So that later tasks know from when on it may be seen; a preview has written nothing.
    assert before_writing <= done.decisions["written_at"] <= time.time()
    done.decisions["written_at"] = None
    assert previews == [done, done]
    assert (done.changed, done.facts["action"]) == (True, action)
    assert done.facts["destination"] == ({**after, "Password": HIDDEN} if after else {})
    assert SECRET not in str(done)

    for check_mode in (True, False):
        again = run(btp_destination, check_mode=check_mode, **options)
        assert (again.changed, again.facts["action"], again.facts["changed_properties"]) == (False, "none", [])
        assert again.decisions["written_at"] is None
        assert again.diff[0]["before"] == again.diff[0]["after"]
    assert stored.get("X") == after
    assert writes() == [request_method]
    assert {name: stored[name] for name in stored if name != "X"} == others


def test_diff_shows_key_by_key(run: Run, environment: Environment) -> None:
    environment.subaccount.destinations["X"] = STANDS
    done = run(btp_destination, name="X", properties={"URL": "https://y"}, secret_properties={"Password": "n3w"})
    (diff,) = done.diff
    assert (diff["before_header"], diff["after_header"]) == ("X (subaccount)", "X (subaccount)")
    assert diff["before"] == SHOWN
    assert diff["after"] == {**SHOWN, "URL": "https://y", "Password": DIFFERENT}
    assert done.facts["changed_properties"] == ["Password", "URL"]
    assert environment.subaccount.destinations["X"]["Password"] == "n3w"


def test_foreign_properties_stay_unless_purged(run: Run, environment: Environment) -> None:
    environment.subaccount.destinations["X"] = {**STANDS, "TrustAll": "true"}
    options = {"name": "X", "properties": PROPERTIES, "secret_properties": {"Password": SECRET}}
    assert run(btp_destination, **options).changed is False
    assert run(btp_destination, purge_properties=True, **options).facts["changed_properties"] == ["TrustAll"]
    assert environment.subaccount.destinations["X"] == STANDS


def test_stored_secret_stays_on_request(run: Run, environment: Environment) -> None:
    environment.subaccount.destinations["X"] = STANDS
    options = {"name": "X", "secret_properties": {"Password": "n3w"}, "update_secrets": "on_create"}
    assert run(btp_destination, **options).changed is False
    assert run(btp_destination, properties={"URL": "https://y"}, **options).changed is True
    assert environment.subaccount.destinations["X"] == {**STANDS, "URL": "https://y"}


@pytest.mark.parametrize("check_mode", [True, False])
def test_wrong_options_reach_no_system(run: Run, environment: Environment, check_mode: bool, landscape: t.Any) -> None:
    with pytest.raises(OperatorError, match=r"version is the number 1\.0"):
        run(btp_destination, check_mode=check_mode, name="X", properties={"version": 1.0})
    assert landscape.requests(environment.name) == []


def test_refusal_of_the_service_changes_nothing(run: Run, environment: Environment) -> None:
    environment.subaccount.destinations["X"] = STANDS
    with pytest.raises(ServiceError, match="update destination X: 400") as caught:
        run(btp_destination, name="X", properties={"URL": "no url"})
    assert SECRET not in str(caught.value)
    assert environment.subaccount.destinations["X"] == STANDS


def test_refusal_quotes_no_secret_of_the_destination(run_through_gateway: Run, gateway: Gateway) -> None:
    gateway.fail("POST", LIST, Fault(400, f"The value {SECRET} is malformed"))
    with pytest.raises(ServiceError, match="is malformed") as caught:
        run_through_gateway(btp_destination, name="X", properties=PROPERTIES, secret_properties={"Password": SECRET})
    assert SECRET not in str(caught.value)


OPTIONS = {"name": "X", "properties": PROPERTIES, "secret_properties": {"Password": SECRET}}


@pytest.mark.parametrize("fault", [Fault(503, carried_out=True), Fault(carried_out=True)])
def test_lost_answer_of_a_creation(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, waits: list[float], fault: Fault
) -> None:
    gateway.fail("POST", LIST, fault)
    done = run_through_gateway(btp_destination, **OPTIONS)
    assert (done.changed, done.facts["action"]) == (True, "create")
    assert environment.subaccount.destinations["X"] == STANDS
    assert gateway.count("PUT", LIST) == 0
    assert waits


@pytest.mark.parametrize("fault", [Fault(503, carried_out=True), Fault(carried_out=True), Fault(200, "{", cut=True)])
@pytest.mark.parametrize("state, method, path_end", [("present", "PUT", LIST), ("absent", "DELETE", "/X")])
def test_lost_answer_of_a_change(
    run_through_gateway: Run,
    environment: Environment,
    gateway: Gateway,
    waits: list[float],
    fault: Fault,
    state: str,
    method: str,
    path_end: str,
) -> None:
    environment.subaccount.destinations["X"] = {**STANDS, "URL": "https://old"}
    gateway.fail(method, path_end, fault)
    assert run_through_gateway(btp_destination, state=state, **OPTIONS).changed is True
    assert environment.subaccount.destinations.get("X") == (STANDS if state == "present" else None)
    assert len(waits) <= 3


@pytest.mark.parametrize("carried_out", [True, False])
def test_gateway_that_is_in_trouble_says_nothing_of_what_was_done(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, carried_out: bool
) -> None:
    environment.subaccount.destinations["X"] = before = {**STANDS, "URL": "https://old"}
    gateway.fail("PUT", LIST, Fault(504, "Gateway Timeout", carried_out=carried_out))
    if carried_out:
        assert run_through_gateway(btp_destination, retries=0, **OPTIONS).changed
    else:
        with pytest.raises(ServiceError, match="504 Gateway Timeout"):
            run_through_gateway(btp_destination, retries=0, **OPTIONS)
    assert environment.subaccount.destinations["X"] == (STANDS if carried_out else before)
    assert gateway.count("PUT", LIST) == 1


def test_read_back_that_fails_does_not_hide_what_was_done(
    run: Run, environment: Environment, landscape: Landscape
) -> None:
    environment.subaccount.destinations["X"] = {**STANDS, "URL": "https://old"}
    reads = Matching(method="GET", environment=environment.name, path="*/subaccountDestinations/X")
    landscape.faults.add(Status(403, body="Not today."), reads, nth=2)
    with pytest.raises(ServiceError, match="Destination X was updated, and cannot be read back: The") as caught:
        run(btp_destination, **OPTIONS)
    landscape.faults.clear()
    assert caught.value.status == 403
    assert environment.subaccount.destinations["X"] == STANDS


@pytest.mark.parametrize("name", ["", ".", "a/b", "é", "x" * 201])
def test_name_that_none_can_have(run: Run, writes: t.Any, name: str) -> None:
    with pytest.raises(InputError, match="cannot be the name of a destination"):
        run(btp_destination, name=name, state="absent")


@pytest.mark.parametrize("theirs, action, changed", [(STANDS, "none", False), ({"Type": "HTTP"}, "update", True)])
def test_destination_that_someone_creates_at_the_same_time(
    run_through_gateway: Run,
    environment: Environment,
    gateway: Gateway,
    theirs: dict[str, str],
    action: str,
    changed: bool,
) -> None:
    """It is not there when it is read, but when it is to be created."""
    environment.subaccount.destinations["X"] = theirs
    gateway.fail("GET", "/X", Fault(404, "Configuration with the specified name was not found"))
    done = run_through_gateway(btp_destination, **OPTIONS)
    assert (done.changed, done.facts["action"]) == (changed, action)
    assert environment.subaccount.destinations["X"] == STANDS


def test_destination_that_someone_deletes_at_the_same_time(
    run_through_gateway: Run, environment: Environment, gateway: Gateway
) -> None:
    gateway.fail("GET", "/X", Fault(200, {**STANDS, "URL": "https://old"}))
    done = run_through_gateway(btp_destination, **OPTIONS)
    assert (done.changed, done.facts["action"]) == (True, "create")
    assert environment.subaccount.destinations["X"] == STANDS


def test_reading_back_waits_for_what_was_written(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, waits: list[float]
) -> None:
    late = Fault(404, "Configuration with the specified name was not found")
    gateway.fail("GET", "/X", late, late, late)
    assert run_through_gateway(btp_destination, **OPTIONS).changed is True
    assert environment.subaccount.destinations["X"] == STANDS
    assert 0 < sum(waits) < 1


def test_other_values_afterwards_are_reported(run_through_gateway: Run, gateway: Gateway, waits: list[float]) -> None:
    late = Fault(404, "Configuration with the specified name was not found")
    gateway.fail("GET", "/X", late, *[Fault(200, {**STANDS, "URL": "https://theirs", "Password": "their5"})] * 9)
    with pytest.raises(ServiceError, match="shows other values than were written: Password, URL") as caught:
        run_through_gateway(btp_destination, **OPTIONS)
    assert "their5" not in str(caught.value)
    assert SECRET not in str(caught.value)
    assert len(waits) > 3


def test_destination_that_is_there_again_is_reported(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, waits: list[float]
) -> None:
    environment.subaccount.destinations["X"] = STANDS
    gateway.fail("GET", "/X", *[Fault(200, STANDS)] * 9)
    with pytest.raises(ServiceError, match="X was deleted, but the service still shows it, or shows another one"):
        run_through_gateway(btp_destination, name="X", state="absent")
    assert waits


def test_edit_between_two_tasks_is_told(run: Run, environment: Environment) -> None:
    environment.subaccount.destinations["X"] = STANDS
    options = {"name": "X", "purge_properties": True, "properties": PROPERTIES, "secret_properties": {"Password": "p"}}
    one = run(btp_destination, checked={"destinations": {}, "must_stay": ["URL"]}, **options)
    assert one.warnings == []
    environment.subaccount.destinations["X"] = {**STANDS, "Password": SECRET, "Description": "by hand"}

    other = run(btp_destination, checked=one.decisions["checked"], **options)

    assert other.warnings == ["Someone else has changed destination X meanwhile. Overwritten: Description, Password."]
    assert SECRET not in str(other)
    environment.subaccount.destinations["X"] = before = {**STANDS, "URL": "https://theirs"}
    for check_mode in (True, False):
        with pytest.raises(Refused, match="someone else has changed it, with URL https://theirs"):
            run(btp_destination, check_mode=check_mode, checked=other.decisions["checked"], **options)
    assert environment.subaccount.destinations["X"] == before


@pytest.mark.parametrize("fault", [Fault(503, carried_out=True), Fault(carried_out=True)])
@pytest.mark.usefixtures("waits")
def test_own_write_whose_answer_was_lost_is_no_one_elses(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, fault: Fault
) -> None:
    environment.subaccount.destinations["X"] = {**STANDS, "URL": "https://old", "TrustAll": "true"}
    gateway.fail("PUT", LIST, fault)
    assert run_through_gateway(btp_destination, purge_properties=True, **OPTIONS).warnings == []


def test_added_properties(run: Run, environment: Environment) -> None:
    def added(**options: t.Any) -> t.Any:
        return run(btp_destination, name="X", **options).decisions["added_properties"]

    assert added(properties=PROPERTIES) == ["Name", "Type", "URL", "days", "tc.enabled"]
    assert added(properties=PROPERTIES) == []
    assert added(properties={"tc.enabled": None, "URL": "https://y"}) == []
    assert added(properties={"tc.enabled": "true"}) == ["tc.enabled"]
    assert environment.subaccount.destinations["X"]["tc.enabled"] == "true"


def test_destination_that_comes_and_goes_all_the_time_is_reported(run_through_gateway: Run, gateway: Gateway) -> None:
    gateway.fail("POST", LIST, *[Fault(409)] * 9)
    with pytest.raises(ServiceError, match=r"Destination X came and went while it was to be written \(create\)"):
        run_through_gateway(btp_destination, **OPTIONS)
    assert gateway.count("POST", LIST) < 9


@pytest.mark.parametrize("fault", [Fault(429, headers={"Retry-After": "3600"}), Fault()])
def test_failure_that_goes_on_is_reported_as_it_is(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, waits: list[float], fault: Fault
) -> None:
    """Not as if someone else were writing the destination."""
    gateway.fail("POST", LIST, *[fault] * 50)
    with pytest.raises(ServiceError, match="create destination X") as caught:
        run_through_gateway(btp_destination, **OPTIONS)
    assert "overloaded" in str(caught.value) or "no complete answer" in str(caught.value)
    assert "Someone else" not in str(caught.value)
    assert "X" not in environment.subaccount.destinations
    assert max(waits, default=0) <= 60
