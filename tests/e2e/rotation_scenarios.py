# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one run of a rotation can be about, from the generation of a key pair to the return to the old one.

A scenario prepares environments for such a run, and tells what has to hold at any moment of it, and at its end.
"""

from __future__ import annotations

import typing as t

from rotating import Rotating, report

if t.TYPE_CHECKING:
    from landscape.subaccount.trust import TrustCertificate
    from operator_at_work import Operator, Run, Variables

COMPLETE = ("done", "nothing to do")


class Scenario:
    """One kind of run, and the environments that are in it."""

    # How many key pairs it takes.
    takes: t.ClassVar[int] = 0
    # What the run may end with.
    outcomes: t.ClassVar[tuple[str, ...]] = ("failed",)

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.made: dict[str, int] = {}
        # The passive ones, or those that are active already.
        self.news: dict[str, TrustCertificate] = {}

    @property
    def name(self) -> str:
        """Its name as it is in host names."""
        return type(self).__name__.lower()

    def environment(self, name: str) -> Rotating:
        """Return an environment that is ready for the run; the key pairs that are made for it are counted."""
        one = Rotating(self.operator, self.operator.environment(), name)
        trust = one.environment.subaccount.trust
        self.prepare(one)
        generate = trust.generate
        self.made[name] = 0

        def counted(**options: t.Any) -> t.Any:
            self.made[name] += 1
            return generate(**options)

        trust.generate = counted  # type: ignore[method-assign]
        return one

    def prepare(self, one: Rotating) -> None:
        """Bring a due environment into the state in which the run finds it."""
        self.news[one.name] = one.environment.subaccount.trust.replace("passive")

    def variables(self, one: Rotating) -> Variables:
        """Return the variables with which the run does all that can be done."""
        new = self.news.get(one.name)
        return one.variables(
            fsm_uploaded_certificates=[certificate.fingerprint for certificate in (one.old, new) if certificate],
            fsm_user_token=one.token,
            fsm_rotation_soak_hours=0,
        )

    def assert_safe(self, one: Rotating) -> None:
        """Check what has to hold at any moment: FSM trusts the active certificate; nothing needed is gone."""
        self.assert_trusted(one)
        assert self.made[one.name] <= self.takes, one.name
        slots = (one.active, one.passive)
        assert one.old in slots, one.name
        assert self.news.get(one.name, one.old) in slots, one.name

    def assert_trusted(self, one: Rotating) -> None:
        """Check that FSM trusts the active certificate."""
        trusted = [certificate.fingerprint for certificate in one.environment.fsm_account.certificates]
        assert one.active.fingerprint in trusted, one.name

    def assert_complete(self, one: Rotating, run: Run) -> None:
        """Check what the run has to lead to."""
        self.assert_safe(one)
        assert report(run, one.name)["outcome"] in self.outcomes, (one.name, run.output)


class Staging(Scenario):
    """A key pair is generated next to the active one."""

    takes = 1
    outcomes = ("waiting for upload",)

    def prepare(self, one: Rotating) -> None:
        """Leave it as it is."""

    def assert_complete(self, one: Rotating, run: Run) -> None:
        """Check that one waits next to the old one."""
        super().assert_complete(one, run)
        assert one.active == one.old, one.name
        assert one.passive, one.name
        assert self.made[one.name] == 1, one.name


class Discarding(Staging):
    """The passive certificate, which nobody needs, is deleted before."""

    def prepare(self, one: Rotating) -> None:
        """Let one wait that was never active."""
        Scenario.prepare(self, one)

    def variables(self, one: Rotating) -> Variables:
        """Name it."""
        discarded = self.news[one.name].fingerprint
        return {**super().variables(one), "fsm_uploaded_certificates": [], "fsm_rotation_discard": discarded}

    def assert_safe(self, one: Rotating) -> None:
        """Check that the old one stays, and that no key pair is made that another one replaces."""
        self.assert_trusted(one)
        assert self.made[one.name] <= 1, one.name
        assert one.active == one.old, one.name

    def assert_complete(self, one: Rotating, run: Run) -> None:
        """Check that another one waits next to the old one."""
        super().assert_complete(one, run)
        assert one.passive != self.news[one.name], one.name


class Replacing(Scenario):
    """The new certificate, which is uploaded, becomes the active one; the old one is deleted."""

    outcomes = COMPLETE

    def prepare(self, one: Rotating) -> None:
        """Upload the passive one."""
        super().prepare(one)
        one.upload()

    def assert_safe(self, one: Rotating) -> None:
        """Check that the old one stays until it is verified that users can work with the new one."""
        self.assert_trusted(one)
        assert self.made[one.name] == 0, one.name
        slots = (one.active, one.passive)
        assert self.news[one.name] in slots, one.name
        if not (one.active == self.news[one.name] and one.labels.get("trust-verified")):
            assert one.old in slots, one.name

    def assert_complete(self, one: Rotating, run: Run) -> None:
        """Check that only the new one is left, and what is recorded."""
        super().assert_complete(one, run)
        assert (one.active, one.passive) == (self.news[one.name], None), one.name
        assert sorted(one.labels) == ["trust-activated", "trust-verified"], one.name


class Retiring(Replacing):
    """The old certificate is deleted, once the new one is verified again."""

    def prepare(self, one: Rotating) -> None:
        """Let the new one have been active, and verified, for a day."""
        super().prepare(one)
        one.activate(hours=25, verified=True)


class Rejected(Scenario):
    """FSM does not trust the new certificate, whatever was declared: the old one becomes the active one again."""

    def assert_trusted(self, one: Rotating) -> None:
        """Expect nothing: only the verification shows it."""

    def assert_complete(self, one: Rotating, run: Run) -> None:
        """Check that users have their old certificate back, and that this is recorded."""
        super().assert_complete(one, run)
        assert (one.active, one.passive) == (one.old, self.news[one.name]), one.name
        assert list(one.labels) == ["trust-rolled-back"], one.name


class Distrusted(Rejected):
    """FSM trusts the new certificate no more when the old one is about to be deleted."""

    def prepare(self, one: Rotating) -> None:
        """Let the new one have been active, and verified, for a day."""
        super().prepare(one)
        one.activate(hours=25, verified=True)


class Doubtful(Scenario):
    """FSM does not know the user, so that neither certificate yields a token."""

    def prepare(self, one: Rotating) -> None:
        """Let the new one be active, and FSM forget the user."""
        super().prepare(one)
        one.upload()
        one.activate(hours=1)
        one.environment.fsm_account.users.clear()


SCENARIOS: tuple[type[Scenario], ...] = (Staging, Replacing, Rejected, Discarding, Retiring, Distrusted, Doubtful)
