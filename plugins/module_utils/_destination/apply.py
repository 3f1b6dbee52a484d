# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carrying out what is planned for one destination, and verifying afterwards that it is as written, or works."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import AnswerLost, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.polling import POLL_DELAYS
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.labels import LabelsPlan, same_labels
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import Plan
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.token_check import verify_found_token

# Another writer, or a destination that came or went between reading and writing, is met at most this often.
ROUNDS = 3
SERVER_ERROR = 500


class Unconfirmed(ServiceError):
    """A destination was written, and could not be read back as it was written.

    :param written: the plan that was carried out
    """

    def __init__(self, problem: str, remedy: str, status: int | None, written: Plan) -> None:
        super().__init__(problem, remedy, status)
        self.written = written


@dataclass(frozen=True)
class TokenCheck:
    """What has to be verified of a destination: that the service obtains a token through it.

    :param user_token: JWT of the user on whose behalf to obtain it, for principal propagation
    """

    user_token: str | None = None


def carry_out(
    service: DestinationService,
    level: str,
    name: str,
    planned: Plan,
    plan_again: t.Callable[[], Plan],
    check: TokenCheck | None = None,
) -> Plan:
    """Carry out a plan and return the one that was carried out in the end.

    :param check: what has to be verified afterwards; if it fails, the previous state is restored
    :raises ServiceError: the service refuses, or shows something else afterwards
    """
    try:
        written = _carried_out(service, level, name, planned, plan_again)
    except Unconfirmed as error:
        if check is None:
            raise
        # The check shows whether it was written after all.
        written = error.written
    if check is not None:
        _verify_or_restore(service, level, name, written, check.user_token)
    return written


def _carried_out(
    service: DestinationService, level: str, name: str, planned: Plan, plan_again: t.Callable[[], Plan]
) -> Plan:
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
            if current == planned.destination:
                return
    except ServiceError as error:
        problem = f"Destination {name} {done}, and cannot be read back: {error.problem}"
        raise Unconfirmed(problem, "Run the task again.", error.status, planned) from error
    keys = sorted(key for key in {*current, *planned.destination} if current.get(key) != planned.destination.get(key))
    raise Unconfirmed(
        f"Destination {name} {done}, but the service shows other values than were written: {', '.join(keys)}.",
        "Someone else may be writing it: find out who, and run the task again.",
        None,
        planned,
    )


def _verify_or_restore(
    service: DestinationService, level: str, name: str, written: Plan, user_token: str | None
) -> None:
    """Obtain a token through a destination as an application does, or else restore the previous state.

    :param written: the plan that was carried out; when there was nothing to write, nothing is put back
    :param user_token: JWT of the user on whose behalf to obtain it, for principal propagation
    :raises ServiceError: there is no token; says what was done about it
    """
    lags = POLL_DELAYS if written.action != "none" else POLL_DELAYS[:1]
    error = _obstacle(service, level, name, lags, user_token, written)
    if not error:
        return
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


def _obstacle(
    service: DestinationService,
    level: str,
    name: str,
    lags: t.Iterable[float],
    user_token: str | None,
    written: Plan,
) -> str:
    """Return why no token is obtained through a destination of this level, in the service's words; nothing if it is.

    A search may lag behind the write as well; what it then says is about the destination as it was, which only the
    changed properties show.
    """
    keys = written.changed_properties
    error = ""
    for lag in lags:
        time.sleep(lag)
        try:
            report, used = verify_found_token(service, name, user_token)
        except ServiceError as refusal:
            return refusal.problem
        if report["found_at"] == level and any(used.get(key) != written.destination.get(key) for key in keys):
            error = f"the service still finds {name} as it was before"
            continue
        if report["obtained"] and report["found_at"] == level:
            return ""
        error = report["error"] or f"the service found {name} on the level {report['found_at']}, which hides this one"
    return f"{error.rstrip('.')}."


def _restore(service: DestinationService, level: str, name: str, written: Plan) -> None:
    """Restore the state from before a plan was carried out.

    :raises ServiceError: the service refuses, or someone else has written the destination since
    """
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
