# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the judges of the landscape share: programs, descriptions and facts that others published, held against it."""

from __future__ import annotations

import pytest

from judges.mutations import MUTATIONS
from unit.landscape.conftest import (
    assumptions,
    environment,
    fetch_token,
    http,
    landscape,
    log_on,
    primary,
    secondary,
    service,
    user_token,
)

__all__ = [
    "assumptions",
    "environment",
    "fetch_token",
    "http",
    "landscape",
    "log_on",
    "primary",
    "secondary",
    "service",
    "user_token",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run of the judges be one over a landscape with a deliberate fault."""
    parser.addoption("--mutation", metavar="NAME", choices=sorted(MUTATIONS), help="a fault of judges.mutations")


def pytest_configure(config: pytest.Config) -> None:
    """Build the fault in, before the landscape starts."""
    name = config.getoption("--mutation")
    if name:
        patch = pytest.MonkeyPatch()
        config.add_cleanup(patch.undo)
        MUTATIONS[name].apply(patch)
