# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report as JUnit for dashboards of continuous integration: a suite per kind of run, a case per check. Pure.

Each environment has a case for the run as a whole, one per destination, one for the connector and one for the
certificate, as far as the run looked at them.
"""

from __future__ import annotations

import typing as t
import xml.etree.ElementTree as ET

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import errors_among
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import Result
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.schema import OK, RUNS
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.view import View
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.words import day, difference_cells

CLASS = "fsm_task_center"


def junit(view: View) -> str:
    """Return the report as JUnit's XML."""
    suites = ET.Element("testsuites", name=CLASS)
    for run in RUNS:
        results = [one for one in view.report["results"] if one["run"] == run]
        if results:
            _suite(suites, run, results)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=False).join(
        ['<?xml version="1.0" encoding="UTF-8"?>\n', "\n"]
    )


def _suite(suites: ET.Element, run: str, results: list[Result]) -> None:
    cases = [(one, *case) for one in results for case in _cases(one)]
    suite = ET.SubElement(
        suites,
        "testsuite",
        name=f"{CLASS}.{run}",
        tests=str(len(cases)),
        failures=str(sum(bool(problem) for _one, _name, problem, _details in cases)),
        errors="0",
        skipped="0",
        # Without an offset, as the format has it.
        timestamp=max(one["checked_at"] for one in results)[:19],
    )
    for one, name, problem, details in cases:
        case = ET.SubElement(suite, "testcase", classname=f"{CLASS}.{run}.{one['environment']}", name=name, time="0")
        if problem:
            ET.SubElement(case, "failure", message=problem, type=one["status"]).text = details


def _cases(result: Result) -> t.Iterator[tuple[str, str, str]]:
    """Return per check its name, what is wrong in one line, and the details; both empty if nothing is."""
    errors = errors_among(result["findings"])
    bad = result["level"] != OK
    texts = ["\n".join(filter(None, (one["problem"], one["impact"], one["remedy"]))) for one in errors]
    message = result["message"] or (errors[0]["problem"] if errors else "")
    yield result["run"], f"{result['status']}: {message}".strip(": ") if bad else "", "\n\n".join(texts)
    for one in result["destinations"]:
        same = one["status"] == "in sync"
        details = "\n".join(", ".join(filter(None, difference_cells(one["name"], x))) for x in one["differences"])
        yield f"destination {one['name']}", "" if same else f"{one['name']} is {one['status']}", details
    connector = result["connector"]
    if connector:
        well = connector["status"] in ("OK", "RUNNING", "WARNING")
        yield "connector", "" if well else f"The connector is {connector['status']}", _jobs(connector)
    active = (result["certificates"] or {}).get("active")
    if active:
        expired = active["days_left"] is not None and active["days_left"] < 0
        problem = f"{active['fingerprint']} has expired on {day(active['not_after'])}" if expired else ""
        yield "certificate", problem or _not_uploaded(result, active["fingerprint"]), ""


def _not_uploaded(result: Result, fingerprint: str) -> str:
    upload = result["to_upload"]
    return f"{fingerprint} is not declared as uploaded" if upload and upload["fingerprint"] == fingerprint else ""


def _jobs(connector: dict[str, t.Any]) -> str:
    return "\n".join(" ".join(filter(None, (job["type"], job["status"], job["message"]))) for job in connector["jobs"])
