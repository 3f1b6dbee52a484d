# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plugin for pytest that runs some of the selected tests instead of all of them: ``-p sampling --sample 12``."""

from __future__ import annotations

import random

import pytest

ALWAYS = "main_job"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, as pytest asks plugins to."""
    parser.addoption("--sample", type=int, help="how many of the selected tests to run, besides the main job")
    parser.addoption("--seed", default="1", help="another seed, another sample")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that are not in the sample, after those that other options leave out."""
    count = config.getoption("--sample")
    if count is None:
        return
    kept = chosen([item.nodeid for item in items], count, config.getoption("--seed"))
    left_out = [item for item in items if item.nodeid not in kept and not item.get_closest_marker(ALWAYS)]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def chosen(names: list[str], count: int, seed: str) -> set[str]:
    """Return as many of the names as asked for; the same ones for the same seed, in whatever order they are."""
    return set(random.Random(seed).sample(sorted(names), min(count, len(names))))
