# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a destination counts as changed, what is written then, and what is shown of it."""

from __future__ import annotations

import itertools
import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, Refused
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import DIFFERENT, HIDDEN
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import (
    DesiredDestination,
    Plan,
    desired_destination,
    plan_absent,
    plan_present,
)

OLD, NEW = "0ld-s3cret", "n3w-s3cret"
STANDS = {"Name": "FSM", "Type": "HTTP", "URL": "https://a", "clientSecret": OLD}


def wanted(properties: dict[str, t.Any] | None = None, **options: t.Any) -> DesiredDestination:
    """Return the desired destination FSM."""
    return desired_destination("FSM", properties or {}, options.pop("secrets", {}), **options)


def applied(plan: Plan, current: dict[str, str] | None) -> dict[str, str] | None:
    """Return the state after the service has carried out a plan."""
    if plan.action == "none":
        return current
    return None if plan.action == "delete" else dict(plan.destination)


def shows_no_secret(plan: Plan) -> bool:
    """Return whether what a user sees of a plan holds none of the secrets."""
    shown = str([plan.before, plan.after, plan.changed_properties])
    return OLD not in shown and NEW not in shown


def test_create() -> None:
    plan = plan_present(wanted({"Type": "HTTP", "gone": None}, secrets={"clientSecret": NEW, "Password": None}), None)
    assert plan.action == "create"
    assert plan.destination == {"Name": "FSM", "Type": "HTTP", "clientSecret": NEW}
    assert plan.before == {}
    assert plan.after == {"Name": "FSM", "Type": "HTTP", "clientSecret": HIDDEN}
    assert plan.changed_properties == ["Name", "Type", "clientSecret"]


def test_delete() -> None:
    plan = plan_absent(STANDS)
    assert (plan.action, plan.destination, plan.after) == ("delete", {}, {})
    assert plan.before == {**STANDS, "clientSecret": HIDDEN}


def test_nothing_to_delete() -> None:
    plan = plan_absent(None)
    assert (plan.action, plan.before, plan.after, plan.changed_properties) == ("none", {}, {}, [])


@pytest.mark.parametrize(
    "properties, secrets, options, result, changed",
    [
        ({}, {}, {}, STANDS, []),
        ({"URL": "https://a"}, {"clientSecret": OLD}, {}, STANDS, []),
        ({"URL": "https://b"}, {}, {}, {**STANDS, "URL": "https://b"}, ["URL"]),
        ({"tc.enabled": True}, {}, {}, {**STANDS, "tc.enabled": "true"}, ["tc.enabled"]),
        ({"tc.enabled": False}, {}, {}, {**STANDS, "tc.enabled": "false"}, ["tc.enabled"]),
        ({"days": 90}, {}, {}, {**STANDS, "days": "90"}, ["days"]),
        ({"days": 0}, {}, {}, {**STANDS, "days": "0"}, ["days"]),
        ({"id": "007"}, {}, {}, {**STANDS, "id": "007"}, ["id"]),
        ({"Description": ""}, {}, {}, {**STANDS, "Description": ""}, ["Description"]),
        ({"URL": None}, {}, {}, {"Name": "FSM", "Type": "HTTP", "clientSecret": OLD}, ["URL"]),
        ({"absent": None}, {}, {}, STANDS, []),
        ({"url": "https://a"}, {}, {}, {**STANDS, "url": "https://a"}, ["url"]),
        ({}, {"clientSecret": NEW}, {}, {**STANDS, "clientSecret": NEW}, ["clientSecret"]),
        ({}, {"clientSecret": 12345}, {}, {**STANDS, "clientSecret": "12345"}, ["clientSecret"]),
        ({}, {"clientSecret": None}, {}, {"Name": "FSM", "Type": "HTTP", "URL": "https://a"}, ["clientSecret"]),
        ({"clientSecret": None}, {}, {}, {"Name": "FSM", "Type": "HTTP", "URL": "https://a"}, ["clientSecret"]),
        ({}, {"clientSecret": NEW}, {"update_secrets": "on_create"}, STANDS, []),
        (
            {"URL": "https://b"},
            {"clientSecret": NEW},
            {"update_secrets": "on_create"},
            {**STANDS, "URL": "https://b"},
            ["URL"],
        ),
        ({"Type": "HTTP"}, {}, {"purge": True}, {"Name": "FSM", "Type": "HTTP"}, ["URL", "clientSecret"]),
        (
            {"Type": "HTTP"},
            {"clientSecret": NEW},
            {"purge": True, "update_secrets": "on_create"},
            {"Name": "FSM", "Type": "HTTP", "clientSecret": OLD},
            ["URL"],
        ),
    ],
)
def test_update(
    properties: dict[str, t.Any],
    secrets: dict[str, t.Any],
    options: dict[str, bool],
    result: dict[str, str],
    changed: list[str],
) -> None:
    plan = plan_present(wanted(properties, secrets=secrets, **options), dict(STANDS))
    assert plan.action == ("update" if changed else "none")
    assert applied(plan, STANDS) == result
    assert plan.changed_properties == changed
    assert shows_no_secret(plan)


def test_difference_of_a_secret_shows_as_such() -> None:
    plan = plan_present(wanted(secrets={"clientSecret": NEW}), dict(STANDS))
    assert plan.before["clientSecret"] == HIDDEN
    assert plan.after["clientSecret"] == DIFFERENT
    assert plan.before["URL"] == plan.after["URL"]


def test_secret_of_an_unknown_name_is_hidden_too() -> None:
    plan = plan_present(wanted(secrets={"custom": NEW}), {**STANDS, "custom": OLD})
    assert (plan.before["custom"], plan.after["custom"]) == (HIDDEN, DIFFERENT)
    assert shows_no_secret(plan_present(wanted(secrets={"custom": NEW}), None))


def test_credentials_in_a_url_are_hidden() -> None:
    plan = plan_present(wanted({"URL": f"https://user:{NEW}@host"}), {**STANDS, "URL": f"https://user:{OLD}@other"})
    assert plan.destination["URL"] == f"https://user:{NEW}@host"
    assert plan.changed_properties == ["URL"]
    assert shows_no_secret(plan)


def test_difference_of_credentials_in_a_url_shows_as_such() -> None:
    plan = plan_present(wanted({"URL": f"https://user:{NEW}@host"}), {**STANDS, "URL": f"https://user:{OLD}@host"})
    assert plan.action == "update"
    assert plan.changed_properties == ["URL"]
    assert plan.before["URL"] != plan.after["URL"]
    assert shows_no_secret(plan)


@pytest.mark.parametrize("current", [None, {}, STANDS, {**STANDS, "stray": "x", "Password": OLD}])
def test_planning_again_after_applying_gives_none(current: dict[str, str] | None) -> None:
    values: list[dict[str, t.Any]] = [{}, {"URL": "https://b"}, {"URL": None}, {"tc.enabled": True, "n": 5}]
    secrets: list[dict[str, t.Any]] = [{}, {"clientSecret": NEW}, {"clientSecret": None}]
    for properties, hidden, purge in itertools.product(values, secrets, [False, True]):
        wanted_now = wanted(properties, secrets=hidden, purge=purge)
        result = applied(plan_present(wanted_now, current), current)
        again = plan_present(wanted_now, result)
        assert (again.action, again.changed_properties) == ("none", [])
        assert again.before == again.after
    assert plan_absent(applied(plan_absent(current), current)).action == "none"


@pytest.mark.parametrize("stored", [{}, {"clientSecret": ""}])
def test_secret_that_the_service_does_not_show_is_not_lost(stored: dict[str, str]) -> None:
    current = {"Name": "FSM", "URL": "https://a", **stored}
    kept = wanted({"URL": "https://b"}, secrets={"clientSecret": NEW}, update_secrets="on_create")
    with pytest.raises(Refused, match="FSM: the service does not show clientSecret") as caught:
        plan_present(kept, current)
    assert "update_secrets" in caught.value.remedy
    assert NEW not in str(caught.value)


def test_secret_that_the_service_does_not_show_does_no_harm_without_update() -> None:
    current = {"Name": "FSM", "URL": "https://a"}
    kept = wanted({"URL": "https://a"}, secrets={"clientSecret": NEW}, update_secrets="on_create")
    assert plan_present(kept, current).action == "none"


@pytest.mark.parametrize(
    "properties, secrets, reported",
    [
        ({"version": 1.0}, {}, "version is the number 1.0; quote it"),
        ({"a": ["x"]}, {}, "a is a list"),
        ({"a": {"x": "y"}}, {}, "a is a mapping"),
        ({"clientSecret": NEW}, {}, "clientSecret is the name of a secret and belongs into secret_properties"),
        ({"a": "x"}, {"a": "y"}, "a is in properties and in secret_properties"),
        ({}, {"clientSecret": ""}, "clientSecret is empty, which would wipe the stored secret"),
        ({"Name": "OTHER"}, {}, "Name differs from the option name"),
        ({"Name": None}, {}, "Name differs from the option name"),
        ({}, {"Name": "FSM"}, "Name differs from the option name"),
        ({}, {"Password": [NEW]}, "Password is a list"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    properties: dict[str, t.Any], secrets: dict[str, t.Any], reported: str
) -> None:
    with pytest.raises(InputError) as caught:
        wanted(properties, secrets=secrets)
    assert str(caught.value).startswith("Destination FSM: ")
    assert reported in str(caught.value)
    assert NEW not in str(caught.value)


def test_everything_wrong_is_reported_at_once() -> None:
    with pytest.raises(InputError, match=r"a is the number 1\.5.*b is a list.*clientSecret is empty"):
        wanted({"a": 1.5, "b": []}, secrets={"clientSecret": ""})


def test_fractional_number_of_a_secret_is_not_shown() -> None:
    with pytest.raises(InputError, match="clientSecret") as caught:
        wanted(secrets={"clientSecret": 8142.5})
    assert "8142" not in str(caught.value)


def test_own_name_may_be_among_the_properties() -> None:
    assert plan_present(wanted({"Name": "FSM"}), {"Name": "FSM"}).action == "none"
