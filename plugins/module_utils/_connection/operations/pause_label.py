# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a label of the primary destination remembers of a pause: since when, and why. Pure: no I/O, no Ansible.

Task Center itself sets tc.enabled to false after an hour without a token, so the value alone does not say whether
somebody wants the pause. The label does, and the next run finds it there, on whatever controller it runs.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import date

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.tc_enabled_label import (
    ENABLED,
    RENAMING,
    REPOPULATION,
    Labels,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.printable import printable

LABEL = "fsm-pause"
NO_REASON = "no reason was given"
_SINCE, _REASON = "since=", "reason="


@dataclass(frozen=True)
class Remembered:
    """A pause that somebody wants.

    :param since: its first day (UTC) as text, for others may have written it
    :param reason: why; empty if nobody said it
    """

    since: str
    reason: str = ""

    def label(self) -> dict[str, list[str]]:
        """Return it as a label, whose values have no order."""
        return {LABEL: [f"{_SINCE}{self.since}", *([f"{_REASON}{self.reason}"] if self.reason else [])]}

    def shown_reason(self) -> str:
        """Return the reason as a message may show it."""
        return printable(self.reason) or NO_REASON


def remembered(destination: t.Mapping[str, str], labels: Labels) -> Remembered | None:
    """Return the pause that a label remembers; None if there is none, or the destination is not paused any more.

    One that an interrupted operation has left without tc.enabled is as it was before.
    """
    values = labels.get(LABEL)
    interrupted = ENABLED not in destination and any(label in labels for label in (RENAMING, REPOPULATION))
    if not values or (destination.get(ENABLED, "true") == "true" and not interrupted):
        return None
    since = [text.removeprefix(_SINCE) for text in values if text.startswith(_SINCE)]
    reason = [text.removeprefix(_REASON) for text in values if text.startswith(_REASON)]
    return Remembered(printable(since[0]) if since else "an unknown day", reason[0] if reason else "")


def wanted(known: Remembered | None, reason: str, today: date) -> Remembered:
    """Return what is to be remembered of a pause: the day on which it began, and the latest reason.

    :param known: what is remembered already
    :param reason: that the operator gives now; empty to keep the one that is known
    """
    return Remembered(known.since if known else today.isoformat(), reason or (known.reason if known else ""))
