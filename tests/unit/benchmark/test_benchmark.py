# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the benchmark counts, and how its page shows it."""

from __future__ import annotations

import re
import typing as t
from datetime import datetime, timezone

import pytest

from benchmark.accounting import Tally, kind, tally
from benchmark.measure import Measured
from benchmark.page import page
from benchmark.profiling import profile
from benchmark.results import Results
from landscape import RecordedRequest

TOKEN = ("POST", "acme.authentication.eu10.hana.ondemand.com", "/oauth/token")
SERVICE = "destination-configuration.cfapps.eu10.hana.ondemand.com"
READ = ("GET", SERVICE, "/destination-configuration/v1/subaccountDestinations/FSM")
WRITE = ("POST", SERVICE, "/destination-configuration/v1/subaccountDestinations")
COMPANIES = ("GET", "de.fsm.cloud.sap", "/api/master/v1/accounts/654321/companies")
METADATA = ("GET", "de.fsm.cloud.sap", "/api/oauth2/v2/saml/acme-dev/metadata")
BEGIN = 1_800_000_000.0  # seconds since the epoch


def recorded(
    request: tuple[str, str, str], connection: int = 1, agent: str = "client", after: float = 0
) -> RecordedRequest:
    """Return a request that was answered some seconds after the beginning."""
    method, host, path = request
    at = datetime.fromtimestamp(BEGIN + after, timezone.utc)
    return RecordedRequest(method, host, path, "", 200, "dev", agent, at, connection)


@pytest.mark.parametrize(
    "request_line, expected",
    [
        (TOKEN, "XSUAA POST oauth/token"),
        (READ, "Destination Service GET subaccountDestinations/FSM"),
        (COMPANIES, "FSM GET master/v1/accounts/*/companies"),
        (METADATA, "FSM GET oauth2/v2/saml/*/metadata"),
    ],
)
def test_kinds_are_the_same_for_all_environments(request_line: tuple[str, str, str], expected: str) -> None:
    assert kind(recorded(request_line)) == expected


def test_tally_counts_what_came_from_outside() -> None:
    requests = [
        recorded(TOKEN, 1),
        recorded(READ, 2),
        recorded(READ, 2),
        recorded(WRITE, 3),
        recorded(METADATA, 4, "SAP-Destination-Service"),
    ]
    assert tally(requests) == Tally(
        requests={
            "XSUAA POST oauth/token": 1,
            "Destination Service GET subaccountDestinations/FSM": 2,
            "Destination Service POST subaccountDestinations": 1,
        },
        connections=3,
        tokens=1,
        writes=1,
    )


def test_profile_adds_up_to_the_whole_run() -> None:
    tasks = [
        {"name": "second", "began": BEGIN + 3, "ended": BEGIN + 4, "results": 1},
        {"name": "first", "began": BEGIN + 1, "ended": BEGIN + 2.5, "results": 1},
    ]
    requests = [recorded(TOKEN, after=1.1), recorded(READ, after=1.2), recorded(READ, after=3.5)]

    parts = profile(tasks, Measured(BEGIN, 4.25, 1), requests, latency=0.08)

    assert [(part["ms"], part["requests"], part["latency_ms"]) for part in parts] == [
        (1000, 0, 0),
        (1500, 2, 160),
        (1000, 1, 80),
        (500, 0, 0),
        (250, 0, 0),
    ]
    assert [part["name"] for part in parts[1:3]] == ["first", "second"]


def sample(subject: str, hosts: int, seconds: float, **more: t.Any) -> dict[str, t.Any]:
    """Return what the benchmark writes down of one run."""
    counts = {"requests": {"XSUAA POST oauth/token": hosts}, "connections": 2 * hosts, "tokens": hosts, "writes": 0}
    costs = {"cpu": 1.0, "landscape_cpu": 0.5, "processes": 0, "controller_kib": 50_000 + 100 * hosts}
    return {"scenario": "re-run", "subject": subject, "hosts": hosts, "seconds": seconds, **counts, **costs, **more}


def row(text: str, *beginning: str) -> list[str]:
    """Return the cells of the table's row that begins like this."""
    cells = r"\n     - ".join(map(re.escape, beginning))
    found = re.search(rf"   \* - ({cells}(?:\n     - .*)*)\n", text)
    assert found, text
    return found[1].split("\n     - ")


def test_page_shows_medians_spreads_and_ratios() -> None:
    parts = [{"name": "role : Read", "ms": 90.0, "requests": 1, "latency_ms": 80}]
    results = Results(
        {
            "machine": {
                "date": "2026-11-24",
                "collection": "1.0.0",
                "ansible_core": "2.19",
                "python": "3.11",
                "processors": 2,
                "model": "some",
                "memory_gib": 8,
                "system": "Linux",
            },
            "options": {"latency": 0.08, "forks": 20, "repetitions": 3},
            "samples": [
                *(sample("role", 1, seconds, profile=parts) for seconds in (1, 1, 1)),
                *(sample("role", 50, seconds) for seconds in (7, 5, 6)),
                *(sample("uri", 50, seconds) for seconds in (60, 61, 59)),
                *(sample("role", 500, seconds) for seconds in (60, 60, 60)),
            ],
        }
    )

    text = page(results, "images/some.svg")

    assert "\n.. image:: images/some.svg\n   :alt: Seconds of a run" in text
    assert "<svg" not in text
    assert "waits 80 ms" in text
    assert row(text, "re-run", "50") == [
        "re-run",
        "50",
        "6.0 (5.0 to 7.0)",
        "60.0 (59.0 to 61.0)",
        *["\u2013"] * 3,
        "0.10",
        *["\u2013"] * 2,
    ]
    assert row(text, "re-run", "role") == ["re-run", "role", "1.0", "2.0", "1.0", "0.0", "0.0"]
    assert row(text, "re-run", "10.0 times") == ["re-run", "10.0 times", "1.0", "0.5", "98", "100", "\u2013"]
    assert row(text, "Read") == ["Read", "90", "1", "80"]
