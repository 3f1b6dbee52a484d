# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One environment per alternative of each assumption on SAP's systems, and what must not become of it.

An operation runs over all of them at once (assumption_operations.py). Whatever SAP's systems do, it ends in the right
state, or it stops and says why while nothing is lost.
"""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass, field

from landscape.assumptions import ASSUMPTIONS
from landscape.faults import Callback, Matching
from landscape.made_by_hand import expected_pair
from operating import ENABLED, Connection
from prepared import mail_server
from rotating import user_token

if t.TYPE_CHECKING:
    from landscape.landscape import Environment
    from operator_at_work import Operator, Run, Variables

RIGHT, STOP = "right state", "clear stop"
# Short: a Task Center that reacts after minutes is one that has not reacted when the run has waited.
WAIT = 1
SECRETS = ("clientSecret", "tokenServicePassword")

Pair = dict[str, dict[str, str]]


class Broken(AssertionError):
    """What a run has said, or done, under an alternative must not be."""


@dataclass(frozen=True)
class Cell:
    """One alternative of an assumption; the environment in which it holds has a host of its own in the inventory."""

    assumption: str
    alternative: str

    @property
    def host(self) -> str:
        """The host's name."""
        return f"{self.assumption}.{self.alternative.replace('+', '.')}"

    @property
    def config(self) -> dict[str, t.Any]:
        """The environment's configuration."""
        return {"assumptions": {self.assumption: self.alternative}}


CELLS = tuple(Cell(name, alternative) for name, one in ASSUMPTIONS.items() for alternative in one.alternatives)


class AnyCell(t.Protocol):
    """What is peculiar to an environment."""

    @property
    def host(self) -> str:
        """The name of its host in the inventory."""

    @property
    def config(self) -> dict[str, t.Any]:
        """Its configuration in the landscape."""

    @property
    def assumption(self) -> str:
        """Of which assumption it has an alternative; empty if it has none."""


@dataclass
class Subject:
    """An environment that is connected as SAP's guide has it, and in which one alternative holds, or a fault strikes.

    Attributes:
        hosts: the role's variables.
        before: everything that a run might change, before it.
        gone: whether both destinations may be gone afterwards.
        clients: the secrets that the destinations may hold.
    """

    cell: AnyCell
    connection: Connection
    variables: Variables = field(default_factory=dict)
    before: dict[str, t.Any] = field(default_factory=dict)
    gone: bool = False
    clients: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, operator: Operator, cell: AnyCell) -> Subject:
        """Make the environment, and what is peculiar to the alternative."""
        environment = operator.environment(cell.config)
        # As SAP's guide has it, which is all that an operator knows.
        pair_of_guide(environment)
        connection = Connection(operator, environment)
        connection.change("FSM_PP", audience=environment.fsm_account.saml_metadata_url)
        one = cls(cell, connection, clients={environment.fsm_client.secret})
        if cell.assumption == "destination_names":
            one.spell_otherwise()
        if cell.assumption == "fsm_email":
            users = environment.fsm_account.users
            for key, user in list(users.items()):
                users[key] = dataclasses.replace(user, email=user.email.upper())
        connection.tick()
        # Task Center rereads the destinations just before it is asked.
        matching = Matching(system="task-center", path="*/v1/connectors", environment=environment.name, origin="client")
        operator.landscape.faults.add(Callback(lambda _arrival: connection.tick()), matching)
        one.variables = connection.variables(
            fsm_audience=environment.fsm_account.saml_metadata_url,
            fsm_task_center_wait=WAIT,
            fsm_user_token=user_token(operator.landscape, environment, environment.users[0]),
        )
        return one

    @property
    def host(self) -> str:
        """The name of its host."""
        return self.cell.host

    @property
    def environment(self) -> Environment:
        """Its environment of the landscape."""
        return self.connection.environment

    @property
    def destinations(self) -> Pair:
        """The subaccount's destinations, but for those of Task Center's initial setup."""
        found = dict(self.environment.subaccount.destinations)
        return {name: one for name, one in found.items() if not name.startswith("Identity_")}

    def spell_otherwise(self) -> None:
        """Let both destinations have been called otherwise than in the inventory, in upper and lower case only."""
        destinations = self.environment.subaccount.destinations
        for name, other in (("FSM", "fsm"), ("FSM_PP", "fsm_PP")):
            destination = {**destinations[name], "Name": other}
            del destinations[name]
            destinations[other] = destination

    def disconnect(self) -> None:
        """Let there be no destinations to FSM; where names may be compared without case, one that is none of them."""
        destinations = self.environment.subaccount.destinations
        for name in self.destinations:
            del destinations[name]
        if self.cell.assumption == "destination_names":
            destinations["fsm"] = mail_server("fsm")
        self.connection.tick()

    def pair(self, name: str = "FSM", **properties: str) -> Pair:
        """Return both destinations as they have to be.

        Args:
            name: of the primary one.
            properties: of the primary one that differ from the usual ones.
        """
        primary, secondary = pair_of_guide(self.environment)
        return {
            name: {**primary, "Name": name, **properties},
            f"{name}_PP": {**secondary, "Name": f"{name}_PP"},
        }

    def state(self) -> dict[str, t.Any]:
        """Return everything that a run might change."""
        trust = self.environment.subaccount.trust
        return {"destinations": self.destinations, "trust": (trust.active, trust.passive)}

    def note(self) -> None:
        """Remember the state as it is before the run."""
        self.before = self.state()

    def untouched(self) -> bool:
        """Return whether the run has changed nothing."""
        return self.state() == self.before

    def check_nothing_lost(self) -> None:
        """Fail if users lost what they had, or a destination one of its secrets.

        Raises:
            Broken: they did; says what.
        """
        destinations = self.destinations
        for name, one in destinations.items():
            wrong = [key for key in SECRETS if key in one and one[key] not in self.clients]
            missing = [key for key in SECRETS if key in self.before["destinations"].get(name, {}) and key not in one]
            if wrong or missing:
                raise Broken(f"{name} holds other secrets than before, or none: {', '.join(wrong + missing)}")
        primaries = [name for name, one in destinations.items() if one.get(ENABLED) == "true"]
        if len(primaries) > 1:
            raise Broken(f"there are two primary destinations: {', '.join(primaries)}")
        had = any(name.upper().endswith("_PP") for name in self.before["destinations"])
        if had and not self.gone and not any(name.upper().endswith("_PP") for name in destinations):
            raise Broken("the secondary destination is gone")
        trust, trusted = self.environment.subaccount.trust, self.environment.fsm_account.certificates
        if trust.active and trust.active.fingerprint not in [one.fingerprint for one in trusted]:
            # Where the last upload alone counts, the wait for the activation is FSM's doing.
            if not (trust.passive and trust.passive.fingerprint in [one.fingerprint for one in trusted]):
                raise Broken("FSM trusts neither certificate")
            if self.cell.assumption != "fsm_trust":
                raise Broken("FSM does not trust the active certificate")

    def check_explained(self, run: Run) -> None:
        """Fail if the run has failed for this environment without saying why.

        Raises:
            Broken: it did.
        """
        text = run.failure(self.host)
        words = ("Traceback", "non-zero return code", "MODULE FAILURE", "undefined", "object has no attribute")
        if len(text) < len("a sentence that names what") or any(word in text for word in words):
            raise Broken(f"it fails without an explanation: {text}")


def pair_of_guide(environment: Environment) -> tuple[dict[str, str], dict[str, str]]:
    """Return both destinations as SAP's guide has them: the audience is the URL of the metadata, whatever they say."""
    primary, secondary = expected_pair(environment)
    return primary, {**secondary, "audience": environment.fsm_account.saml_metadata_url}
