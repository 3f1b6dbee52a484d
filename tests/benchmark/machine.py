# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a benchmark was measured on."""

from __future__ import annotations

import os
import platform
import re
import time
import typing as t
from importlib.metadata import version
from pathlib import Path

import yaml

from .bench import ROOT


def describe() -> dict[str, t.Any]:
    """Describe machine, software and day. The load shows whether others were at work when the measuring began."""
    cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processors": len(os.sched_getaffinity(0)),
        "model": model[1] if model else platform.machine(),
        "memory_gib": round(pages / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "ansible_core": version("ansible-core"),
        "collection": yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"],
        "load": round(os.getloadavg()[0], 2),
    }
