# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which requests are tried again, and when.

How long to wait and what to retry follows SAP BTP Connectivity, "Destination Service REST API: resilience".
"""

from __future__ import annotations

import time
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients import limits

try:
    from urllib3.exceptions import InvalidHeader, MaxRetryError, ProxyError, SSLError
    from urllib3.util.retry import Retry
except ImportError:
    # The module's shell reports missing libraries before a session is made.
    Retry = object  # type: ignore[assignment,misc]

BACKOFF = 0.1  # seconds before the first retry; doubles with each further one
LONGEST_WAIT = 60.0  # seconds; a system that demands more is reported instead of waited for
OVERLOADED = 429
RETRIED = (OVERLOADED, 500, 502, 503, 504)


class TooPatient(Exception):
    """A system demands a longer wait than :data:`LONGEST_WAIT`, or than the request may last.

    :param seconds: that it demands
    :param status: of its answer
    """

    def __init__(self, seconds: float, status: int) -> None:
        super().__init__(f"it is overloaded, answered {status} and accepts no request for {seconds:.0f} seconds")
        self.status = status


class PatientRetry(Retry):
    """Retries with growing delay from :data:`BACKOFF`, never waits longer than :data:`LONGEST_WAIT` seconds.

    A 429 is repeated whatever the method: the request was refused, so nothing was carried out.
    """

    def increment(self, method: t.Any = None, url: t.Any = None, *args: t.Any, **options: t.Any) -> t.Any:
        """Count a failure; urllib3 repeats any method after errors of TLS or proxy, even if it was carried out."""
        error, response = options.get("error"), options.get("response")
        if error and limits.seconds_left() <= 0:
            raise MaxRetryError(options["_pool"], url, error)
        after_sending = isinstance(error, SSLError) or (isinstance(error, ProxyError) and broken(error))
        if error and after_sending and self.allowed_methods and method not in self.allowed_methods:
            raise error
        following = super().increment(method, url, *args, **options)
        if response is not None:
            # Or else urllib3 reads all of it before the next try, and before 2.8 however much that is.
            response.close()
        return following

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Return whether an answer of this status is worth another try, and there is time for one."""
        if not has_retry_after and self.get_backoff_time() >= limits.seconds_left():
            return False
        if status_code == OVERLOADED:
            return bool(self.total)
        return super().is_retry(method, status_code, has_retry_after)

    def get_backoff_time(self) -> float:
        """Return the seconds to wait before the next try."""
        return min(max(super().get_backoff_time(), BACKOFF), LONGEST_WAIT)

    def get_retry_after(self, response: t.Any) -> float | None:
        """Return the seconds that an answer demands to wait; None where it does not, or nobody understands it."""
        try:
            return super().get_retry_after(response)
        except (InvalidHeader, ValueError, OverflowError):
            return None

    def sleep(self, response: t.Any = None) -> None:
        """Wait as long as the answer demands, or as long as the number of tries so far suggests."""
        demanded = self.get_retry_after(response) if response is not None else None
        if demanded and demanded > min(LONGEST_WAIT, limits.seconds_left()):
            raise TooPatient(demanded, response.status)
        time.sleep(demanded or min(self.get_backoff_time(), max(limits.seconds_left(), 0)))


def causes(error: BaseException) -> t.Iterator[BaseException]:
    """Walk from an error of requests to what the libraries below it say."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        inner = getattr(seen, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((part for part in seen.args if isinstance(part, BaseException)), None)
        seen = inner


def broken(error: BaseException) -> bool:
    """Return whether a connection broke that had been made: urllib3 blames the proxy for it, if there is one."""
    broken = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
    return any(isinstance(cause, broken) for cause in causes(error))
