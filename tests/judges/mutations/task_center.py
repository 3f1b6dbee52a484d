# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Task Center: decisions in users' names."""

from __future__ import annotations

import typing as t

from landscape.task_center.calls import DestinationAccess
from landscape.task_center.connectors import SECONDARY_SUFFIX

from .mutation import PYTHON_CLIENT, caught_by, replace

if t.TYPE_CHECKING:
    import pytest


@caught_by(f"{PYTHON_CLIENT}propagation.py::test_task_center_decides_through_the_secondary_of_the_same_name")
def first_secondary_decides(patch: pytest.MonkeyPatch) -> None:
    """With two pairs in a subaccount, decisions go to the wrong system; a pair that is misnamed works in tests."""

    async def faulty(
        original: t.Any, access: DestinationAccess, client: t.Any, name: str, user_token: str | None = None
    ) -> t.Any:
        if name.endswith(SECONDARY_SUFFIX):
            names = [item["Name"] for item in await access.list(client)]
            name = next((item for item in names if item.endswith(SECONDARY_SUFFIX)), name)
        return await original(access, client, name, user_token)

    replace(patch, DestinationAccess, "approval_api", faulty)
