# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Environments that someone has prepared: as SAP's guide has them, and then each with a fault of its own."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from landscape.made_by_hand import expected_pair

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator, Run, Variables


def mail_server(name: str) -> dict[str, str]:
    """Return a destination that has nothing to do with FSM."""
    return {
        "Name": name,
        "Type": "HTTP",
        "URL": "https://mail.example.com",
        "ProxyType": "Internet",
        "Authentication": "NoAuthentication",
    }


def connected(operator: Operator, config: Variables | None = None) -> Environment:
    """Return an environment with both destinations and a trust certificate that FSM trusts."""
    environment = operator.environment(config)
    environment.fsm_account.upload(environment.subaccount.trust.replace("active").pem)
    for destination in expected_pair(environment):
        environment.subaccount.destinations[destination["Name"]] = destination
    return environment


@dataclass
class Case:
    """One environment of many in a run.

    Attributes:
        variables: of its host in the inventory.
        reported: IDs of all findings that the run has to report of it.
        words: that these have to hold.
    """

    environment: Environment
    variables: Variables
    reported: set[str]
    words: tuple[str, ...] = ()

    def state(self) -> dict[str, t.Any]:
        """Return everything that a run might have changed."""
        subaccount = self.environment.subaccount
        return {
            "destinations": dict(subaccount.destinations),
            "in instance": dict(subaccount.instance_destinations),
            "trust": (subaccount.trust.active, subaccount.trust.passive),
        }


def missed(run: Run, cases: dict[str, Case]) -> dict[str, t.Any]:
    """Return the environments of which a run has reported anything else than what was to be found."""
    results: dict[str, t.Any] = {}
    for name, case in cases.items():
        text = "\n".join(str(event["result"].get("msg")) for event in run.events if event["host"] == name)
        if run.reported(name) != case.reported:
            results[name] = run.reported(name)
        elif not all(word in text for word in case.words):
            results[name] = text
    return results
