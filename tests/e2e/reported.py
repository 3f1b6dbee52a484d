# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which findings of the catalogue a run has reported: recognised by what the operator reads, from the first word to the
last."""

from __future__ import annotations

import functools
import re
import string
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import CATALOG, Finding

BETWEEN = "\n\n"  # two findings


def reported_in(text: str) -> set[str]:
    """Return the IDs of the findings that a message consists of."""
    return {
        finding_id
        for block in text.split(BETWEEN)
        for finding_id, pattern in _patterns().items()
        if pattern.fullmatch(block)
    }


def reported_by(result: dict[str, t.Any]) -> set[str]:
    """Return the IDs of the findings that a task's result reports."""
    return reported_in(result["msg"]) if isinstance(result.get("msg"), str) else set()


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Return per finding the pattern of its whole text, whatever the facts in it."""
    return {one.id: re.compile(_text(one), re.DOTALL) for one in CATALOG.values()}


def _text(one: Finding) -> str:
    details = [] if one.brief else [one.impact, one.remedy]
    return r"\n".join([rf"{_pattern(one.problem)} \[{one.id}\]", *map(_pattern, details)])


def _pattern(template: str) -> str:
    parts = string.Formatter().parse(template)
    return "".join(re.escape(text) + (".+" if fact is not None else "") for text, fact, *_rest in parts)
