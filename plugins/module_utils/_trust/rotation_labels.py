# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What earlier runs of a rotation left in the labels of the secondary destination, for the next one. Pure.

The next run may be made on another controller, so the memory is kept in the service.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from datetime import datetime, timezone

LABEL_ACTIVATED = "trust-activated"
LABEL_VERIFIED = "trust-verified"
LABEL_ROLLED_BACK = "trust-rolled-back"
# Characters of a fingerprint that a label holds. Twelve, so that it is found again by eye and by program.
SHORT = 12
STAMP = "%Y%m%dT%H%M%SZ"
_CHANGE = rf"([0-9a-f]{{{SHORT}}})-([0-9a-f]{{{SHORT}}})-(\d{{8}}T\d{{6}}Z)"
_VERIFICATION = rf"([0-9a-f]{{{SHORT}}})-(\d{{8}}T\d{{6}}Z)"

Labels = t.Mapping[str, t.Sequence[str]]
# What to set: None for a label that must not exist.
LabelChanges = dict[str, "list[str] | None"]


@dataclass(frozen=True)
class Change:
    """One certificate replaced another one as the active one.

    :param new: the one that became the active one, short
    :param old: the one that it replaced, short
    :param when: since when the new one was the active one, to the second
    """

    new: str
    old: str
    when: datetime

    @classmethod
    def of(cls, new: str, old: str, when: datetime) -> Change:
        """Return the change between two certificates, given by their whole fingerprints."""
        return cls(short(new), short(old), when.replace(microsecond=0))

    def between(self, new: str, old: str) -> bool:
        """Return whether it is one between these two, given by their whole fingerprints."""
        return (self.new, self.old) == (short(new), short(old))

    def label(self) -> str:
        """Return the value that the label holds, and by which the operator names it.

        Letters, digits and hyphens only: which others a label may hold is not public.
        """
        return f"{self.new}-{self.old}-{self.when.strftime(STAMP)}"


@dataclass(frozen=True)
class Memory:
    """What earlier runs left in the labels of the secondary destination.

    :param activated: the last activation, or None
    :param verified: the certificate (short) with which a user's token was obtained, and when; or None
    :param rolled_back: the activation that was rolled back, dated as it was, or None
    """

    activated: Change | None = None
    verified: tuple[str, datetime] | None = None
    rolled_back: Change | None = None


def short(fingerprint: str) -> str:
    """Return the beginning of a fingerprint as labels and file names have it."""
    return fingerprint.replace(":", "").lower()[:SHORT]


def remembered(labels: Labels) -> Memory:
    """Read what earlier runs left; what cannot be read counts as missing."""
    verified = re.fullmatch(_VERIFICATION, _value(labels, LABEL_VERIFIED))
    when = _moment(verified[2]) if verified else None
    return Memory(
        activated=change_named(_value(labels, LABEL_ACTIVATED)),
        verified=(verified[1], when) if verified and when else None,
        rolled_back=change_named(_value(labels, LABEL_ROLLED_BACK)),
    )


def change_named(text: str) -> Change | None:
    """Return the activation that a label or an operator names, or None."""
    match = re.fullmatch(_CHANGE, text)
    when = _moment(match[3]) if match else None
    return Change(match[1], match[2], when) if match and when else None


def verification_label(fingerprint: str, moment: datetime) -> str:
    """Return the value of the label that a user's token was obtained with a certificate."""
    return f"{short(fingerprint)}-{moment.strftime(STAMP)}"


def of_activation(change: Change) -> LabelChanges:
    """Return the labels to set once a certificate is the active one."""
    return {LABEL_ACTIVATED: [change.label()], LABEL_ROLLED_BACK: None}


def of_verification(fingerprint: str, moment: datetime) -> LabelChanges:
    """Return the labels to set once a user's token was obtained with a certificate."""
    return {LABEL_VERIFIED: [verification_label(fingerprint, moment)]}


def of_doubt() -> LabelChanges:
    """Return the labels to set once a verification led to no evidence: nothing is verified any more."""
    return {LABEL_VERIFIED: None}


def of_return(change: Change | None) -> LabelChanges:
    """Return the labels to set once an activation was rolled back; without one, the labels that forget all.

    Should the certificate become the active one again, its soak time and its verification begin from the start.
    """
    attempt = [change.label()] if change else None
    return {LABEL_ACTIVATED: None, LABEL_VERIFIED: None, LABEL_ROLLED_BACK: attempt}


def _value(labels: Labels, key: str) -> str:
    values = labels.get(key) or []
    return values[0] if len(values) == 1 else ""


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, STAMP).replace(tzinfo=timezone.utc)
    except ValueError:
        return None
