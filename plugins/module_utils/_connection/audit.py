# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an environment compares with its inventory, for people and schedulers. Pure: no I/O, no Ansible.

What differs is not decided here: it is what connect_fsm's own tasks would change, and the findings at which it would
stop before it writes. So an environment is in sync exactly when a run of connect_fsm would change nothing in it;
whether it works (fsm_verify) only that run finds out.
"""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rules import listed
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import ENABLED
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import DIFFERENT, HIDDEN
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, errors_among
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import (
    is_fingerprint,
    normal_fingerprint,
)

Report = dict[str, t.Any]

FAILED, DUPLICATED, MISSING, DRIFTED, IN_SYNC = "failed", "duplicated", "missing", "drifted", "in sync"
# From the worst to the best: the worst of all environments is the outcome of a run.
STATUSES = (FAILED, DUPLICATED, MISSING, DRIFTED, IN_SYNC)
NOT_WANTED = "not wanted"
# Findings that say more than that something has drifted.
STATUS_OF_FINDING = {
    "system_not_readable": FAILED,
    # What would come of it, nobody can say.
    "secrets_not_shown": FAILED,
    "second_primary": DUPLICATED,
    "second_primary_in_instance": DUPLICATED,
    "second_primary_in_inventory": DUPLICATED,
    # What Task Center says of the connection as it is: it does not work.
    "connector_missing": FAILED,
    "connector_fails": FAILED,
}
STATUS_OF_ACTION = {"none": IN_SYNC, "create": MISSING, "update": DRIFTED, "delete": NOT_WANTED}
CERTIFICATE_FACTS = ("fingerprint", "not_before", "not_after", "days_left", "expired", "unreadable")
NO_CONNECTOR: dict[str, t.Any] = {"status": "MISSING", "jobs": []}
# Of an environment that could not be compared.
NOT_COMPARED: Report = {
    "status": FAILED,
    "message": "This environment could not be compared; see its message further up.",
    "differences": "",
    "destinations": {},
    "certificate": None,
    "passive": None,
    "connector": None,
    "to_upload": None,
    "findings": [],
    "fail_on_drift": True,
}
SHOWN_PROPERTIES = 4  # in a cell of the table


def environment_report(
    changes: dict[str, dict[str, t.Any]],
    certificate: dict[str, t.Any] | None,
    findings: Findings,
    uploaded: t.Any,
    compared: bool = True,
    expected: bool = True,
    fail_on_drift: bool = True,
    passive: dict[str, t.Any] | None = None,
    connector: dict[str, t.Any] | None = None,
    waiting: dict[str, t.Any] | None = None,
) -> Report:
    """Return how one environment compares with its inventory.

    :param changes: name of each of the two destinations to what btp_destination would do about it
    :param certificate: the active trust certificate as fsm_trust_cert_info reports it, or None
    :param findings: everything that was found
    :param uploaded: the variable fsm_uploaded_certificates
    :param compared: whether the systems were read; with wrong input they are not
    :param expected: whether FSM has to be connected at all
    :param fail_on_drift: the variable fsm_audit_fail_on_drift
    :param passive: the passive trust certificate, likewise
    :param connector: Task Center's connector, as ``connector_of`` returns it
    :param waiting: what it takes to upload the active certificate to FSM, which nobody has done if that is a finding
    """
    destinations = {name: _destination(result) for name, result in changes.items()}
    declared = declared_fingerprints(uploaded)
    statuses = [DRIFTED if one["status"] == NOT_WANTED else one["status"] for one in destinations.values()]
    if not compared:
        statuses.append(FAILED)
    elif expected and certificate is None:
        statuses.append(MISSING)
    report: Report = {
        "status": min(statuses, key=STATUSES.index, default=IN_SYNC),
        "message": "",
        "differences": _differences(destinations),
        "destinations": destinations,
        "certificate": certificate and _certificate(certificate, declared),
        "passive": passive and _certificate(passive, declared),
        "connector": connector,
        "to_upload": waiting if any(one["id"] == "certificate_not_uploaded" for one in findings) else None,
        "findings": [],
        "fail_on_drift": fail_on_drift,
    }
    return with_findings(report, findings)


def declared_fingerprints(uploaded: t.Any) -> set[str]:
    """Return the fingerprints that the variable fsm_uploaded_certificates declares; what is none is left out."""
    return {normal_fingerprint(text) for text in listed(uploaded) if is_fingerprint(text)}


def _certificate(certificate: dict[str, t.Any], declared: set[str]) -> dict[str, t.Any]:
    facts = {fact: certificate.get(fact) for fact in CERTIFICATE_FACTS}
    return {**facts, "uploaded": certificate["fingerprint"] in declared}


def connector_of(answer: t.Mapping[str, t.Any], destination: str) -> dict[str, t.Any] | None:
    """Return what Task Center says of the connector of a primary destination; None if it was not read.

    :param answer: as M(btp_ops.task_center.task_center_connector_info) returns it; empty if it was not read
    """
    if answer.get("connectors") is None:
        return None
    own = [one for one in answer["connectors"] if one["destination"] == destination]
    return {key: own[0][key] for key in NO_CONNECTOR} if own else NO_CONNECTOR


def with_findings(report: Report, findings: Findings) -> Report:
    """Return a report with further findings, and with the status that is the worst of it and them."""
    errors = errors_among(findings)
    renamed = _connected_under_another_name(report, findings)
    statuses = [STATUS_OF_FINDING.get(one["id"], DRIFTED) for one in errors if one not in renamed]
    status = min([report["status"], *statuses], key=STATUSES.index)
    causes = [one["problem"] for one in errors if status == FAILED or one in renamed]
    return {
        **report,
        "status": status,
        "message": " ".join(filter(None, [report["message"], *causes])),
        "findings": [*report["findings"], *findings],
    }


def _connected_under_another_name(report: Report, findings: Findings) -> Findings:
    """Return the finding of another primary destination if that is the only one: the pair is not there twice."""
    own = next((one["status"] for one in report["destinations"].values()), IN_SYNC)
    others = [one for one in findings if STATUS_OF_FINDING.get(one["id"]) == DUPLICATED]
    alone = own == MISSING and len(others) == 1 and others[0]["id"] == "second_primary"
    return others if alone else []


def whole(report: Report | None) -> Report:
    """Return the report of an environment, completed if it could not be compared: then it has a message at most."""
    return {**NOT_COMPARED, **(report or {})}


def summary(environments: dict[str, Report]) -> dict[str, t.Any]:
    """Return what came of an audit of many environments.

    That is the worst status as ``outcome``, how often each occurs, the rows of a ``table``, and by environment the
    texts of the ``findings`` and the ``messages`` for those that are not in sync; and which are ``failing``.

    :param environments: the whole report of each
    """
    statuses = [report["status"] for report in environments.values()]
    return {
        "outcome": min(statuses, key=STATUSES.index, default=IN_SYNC),
        "counts": {status: statuses.count(status) for status in STATUSES},
        "table": [_row(name, report) for name, report in environments.items()],
        "findings": {
            name: "\n\n".join(one["text"] for one in report["findings"]) for name, report in environments.items()
        },
        "messages": {name: _message(report) for name, report in environments.items()},
        "failing": [name for name, report in environments.items() if _fails(report)],
    }


def _fails(report: Report) -> bool:
    """Return whether an environment makes the audit fail; differences do, unless its operator allows them."""
    return report["status"] == FAILED or (report["status"] != IN_SYNC and report["fail_on_drift"])


def _message(report: Report) -> str:
    """Return in one line why an environment is not in sync."""
    return ": ".join(filter(None, [report["status"], report["message"], report["differences"]]))


def _differences(destinations: dict[str, t.Any]) -> str:
    """Return in one line what differs in an environment."""
    parts = []
    for name, destination in destinations.items():
        if destination["status"] == DRIFTED:
            names = [_named(one) for one in destination["properties"]]
            more = len(names) - SHOWN_PROPERTIES
            shown = ", ".join(names[:SHOWN_PROPERTIES]) + (f" and {more} more" if more > 0 else "")
            parts.append(f"{name} ({shown})")
        elif destination["status"] != IN_SYNC:
            parts.append(f"{name} {destination['status']}")
    return "; ".join(parts)


def _named(difference: dict[str, str | None]) -> str:
    """Return the name of a property that differs, and what that means if it is the one that pauses a connection."""
    name = str(difference["property"])
    paused = name == ENABLED and difference.get("found") not in (None, "true")
    return f"paused by {name}" if paused else name


def _row(name: str, report: Report) -> dict[str, t.Any]:
    certificate = report["certificate"] or {}
    uploaded = certificate.get("uploaded")
    days_left = certificate.get("days_left")
    return {
        "environment": name,
        "status": report["status"],
        "differences": report["differences"] or "-",
        "declared": "-" if uploaded is None else "yes" if uploaded else "no",
        "days left": "-" if days_left is None else days_left,
    }


def _destination(result: dict[str, t.Any]) -> dict[str, t.Any]:
    status = STATUS_OF_ACTION[result["action"]]
    if status != DRIFTED:
        return {"status": status, "properties": []}
    before, after = (result["diff"][0][side] or {} for side in ("before", "after"))
    return {"status": status, "properties": [_property(name, before, after) for name in result["changed_properties"]]}


def _property(name: str, before: dict[str, str], after: dict[str, str]) -> dict[str, str | None]:
    """Tell how one property differs, with its values unless one is secret.

    Of a property that the inventory does not set, only the name is reported: its value may be a secret.
    """
    if name not in after:
        return {"property": name, "difference": NOT_WANTED}
    difference = "differs" if name in before else MISSING
    if after[name] in (HIDDEN, DIFFERENT):
        return {"property": name, "difference": difference}
    return {"property": name, "difference": difference, "found": before.get(name), "wanted": after[name]}
