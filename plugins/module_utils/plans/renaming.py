# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a pair of destinations gets another name without a moment at which Task Center sees two. Pure.

Task Center knows a pair by its primary destination's name and has no renaming, so a new pair takes the old one's place.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.switch_memory import (
    ENABLED,
    Labels,
    Memory,
    recall,
)

LABEL = "fsm-renaming"
PHASE = "prepared"
# When no label remembers the value, as after an intervention by hand: what a connection has.
USUAL = "true"

Destination = dict[str, str]


@dataclass(frozen=True)
class Renaming:
    """What is left to do, each step harmless when it was done before.

    :param first: value of tc.enabled with which the new primary destination is written at first; None for none
    :param value: the value that it has in the end: that of the old one
    :param waits: whether Task Center may still have a connector of the old one
    :param memory: labels of the new primary destination until it has tc.enabled
    :param labels: its labels in the end: also those of the old one
    """

    first: str | None
    value: str
    waits: bool
    memory: dict[str, list[str]]
    labels: dict[str, t.Sequence[str] | None]


def plan_renaming(old: Destination | None, new: Destination | None, old_labels: Labels, new_labels: Labels) -> Renaming:
    """Decide what is left to do; at least one of the two primary destinations stands."""
    first = (new or {}).get(ENABLED)
    leaving = (old or {}).get(ENABLED)
    memory = recall(new_labels, LABEL, (PHASE,))
    remembered = memory.value if memory else None
    # The old one's as long as it has any. A new one that is polled someone has resumed; one that is not Task Center may
    # have switched off: it does so after an hour without a token (its guide, "Monitoring").
    candidates = (leaving, first if first == USUAL else remembered, first, USUAL)
    value = next(found for found in candidates if found is not None)
    return Renaming(
        first=first,
        value=value,
        waits=leaving is not None or first is None,
        memory={LABEL: Memory(PHASE, value).values()} if first is None else {},
        labels={**old_labels, LABEL: None},
    )
