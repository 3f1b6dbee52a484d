# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A colleague edits a destination in the cockpit while a run is at work on it.

The service has no conditional write. So the moment between the last read and the write remains, in which an edit is
overwritten and nobody can know; before and after it, the run tells what it met, by names of properties.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

import pytest

from landscape.faults import Callback, Matching
from operating import ENABLED, Connection

if t.TYPE_CHECKING:
    from landscape.faults.effects import When
    from operator_at_work import Operator

SECRET = "of-a-colleague-and-secret"
EDIT = {"Description": "edited", "nameQualifier": "edited", "someSecret": SECRET}
NAMES = "Description, nameQualifier, someSecret"
MET = "Someone else has changed destination FSM meanwhile."
LIST = "*/v1/subaccountDestinations"
FSM = f"{LIST}/FSM"


@dataclass(frozen=True)
class Moment:
    """When the colleague edits: before or after the first request of a class."""

    method: str
    path: str
    when: When = "before"


CHECKED = Moment("GET", FSM)  # between the role's check and the task's read
READ = Moment("PUT", LIST)  # between the task's read and its write
WRITTEN = Moment("PUT", LIST, "after")  # between the write and the read back


@dataclass(frozen=True)
class Work:
    """A playbook that changes FSM.

    Attributes:
        drift: how FSM differs from its definition before.
        told: what becomes of an edit that the run meets before it writes.
    """

    playbook: str
    told: str
    drift: tuple[tuple[str, str], ...] = ()


WORKS = (
    Work("connect_fsm", "Overwritten", (("ProxyType", "OnPremise"),)),
    Work("pause_fsm", "Kept"),
    Work("rename_fsm", "Kept"),
    Work("rotate_fsm_secret", "Kept"),
    Work("repopulate_fsm", "Kept"),
)


class Scene:
    """One connection that a playbook changes, and a colleague who does something at some moment, once."""

    def __init__(self, operator: Operator, work: Work) -> None:
        self.operator = operator
        self.connection = Connection(operator, operator.environment(), **dict(work.drift))
        self.before = self.connection.destination("FSM") or {}
        self.variables = self.connection.variables()
        if work.playbook == "rename_fsm":
            self.variables |= {"fsm_name": "NEW", "fsm_rename_from": "FSM"}
        if work.playbook == "rotate_fsm_secret":
            account = self.connection.environment.fsm_account
            fsm = {"account_id": account.id, "company_id": self.connection.environment.fsm_client.company_id}
            new = operator.environment({"fsm": fsm, "users": []}).fsm_client
            self.variables |= {"fsm_client_id": new.id, "fsm_client_secret": new.secret}
        self.connection.watch()

    @property
    def left(self) -> dict[str, str]:
        """What has become of FSM; nothing if it is gone."""
        return self.connection.destination("FSM") or {}

    def edit(self, moment: Moment, **properties: str) -> None:
        """Let the colleague edit FSM."""
        self._at(moment, lambda: self.connection.change("FSM", **properties))

    def remove(self, moment: Moment) -> None:
        """Let the colleague remove FSM."""
        destinations = self.connection.environment.subaccount.destinations
        self._at(moment, lambda: destinations.pop("FSM"))

    def _at(self, moment: Moment, act: t.Callable[[], object]) -> None:
        environment = self.connection.environment.name
        matching = Matching(moment.method, path=moment.path, environment=environment, origin="client")
        self.operator.landscape.faults.add(Callback(lambda _arrival: act(), moment.when), matching, times=1)


@pytest.mark.parametrize("work", WORKS, ids=lambda one: one.playbook)
def test_what_a_colleague_does_meanwhile(operator: Operator, work: Work) -> None:
    operator.secrets.add(SECRET)
    scenes = {name: Scene(operator, work) for name in ("checked", "read", "written", "elsewhere", "removed")}
    scenes["checked"].edit(CHECKED, **EDIT)
    scenes["read"].edit(READ, **EDIT)
    scenes["written"].edit(WRITTEN, **EDIT)
    scenes["elsewhere"].edit(CHECKED, **{"URL.headers.X-Company-ID": "4711"})
    # As if it had been renamed, or disconnected.
    scenes["removed"].remove(CHECKED)
    hosts = {name: one.variables for name, one in scenes.items()}

    run = operator.play(work.playbook, hosts, expect_warning=MET)

    left = {name: one.left for name, one in scenes.items()}
    assert " ".join(run.output.split()).count(f"{MET} {work.told}: {NAMES}.") == 1
    assert (EDIT.items() <= left["checked"].items()) is (work.told == "Kept")
    if work.playbook == "rename_fsm":
        # With what was not there when the operator was shown what will be lost, it is not removed.
        assert "FSM has secret properties that NEW would not have: someSecret." in run.failure("checked")
    else:
        assert not run.failed("checked")
    # Overwritten, which nobody can notice: the write replaces the whole destination.
    assert not run.failed("read")
    assert not EDIT.keys() & left["read"].keys()
    assert NAMES in run.failure("written")
    assert EDIT.items() <= left["written"].items()
    assert "someone else has changed it, with URL.headers.X-Company-ID 4711." in run.failure("elsewhere")
    assert left["elsewhere"] == {**scenes["elsewhere"].before, "URL.headers.X-Company-ID": "4711"}
    assert "Destination FSM is gone: someone else has removed it since it was checked." in run.failure("removed")
    assert left["removed"] == {}


def test_what_must_not_be_overwritten_is_refused(operator: Operator) -> None:
    """A pause that connecting would end, and a secret that two rotations would give, each another one."""
    operator.secrets.add(SECRET)
    paused, secret = Scene(operator, WORKS[0]), Scene(operator, WORKS[3])
    paused.edit(CHECKED, **{ENABLED: "false"})
    secret.edit(CHECKED, clientSecret=SECRET)

    connecting = operator.play("connect_fsm", {"dev": paused.variables})
    rotating = operator.play("rotate_fsm_secret", {"dev": secret.variables})

    assert "someone else has changed it, with tc.enabled false. This task has changed nothing." in connecting.failure(
        "dev"
    )
    assert paused.left[ENABLED] == "false"
    assert "someone else has changed it, with clientSecret. This task has changed nothing." in rotating.failure("dev")
    assert secret.left["clientSecret"] == SECRET
