# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a destination's labels remember of its tc.enabled, while that is taken away for some time. Pure.

Work that was interrupted may be continued on another controller, so the service itself remembers.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

ENABLED = "tc.enabled"
# Labels of the operations that take it away for some time.
RENAMING = "fsm-renaming"
REPOPULATION = "fsm-repopulation"
_VALUE = f"{ENABLED}="

Labels = t.Mapping[str, t.Sequence[str]]


@dataclass(frozen=True)
class Memory:
    """What one label says: up to where the work was done, and which value tc.enabled had."""

    phase: str
    value: str

    def values(self) -> list[str]:
        """Return it as the label's values, whose order means nothing."""
        return [self.phase, f"{_VALUE}{self.value}"]


def recall(labels: Labels, key: str, phases: t.Collection[str]) -> Memory | None:
    """Return what a label remembers; None without it, or when it says something else than a memory."""
    values = list(labels.get(key) or ())
    found = [text.removeprefix(_VALUE) for text in values if text.startswith(_VALUE)]
    phase = [text for text in values if text in phases]
    return Memory(phase[0], found[0]) if len(found) == len(phase) == 1 else None
