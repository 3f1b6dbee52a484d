# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as one HTML file: nothing in it is loaded from elsewhere, and nothing runs. Pure.

What others wrote, such as the name of a property, is text wherever it occurs. The policy at the top of the page forbids
the browser everything but the page's own style.
"""

from __future__ import annotations

import typing as t
from datetime import timedelta

from ansible_collections.btp_ops.task_center.plugins.module_utils._report.html_details import details
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.html_style import STYLE
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.html_timeline import timeline
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.html_words import (
    SIGNS,
    badge,
    instructions,
    marked,
    prose,
    table,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.markup import Html, element, joined
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import moment_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.schema import (
    ATTENTION,
    LEVELS,
    OK,
    PROBLEM,
    VERSION,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.view import Due, Environment, Step, View
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.words import (
    NOW,
    cells_of,
    day,
    days_left,
    when,
)

OVERLINE = "SAP Field Service Management in SAP Task Center"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
SECTIONS = {"overview": "Environments", "steps": "What to do", "due": "What is due when", "details": "Details"}
WORDS_OF_LEVEL = {PROBLEM: "with a problem", ATTENTION: "need attention", OK: "in order"}
# What is due later is folded.
SOON = timedelta(days=90)


def html(view: View) -> str:
    """Return the report as HTML."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="icon", href="data:,"),
        element("title", f"{view.headline}, {when(view.report['reported_at'])}"),
        element("style", Html(STYLE)),
    )
    body = element(
        "body", element("a", "To the environments", href="#overview", class_="skip"), _header(view), _main(view)
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _header(view: View) -> Html:
    runs = ", ".join(dict.fromkeys(one["run"] for one in view.report["results"]))
    links = (element("li", element("a", words, href=f"#{name}")) for name, words in SECTIONS.items())
    return element(
        "header",
        element(
            "div",
            element("p", OVERLINE, class_="over"),
            element("h1", view.headline),
            element("p", ": ".join(filter(None, (runs.capitalize(), when(view.report["reported_at"])))), class_="meta"),
            element("nav", element("ul", links), aria_label="Sections"),
            class_="wrap",
        ),
    )


def _main(view: View) -> Html:
    numbers = {tuple(step.finding.values()): number for number, step in enumerate(view.steps, 1)}
    places = {one.name: number for number, one in enumerate(view.environments, 1)}
    return joined(
        [
            element(
                "main",
                _tiles(view),
                _section("overview", _overview(view)),
                _section("steps", _steps(view, places)),
                _section("due", timeline(view), _schedule(view)),
                _section(
                    "details",
                    element(
                        "div",
                        (details(one, places[one.name], numbers) for one in view.environments),
                        class_="environments",
                    ),
                ),
                class_="wrap",
            ),
            element(
                "footer",
                "Made by the Ansible collection btp_ops.task_center. It holds no secret: of one that differs, only the "
                f"name. For programs, the same is in JSON, version {VERSION}.",
                class_="wrap",
            ),
        ]
    )


def _section(name: str, *children: Html | None) -> Html:
    heading = element("h2", SECTIONS[name], id=name)
    return element("section", heading, *children, aria_labelledby=name)


def _tiles(view: View) -> Html:
    tiles = [
        element(
            "li",
            element("strong", str(view.report["counts"][level])),
            element("span", element("i", SIGNS[level], aria_hidden="true", class_=level), f" {WORDS_OF_LEVEL[level]}"),
        )
        for level in LEVELS
    ]
    if view.schedule:
        due = view.schedule[0]
        who = f"{due.environment}: {due.what}, by {due.who}"
        tiles.append(element("li", element("strong", f"Next: {when(due.when)}"), element("span", who), class_="wide"))
    return element("ul", tiles, class_="tiles", aria_label="Summary")


def _overview(view: View) -> Html:
    headings = ["Environment", "State", "Primary", "Secondary", "Connector", "Certificate", "Findings", "Checked"]
    rows = (_overview_row(one, number) for number, one in enumerate(view.environments, 1))
    caption = f"{len(view.environments)} environments, each as it was when it was checked last"
    return element("div", table(caption, headings, rows, "at-a-glance"), class_="card")


def _overview_row(environment: Environment, number: int) -> list[t.Any]:
    cells = cells_of(environment)
    checked = cells["checked"]
    active = environment.certificate("active")
    expiry = element("small", f"until {day(active['not_after'])}", class_="nowrap") if active else None
    return [
        element("a", environment.name, href=f"#environment-{number}"),
        (badge(environment.level, environment.words[0]), (element("small", one) for one in environment.words[1:])),
        *(_destination(environment, part) for part in ("primary", "secondary")),
        cells["connector"],
        (element("span", days_left(active), class_="nowrap"), expiry) if active else None,
        cells["findings"],
        (element("span", checked[:10], class_="nowrap"), element("small", checked[11:])),
    ]


def _destination(environment: Environment, part: str) -> t.Any:
    destination = environment.destination(part)
    return (destination["name"], element("small", destination["status"])) if destination else None


def _steps(view: View, places: dict[str, int]) -> Html:
    if not view.steps:
        return element("p", "Nothing was found.", class_="meta")
    steps = (_step(view, step, number, places) for number, step in enumerate(view.steps, 1))
    return element("ol", steps, class_="steps")


def _step(view: View, step: Step, number: int, places: dict[str, int]) -> Html:
    found = step.finding
    names: list[t.Any] = []
    for name in step.environments:
        names += [", " if names else "", element("a", name, href=f"#environment-{places[name]}")]
    return element(
        "li",
        element(
            "div",
            badge(PROBLEM if step.is_error else ATTENTION, "error" if step.is_error else "warning"),
            element("span", names, class_="where"),
            element("code", found["id"]) if found["id"] else None,
            class_="head",
        ),
        element("h3", marked(found["problem"])),
        prose(found["impact"]) if found["impact"] else None,
        instructions(found["remedy"]),
        (_certificate(one) for one in view.environments if one.name in step.environments and _waits(one, found)),
        id=f"step-{number}",
        class_="card error" if step.is_error else "card",
    )


def _waits(environment: Environment, found: dict[str, str]) -> bool:
    """Return whether a finding is about the certificate that an environment has to have uploaded."""
    upload = environment.newest("to_upload")
    return upload is not None and upload["line"] in found["remedy"]


def _certificate(environment: Environment) -> Html:
    summary = element("summary", f"The certificate of {environment.name} to upload (PEM)")
    return element("details", summary, element("pre", environment.newest("to_upload")["pem"], class_="paste"))


def _schedule(view: View) -> Html | None:
    reported = moment_of(view.report["reported_at"])
    soon = [due for due in view.schedule if due.when is None or (reported and due.when <= reported + SOON)]
    later = [due for due in view.schedule if due not in soon]
    if not view.schedule:
        return element("p", "No certificate is known.", class_="meta")
    return element(
        "div",
        _dues("What is due within 90 days, and who acts", soon) if soon else None,
        element(
            "details",
            element("summary", f"What is due later ({len(later)})"),
            _dues("What is due later, and who acts", later),
            class_="more",
        )
        if later
        else None,
        class_="card",
        style="margin-top: 12px",
    )


def _dues(caption: str, dues: list[Due]) -> Html:
    rows = (
        (badge(ATTENTION, NOW) if due.when is None else when(due.when), due.environment, due.what, due.who)
        for due in dues
    )
    return table(caption, ["When", "Environment", "What", "Who"], rows)
