# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs at once, in any order of their requests: the right state in the end, or a run that fails and says why.

``make races`` tries each race in a hundred orders; else a few are tried. A seed names an order: a race that fails is
repeated with ``RACES_SEED=17 RACES=1``.
"""

from __future__ import annotations

import abc
import itertools
import os
import random
import typing as t

import pytest

from landscape.made_by_hand import expected_pair
from operating import ENABLED
from racing import Race

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape.landscape import Environment
    from operator_at_work import Operator, Run, Variables

NUMBER = int(os.environ.get("RACES", "1"))
FIRST = int(os.environ.get("RACES_SEED", "2"))
DRIFT = {"ProxyType": "OnPremise", "Description": "by hand"}
PAIR = ("FSM", "FSM_PP")
Tell = t.Callable[[str, object], None]
Plays = dict[str, tuple[str, "Variables"]]
Runs = dict[str, "Run"]


class Kind(abc.ABC):
    """A race of two playbooks: how it begins, and what has to hold in the end."""

    def __init__(self, operator: Operator, chance: random.Random) -> None:
        self.operator = operator
        self.chance = chance
        self.environment = operator.environment()
        self.trust(self.environment)

    def trust(self, other: Environment) -> None:
        """Let an FSM account trust the subaccount's certificate."""
        trust = self.environment.subaccount.trust
        other.fsm_account.upload((trust.active or trust.replace("active")).pem)

    @property
    def destinations(self) -> dict[str, dict[str, str]]:
        """The subaccount's destinations to FSM."""
        found = dict(self.environment.subaccount.destinations)
        return {name: one for name, one in found.items() if one.get("tc.provider_type") == "FSM"}

    @property
    def polled(self) -> set[str]:
        """Names of the destinations that Task Center polls."""
        return {name for name, one in self.destinations.items() if ENABLED in one}

    def connect(self, **drift: str) -> None:
        """Let the environment be connected, with a difference in the primary destination."""
        primary, secondary = expected_pair(self.environment)
        self.environment.subaccount.destinations["FSM"] = {**primary, **drift}
        self.environment.subaccount.destinations["FSM_PP"] = secondary

    def variables(self, **changes: t.Any) -> Variables:
        """Return the role's variables; nobody asks Task Center."""
        return self.operator.variables(self.environment, fsm_task_center_refresh_seconds=0, **changes)

    def other_client(self, **fsm: str) -> Environment:
        """Return an environment with another client of FSM."""
        return self.operator.environment({"fsm": fsm, "users": []})

    @abc.abstractmethod
    def plays(self) -> Plays:
        """Return who runs what, by name of the run."""

    @abc.abstractmethod
    def check(self, runs: Runs) -> None:
        """Fail if the state, or what a run says of it, is not what it has to be."""


def succeeded(runs: Runs) -> set[str]:
    """Return the names of the runs that say that all is done."""
    return {name for name, run in runs.items() if run.code == 0}


def failures(runs: Runs) -> dict[str, str]:
    """Return what the other runs say, by their names."""
    return {name: run.failure("dev") for name, run in runs.items() if run.code != 0}


class OneSystemTwoNames(Kind):
    """One FSM system is connected under two names."""

    def plays(self) -> Plays:
        """Both connect."""
        return {name: ("connect_fsm", self.variables(fsm_name=name)) for name in ("FSM", "OTHER")}

    def check(self, runs: Runs) -> None:
        """Expect that at most one is connected, and that the other one says which it has met."""
        assert self.polled == succeeded(runs)
        assert len(self.polled) <= 1
        assert set(self.destinations) == {name + suffix for name in self.polled for suffix in ("", "_PP")}
        for name, text in failures(runs).items():
            (other,) = set(runs) - {name}
            assert other in text


class OneNameTwoSystems(Kind):
    """Two FSM systems are connected under one name."""

    def plays(self) -> Plays:
        """Both connect, each its own account."""
        self.other = self.other_client()
        self.trust(self.other)
        names = ("url", "account_id", "company_id", "client_id", "client_secret", "audience")
        theirs = {f"fsm_{name}": self.other.inputs()["fsm"][name] for name in names}
        return {"one": ("connect_fsm", self.variables()), "other": ("connect_fsm", self.variables(**theirs))}

    def check(self, runs: Runs) -> None:
        """Expect the whole pair of one of them, and that the other one says to which account it leads."""
        accounts = {"one": self.environment.fsm_account.id, "other": self.other.fsm_account.id}
        (name,) = succeeded(runs)
        found = {one["URL.headers.X-Account-ID"] for one in self.destinations.values()}
        assert (set(self.destinations), found) == (set(PAIR), {accounts[name]})
        for text in failures(runs).values():
            assert accounts[name] in text


class ConnectAndDisconnect(Kind):
    """One connects, or corrects, what another one disconnects."""

    def plays(self) -> Plays:
        """Begin with nothing, or with a pair that differs."""
        if self.chance.random() < 0.75:
            self.connect(**DRIFT)
        variables = self.variables()
        return {"connect": ("connect_fsm", variables), "disconnect": ("disconnect_fsm", variables)}

    def check(self, runs: Runs) -> None:
        """Expect a pair, or none; half of one only if somebody says so."""
        if set(self.destinations) not in (set(PAIR), set()):
            assert failures(runs)
        assert succeeded(runs) or failures(runs)
        if succeeded(runs) == {"disconnect"}:
            assert self.polled == set()


class ConnectAndPause(Kind):
    """One corrects what another one pauses."""

    def plays(self) -> Plays:
        """Begin with a pair that differs."""
        self.connect(**DRIFT)
        return {"connect": ("connect_fsm", self.variables()), "pause": ("pause_fsm", self.variables())}

    def check(self, runs: Runs) -> None:
        """Expect that who fails says what it met, and that nothing is lost."""
        primary, secondary = expected_pair(self.environment)
        assert self.destinations["FSM_PP"] == secondary
        found = self.destinations["FSM"]
        value = found.pop(ENABLED)
        assert value in ("true", "false")
        del primary[ENABLED]
        if "connect" in succeeded(runs):
            assert found in (primary, {**primary, **DRIFT})
        for text in failures(runs).values():
            assert ENABLED in text or "ProxyType" in text


class ConnectAndRename(Kind):
    """One corrects what another one renames."""

    def plays(self) -> Plays:
        """Begin with a pair that differs."""
        self.connect(**DRIFT)
        renaming = self.variables(fsm_name="NEW", fsm_rename_from="FSM")
        return {"connect": ("connect_fsm", self.variables()), "rename": ("rename_fsm", renaming)}

    def check(self, runs: Runs) -> None:
        """Expect that users see no task twice, and that what is polled is whole."""
        assert len(self.polled) <= 1
        assert succeeded(runs) or failures(runs)
        assert self.polled or failures(runs)
        if "rename" in succeeded(runs):
            assert self.polled == {"NEW"}
        for name in self.polled:
            assert f"{name}_PP" in self.destinations


class OtherNameAndRepopulate(Kind):
    """One connects under another name what another one repopulates."""

    def plays(self) -> Plays:
        """Begin with a pair, or with a repopulation that was interrupted: only then can another one be connected."""
        self.connect()
        if self.chance.random() < 0.75:
            destinations = self.environment.subaccount.destinations
            destinations["FSM"] = {key: value for key, value in destinations["FSM"].items() if key != ENABLED}
            destinations.set_labels("FSM", {"fsm-repopulation": ["restoring", f"{ENABLED}=true"]})
        return {
            "connect": ("connect_fsm", self.variables(fsm_name="OTHER")),
            "repopulate": ("repopulate_fsm", self.variables()),
        }

    def check(self, runs: Runs) -> None:
        """Expect that users see no task twice, and that what is not polled can be again."""
        assert len(self.polled) <= 1
        assert self.polled == {{"connect": "OTHER", "repopulate": "FSM"}[name] for name in succeeded(runs)}
        assert set(PAIR) <= set(self.destinations)
        entry = self.environment.subaccount.destinations.entry("FSM")
        assert entry
        assert ("FSM" in self.polled) is ("fsm-repopulation" not in entry.labels)


class TwoSecrets(Kind):
    """Two rotate the secret, each to another client."""

    def plays(self) -> Plays:
        """Begin with a pair."""
        self.connect()
        account = self.environment.fsm_account
        company = self.environment.fsm_client.company_id
        self.clients = {
            name: self.other_client(account_id=account.id, company_id=company).fsm_client for name in ("one", "other")
        }
        return {
            name: ("rotate_fsm_secret", self.variables(fsm_client_id=client.id, fsm_client_secret=client.secret))
            for name, client in self.clients.items()
        }

    def check(self, runs: Runs) -> None:
        """Expect that both have the client of a run that succeeded; a mixture only if somebody says so."""
        found = {name: self.destinations[name]["tokenServiceUser"] for name in PAIR}
        secrets = {client.id: client.secret for client in (*self.clients.values(), self.environment.fsm_client)}
        for name in PAIR:
            assert self.destinations[name]["tokenServicePassword"] == secrets[found[name]]
        if len(set(found.values())) == 1 and succeeded(runs):
            assert found["FSM"] in {self.clients[name].id for name in runs}
        else:
            assert failures(runs)


class ConnectAndAdopt(Kind):
    """One adopts what another one is about to connect, or to correct."""

    def plays(self) -> Plays:
        """Begin with nothing, or with a pair that differs."""
        if self.chance.random() < 0.5:
            self.connect(**DRIFT)
        known = ("fsm_destination_service_key", "fsm_certificate_dir")
        variables = self.variables()
        return {
            "connect": ("connect_fsm", variables),
            "adopt": ("adopt_fsm", {key: variables[key] for key in known}),
        }

    def check(self, runs: Runs) -> None:
        """Expect the pair, and that who saw half of one says so."""
        assert "connect" in succeeded(runs)
        assert [self.destinations[name] for name in PAIR] == list(expected_pair(self.environment))
        for result in runs["adopt"].results("dev", "fsm_adoption_info"):
            whole = any("\nfsm_audience:" in file["content"] for file in result["files"])
            said = {finding["id"] for finding in result["findings"]}
            assert whole or said & {"adoption_primary_missing", "adoption_not_found", "adoption_no_secondary"}


KINDS = (
    OneSystemTwoNames,
    OneNameTwoSystems,
    ConnectAndDisconnect,
    ConnectAndPause,
    ConnectAndRename,
    OtherNameAndRepopulate,
    TwoSecrets,
    ConnectAndAdopt,
)
CASES = list(itertools.product(KINDS, range(FIRST, FIRST + NUMBER)))


@pytest.mark.parametrize("kind, seed", CASES, ids=[f"{kind.__name__}-{seed}" for kind, seed in CASES])
def test_any_order_of_requests(
    operator: Operator, tmp_path: Path, record_property: Tell, kind: type[Kind], seed: int
) -> None:
    chance = random.Random(f"{kind.__name__} {seed}")
    scene = kind(operator, chance)
    race = Race(operator, scene.environment, tmp_path)

    runs = race.run(scene.plays(), chance)

    record_property("ended", ", ".join(f"{name}: {run.code}" for name, run in runs.items()))
    try:
        scene.check(runs)
    except Exception:
        print("\n".join(race.order))
        print({name: run.output for name, run in runs.items()})
        raise
