# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which connectors Task Center has, and in which state, judged by SAP Task Center's guide.

Sources: "Monitoring" (jobs and their intervals, states of jobs and connectors), "Repopulate the Task Cache" (removing
tc.enabled, not pausing), "Conventions and Technical Restrictions" (64 characters), "Primary Destination with the
Technical User" (tc.enabled, tc.notifications.enabled), "Troubleshooting" (an hour without a token).
"""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from judges.facts.conftest import Ask
    from landscape import Environment
    from unit.landscape.conftest import Http

Connectors = t.Callable[[], dict[str, t.Any]]
Advance = t.Callable[[float], None]
HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture
def primary(environment: Environment, pair: tuple[dict[str, str], dict[str, str]]) -> dict[str, str]:
    """The primary destination, which is in the subaccount together with the secondary one."""
    primary, secondary = pair
    environment.subaccount.destinations.update({"FSM": primary, "FSM_PP": secondary})
    return primary


def without_enabled(destination: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in destination.items() if key != "tc.enabled"}


def test_only_what_is_enabled_makes_one(
    environment: Environment, primary: dict[str, str], connectors: Connectors
) -> None:
    environment.subaccount.destinations["FSM"] = without_enabled(primary)
    assert connectors() == {}
    environment.subaccount.destinations["FSM"] = primary
    found = connectors()
    assert {name: item["status"] for name, item in found.items()} == {"FSM": "OK"}
    assert {name: job["status"] for name, job in found["FSM"]["jobs"].items()} == {
        "CONFIG": "OK", "INITIAL": "OK", "META": "OK",
    }  # fmt: skip


def test_destinations_of_instances_make_none(
    environment: Environment, primary: dict[str, str], connectors: Connectors
) -> None:
    environment.subaccount.destinations["FSM"] = without_enabled(primary)
    for instance in environment.subaccount.instances:
        instance.level(environment.subaccount).destinations["OTHER"] = primary
    assert connectors() == {}


@pytest.mark.parametrize("value", ["false", "no", "True", "TRUE", "1", ""])
def test_any_other_value_pauses(
    environment: Environment, primary: dict[str, str], connectors: Connectors, value: str
) -> None:
    environment.subaccount.destinations["FSM"] = {**primary, "tc.enabled": value}
    paused = connectors()["FSM"]
    assert (paused["status"], set(paused["jobs"])) == ("PAUSED", {"CONFIG"})


def test_removed_ones_are_gone(
    environment: Environment, primary: dict[str, str], connectors: Connectors, task_center: Ask
) -> None:
    destinations = environment.subaccount.destinations
    connectors()
    assert "DELTA" in (before := connectors()["FSM"])["jobs"]
    destinations["FSM"] = without_enabled(primary)
    assert connectors() == {}
    assert task_center(f"/v1/connectors/{before['id']}").status_code == 404
    # Added again, the cache is populated anew.
    destinations["FSM"] = primary
    after = connectors()["FSM"]
    assert after["id"] != before["id"]
    assert set(after["jobs"]) == {"CONFIG", "INITIAL", "META"}
    del destinations["FSM"]
    assert connectors() == {}


def test_pausing_keeps_what_is_cached(
    environment: Environment, primary: dict[str, str], connectors: Connectors, advance: Advance
) -> None:
    before = connectors()["FSM"]
    advance(60)
    environment.subaccount.destinations["FSM"] = {**primary, "tc.enabled": "false"}
    assert connectors()["FSM"]["status"] == "PAUSED"
    environment.subaccount.destinations["FSM"] = primary
    after = connectors()["FSM"]
    assert (after["id"], after["status"]) == (before["id"], "OK")
    assert after["jobs"]["INITIAL"] == before["jobs"]["INITIAL"]
    assert "DELTA" in after["jobs"]


def test_new_url_repopulates(
    environment: Environment, primary: dict[str, str], connectors: Connectors, advance: Advance
) -> None:
    first = connectors()["FSM"]["jobs"]["INITIAL"]
    advance(60)
    assert "DELTA" in connectors()["FSM"]["jobs"]
    environment.subaccount.destinations["FSM"] = {**primary, "URL": primary["URL"] + "/"}
    jobs = connectors()["FSM"]["jobs"]
    assert jobs["INITIAL"]["finishedAt"] > first["finishedAt"]
    assert "DELTA" not in jobs


@pytest.mark.parametrize(
    "change, status, job",
    [
        pytest.param({"tc.notifications.enabled": "yes"}, "WARNING", "CONFIG", id="warning"),
        pytest.param({"tokenServicePassword": "wrong"}, "ERROR", "INITIAL", id="error"),
        pytest.param({"URL.headers.X-Company-ID": "1"}, "ERROR", "INITIAL", id="refused"),
        pytest.param({"tc.notifications.enabled": "true"}, "OK", "CONFIG", id="fine"),
    ],
)
def test_status_is_the_worst_of_the_jobs(
    environment: Environment,
    primary: dict[str, str],
    connectors: Connectors,
    change: dict[str, str],
    status: str,
    job: str,
) -> None:
    environment.subaccount.destinations["FSM"] = {**primary, **change}
    found = connectors()["FSM"]
    assert found["status"] == found["jobs"][job]["status"] == status
    assert {name: item["status"] for name, item in found["jobs"].items() if name != job}.items() <= {
        "CONFIG": "OK", "INITIAL": "OK", "META": "OK",
    }.items()  # fmt: skip
    assert bool(found["jobs"][job]["message"]) == (status != "OK")


def test_name_has_at_most_64_characters(
    environment: Environment, primary: dict[str, str], connectors: Connectors
) -> None:
    environment.subaccount.destinations.update({"F" * 64: primary, "F" * 65: primary})
    found = connectors()
    assert (found["F" * 64]["status"], found["F" * 65]["status"]) == ("OK", "ERROR")


def test_an_hour_without_token_disables(
    environment: Environment, primary: dict[str, str], connectors: Connectors, service: Http, advance: Advance
) -> None:
    wrong = {**primary, "tokenServicePassword": "wrong"}
    environment.subaccount.destinations["FSM"] = wrong

    def state() -> tuple[str, dict[str, str]]:
        status = connectors()["FSM"]["status"]
        return status, service("GET", "/subaccountDestinations/FSM").json()

    assert state() == ("ERROR", wrong)
    advance(HOUR - 60)
    assert state() == ("ERROR", wrong)
    advance(120)
    assert state() == ("PAUSED", {**wrong, "tc.enabled": "false"})
    # Somebody has to set it back.
    environment.subaccount.destinations["FSM"] = primary
    assert state() == ("OK", primary)


@pytest.mark.usefixtures("primary")
def test_first_pull_is_one(connectors: Connectors, advance: Advance) -> None:
    first = connectors()["FSM"]["jobs"]
    assert "DELTA" not in first
    advance(60)
    later = connectors()["FSM"]["jobs"]
    assert later["INITIAL"] == first["INITIAL"]
    assert later["DELTA"]["finishedAt"] > first["INITIAL"]["finishedAt"]
    assert later["CONFIG"]["finishedAt"] > first["CONFIG"]["finishedAt"]


@pytest.mark.usefixtures("primary")
def test_definitions_are_read_daily(connectors: Connectors, advance: Advance) -> None:
    first = connectors()["FSM"]["jobs"]["META"]
    advance(DAY - HOUR)
    assert connectors()["FSM"]["jobs"]["META"] == first
    advance(2 * HOUR)
    assert connectors()["FSM"]["jobs"]["META"]["finishedAt"] > first["finishedAt"]
