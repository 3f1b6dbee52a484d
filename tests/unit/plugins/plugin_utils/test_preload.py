# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is loaded before workers are forked is what there is: a name that is none would be passed over in silence."""

from __future__ import annotations

import pytest

from ansible_collections.btp_ops.task_center.plugins.filter import fsm, table
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._preload import EXPRESSIONS

COLLECTION = "btp_ops.task_center."
OWN = [name.removeprefix(COLLECTION) for _loader, name in EXPRESSIONS if name.startswith(COLLECTION)]


FILES = [fsm.FilterModule().filters(), table.FilterModule().filters()]


@pytest.mark.parametrize("filters", FILES)
def test_a_filter_of_each_file_is_loaded(filters: dict[str, object]) -> None:
    assert set(OWN) & filters.keys()


def test_no_filter_is_loaded_that_is_none() -> None:
    assert set(OWN) <= {name for filters in FILES for name in filters}
