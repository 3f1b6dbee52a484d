# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The labels of a destination: previewed, set and set again, and kept apart from the destination itself."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, Refused, ServiceError
from ansible_collections.btp_ops.task_center.plugins.modules import btp_destination
from landscape.faults import Callback, Matching
from unit.plugins.gateway import Fault, Gateway

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

LABELS = "/X/labels"
PROPERTIES = {"Type": "HTTP", "URL": "https://x"}
STANDS = {"Name": "X", **PROPERTIES, "Password": "s3cr3t"}
TEN = {f"key{number}": ["value"] for number in range(10)}

Run = t.Callable[..., t.Any]
Writes = t.Callable[[], list[str]]


def store(environment: Environment, level: str = "subaccount") -> t.Any:
    """Return the destinations of a level as the landscape keeps them."""
    return (
        environment.subaccount.destinations if level == "subaccount" else environment.subaccount.instance_destinations
    )


def labels_of(environment: Environment, level: str = "subaccount") -> dict[str, list[str]]:
    """Return the labels of the destination X as the landscape keeps them."""
    entry = store(environment, level).entry("X")
    return dict(entry.labels) if entry else {}


def put(environment: Environment, labels: dict[str, list[str]], level: str = "subaccount") -> None:
    """Create the destination X with these labels."""
    store(environment, level)["X"] = STANDS
    store(environment, level).set_labels("X", labels)


STEPS = [
    pytest.param(None, {"properties": PROPERTIES}, "create", ["POST", "PUT"], id="create"),
    pytest.param({"old": ["x"], "stage": ["qa"]}, {}, "update", ["PUT"], id="labels alone"),
    pytest.param({"old": ["x"]}, {"properties": {"URL": "https://y"}}, "update", ["PUT", "PUT"], id="both"),
]


@pytest.mark.parametrize("level", ["subaccount", "instance"])
@pytest.mark.parametrize("before, options, action, requests", STEPS)
def test_preview_run_and_run_again(
    run: Run,
    environment: Environment,
    writes: Writes,
    level: str,
    before: dict[str, list[str]] | None,
    options: dict[str, t.Any],
    action: str,
    requests: list[str],
) -> None:
    if before is not None:
        put(environment, before, level)
    wanted = {"stage": ["prod", "eu"], "gone": None, "flag": [True]}
    options = {"name": "X", "level": level, "labels": wanted, **options}
    after = {**(before or {}), "stage": ["prod", "eu"], "flag": ["true"]}

    preview = run(btp_destination, check_mode=True, **options)
    assert labels_of(environment, level) == (before or {})
    assert writes() == []

    done = run(btp_destination, **options)
    assert labels_of(environment, level) == after
    assert writes() == requests
    assert done.decisions.pop("written_at") > 0
    assert preview.decisions.pop("written_at") is None
    assert preview == done
    assert (done.changed, done.facts["action"]) == (True, action)
    assert (done.facts["labels"], done.facts["changed_labels"]) == (after, ["flag", "stage"])
    assert done.diff[1] == {
        "before_header": f"X ({level}): labels",
        "after_header": f"X ({level}): labels",
        "before": before or "",
        "after": after,
    }
    if before is not None:
        assert store(environment, level)["X"] == {**STANDS, **options.get("properties", {})}

    for check_mode in (True, False):
        again = run(btp_destination, check_mode=check_mode, **options)
        assert (again.changed, again.facts["action"], again.facts["changed_labels"]) == (False, "none", [])
        assert again.diff[1]["before"] == again.diff[1]["after"]
    assert writes() == requests


def test_labels_are_not_read_unless_they_are_given(
    run_through_gateway: Run, environment: Environment, gateway: Gateway
) -> None:
    put(environment, {"stage": ["prod"]})
    done = run_through_gateway(btp_destination, name="X", properties={"URL": "https://y"})
    assert done.changed is True
    assert {"labels", "changed_labels"}.isdisjoint(done.facts)
    assert len(done.diff) == 1
    assert gateway.count("GET", LABELS) == 0
    assert labels_of(environment) == {"stage": ["prod"]}


def test_what_is_in_sync_costs_two_requests(
    run_through_gateway: Run, environment: Environment, gateway: Gateway
) -> None:
    put(environment, {"stage": ["prod"]})
    assert run_through_gateway(btp_destination, name="X", labels={"stage": ["prod"]}).changed is False
    assert [request.method for request in gateway.seen] == ["POST", "GET", "GET"]


@pytest.mark.parametrize("labels, after", [({}, {}), ({"stage": ["qa"]}, {"stage": ["qa"]})])
def test_other_labels_go_on_request(
    run: Run, environment: Environment, labels: dict[str, list[str]], after: dict[str, list[str]]
) -> None:
    put(environment, {"stage": ["qa"], "old": ["x"]})
    done = run(btp_destination, name="X", labels=labels, purge_labels=True)
    assert done.changed is True
    assert labels_of(environment) == after == done.facts["labels"]
    assert run(btp_destination, name="X", labels=labels, purge_labels=True).changed is False


def test_labels_of_a_destination_that_has_to_be_gone_are_ignored(run: Run, environment: Environment) -> None:
    put(environment, {"stage": ["qa"]})
    done = run(btp_destination, name="X", state="absent", labels={"stage": ["prod"]})
    assert (done.facts["action"], len(done.diff)) == ("delete", 1)
    assert "X" not in store(environment)


@pytest.mark.parametrize("check_mode", [True, False])
def test_nothing_to_label(run: Run, environment: Environment, writes: Writes, check_mode: bool) -> None:
    with pytest.raises(Refused, match=r"no destination X \(level subaccount\) that could be labelled"):
        run(btp_destination, check_mode=check_mode, name="X", labels={"stage": ["qa"]})
    assert writes() == []


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    "labels, kind", [({**TEN, "key10": ["x"]}, InputError), ({"stage": ["x"]}, Refused), ({"stage": "x"}, InputError)]
)
def test_too_many_labels_change_nothing(
    run: Run, environment: Environment, writes: Writes, labels: dict[str, t.Any], kind: type, check_mode: bool
) -> None:
    put(environment, TEN)
    options = {"properties": {"URL": "https://y"}, "labels": labels}
    with pytest.raises(kind, match="Destination X"):
        run(btp_destination, check_mode=check_mode, name="X", **options)
    assert writes() == []
    assert store(environment)["X"] == STANDS
    assert labels_of(environment) == TEN


def test_destination_that_was_created_without_its_labels_is_reported_and_corrected(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, waits: list[float]
) -> None:
    options = {"name": "X", "properties": PROPERTIES, "labels": {"stage": ["prod"]}}
    gateway.fail("PUT", LABELS, Fault(400, {"ErrorMessage": "Not today"}))
    with pytest.raises(ServiceError, match="Destination X was created, but its labels are not those") as caught:
        run_through_gateway(btp_destination, **options)
    assert "set the labels of destination X: 400 Not today" in str(caught.value)
    assert "Run the task again" in caught.value.remedy
    assert caught.value.status == 400
    assert (store(environment)["X"]["URL"], labels_of(environment)) == ("https://x", {})

    done = run_through_gateway(btp_destination, **options)
    assert (done.changed, done.facts["action"], done.facts["changed_properties"]) == (True, "update", [])
    assert labels_of(environment) == {"stage": ["prod"]}
    assert waits


@pytest.mark.parametrize("fault", [Fault(503, carried_out=True), Fault(carried_out=True), Fault(200, "{", cut=True)])
def test_lost_answer(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, waits: list[float], fault: Fault
) -> None:
    put(environment, {"stage": ["qa"]})
    gateway.fail("PUT", LABELS, *[fault] * 2)
    assert run_through_gateway(btp_destination, name="X", labels={"stage": ["prod"]}).changed is True
    assert labels_of(environment) == {"stage": ["prod"]}
    assert waits


def test_answer_that_stays_lost(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, waits: list[float]
) -> None:
    put(environment, {"stage": ["qa"]})
    gateway.fail("PUT", LABELS, *[Fault()] * 50)
    with pytest.raises(ServiceError, match=r"Destination X is in sync, but its labels .* no complete answer"):
        run_through_gateway(btp_destination, name="X", labels={"stage": ["prod"]})
    assert labels_of(environment) == {"stage": ["qa"]}
    assert waits


def test_labels_that_someone_else_sets_are_reported(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, waits: list[float]
) -> None:
    put(environment, {})
    theirs = Fault(200, [{"key": "stage", "values": ["theirs"]}])
    gateway.fail("GET", LABELS, Fault(200, []), *[theirs] * 9)
    with pytest.raises(ServiceError, match="does not show the labels of destination X as they were set"):
        run_through_gateway(btp_destination, name="X", labels={"stage": ["prod"]})
    assert len(waits) > 3


def test_labels_of_someone_who_creates_the_destination_at_the_same_time_stay(
    run_through_gateway: Run, environment: Environment, gateway: Gateway
) -> None:
    put(environment, {"theirs": ["x"]})
    gateway.fail("GET", "/X", Fault(404, "Configuration with the specified name was not found"))
    done = run_through_gateway(btp_destination, name="X", properties=PROPERTIES, labels={"stage": ["prod"]})
    assert labels_of(environment) == {"theirs": ["x"], "stage": ["prod"]} == done.facts["labels"]


@pytest.mark.parametrize("body", [{"key": "a"}, ["a"], [{"key": 1, "values": []}], [{"key": "a", "values": "b"}]])
def test_labels_of_another_form(
    run_through_gateway: Run, environment: Environment, gateway: Gateway, body: t.Any
) -> None:
    put(environment, {})
    gateway.fail("GET", LABELS, Fault(200, body))
    with pytest.raises(ServiceError, match="unexpected to: read the labels of destination X"):
        run_through_gateway(btp_destination, name="X", labels={"stage": ["prod"]})


def test_edits_between_the_reads_and_the_writes_are_kept(
    run: Run, environment: Environment, landscape: Landscape
) -> None:
    """Whoever edits the destination while its labels are read, or the labels while it is written."""
    put(environment, {"old": ["x"]})
    destinations = environment.subaccount.destinations

    def edit(_arrival: t.Any) -> None:
        destinations["X"] = {**STANDS, "Description": "by hand"}

    def label(_arrival: t.Any) -> None:
        destinations.set_labels("X", {"old": ["x"], "theirs": ["y"]})

    for act, method, path in ((edit, "GET", f"*{LABELS}"), (label, "PUT", "*/subaccountDestinations")):
        landscape.faults.add(Callback(act), Matching(method, path=path, environment=environment.name), times=1)
    done = run(btp_destination, name="X", properties={"URL": "https://y"}, labels={"stage": ["prod"]})
    landscape.faults.clear()

    assert done.warnings == ["Someone else has changed destination X meanwhile. Kept: Description."]
    assert destinations["X"] == {**STANDS, "Description": "by hand", "URL": "https://y"}
    assert labels_of(environment) == {"old": ["x"], "theirs": ["y"], "stage": ["prod"]}
