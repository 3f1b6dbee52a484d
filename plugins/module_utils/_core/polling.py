# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a module waits until the Destination Service shows what was just written to it."""

from __future__ import annotations

import time
import typing as t

T = t.TypeVar("T")

# Seconds before each try to read what a request has changed: a read may lag behind it.
POLL_DELAYS = (0.0, 0.2, 0.5, 1.0, 2.0)


def poll(read: t.Callable[[], T], settled: t.Callable[[T], bool]) -> T:
    """Read until what is read is as it has to be, with growing delays; return what was read last, settled or not."""
    result = read()
    for delay in POLL_DELAYS[1:]:
        if settled(result):
            break
        time.sleep(delay)
        result = read()
    return result
