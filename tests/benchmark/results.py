# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of a benchmark: medians and spreads over the repetitions."""

from __future__ import annotations

import statistics
import typing as t

if t.TYPE_CHECKING:
    from .bench import Sample
    from .profiling import Part

# To this number of environments what is reported per environment refers, and from it growth is counted.
USUAL = 50


class Results:
    """What a benchmark wrote down."""

    def __init__(self, report: dict[str, t.Any]) -> None:
        self.machine: dict[str, t.Any] = report["machine"]
        self.options: dict[str, t.Any] = report["options"]
        self.samples: list[Sample] = report["samples"]

    @property
    def sizes(self) -> list[int]:
        """The numbers of environments, from the smallest on."""
        return sorted({sample["hosts"] for sample in self.samples})

    @property
    def usual(self) -> int:
        """The usual number of environments, or the largest that was measured."""
        return USUAL if USUAL in self.sizes else self.sizes[-1]

    def titles(self) -> list[str]:
        """Return the titles of the scenarios, in the order in which they were measured."""
        return list(dict.fromkeys(sample["scenario"] for sample in self.samples))

    def of(self, scenario: str, subject: str, hosts: int) -> list[Sample]:
        """Return the repetitions of one measurement."""
        wanted = (scenario, subject, hosts)
        return [item for item in self.samples if (item["scenario"], item["subject"], item["hosts"]) == wanted]

    def median(self, scenario: str, subject: str, hosts: int, field: str) -> float | None:
        """Return the median of a number, None if it was not measured."""
        values = [sample[field] for sample in self.of(scenario, subject, hosts) if sample.get(field) is not None]
        return statistics.median(values) if values else None

    def ratio(self, scenario: str, hosts: int, subject: str, other: str) -> float | None:
        """Return the ratio of the times of two subjects."""
        return quotient(*(self.median(scenario, name, hosts, "seconds") for name in (subject, other)))

    def profile(self, scenario: str, subject: str) -> list[Part]:
        """Return the parts of a run with one environment, each with its median time; empty if there was none."""
        profiles: list[list[Part]] = [sample["profile"] for sample in self.of(scenario, subject, 1)]
        parts = zip(*profiles, strict=True)
        return [same[0] | {"ms": statistics.median(part["ms"] for part in same)} for same in parts]


def quotient(dividend: float | None, divisor: float | None) -> float | None:
    """Return a quotient, None if a number is missing."""
    return None if dividend is None or not divisor else dividend / divisor
