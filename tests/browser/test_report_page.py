# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report in HTML as people have it: with other eyes, other colours, a small screen, no mouse, on paper."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

if t.TYPE_CHECKING:
    Seen = dict[str, t.Any]

LIGHT, DARK, WHITE = "rgb(244, 246, 248)", "rgb(16, 21, 27)", "rgb(255, 255, 255)"
SCENES = ("light", "dark", "narrow")
# Documentation is downloaded with its pictures.
LARGEST = 300_000
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "docsite" / "rst" / "images"


@pytest.mark.parametrize("scene", SCENES)
def test_nothing_keeps_people_from_using_it(seen: Seen, scene: str) -> None:
    """According to axe-core, whose rules include contrast, names, headings and landmarks; folded and unfolded."""
    assert seen[scene]["violations"] == []


@pytest.mark.parametrize("scene", SCENES)
def test_nothing_is_loaded_from_elsewhere(seen: Seen, page: Path, scene: str) -> None:
    assert [url for url in seen[scene]["requested"] if not url.startswith("data:")] == [page.as_uri()]


def test_it_has_the_colours_that_its_reader_has_chosen(seen: Seen) -> None:
    assert [seen[scene]["background"] for scene in SCENES] == [LIGHT, DARK, DARK]


@pytest.mark.parametrize("scene", SCENES)
def test_it_fits_the_screen(seen: Seen, scene: str) -> None:
    """Only tables are scrolled, each for itself."""
    assert seen[scene]["overflow"] <= 0


def test_the_keyboard_reaches_everything_in_the_order_of_the_page(seen: Seen) -> None:
    stops = seen["keyboard"]
    assert stops[0]["words"] == "To the environments"
    assert all(stop["outlined"] for stop in stops)
    tops = [stop["top"] for stop in stops[1:]]
    assert tops == sorted(tops)
    words = " ".join(stop["words"] for stop in stops)
    for reached in ("What to do", "prod-apac", "PEM", "What is due later", "dev-emea", "Certificate lifetimes"):
        assert reached in words
    assert seen["unfolds"]


def test_paper_shows_everything_and_no_dark_page(seen: Seen, page: Path) -> None:
    assert seen["paper"]["hidden"] == 0
    assert seen["paper"]["background"] == WHITE
    assert page.with_suffix(".pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_of_the_documentation_are_small(scheme: str) -> None:
    assert 0 < (PICTURES / f"report-{scheme}.png").stat().st_size < LARGEST
