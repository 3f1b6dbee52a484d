# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which findings of the catalogue a run has told: recognised by what the operator reads, from the first word to the
last."""

from __future__ import annotations

import functools
import re
import string
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import CATALOG

BETWEEN = "\n\n"  # two findings


def told_in(text: str) -> set[str]:
    """Return the IDs of the findings that a message consists of."""
    return {
        finding_id
        for block in text.split(BETWEEN)
        for finding_id, pattern in _patterns().items()
        if pattern.fullmatch(block)
    }


def told_by(result: dict[str, t.Any]) -> set[str]:
    """Return the IDs of the findings that a task's result tells."""
    return told_in(result["msg"]) if isinstance(result.get("msg"), str) else set()


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Return per finding what its whole text looks like, whatever the facts in it."""
    return {
        one.id: re.compile(r"\n".join(map(_pattern, (one.what, one.why, one.todo))), re.DOTALL)
        for one in CATALOG.values()
    }


def _pattern(template: str) -> str:
    parts = string.Formatter().parse(template)
    return "".join(re.escape(text) + (".+" if fact is not None else "") for text, fact, *_rest in parts)
