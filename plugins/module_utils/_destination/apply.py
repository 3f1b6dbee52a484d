# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out what is planned for one destination, and verifying afterwards that it is as written, or works."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import AnswerLost, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.polling import POLL_DELAYS
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.hidden_secrets import (
    differing,
    hidden_secrets,
    shows,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.labels import LabelsPlan, same_labels
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import Plan
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.token_check import (
    FoundToken,
    find_token,
    verify_change,
    without_token,
)

# Another writer, or a destination that came or went between reading and writing, is met at most this often.
ROUNDS = 3
SERVER_ERROR = 500

# What results say of a token.
Token = dict[str, t.Any]


class Unconfirmed(ServiceError):
    """A destination was written, and could not be read back as it was written.

    :param written: the plan that was carried out
    :param keys: names of the properties that the service shows otherwise than they were written
    """

    def __init__(
        self, problem: str, remedy: str, status: int | None, written: Plan, keys: t.Collection[str] = ()
    ) -> None:
        super().__init__(problem, remedy, status)
        self.written = written
        self.keys = keys


@dataclass(frozen=True)
class TokenCheck:
    """What has to be verified of a destination: that the service obtains a token through it.

    :param user_token: JWT of the user on whose behalf to obtain it, for principal propagation
    :param restore: whether the previous state is restored without a token; else that is only reported
    """

    user_token: str | None = None
    restore: bool = True


def carry_out(
    service: DestinationService, level: str, name: str, planned: Plan, plan_again: t.Callable[[], Plan]
) -> Plan:
    """Carry out a plan and return the one that was carried out in the end.

    :raises ServiceError: the service refuses, or shows something else afterwards
    """
    attempted: Plan | None = None
    lost: ServiceError | None = None
    for _round in range(ROUNDS):
        if planned.action == "none":
            # Either nobody had to do anything, or a request whose answer was lost did it.
            return attempted or planned
        try:
            if _written(service, level, name, planned):
                break
        except ServiceError as error:
            # A gateway in between may say so of a request that was carried out.
            in_trouble = error.status is not None and error.status >= SERVER_ERROR
            if not in_trouble and not isinstance(error, AnswerLost):
                raise
            attempted, lost = planned, error
            planned = plan_again()
            if in_trouble and planned.action != "none":
                raise
            continue
        planned = plan_again()
    else:
        if planned.action == "none":
            return attempted or planned
        raise lost or ServiceError(
            f"Destination {name} came and went while it was to be written ({planned.action}).",
            "Find out who else is writing it, and run the task again.",
        )
    _read_back(service, level, name, planned)
    return planned


def carry_out_and_verify(
    service: DestinationService,
    level: str,
    name: str,
    planned: Plan,
    plan_again: t.Callable[[], Plan],
    check: TokenCheck | None,
) -> tuple[Plan, Token | None]:
    """Carry out a plan; return the one that was carried out in the end, and what came of the check afterwards.

    :return: with a check, the report of the token as well, as :func:`verify_change` has it
    :raises ServiceError: the service refuses, or there is no token, and the previous state is restored
    """
    if check is None:
        return carry_out(service, level, name, planned, plan_again), None
    since = service.http.now()
    unconfirmed: set[str] = set()
    try:
        written = carry_out(service, level, name, planned, plan_again)
    except Unconfirmed as error:
        # The check shows whether it was written after all.
        written = error.written
        unconfirmed = set(error.keys)
    if written.action != "none":
        since = service.http.now()
    report = _verified(service, level, name, written, check, since, unconfirmed)
    problem = report["error"]
    if unconfirmed.intersection(report["differing_properties"]):
        problem = f"the service finds other values than were written: {', '.join(report['differing_properties'])}."
    elif report["differing_properties"]:
        problem = f"the service still finds {name} as it was before."
    if check.restore and problem:
        _restore_or_fail(service, level, name, written, problem)
    return written, report


def _written(service: DestinationService, level: str, name: str, planned: Plan) -> bool:
    """Send a plan's request; return False when the state has changed and needs another plan."""
    if planned.action == "create":
        return service.create(level, planned.destination)
    if planned.action == "update":
        return service.replace(level, planned.destination)
    service.delete(level, name)
    return True


def _read_back(service: DestinationService, level: str, name: str, planned: Plan) -> None:
    """Verify that the service shows what was written.

    :raises Unconfirmed: it is not, and names what differs; or it cannot be read
    """
    current: dict[str, str] = {}
    done = {"create": "was created", "update": "was updated", "delete": "was deleted"}[planned.action]
    try:
        for lag in POLL_DELAYS:
            time.sleep(lag)
            current = service.destination(level, name) or {}
            if shows(current, planned.destination):
                return
    except ServiceError as error:
        problem = f"Destination {name} {done}, and cannot be read back: {error.problem}"
        raise Unconfirmed(problem, "Run the task again.", error.status, planned) from error
    keys = differing(current, planned.destination)
    shown = f"shows other values than were written: {', '.join(keys)}"
    if not (current and planned.destination):
        shown = "still shows it, or shows another one" if current else "does not show it"
    raise Unconfirmed(
        f"Destination {name} {done}, but the service {shown}.",
        "Someone else may be writing it: find out who, and run the task again.",
        None,
        planned,
        keys,
    )


def _restore_or_fail(service: DestinationService, level: str, name: str, written: Plan, error: str) -> t.NoReturn:
    """Restore the state from before a plan was carried out, if it has changed anything.

    :param error: why there is no token
    :raises ServiceError: in any case; says what was done about it
    """
    if written.action == "none":
        raise ServiceError(
            f"Destination {name} is as the task describes it, but yields no token: {error}",
            "Correct what the answer names.",
        )
    try:
        _restore(service, level, name, written)
    except ServiceError as obstacle:
        raise ServiceError(
            f"Destination {name} yields no token as it was written: {error} "
            f"What was there before could not be restored: {obstacle.problem}",
            "See what is there now, and correct it at once.",
        ) from obstacle
    raise ServiceError(
        f"Destination {name} yielded no token as it was written, so what was there before is restored: {error}",
        "Correct what the answer names, and run the task again.",
    )


def _verified(
    service: DestinationService,
    level: str,
    name: str,
    written: Plan,
    check: TokenCheck,
    since: datetime,
    unconfirmed: t.Collection[str],
) -> Token:
    """Return what comes of obtaining a token through a destination of this level.

    :param since: when it was written
    :param unconfirmed: names of properties that a read has shown otherwise than they were written
    """
    keys = sorted({*written.changed_properties, *unconfirmed})
    found = _found(service, level, name, written, check.user_token, keys)
    report = verify_change(service, written.destination or written.current, check.user_token, since, found)
    return {**report, "error": f"{report['error'].rstrip('.')}." if not report["obtained"] else ""}


def _found(
    service: DestinationService, level: str, name: str, written: Plan, user_token: str | None, keys: list[str]
) -> FoundToken:
    """Return what is found through a destination itself: no token unless it is the one of this level.

    A search may lag behind the write; what it then says is about the destination as it was, which only the changed
    properties show. If it lags for too long, these are in the report.

    :param keys: names of these properties
    """
    found = FoundToken({})
    for lag in POLL_DELAYS if written.action != "none" else POLL_DELAYS[:1]:
        time.sleep(lag)
        try:
            found = find_token(service, name, user_token)
        except ServiceError as refusal:
            return FoundToken(without_token(error=refusal.problem))
        report = found.report
        used, is_own = found.configuration, report["found_at"] == level
        differing = [key for key in keys if used.get(key) != written.destination.get(key)] if is_own else []
        if differing:
            found = FoundToken({**report, "differing_properties": differing})
            continue
        if is_own and report["obtained"]:
            return found
        hidden = f"the service found {name} on the level {report['found_at']}, which hides this one"
        found = FoundToken({**report, "obtained": False, "error": report["error"] or hidden})
    return found


def _restore(service: DestinationService, level: str, name: str, written: Plan) -> None:
    """Restore the state from before a plan was carried out.

    :raises ServiceError: the service refuses, or someone else has written the destination since
    """
    hidden = sorted(hidden_secrets(written.current))
    if hidden:
        raise ServiceError(f"The service had not shown {', '.join(hidden)}.", "")
    back = Plan("update" if written.current else "delete", written.current, written.after, written.before)

    def plan() -> Plan:
        current = service.destination(level, name) or {}
        if current == written.current:
            return Plan("none", {}, written.before, written.before)
        if current == written.destination:
            return back
        raise ServiceError("Someone else has written it since.", "")

    carry_out(service, level, name, plan(), plan)


def set_labels(service: DestinationService, level: str, name: str, written: Plan, labels: LabelsPlan) -> None:
    """Set the labels of a destination that is in sync, and verify that the service shows them.

    :raises ServiceError: it does not; says what has happened to the destination before
    """
    lost: AnswerLost | None = None
    try:
        for _round in range(ROUNDS):
            try:
                service.replace_labels(level, name, labels.after)
                break
            except AnswerLost as error:
                lost = error
        for lag in POLL_DELAYS:
            time.sleep(lag)
            current = service.labels(level, name)
            if current is not None and same_labels(current, labels.after):
                return
        raise lost or ServiceError(f"The service does not show the labels of destination {name} as they were set.", "")
    except ServiceError as error:
        done = {"create": "was created", "update": "was updated", "none": "is in sync"}[written.action]
        raise ServiceError(
            f"Destination {name} {done}, but its labels are not those of the task: {error.problem}",
            "Run the task again, and it sets them; if that fails, correct the labels or find out who else sets them.",
            error.status,
        ) from error
