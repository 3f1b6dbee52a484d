# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many values the tests of properties make up: `make fuzz EXAMPLES=2000` tries more of them, and others."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "house",
    max_examples=int(os.environ.get("EXAMPLES", "50")),
    # A busy machine is no failure.
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    # Every run tries the same, unless somebody searches for more.
    derandomize="EXAMPLES" not in os.environ,
)
settings.load_profile("house")
