# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whichever way what nobody outside SAP knows turns out: the right state, or a clear stop, and never a false success.

``make assumptions`` tries every alternative of every assumption and writes the results into the documentation; else a
sample of them is tried.
"""

from __future__ import annotations

import json
import os
import random
import typing as t

import pytest

from assumption_cells import CELLS, RIGHT, STOP
from assumption_operations import OPERATIONS, Operation
from operator_at_work import ROOT

if t.TYPE_CHECKING:
    from operator_at_work import Operator

WHOLE = os.environ.get("ASSUMPTIONS") == "every"
# Another seed, another sample.
SEED = os.environ.get("ASSUMPTIONS_SEED", "1")
SAMPLE = 3  # alternatives per operation
RESULTS = ROOT / ".work" / "assumptions"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name.replace(" ", "-"))
def test_no_alternative_leads_to_a_false_success(operator: Operator, operation: type[Operation]) -> None:
    cells = list(CELLS) if WHOLE else random.Random(f"{SEED} {operation.name}").sample(CELLS, SAMPLE)

    outcomes = {cell.host: outcome for cell, outcome in operation(operator, cells).outcomes().items()}

    if WHOLE:
        RESULTS.mkdir(parents=True, exist_ok=True)
        (RESULTS / f"{operation.name}.json").write_text(json.dumps(outcomes, indent=1), encoding="utf-8")
    assert set(outcomes) == {cell.host for cell in cells}
    assert {host: outcome for host, outcome in outcomes.items() if outcome not in (RIGHT, STOP)} == {}
