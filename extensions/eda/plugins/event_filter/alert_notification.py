# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decide what an event of SAP Alert Notification starts, and keep nothing else of it.

Sources: SAP Task Center administration guide, "Set Up Notifications for Administrators" and "Monitoring" (jobs,
severities, resource); SAP's client libraries of the service (fields of an event); SAP's documentation of project
"Piper", which says that the service itself sets ``resource.subAccount``.
"""

from __future__ import annotations

import re
import typing as t

DOCUMENTATION = r"""
---
author:
  - The btp_ops.task_center authors
short_description: Decide what an event of SAP Alert Notification starts
description:
  - An event filter for ansible-rulebook. It replaces an event that a webhook has received by a mapping C(alert), which
    rules compare and playbooks may be given.
  - Whoever sends events may write any text into them. So nothing of that text is kept, only words that are listed here,
    and the ID of the subaccount if it is one.
  - C(event.alert.starts) is V(rotation) for a certificate of the Destination service that expires, V(audit) for a
    connector of SAP Task Center whose job C(CONFIG) has a problem, V(check) for one with a problem in another job, and
    V(nothing) for anything else.
  - C(event.alert.job) and C(event.alert.severity) are those of a connector's event, else empty.
  - C(event.alert.subaccount) is the ID of the subaccount, in lower case; empty if the event has none.
"""

EXAMPLES = r"""
- eda.builtin.webhook:
    port: 5000
  filters:
    - btp_ops.task_center.alert_notification:
"""

JOBS = ("INITIAL", "CONFIG", "DELTA", "META", "PUSH")
PROBLEMS = ("WARNING", "ERROR")
# Rereads the destinations: with a problem in it, they are what to look at.
CONFIGURATION_JOB = "CONFIG"
SUBACCOUNT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# The event's wording is not public: it has to name the service, a certificate, and that it expires or has expired.
SERVICE = re.compile("destination", re.IGNORECASE)
EXPIRING_CERTIFICATE = (re.compile("certificate", re.IGNORECASE), re.compile("expir", re.IGNORECASE))
LONGEST_TEXT = 20_000  # characters of a field that are read

Texts = t.Mapping[str, str]


def main(event: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return what an event starts, and nothing that its sender could have worded.

    :param event: what the webhook has received; of whatever form
    """
    payload = event.get("payload")
    texts = _texts(payload)
    resource = _texts(payload.get("resource")) if isinstance(payload, dict) else {}
    subaccount = resource.get("subAccount", "").lower()
    return {
        "alert": {
            **_started_by(texts, resource),
            "subaccount": subaccount if SUBACCOUNT.fullmatch(subaccount) else "",
        }
    }


def _texts(value: t.Any) -> Texts:
    """Return the fields of a mapping that are texts, each cut off where it is too long."""
    fields = value.items() if isinstance(value, dict) else ()
    return {name: text[:LONGEST_TEXT] for name, text in fields if isinstance(name, str) and isinstance(text, str)}


def _started_by(texts: Texts, resource: Texts) -> dict[str, str]:
    job, severity = texts.get("eventType", ""), texts.get("severity", "")
    if resource.get("resourceType") == "Connector" and job in JOBS:
        if severity not in PROBLEMS:
            return _alert("nothing")
        return _alert("audit" if job == CONFIGURATION_JOB else "check", job, severity)
    return _alert("rotation" if _is_expiring_certificate(texts, resource) else "nothing")


def _alert(starts: str, job: str = "", severity: str = "") -> dict[str, str]:
    return {"starts": starts, "job": job, "severity": severity}


def _is_expiring_certificate(texts: Texts, resource: Texts) -> bool:
    origin = [texts.get("eventType", ""), texts.get("subject", ""), *resource.values()]
    everything = [*origin, texts.get("body", "")]
    return _found(SERVICE, origin) and all(_found(word, everything) for word in EXPIRING_CERTIFICATE)


def _found(pattern: re.Pattern[str], texts: t.Iterable[str]) -> bool:
    return any(pattern.search(text) for text in texts)
