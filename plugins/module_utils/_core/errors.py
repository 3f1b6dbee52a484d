# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operator reads when something cannot be done: which system, what it answered, what to do next."""

from __future__ import annotations


class OperatorError(Exception):
    """A problem in the words of the operator who has to solve it.

    :param problem: what is wrong, with the system, destination or certificate it is about; never a secret
    :param remedy: what to do next
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


class InputError(OperatorError):
    """The task's options are wrong; nothing was sent to any system."""


class ServiceError(OperatorError):
    """A system answered a request with something other than success.

    :param status: the HTTP status of the answer, or None when there was no answer
    """

    def __init__(self, problem: str, remedy: str, status: int | None = None) -> None:
        super().__init__(problem, remedy)
        self.status = status


class Unreachable(ServiceError):
    """The request never arrived: name resolution, proxy, TLS or connection failed."""


class AnswerLost(ServiceError):
    """The request may have been carried out, but its answer did not arrive: read before acting again."""


class Refused(OperatorError):
    """The requested change would do harm, so nothing was changed."""
