# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rotation finds whose state it does not know, or has no way back: reported, with nothing changed."""

from __future__ import annotations

import dataclasses
import typing as t
from datetime import timedelta

import pytest

from landscape import Matching
from landscape.faults import Callback
from landscape.subaccount.trust import self_signed
from prepared import Case, missed
from rotating import DUE, Rotating, report

if t.TYPE_CHECKING:
    from landscape.subaccount.trust import TrustCertificate, TrustStore
    from operator_at_work import Operator, Run

ROTATION = "*/saml2Metadata/rotateCertificate"
# With which it makes sure of what it did.
READS_OF_THE_MODULE = 1


def unreadable(certificate: TrustCertificate) -> TrustCertificate:
    """Return a certificate whose version no library knows."""
    der = certificate.der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020107"), 1)
    return dataclasses.replace(certificate, der=der)


def twin(trust: TrustStore, rotating: Rotating) -> TrustCertificate:
    """Return a certificate of the same age as the active one."""
    not_after = rotating.old.not_after
    return self_signed(trust.subject, 2048, not_after - timedelta(days=730), not_after)


def activated(rotating: Rotating, hours_ago: float = 0) -> None:
    """Let a new certificate that FSM trusts be the active one, and the labels remember since when."""
    trust = rotating.environment.subaccount.trust
    rotating.environment.fsm_account.upload(trust.replace("passive").pem)
    trust.rotate()
    new, old = (one.fingerprint.replace(":", "").lower()[:12] for one in (rotating.active, rotating.old))
    moment = rotating.operator.landscape.clock.now() - timedelta(hours=hours_ago)
    label = {"trust-activated": [f"{new}-{old}-{moment:%Y%m%dT%H%M%SZ}"]}
    rotating.environment.subaccount.destinations.set_labels("FSM_PP", label)


class Odd:
    """Environments, each odd in its own way, and what is to be reported of it."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.cases: dict[str, Case] = {}

    def add(self, name: str, reported: str, *words: str, **changes: t.Any) -> Rotating:
        """Add an environment whose certificate is about to expire.

        Args:
            name: of its host in the inventory.
            reported: IDs of the findings, with blanks between them.
            words: that they have to hold.
            changes: variables of the role.
        """
        rotating = Rotating(self.operator, self.operator.environment(), name)
        self.cases[name] = Case(rotating.environment, changes, set(reported.split()), words)
        return rotating

    def run(self, rotating: dict[str, Rotating], *arguments: str) -> Run:
        """Run the playbook over all environments at once."""
        hosts = {name: one.variables(**self.cases[name].variables) for name, one in rotating.items()}
        return self.operator.play("rotate_fsm_trust", hosts, "-e", "fsm_rotation_serial=100%", *arguments)


@pytest.mark.provokes(
    "rotation_order_unknown",
    "rotation_both_expired",
    "rotation_age_unknown",
    "rotation_discard_refused",
    "rotation_passive_expires_too",
    "rotation_cannot_roll_back",
    "certificate_expired",
    "certificate_not_yet_valid",
)
def test_odd_certificates_are_reported_and_left_as_they_are(operator: Operator) -> None:
    odd = Odd(operator)
    all_of_them: dict[str, Rotating] = {}

    def add(name: str, reported: str, *words: str, **changes: t.Any) -> tuple[Rotating, TrustStore]:
        all_of_them[name] = odd.add(name, reported, *words, **changes)
        return all_of_them[name], all_of_them[name].environment.subaccount.trust

    one, trust = add("twins", "rotation_order_unknown", "which of the two trust certificates", "fsm_rotation_replace")
    trust.passive = twin(trust, one)
    _one, trust = add("both-expired", "rotation_both_expired", "Both trust certificates have expired")
    trust.replace("active", expires_in_days=-3)
    trust.replace("passive", expires_in_days=-2)
    _one, trust = add("ageless", "rotation_age_unknown", "fsm_rotation_replace", "cannot be read")
    trust.active = unreadable(trust.replace("active"))
    _one, trust = add("needed", "rotation_discard_refused", "is valid and the active one")
    trust.replace("active", expires_in_days=-3)
    odd.cases["needed"].variables["fsm_rotation_discard"] = trust.replace("passive").fingerprint
    reported = "certificate_expired rotation_passive_expires_too rotation_upload"
    _one, trust = add("short", reported, "It becomes the active one all the same", "the next rotation is due")
    trust.replace("active", expires_in_days=-3)
    trust.replace("passive", expires_in_days=DUE + 0.5)
    one, trust = add("early", "certificate_not_yet_valid", "is valid from")
    tomorrow = operator.landscape.clock.now() + timedelta(days=1)
    trust.passive = self_signed(trust.subject, 2048, tomorrow, tomorrow + timedelta(days=730))
    one.upload()
    # FSM does not know the user, and the old certificate has expired meanwhile.
    one, trust = add("no-way-back", "rotation_cannot_roll_back", "cannot become the active one again: it has expired")
    activated(one)
    trust.replace("passive", expires_in_days=-1)
    one.environment.fsm_account.users.clear()
    odd.cases["no-way-back"].variables["fsm_user_token"] = one.token
    before = {name: case.state() for name, case in odd.cases.items()}

    run = odd.run(all_of_them)

    assert run.code == 2
    assert missed(run, odd.cases) == {}
    waiting = {name for name in odd.cases if report(run, name)["outcome"] != "failed"}
    assert waiting == {"short"}
    after = {name: case.state() for name, case in odd.cases.items()}
    assert {name: state["trust"] for name, state in after.items()} == {
        name: state["trust"] for name, state in before.items()
    }


@pytest.mark.provokes(
    "rotation_concurrent_change", "rotation_rolled_back_cause_unknown", "rotation_waits_for_environments"
)
def test_what_others_do_and_need_meanwhile_is_reported(operator: Operator) -> None:
    odd = Odd(operator)
    overtaken = odd.add(
        "overtaken",
        "rotation_concurrent_change rotation_activates_unverified",
        "Someone else changes the trust certificates",
    )
    doubt = odd.add("doubt", "rotation_rolled_back_cause_unknown", "So the certificate may not be the cause")
    for one in (overtaken, doubt):
        one.environment.subaccount.trust.replace("passive")
        one.upload()
    odd.cases["doubt"].variables["fsm_user_token"] = doubt.token
    # FSM forgets its users just when the new certificate becomes the active one.
    strike(doubt, "POST", ROTATION, doubt.environment.fsm_account.users.clear)
    overtake(overtaken)
    # Two environments of one subaccount, of which one has not even begun to verify the new certificate.
    words = ("is kept for other environments of the subaccount: slow.", "Rotate them as well")
    ready = odd.add(
        "ready", "rotation_waits_for_environments rotation_unverified", *words, fsm_rotation_retire_unverified=True
    )
    activated(ready, hours_ago=30)
    destinations = ready.environment.subaccount.destinations
    destinations["FSM2_PP"] = {**destinations["FSM_PP"], "Name": "FSM2_PP"}
    slow = {**ready.variables(), "fsm_name": "FSM2"}
    odd.cases["slow"] = Case(ready.environment, slow, {"rotation_unverified"})
    all_of_them = {"overtaken": overtaken, "doubt": doubt, "ready": ready, "slow": ready}

    run = odd.run(all_of_them)

    assert run.code == 2
    assert missed(run, odd.cases) == {}
    for one in (overtaken, doubt):
        assert one.active == one.old
        assert one.passive
    assert ready.passive == ready.old


@pytest.mark.provokes("rotation_neighbours_unknown")
def test_environments_are_named_whose_subaccount_is_not_known(operator: Operator) -> None:
    odd = Odd(operator)
    words = ("Ansible cannot find out which subaccount", "belong to: locked.")
    one = odd.add("dev", "rotation_upload rotation_neighbours_unknown", *words)
    # As in an inventory whose vault nobody has opened.
    odd.cases["locked"] = Case(one.environment, {"fsm_destination_service_key": "{{ vault_of_others }}"}, set())
    locked = Rotating(operator, one.environment, "locked")

    run = odd.run({"dev": one, "locked": locked}, "--limit", "!locked")

    assert run.code == 0
    assert missed(run, odd.cases) == {}
    assert report(run, "dev")["outcome"] == "waiting for upload"


@pytest.mark.provokes("rotation_verification_would_fail")
def test_a_preview_reports_what_it_would_return_from(operator: Operator) -> None:
    odd = Odd(operator)
    one = odd.add("dev", "rotation_verification_would_fail", "Run again without --check")
    activated(one)
    new = one.active
    one.environment.fsm_account.users.clear()
    odd.cases["dev"].variables["fsm_user_token"] = one.token

    run = odd.run({"dev": one}, "--check")

    assert run.code == 2
    assert missed(run, odd.cases) == {}
    assert (one.active, one.passive) == (new, one.old)


def strike(rotating: Rotating, method: str, path: str, act: t.Callable[[], t.Any]) -> None:
    """Let something happen just before requests of a class for an environment are carried out."""
    matching = Matching(environment=rotating.environment.name, method=method, path=path, origin="client")
    rotating.operator.landscape.faults.add(Callback(lambda _arrival: act()), matching)


def overtake(rotating: Rotating) -> None:
    """Let someone rotate back between the moment at which the module has seen its success and the role looks again."""
    reads: list[str] = []

    def begin() -> None:
        reads.append("rotated")

    def read() -> None:
        if reads:
            reads.append("read")
        if len(reads) == READS_OF_THE_MODULE + 2:
            rotating.environment.subaccount.trust.rotate()

    strike(rotating, "POST", ROTATION, begin)
    strike(rotating, "GET", "*/saml2Metadata/certificate", read)


@pytest.mark.provokes("rotation_no_labels", "rotation_signed_by_keystore")
def test_what_keeps_a_rotation_from_remembering_or_from_mattering(operator: Operator) -> None:
    odd = Odd(operator)
    forbidden = Rotating(operator, operator.environment({"assumptions": {"labels": "forbidden"}}), "forbidden")
    odd.cases["forbidden"] = Case(forbidden.environment, {}, {"rotation_no_labels"}, ("cannot be used", "by hand"))
    own = odd.add("own-key", "rotation_signed_by_keystore", "has a KeyStoreLocation, own.p12", "connect_fsm")
    destinations = own.environment.subaccount.destinations
    destinations["FSM_PP"] |= {"KeyStoreLocation": "own.p12"}
    before = {name: case.state() for name, case in odd.cases.items()}

    run = odd.run({"forbidden": forbidden, "own-key": own})

    assert run.code == 2
    assert missed(run, odd.cases) == {}
    assert {name: case.state() for name, case in odd.cases.items()} == before
