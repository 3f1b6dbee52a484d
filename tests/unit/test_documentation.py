# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation's pages: each can be reached, links lead somewhere, examples can be read, no value is left out."""

from __future__ import annotations

import re
import sys
import typing as t
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
import pytest
import yaml

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.definition import TABLES
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.variables import VARIABLES

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "tools"))

import outputs
import transcript
import values_page

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst"))
TEXTS = {
    path: path.read_text(encoding="utf-8")
    for path in [*PAGES, *(ROOT / "docs" / "site").glob("*.rst"), *ROOT.glob("*.md"), *ROOT.glob("roles/*/README.md")]
}
# Read by the role itself, not one of the variables that its modules check.
BY_THE_ROLE = {"fsm_destination_service_key"}


class Vaulted(yaml.SafeLoader):
    """Reads YAML with values that are vaulted by themselves."""


Vaulted.add_constructor("!vault", lambda loader, node: str(node.value))


def entries(text: str) -> set[str]:
    """Return the pages that the tables of contents of a page list."""
    found: set[str] = set()
    for body in re.findall(r"(?m)^\.\. toctree::\n((?:   .*\n|\n)*)", text):
        lines = (line.strip() for line in body.splitlines())
        found |= {re.sub(r".*<(.+)>$", r"\1", line).rpartition("/")[2] for line in lines if line and line[0] != ":"}
    return found


def code(path: Path, language: str) -> list[str]:
    """Return the blocks of code of a page in a language."""
    blocks = re.findall(
        rf"(?m)^( *)\.\. code-block:: {re.escape(language)}\n(?:\1 +:\w+:.*\n)*\n((?:\1   .*\n|\n)+)", TEXTS[path]
    )
    return ["\n".join(line[len(indent) + 3 :] for line in body.splitlines()) for indent, body in blocks]


def templates(value: t.Any) -> t.Iterator[str]:
    """Walk through the texts of a value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from templates(item)
    elif isinstance(value, str):
        yield value


def test_every_page_can_be_reached() -> None:
    listed = {entry for text in TEXTS.values() for entry in entries(text)}
    assert {path.stem for path in PAGES} - listed == set()


def test_pages_of_the_collection_and_of_the_site_are_the_same() -> None:
    """docs/docsite lists them for sites of many collections, docs/site for that of this one."""
    sections = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    of_collection = [page for section in sections for page in section["toctree"]]
    of_site = re.findall(r"(?m)^   collections/.*/docsite/(\w+)$", TEXTS[ROOT / "docs" / "site" / "index.rst"])
    assert of_collection == of_site


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_are_well_formed(path: Path) -> None:
    """Whether they answer, `make links` asks, where there is a network."""
    for link in re.findall(r"(?:<|\]\()((?:\w+:)?//[^>)\s]+)[>)]", TEXTS[path]):
        parts = urlsplit(link)
        assert parts.scheme == "https", link
        assert re.fullmatch(r"([a-z0-9-]+\.)+[a-z]+", parts.netloc), link
        own = re.fullmatch(r"/btp-ops/task_center/(?:blob|tree)/main/(.+)", parts.path)
        assert own is None or (ROOT / own[1]).exists(), link


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_examples_can_be_read(path: Path) -> None:
    """As YAML, and each text in them as a template."""
    for text in [*code(path, "yaml"), *code(path, "yaml+jinja")]:
        for template in templates(yaml.load(text, Vaulted)):  # noqa: S506 - derived from the safe loader
            jinja2.Environment(autoescape=True).parse(template)


def test_every_page_that_shows_commands_is_run() -> None:
    showing = {path for path, text in TEXTS.items() if transcript.blocks(text, path.suffix)}
    assert showing == {path for pages in outputs.SESSIONS.values() for path in pages}


def test_every_value_has_a_place() -> None:
    """A new variable is to be looked up somewhere, or is a setting."""
    data = values_page.values()
    looked_up = [one["variable"] for one in data["inputs"]]
    assert sorted([*looked_up, *data["settings"]]) == sorted({*(f"fsm_{name}" for name in VARIABLES), *BY_THE_ROLE})


@pytest.mark.parametrize("which", ["primary", "secondary"])
def test_every_property_has_a_row(which: str) -> None:
    data = values_page.values()
    properties, secrets = TABLES[which]
    shown = [row[1].strip("`") for row in values_page.rows(which, data)]
    assert {*properties, *secrets, *data["additional"][which]} == set(shown)
    assert len(shown) == len(set(shown))


def test_every_label_of_the_cockpit_is_of_a_property() -> None:
    data = values_page.values()
    known = {row[1].strip("`") for which in TABLES for row in values_page.rows(which, data)}
    assert set(data["labels"]) - known == set()
