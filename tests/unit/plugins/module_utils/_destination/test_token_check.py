# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tokens verify a change."""

from __future__ import annotations

import base64
import json
import typing as t
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.answer_types import (
    FoundDestination,
    as_found,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import Http, Settings
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.temporary_copy import is_copy
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.token_check import (
    find_token,
    verify_change,
    verify_token,
)

if t.TYPE_CHECKING:
    from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import (
        DestinationService,
    )

DESTINATION = {
    "Name": "X",
    "Authentication": "OAuth2ClientCredentials",
    "clientId": "c",
    "clientSecret": "s3cr3t-of-x",
}
HIDDEN = {**DESTINATION, "clientSecret": "****"}
NOW = datetime.now(timezone.utc)
pytestmark = pytest.mark.usefixtures("waits")


def token(minutes: float | None, name: str = "a") -> str:
    """Return a token that says that it was issued so many minutes ago."""
    issued = {} if minutes is None else {"iat": int((NOW - timedelta(minutes=minutes)).timestamp())}
    parts = ({"alg": "none"}, {**issued, "jti": name})
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts), ""])


class Service:
    """The Destination Service, which yields one token through the destination and another one through copies."""

    def __init__(
        self,
        own: str = "",
        copies: str = "",
        error: str = "",
        refusal: ServiceError | None = None,
        lags: bool = False,
    ) -> None:
        self.http = Http(Settings(), {})
        self.own, self.copies, self.error, self.refusal = own, copies, error, refusal
        self.lags = lags
        self.created: list[str] = []
        self.deleted: list[str] = []

    def find(self, name: str, _user_token: str | None = None) -> FoundDestination | None:
        """Return what is found of this name."""
        if is_copy(name):
            if self.lags or name not in self.created or name in self.deleted:
                return None
            got = {"value": self.copies} if self.copies else {"error": f"{name}: {self.error}"}
            owner = {"InstanceId": "i"}
            return as_found({"owner": owner, "destinationConfiguration": {"Name": name}, "authTokens": [got]})
        got = {"value": self.own} if self.own else {"error": self.error}
        owner = {"SubaccountId": "s"}
        return as_found({"owner": owner, "destinationConfiguration": DESTINATION, "authTokens": [got]})

    def destinations(self, _level: str, _condition: str | None = None) -> list[dict[str, str]]:
        """Return that nothing is left over."""
        return []

    def create(self, _level: str, destination: dict[str, str]) -> bool:
        """Create a copy."""
        if self.refusal:
            raise self.refusal
        self.created.append(destination["Name"])
        return True

    def delete(self, _level: str, name: str) -> bool:
        """Delete a copy."""
        self.deleted.append(name)
        return True


def verified(service: Service, destination: dict[str, str] = DESTINATION, **options: t.Any) -> dict[str, t.Any]:
    """Return what comes of verifying a change that was made three minutes ago."""
    since = NOW - timedelta(minutes=3)
    report = verify_change(t.cast("DestinationService", service), destination, None, since, **options)
    assert service.created == service.deleted
    assert "s3cr3t" not in str(report)
    return report


@pytest.mark.parametrize(
    "own, copies, fresh",
    [
        # What no cache can have served.
        (None, None, True),
        (4, 0, True),
        # One that says that it was issued well before the change is none of the copy's, whoever kept it.
        (4, 5, False),
        # The clock of who issued it may differ.
        (4, 3.5, True),
    ],
)
def test_token_through_a_copy_verifies(own: float | None, copies: float | None, fresh: bool) -> None:
    service = Service(token(own, "own"), token(copies, "copy"))
    report = verified(service, found=find_token(t.cast("t.Any", service), "X", None))
    assert (report["obtained"], report["fresh"], bool(report["doubt"])) == (True, fresh, not fresh)
    assert report["found_at"] == "subaccount"
    assert len(service.created) == 1


def test_token_that_was_seen_before_verifies_nothing() -> None:
    seen: set[str] = set()
    service = Service(copies=token(None))
    assert verified(service, seen=seen)["fresh"]
    assert not verified(service, seen=seen)["fresh"]
    service = Service(own=token(None), copies=token(None))
    assert not verified(service, found=find_token(t.cast("t.Any", service), "X", None))["fresh"]


def test_no_token_through_the_copy_is_proof_to_the_contrary() -> None:
    report = verified(Service(own=token(4), error="401 Bad credentials."))
    assert (report["obtained"], report["fresh"], report["doubt"]) == (False, False, "")
    assert report["error"] == "X: 401 Bad credentials."


def test_no_token_through_the_destination_needs_no_copy() -> None:
    service = Service(error="401 Bad credentials.")
    report = verified(service, found=find_token(t.cast("t.Any", service), "X", None))
    assert (report["obtained"], report["error"], service.created) == (False, "401 Bad credentials.", [])


@pytest.mark.parametrize(
    "minutes, fresh",
    # The change was made three minutes ago; another clock may differ by one.
    [(1, True), (2.5, False), (3, False), (10, False), (-5, False), (None, False)],
)
def test_without_a_copy_only_the_token_itself_says_how_old_it_is(minutes: float | None, fresh: bool) -> None:
    service = Service(own=token(minutes))
    report = verified(service, HIDDEN)
    assert (report["obtained"], report["fresh"], service.created) == (True, fresh, [])
    assert ("does not show clientSecret" in report["doubt"]) is not fresh


def test_token_that_is_young_enough_needs_no_copy() -> None:
    service = Service(own=token(1))
    assert verified(service, found=find_token(t.cast("t.Any", service), "X", None))["fresh"]
    assert service.created == []


def test_refused_copy_proves_nothing() -> None:
    report = verified(Service(own=token(4), refusal=ServiceError("403 Not here.", "", 403)))
    assert (report["obtained"], report["fresh"]) == (True, False)
    assert "403 Not here" in report["doubt"]


def test_copy_that_is_not_found_proves_nothing() -> None:
    service = Service(own=token(4), copies=token(0), lags=True)
    report = verified(service)
    assert (report["obtained"], report["fresh"]) == (True, False)
    assert "does not find it" in report["doubt"]


def test_who_writes_nothing_goes_by_the_token_itself() -> None:
    for minutes, fresh in ((1, True), (4, False), (None, False)):
        service = t.cast("DestinationService", Service(own=token(minutes)))
        since = NOW - timedelta(minutes=3)
        report = verify_token(service, "subaccount", "X", None, DESTINATION, since)
        assert (report["fresh"], bool(report["doubt"])) == (fresh, not fresh)
        assert "fresh" not in verify_token(service, "subaccount", "X", None, DESTINATION)


@pytest.mark.parametrize("claim", ["true", '"1"', "1e99", "null"])
def test_claims_that_are_no_moments_say_nothing(claim: str) -> None:
    payload = base64.urlsafe_b64encode(f'{{"iat": {claim}}}'.encode()).decode().rstrip("=")
    assert not verified(Service(own=f"e30.{payload}."), HIDDEN)["fresh"]
