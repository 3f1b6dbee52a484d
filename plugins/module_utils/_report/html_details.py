# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that a report knows of one environment, to be unfolded in the report in HTML. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._report.html_words import badge, breakable, table
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.markup import Child, Html, element
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.schema import OK
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.view import SLOTS, Environment
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.words import (
    DIFFERENCE_COLUMNS,
    day,
    days_left,
    difference_cells,
    when,
)

YES_OR_NO = {True: "yes", False: "no", None: "unknown"}
UPLOADED = {True: "declared", False: "not declared", None: "unknown"}
CERTIFICATE = "{} trust certificate"


def details(environment: Environment, number: int, step_numbers: dict[tuple[str, ...], int]) -> Html:
    """Return an environment's details, open unless it is in order.

    :param number: of the environment, for the address within the page
    :param step_numbers: of each finding, by its values
    """
    summary = element("summary", element("h3", environment.name), badge(environment.level, environment.status))
    return element(
        "details",
        summary,
        element(
            "div",
            _runs(environment),
            _connector(environment.newest("connector")),
            _certificates(environment),
            _rotation(environment.newest("rotation")),
            _destinations(environment),
            _findings(environment, step_numbers),
            class_="inside",
        ),
        id=f"environment-{number}",
        class_="card",
        open=environment.level != OK,
    )


def _block(heading: str, *children: Child, full: bool = False) -> Html:
    return element("div", element("h4", heading), *children, class_="full" if full else None)


def _facts(facts: dict[str, Child]) -> Html:
    return element("dl", ((element("dt", name), element("dd", value)) for name, value in facts.items() if value))


def _runs(environment: Environment) -> Html:
    return _block(
        "Checked",
        _facts({one["run"]: f"{one['status']}, {when(one['checked_at'])}" for one in environment.results}),
    )


def _connector(connector: dict[str, t.Any] | None) -> Html:
    if connector is None:
        return _block("Task Center's connector", _nothing("not read"))
    jobs = {f"job {job['type']}": " ".join(filter(None, (job["status"], job["message"]))) for job in connector["jobs"]}
    return _block("Task Center's connector", _facts({"status": connector["status"], **jobs}))


def _certificates(environment: Environment) -> t.Iterator[Html]:
    known = environment.newest("certificates")
    for slot in SLOTS:
        certificate = environment.certificate(slot)
        if certificate:
            yield _certificate(slot, certificate)
        elif slot == "active":
            yield _block(CERTIFICATE.format(slot.capitalize()), _nothing("none" if known else "not read"))


def _nothing(words: str) -> Html:
    return element("p", words, class_="none meta")


def _certificate(slot: str, certificate: dict[str, t.Any]) -> Html:
    return _block(
        CERTIFICATE.format(slot.capitalize()),
        _facts(
            {
                "SHA-256": element("code", breakable(certificate["fingerprint"])),
                "valid": " to ".join(day(certificate[end]) for end in ("not_before", "not_after")),
                "left": days_left(certificate),
                "uploaded": UPLOADED[certificate["uploaded"]],
            }
        ),
    )


def _rotation(rotation: dict[str, t.Any] | None) -> Html | None:
    if rotation is None:
        return None
    return _block(
        "Rotation",
        _facts(
            {
                "phase": rotation["phase"],
                "steps of this run": ", ".join(rotation["done"]),
                "next step": rotation["next"],
                "by": rotation["actor"],
                "active since": rotation["activated"] and when(rotation["activated"]),
                "verified": rotation["activated"] and YES_OR_NO[rotation["verified"]],
                "old one kept until": rotation["soaks_until"] and when(rotation["soaks_until"]),
            }
        ),
    )


def _destinations(environment: Environment) -> Html | None:
    destinations = environment.newest("destinations") or ()
    if not destinations:
        return None
    states = {one["name"]: f"{one['part']}, {one['status']}" for one in destinations}
    rows = [difference_cells(one["name"], each) for one in destinations for each in one["differences"]]
    differences = table(
        f"What differs in {environment.name}",
        [name.capitalize() for name in DIFFERENCE_COLUMNS],
        ([element("code", cell) if number in (1, 3, 4) else cell for number, cell in enumerate(row)] for row in rows),
    )
    return _block("Destinations", _facts(dict(states)), differences if rows else None, full=True)


def _findings(environment: Environment, step_numbers: dict[tuple[str, ...], int]) -> Html | None:
    if not environment.findings:
        return None
    return _block(
        "Findings",
        element(
            "ul",
            (
                element("li", f"{one['severity']}: ", element("a", one["problem"], href=f"#step-{step_numbers[key]}"))
                for one, key in ((one, tuple(one.values())) for one in environment.findings)
            ),
        ),
        full=True,
    )
