# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What checks can find and report: what is wrong, why it matters, what to do. The texts are in this folder."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings import (
    adoption,
    certificate,
    operating,
    rotation,
    subaccount,
    systems,
    variables,
    verification,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.finding import ERROR, WARNING, Finding

__all__ = ["ACKNOWLEDGEABLE", "CATALOG", "ERROR", "WARNING", "Finding", "Findings", "errors_among", "finding"]

# As they are reported: by name of each part, such as ``id``, ``severity`` and ``text``.
Findings = list[dict[str, str]]
SUBJECTS = (variables, systems, subaccount, certificate, verification, operating, rotation, adoption)
CATALOG = {finding.id: finding for subject in SUBJECTS for finding in subject.FINDINGS}


# What an operator can acknowledge.
ACKNOWLEDGEABLE = tuple(finding.id for finding in CATALOG.values() if finding.acknowledgeable)


def finding(finding_id: str, severity: str | None = None, **facts: t.Any) -> dict[str, str]:
    """Return the finding with this ID and these facts."""
    return CATALOG[finding_id].report(severity, **facts)


def errors_among(findings: Findings) -> Findings:
    """Return the findings that stop a run: all that are not known to be harmless."""
    return [finding for finding in findings if finding["severity"] != WARNING]
