# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module fsm_rotation_info: what it reads, and how often."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.modules import btp_destination, fsm_rotation_info, fsm_trust_cert
from landscape.faults import Lag, Matching, Status
from landscape.made_by_hand import expected_pair

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

Find = t.Callable[..., dict[str, t.Any]]
CONNECTION = {
    "environment_name": "dev",
    "name": "FSM",
    "url": "https://de.fsm.cloud.sap/cloud-approval-service/api",
    "account_id": "1",
    "certificate_dir": "/files",
}


@pytest.fixture
def find(run: t.Any, environment: Environment) -> Find:
    """Run the module in a connected environment, and return what it reports."""
    for destination in expected_pair(environment):
        environment.subaccount.destinations[destination["Name"]] = destination

    def work(check_mode: bool = False, **options: t.Any) -> dict[str, t.Any]:
        outcome = run(fsm_rotation_info, check_mode, **{"connection": CONNECTION, **options})
        assert not outcome.changed
        return {**outcome.facts, **outcome.decisions}

    return work


def gets(landscape: Landscape, environment: Environment) -> list[str]:
    """Return what was read, by the last part of its path."""
    requests = [one for one in landscape.requests(environment.name) if one.method == "GET"]
    return [one.path.rpartition("/v1/")[2] for one in requests]


def test_only_what_is_needed_is_read(find: Find, environment: Environment, landscape: Landscape) -> None:
    environment.subaccount.trust.replace("active")
    idle = find()
    assert (idle["phase"], idle["step"], idle["actionable"]) == ("idle", "none", False)
    few = ["saml2Metadata/certificate", "saml2Metadata/certificate/passive", "subaccountDestinations/FSM_PP/labels"]
    assert gets(landscape, environment) == few

    landscape.forget_requests()
    environment.subaccount.trust.replace("active", expires_in_days=20)
    destinations = environment.subaccount.destinations
    destinations["HR_PP"] = {**destinations["FSM_PP"], "Name": "HR_PP", "URL": "https://hr.example.com"}
    due = find()
    assert (due["step"], due["actionable"]) == ("stage", True)
    assert gets(landscape, environment) == [*few, "subaccountDestinations", "instanceDestinations"]

    # What decides is read when it decides, and not remembered from an earlier step.
    landscape.forget_requests()
    environment.subaccount.trust.replace("passive")
    staged = find(progress=due["progress"])
    assert (staged["step"], staged["done"]) == ("export", ["stage"])
    assert gets(landscape, environment) == [*few, "subaccountDestinations", "instanceDestinations"]
    assert "of hr.example.com, of no environment in sight" in staged["messages"][0]


def test_neighbours_are_read_before_anything_that_concerns_them(
    find: Find, environment: Environment, landscape: Landscape
) -> None:
    old, new = (environment.subaccount.trust.replace(slot) for slot in ("active", "passive"))
    both = [old.fingerprint, new.fingerprint]
    common = {"known": True, "uploaded": both, "host": "", "account_id": "", "retire_unverified": False}
    neighbours = [
        {"environment": "qa", "secondary": "QA_PP", **common},
        {"environment": "empty", "secondary": "EMPTY_PP", **common},
    ]
    destinations = environment.subaccount.destinations
    destinations["QA_PP"] = {**destinations["FSM_PP"], "Name": "QA_PP"}
    digits = [one.replace(":", "").lower()[:12] for one in reversed(both)]
    destinations.set_labels("QA_PP", {"trust-rolled-back": [f"{digits[0]}-{digits[1]}-20260101T000000Z"]})
    settings = {"replace": old.fingerprint}

    found = find(uploaded_certificates=both, neighbours=neighbours, settings=settings)

    assert (found["step"], found["outcome"]) == ("correct", "failed")
    assert [one["id"] for one in found["findings"]] == ["rotation_rejected_elsewhere"]
    assert "subaccount: qa." in found["messages"][0]


def test_slots_that_lag_behind_a_step_are_read_again(
    find: Find, run: t.Any, environment: Environment, landscape: Landscape, waits: list[float]
) -> None:
    environment.subaccount.trust.replace("active", expires_in_days=20)
    due = find()
    certificates = Matching("GET", path="*/saml2Metadata/*", environment=environment.name)
    # The module that generates it reads six times.
    landscape.faults.add(Lag(3600), certificates, nth=7, times=4)
    new = run(fsm_trust_cert, slot="passive").facts["certificate"]["fingerprint"]
    staged = find(progress=due["progress"])
    assert staged["passive"]["fingerprint"] == new
    assert len(waits) == 2

    # Where nothing was changed, nothing is waited for.
    waits.clear()
    for options in ({"check_mode": True}, {"failure": "No."}, {}):
        find(**options)
    assert waits == []


def test_labels_that_lag_behind_a_step_are_read_again(
    find: Find, run: t.Any, environment: Environment, landscape: Landscape, waits: list[float]
) -> None:
    trust = environment.subaccount.trust
    for slot in ("active", "passive"):
        trust.replace(slot, expires_in_days=20 if slot == "active" else 700)
    trust.rotate()
    by_hand = find()
    assert by_hand["step"] == "record"
    lagging = Matching("GET", path="*/labels", environment=environment.name)
    # The module that sets them reads them twice.
    landscape.faults.add(Lag(3600), lagging, nth=3, times=2)
    run(btp_destination, name="FSM_PP", labels=by_hand["labels"])
    waits.clear()
    assert find(progress=by_hand["progress"])["activated"] == by_hand["activated"]
    assert len(waits) == 2
    # Labels that never show it keep the run from recording again and again.
    landscape.faults.add(Lag(3600), lagging)
    stale = find(progress=by_hand["progress"])
    assert (stale["step"], stale["actionable"]) == ("record", False)


def test_service_that_refuses_is_a_finding(find: Find, environment: Environment, landscape: Landscape) -> None:
    first = environment.subaccount.trust.replace("active", expires_in_days=20)
    progress = find()["progress"]
    landscape.faults.add(Status(403, body="Not today."), Matching("GET", environment=environment.name))
    found = find(progress=progress)
    assert (found["outcome"], found["actionable"]) == ("failed", False)
    assert (found["phase"], found["active"]["fingerprint"]) == ("idle", first.fingerprint)
    assert "Not today." in found["messages"][0]


def test_wrong_variables_are_found_before_any_system_is_read(
    find: Find, environment: Environment, landscape: Landscape
) -> None:
    landscape.forget_requests()
    wrong = find(service_key=None, connection={**CONNECTION, "url": None}, settings={"phase": "prove"})
    assert {one["id"] for one in wrong["findings"]} == {"input_missing", "input_pattern", "service_key_unusable"}
    assert (wrong["outcome"], wrong["step"], wrong["actionable"]) == ("failed", "correct", False)
    assert landscape.requests(environment.name) == []
