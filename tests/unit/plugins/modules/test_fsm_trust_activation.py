# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module fsm_trust_activation: the new certificate is the active one and verified, or the old one is again."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, Refused, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.activation import ActivationFailed
from ansible_collections.btp_ops.task_center.plugins.modules import btp_destination_info, fsm_trust_activation
from landscape.assumptions import ASSUMPTIONS
from landscape.faults import Callback, Lag, Matching, Status
from landscape.logon import log_on
from landscape.made_by_hand import expected_pair

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

Run = t.Callable[..., t.Any]
Writes = t.Callable[[], list[str]]


def connect(environment: Environment) -> tuple[str, str]:
    """Give an environment both destinations and two certificates that FSM trusts; return their fingerprints."""
    for destination in expected_pair(environment):
        environment.subaccount.destinations[destination["Name"]] = destination
    old, new = (environment.subaccount.trust.replace(slot) for slot in ("active", "passive"))
    for certificate in (old, new):
        environment.fsm_account.upload(certificate.pem)
    return old.fingerprint, new.fingerprint


def user_token(landscape: Landscape, environment: Environment) -> str:
    """Return the token of the first user."""
    return str(log_on(landscape, environment.application.credentials(), environment.users[0])["access_token"])


def options(token: str, old: str, new: str) -> dict[str, t.Any]:
    """Return the module's options to activate the new one of two certificates."""
    connection = {"environment_name": "dev", "name": "FSM", "url": "https://de.fsm.cloud.sap/x", "account_id": "1"}
    return {
        "connection": {**connection, "certificate_dir": "."},
        "uploaded_certificates": [old, new],
        "user_token": token,
        "fingerprint": new,
    }


@pytest.fixture
def connected(environment: Environment) -> tuple[str, str]:
    """An environment with both destinations and two certificates that FSM trusts; return their fingerprints."""
    return connect(environment)


@pytest.fixture
def activate(run: Run, environment: Environment, landscape: Landscape, connected: tuple[str, str]) -> Run:
    """Run the module for the new certificate, with a user's token."""
    token = user_token(landscape, environment)

    def work(check_mode: bool = False, **others: t.Any) -> t.Any:
        return run(fsm_trust_activation, check_mode, **{**options(token, *connected), **others})

    return work


@pytest.fixture
def writes(landscape: Landscape, environment: Environment) -> Writes:
    """Return the requests that have changed something in the subaccount; those for users' tokens do not."""

    def sent() -> list[str]:
        requests = landscape.requests(environment.name)
        return [one.method for one in requests if one.method != "GET" and "/destination-configuration/" in one.path]

    return sent


def slots(environment: Environment) -> tuple[str | None, str | None]:
    """Return the fingerprints of both certificates as the landscape has them."""
    trust = environment.subaccount.trust
    active, passive = (one.fingerprint if one else None for one in (trust.active, trust.passive))
    return active, passive


def labels(environment: Environment) -> dict[str, list[str]]:
    """Return the labels of the secondary destination as the landscape has them."""
    entry = environment.subaccount.destinations.entry("FSM_PP")
    assert entry is not None
    return dict(entry.labels)


def distrust(environment: Environment, *fingerprints: str) -> None:
    """Let FSM trust certificates no more."""
    for fingerprint in fingerprints:
        environment.fsm_account.remove(fingerprint)


def test_activation(activate: Run, environment: Environment, connected: tuple[str, str], writes: Writes) -> None:
    old, new = connected
    environment.subaccount.destinations.set_labels("FSM_PP", {"team": ["a"]})
    preview = activate(check_mode=True)
    assert (preview.changed, preview.facts["action"], preview.facts["verified"]) == (True, "rotate", False)
    assert sorted(preview.facts["labels"]) == ["team", "trust-activated", "trust-verified"]
    assert (slots(environment), labels(environment), writes()) == ((old, new), {"team": ["a"]}, [])

    done = activate()

    assert (done.changed, done.facts["action"], done.facts["verified"]) == (True, "rotate", True)
    assert slots(environment) == (new, old)
    assert labels(environment) == done.facts["labels"]
    assert sorted(labels(environment)) == ["team", "trust-activated", "trust-verified"]
    assert done.diff[0] == preview.diff[0]


def test_without_a_token_the_activation_is_only_recorded(
    activate: Run, environment: Environment, connected: tuple[str, str]
) -> None:
    old, new = connected
    done = activate(user_token=" ")
    assert (done.facts["verified"], slots(environment)) == (False, (new, old))
    assert list(labels(environment)) == ["trust-activated"]
    again = activate(user_token=None)
    assert (again.changed, again.facts["action"]) == (False, "none")


def test_what_a_killed_run_has_begun_is_completed(
    activate: Run, environment: Environment, connected: tuple[str, str]
) -> None:
    old, new = connected
    environment.subaccount.trust.rotate()
    preview = activate(check_mode=True)
    # A token that the service may have kept verifies nothing, and a preview makes no copy of the destination.
    assert (preview.changed, preview.facts["verified"], labels(environment)) == (True, False, {})
    done = activate()
    assert (done.facts["action"], done.facts["verified"], slots(environment)) == ("none", True, (new, old))
    assert sorted(labels(environment)) == ["trust-activated", "trust-verified"]
    since = labels(environment)["trust-activated"]
    activate()
    assert labels(environment)["trust-activated"] == since


def test_without_a_secondary_destination_nothing_is_recorded(
    activate: Run, environment: Environment, connected: tuple[str, str]
) -> None:
    old, new = connected
    del environment.subaccount.destinations["FSM_PP"]
    done = activate()
    assert (done.facts["verified"], done.facts["labels"], slots(environment)) == (False, {}, (new, old))


@pytest.mark.parametrize("verified_before", [True, False])
def test_rejected_certificate_gives_way_to_the_old_one(
    activate: Run,
    environment: Environment,
    connected: tuple[str, str],
    waits: list[float],
    verified_before: bool,
) -> None:
    old, new = connected
    distrust(environment, new)
    if not verified_before:
        environment.subaccount.trust.rotate()
    with pytest.raises(ActivationFailed) as failed:
        activate()
    assert failed.value.finding["id"] == "rotation_rolled_back"
    assert f"the old one, {old}, is the active one again" in str(failed.value)
    assert slots(environment) == (old, new)
    (attempt,) = labels(environment)["trust-rolled-back"]
    assert f'fsm_rotation_retry: "{attempt}"' in str(failed.value)
    assert list(labels(environment)) == ["trust-rolled-back"]
    assert waits


@pytest.mark.parametrize("cache", ASSUMPTIONS["token_cache"].alternatives)
def test_tokens_that_were_kept_verify_nothing(landscape: Landscape, run: Run, waits: list[float], cache: str) -> None:
    """The user, and whoever checks before the rotation, have obtained tokens with the old certificate."""
    environment = landscape.add_environment({"assumptions": {"token_cache": cache}})
    old, new = connect(environment)
    distrust(environment, new)
    service_key = environment.service_key.credentials()
    token = user_token(landscape, environment)
    found = run(btp_destination_info, service_key=service_key, name="FSM_PP", verify_token=True, user_token=token)
    assert found.facts["token"]["obtained"]
    with pytest.raises(ActivationFailed) as failed:
        run(fsm_trust_activation, **{**options(token, old, new), "service_key": service_key})
    assert failed.value.finding["id"] == "rotation_rolled_back"
    assert slots(environment) == (old, new)
    assert list(environment.subaccount.instance_destinations) == []
    assert waits


@pytest.mark.parametrize("cache", ["name+user", "none"])
def test_without_a_copy_nothing_is_verified(landscape: Landscape, run: Run, cache: str) -> None:
    environment = landscape.add_environment({"assumptions": {"token_cache": cache}})
    old, new = connect(environment)
    landscape.faults.add(
        Status(403, body="No."), Matching("POST", path="*/instanceDestinations", environment=environment.name)
    )
    environment.subaccount.destinations.set_labels("FSM_PP", {"team": ["a"]})
    token = user_token(landscape, environment)
    given = {**options(token, old, new), "service_key": environment.service_key.credentials()}
    done = run(fsm_trust_activation, **given)
    landscape.faults.clear()
    assert (done.facts["verified"], slots(environment)) == (False, (new, old))
    assert "does not verify the trust certificate: the service may have kept it" in done.warnings[0]
    assert sorted(labels(environment)) == ["team", "trust-activated"]

    assert run(fsm_trust_activation, **given).facts["verified"]
    assert sorted(labels(environment)) == ["team", "trust-activated", "trust-verified"]


def test_where_no_certificate_is_to_blame_the_one_stays_that_worked(
    activate: Run, environment: Environment, landscape: Landscape, connected: tuple[str, str], waits: list[float]
) -> None:
    old, new = connected
    environment.subaccount.trust.rotate()
    users = dict(environment.fsm_account.users)
    environment.fsm_account.users.clear()
    with pytest.raises(ActivationFailed, match="the new one stays the active one"):
        activate()
    assert slots(environment) == (new, old)

    environment.subaccount.trust.rotate()
    environment.subaccount.destinations.set_labels("FSM_PP", {})
    environment.fsm_account.users.update(users)
    # This time the old one was tried before.
    rotation = Matching("POST", path="*/rotateCertificate", environment=environment.name)
    landscape.faults.add(Callback(lambda _arrival: environment.fsm_account.users.clear()), rotation, times=1)
    with pytest.raises(ActivationFailed, match="neither with the trust certificate") as failed:
        activate()
    assert failed.value.finding["id"] == "rotation_rolled_back_cause_unknown"
    assert slots(environment) == (old, new)
    assert list(labels(environment)) == ["trust-rolled-back"]
    assert waits


def test_nothing_is_changed_if_no_token_is_obtained_before(
    activate: Run, environment: Environment, connected: tuple[str, str], writes: Writes, waits: list[float]
) -> None:
    old, new = connected
    distrust(environment, old)
    for check_mode in (True, False):
        with pytest.raises(ActivationFailed) as failed:
            activate(check_mode=check_mode)
        assert failed.value.finding["id"] == "rotation_not_started"
    # The preview has made no copy of the destination.
    assert (slots(environment), writes()) == ((old, new), ["POST", "DELETE"])
    # One that is not declared may be what is wrong, and the new one the remedy.
    assert activate(uploaded_certificates=new).facts["verified"]
    assert slots(environment) == (new, old)
    assert waits


@pytest.mark.parametrize("check_mode, finding", [(True, "verification_would_fail"), (False, "cannot_roll_back")])
def test_no_way_back(
    activate: Run,
    environment: Environment,
    connected: tuple[str, str],
    waits: list[float],
    check_mode: bool,
    finding: str,
) -> None:
    _old, new = connected
    environment.subaccount.trust.rotate()
    distrust(environment, new)
    if not check_mode:
        environment.subaccount.trust.replace("passive", expires_in_days=-1)
    before = slots(environment)
    with pytest.raises(ActivationFailed) as failed:
        activate(check_mode=check_mode)
    assert failed.value.finding["id"] == f"rotation_{finding}"
    assert slots(environment) == before
    assert waits


def test_return_that_fails_is_reported(
    activate: Run, environment: Environment, landscape: Landscape, connected: tuple[str, str], waits: list[float]
) -> None:
    old, new = connected
    distrust(environment, new)
    rotation = Matching("POST", path="*/rotateCertificate", environment=environment.name)
    landscape.faults.add(Status(403, body="Not today."), rotation, nth=2)
    with pytest.raises(ActivationFailed, match=r"which is still the active one(.|\n)*Not today") as failed:
        activate()
    assert failed.value.finding["id"] == "rotation_roll_back_failed"
    assert slots(environment) == (new, old)
    assert waits


def test_labels_that_cannot_be_written_keep_no_user_from_the_old_certificate(
    activate: Run, environment: Environment, landscape: Landscape, connected: tuple[str, str], waits: list[float]
) -> None:
    old, new = connected
    distrust(environment, new)
    landscape.faults.add(Status(403), Matching("PUT", path="*/labels", environment=environment.name))
    with pytest.raises(ActivationFailed) as failed:
        activate()
    assert failed.value.finding["id"] == "rotation_rolled_back"
    assert slots(environment) == (old, new)
    environment.fsm_account.upload(environment.subaccount.trust.passive.pem)  # type: ignore[union-attr]
    with pytest.raises(ServiceError, match="labels"):
        activate()
    assert slots(environment) == (new, old)
    assert waits


@pytest.mark.parametrize(
    "options, kind",
    [
        ({"fingerprint": "AB" * 32}, Refused),
        ({"fingerprint": "AB"}, InputError),
        ({"user_token": "a b"}, InputError),
        ({"user_token": "e30.eyJleHAiOjF9.x"}, InputError),
    ],
)
def test_refused_before_anything_is_changed(
    activate: Run, environment: Environment, writes: Writes, options: dict[str, t.Any], kind: type[Exception]
) -> None:
    before = slots(environment)
    with pytest.raises(kind):
        activate(**options)
    assert (slots(environment), writes()) == (before, [])


def test_labels_for_which_there_is_no_room_are_refused_before(
    activate: Run, environment: Environment, writes: Writes
) -> None:
    before = slots(environment)
    environment.subaccount.destinations.set_labels("FSM_PP", {f"label-{number}": ["x"] for number in range(10)})
    with pytest.raises(Refused, match="at most 10"):
        activate()
    assert (slots(environment), writes()) == (before, [])


def test_destination_of_the_instance_answers_for_another_one(
    activate: Run, environment: Environment, writes: Writes
) -> None:
    before = slots(environment)
    subaccount = environment.subaccount
    subaccount.instance_destinations["FSM_PP"] = {**subaccount.destinations["FSM_PP"]}
    with pytest.raises(ActivationFailed, match="FSM_PP was found in the service instance"):
        activate()
    assert (slots(environment), writes()) == (before, [])


def test_reads_that_lag(
    activate: Run, environment: Environment, landscape: Landscape, connected: tuple[str, str], waits: list[float]
) -> None:
    old, new = connected
    certificates = Matching("GET", path="*/saml2Metadata/*", environment=environment.name)
    rotation = Matching("POST", path="*/rotateCertificate", environment=environment.name)
    # Of both slots, the first is read too early.
    lag = Lag(3600)
    landscape.faults.add(Callback(lambda _: landscape.faults.add(lag, certificates, times=1)), rotation, times=1)
    assert activate().facts["verified"]
    assert slots(environment) == (new, old)
    assert waits
