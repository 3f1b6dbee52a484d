# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What someone else did to a destination between a check and a write is told by names, or forbids the write."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import ServiceKey
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import Refused
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.meanwhile import (
    Checked,
    changes_told,
    digests,
    refuse_changed,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import (
    DesiredDestination,
    Plan,
    desired_destination,
    plan_absent,
    plan_present,
)

Destination = dict[str, str]

KEY = ServiceKey("c", "https://x", "https://y", client_secret="0f-the-key")
OTHER_KEY = ServiceKey("c", "https://x", "https://y", client_secret="0f-another-key")
SECRET = "s3cr3t"
BEFORE = {"Name": "X", "URL": "https://x", "Account": "1", "tc.enabled": "true", "Password": SECRET}


def checked(before: Destination | None, *must_stay: str) -> Checked:
    """Return what a check has read."""
    return Checked({"X": digests(before or {}, KEY)}, must_stay)


def wanted(purge: bool = False, **properties: t.Any) -> DesiredDestination:
    """Return what the task describes."""
    return desired_destination("X", properties, {}, purge=purge)


def told(
    before: Destination | None, current: Destination | None, task: DesiredDestination, absent: bool = False
) -> str:
    """Return what is told of a write after a check."""
    plan = plan_absent(current) if absent else plan_present(task, current)
    return "".join(changes_told(checked(before), task, current or {}, plan, KEY))


def test_digests_tell_values_apart_and_hold_none_of_them() -> None:
    found = digests(BEFORE, KEY)
    assert found == digests(dict(BEFORE), KEY)
    assert found.keys() == BEFORE.keys()
    assert not set(found.values()) & set(BEFORE.values())
    changed = digests({**BEFORE, "Password": "other"}, KEY)
    assert {key for key in found if found[key] != changed[key]} == {"Password"}
    # Equal values of different properties look different, and nobody can try values without the key.
    assert len(set(digests({"a": "x", "b": "x"}, KEY).values())) == 2
    assert not set(digests(BEFORE, OTHER_KEY).values()) & set(found.values())


@pytest.mark.parametrize(
    "current, purge, words",
    [
        (BEFORE, False, ""),
        ({**BEFORE, "Description": "new"}, False, "changed destination X meanwhile. Kept: Description."),
        ({**BEFORE, "Description": "new"}, True, "changed destination X meanwhile. Overwritten: Description."),
        ({**BEFORE, "Password": "other"}, False, "changed destination X meanwhile. Kept: Password."),
        ({**BEFORE, "tc.enabled": "no", "b": "c"}, False, "meanwhile. Overwritten: tc.enabled. Kept: b."),
        # As the task would have it: there is nothing to tell.
        ({**BEFORE, "tc.enabled": "false", "Description": "new"}, False, ""),
    ],
)
def test_changes_before_an_update(current: Destination, purge: bool, words: str) -> None:
    task = wanted(purge, **{"tc.enabled": "false", "Account": "1", "URL": "https://x"})
    found = told({**BEFORE, "Password": SECRET}, current, task)
    assert found.endswith(words) if words else found == ""
    assert SECRET not in found


@pytest.mark.parametrize(
    "before, current, absent, words",
    [
        (None, None, False, ""),
        (None, BEFORE, False, "Someone else has created destination X meanwhile. Overwritten: URL."),
        (BEFORE, None, False, "Someone else has removed destination X meanwhile; it was created again."),
        (
            BEFORE,
            {**BEFORE, "n": "x"},
            True,
            "Someone else has changed destination X meanwhile. Removed with it: n.",
        ),
        (BEFORE, BEFORE, True, ""),
        (BEFORE, None, True, ""),
    ],
)
def test_destinations_that_come_and_go(
    before: Destination | None, current: Destination | None, absent: bool, words: str
) -> None:
    properties = {key: value for key, value in BEFORE.items() if key not in ("Name", "Password")}
    task = desired_destination("X", {**properties, "URL": "https://z"}, {"Password": SECRET}, purge=True)
    assert told(before, current, task, absent) == words


@pytest.mark.parametrize(
    "shown", [{"Password": "****", "clientSecret": "****"}, {"Password": "****"}, {"Password": ""}]
)
def test_secrets_that_are_not_shown_are_not_taken_for_changed(shown: Destination) -> None:
    """This run has written them, so it knows what a read does not show."""
    written = {**BEFORE, "clientSecret": SECRET}
    current = {**{key: value for key, value in BEFORE.items() if key != "Password"}, **shown}
    task = desired_destination("X", {"tc.enabled": None}, {"Password": SECRET, "clientSecret": SECRET})
    assert told(written, current, task) == ""
    refuse_changed(checked(written, "Password", "clientSecret"), task, current, KEY, present=True)


def test_without_a_check_the_read_of_the_task_itself_counts() -> None:
    task, current = wanted(URL="https://z"), {**BEFORE, "Description": "new"}
    written = plan_present(task, current)
    (text,) = changes_told(Checked({}), task, BEFORE, written, KEY)
    assert text.endswith("Kept: Description.")
    assert changes_told(Checked({}), task, current, written, KEY) == []
    assert changes_told(Checked({}), task, BEFORE, Plan("none", {}, {}, {}, current), KEY) == []


@pytest.mark.parametrize(
    "before, current, words",
    [
        (BEFORE, {**BEFORE, "Account": "2"}, "someone else has changed it, with Account 2."),
        (None, {"Name": "X", "Account": "2"}, "someone else has created it, with Account 2."),
        (BEFORE, {**BEFORE, "password": "other"}, "someone else has changed it, with password."),
        (BEFORE, None, "Destination X is gone: someone else has removed it since it was checked."),
    ],
)
def test_what_must_stay_is_not_overwritten(before: Destination | None, current: Destination | None, words: str) -> None:
    with pytest.raises(Refused) as caught:
        refuse_changed(checked(before, "account", "Password"), wanted(Account="1"), current, KEY, present=True)
    assert words in str(caught.value)
    assert "other" not in str(caught.value)
    assert "This task has changed nothing." in str(caught.value)


@pytest.mark.parametrize(
    "before, current, present",
    [
        (BEFORE, BEFORE, True),
        # As the task describes it, and no more than absent.
        (None, {**BEFORE, "Account": "1"}, True),
        ({**BEFORE, "Account": "2"}, BEFORE, True),
        (BEFORE, {"Name": "X"}, True),
        (BEFORE, {**BEFORE, "Description": "new"}, True),
        (None, None, True),
        (BEFORE, None, False),
    ],
)
def test_what_may_be_overwritten(before: Destination | None, current: Destination | None, present: bool) -> None:
    refuse_changed(checked(before, "Account"), wanted(Account="1"), current, KEY, present)
    refuse_changed(Checked({}, ("Account",)), wanted(), {**BEFORE, "Account": "2"}, KEY, present)


def test_option_is_handed_on() -> None:
    given = {"destinations": {"X": {}}, "must_stay": ["URL"]}
    assert Checked.of(given).facts() == given
    later = Checked.of(given).with_state("X", BEFORE, KEY)
    assert later.facts() == {"destinations": {"X": digests(BEFORE, KEY)}, "must_stay": ["URL"]}
    assert Checked.of(None) == Checked({})
