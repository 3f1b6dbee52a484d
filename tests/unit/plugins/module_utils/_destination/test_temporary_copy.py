# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Short-lived copies of destinations: what is copied, and that none is left."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import Http, Settings
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import AnswerLost, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import check_name
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.temporary_copy import (
    PREFIX,
    STAMP,
    is_copy,
    left_over_warning,
    obstacle_to_copying,
    remove_leftovers,
    temporary_copy,
)

if t.TYPE_CHECKING:
    from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import (
        DestinationService,
    )

SECRETS = {"clientSecret": "s", "tokenServicePassword": "s"}
PRIMARY = {
    "Name": "FSM",
    "URL": "https://de.fsm.cloud.sap/cloud-approval-service/api",
    "Authentication": "OAuth2ClientCredentials",
    "clientId": "c",
    "tokenServiceUser": "c",
    "tc.enabled": "true",
    "tc.provider_type": "FSM",
}
SECONDARY = {
    "Name": "FSM_PP",
    "Authentication": "OAuth2SAMLBearerAssertion",
    "clientKey": "c",
    "tokenServiceUser": "c",
}
LOST = AnswerLost("No answer.", "")


class Instance:
    """The destinations of a service instance; the next requests of a kind may fail."""

    def __init__(self, *names: str, create: t.Sequence[Exception] = (), delete: t.Sequence[Exception] = ()) -> None:
        self.http = Http(Settings(), {})
        self.there: dict[str, dict[str, str]] = {name: {"Name": name} for name in names}
        self.created: list[dict[str, str]] = []
        self._failures = {"create": list(create), "delete": list(delete)}

    def destinations(self, level: str, condition: str | None = None) -> list[dict[str, str]]:
        """Return all of them, whatever the condition."""
        assert (level, condition) == ("instance", f"startswith(Name, '{PREFIX}')")
        return list(self.there.values())

    def create(self, level: str, destination: dict[str, str]) -> bool:
        """Create one, unless this fails without having been carried out."""
        assert level == "instance"
        self._fail("create", lambda: self.there.update({destination["Name"]: destination}))
        self.created.append(destination)
        self.there[destination["Name"]] = destination
        return True

    def delete(self, level: str, name: str) -> bool:
        """Delete one."""
        assert level == "instance"
        self._fail("delete", lambda: self.there.pop(name, None))
        return self.there.pop(name, None) is not None

    def _fail(self, kind: str, carry_out: t.Callable[[], object]) -> None:
        if self._failures[kind]:
            failure = self._failures[kind].pop(0)
            if isinstance(failure, AnswerLost):
                carry_out()
            raise failure


def service(instance: Instance) -> DestinationService:
    """Return the instance as the service that it stands for."""
    return t.cast("DestinationService", instance)


def named(minutes: float) -> str:
    """Return the name of a copy that was made so many minutes ago."""
    made = datetime.now(timezone.utc) - timedelta(minutes=minutes)
    return f"{PREFIX}{made.strftime(STAMP)}-0123456789abcdef"


def test_copy_is_no_primary_destination_and_like_no_other() -> None:
    instance = Instance()
    destination = {**PRIMARY, **SECRETS, "TC.notifications.enabled": "true", "Description": "ours"}
    for _twice in range(2):
        with temporary_copy(service(instance), destination) as copy:
            assert list(instance.there) == [copy.name]
        assert instance.there == {}
    first, second = instance.created
    assert is_copy(first["Name"])
    check_name(first["Name"])
    assert first["Name"] != second["Name"]
    assert first["Description"] != second["Description"]
    assert not [key for key in first if key.lower().startswith("tc.")]
    same = {key: value for key, value in destination.items() if not key.lower().startswith("tc.")}
    assert {**first, "Name": "FSM", "Description": "ours"} == same


@pytest.mark.parametrize("failures", [[LOST], [LOST, LOST], [ServiceError("Busy.", "", 503)]])
def test_copy_is_deleted_whatever_happens(failures: list[Exception], waits: list[float]) -> None:
    instance = Instance(delete=failures)
    with pytest.raises(KeyboardInterrupt), temporary_copy(service(instance), PRIMARY):
        raise KeyboardInterrupt
    assert instance.there == {}
    assert waits


def test_copy_whose_creation_is_not_confirmed_is_used_and_deleted() -> None:
    instance = Instance(create=[LOST])
    with temporary_copy(service(instance), PRIMARY) as copy:
        assert list(instance.there) == [copy.name]
    assert instance.there == {}


def test_copy_that_is_refused_leaves_nothing_to_delete() -> None:
    instance = Instance(create=[ServiceError("Forbidden.", "", 403)], delete=[ServiceError("Unexpected.", "", 500)])
    with pytest.raises(ServiceError, match="Forbidden"), temporary_copy(service(instance), PRIMARY):
        pytest.fail("there is no copy")


def test_copy_that_cannot_be_deleted_is_reported(waits: list[float]) -> None:
    instance = Instance(delete=[ServiceError("Forbidden.", "", 403)])
    with temporary_copy(service(instance), PRIMARY) as copy:
        pass
    assert copy.left_over == "Forbidden."
    assert copy.name in left_over_warning(f"{copy.name}: {copy.left_over}")
    assert len(waits) == 1


def test_only_copies_that_nobody_uses_are_removed() -> None:
    fresh, old = named(9), named(11)
    others = ("FSM", f"{PREFIX}mine", f"{old}-too", f"{PREFIX}20269999T999999Z-0123456789abcdef")
    instance = Instance(*others, fresh, old)
    remove_leftovers(service(instance))
    assert list(instance.there) == [*others, fresh]


@pytest.mark.parametrize(
    "changes, words",
    [
        ({}, ""),
        ({"clientSecret": None}, "does not show clientSecret"),
        ({"clientSecret": "****"}, "does not show clientSecret"),
        ({"tokenServicePassword": ""}, "does not show tokenServicePassword"),
        ({"URL.headers.Authorization": "****"}, "does not show URL.headers.Authorization"),
        ({"KeyStoreLocation": "keys.p12"}, "depends on its level (KeyStoreLocation)"),
        ({"Authentication": "BasicAuthentication"}, "none of OAuth"),
    ],
)
def test_what_can_be_copied(changes: dict[str, t.Any], words: str) -> None:
    assert words in obstacle_to_copying({**PRIMARY, **SECRETS, **changes})
    assert bool(words) == bool(obstacle_to_copying({**PRIMARY, **SECRETS, **changes}))


@pytest.mark.parametrize("left_out", ["clientSecret", "tokenServicePassword"])
def test_secrets_that_are_left_out_are_missed(left_out: str) -> None:
    shown = {key: value for key, value in {**PRIMARY, **SECRETS}.items() if key != left_out}
    assert left_out in obstacle_to_copying(shown)
    assert obstacle_to_copying({**SECONDARY, "tokenServicePassword": "s"}) == ""
