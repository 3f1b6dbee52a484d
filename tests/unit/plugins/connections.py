# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections as tests describe them: an operator's values, and what was read of a subaccount."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta, timezone
from pathlib import Path

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations import base
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import State
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.variables import read_variables
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import (
    SHORT_FINGERPRINT,
    Certificate,
    named_after,
    read_certificate,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.slots import TrustSlots
from landscape.logon import log_on
from landscape.made_by_hand import expected_pair

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

Destination = dict[str, str]
Findings = list[dict[str, str]]
Kind = t.TypeVar("Kind", bound=base.Operation)

SECRET = "s3cr3t-0f-s0meone"
URL = "https://de.fsm.cloud.sap/cloud-approval-service/api"
# What an operator sets for a connection, by the names of the variables without fsm_.
VALUES: dict[str, t.Any] = {
    "url": URL,
    "account_id": "1",
    "company_id": "2",
    "client_id": "client",
    "client_secret": SECRET,
    "audience": "https://de.fsm.cloud.sap/api/oauth2/v2/saml/acme/metadata",
}
SETUP: Destination = {"Name": "Identity_Authentication_Connectivity_IDS"}
# Destinations to the system of these values, no more than what identifies it.
PRIMARY: Destination = {
    "Name": "FSM",
    "URL": URL,
    "tc.provider_type": "FSM",
    "tc.enabled": "true",
    "URL.headers.X-Account-ID": "1",
    "URL.headers.X-Company-ID": "2",
}
OFF: Destination = {key: value for key, value in PRIMARY.items() if key != "tc.enabled"}
SECONDARY: Destination = {**OFF, "Name": "FSM_PP"}
FOREIGN: Destination = {"Name": "FSM", "Type": "HTTP", "URL": "https://mail.example.com/api"}
OTHER_SYSTEM = {"URL.headers.X-Company-ID": "3"}

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
FINGERPRINT = ":".join(["AB"] * 32)
PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def values(**given: t.Any) -> dict[str, t.Any]:
    """Return the values of all variables; those that are given differ from right ones."""
    found, findings = read_variables({**VALUES, **given})
    assert findings == []
    return found


def state(*destinations: Destination, in_instance: t.Sequence[Destination] = (), **more: t.Any) -> State:
    """Return what was read: these destinations of the subaccount, and what else is given."""
    service: t.Any = None  # it is not used
    return State(service, **{"subaccount": list(destinations), "instance": list(in_instance), **more})


def certificate(days_left: int = 700) -> Certificate:
    """Return a trust certificate that has this many days left."""
    return Certificate(PEM, FINGERPRINT, "CN=x", "CN=x", "01", NOW - timedelta(days=30), NOW + timedelta(days_left))


def slots(active: Certificate | None = None) -> TrustSlots:
    """Return the slots of trust certificates with an active one."""
    return TrustSlots(active, None, NOW)


def certificate_file(folder: Path, pem: str) -> Path:
    """Write a trust certificate where the environment dev has it, and return the file."""
    path = Path(named_after(f"{folder}/dev-{SHORT_FINGERPRINT}.pem", read_certificate(pem).fingerprint))
    path.write_text(pem, encoding="ascii")
    path.chmod(0o644)
    return path


def operation(kind: type[Kind], path: str = "/files/dev.pem", preview: bool = False, **given: t.Any) -> Kind:
    """Return an operation that is about to read the state."""
    prepared = kind(values(**given), base.Environment("dev", path, preview))
    prepared.prepare()
    return prepared


def connect(landscape: Landscape, environment: Environment) -> str:
    """Let an environment be connected as SAP's guide has it, and Task Center pull its tasks; return the fingerprint."""
    active = environment.subaccount.trust.replace()
    environment.fsm_account.upload(active.pem)
    for destination in expected_pair(environment):
        environment.subaccount.destinations[destination["Name"]] = destination
    landscape.task_center.tick(environment.name)
    return active.fingerprint


def variables(environment: Environment, **changes: t.Any) -> dict[str, t.Any]:
    """Return the variables of an environment, by their names without fsm_."""
    fsm = environment.inputs()["fsm"]
    return {**{name: fsm[name] for name in VALUES}, **changes}


def logons(landscape: Landscape, environment: Environment) -> dict[str, t.Any]:
    """Return the variables with which a user and an administrator of Task Center let their tokens be used."""
    key = environment.task_center.service_key()
    clients = {"user_token": environment.application.credentials(), "task_center_user_token": key["uaa"]}
    tokens = {name: log_on(landscape, client, environment.users[0])["access_token"] for name, client in clients.items()}
    return {"task_center_service_key": key, "task_center_wait": 0, **tokens}


def ids(findings: t.Sequence[t.Mapping[str, str]]) -> list[str]:
    """Return the IDs of findings."""
    return [finding["id"] for finding in findings]
