# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an environment compares with its inventory, told to people and schedulers. Pure: no I/O, no Ansible.

What differs is not judged here: it is what connect_fsm's own tasks would change, and the findings at which it would
stop before it writes. So an environment is in sync exactly when a run of connect_fsm would change nothing in it, and
come as far as its proofs: what these find (fsm_verify) only that run tells.
"""

from __future__ import annotations

import typing as t
from datetime import datetime

from ansible_collections.btp_ops.task_center.plugins.module_utils.certificate import normal_fingerprint
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import ERROR
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.rules import listed
from ansible_collections.btp_ops.task_center.plugins.module_utils.secrets import DIFFERENT, HIDDEN

Report = dict[str, t.Any]

FAILED, DUPLICATED, MISSING, DRIFTED, IN_SYNC = "failed", "duplicated", "missing", "drifted", "in sync"
# From the worst to the best: the worst of all environments is the outcome of a run.
STATUSES = (FAILED, DUPLICATED, MISSING, DRIFTED, IN_SYNC)
NOT_WANTED = "not wanted"
# Findings that tell more than that something has drifted.
STATUS_OF_FINDING = {
    "system_unread": FAILED,
    "second_primary": DUPLICATED,
    "second_primary_in_instance": DUPLICATED,
    "second_primary_in_inventory": DUPLICATED,
}
STATUS_OF_ACTION = {"none": IN_SYNC, "create": MISSING, "update": DRIFTED, "delete": NOT_WANTED}
CERTIFICATE_FACTS = ("fingerprint", "not_after", "days_left", "expired", "unreadable")
# Of an environment that could not be compared.
NOT_COMPARED: Report = {
    "status": FAILED,
    "message": "This environment could not be compared; its message stands further up.",
    "differences": "",
    "destinations": {},
    "certificate": None,
    "findings": [],
}
SHOWN_PROPERTIES = 4  # in a cell of the table


def environment_report(
    compared: dict[str, dict[str, t.Any]],
    certificate: dict[str, t.Any] | None,
    findings: list[dict[str, str]],
    uploaded: t.Any,
    wanted: bool = True,
) -> Report:
    """Return how one environment compares with its inventory.

    :param compared: name of each of the two destinations to what btp_destination would do about it, or with ``failed``
        and ``msg`` to why it would refuse
    :param certificate: the active trust certificate as fsm_trust_cert_info reports it, or None
    :param findings: everything that was found
    :param uploaded: the variable fsm_uploaded_certificates
    :param wanted: whether FSM has to be connected at all
    :raises InputError: a fingerprint is none
    """
    refused = {name: result["msg"] for name, result in compared.items() if result.get("failed")}
    destinations = {name: _destination(result) for name, result in compared.items() if name not in refused}
    declared = set(map(normal_fingerprint, listed(uploaded)))
    statuses = [STATUS_OF_FINDING.get(one["id"], DRIFTED) for one in findings if one["severity"] == ERROR]
    statuses += [DRIFTED if one["status"] == NOT_WANTED else one["status"] for one in destinations.values()]
    statuses += [FAILED] * bool(refused)
    if wanted and certificate is None:
        statuses.append(MISSING)
    status = min(statuses, key=STATUSES.index, default=IN_SYNC)
    unread = [one["what"] for one in findings if STATUS_OF_FINDING.get(one["id"]) == FAILED]
    return {
        "status": status,
        "message": " ".join([*unread, *refused.values()]),
        "differences": _differences(destinations),
        "destinations": destinations,
        "certificate": certificate
        and {
            **{fact: certificate[fact] for fact in CERTIFICATE_FACTS},
            "uploaded": certificate["fingerprint"] in declared,
        },
        "findings": findings,
    }


def summary(reports: dict[str, Report | None], now: datetime) -> dict[str, t.Any]:
    """Return the outcome of an audit of many environments, and the rows of its table.

    :param reports: report per environment; of one that could not be compared only ``status`` and ``message``, or None
        for a host that could not be reached
    """
    environments = {name: {**NOT_COMPARED, **(report or {})} for name, report in reports.items()}
    statuses = [report["status"] for report in environments.values()]
    return {
        "audited_at": now.isoformat(timespec="seconds"),
        "outcome": min(statuses, key=STATUSES.index, default=IN_SYNC),
        "counts": {status: statuses.count(status) for status in STATUSES},
        "environments": {name: _without_texts(report) for name, report in environments.items()},
        "table": [_row(name, report) for name, report in environments.items()],
    }


def _differences(destinations: dict[str, t.Any]) -> str:
    """Tell in one line what differs in an environment."""
    told = []
    for name, destination in destinations.items():
        if destination["status"] == DRIFTED:
            names = [one["property"] for one in destination["properties"]]
            more = len(names) - SHOWN_PROPERTIES
            told.append(f"{name}: {', '.join(names[:SHOWN_PROPERTIES])}" + (f" and {more} more" if more > 0 else ""))
        elif destination["status"] != IN_SYNC:
            told.append(f"{name} {destination['status']}")
    return "; ".join(told)


def _row(name: str, report: Report) -> dict[str, t.Any]:
    certificate = report["certificate"] or {}
    uploaded = certificate.get("uploaded")
    days_left = certificate.get("days_left")
    return {
        "environment": name,
        "status": report["status"],
        "differences": report["differences"] or "-",
        "certificate": certificate.get("fingerprint", "-")[:11],
        "days left": "-" if days_left is None else days_left,
        "uploaded": "-" if uploaded is None else "declared" if uploaded else "not declared",
        "findings": ", ".join(dict.fromkeys(one["id"] for one in report["findings"])) or "-",
    }


def _without_texts(report: Report) -> Report:
    """Leave out what only joins a finding's other parts for people."""
    findings = [{key: value for key, value in one.items() if key != "text"} for one in report["findings"]]
    return {**report, "findings": findings}


def _destination(result: dict[str, t.Any]) -> dict[str, t.Any]:
    before, after = (result["diff"][0][side] or {} for side in ("before", "after"))
    status = STATUS_OF_ACTION[result["action"]]
    names = result["changed_properties"] if status == DRIFTED else []
    return {"status": status, "properties": [_property(name, before, after) for name in names]}


def _property(name: str, before: dict[str, str], after: dict[str, str]) -> dict[str, str | None]:
    """Tell how one property differs, with its values unless one is secret.

    A property that the inventory does not name is told by its name alone: nobody knows whether its value is a secret.
    """
    if name not in after:
        return {"property": name, "difference": NOT_WANTED}
    difference = "differs" if name in before else MISSING
    if after[name] in (HIDDEN, DIFFERENT):
        return {"property": name, "difference": difference}
    return {"property": name, "difference": difference, "found": before.get(name), "wanted": after[name]}
