#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_report_files
short_description: Write a report on environments as HTML, JSON, Markdown, JUnit and Prometheus text
version_added: 1.0.0
description:
  - Writes a report to files, one for each format, or merges reports that runs have written as JSON, and writes that.
  - Runs on the controller and calls no system. The files are written there, whatever the connection of the task's host
    is, and each is whole at any moment.
  - It knows no secret, for a report holds none.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.attributes
options:
  report:
    description:
      - The report, as P(btp_ops.task_center.fsm_audit_summary#filter) and
        P(btp_ops.task_center.fsm_rotation_summary#filter) return it.
      - One of this and O(sources) has to be set.
    type: dict
  sources:
    description:
      - Files with reports as JSON, a list or text with commas. Each may be a pattern such as C(reports/*.json).
      - Of an environment that occurs in several of them, the newest result of each kind of run counts.
    type: raw
  directory:
    description: Folder for the files, which is made if it is missing. A relative one begins where the playbook was
      started.
    type: path
  name:
    description: Name of the files, without what follows from their format.
    type: str
    default: report
  formats:
    description:
      - Formats, a list or text with commas. Each makes a file, V(html) one that ends in C(.html), V(json) in C(.json),
        V(markdown) in C(.md), V(junit) in C(.xml) and V(prometheus) in C(.prom).
      - All of them if it is not set.
    type: raw
  mode:
    description: Permissions of the files.
    type: raw
    default: "0644"
seealso:
  - module: btp_ops.task_center.fsm_findings
"""

EXAMPLES = r"""
- name: Write the report on an environment that could not be audited
  btp_ops.task_center.fsm_report_files:
    report: "{{ ({'dev': none} | btp_ops.task_center.fsm_audit_summary).report }}"
    directory: slices/1
    name: audit
    formats: json

- name: Merge the reports of several runs
  btp_ops.task_center.fsm_report_files:
    sources: slices/*/audit.json
    directory: reports
    formats: html, json
"""

RETURN = r"""
files:
  description: The files, each with C(format), C(path) and C(changed).
  type: list
  elements: dict
  returned: success
outcome:
  description: The worst level of all environments; V(ok), V(attention) or V(problem).
  type: str
  returned: success
  sample: attention
counts:
  description: Number of environments by level.
  type: dict
  returned: success
  sample:
    problem: 0
    attention: 1
    ok: 2
rows:
  description: What the report says of each environment, for P(btp_ops.task_center.table#filter).
  type: list
  elements: dict
  returned: success
"""

import glob
import os
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._core import public_file as files
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.given_values import is_blank
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import (
    Environ,
    Outcome,
    Spec,
    diff_entry,
    run_module,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.formats import NAMES, rendered
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import (
    Report,
    checked_report,
    merged,
    read_report,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.view import view_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.words import cells_of

SPEC = Spec(
    {
        "report": {"type": "dict"},
        "sources": {"type": "raw"},
        "directory": {"type": "path"},
        "name": {"type": "str", "default": "report"},
        "formats": {"type": "raw"},
        "mode": {"type": "raw", "default": files.MODE},
    }
)
# What makes a path of a name.
SEPARATORS = ("/", "\0")


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Write the report that is given, or the one that several files make."""
    directory = _directory(params)
    report = _report(params)
    outcome = Outcome(
        facts={
            "files": [],
            "outcome": report["outcome"],
            "counts": report["counts"],
            "rows": [
                {name: cell or "-" for name, cell in cells_of(one).items()} for one in view_of(report).environments
            ],
        }
    )
    for name, (ending, content) in rendered(
        report, _texts(params["formats"], "fsm_report_formats") or list(NAMES)
    ).items():
        _write(outcome, name, os.path.join(directory, f"{params['name']}{ending}"), content, params["mode"], check_mode)
    return outcome


def _directory(params: dict[str, t.Any]) -> str:
    if is_blank(params["directory"]):
        raise InputError("No folder for the report is set.", "Set fsm_report_dir.")
    if not params["name"] or any(sign in params["name"] for sign in SEPARATORS):
        raise InputError("name is no name of a file.", "Name the files without a folder and without an ending.")
    return files.full_path(params["directory"])


def _report(params: dict[str, t.Any]) -> Report:
    sources = _texts(params["sources"], "fsm_report_from")
    if (params["report"] is None) == (not sources):
        raise InputError(
            "There has to be a report, or files with reports.", "Name the .json files of runs in fsm_report_from."
        )
    if params["report"] is not None:
        return checked_report(params["report"], "report")
    paths = [path for source in sources for path in _matching(source)]
    return merged([read_report(_content(path), path) for path in dict.fromkeys(paths)])


def _matching(source: str) -> list[str]:
    """Return the files that a path or a pattern names.

    :raises InputError: there is none
    """
    path = files.full_path(source)
    found = [path] if os.path.isfile(path) else sorted(glob.glob(path, recursive=True))
    if not found:
        raise InputError(f"There is no report {path}.", "Correct fsm_report_from; relative paths begin where you are.")
    return found


def _content(path: str) -> str:
    if os.path.isdir(path):
        raise InputError(f"{path} is a folder.", "Name the .json files in it, such as with *.json.")
    return files.read_state(path).content or ""


def _texts(value: t.Any, variable: str) -> list[str]:
    """Return the entries of a list, or of one text with commas.

    :raises InputError: it is something else
    """
    entries = value.split(",") if isinstance(value, str) else value or []
    if not isinstance(entries, list) or not all(isinstance(one, str) for one in entries):
        raise InputError(f"{variable} is no list of texts.", "Write a list, or one text with commas.")
    return [text for text in (one.strip() for one in entries) if text]


def _write(outcome: Outcome, name: str, path: str, content: str, mode: t.Any, check_mode: bool) -> None:
    """Write a file unless it is as it has to be, and note what came of it."""
    wanted = files.desired_file({"path": path, "mode": mode})
    if wanted is None:
        return
    current = files.read_state(wanted.path)
    target = files.desired_state(wanted, content, current)
    changed = target != current
    if changed and not check_mode:
        files.write(wanted, target, current)
    if changed:
        outcome.diff.append(diff_entry(wanted.path, current.content, target.content))
    outcome.changed = outcome.changed or changed
    outcome.facts["files"].append({"format": name, "path": wanted.path, "changed": changed})


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
