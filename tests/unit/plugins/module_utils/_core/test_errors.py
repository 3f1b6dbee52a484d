# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An error names the problem and what to do next."""

from __future__ import annotations

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core import errors


@pytest.mark.parametrize("kind", [errors.InputError, errors.Refused, errors.OperatorError])
def test_text_is_problem_and_remedy(kind: type[errors.OperatorError]) -> None:
    error = kind("It is broken.", "Mend it.")
    assert (str(error), error.problem, error.remedy) == ("It is broken. Mend it.", "It is broken.", "Mend it.")


@pytest.mark.parametrize("kind", [errors.Unreachable, errors.AnswerLost])
def test_error_of_a_service_knows_its_status(kind: type[errors.ServiceError]) -> None:
    assert kind("a", "b").status is None
    assert isinstance(kind("a", "b", 503), errors.OperatorError)
    assert kind("a", "b", 503).status == 503
