# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every finding of the catalogue is provoked by a real run: tests name those that theirs report, and are held to it."""

from __future__ import annotations

import importlib
import typing as t
from pathlib import Path

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import CATALOG


def test_every_finding_is_provoked_by_a_run() -> None:
    promised = {finding for mark in _marks() if mark.name == "provokes" for finding in mark.args}
    assert {"reported by no run": set(CATALOG) - promised, "unknown": promised - set(CATALOG)} == {
        "reported by no run": set(),
        "unknown": set(),
    }


def _marks() -> t.Iterator[t.Any]:
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        for function in vars(importlib.import_module(path.stem)).values():
            yield from getattr(function, "pytestmark", [])
