# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When the labels of a destination count as changed, and what they are to be then. Pure: no I/O, no Ansible.

Facts: SAP BTP Connectivity, "Use Labels": a destination has at most ten labels, each with at most ten values.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, Refused
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.words import kind_of

MAXIMUM_LABELS = 10
MAXIMUM_VALUES = 10

# Key to values.
Labels = dict[str, list[str]]
# The same as a task describes them: None for a label that must not exist.
DesiredLabels = dict[str, "list[str] | None"]


@dataclass(frozen=True)
class LabelsPlan:
    """The labels of one destination, before and after."""

    before: Labels
    after: Labels

    @property
    def changed_labels(self) -> list[str]:
        """Keys of the labels that appear, change or go."""
        keys = {*self.before, *self.after}
        return sorted(key for key in keys if not same_values(self.before.get(key), self.after.get(key)))


def same_values(one: t.Collection[str] | None, other: t.Collection[str] | None) -> bool:
    """Return whether two labels say the same: the values of a label have no order."""
    return set(one or ()) == set(other or ())


def same_labels(one: Labels, other: Labels) -> bool:
    """Return whether two sets of labels say the same."""
    return not LabelsPlan(one, other).changed_labels


def desired_labels(name: str, labels: dict[str, t.Any]) -> DesiredLabels:
    """Check what a task says of the labels of destination ``name``, and put it into the service's terms.

    :raises InputError: a value cannot be meant, or there are too many; the message names all that is wrong
    """
    wrong = [text for key, values in labels.items() for text in _unfit(key, values)]
    kept = [key for key, values in labels.items() if values is not None]
    if len(kept) > MAXIMUM_LABELS:
        wrong.append(f"there are {len(kept)} labels, and the Destination Service keeps at most {MAXIMUM_LABELS}")
    if wrong:
        raise InputError(f"Destination {name}: {'; '.join(wrong)}.", "Correct the labels; nothing was changed.")
    return {key: None if values is None else _texts(values) for key, values in labels.items()}


def filter_labels(labels: dict[str, t.Any]) -> Labels:
    """Check which labels a task selects by, and put them into the service's terms.

    :raises InputError: a value cannot be meant; the message names all that is wrong
    """
    wrong = [text for key, values in labels.items() for text in _unfit(key, values, limited=False)]
    wrong += [f"the label {key} has no values to select by" for key, values in labels.items() if values in (None, [])]
    if wrong:
        raise InputError(f"labels: {'; '.join(wrong)}.", "Correct the labels to select by.")
    return {key: _texts(values) for key, values in labels.items()}


def plan_labels(name: str, wanted: DesiredLabels, current: Labels, purge: bool = False) -> LabelsPlan:
    """Decide what the labels of destination ``name`` are to be.

    :param current: as they are
    :param purge: whether labels that are not named have to go
    :raises Refused: with those that are not named, there would be too many
    """
    after = {} if purge else dict(current)
    for key, values in wanted.items():
        if values is None:
            after.pop(key, None)
        else:
            # Unchanged where it says the same, so that the diff shows no order that means nothing.
            after[key] = current[key] if same_values(current.get(key), values) else values
    if len(after) > MAXIMUM_LABELS:
        others = sorted(after.keys() - wanted.keys())
        raise Refused(
            f"Destination {name} would have {len(after)} labels, and the Destination Service keeps at most "
            f"{MAXIMUM_LABELS}; the task does not name {', '.join(others)}. Nothing was changed.",
            "Set labels that are not needed to null, or set purge_labels.",
        )
    return LabelsPlan(current, after)


def _unfit(key: t.Any, values: t.Any, limited: bool = True) -> t.Iterator[str]:
    """Say what is wrong with one label; ``limited`` when it is to be stored."""
    if not isinstance(key, str):
        yield f"the label {key} is {kind_of(key)}; quote it"
    elif not key.strip():
        yield "a label has no name"
    if values is None:
        return
    if not isinstance(values, list):
        yield f"the label {key} is {kind_of(values)}; a label is a list of texts"
        return
    if limited and not values:
        yield f"the label {key} has no values; null removes a label"
    if any(isinstance(value, float) or not isinstance(value, (str, int)) for value in values):
        yield f"the label {key} has a value that is no text; quote it"
    elif any(isinstance(value, str) and not value.strip() for value in values):
        yield f"the label {key} has an empty value"
    elif limited and len(_texts(values)) > MAXIMUM_VALUES:
        yield (
            f"the label {key} has {len(_texts(values))} values, and the Destination Service keeps at most "
            f"{MAXIMUM_VALUES}"
        )


def _texts(values: list[t.Any]) -> list[str]:
    """Return the values as the service keeps them, each once."""
    return list(dict.fromkeys(str(value).lower() if isinstance(value, bool) else str(value) for value in values))
