# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections at work: what Task Center and its users see of them at every moment while an operator changes them."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass, field

import requests

from landscape import Matching
from landscape.faults import Callback, Status
from landscape.logon import log_on
from landscape.made_by_hand import expected_pair
from operator_at_work import Operator, Variables

if t.TYPE_CHECKING:
    from landscape.faults import Arrival
    from landscape.fsm.accounts import ApprovalTask
    from landscape.landscape import Environment
    from landscape.task_center.connectors import Connector

LABELS = {"owner": ["field-service"]}
ENABLED = "tc.enabled"
AGENT = "btp_ops.task_center"  # how the operator's requests introduce themselves


@dataclass
class Moment:
    """What is the case at one moment, just after Task Center has reread the destinations."""

    request: str
    # Names of destinations that have tc.enabled.
    enabled: list[str]
    # Names of the connectors.
    connectors: list[str]
    # IDs of the tasks that the user sees, as often as the user sees them.
    shown: list[str]
    # Statuses of Task Center's answers to the user's decisions, on tasks that were shown before.
    decisions: list[int] = field(default_factory=list)


class Connection:
    """An environment whose pair of destinations works, and which Task Center polls."""

    def __init__(self, operator: Operator, environment: Environment, **properties: str) -> None:
        self.operator = operator
        self.environment = environment
        self.landscape = operator.landscape
        self.moments: list[Moment] = []
        account, trust = environment.fsm_account, environment.subaccount.trust
        account.upload((trust.active or trust.replace("active")).pem)
        for destination in expected_pair(environment):
            environment.subaccount.destinations[destination["Name"]] = destination
        self.change("FSM", **properties)
        environment.subaccount.destinations.set_labels("FSM", LABELS)
        self.tick()

    @property
    def connectors(self) -> dict[str, Connector]:
        """Task Center's connectors, by name of destination."""
        return self.landscape.task_center.connectors(self.environment.name)

    def destination(self, name: str) -> dict[str, str] | None:
        """Return a destination of the subaccount as it is."""
        return self.environment.subaccount.destinations.get(name)

    def labels(self, name: str) -> dict[str, list[str]]:
        """Return the labels of a destination."""
        entry = self.environment.subaccount.destinations.entry(name)
        assert entry is not None
        return dict(entry.labels)

    def change(self, name: str, **properties: str) -> None:
        """Change a destination as if by hand."""
        self.environment.subaccount.destinations[name] |= properties

    def tick(self) -> None:
        """Let Task Center reread the destinations and poll."""
        self.landscape.task_center.tick(self.environment.name)

    def add_task(self) -> ApprovalTask:
        """Let FSM have one more task for the first user."""
        return self.landscape.add_task(self.environment, self.environment.users[0])

    def variables(self, **changes: t.Any) -> Variables:
        """Return the role's variables, those to ask Task Center included."""
        asking = {f"fsm_{name}": value for name, value in self.operator.task_center(self.environment).items()}
        # One or the other says who asks.
        del asking["fsm_task_center_refresh_token_file"]
        # The landscape's Task Center rereads the destinations when a test says so, or a request arrives.
        asking["fsm_task_center_refresh_seconds"] = 0
        return self.operator.variables(self.environment, **{**asking, **changes})

    def fail_at(self, method: str, nth: int) -> None:
        """Let the nth request with this method for the subaccount's destinations fail once; nothing follows it."""
        matching = Matching(method=method, path="*/subaccountDestinations*", environment=self.environment.name)
        self.landscape.faults.add(Status(403, body="no more"), matching, nth=nth, times=1)

    def fail(self) -> None:
        """Let FSM fail Task Center's connector, which is then in error."""
        failing = Matching(environment=self.environment.name, path="*/definitions")
        self.landscape.faults.add(Status(503), failing)
        self.environment.task_center.connectors.clear()
        self.tick()

    def refuse_to_report(self) -> None:
        """Let Task Center refuse to report its connectors."""
        matching = Matching(system="task-center", environment=self.environment.name, origin="client")
        self.landscape.faults.add(Status(403), matching)

    def seconds_between_writes(self, nth: int, other: int) -> float:
        """Return how much time passed between two of the operator's requests with PUT, by their numbers from 1 on."""
        requests = self.landscape.requests(self.environment.name)
        moments = [one.at for one in requests if one.method == "PUT" and one.user_agent == AGENT]
        return (moments[other - 1] - moments[nth - 1]).total_seconds()

    def seconds_until_asked(self) -> float:
        """Return how much time passed between the operator's last request with PUT and the first to Task Center."""
        requests = [one for one in self.landscape.requests(self.environment.name) if one.user_agent == AGENT]
        written = max(one.at for one in requests if one.method == "PUT")
        asked = min(one.at for one in requests if one.at > written and "/v1/connectors" in one.path)
        return (asked - written).total_seconds()

    def assert_nothing_twice(self) -> None:
        """Fail if at some moment there were two connectors, or a user saw a task twice or could not decide it."""
        assert self.moments
        for moment in self.moments:
            assert len(moment.enabled) <= 1, moment
            assert len(moment.connectors) <= 1, moment
            assert len(set(moment.shown)) == len(moment.shown), moment
            assert set(moment.decisions) <= {204}, moment

    def watch(self, *, decide: bool = False) -> None:
        """Let Task Center reread before the operator's requests, and note what it and its user see.

        Args:
            decide: whether the user decides what was shown until then, before Task Center rereads, and at every
                request; else only those that write, or ask Task Center, count.
        """
        user = self._user() if decide else ""
        # A run asks several systems at once; the user does one thing at a time.
        turn = threading.Lock()

        def read(arrival: Arrival) -> None:
            if "/simulated/" in arrival.path:
                # The user's own.
                return
            if not user and arrival.method == "GET" and arrival.system != "task-center":
                return
            with turn:
                note(arrival)

        def note(arrival: Arrival) -> None:
            statuses = [self._decide(user, *shown) for shown in self._shown()] if user else []
            if user:
                self.add_task()
            self.tick()
            self.moments.append(
                Moment(
                    request=f"{arrival.method} {arrival.path}",
                    enabled=[name for name, one in self.environment.subaccount.destinations.items() if ENABLED in one],
                    connectors=sorted(self.connectors),
                    shown=[task for _connector, task in self._shown()],
                    decisions=statuses,
                )
            )

        for system in ("destination-service", "task-center"):
            matching = Matching(system=system, environment=self.environment.name, origin="client")
            self.landscape.faults.add(Callback(read), matching)

    def _shown(self) -> list[tuple[str, str]]:
        tenant = self.environment.task_center
        return [(connector.id, task["id"]) for connector, task in tenant.tasks_of(self.environment.users[0].email)]

    def _user(self) -> str:
        client = self.environment.task_center.application.credentials()
        return str(log_on(self.landscape, client, self.environment.users[0])["access_token"])

    def _decide(self, token: str, connector: str, task: str) -> int:
        url = self.environment.task_center.service_key()["endpoints"]["inbox_rest_url"]
        return requests.post(
            f"{url}/simulated/tasks/{connector}/{task}/decision",
            json={"decision": "APPROVE"},
            headers={"Authorization": f"Bearer {token}"},
            proxies={"https": self.landscape.proxy_url},
            verify=str(self.landscape.ca_file),
            timeout=30,
        ).status_code
