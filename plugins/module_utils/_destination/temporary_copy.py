# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A short-lived copy of a destination, through which no token can be had that the service has kept from before.

What the Destination Service finds a kept token by is not public. A copy has a name and a property that no destination
ever had, so neither by its name nor by its configuration a kept token is found. It is in the service instance, where
SAP Task Center does not see it, and has none of Task Center's properties.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import time
import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.answer_types import Destination
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_filters import name_condition
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import AnswerLost, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.polling import POLL_DELAYS
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import is_secret

LEVEL = "instance"
PREFIX = "btp-ops-token-check-"
STAMP = "%Y%m%dT%H%M%SZ"
NAME = re.compile(rf"{PREFIX}(\d{{8}}T\d{{6}}Z)-[0-9a-f]{{16}}")
# A copy that is older is in use by nobody: its run was killed. No run needs one for longer.
LONGEST_USE = timedelta(minutes=10)
SERVER_ERROR = 500
# Properties that name something on the level of the destination, which a copy on another level would not find.
OF_ITS_LEVEL = (
    "KeyStoreLocation",
    "TrustStoreLocation",
    "tokenService.KeyStoreLocation",
    "SAMLAssertionProvider",
    "clientAssertion.destinationName",
)
# Without the secret, what goes with it yields no token: then the service has not shown it.
SECRET_OF = {"clientId": "clientSecret", "tokenServiceUser": "tokenServicePassword", "User": "Password"}


@dataclass
class Copy:
    """A copy while it exists.

    :ivar left_over: why it could not be deleted; empty if it was
    """

    name: str
    left_over: str = ""


def is_copy(name: str) -> bool:
    """Return whether a name is that of a copy, of this run or another one."""
    return bool(NAME.fullmatch(name))


def left_over_warning(left_over: str) -> str:
    """Return what the operator has to know of a copy that could not be deleted."""
    return (
        f"A temporary copy is left in the service instance; the next verification deletes it: {left_over.rstrip('.')}."
    )


def obstacle_to_copying(destination: t.Mapping[str, t.Any]) -> str:
    """Return why a copy of a destination would not yield the token that it yields itself; empty if it would.

    :param destination: as it was written, or read, secrets included
    """
    if not str(destination.get("Authentication", "")).startswith("OAuth2"):
        return "its authentication type is none of OAuth"
    needed = [key for key in OF_ITS_LEVEL if destination.get(key)]
    if needed:
        return f"it depends on its level ({', '.join(needed)})"
    missing = {secret for key, secret in SECRET_OF.items() if destination.get(key) and not destination.get(secret)}
    # What a read shows in place of a secret must not be written.
    missing |= {key for key, value in destination.items() if is_secret(key) and _is_hidden(value)}
    if missing:
        return f"the service does not show {', '.join(sorted(missing))}"
    return ""


def _is_hidden(value: t.Any) -> bool:
    return not isinstance(value, str) or not value.strip("*")


def leftovers(destinations: t.Iterable[t.Mapping[str, t.Any]], now: datetime) -> list[str]:
    """Return the names of copies that runs which were killed have left behind; those of runs that are at work stay.

    :param destinations: of the service instance
    :param now: by the service's clock
    """
    made = (NAME.fullmatch(str(destination.get("Name", ""))) for destination in destinations)
    return [one[0] for one in made if one and now - (_moment(one[1]) or now) > LONGEST_USE]


def _moment(stamp: str) -> datetime | None:
    """Return when a copy was made; None for what is no moment, in a name that somebody else has chosen."""
    try:
        return datetime.strptime(stamp, STAMP).replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def remove_leftovers(service: DestinationService) -> None:
    """Delete copies that runs which were killed have left behind.

    :raises ServiceError: the service refuses
    """
    found = service.destinations(LEVEL, name_condition(f"{PREFIX}*"))
    for name in leftovers(found, service.http.now()):
        service.delete(LEVEL, name)


@contextlib.contextmanager
def temporary_copy(service: DestinationService, destination: Destination) -> t.Iterator[Copy]:
    """Make a copy of a destination, and delete it afterwards, whatever happens.

    :param destination: of which a copy can be made (:func:`obstacle_to_copying`), secrets included
    :raises ServiceError: the service refuses to create it
    """
    copy = Copy(f"{PREFIX}{service.http.now().strftime(STAMP)}-{secrets.token_hex(8)}")
    may_exist = True
    try:
        try:
            service.create(LEVEL, _copied(destination, copy.name))
        except AnswerLost:
            # Whether it was created all the same, the search for it shows.
            pass
        except ServiceError as error:
            may_exist = error.status is None or error.status >= SERVER_ERROR
            raise
        yield copy
    finally:
        if may_exist:
            copy.left_over = _delete(service, copy.name)


def _copied(destination: Destination, name: str) -> Destination:
    """Return what to write: all that the token depends on, and a description that makes the configuration unique."""
    kept = {key: value for key, value in destination.items() if not key.lower().startswith("tc.")}
    text = f"{name}: exists for a moment, to verify {destination['Name']}. Can be deleted (btp_ops.task_center)."
    return {**kept, "Name": name, "Description": text}


def _delete(service: DestinationService, name: str) -> str:
    """Delete a copy, also if answers are lost; return why that could not be done."""
    problem = ""
    for delay in POLL_DELAYS:
        time.sleep(delay)
        try:
            service.delete(LEVEL, name)
            return ""
        except ServiceError as error:
            problem = error.problem
            if not isinstance(error, AnswerLost) and (error.status or SERVER_ERROR) < SERVER_ERROR:
                break
    return problem
