# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Questions to several systems at once, of which none spoils the answers of the others."""

from __future__ import annotations

import threading
import typing as t
from concurrent.futures import Future

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import OperatorError

T = t.TypeVar("T")
Answer = dict[str, t.Any]


def run_in_thread(question: t.Callable[[], T]) -> Future[T]:
    """Ask in a thread of its own, for which nobody waits when the task is given up: a task may have a timeout."""
    answer: Future[T] = Future()

    def work() -> None:
        try:
            answer.set_result(question())
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is used
            answer.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return answer


def capture_failure(question: t.Callable[[], Answer]) -> Answer:
    """Return the answer to a question, or ``failed`` and ``msg``: why there is none."""
    try:
        return question()
    except OperatorError as error:
        return {"failed": True, "msg": str(error)}
