# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTML that is put together from elements: whatever is no element is text, and is escaped. Pure."""

from __future__ import annotations

import html
import typing as t

# Elements without content, of HTML and of SVG.
VOID = frozenset({"link", "meta", "rect"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Child: t.TypeAlias = "str | t.Iterable[Child] | None"


def element(tag: str, *children: Child, **attributes: str | int | bool | None) -> Html:
    """Return an element.

    :param children: elements, text, which is escaped, or several of them
    :param attributes: with ``_`` for ``-``, and one at the end of what is a word of Python; what is None or False is
        left out
    """
    # Not "in", for 0 is False to it.
    kept = {key: value for key, value in attributes.items() if value is not None and value is not False}
    given = "".join(_attribute(key, value) for key, value in kept.items())
    if tag in VOID:
        return Html(f"<{tag}{given}>" if tag != "rect" else f"<{tag}{given}/>")
    return Html(f"<{tag}{given}>{joined(children)}</{tag}>")


def joined(children: t.Iterable[Child]) -> Html:
    """Return elements and text one after the other."""
    return Html("".join(_content(child) for child in children))


def _content(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    return html.escape(child) if isinstance(child, str) else joined(child)


def _attribute(key: str, value: str | int | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(str(value))}"'
