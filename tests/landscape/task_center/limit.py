# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Task Center refuses who calls too often. That it does is public; how often is too often is not."""

from __future__ import annotations

import math
import typing as t
from datetime import timedelta

from ..platform.web import PlainServiceError

if t.TYPE_CHECKING:
    from datetime import datetime

    from ..platform.clock import Clock

_WINDOW = timedelta(minutes=1)


class RequestLimit:
    """So many requests within any minute, for each tenant."""

    def __init__(self, clock: Clock, requests_per_minute: int) -> None:
        self._clock = clock
        self._allowed = requests_per_minute
        # Moments of the latest requests that were allowed, by tenant.
        self._moments: dict[str, list[datetime]] = {}

    def count(self, tenant_id: str) -> None:
        """Count one request of a tenant.

        Raises:
            ServiceError: 429 with ``Retry-After`` in seconds for one too many, which does not count.
        """
        now = self._clock.now()
        # Where a test has moved the clock back, there are moments in the future; they do not count.
        moments = [moment for moment in self._moments.get(tenant_id, ()) if now - _WINDOW < moment <= now]
        if len(moments) >= self._allowed:
            wait = math.ceil((moments[0] + _WINDOW - now).total_seconds())
            headers = {"Retry-After": str(wait)}
            raise PlainServiceError(429, "Too Many Requests", media_type="text/plain", headers=headers)
        self._moments[tenant_id] = [*moments, now]
