# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users see in Task Center, judged by SAP Task Center's guide.

Sources: "Primary Destination with the Technical User" (paused: cached tasks stay, are not shown and not updated),
"Destinations to Task Providers" (with two primaries to one system, users see every task twice).
"""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from judges.facts.conftest import Ask
    from landscape import Environment, Landscape
    from landscape.subaccount.users import User


@pytest.fixture
def primary(environment: Environment, pair: tuple[dict[str, str], dict[str, str]]) -> dict[str, str]:
    """The primary destination, which is in the subaccount together with the secondary one."""
    primary, secondary = pair
    environment.subaccount.destinations.update({"FSM": primary, "FSM_PP": secondary})
    environment.fsm_account.upload(environment.subaccount.trust.replace().pem)
    return primary


@pytest.fixture
def shown(refresh: t.Callable[[], None], task_center: Ask) -> t.Callable[[User], list[dict[str, t.Any]]]:
    """Let Task Center refresh, and return the tasks that it shows a user."""

    def shown(user: User) -> list[dict[str, t.Any]]:
        refresh()
        return t.cast("list[dict[str, t.Any]]", task_center("/simulated/tasks", user).json())

    return shown


Shown = t.Callable[["User"], list[dict[str, t.Any]]]


@pytest.mark.usefixtures("primary")
def test_users_see_their_own_tasks(
    landscape: Landscape, environment: Environment, shown: Shown, task_center: Ask
) -> None:
    tasks = [landscape.add_task(environment, user) for user in environment.users]
    user, colleague = environment.users
    assert [[item["id"] for item in shown(person)] for person in environment.users] == [[task.id] for task in tasks]
    path = f"/simulated/tasks/{shown(user)[0]['connector']}/{tasks[0].id}/decision"
    assert task_center(path, colleague, "POST", json={"decision": "APPROVE"}).status_code == 404
    assert [item["id"] for item in shown(user)] == [tasks[0].id]
    assert task_center(path, user, "POST", json={"decision": "APPROVE"}).status_code == 204
    assert (tasks[0].decision, tasks[0].decided_by) == ("APPROVED", user.email)
    assert shown(user) == []


def test_tasks_of_a_paused_connector_are_not_shown(
    landscape: Landscape, environment: Environment, primary: dict[str, str], shown: Shown
) -> None:
    user = environment.users[0]
    first = landscape.add_task(environment, user)
    assert [item["id"] for item in shown(user)] == [first.id]
    environment.subaccount.destinations["FSM"] = {**primary, "tc.enabled": "false"}
    second = landscape.add_task(environment, user)
    assert shown(user) == []
    environment.subaccount.destinations["FSM"] = primary
    assert [item["id"] for item in shown(user)] == [first.id, second.id]


def test_two_primaries_show_every_task_twice(
    landscape: Landscape, environment: Environment, primary: dict[str, str], shown: Shown
) -> None:
    environment.subaccount.destinations["SECOND"] = primary
    task = landscape.add_task(environment, environment.users[0])
    twice = shown(environment.users[0])
    assert [item["id"] for item in twice] == [task.id, task.id]
    assert len({item["connector"] for item in twice}) == 2
