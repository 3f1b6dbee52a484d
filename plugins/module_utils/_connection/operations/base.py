# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all operations on a connection have in common. Pure but for the local file of the trust certificate."""

from __future__ import annotations

import abc
import typing as t
from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import (
    PAIR,
    SECONDARY_SUFFIX,
    Definition,
    Values,
    define,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.existing import (
    second_primaries,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import name_findings, token_findings
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import Questions, State
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import (
    ENABLED,
    of_other_systems,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.verification import Verification, Verifier
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.hidden_secrets import hidden_secrets
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import (
    Plan,
    SecretsHidden,
    desired_destination,
    plan_present,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import named_after

VERIFIED = ("primary", "secondary", "connector")
UNVERIFIED_BY = {
    "user_propagation_unverified": "secondary",
    "task_center_unverified": "connector",
    "connector_possibly_outdated": "connector",
}
Facts = dict[str, t.Any]
Row = dict[str, t.Any]

# What a summary says of a destination: before it is written, afterwards, and of one that has to be removed.
PLANNED = {"create": "to be created", "update": "to be updated", "delete": "to be removed"}
DONE = {"create": "created", "update": "updated", "delete": "removed"}

# Which properties of a destination name the FSM system, and the values of a connection that they have.
OF_SYSTEM = {"URL": "url", "URL.headers.X-Account-ID": "account_id", "URL.headers.X-Company-ID": "company_id"}
WITHDRAWN_PAIR = "pair"
WITHDRAWALS = {WITHDRAWN_PAIR: "connected_at_the_same_time", ENABLED: "enabled_at_the_same_time"}


@dataclass(frozen=True)
class Environment:
    """Where an operation runs.

    :param name: of the environment in the inventory
    :param certificate_path: the file of its trust certificate, with SHORT_FINGERPRINT in its name
    :param preview: whether nothing is changed (check mode)
    :param keeps_files: whether a file that this run writes is still there in the next one
    """

    name: str
    certificate_path: str
    preview: bool
    keeps_files: bool = True

    def file_of(self, fingerprint: str | None) -> str:
        """Return the file of a trust certificate; None is one that does not exist yet."""
        return self.certificate_path if fingerprint is None else named_after(self.certificate_path, fingerprint)


class Operation(abc.ABC):
    """One operation: what it reads, what it demands of what it reads, and what it would change.

    :param values: of all variables of the role, by name
    """

    # What is read in addition to the destinations.
    questions = Questions()
    # Whether the connection is verified once nothing is left to do.
    verifies = False
    # Whether Task Center is asked for its connector as it is now, whatever is left to do.
    reads_connector = False
    # What else than the properties of both destinations can differ from the end.
    beyond_destinations = "tc.enabled, or a label"
    # Whether secrets are written that cannot be compared, because the service does not show them.
    writes_incomparable = False
    # Whether a run that finds temporary copies of killed ones verifies again, which deletes them.
    removes_leftovers = False

    def __init__(self, values: Values, environment: Environment) -> None:
        self.values = values
        self.environment = environment
        self.definitions: dict[str, Definition] = {}
        # What would be done about destinations, as M(btp_ops.task_center.btp_destination) returns it, by their part.
        self.changes: Facts = {}
        self.refused: Findings = []
        # Parts of which only secrets are left to write that cannot be compared.
        self.incomparable: set[str] = set()

    @property
    def name(self) -> str:
        """Name of the primary destination."""
        return str(self.values["name"])

    def names(self) -> dict[str, str]:
        """Return the names of both destinations."""
        return {"primary": self.name, "secondary": f"{self.name}{SECONDARY_SUFFIX}"}

    def all_names(self) -> list[str]:
        """Return the names of all destinations that the operation is about."""
        return list(self.names().values())

    def input_findings(self) -> Findings:
        """Check the values before any system is read."""
        return name_findings(self.values["name"])

    def prepare(self) -> None:
        """Make the definitions of both destinations; only of values without errors."""
        self.definitions = define(self.values)

    @abc.abstractmethod
    def findings(self, state: State) -> Findings:
        """Check what was read; anything that keeps the operation from its end is an error."""

    @abc.abstractmethod
    def plan(self, state: State) -> Facts:
        """Return what is left to do, for the role's tasks; every step harmless if it was done before.

        Of the destinations, the action (create, update, delete or none) by their part; empty if it is not known.
        """

    def in_sync(self, state: State, plan: Facts) -> bool:
        """Return whether nothing is left to do."""
        actions = [plan[which] for which in PAIR if which in plan]
        return bool(actions) and set(actions) == {"none"} and not self.refused

    def completed(self, state: State, plan: Facts, done: Facts) -> bool:
        """Return whether the changes are in effect.

        :param plan: what is left to do now
        :param done: what was planned before the changes
        """
        return self.in_sync(state, plan)

    def differences(self) -> str:
        """Return what differs from the end of the operation, by names of destinations and properties."""
        whole = {"create": "is not there", "delete": "is there"}
        found = [
            f"{self.names()[which]} ({whole.get(change['action']) or ', '.join(change['changed_properties'])})"
            for which, change in self.changes.items()
            if change["action"] != "none"
        ]
        return ", ".join(found) or self.beyond_destinations

    def must_stay(self) -> list[str]:
        """Return the names of properties that nobody else may change between the check and a task that writes."""
        return list(OF_SYSTEM)

    def withdraws(self, state: State, added: t.Collection[str], secondary_added: t.Collection[str] = ()) -> str:
        """Return what this run has to take back, because somebody else has connected the same FSM system meanwhile.

        Each run writes first and reads then, so at least one of two finds what the other has written.

        :param added: names of the properties that this run has added to the primary destination
        :param secondary_added: the same of the secondary one; what was there before stays
        :return: WITHDRAWN_PAIR, or ENABLED for that property alone; empty if all may stay
        """
        if ENABLED not in added or not second_primaries(state, self.name):
            return ""
        return WITHDRAWN_PAIR if "Name" in added and "Name" in secondary_added else ENABLED

    def withdrawal_findings(self, state: State, withdraws: str) -> Findings:
        """Say what this run takes back, and for whom."""
        facts = {"destination": self.name, "others": ", ".join(second_primaries(state, self.name))}
        return [finding(WITHDRAWALS[withdraws], **facts)] if withdraws else []

    def nothing_to_do(self) -> Findings:
        """Return what an operator who wanted a change has to know if there is none to be made."""
        return []

    def needs_task_center(self, plan: Facts) -> bool:
        """Return whether the operation waits for Task Center, and must not begin if that cannot be read."""
        return False

    def verify(self, verifier: Verifier, fingerprint: str, enabled: bool, settled_at: float) -> Verification:
        """Find out whether the connection works; the parameters are those of Verifier.verify."""
        return verifier.verify(fingerprint, enabled, settled_at)

    @abc.abstractmethod
    def row(self, plan: Facts, done: Facts | None, verified: t.Sequence[str]) -> Row:
        """Return what a summary says of the environment, its name aside.

        :param done: what was planned before the changes that are checked now; None before them
        :param verified: names of what was verified
        """

    def other_system(self, state: State, *names: str) -> Findings:
        """Find destinations that lead to another FSM system than the one that the variables name, if they name one."""
        found = [destination for destination in map(state.destination, names) if destination]
        return of_other_systems(found, self.declared)

    @property
    def declared(self) -> dict[str, str]:
        """The FSM system that the variables name, by JSON keys of a destination; empty unless they name it whole."""
        declared = {key: str(self.values.get(name) or "") for key, name in OF_SYSTEM.items()}
        return declared if all(declared.values()) else {}

    def action(self, which: str, make: t.Callable[[], Plan]) -> str:
        """Return what is to be done about a destination, and note how it changes.

        If it would lose a secret, that becomes a finding.

        :param make: makes the plan
        """
        try:
            plan = make()
        except SecretsHidden as error:
            refusal = finding("secrets_not_shown", destination=error.name, keys=", ".join(error.keys))
            # What is planned twice is refused twice.
            if refusal not in self.refused:
                self.refused.append(refusal)
            return "none"
        if plan.incomparable:
            self.incomparable.add(which)
            if not self.writes_incomparable:
                plan = Plan("none", {}, plan.before, plan.before)
        if plan.action == "none":
            # Short, for a play keeps it for every environment.
            self.changes[which] = {"action": "none", "changed_properties": []}
        else:
            self.changes[which] = {**plan.facts(), "diff": [{"before": plan.before or "", "after": plan.after or ""}]}
        return plan.action

    def change_of_primary(self, state: State, name: str, properties: dict[str, t.Any]) -> Plan:
        """Plan to change properties of a primary destination that exists, and to leave its secrets as they are.

        Those that the service does not show are the variables', if the destination has the variables' client.

        :raises SecretsHidden: the variables do not have them
        """
        current, definition = state.destination(name) or {}, self.definitions["primary"]
        same_client = current.get("clientId") == definition.properties.get("clientId")
        secrets = definition.secrets if same_client else {}
        desired = desired_destination(name, properties, secrets, update_secrets="unless_shown")
        return plan_present(desired, state.destination(name))

    def not_compared(self, state: State) -> Findings:
        """Find secrets that the service does not show, so that nobody knows whether they are the variables'."""
        results: Findings = []
        if self.values["update_secrets"] == "on_create":
            return results
        for definition in self.definitions.values():
            current = state.destination(definition.name)
            keys = sorted(hidden_secrets(current, definition.secrets)) if current else []
            if keys:
                results.append(finding("secrets_not_compared", destination=definition.name, keys=", ".join(keys)))
        return results

    def words(self, plan: Facts, done: Facts | None, names: t.Mapping[str, str], unchanged: str = "unchanged") -> Row:
        """Return what a summary says of both destinations.

        :param names: of the destinations, by their part
        :param unchanged: what it says of one that was not, and will not be, written
        """
        words, actions = (PLANNED, plan) if done is None else (DONE, done)
        words = {**words, "none": unchanged}
        return {which: f"{names[which]} {words[actions[which]]}" if which in actions else "-" for which in names}


def verification_columns(verified: t.Sequence[str]) -> Row:
    """Return what a summary says of the verification: what is not verified."""
    return {"unverified": ", ".join(name for name in VERIFIED if name not in verified) or "-"}


def with_acknowledged(row: Row, acknowledged: t.Collection[str]) -> Row:
    """Return what a summary says, with a mark at what is not verified and the operator knows that it is not.

    :param acknowledged: IDs of findings
    """
    known = {UNVERIFIED_BY[one] for one in acknowledged if one in UNVERIFIED_BY}
    if "unverified" not in row or not known:
        return row
    names = [f"{name} (acknowledged)" if name in known else name for name in row["unverified"].split(", ")]
    return {**row, "unverified": ", ".join(names)}


def with_tokens(operation: Operation) -> Findings:
    """Check the tokens with which an operation that verifies is to verify."""
    return token_findings(operation.values) if operation.values["verify"] else []
