# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports: read, refused, and merged to one."""

from __future__ import annotations

import copy
import json
import typing as t

import jsonschema
import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.formats import json_text
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import (
    checked_report,
    merged,
    read_report,
    report_of,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.schema import NAME, SCHEMA, VERSION
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.validation import violation
from browser.sample_report import compared, failed, sample_report

Report = dict[str, t.Any]


def checked(result: Report, moment: str) -> Report:
    """Return a result of another time."""
    return {**result, "checked_at": moment}


def of(*results: Report, at: str = "2026-11-30T06:00:00+00:00") -> Report:
    """Return a report."""
    return report_of(list(results), at)


def test_reports_are_as_the_schema_has_it() -> None:
    report = sample_report()
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(report, SCHEMA)
    assert violation(report, SCHEMA) == ""
    assert read_report(json_text(report), "x.json") == report
    assert (report["schema"], report["version"]) == (NAME, VERSION)


def changes() -> t.Iterator[tuple[str, t.Callable[[Report], t.Any]]]:
    """Return ways to spoil a report, and the place that the message names."""
    yield "version is not 1", lambda report: report.update(version=2)
    yield "schema is not btp_ops.task_center/report", lambda report: report.update(schema="x")
    yield "it has no counts", lambda report: report.pop("counts")
    yield "counts.ok is not integer", lambda report: report["counts"].update(ok=True)
    yield "results is not array", lambda report: report.update(results={})
    yield "results[0].level is none of", lambda report: report["results"][0].update(level="fine")
    yield "results[1].findings is not array", lambda report: report["results"][1].update(findings="none")
    yield "results[0].connector is not object or null", lambda report: report["results"][0].update(connector=[])
    yield (
        "results[0].certificates.active.days_left is not integer or null",
        lambda report: report["results"][0]["certificates"]["active"].update(days_left="12"),
    )
    yield "checked_at of a result is no moment", lambda report: report["results"][0].update(checked_at="soon")


@pytest.mark.parametrize("place, spoil", list(changes()))
def test_what_is_no_report_is_refused_in_words(place: str, spoil: t.Callable[[Report], t.Any]) -> None:
    report = copy.deepcopy(sample_report())
    spoil(report)
    with pytest.raises(InputError, match=r"/x\.json is no report of version 1") as refusal:
        read_report(json.dumps(report), "/x.json")
    assert place in str(refusal.value)
    # Our own check sees what the standard's sees; of moments it knows nothing.
    is_valid = jsonschema.Draft202012Validator(SCHEMA).is_valid(report)
    assert is_valid == place.startswith("checked_at")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "1"])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="x is no"):
        read_report(text, "x")


def test_a_report_that_a_task_is_given_is_checked_too() -> None:
    with pytest.raises(InputError, match="report is no report"):
        checked_report({"results": []}, "report")


def test_the_newest_result_of_each_kind_of_run_counts() -> None:
    old, new = "2026-11-29T06:00:00+00:00", "2026-11-30T07:00:00+02:00"
    rotation = next(one for one in sample_report()["results"] if one["status"] == "waiting for upload")
    dev, broken = compared("dev"), failed("dev", "401")
    first = of(checked(broken, old), checked(compared("qa"), new), at=old)
    second = of(checked(dev, new), checked({**rotation, "environment": "dev"}, old), at=new)

    for reports in ([first, second], [second, first]):
        report = merged(reports)
        assert [(one["environment"], one["run"], one["status"]) for one in report["results"]] == [
            ("dev", "audit", "in sync"),
            ("dev", "rotation", rotation["status"]),
            ("qa", "audit", "in sync"),
        ]
        assert report["reported_at"] == new
        # An environment counts once, by its worst result.
        assert report["counts"] == {"problem": 0, "attention": 1, "ok": 1}
        assert report["outcome"] == "attention"
        assert violation(report, SCHEMA) == ""


def test_of_two_that_are_equally_old_the_last_one_counts() -> None:
    first, second = of(compared("dev")), of(failed("dev", "401"))
    assert merged([first, second])["results"] == second["results"]
    assert merged([first]) == first


def test_nothing_was_checked() -> None:
    assert of()["outcome"] == "ok"
    assert of()["counts"] == {"problem": 0, "attention": 0, "ok": 0}
