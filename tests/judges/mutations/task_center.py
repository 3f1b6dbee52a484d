# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Task Center: connectors, monitoring, decisions in users' names."""

from __future__ import annotations

import copy
import json
import typing as t
from datetime import timedelta

from landscape.platform.web import ServiceError
from landscape.subaccount.users import ADMINISTRATOR_ROLE
from landscape.task_center import connectors
from landscape.task_center.api import TaskCenterApi
from landscape.task_center.calls import DestinationAccess
from landscape.task_center.connectors import SECONDARY_SUFFIX, Connector, TaskCenterTenant
from landscape.task_center.limit import RequestLimit

from .mutation import FACTS, PYTHON_CLIENT, caught_by, replace

if t.TYPE_CHECKING:
    import pytest

_CONNECTORS = f"{FACTS}connectors.py::test_"
_MONITORING = f"{FACTS}monitoring.py::test_"
_INBOX = f"{FACTS}inbox.py::test_"


@caught_by(f"{PYTHON_CLIENT}propagation.py::test_task_center_decides_through_the_secondary_of_the_same_name")
def first_secondary_decides(patch: pytest.MonkeyPatch) -> None:
    """With two pairs in a subaccount, decisions go to the wrong system; a pair that is misnamed works in tests."""

    async def faulty(
        original: t.Any, access: DestinationAccess, client: t.Any, name: str, user_token: str | None = None
    ) -> t.Any:
        if name.endswith(SECONDARY_SUFFIX):
            names = [item["Name"] for item in await access.list(client)]
            name = next((item for item in names if item.endswith(SECONDARY_SUFFIX)), name)
        return await original(access, client, name, user_token)

    replace(patch, DestinationAccess, "approval_api", faulty)


def _change_destinations(patch: pytest.MonkeyPatch, change: t.Callable[[dict[str, str]], dict[str, str]]) -> None:
    """Let Task Center read other destinations than there are."""

    async def faulty(original: t.Any, access: DestinationAccess, client: t.Any) -> t.Any:
        return [change(item) for item in await original(access, client)]

    replace(patch, DestinationAccess, "list", faulty)


@caught_by(f"{_CONNECTORS}destinations_of_instances_make_none")
def destinations_of_the_instance_are_read_too(patch: pytest.MonkeyPatch) -> None:
    """A pair that was made on the level of an instance by mistake works in tests."""

    async def faulty(original: t.Any, access: DestinationAccess, client: t.Any) -> t.Any:
        return [*await original(access, client), *await access._call(client, "GET", "/instanceDestinations")]

    replace(patch, DestinationAccess, "list", faulty)


@caught_by(f"{_CONNECTORS}only_what_is_enabled_makes_one")
def destinations_need_not_be_enabled(patch: pytest.MonkeyPatch) -> None:
    """A primary without tc.enabled works in tests; Task Center ignores it."""

    def enabled(item: dict[str, str]) -> dict[str, str]:
        is_primary = "tc.provider_type" in item and not item["Name"].endswith(SECONDARY_SUFFIX)
        return {"tc.enabled": "true", **item} if is_primary else item

    _change_destinations(patch, enabled)


@caught_by(f"{_CONNECTORS}only_what_is_enabled_makes_one")
def secondaries_are_polled(patch: pytest.MonkeyPatch) -> None:
    """Every pair has a connector that fails beside the one that works."""

    def enabled(item: dict[str, str]) -> dict[str, str]:
        return {"tc.enabled": "true", **item} if item["Name"].endswith(SECONDARY_SUFFIX) else item

    _change_destinations(patch, enabled)


@caught_by(f"{_CONNECTORS}any_other_value_pauses[false]")
def paused_connectors_are_polled(patch: pytest.MonkeyPatch) -> None:
    """Who pauses a connector, to work on its destination, pauses nothing."""
    patch.setattr(Connector, "enabled", property(lambda _connector: True))


@caught_by(f"{_CONNECTORS}any_other_value_pauses[True]")
def case_of_enabled_does_not_matter(patch: pytest.MonkeyPatch) -> None:
    """A True that was written by a program enables a destination in tests, and pauses it in production."""
    patch.setattr(
        Connector, "enabled", property(lambda connector: connector.configuration["tc.enabled"].lower() == "true")
    )


@caught_by(f"{_CONNECTORS}removed_ones_are_gone")
def removed_connectors_are_kept(patch: pytest.MonkeyPatch) -> None:
    """The task cache cannot be repopulated, and a connection that was removed shows its tasks for ever."""

    def faulty(original: t.Any, tenant: TaskCenterTenant, destinations: dict[str, dict[str, str]]) -> None:
        kept = {name: connector.configuration for name, connector in tenant.connectors.items()}
        original(tenant, {**kept, **destinations})

    replace(patch, TaskCenterTenant, "_configure", faulty)


@caught_by(f"{_CONNECTORS}pausing_keeps_what_is_cached")
def pausing_repopulates(patch: pytest.MonkeyPatch) -> None:
    """A repopulation that only pauses the connector works in tests, and changes nothing in production."""

    def faulty(original: t.Any, connector: Connector, configuration: dict[str, str]) -> None:
        original(connector, configuration)
        if not connector.enabled:
            connector.pulled = False
            connector.tasks.clear()

    replace(patch, Connector, "configure", faulty)


@caught_by(f"{_CONNECTORS}new_url_repopulates")
def new_url_keeps_the_cache(patch: pytest.MonkeyPatch) -> None:
    """Users see the tasks of the system that the destination has left."""

    def faulty(_original: t.Any, connector: Connector, configuration: dict[str, str]) -> None:
        connector.configuration = configuration

    replace(patch, Connector, "configure", faulty)


@caught_by(f"{_CONNECTORS}status_is_the_worst_of_the_jobs[warning]")
def warnings_of_jobs_do_not_show(patch: pytest.MonkeyPatch) -> None:
    """A connector with a warning is reported as in order."""
    patch.setattr(connectors, "_BY_GRAVITY", ("ERROR",))


@caught_by(f"{_CONNECTORS}status_is_the_worst_of_the_jobs[error]")
def errors_of_jobs_do_not_show(patch: pytest.MonkeyPatch) -> None:
    """A connector that cannot pull any task is reported as in order."""
    patch.setattr(connectors, "_BY_GRAVITY", ("WARNING",))


@caught_by(f"{_CONNECTORS}name_has_at_most_64_characters")
def names_of_connectors_have_no_limit(patch: pytest.MonkeyPatch) -> None:
    """A name of 65 characters works in tests, and stops the connector in production."""
    patch.setattr(connectors, "NAME_LENGTH", 200)


def _change_fault(patch: pytest.MonkeyPatch, change: t.Callable[[str, str], tuple[str, str]]) -> None:
    original = t.cast("property", vars(Connector)["configuration_fault"]).fget
    assert original is not None
    patch.setattr(Connector, "configuration_fault", property(lambda connector: change(*original(connector))))


@caught_by(f"{_CONNECTORS}status_is_the_worst_of_the_jobs[warning]")
def bad_notifications_are_errors(patch: pytest.MonkeyPatch) -> None:
    """A mistyped tc.notifications.enabled stops all tasks in tests; in production it is a warning."""
    _change_fault(patch, lambda status, message: ("ERROR" if status == "WARNING" else status, message))


@caught_by(f"{_CONNECTORS}status_is_the_worst_of_the_jobs[warning]")
def any_value_of_notifications_is_fine(patch: pytest.MonkeyPatch) -> None:
    """A mistyped tc.notifications.enabled is found by nobody before users miss their notifications."""
    _change_fault(patch, lambda status, message: ("OK", "") if status == "WARNING" else (status, message))


@caught_by(f"{_CONNECTORS}an_hour_without_token_disables")
def connectors_without_token_are_polled_for_ever(patch: pytest.MonkeyPatch) -> None:
    """Nobody learns in tests that Task Center itself changes a destination."""
    patch.setattr(connectors, "TOKEN_GRACE", timedelta(days=3650))


@caught_by(f"{_CONNECTORS}an_hour_without_token_disables")
def connectors_without_token_are_disabled_at_once(patch: pytest.MonkeyPatch) -> None:
    """A certificate that is uploaded a minute late costs a connection."""
    patch.setattr(connectors, "TOKEN_GRACE", timedelta(0))


@caught_by(f"{_CONNECTORS}first_pull_is_one")
def every_pull_is_the_first(patch: pytest.MonkeyPatch) -> None:
    """What waits for INITIAL after a repopulation finds it whether the cache was repopulated or not."""

    async def faulty(original: t.Any, tenant: TaskCenterTenant, client: t.Any, connector: Connector) -> None:
        await original(tenant, client, connector)
        connector.pulled = False

    replace(patch, TaskCenterTenant, "_poll", faulty)


@caught_by(f"{_CONNECTORS}definitions_are_read_daily")
def definitions_are_read_at_every_poll(patch: pytest.MonkeyPatch) -> None:
    """What waits for a fresh META finds one that production has tomorrow."""
    patch.setattr(connectors, "META_INTERVAL", timedelta(0))


@caught_by(f"{_MONITORING}history_is_short[assumptions0]")
def histories_have_no_limit(patch: pytest.MonkeyPatch) -> None:
    """What looks for an old record in the history finds it in tests only."""
    patch.setattr(connectors, "LOGGED", dict.fromkeys(connectors.LOGGED, 1000))


@caught_by(f"{_MONITORING}order_of_the_history[history]")
def histories_are_in_the_other_order(patch: pytest.MonkeyPatch) -> None:
    """The oldest record is taken for the present state."""

    async def faulty(original: t.Any, api: TaskCenterApi, request: t.Any) -> t.Any:
        response = await original(api, request)
        content = json.loads(response.body)
        if isinstance(content, list):
            # As long as before: the length is in a header already.
            response.body = json.dumps(content[::-1], separators=(",", ":"), ensure_ascii=False).encode()
        return response

    replace(patch, TaskCenterApi, "read_job", faulty)


@caught_by(f"{_MONITORING}too_many_requests")
def requests_have_no_limit(patch: pytest.MonkeyPatch) -> None:
    """A loop that asks without pause works in tests, and is refused in production."""
    patch.setattr(RequestLimit, "count", lambda _limit, _tenant: None)


@caught_by(f"{_MONITORING}is_for_administrators[role]")
def every_user_may_monitor(patch: pytest.MonkeyPatch) -> None:
    """A user without the role TaskCenterAdmin can verify connections in tests only."""

    def faulty(original: t.Any, api: TaskCenterApi, request: t.Any, **options: t.Any) -> t.Any:
        tenant, claims, token = original(api, request, **options)
        role = f"{tenant.application.xsappname}.{ADMINISTRATOR_ROLE}"
        return tenant, {**claims, "scope": [*claims["scope"], role]}, token

    replace(patch, TaskCenterApi, "_user", faulty)


def _let_in(patch: pytest.MonkeyPatch, whom: t.Callable[[dict[str, t.Any], t.Any], bool]) -> None:
    """Let somebody read the monitoring who may not; ``whom`` is given the token's claims and the tenant."""

    def faulty(original: t.Any, api: TaskCenterApi, request: t.Any) -> t.Any:
        try:
            return original(api, request)
        except ServiceError as refusal:
            if refusal.status != 403:
                raise
            region = api._tenants.regions[request.scope["landscape.host"]["region"]]
            claims = region.signer.verify(request.headers["authorization"].partition(" ")[2])
            tenant = api._task_center.tenants.get(claims["zid"])
            if tenant is None or not whom(claims, tenant):
                raise
            return tenant

    replace(patch, TaskCenterApi, "_administered", faulty)


@caught_by(f"{_MONITORING}is_for_administrators[client]")
def clients_monitor_without_a_user(patch: pytest.MonkeyPatch) -> None:
    """Nobody notices in tests that the monitoring needs the token of a user."""
    _let_in(patch, lambda claims, tenant: claims["cid"] == tenant.application.client_id and "user_name" not in claims)


@caught_by(f"{_MONITORING}is_for_administrators[application]")
def tokens_of_other_applications_monitor(patch: pytest.MonkeyPatch) -> None:
    """A user's token for another application opens Task Center's monitoring."""
    _let_in(patch, lambda claims, tenant: claims["cid"] != tenant.application.client_id and "user_name" in claims)


@caught_by(f"{_MONITORING}subaccounts_are_apart")
def connectors_of_all_subaccounts_are_shown(patch: pytest.MonkeyPatch) -> None:
    """The administrators of one customer read the connections of the others."""

    def faulty(original: t.Any, api: TaskCenterApi, request: t.Any) -> TaskCenterTenant:
        seen = copy.copy(t.cast("TaskCenterTenant", original(api, request)))
        tenants = api._task_center.tenants.values()
        seen.connectors = {item.id: item for tenant in tenants for item in tenant.connectors.values()}
        return seen

    replace(patch, TaskCenterApi, "_administered", faulty)


@caught_by(f"{_MONITORING}status_of_the_service")
def missing_set_up_does_not_show(patch: pytest.MonkeyPatch) -> None:
    """Without the connection to the identity directory, the service is reported as in order."""

    async def faulty(original: t.Any, api: TaskCenterApi, request: t.Any) -> t.Any:
        response = await original(api, request)
        response.body = response.body.replace(b'"ERROR"', b'"OK"')
        response.headers["content-length"] = str(len(response.body))
        return response

    replace(patch, TaskCenterApi, "service_status", faulty)


def _change_tasks(
    patch: pytest.MonkeyPatch, change: t.Callable[[t.Any, TaskCenterTenant, str], t.Iterable[tuple[Connector, t.Any]]]
) -> None:
    """Let Task Center show a user other tasks than the user's own."""
    replace(patch, TaskCenterTenant, "tasks_of", change)


@caught_by(f"{_INBOX}users_see_their_own_tasks")
def inbox_shows_the_tasks_of_all(patch: pytest.MonkeyPatch) -> None:
    """Users read what their colleagues have to decide."""

    def faulty(_original: t.Any, tenant: TaskCenterTenant, _email: str) -> t.Iterable[tuple[Connector, t.Any]]:
        return [(item, task) for item in tenant.connectors.values() if item.enabled for task in item.tasks.values()]

    _change_tasks(patch, faulty)


@caught_by(f"{_INBOX}tasks_of_a_paused_connector_are_not_shown")
def tasks_of_paused_connectors_are_shown(patch: pytest.MonkeyPatch) -> None:
    """Users decide what is out of date since the connector was paused."""

    def faulty(_original: t.Any, tenant: TaskCenterTenant, email: str) -> t.Iterable[tuple[Connector, t.Any]]:
        tasks = [(item, task) for item in tenant.connectors.values() for task in item.tasks.values()]
        return [(item, task) for item, task in tasks if task["assignee"].lower() == email.lower()]

    _change_tasks(patch, faulty)


@caught_by(f"{_INBOX}two_primaries_show_every_task_twice")
def tasks_of_two_primaries_are_shown_once(patch: pytest.MonkeyPatch) -> None:
    """Nobody notices in tests that two primaries lead to one system."""

    def faulty(original: t.Any, tenant: TaskCenterTenant, email: str) -> t.Iterable[tuple[Connector, t.Any]]:
        return list({task["id"]: (item, task) for item, task in original(tenant, email)}.values())

    _change_tasks(patch, faulty)
