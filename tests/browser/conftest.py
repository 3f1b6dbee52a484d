# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report in HTML, opened in a real browser; and what Prometheus' own tool says of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import typing as t
from pathlib import Path

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._report.formats import rendered
from browser.sample_report import sample_report
from judges.javascript.node_packages import ROOT, installed

HERE = Path(__file__).resolve().parent
PROGRAM = "page.mjs"
PICTURES = ROOT / "docs" / "docsite" / "rst" / "images"
# Seconds after which the browser is taken for hanging.
TIMEOUT = 120


@pytest.fixture(scope="session")
def browser() -> str:
    """The path of Chromium, or of Chrome."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, "There is no Chromium: apt-get install chromium"
    return found


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report as a file."""
    path: Path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(rendered(sample_report(), ["html"])["html"][1], encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def seen(browser: str, page: Path) -> dict[str, t.Any]:
    """What the browser shows of it; REPORT_PICTURES=1 writes the pictures of the documentation too."""
    task = {"browser": browser, "url": page.as_uri(), "paper": str(page.with_suffix(".pdf")), "pictures": _pictures()}
    done = subprocess.run(
        ["node", PROGRAM],
        cwd=installed(HERE, PROGRAM),
        input=json.dumps(task),
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, t.Any] = json.loads(done.stdout)
    return result


def _pictures() -> str | None:
    return str(PICTURES) if os.environ.get("REPORT_PICTURES") else None
