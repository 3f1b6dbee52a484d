# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lifetimes of certificates as a picture and in words, for the report in HTML. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.btp_ops.task_center.plugins.module_utils._report.html_words import NOTHING
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.markup import Child, Html, element
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import moment_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.view import SLOTS, Environment, View
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.words import NOW, day, days_left, when

WIDTH, HEIGHT = 1000, 22
# What the picture shows at most; what ends later ends at its edge.
BEFORE, AFTER = timedelta(days=60), timedelta(days=3 * 365)
LEAST = timedelta(days=120)
TICKS = 5
# Share of it that a label takes; a tick that is nearer to the present has none.
NEAR = 0.08
# Environments in the picture, those whose certificates expire first.
MOST = 60


@dataclass(frozen=True)
class Axis:
    """The time that the picture shows, and the moment of the report in it."""

    start: datetime
    end: datetime
    now: datetime

    def x(self, moment: datetime) -> float:
        """Return where a moment is, within the picture."""
        share = (moment - self.start) / (self.end - self.start)
        return round(WIDTH * min(max(share, 0.0), 1.0), 1)


@dataclass(frozen=True)
class Lifetime:
    """A certificate of an environment."""

    environment: Environment
    slot: str
    certificate: dict[str, t.Any]
    end: datetime

    @property
    def rotation_starts(self) -> datetime | None:
        """From when on it is replaced; the passive one is what it is replaced with."""
        return moment_of(self.environment.newest("rotation_starts")) if self.slot == "active" else None


def timeline(view: View) -> Html | None:
    """Return the lifetimes of all certificates whose end is known; None if there are none."""
    lifetimes = sorted(_lifetimes(view), key=lambda one: one.end)
    if not lifetimes:
        return None
    axis = _axis(lifetimes, moment_of(view.report["reported_at"]) or lifetimes[0].end)
    ticks = [axis.start + (axis.end - axis.start) * number / TICKS for number in range(1, TICKS)]
    apart = (axis.end - axis.start) * NEAR
    labels = {axis.now: NOW, **{tick: f"{tick:%Y-%m}" for tick in ticks if abs(tick - axis.now) > apart}}
    heading = element(
        "div",
        (element("span", words, style=f"left: {axis.x(moment) / 10:g}%") for moment, words in labels.items()),
        class_="axis",
        aria_hidden="true",
    )
    lifetime = (element("span", "Lifetime", class_="unseen"), heading)
    names: tuple[Child, ...] = ("Environment", lifetime, "Replaced from", "Expires", "Left")
    left_out = len(lifetimes) - MOST
    return element(
        "div",
        element(
            "div",
            element(
                "table",
                element("caption", "Each certificate from when it is valid until it expires, on one axis of time"),
                element("thead", element("tr", (element("th", name, scope="col") for name in names))),
                element("tbody", (_row(one, axis) for one in lifetimes[:MOST])),
            ),
            class_="scroll",
            tabindex=0,
            role="region",
            aria_label="Certificate lifetimes",
        ),
        _legend(),
        element("p", f"{left_out} more, which expire later, are not in the picture.", class_="more")
        if left_out > 0
        else None,
        class_="card",
    )


def _lifetimes(view: View) -> t.Iterator[Lifetime]:
    for environment in view.environments:
        for slot in SLOTS:
            certificate = environment.certificate(slot)
            end = moment_of(certificate["not_after"]) if certificate else None
            if certificate and end:
                yield Lifetime(environment, slot, certificate, end)


def _axis(lifetimes: list[Lifetime], now: datetime) -> Axis:
    last = min(max(one.end for one in lifetimes), now + AFTER)
    return Axis(now - BEFORE, max(last, now + LEAST) + timedelta(days=15), now)


def _row(one: Lifetime, axis: Axis) -> Html:
    expired = one.end <= axis.now
    label = element("small", f"{one.slot}, {one.certificate['fingerprint'][:11]}")
    starts = one.rotation_starts
    return element(
        "tr",
        element("th", one.environment.name, label, scope="row"),
        element("td", _picture(one, axis), class_="line"),
        element("td", when(starts) if starts else NOTHING, class_="nowrap"),
        element("td", when(one.end), class_="nowrap"),
        element("td", days_left(one.certificate), class_="nowrap problem" if expired else "nowrap"),
    )


def _picture(one: Lifetime, axis: Axis) -> Html:
    begin = moment_of(one.certificate["not_before"]) or axis.start
    words = f"Valid from {day(one.certificate['not_before'])} until {when(one.end)}"
    parts = [_bar(axis, begin, one.end, 8, "bar")]
    if one.rotation_starts:
        words += f", replaced from {when(one.rotation_starts)} on"
        parts.append(_bar(axis, one.rotation_starts, one.end, 14, "due"))
    if one.end <= axis.now:
        parts.append(_bar(axis, one.end, axis.now, 4, "over-now"))
    parts.append(element("rect", x=f"{axis.x(axis.now) - 1:g}", y=0, width=2, height=HEIGHT, class_="today"))
    return _svg(parts, WIDTH, words)


def _bar(axis: Axis, begin: datetime, end: datetime, height: int, kind: str) -> Html:
    left = axis.x(begin)
    width = max(axis.x(end) - left, 0.0)
    return element("rect", x=f"{left:g}", y=(HEIGHT - height) // 2, width=f"{width:g}", height=height, class_=kind)


def _svg(parts: list[Html], width: int, words: str | None = None) -> Html:
    told = {"role": "img", "aria_label": words} if words else {"aria_hidden": "true"}
    return element("svg", parts, viewBox=f"0 0 {width} {HEIGHT}", preserveAspectRatio="none", **told)


def _legend() -> Html:
    def entry(height: int, kind: str, text: str, width: int = 26) -> Html:
        rect = element("rect", x=(26 - width) // 2, y=(HEIGHT - height) // 2, width=width, height=height, class_=kind)
        return element("li", _svg([rect], 26), text)

    return element(
        "ul",
        entry(8, "bar", "valid"),
        entry(14, "due", "to be replaced"),
        entry(4, "over-now", "expired"),
        entry(HEIGHT, "today", "the moment of the report", 2),
        class_="legend",
    )
