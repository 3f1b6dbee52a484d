# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What someone else has changed in a destination between a check and the write that follows. Pure: no I/O, no Ansible.

The service has no conditional write, so this cannot be prevented; but it can be told, and a write can be left undone.
A check and a later task are two processes, and between them is a play's memory, where no secret belongs: what a check
has read is handed on as a digest per property, from which nobody without the service key learns a value.
"""

from __future__ import annotations

import hashlib
import hmac
import typing as t
from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import ServiceKey
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import Refused
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN, is_secret, masked
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.hidden_secrets import hidden_secrets
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import DesiredDestination, Plan

Destination = t.Mapping[str, str]
Digests = dict[str, str]

LENGTH = 16  # hexadecimal digits, enough to tell two values apart


def digests(destination: Destination, key: ServiceKey) -> Digests:
    """Return the properties of a destination with digests in place of their values.

    :param key: with whose secret they are made
    """
    secret = "".join(sorted(key.secrets)).encode("utf-8", "surrogatepass")

    def digest(name: str, value: str) -> str:
        # JSON can hold halves of characters, which no text can.
        text = f"{name}={value}".encode("utf-8", "surrogatepass")
        return hmac.new(secret, text, hashlib.sha256).hexdigest()[:LENGTH]

    return {name: digest(name, value) for name, value in destination.items()}


@dataclass(frozen=True)
class Checked:
    """What a check has read, and what must not have changed since.

    :param destinations: digests of their properties, by name of destination; empty for one that did not exist
    :param must_stay: names of properties, whatever their case
    """

    destinations: dict[str, Digests]
    must_stay: tuple[str, ...] = ()

    @classmethod
    def of(cls, params: dict[str, t.Any] | None) -> Checked:
        """Return what the option ``checked`` says; nothing without it."""
        given = params or {}
        return cls(dict(given.get("destinations") or {}), tuple(given.get("must_stay") or ()))

    def facts(self) -> dict[str, t.Any]:
        """Return it as modules hand it on."""
        return {"destinations": self.destinations, "must_stay": list(self.must_stay)}

    def with_state(self, name: str, destination: Destination, key: ServiceKey) -> Checked:
        """Return the same with the state of one destination as it is now; empty if it does not exist."""
        return Checked({**self.destinations, name: digests(destination, key)}, self.must_stay)


def refuse_changed(
    checked: Checked, wanted: DesiredDestination, current: Destination | None, key: ServiceKey, present: bool
) -> None:
    """Make sure that what must not have changed since a check has not, unless it is as the task describes it.

    :param current: the destination directly before the write; None if it does not exist
    :param present: whether the task wants it to be there
    :raises Refused: it has; names the properties, and the values of those that are no secrets
    """
    earlier = checked.destinations.get(wanted.name)
    if earlier is None or not checked.must_stay:
        return
    if current is None:
        if earlier and present:
            raise Refused(
                f"Destination {wanted.name} is gone: someone else has removed it since it was checked. "
                "This task has changed nothing.",
                "Find out who, and run the playbook again.",
            )
        return
    differing, desired = _differing(earlier, current, wanted, key), {**wanted.properties, **wanted.secrets}
    names = {name.lower() for name in checked.must_stay}
    shown = masked(current, wanted.hidden)
    changed = [
        f"{name} {shown[name]}" if shown[name] != HIDDEN else name
        for name in sorted(current)
        if name.lower() in names and name in differing and desired.get(name) != current[name]
    ]
    if changed:
        done = "changed" if earlier else "created"
        raise Refused(
            f"Destination {wanted.name} is no longer the one that was checked: someone else has {done} it, with "
            f"{', '.join(changed)}. This task has changed nothing.",
            "Find out who, and which of both is meant; then run that one again.",
        )


def changes_told(
    checked: Checked, wanted: DesiredDestination, planned_from: Destination, written: Plan, key: ServiceKey
) -> list[str]:
    """Return what an operator has to know of changes that someone else made before a write: no text, or one.

    :param planned_from: what the task had read when it made its plan
    :param written: the plan that was carried out; its ``current`` is what was there directly before the write
    """
    earlier = checked.destinations.get(wanted.name)
    if earlier is None:
        earlier = digests(planned_from, key)
    changed = _differing(earlier, written.current, wanted, key)
    if written.action == "none" or not changed:
        return []
    if written.action == "create":
        return [f"Someone else has removed destination {wanted.name} meanwhile; it was created again."]
    overwritten = {name for name in changed if written.destination.get(name) != written.current.get(name)} - {"Name"}
    merged = written.action == "update" and not wanted.purge
    kept = changed - overwritten - {"Name", *wanted.properties, *wanted.secrets} if merged else set()
    words = {"Removed with it" if written.action == "delete" else "Overwritten": overwritten, "Kept": kept}
    parts = [f"{word}: {', '.join(sorted(names))}." for word, names in words.items() if names]
    done = "changed" if earlier else "created"
    return [" ".join([f"Someone else has {done} destination {wanted.name} meanwhile.", *parts])] if parts else []


def _differing(earlier: Digests, current: Destination, wanted: DesiredDestination, key: ServiceKey) -> set[str]:
    """Return the names of the properties that differ from an earlier state, as far as a read shows them."""
    now, hidden = digests(current, key), hidden_secrets(current, wanted.hidden)
    # A service that shows no secrets may leave any of them out.
    hidden |= {name for name in earlier.keys() - now.keys() if hidden and (is_secret(name) or name in wanted.hidden)}
    return {name for name in {*earlier, *now} if earlier.get(name) != now.get(name)} - hidden
