# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One thing that a check can find, and how it is reported."""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass, replace

ERROR = "error"
WARNING = "warning"
# Parts of a finding that runs report; the others are about how.
REPORTED = ("id", "severity", "problem", "impact", "remedy")


@dataclass(frozen=True)
class Finding:
    """One finding; its texts have places for the facts in ``{}``.

    :param id: what an operator searches for, and never changes
    :param severity: an error stops the run before anything is written; a warning is reported
    :param problem: what is wrong, and where
    :param impact: why it matters
    :param remedy: what to do, as numbered steps if there are several
    :param brief: whether a run reports the problem alone, in one line; the documentation has the rest
    :param acknowledgeable: whether an operator can say once that it is known: it is about what cannot be verified
    """

    id: str
    severity: str
    problem: str
    impact: str
    remedy: str
    brief: bool = False
    acknowledgeable: bool = False

    def report(self, severity: str | None = None, **facts: t.Any) -> dict[str, str]:
        """Return the finding with its facts, as modules return it.

        :param severity: another severity than the usual one
        :raises KeyError: a fact is missing that a text names
        """
        filled = replace(
            self,
            severity=severity or self.severity,
            problem=self.problem.format(**facts),
            impact=self.impact.format(**facts),
            remedy=self.remedy.format(**facts),
        )
        details = [] if self.brief else [filled.impact, filled.remedy]
        text = "\n".join([f"{filled.problem} [{self.id}]", *details])
        parts = {key: value for key, value in asdict(filled).items() if key in REPORTED}
        return {**parts, "text": text}
