# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a destination would be like after earlier tasks of the same preview. Pure: no I/O, no Ansible.

A preview writes nothing, so a task that follows another one about the same destination reads it as it was before both.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.hidden_secrets import hidden_secrets
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.labels import (
    DesiredLabels,
    Labels,
    plan_labels,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.plan import (
    DesiredDestination,
    Destination,
    plan_present,
)

# Stands for a secret that the service does not show, while tasks are worked out; it leaves this module nowhere.
STORED = "stored"


@dataclass(frozen=True)
class EarlierTask:
    """What an earlier task says of the destination.

    :param labels: None if it leaves them as they are
    """

    wanted: DesiredDestination
    labels: DesiredLabels | None = None
    purge_labels: bool = False


def destination_after(earlier: t.Iterable[EarlierTask], current: Destination | None) -> Destination | None:
    """Return the destination as earlier tasks would leave it, and as the service would show it; None if there is none.

    Whether one of them would be refused is not found out: each has been previewed itself.

    :param current: as it is
    """
    for task in earlier:
        hidden = hidden_secrets(current or {}, task.wanted.hidden)
        # As if it were shown; or else nobody knows whether it stays.
        planned = plan_present(task.wanted, current and {**current, **dict.fromkeys(hidden, STORED)})
        if planned.action != "none":
            current = _as_read(planned.destination, current or {}, hidden)
    return current


def labels_after(earlier: t.Iterable[EarlierTask], current: Labels) -> Labels:
    """Return the labels as earlier tasks would leave them.

    :param current: as they are
    :raises Refused: there would be too many
    """
    for task in earlier:
        if task.labels is not None:
            current = plan_labels(task.wanted.name, task.labels, current, task.purge_labels).after
    return current


def _as_read(written: Destination, before: Destination, hidden: t.Collection[str]) -> Destination:
    """Return what a read shows of a destination once it is written: a service that hides a secret goes on to do so."""
    shown = {key: value for key, value in written.items() if key not in hidden}
    return {**shown, **{key: before[key] for key in before if key in hidden and key in written}}
