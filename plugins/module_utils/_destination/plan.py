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
    INCOMPARABLE,
    is_secret,
    masked,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.words import kind_of, option_name
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.hidden_secrets import hidden_secrets

Destination = dict[str, str]
# What the Destination Service takes as a name (SAP BTP Connectivity, "Destination Service REST API").
NAME = r"[A-Za-z0-9_-]{1,200}"
# When the secrets of an existing destination are written: always, never, or those only that the service does not show.
UPDATE_SECRETS = ("always", "on_create", "unless_shown")


class SecretsHidden(Refused):
    """A destination cannot be updated: the service does not show some of its secrets, and the task does not have them.

    :param keys: names of these secrets
    """

    def __init__(self, name: str, keys: list[str]) -> None:
        super().__init__(
            f"Destination {name}: the service does not show {', '.join(keys)}, and an update replaces the whole "
            "destination, so the stored values would be lost. Nothing was changed.",
            f"Give them in {option_name('secret_properties')}, with update_secrets always or unless_shown.",
        )
        self.name = name
        self.keys = keys


@dataclass(frozen=True)
class DesiredDestination:
    """The destination as the task describes it, in the service's own terms.

    :param properties: the desired ones, by JSON key; None for one that must be absent
    :param secrets: the same for secret properties
    :param purge: whether properties that are not named have to be removed
    :param update_secrets: one of UPDATE_SECRETS
    :param secret_names: names of further properties that are not to be shown
    """

    name: str
    properties: dict[str, str | None]
    secrets: dict[str, str | None]
    purge: bool = False
    update_secrets: str = "always"
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
    :param incomparable: whether it is to be written only because the service does not show its secrets
    """

    action: str
    destination: Destination
    before: dict[str, str]
    after: dict[str, str]
    current: Destination = field(default_factory=dict, compare=False, repr=False)
    incomparable: bool = False

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
    update_secrets: str = "always",
    secret_names: t.Collection[str] = (),
) -> DesiredDestination:
    """Check what a task says of a destination and put it into the service's terms.

    :raises InputError: a value cannot be meant, or a property is in the wrong option; the message names all of them
    """
    wrong = [_unfit(key, value, HIDDEN if is_secret(str(key)) else str(value)) for key, value in properties.items()]
    wrong += [_unfit(key, value, HIDDEN) for key, value in secrets.items()]
    wrong += [
        f"{key} is the name of a secret and belongs into {option_name('secret_properties')}"
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
        update_secrets=update_secrets,
        secret_names=frozenset(secret_names),
    )


def plan_present(wanted: DesiredDestination, current: Destination | None) -> Plan:
    """Decide how to bring the destination to the desired state.

    :raises SecretsHidden: the update would lose a secret that the service does not show
    """
    if current is None:
        target = _without_none({"Name": wanted.name, **wanted.properties, **wanted.secrets})
        return Plan("create", target, {}, masked(target, wanted.hidden))
    hidden = hidden_secrets(current, wanted.hidden)
    given = _given(wanted, current, hidden)
    keeps = wanted.update_secrets != "always"
    kept = {key: value for key, value in current.items() if not wanted.purge or (keeps and key in wanted.secrets)}
    target = _without_none({**kept, **wanted.properties, "Name": wanted.name, **given})
    unseen = {key for key in hidden if given.get(key) is not None}
    same = all(target.get(key) == current.get(key) for key in {*target, *current} - unseen)
    if same and not (unseen and wanted.update_secrets == "always"):
        shown = masked(current, wanted.hidden)
        return Plan("none", {}, shown, shown, current)
    lost = sorted(key for key in hidden - unseen if _is_lost(key, wanted, given))
    if wanted.update_secrets == "on_create":
        lost += sorted(
            key for key, value in wanted.secrets.items() if value and not target.get(key) and key not in lost
        )
    if lost:
        raise SecretsHidden(wanted.name, lost)
    before, after = masked(current, wanted.hidden), masked(target, wanted.hidden)
    for key in unseen:
        before[key], after[key] = HIDDEN, INCOMPARABLE
    for key in (before.keys() & after.keys()) - unseen:
        if before[key] == after[key] and current[key] != target[key]:
            after[key] = DIFFERENT
    return Plan("update", target, before, after, current, incomparable=same)


def _given(wanted: DesiredDestination, current: Destination, hidden: set[str]) -> dict[str, str | None]:
    """Return the secrets of the task that are to be written."""
    if wanted.update_secrets == "always":
        return wanted.secrets
    if wanted.update_secrets == "on_create" or not hidden:
        return {}
    # A service that shows no secrets may leave any of them out.
    return {key: value for key, value in wanted.secrets.items() if key in hidden or key not in current}


def _is_lost(key: str, wanted: DesiredDestination, given: dict[str, str | None]) -> bool:
    """Return whether a secret that is not shown was to stay in the destination."""
    named = {**wanted.properties, **wanted.secrets}
    if (key in named and named[key] is None) or key in given:
        return False
    return not wanted.purge or key in wanted.secrets


def plan_absent(current: Destination | None, secrets: t.Collection[str] = ()) -> Plan:
    """Decide how to remove the destination.

    :param secrets: names of further properties that are not to be shown
    """
    if current is None:
        return Plan("none", {}, {}, {})
    return Plan("delete", {}, masked(current, secrets), {}, current)


def _unfit(key: str, value: t.Any, shown: str) -> str:
    if not isinstance(key, str):
        return f"the name {key} is {kind_of(key)}; quote it"
    if isinstance(value, float):
        return f"{key} is the number {shown}; quote it, so that it arrives as it is written"
    if value is not None and not isinstance(value, (str, int)):
        return f"{key} is {kind_of(value)}; the Destination Service keeps texts only"
    return ""


def _text(value: t.Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _without_none(properties: dict[str, str | None]) -> Destination:
    return {key: value for key, value in properties.items() if value is not None}
