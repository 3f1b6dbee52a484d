# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds destinations by name and labels, with as much help of the service as it gives."""

from __future__ import annotations

from fnmatch import fnmatchcase

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.answer_types import Destination, Labels
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_filters import (
    label_conditions,
    name_condition,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService


def search(service: DestinationService, level: str, pattern: str | None, labels: Labels) -> list[Destination]:
    """Return the destinations of a level that a pattern and labels select; all of them without either.

    :param pattern: shell-style pattern of names, case-sensitive as names are
    :param labels: a destination needs all of these labels, each with at least one of the values
    :raises InputError: a label is too long for a request
    :raises ServiceError: the service refused, or cannot be reached
    """
    found = _labelled(service, level, labels) if labels else _named(service, level, pattern)
    return [entry for entry in found if pattern is None or fnmatchcase(entry.get("Name", ""), pattern)]


def _named(service: DestinationService, level: str, pattern: str | None) -> list[Destination]:
    condition = name_condition(pattern) if pattern else None
    return service.destinations(level, condition if condition and service.accepts(level, condition) else None)


def _labelled(service: DestinationService, level: str, labels: Labels) -> list[Destination]:
    groups = label_conditions(labels, lambda condition: service.accepts(level, condition))
    selections = [
        {entry.get("Name", ""): entry for condition in group for entry in service.destinations(level, condition)}
        for group in groups
    ]
    first, *others = selections
    return [entry for name, entry in first.items() if all(name in other for other in others)]
