# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a report: written, left alone when they are right, and merged from those of several runs."""

from __future__ import annotations

import json
import stat
import typing as t
from pathlib import Path

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._report.formats import json_text
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import report_of
from ansible_collections.btp_ops.task_center.plugins.modules import fsm_report_files
from ansible_collections.btp_ops.task_center.plugins.plugin_utils._local_action import run_locally
from browser.sample_report import NOW, compared, sample_report

Result = dict[str, t.Any]

ALL = ["report.html", "report.json", "report.md", "report.prom", "report.xml"]


def write(folder: Path | str, check_mode: bool = False, **options: t.Any) -> Result:
    """Return what comes of the module."""
    arguments = {"directory": str(folder), **options}
    return run_locally("fsm_report_files", fsm_report_files.SPEC, fsm_report_files.work, arguments, check_mode, {})


def written(folder: Path) -> list[str]:
    """Return the names of the files in a folder."""
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_all_formats_are_written_once(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "reports"
    preview = write(folder, check_mode=True, report=sample_report())
    assert preview["changed"]
    assert written(folder) == []

    result = write(folder, report=sample_report())
    assert result["changed"]
    assert written(folder) == ALL
    assert result["diff"] == preview["diff"]
    assert {one["path"] for one in result["files"]} == {str(folder / name) for name in ALL}
    assert result["outcome"] == "problem"
    assert result["counts"] == {"problem": 3, "attention": 2, "ok": 2}
    assert result["rows"][0]["environment"] == "dev-apac"
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in ALL} == {0o644}

    again = write(folder, report=sample_report())
    assert not again["changed"]
    assert again["diff"] == []


def test_only_what_is_asked_for_is_written(tmp_path: Path) -> None:
    (tmp_path / "audit.md").write_text("old")
    result = write(tmp_path, report=sample_report(), name="audit", formats=" markdown, json ", mode="0600")
    assert written(tmp_path) == ["audit.json", "audit.md"]
    assert [one["format"] for one in result["files"]] == ["markdown", "json"]
    assert result["diff"][0]["before"] == "old"
    assert stat.S_IMODE((tmp_path / "audit.md").stat().st_mode) == 0o600


def test_reports_of_several_runs_become_one(tmp_path: Path) -> None:
    for name in ("one", "two"):
        folder = tmp_path / "slices" / name
        folder.mkdir(parents=True)
        (folder / "audit.json").write_text(json_text(report_of([compared(name)], NOW.isoformat())))
    pattern, own = str(tmp_path / "slices" / "*" / "audit.json"), str(tmp_path / "slices" / "one" / "audit.json")
    for sources in (pattern, [own, pattern], f"{own}, {pattern}", str(tmp_path / "**" / "audit.json")):
        write(tmp_path / "merged", sources=sources, formats=["json"])
        report = json.loads((tmp_path / "merged" / "report.json").read_text())
        assert [one["environment"] for one in report["results"]] == ["one", "two"]


def test_relative_paths_begin_where_the_playbook_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("here", report=sample_report(), formats="json")
    write("there", sources="here/*.json", formats="html")
    assert written(tmp_path / "there") == ["report.html"]


@pytest.mark.parametrize(
    "options, words",
    [
        ({"report": {}, "directory": " "}, "Set fsm_report_dir."),
        ({}, "Name the .json files of runs in fsm_report_from."),
        ({"sources": ""}, "Name the .json files of runs in fsm_report_from."),
        ({"report": {}, "sources": "x.json"}, "There has to be a report, or files with reports."),
        ({"report": {"version": 2}}, "report is no report of version 1: it has no schema."),
        ({"sources": "nowhere/*.json"}, "nowhere/*.json."),
        ({"sources": "/"}, "/ is a folder."),
        ({"sources": {"a": 1}}, "fsm_report_from is no list of texts."),
        ({"report": sample_report(), "formats": "pdf"}, "There is no report format pdf."),
        ({"report": sample_report(), "formats": [1]}, "fsm_report_formats is no list of texts."),
        ({"report": sample_report(), "name": "../x"}, "name is no name of a file."),
        ({"report": sample_report(), "mode": "rw"}, "mode rw is not octal."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(tmp_path: Path, options: Result, words: str) -> None:
    result = write(**{"folder": tmp_path / "reports", **options})
    assert result["failed"]
    assert words in result["msg"]
    assert written(tmp_path / "reports") == []


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    assert str(tmp_path / "a.json") in write(tmp_path, sources=str(tmp_path / "*.json"))["msg"]
