# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sample of tests is the same for every worker, and another one with another seed."""

from __future__ import annotations

from sampling import chosen

NAMES = [f"test_{number}" for number in range(50)]


def test_a_sample_depends_on_its_seed_alone() -> None:
    first = chosen(NAMES, 12, "1")

    assert len(first) == 12
    assert first < set(NAMES)
    assert chosen(NAMES[::-1], 12, "1") == first
    assert chosen(NAMES, 12, "2") != first


def test_a_sample_of_few_is_all_of_them() -> None:
    assert chosen(NAMES[:3], 12, "1") == set(NAMES[:3])
