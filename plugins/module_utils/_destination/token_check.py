# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verifies that a destination works: the service itself obtains a token through it, as for an application.

The service keeps tokens, and what it finds them by is not public. So a token proves that a change works only if it
cannot be older than the change: by what it says of itself, or because it was obtained through a copy of the destination
that did not exist before. That no token is obtained proves that something does not work, whatever is kept.
"""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.answer_types import (
    Destination,
    FoundDestination,
    seconds,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.token_claims import unverified_claims
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.polling import POLL_DELAYS
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import redact, secret_values
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.temporary_copy import (
    LEVEL as LEVEL_OF_COPIES,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.temporary_copy import (
    obstacle_to_copying,
    remove_leftovers,
    temporary_copy,
)

# Who issues a token has a clock of its own, whose difference from the service's is not known.
CLOCKS_DIFFER_BY = timedelta(minutes=1)
KEPT = "the service may have kept it from before"


@dataclass(frozen=True)
class FoundToken:
    """What the service found.

    :param report: what results say of it
    :param configuration: which one the service used, secrets included
    :param value: the token itself, which no result holds; empty if there is none
    """

    report: dict[str, t.Any]
    configuration: Destination = field(default_factory=dict, repr=False)
    value: str = field(default="", repr=False)


def verify_token(
    service: DestinationService,
    level: str,
    name: str,
    user_token: str | None,
    current: t.Mapping[str, t.Any],
    since: datetime | None = None,
) -> dict[str, t.Any]:
    """Let the service obtain a token through a destination, and keep all of the answer but the token.

    A search may lag behind a write. Then it is repeated: a token of the destination as it was says nothing about the
    present one.

    :param current: the destination as it is on this level; empty where there is none
    :param since: when something was changed that the token has to verify; None if nothing was
    """
    found = FoundToken({})
    for lag in POLL_DELAYS:
        time.sleep(lag)
        found = find_token(service, name, user_token)
        used, report = found.configuration, found.report
        differing = sorted(key for key, value in current.items() if used and used.get(key) != value)
        report["differing_properties"] = differing if report["found_at"] == level else []
        if report["found_at"] not in ("", level) or (used and not differing) or not current:
            break
    if since is None:
        return found.report
    fresh = _issued_since(found, since, service.http.now())
    return _evaluated(found.report, fresh, "" if fresh or not found.report["obtained"] else KEPT)


def find_token(service: DestinationService, name: str, user_token: str | None) -> FoundToken:
    """Let the service obtain a token through a destination, and return what came of it."""
    answer = service.find(name, user_token)
    if answer is None:
        return FoundToken(without_token(error=f"There is no destination {name}."))
    service.http.secrets |= secret_values(answer.configuration)
    return FoundToken(_report(service, answer), answer.configuration, answer.token["value"])


def verify_change(
    service: DestinationService,
    destination: Destination,
    user_token: str | None,
    since: datetime | None,
    found: FoundToken | None = None,
    seen: set[str] | None = None,
) -> dict[str, t.Any]:
    """Find out whether a destination yields a token that cannot be older than a change.

    It writes: a copy of the destination, which is deleted again, and it deletes copies that killed runs have left.

    :param destination: as it was written, or read, secrets included
    :param since: when the change was made, by the service's clock; None if nobody knows
    :param found: what was found through the destination itself since the change, if it was tried
    :param seen: tokens that were obtained before the change; those that are obtained now are added
    :return: the report, in which ``fresh`` says whether the token verifies the change, ``doubt`` why not, and
        ``left_over`` which copy could not be deleted, if any. Without a token, that is certain, and ``fresh`` is false.
    """
    seen = set() if seen is None else seen
    if found and (not found.report["obtained"] or found.report["differing_properties"]):
        return _evaluated(found.report, fresh=False, doubt="")
    if found and _issued_since(found, since, service.http.now()):
        return _evaluated(found.report, fresh=True, doubt="")
    obstacle = obstacle_to_copying(destination)
    if not obstacle:
        try:
            return _through_copy(service, destination, user_token, since, found, seen)
        except ServiceError as error:
            obstacle = redact(error.problem, service.http.secrets)
    if found is None:
        found = find_token(service, destination["Name"], user_token)
    fresh = _issued_since(found, since, service.http.now())
    doubt = "" if fresh or not found.report["obtained"] else f"{KEPT}, and no copy of the destination shows: {obstacle}"
    return _evaluated(found.report, fresh, doubt.rstrip("."))


def _through_copy(
    service: DestinationService,
    destination: Destination,
    user_token: str | None,
    since: datetime | None,
    earlier: FoundToken | None,
    seen: set[str],
) -> dict[str, t.Any]:
    """Obtain a token through a copy.

    :param earlier: a token that was obtained through the destination itself
    :param seen: tokens that were obtained before
    :raises ServiceError: there can be no copy, or the service does not find it
    """
    service.http.secrets |= secret_values(destination)
    remove_leftovers(service)
    found = FoundToken(without_token())
    with temporary_copy(service, destination) as copy:
        for lag in POLL_DELAYS:
            time.sleep(lag)
            found = find_token(service, copy.name, user_token)
            if found.report["obtained"]:
                break
    if found.report["found_at"] != LEVEL_OF_COPIES:
        raise ServiceError("the service does not find it", "")
    # Nobody knows what tokens are found by, so not even a copy is above suspicion.
    others = seen | ({earlier.value} if earlier else set())
    kept = found.report["obtained"] and (found.value in others or _issued_before(found, since))
    seen.add(found.value)
    # The name of a copy is of no use to anyone who reads what the service said.
    error = found.report["error"].replace(copy.name, destination["Name"])
    left_over = f"{copy.name}: {copy.left_over}" if copy.left_over else ""
    report = {**found.report, "error": error, "found_at": earlier.report["found_at"] if earlier else ""}
    fresh = report["obtained"] and not kept
    return _evaluated(report, fresh, KEPT if kept else "", redact(left_over, service.http.secrets))


def _evaluated(report: dict[str, t.Any], fresh: bool, doubt: str, left_over: str = "") -> dict[str, t.Any]:
    return {**report, "fresh": bool(fresh), "doubt": doubt, "left_over": left_over}


def _issued_since(found: FoundToken, since: datetime | None, now: datetime) -> bool:
    """Return whether a token says that it was issued after a moment, for sure; and not in the future."""
    issued = found.report["issued_at"]
    if since is None or issued is None:
        return False
    margin = CLOCKS_DIFFER_BY.total_seconds()
    return bool(since.timestamp() + margin <= issued <= now.timestamp() + margin)


def _issued_before(found: FoundToken, since: datetime | None) -> bool:
    """Return whether a token says that it was issued before a moment, for sure."""
    issued = found.report["issued_at"]
    if since is None or issued is None:
        return False
    return bool(issued < since.timestamp() - CLOCKS_DIFFER_BY.total_seconds())


def _report(service: DestinationService, answer: FoundDestination) -> dict[str, t.Any]:
    token = answer.token
    error, obtained = token["error"], bool(token["value"]) and not token["error"]
    if not obtained and not error:
        error = "The service fetched no token: the destination's authentication needs none."
    return without_token(
        obtained=obtained,
        type=token["type"],
        expires_in=seconds(token["expires_in"]),
        issued_at=_issued_at(token["value"]),
        error=redact(error, service.http.secrets),
        found_at=answer.level,
    )


def _issued_at(token: str) -> int | None:
    """Return when a token was issued, in seconds since the epoch, as it says itself (RFC 7519); None if it does not."""
    issued = unverified_claims(token).get("iat")
    is_number = isinstance(issued, (int, float)) and not isinstance(issued, bool)
    return int(t.cast("float", issued)) if is_number and abs(t.cast("float", issued)) < 1e12 else None


def without_token(**facts: t.Any) -> dict[str, t.Any]:
    """Return the report of an attempt that led to no token, with further facts."""
    return {
        "obtained": False,
        "type": "",
        "expires_in": None,
        "issued_at": None,
        "error": "",
        "found_at": "",
        "differing_properties": [],
        **facts,
    }
