# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parts that occur in several places of the report in HTML. Pure."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._report.markup import Child, Html, element, joined
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.schema import ATTENTION, OK, PROBLEM

# A sign next to each word, so that nothing depends on seeing colours.
SIGNS = {PROBLEM: "✕", ATTENTION: "▲", OK: "✓"}
# In a cell of which nothing is known.
NOTHING = element("span", "-", class_="none")
NUMBERED = re.compile(r"\d+\. (.*)")
INDENTED = re.compile(r" {2,}(\S.*)")
# What an operator copies: variables, perhaps with a value, playbooks, fingerprints and files.
TO_COPY = re.compile(
    r"""(\bfsm_\w+(?::[ ]"[^"]*")? | \bbtp_ops\.task_center\.\w+ | \b(?:[0-9A-F]{2}:){7,}[0-9A-F]{2}\b
         | (?<=\s)/\S+\.pem)""",
    re.VERBOSE,
)


def badge(level: str, words: str) -> Html:
    """Return words with the sign and the colour of a level."""
    return element("span", element("i", SIGNS[level], aria_hidden="true"), words, class_=f"badge {level}")


def table(caption: str, headings: t.Sequence[Child], rows: t.Iterable[t.Sequence[Child]], name: str = "") -> Html:
    """Return a table that can be scrolled if it is wide; the first cell of each row is its heading.

    :param name: of its class
    """
    return element(
        "div",
        element(
            "table",
            element("caption", caption),
            element("thead", element("tr", (element("th", one, scope="col") for one in headings))),
            element("tbody", (element("tr", _cells(row)) for row in rows)),
        ),
        class_=f"scroll {name}".strip(),
        tabindex=0,
        role="region",
        aria_label=caption,
    )


def marked(text: str) -> list[Child]:
    """Return a text with what is to be copied marked as such."""
    return [element("code", part) if number % 2 else part for number, part in enumerate(TO_COPY.split(text))]


def breakable(fingerprint: str) -> Html:
    """Return a fingerprint that is broken between its bytes, where it has to be."""
    return joined(Html(f"{part}<wbr>") if part == ":" else part for part in re.split("(:)", fingerprint))


def prose(text: str) -> Html:
    """Return a paragraph in which what is to be copied is marked as such."""
    return element("p", marked(text))


def instructions(text: str) -> t.Iterator[Html]:
    """Return a remedy: numbered lines as a list, indented ones as lines to paste, others as text."""
    items: list[list[Child]] = []
    for line in text.split("\n"):
        numbered, indented = NUMBERED.fullmatch(line), INDENTED.fullmatch(line)
        if numbered:
            items.append(marked(numbered[1]))
        elif indented:
            pasted = element("pre", indented[1], class_="paste")
            if items:
                items[-1].append(pasted)
            else:
                yield pasted
        elif line:
            yield from _list(items)
            items = []
            yield prose(line)
    yield from _list(items)


def _list(items: list[list[Child]]) -> t.Iterator[Html]:
    if items:
        yield element("ol", (element("li", *item) for item in items))


def _cells(row: t.Sequence[Child]) -> t.Iterator[Html]:
    yield element("th", row[0], scope="row")
    for cell in row[1:]:
        yield element("td", cell or NOTHING)
