# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named configurations (destinations) as the Destination Service keeps them, on one level of one subaccount."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import typing as t
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field

from ..platform.web import ServiceError

if t.TYPE_CHECKING:
    from datetime import datetime

    from ..platform.clock import Clock

NOT_FOUND = "Configuration with the specified name was not found"
CONFLICT = "Conflict. Duplicate key (the Configuration already exists)"

Configuration = dict[str, str]
# Key to values.
Labels = dict[str, list[str]]


@dataclass(frozen=True)
class Entry:
    """A stored configuration, the ETag of this version of it, and when it was written."""

    name: str
    configuration: Configuration
    etag: str
    modified: datetime
    labels: Labels = field(default_factory=dict)
    # What protects a keystore that the service itself generated; it is in no answer.
    password: str | None = None
    ignore_case: bool = False

    def is_named(self, name: str) -> bool:
        """Say whether this is the configuration that the service finds by a name."""
        return self.name == name or (self.ignore_case and self.name.lower() == name.lower())


class ConfigurationStore(MutableMapping[str, Configuration]):
    """The configurations of one kind on one level: a mapping of name to properties.

    Used as a mapping it is the back door that tests take: nothing is validated, as in a subaccount that others filled.
    Safe to use from a test's thread while the landscape serves requests from its own.
    """

    def __init__(self, clock: Clock, name_property: str = "Name", *, ignore_case: bool = False) -> None:
        self._clock = clock
        self._name_property = name_property
        # Whether names that differ in upper and lower case only are one name.
        self._ignore_case = ignore_case
        self._entries: dict[str, Entry] = {}

    def __getitem__(self, name: str) -> Configuration:
        return dict(self._entries[self._key(name)].configuration)

    def __setitem__(self, name: str, configuration: Mapping[str, str]) -> None:
        self._write(name, {**configuration, self._name_property: name})

    def __delitem__(self, name: str) -> None:
        del self._entries[self._key(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def entries(self) -> list[Entry]:
        """Return all stored entries, in the order of their creation."""
        return list(self._entries.values())

    def entry(self, name: str) -> Entry | None:
        """Return the stored entry of this name, None without one."""
        return self._entries.get(self._key(name))

    def create(self, configuration: Configuration, password: str | None = None) -> Entry:
        """Store a new configuration (``password``: see `Entry`).

        Raises:
            ServiceError: 409 when its name is taken.
        """
        name = configuration[self._name_property]
        if self._key(name) in self._entries:
            raise ServiceError(409, CONFLICT)
        return self._write(name, configuration, password)

    def replace(self, configuration: Configuration, password: str | None = None) -> Entry:
        """Replace a whole configuration: what the new one leaves out is removed. Labels are no part of it and stay.

        Raises:
            ServiceError: 404 when there is none of its name.
        """
        name = configuration[self._name_property]
        if self._key(name) not in self._entries:
            raise ServiceError(404, NOT_FOUND)
        return self._write(name, configuration, password)

    def set_labels(self, name: str, labels: Labels) -> None:
        """Replace all labels of a configuration.

        Raises:
            KeyError: there is none of this name.
        """
        key = self._key(name)
        self._entries[key] = dataclasses.replace(self._entries[key], labels=labels)

    def _write(self, name: str, configuration: Configuration, password: str | None = None) -> Entry:
        old = self._entries.get(self._key(name))
        labels = old.labels if old else {}
        etag = etag_of(configuration)
        entry = Entry(name, dict(configuration), etag, self._clock.now(), labels, password, self._ignore_case)
        if old and old.name != name:
            del self._entries[old.name]
        self._entries[name] = entry
        return entry

    def _key(self, name: str) -> str:
        if not self._ignore_case or name in self._entries:
            return name
        return next((key for key in self._entries if key.lower() == name.lower()), name)


def etag_of(content: t.Mapping[str, t.Any]) -> str:
    """Return the ETag of a resource that has this content: in the service's form, a SHA-256 in hexadecimal digits."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class Level:
    """What one level holds: that of a subaccount, or that of a service instance on behalf of one tenant."""

    def __init__(self, clock: Clock, *, ignore_case: bool = False) -> None:
        """Make an empty level; ``ignore_case`` makes destinations one whose names differ in their case only."""
        self.destinations = ConfigurationStore(clock, ignore_case=ignore_case)
        self.fragments = ConfigurationStore(clock, "FragmentName")
        self.certificates = ConfigurationStore(clock)
