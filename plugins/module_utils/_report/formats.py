# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The formats in which a report can be written, and the files that it takes. Pure."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.html import html
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.junit import junit
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.markdown import markdown
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import Report
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.prometheus import prometheus
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.view import View, view_of

FORMATS: dict[str, tuple[str, t.Callable[[View], str]]] = {
    "html": (".html", html),
    "markdown": (".md", markdown),
    "junit": (".xml", junit),
    "prometheus": (".prom", prometheus),
}
JSON = "json"
# All that can be named.
NAMES = (JSON, *FORMATS)


def rendered(report: Report, formats: t.Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return per format the end of the file's name, and its content.

    :raises InputError: there is no such format
    """
    unknown = [name for name in formats if name not in NAMES]
    if unknown:
        raise InputError(
            f"There is no report format {', '.join(unknown)}.",
            f"Name some of {', '.join(NAMES)} in fsm_report_formats.",
        )
    view = view_of(report)
    return {
        name: (".json", json_text(report)) if name == JSON else (FORMATS[name][0], FORMATS[name][1](view))
        for name in dict.fromkeys(formats)
    }


def json_text(report: Report) -> str:
    """Return the report as JSON; half a sign, which no file can hold, is escaped."""
    text = json.dumps(report, indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"
