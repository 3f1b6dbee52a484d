# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A change is never built on a read that does not show the secrets, unless the task has them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import (
    HIDDEN,
    INCOMPARABLE,
    NOT_SHOWN,
    without_nulls,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.hidden_secrets import (
    differing,
    hidden_secrets,
    shown_properties,
    shows,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import (
    Plan,
    SecretsHidden,
    desired_destination,
    plan_present,
)

SECRETS = {"clientSecret": "s1", "tokenServicePassword": "s2"}
SHOWN = {
    "Name": "FSM",
    "Authentication": "OAuth2ClientCredentials",
    "clientId": "c",
    "tokenServiceUser": "c",
    "tc.enabled": "true",
}
STORED = {**SHOWN, **SECRETS}
# How a read may show it.
READS: dict[str, dict[str, t.Any]] = {
    "left out": SHOWN,
    "null": {**SHOWN, **dict.fromkeys(SECRETS)},
    "starred": {**SHOWN, **dict.fromkeys(SECRETS, "*****")},
    "empty": {**SHOWN, **dict.fromkeys(SECRETS, "")},
    "remark": {**SHOWN, **dict.fromkeys(SECRETS, "<< Existing password/certificate removed on export >>")},
}


@pytest.fixture(params=list(READS.values()), ids=list(READS))
def read(request: pytest.FixtureRequest) -> dict[str, str]:
    """The destination as a read shows it that hides its secrets."""
    return without_nulls(request.param)


def pausing(secrets: dict[str, str] | None = None, how: str = "unless_shown") -> t.Any:
    """Return what a task asks for that pauses the destination."""
    return desired_destination("FSM", {"tc.enabled": "false"}, secrets or {}, update_secrets=how)


def test_secrets_that_are_not_shown_are_known_by_name(read: dict[str, str]) -> None:
    assert hidden_secrets(read) == set(SECRETS)
    assert hidden_secrets(STORED) == set()
    assert shown_properties(read) == SHOWN
    assert shows(read, STORED)
    assert differing(read, {**STORED, "tc.enabled": "false"}) == ["tc.enabled"]


@pytest.mark.parametrize("how", ["always", "on_create", "unless_shown"])
def test_change_is_refused_without_them(read: dict[str, str], how: str) -> None:
    with pytest.raises(SecretsHidden, match="clientSecret, tokenServicePassword") as caught:
        plan_present(pausing(how=how), read)
    assert caught.value.keys == sorted(SECRETS)
    with pytest.raises(SecretsHidden, match="does not show tokenServicePassword,"):
        plan_present(pausing({"clientSecret": "s1"}), read)


def test_change_has_those_of_the_task(read: dict[str, str]) -> None:
    plan = plan_present(pausing(SECRETS), read)
    assert plan.destination == {**STORED, "tc.enabled": "false"}
    assert not plan.incomparable
    assert "s1" not in str((plan.before, plan.after))


def test_nothing_is_written_for_secrets_alone_unless_it_is_asked_for(read: dict[str, str]) -> None:
    wanted = desired_destination("FSM", {}, SECRETS, update_secrets="unless_shown")
    assert plan_present(wanted, read).action == "none"
    always = plan_present(desired_destination("FSM", {}, SECRETS), read)
    assert (always.action, always.incomparable, always.destination) == ("update", True, STORED)
    assert (always.before["clientSecret"], always.after["clientSecret"]) == (HIDDEN, INCOMPARABLE)


def test_stored_secrets_that_are_shown_stay() -> None:
    other = {"clientSecret": "x", "tokenServicePassword": "y", "URL.headers.X-Api-Key": "z"}
    plan = plan_present(pausing(other), STORED)
    assert plan.destination == {**STORED, "tc.enabled": "false"}


@pytest.mark.parametrize("shown", [{}, {"URL.headers.X-Api-Key": NOT_SHOWN}])
def test_further_secrets_are_hidden_with_the_needed_ones(shown: dict[str, str]) -> None:
    key = {"URL.headers.X-Api-Key": "k"}
    plan = plan_present(pausing({**SECRETS, **key}), {**SHOWN, **shown})
    assert plan.destination == {**STORED, **key, "tc.enabled": "false"}
    assert shows({**SHOWN, **shown}, {**STORED, **key})


def test_secret_that_has_to_go_is_not_lost(read: dict[str, str]) -> None:
    gone = desired_destination("FSM", {"Authentication": "NoAuthentication"}, dict.fromkeys(SECRETS))
    assert "clientSecret" not in plan_present(gone, read).destination
    purged = desired_destination("FSM", {"URL": "https://x"}, {}, purge=True)
    assert plan_present(purged, read).destination == {"Name": "FSM", "URL": "https://x"}


@pytest.mark.parametrize(
    "destination, needed",
    [
        ({"Authentication": "BasicAuthentication", "User": "u"}, {"Password"}),
        ({"Authentication": "OAuth2SAMLBearerAssertion", "tokenServiceUser": "u"}, {"tokenServicePassword"}),
        ({"Authentication": "OAuth2SAMLBearerAssertion"}, set()),
        ({"Authentication": "NoAuthentication"}, set()),
        # Mutual TLS needs no secret.
        (
            {"Authentication": "OAuth2ClientCredentials", "clientId": "c", "tokenService.KeyStoreLocation": "k.pem"},
            set(),
        ),
    ],
)
def test_what_a_kind_of_destination_needs(destination: dict[str, str], needed: set[str]) -> None:
    assert hidden_secrets(destination) == needed


def test_other_nulls_are_no_properties() -> None:
    assert without_nulls({"Description": None, "clientSecret": None}) == {"clientSecret": NOT_SHOWN}


def test_plan_without_hidden_secrets_is_comparable() -> None:
    assert plan_present(desired_destination("FSM", {}, SECRETS), STORED) == Plan(
        "none", {}, {**SHOWN, **dict.fromkeys(SECRETS, HIDDEN)}, {**SHOWN, **dict.fromkeys(SECRETS, HIDDEN)}
    )
