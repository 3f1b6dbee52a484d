# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Task Center's answers are read in every form that they may have; what cannot be understood is never a good status."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.connectors import (
    Connector,
    Job,
    Unreadable,
    has_runs,
    read_connector,
    read_connectors,
    read_job,
    read_service_status,
)

CONNECTOR = {"id": "1", "destinationName": "FSM", "status": "OK", "jobs": []}
READ = Connector("FSM", "1", "OK", ())


@pytest.mark.parametrize(
    "said, expected",
    [
        ([], []),
        ({"connectors": []}, []),
        ([CONNECTOR], [READ]),
        ({"connectors": [CONNECTOR], "links": []}, [READ]),
        ({"count": 1, "Connectors": [CONNECTOR], "messages": []}, [READ]),
        ({"count": 1, "value": [CONNECTOR]}, [READ]),
    ],
)
def test_lists(said: t.Any, expected: list[Connector]) -> None:
    assert read_connectors(said) == expected


@pytest.mark.parametrize(
    "said",
    [
        {"connectorId": 1, "destination": "FSM", "connectorStatus": "ok", "jobs": []},
        {"ID": "1", "name": "Field Service", "destination_name": "FSM", "state": " OK ", "jobTypes": []},
        {"id": "1", "destination": {"name": "FSM", "url": "x"}, "status": {"code": "OK"}, "jobs": {}},
        {"id": "1", "connectorName": "FSM", "status": {"value": "Ok", "since": "x"}, "jobStatuses": []},
    ],
)
def test_fields_by_any_name(said: dict[str, t.Any]) -> None:
    assert read_connector(said) == READ


@pytest.mark.parametrize(
    "jobs, expected",
    [
        ([{"jobType": "INITIAL", "status": "OK"}], [Job("INITIAL", "OK")]),
        ([{"type": "initial", "state": "running", "message": "m"}], [Job("INITIAL", "RUNNING", "m")]),
        ([{"name": "PUSH", "status": {"code": "ERROR"}, "error": 5}], [Job("PUSH", "ERROR", "5")]),
        ({"META": "OK", "delta": {"status": "WARNING"}}, [Job("META", "OK"), Job("DELTA", "WARNING")]),
        ([{"jobType": "INITIAL", "status": "SOMETHING_NEW"}], [Job("INITIAL", "SOMETHING_NEW")]),
    ],
)
def test_jobs(jobs: t.Any, expected: list[Job]) -> None:
    assert read_connector({**CONNECTOR, "jobs": jobs}).jobs == tuple(expected)


@pytest.mark.parametrize("jobs", [None, ["INITIAL", "CONFIG"]])
def test_jobs_that_are_not_reported(jobs: t.Any) -> None:
    assert read_connector({**CONNECTOR, "jobs": jobs}).jobs is None


def test_status_and_id_that_are_not_reported() -> None:
    assert read_connector({"name": "FSM", "status": True}) == Connector("FSM", None, None)


def test_two_answers_make_one() -> None:
    listed, own = Connector("FSM", "1", None), Connector("FSM", None, "OK", ())
    assert own.or_else(listed) == READ


@pytest.mark.parametrize(
    "said",
    [
        None,
        "OK",
        5,
        {},
        {"status": "OK"},
        {"a": [], "b": []},
        ["FSM"],
        [{"status": "OK"}],
        [{"name": "", "status": "OK"}],
        [{**CONNECTOR, "jobs": "OK"}],
        [{**CONNECTOR, "jobs": [5]}],
        [{**CONNECTOR, "jobs": [{"jobType": "INITIAL"}]}],
        [{**CONNECTOR, "jobs": [{"status": "OK"}]}],
        [{**CONNECTOR, "jobs": {"INITIAL": {"message": "m"}}}],
        [{**CONNECTOR, "jobs": {"INITIAL": None}}],
    ],
)
def test_connectors_that_cannot_be_understood(said: t.Any) -> None:
    with pytest.raises(Unreadable):
        read_connectors(said)


def test_error_names_fields_and_no_values() -> None:
    with pytest.raises(Unreadable, match="neither name nor ID among its fields state, token") as caught:
        read_connectors([{"token": "s3cr3t", "state": "OK"}])
    assert "s3cr3t" not in str(caught.value)


def test_one_job() -> None:
    assert read_job({"status": "ok"}, "META") == Job("META", "OK")
    with pytest.raises(Unreadable):
        read_job("", "")


FIRST = {"status": "OK", "startedAt": "2026-03-01T08:00:00Z"}
LAST = {"status": "ERROR", "startedAt": "2026-03-01T08:00:30+00:00", "message": "no token"}


@pytest.mark.parametrize("said", [[LAST, FIRST], [FIRST, LAST], {"jobType": "DELTA", "runs": [FIRST, LAST]}])
def test_the_last_run_of_a_history_counts_in_either_order(said: t.Any) -> None:
    assert has_runs(said)
    assert read_job(said, "DELTA") == Job("DELTA", "ERROR", "no token")


def test_history_without_times_is_understood_only_if_all_runs_say_the_same() -> None:
    assert read_job([{"status": "OK"}, {"status": "ok"}], "DELTA") == Job("DELTA", "OK")
    with pytest.raises(Unreadable, match="no time"):
        read_job([{"status": "OK"}, {"status": "ERROR"}], "DELTA")
    with pytest.raises(Unreadable, match="a job is an empty list"):
        read_job([], "META")
    with pytest.raises(Unreadable, match="a job is an empty list"):
        read_job({"jobType": "META", "runs": []}, "META")
    with pytest.raises(Unreadable, match="no list of runs"):
        read_job(["OK"], "DELTA")


@pytest.mark.parametrize("times", [(1772352000, 1772352030), (1772352000000, 1772352030000)])
def test_times_of_runs_may_be_numbers(times: tuple[int, int]) -> None:
    runs = [{"status": status, "endTime": moment} for status, moment in zip(("OK", "ERROR"), times, strict=True)]
    assert read_job(runs, "DELTA").status == "ERROR"


def test_an_empty_history_is_no_run() -> None:
    assert not has_runs([])
    assert not has_runs({"jobType": "DELTA", "runs": []})
    assert has_runs({"status": "OK"})


@pytest.mark.parametrize(
    "said",
    [
        {"status": [{"code": "IDS_Configuration", "status": "error", "message": "m"}]},
        [{"name": "IDS_Configuration", "state": "ERROR", "description": "m"}],
    ],
)
def test_service_status(said: t.Any) -> None:
    assert read_service_status(said) == [{"code": "IDS_Configuration", "status": "ERROR", "message": "m"}]


@pytest.mark.parametrize("said", [[], {"status": "OK"}, {"status": []}, [{"code": "x"}], [{"status": "OK"}], "OK"])
def test_service_status_that_cannot_be_understood(said: t.Any) -> None:
    with pytest.raises(Unreadable):
        read_service_status(said)


@pytest.mark.parametrize(
    "status, jobs, settled",
    [
        ("OK", {}, False),
        ("OK", {"CONFIG": "OK"}, False),
        ("OK", {"CONFIG": "OK", "INITIAL": "RUNNING"}, False),
        ("OK", {"CONFIG": "OK", "INITIAL": "OK", "DELTA": "RUNNING"}, True),
        ("ERROR", {"CONFIG": "OK", "INITIAL": "ERROR"}, True),
        ("OK", {"CONFIG": "OK", "DELTA": "OK"}, True),
        ("ERROR", {"CONFIG": "ERROR"}, True),
        ("PAUSED", {"CONFIG": "OK"}, True),
        ("PAUSED", {"INITIAL": "RUNNING"}, False),
    ],
)
def test_settled(status: str, jobs: dict[str, str], settled: bool) -> None:
    assert Connector("FSM", "1", status, tuple(Job(*job) for job in jobs.items())).settled is settled
