# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plot of a benchmark: how the time grows with the number of environments."""

from __future__ import annotations

import io
import typing as t

import matplotlib as mpl
from matplotlib.figure import Figure

from .scenarios import SCENARIOS, SUBJECTS

if t.TYPE_CHECKING:
    from .results import Results

SIZE = (9.0, 4.0)  # inches
# Text stays text, and the same results make the same file.
STYLE: t.Any = {"svg.fonttype": "none", "svg.hashsalt": "benchmark", "font.size": 9}


def plot(results: Results) -> str:
    """Return an SVG document with one panel per job that several subjects do."""
    titles = [scenario.title for scenario in SCENARIOS if scenario.peers and scenario.title in results.titles()]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        panels = figure.subplots(1, len(titles), sharey=True, squeeze=False)[0]
        for panel, title in zip(panels, titles, strict=True):
            for subject in SUBJECTS:
                _draw(panel, results, title, subject)
            panel.set(title=title, xscale="log", yscale="log", xlabel="environments", xticks=results.sizes)
            panel.set_xticks(results.sizes, labels=map(str, results.sizes), minor=False)
            panel.minorticks_off()
            panel.grid(alpha=0.3)
        panels[0].set_ylabel("seconds")
        panels[0].legend()
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def _draw(panel: t.Any, results: Results, title: str, subject: str) -> None:
    """Draw one line, with a bar from the fastest to the slowest repetition."""
    found = {hosts: results.median(title, subject, hosts, "seconds") for hosts in results.sizes}
    medians = {hosts: median for hosts, median in found.items() if median is not None}
    below, above = [], []
    for hosts, median in medians.items():
        seconds = [sample["seconds"] for sample in results.of(title, subject, hosts)]
        below.append(median - min(seconds))
        above.append(max(seconds) - median)
    panel.errorbar(
        list(medians), list(medians.values()), yerr=[below, above], label=subject, marker="o", markersize=3, capsize=2
    )
