# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report that a run has written, in every format."""

from __future__ import annotations

import json
import typing as t

import jsonschema

from ansible_collections.btp_ops.task_center.plugins.module_utils._report.schema import SCHEMA

if t.TYPE_CHECKING:
    from pathlib import Path

    from operator_at_work import Operator

ENDINGS = (".html", ".json", ".md", ".prom", ".xml")


def read_reports(operator: Operator, folder: Path, name: str) -> dict[str, t.Any]:
    """Return the report as JSON once all formats are there, all of them without secrets and about all environments."""
    texts = {ending: (folder / f"{name}{ending}").read_text(encoding="utf-8") for ending in ENDINGS}
    assert {path.name for path in folder.iterdir()} == {f"{name}{ending}" for ending in ENDINGS}
    report: dict[str, t.Any] = json.loads(texts[".json"])
    jsonschema.validate(report, SCHEMA)
    for text in texts.values():
        operator.assert_no_secret(text)
        for one in report["results"]:
            assert one["environment"] in text
    return report
