# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a destination counts as changed, and what to write then. Pure: no I/O, no Ansible."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, Refused
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import (
    DIFFERENT,
    HIDDEN,
    is_secret,
    masked,
)

Destination = dict[str, str]
# What the Destination Service takes as a name (SAP BTP Connectivity, "Destination Service REST API").
NAME = r"[A-Za-z0-9_-]{1,200}"


@dataclass(frozen=True)
class DesiredDestination:
    """The destination as the task describes it, in the service's own terms.

    :param properties: the desired ones, by JSON key; None for one that must be absent
    :param secrets: the same for secret properties
    :param purge: whether properties that are not named have to be removed
    :param keep_secrets: whether secrets of an existing destination stay as they are
    :param secret_names: names of further properties that are not to be shown
    """

    name: str
    properties: dict[str, str | None]
    secrets: dict[str, str | None]
    purge: bool = False
    keep_secrets: bool = False
    secret_names: frozenset[str] = frozenset()

    @property
    def hidden(self) -> frozenset[str]:
        """Names of the properties that are not to be shown, beyond those whose names tell."""
        return self.secret_names | self.secrets.keys()


@dataclass(frozen=True)
class Plan:
    """What to do with one destination.

    :param action: create, update, delete or none
    :param destination: the whole configuration to write; empty for delete and none
    :param before: the present state, secrets masked; empty when there is none
    :param after: the state afterwards, secrets masked
    :param current: the state before, secrets included, to restore it; empty when there is none
    """

    action: str
    destination: Destination
    before: dict[str, str]
    after: dict[str, str]
    current: Destination = field(default_factory=dict, compare=False, repr=False)

    @property
    def changed_properties(self) -> list[str]:
        """Names of the properties that are added, changed or removed."""
        names = {*self.before, *self.after}
        return sorted(name for name in names if self.before.get(name) != self.after.get(name))

    def facts(self) -> dict[str, t.Any]:
        """Return what results say of it, as M(btp_ops.task_center.btp_destination) documents it."""
        return {"action": self.action, "destination": self.after, "changed_properties": self.changed_properties}


def check_name(name: str) -> None:
    """Make sure that a text can be the name of a destination.

    :raises InputError: it cannot
    """
    if not re.fullmatch(NAME, name):
        raise InputError(
            f"{name!r} cannot be the name of a destination: 1 to 200 letters, digits, hyphens and underscores.",
            "Correct the option name; nothing was sent.",
        )


def desired_destination(
    name: str,
    properties: dict[str, t.Any],
    secrets: dict[str, t.Any],
    purge: bool = False,
    keep_secrets: bool = False,
    secret_names: t.Collection[str] = (),
) -> DesiredDestination:
    """Check what a task says of a destination and put it into the service's terms.

    :raises InputError: a value cannot be meant, or a property is in the wrong option; the message names all of them
    """
    wrong = [_unfit(key, value, HIDDEN if is_secret(str(key)) else str(value)) for key, value in properties.items()]
    wrong += [_unfit(key, value, HIDDEN) for key, value in secrets.items()]
    wrong += [
        f"{key} is the name of a secret and belongs into secret_properties"
        for key, value in properties.items()
        if is_secret(str(key)) and value is not None
    ]
    wrong += [f"{key} is in properties and in secret_properties" for key in properties.keys() & secrets.keys()]
    wrong += [f"{key} is empty, which would wipe the stored secret" for key, value in secrets.items() if value == ""]
    if properties.get("Name", name) != name or "Name" in secrets:
        wrong.append("Name differs from the option name")
    wrong = [text for text in wrong if text]
    if wrong:
        raise InputError(f"Destination {name}: {'; '.join(sorted(wrong))}.", "Correct the task; nothing was changed.")
    return DesiredDestination(
        name=name,
        properties={key: _text(value) for key, value in properties.items()},
        secrets={key: _text(value) for key, value in secrets.items()},
        purge=purge,
        keep_secrets=keep_secrets,
        secret_names=frozenset(secret_names),
    )


def plan_present(wanted: DesiredDestination, current: Destination | None) -> Plan:
    """Decide how to bring the destination to the desired state.

    :raises Refused: the update would lose a secret that the service does not show
    """
    if current is None:
        target = _without_none({"Name": wanted.name, **wanted.properties, **wanted.secrets})
        return Plan("create", target, {}, masked(target, wanted.hidden))
    named: dict[str, str | None] = {**wanted.properties, "Name": wanted.name}
    if not wanted.keep_secrets:
        named.update(wanted.secrets)
    kept = {
        key: value
        for key, value in current.items()
        if not wanted.purge or (wanted.keep_secrets and key in wanted.secrets)
    }
    target = _without_none({**kept, **named})
    if target == current:
        shown = masked(current, wanted.hidden)
        return Plan("none", {}, shown, shown, current)
    lost = sorted(
        key
        for key, value in wanted.secrets.items()
        if wanted.keep_secrets and value is not None and not target.get(key)
    )
    if lost:
        raise Refused(
            f"Destination {wanted.name}: the service does not show {', '.join(lost)}, and an update replaces the whole "
            "destination, so the stored values would be lost.",
            "Set update_secrets to always.",
        )
    before, after = masked(current, wanted.hidden), masked(target, wanted.hidden)
    for key in before.keys() & after.keys():
        if before[key] == after[key] and current[key] != target[key]:
            after[key] = DIFFERENT
    return Plan("update", target, before, after, current)


def plan_absent(current: Destination | None, secrets: t.Collection[str] = ()) -> Plan:
    """Decide how to remove the destination.

    :param secrets: names of further properties that are not to be shown
    """
    if current is None:
        return Plan("none", {}, {}, {})
    return Plan("delete", {}, masked(current, secrets), {}, current)


def _unfit(key: str, value: t.Any, shown: str) -> str:
    if not isinstance(key, str):
        return f"the name {key} is a {type(key).__name__}; quote it"
    if isinstance(value, float):
        return f"{key} is the number {shown}; quote it, so that it arrives as it is written"
    if value is not None and not isinstance(value, (str, int)):
        return f"{key} is a {type(value).__name__}; the Destination Service keeps texts only"
    return ""


def _text(value: t.Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _without_none(properties: dict[str, str | None]) -> Destination:
    return {key: value for key, value in properties.items() if value is not None}
