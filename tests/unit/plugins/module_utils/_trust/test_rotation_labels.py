# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rotation leaves in labels for the next run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation_labels import (
    Change,
    Memory,
    remembered,
    short,
    verification_label,
)
from unit.plugins.rotation_situations import EMPTY, NEW, NOW, OLD


def test_labels_are_read_as_they_are_written() -> None:
    moment = NOW - timedelta(hours=3)
    change = Change.of(NEW, OLD, moment)
    labels = {"trust-activated": [change.label()], "trust-verified": [verification_label(NEW, NOW)]}
    assert remembered(labels) == Memory(change, (short(NEW), NOW))
    turned_back = {"trust-rolled-back": labels["trust-activated"]}
    assert remembered(turned_back) == Memory(rolled_back=change)
    assert all(set(value[0]) <= set("0123456789abcdefTZ-") for value in labels.values())


@pytest.mark.parametrize(
    "value",
    ["", "yes", f"{short(NEW)}-20280301T120000Z", f"{short(NEW)}-{short(OLD)}-20281399T120000Z", "zz"],
)
def test_label_that_cannot_be_read_counts_as_missing(value: str) -> None:
    assert remembered({"trust-activated": [value], "trust-verified": [f"{value}x"]}) == EMPTY
    assert remembered({"trust-activated": [value, value]}) == EMPTY
    assert remembered({"trust-activated": []}) == EMPTY
