# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every command that the documentation shows runs, in its order, and prints what the page shows: `make outputs`."""

from __future__ import annotations

import sys
import typing as t
from pathlib import Path

import pytest

from operator_at_work import ROOT

sys.path.append(str(ROOT / "tools"))

import demo
import outputs
from playground import CONFIG


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The landscape of the pages, with keys that are quicker to generate."""
    quick = tmp_path / "landscape.yml"
    text = CONFIG.read_text(encoding="utf-8")
    assert "key_size: 4096" in text
    quick.write_text(text.replace("key_size: 4096", "key_size: 2048"), encoding="utf-8")
    return quick


def differing(pages: t.Mapping[Path, str]) -> dict[str, tuple[str, str]]:
    """Return of each page that is not as it has to be: what it shows first that is not so, and what that has to be."""
    found = {}
    for path, text in pages.items():
        present = path.read_text(encoding="utf-8")
        lines = zip(present.splitlines(), text.splitlines(), strict=False)
        if present != text:
            found[path.name] = next((pair for pair in lines if pair[0] != pair[1]), ("", "more or fewer lines"))
    return found


def test_tutorial_and_demo(tmp_path: Path, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = demo.show(tmp_path / "a landscape", config)

    assert differing(pages) == {}
    printed = capsys.readouterr().out
    assert "Three environments are connected." in printed
    assert "eyJ" not in printed
    assert not (tmp_path / "a landscape").exists()


def test_how_to_guides(tmp_path: Path, config: Path) -> None:
    assert differing(outputs.session("howto", tmp_path / "landscape", config)) == {}
