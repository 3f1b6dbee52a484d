# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run costs, in numbers that do not depend on the machine. How long it takes, ``make benchmark`` measures."""

from __future__ import annotations

import typing as t

from benchmark.accounting import Tally, tally
from benchmark.interpreter import CountingInterpreter

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape.landscape import Environment
    from operator_at_work import Operator, Run, Variables

# Requests of each kind that one environment costs: in the first run, which stops at the gate; in the one that connects;
# and in one that finds nothing to do. Whoever saves a request lowers its number here.
COSTS = """
                                                              gate  connecting  again
FSM POST oauth2/v2/token                                         1           1      1
FSM GET master/v1/accounts/*/companies                           1           1      1
FSM GET oauth2/v2/saml/*/metadata                                1           1      1
XSUAA POST oauth/token                                           1           1      1
Destination Service GET subaccountDestinations                   1           2      1
Destination Service GET instanceDestinations                     1           3      1
Destination Service GET saml2Metadata/certificate                4           3      1
Destination Service GET saml2Metadata/certificate/passive        4           3      1
Destination Service POST saml2Metadata/certificate               1           0      0
Destination Service GET subaccountDestinations/FSM               0           2      0
Destination Service GET subaccountDestinations/FSM_PP            0           2      0
Destination Service GET subaccountDestinations/FSM/labels        1           2      1
Destination Service POST subaccountDestinations                  0           2      0
Destination Service GET destinations/FSM                         0           1      1
Destination Service POST instanceDestinations                    0           1      0
Destination Service GET destinations/*                           0           1      0
Destination Service DELETE instanceDestinations/*                0           1      0
TLS connections                                                  4           7      3
module processes                                                 0           0      0
"""
HOSTS = ("dev", "qa", "prod")


class Bill:
    """What runs cost, compared with what they may cost."""

    def __init__(self) -> None:
        titles, *rows = (line.rsplit(maxsplit=3) for line in COSTS.strip().splitlines())
        self.expected = {
            title: {row[0]: int(row[column]) for row in rows} for column, title in enumerate(titles, start=1)
        }
        self.differences: list[str] = []

    def add(self, title: str, host: str, counts: Tally, processes: int) -> None:
        """Compare the costs of one environment in one run with the expected ones."""
        found = {**counts.requests, "TLS connections": counts.connections, "module processes": processes}
        for kind in {**self.expected[title], **found}:
            number, expected = found.get(kind, 0), self.expected[title].get(kind, 0)
            if number != expected:
                judgement = "too many" if number > expected else "saved: lower the number in the table"
                self.differences.append(f"{title}, {host}: {kind}: {number} instead of {expected}, {judgement}")


class Runs:
    """Runs of the playbook over some environments, whose costs are counted."""

    def __init__(self, operator: Operator, environments: t.Mapping[str, Environment], folder: Path) -> None:
        self._operator = operator
        self._environments = environments
        self._interpreter = CountingInterpreter(folder)
        self.bill = Bill()

    def play(self, title: str) -> tuple[Run, Tally]:
        """Run the playbook, and put its costs on the bill; return them for all environments together."""
        self._operator.landscape.forget_requests()
        self._interpreter.forget()
        run = self._operator.play("connect_fsm", {name: self._variables(name) for name in self._environments})
        for name, environment in self._environments.items():
            requests = self._operator.landscape.requests(environment.name)
            self.bill.add(title, name, tally(requests), self._interpreter.count())
        return run, tally(self._operator.landscape.requests())

    def _variables(self, name: str) -> Variables:
        interpreter = {"ansible_python_interpreter": str(self._interpreter.path)}
        return {**self._operator.variables(self._environments[name]), **interpreter}


def test_a_run_costs_only_what_it_has_to(operator: Operator, tmp_path: Path) -> None:
    environments = {name: operator.environment() for name in HOSTS}
    runs = Runs(operator, environments, tmp_path)

    gate, _costs = runs.play("gate")
    for environment in environments.values():
        certificate = environment.subaccount.trust.active
        assert certificate is not None
        environment.fsm_account.upload(certificate.pem)
    connecting, first = runs.play("connecting")
    again, last = runs.play("again")

    assert (gate.code, connecting.code, again.code) == (2, 0, 0)
    # Both destinations, and the copy of one that comes and goes.
    assert first.writes == 4 * len(HOSTS)
    assert last.writes == 0
    assert runs.bill.differences == []
    # What nobody was charged with would be missing on the bill.
    charged = {kind: len(HOSTS) * number for kind, number in runs.bill.expected["again"].items()}
    assert last.requests == {kind: number for kind, number in charged.items() if kind in last.requests}


def test_processes_of_modules_are_counted(operator: Operator, environment: Environment, tmp_path: Path) -> None:
    """Where modules do not run in Ansible's worker, the interpreter that counts them shows it."""
    interpreter = CountingInterpreter(tmp_path)
    variables = {"ansible_python_interpreter": str(interpreter.path), "btp_local_action": False}
    read = {"btp_ops.task_center.fsm_trust_cert_info": {"service_key": "{{ fsm_destination_service_key }}"}}
    plays = [{"hosts": "all", "gather_facts": False, "tasks": [read, read]}]

    assert operator.play(plays, {"dev": {**operator.variables(environment), **variables}}).code == 0
    assert interpreter.count() == 2
