# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report on a few environments in which everything occurs, made as runs make theirs: for tests and pictures."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection import audit
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation import STEPS
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation_summary import row_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import WARNING, finding
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.model import Report, Result, report_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._report.results import (
    compared_result,
    rotation_result,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.upload import to_upload

NOW = datetime(2026, 11, 30, 6, 30, tzinfo=timezone.utc)
HOST, ACCOUNT = "de.fsm.cloud.sap", "654321"
PEM = "-----BEGIN CERTIFICATE-----\nMIIC9jCCAd6gAwIBAgIBADANBgkqhkiG9w0BAQsFADA\n-----END CERTIFICATE-----\n"

Facts = dict[str, t.Any]


def fingerprint(number: int) -> str:
    """Return a fingerprint."""
    return ":".join(f"{(number * 37 + place * 91) % 256:02X}" for place in range(32))


def certificate(number: int, days: int, lasts: int = 730) -> Facts:
    """Return a certificate that is valid for some more days, as modules return it."""
    end = NOW + timedelta(days=days, hours=5)
    return {
        "fingerprint": fingerprint(number),
        "not_before": (end - timedelta(days=lasts)).isoformat(),
        "not_after": end.isoformat(),
        "days_left": days,
        "expired": days < 0,
        "unreadable": None,
        "pem": PEM,
    }


def change(action: str, before: Facts | None = None, after: Facts | None = None) -> Facts:
    """Return what btp_destination would do about a destination."""
    old, new = before or {}, after or {}
    names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    return {"action": action, "changed_properties": names, "diff": [{"before": old, "after": new}]}


SAME = {"FSM": change("none"), "FSM_PP": change("none")}
CONNECTOR = {"status": "OK", "jobs": [{"type": "DELTA", "status": "OK", "message": ""}]}


def compared(name: str, **facts: t.Any) -> Result:
    """Return the result of an audit."""
    active = facts.get("certificate", certificate(len(name), 412))
    report = audit.environment_report(
        **{
            "changes": SAME,
            "certificate": active,
            "findings": [],
            "uploaded": [active["fingerprint"]] if active else [],
            "connector": CONNECTOR,
            **facts,
        }
    )
    return compared_result(name, "audit", report, NOW.isoformat())


def failed(name: str, message: str) -> Result:
    """Return the result of an audit that could not compare an environment."""
    return compared_result(name, "audit", audit.whole({"message": message}), NOW.isoformat())


def rotated(name: str, active: Facts, passive: Facts | None, step: str, outcome: str, **facts: t.Any) -> Result:
    """Return the result of a rotation whose next step is ``step``."""
    what, who = STEPS[step]
    state = {
        "outcome": outcome,
        "phase": "staged",
        "step": step,
        "next": what.format(**facts),
        "actor": who,
        "active": active,
        "passive": passive,
        "activated": None,
        "verified": False,
        "done": [],
        "findings": [],
        "messages": [],
        **facts,
    }
    return rotation_result(
        row_of(name, state, ""), (NOW + timedelta(minutes=5)).isoformat(), uploaded=[active["fingerprint"]]
    )


def _drifted() -> Result:
    before = {
        "Description": "SAP FSM (test)",
        "clientSecret": HIDDEN,
        "TrustAll": "true",
        "tc.enabled": "false",
        "URL": "https://de.fsm.cloud.sap/cloud-approval-service/api",
    }
    after = {
        "Description": "SAP Field Service Management, technical user",
        "clientSecret": "******** (differs)",
        "tc.enabled": "true",
        "URL": "https://eu.fsm.cloud.sap/cloud-approval-service/api",
        "tc.ui.label.de-DE": "Außendienst",
    }
    return compared("qa-emea", changes={"FSM": change("update", before, after), "FSM_PP": change("none")})


def _not_uploaded() -> Result:
    own = certificate(3, 729)
    found = finding(
        "certificate_not_uploaded",
        fingerprint=own["fingerprint"],
        host=HOST,
        account_id=ACCOUNT,
        path="/home/ops/fsm/fsm-certificates/dev-apac.pem",
    )
    missing = {"FSM": change("create"), "FSM_PP": change("create")}
    path = "/home/ops/fsm/fsm-certificates/dev-apac.pem"
    waiting = to_upload(own, path, HOST, ACCOUNT)
    facts = {"certificate": own, "findings": [found], "uploaded": [], "connector": None, "waiting": waiting}
    return compared("dev-apac", changes=missing, **facts)


def _waiting() -> Result:
    old, new = certificate(11, 41), certificate(12, 730)
    facts = {
        "fingerprint": new["fingerprint"],
        "not_after": new["not_after"][:10],
        "active": old["fingerprint"],
        "active_days": 41,
        "host": HOST,
        "account_id": ACCOUNT,
        "path": "/home/ops/fsm/fsm-certificates/prod-emea-passive-2028-11-29-8E1B4A22.pem",
    }
    found = finding("rotation_upload", **facts)
    waiting = to_upload(new, facts["path"], HOST, ACCOUNT)
    more = {"findings": [found], "messages": [found["text"]], "to_upload": waiting, "done": ["stage", "export"]}
    return rotated("prod-emea", old, new, "upload", "waiting for upload", **more)


def _soaking() -> Result:
    new, old = certificate(21, 716), certificate(22, 34)
    until = (NOW + timedelta(hours=16)).isoformat()
    facts = {"phase": "activated", "activated": (NOW - timedelta(hours=8)).isoformat(), "verified": True}
    return rotated("prod-amer", new, old, "soak", "soaking", soaks_until=until, **facts)


def _broken() -> Result:
    jobs = [{"type": "DELTA", "status": "ERROR", "message": "401 Unauthorized from FSM"}]
    words = "DELTA ERROR 401 Unauthorized from FSM"
    return compared(
        "qa-apac",
        certificate=certificate(31, 23),
        connector={"status": "ERROR", "jobs": jobs},
        findings=[
            finding("connector_fails", destination="FSM", status="ERROR", jobs=words),
            finding(
                "certificate_expires",
                fingerprint=fingerprint(31),
                days_left=23,
                not_after="2026-12-23T11:30:00+00:00",
                min_days=30,
            ),
            finding("task_center_setup", WARNING, code="IDS_Configuration", status="WARNING", message="No sync yet."),
        ],
    )


def sample_report() -> Report:
    """Return the report."""
    unreachable = "Ansible could not reach this host."
    results = [
        compared("dev-emea"),
        _not_uploaded(),
        _drifted(),
        _broken(),
        compared("prod-emea", certificate=certificate(11, 41)),
        _waiting(),
        compared("prod-amer", certificate=certificate(21, 716)),
        _soaking(),
        failed("prod-apac", unreachable),
    ]
    return report_of(results, (NOW + timedelta(minutes=5)).isoformat())
