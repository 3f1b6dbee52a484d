# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One thing that a check can find."""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass, replace

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One finding; its texts have places for the facts in ``{}``.

    :param severity: an error stops the run before anything is written; a warning is told
    """

    id: str
    severity: str
    what: str
    why: str
    todo: str

    def told(self, severity: str | None = None, **facts: t.Any) -> dict[str, str]:
        """Return the finding with its facts, as the role and its report use it.

        :param severity: another severity than the usual one
        """
        filled = replace(
            self,
            severity=severity or self.severity,
            what=self.what.format(**facts),
            why=self.why.format(**facts),
            todo=self.todo.format(**facts),
        )
        return {**asdict(filled), "text": f"{filled.what}\n{filled.why}\n{filled.todo}"}
