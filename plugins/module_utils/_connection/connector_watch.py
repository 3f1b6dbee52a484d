# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the state of Task Center's connectors as one of its administrators; repeatedly, to wait for a state."""

from __future__ import annotations

import dataclasses
import time
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.connectors import JOB_TYPES, Connector
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import Http
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import read_task_center_key
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.task_center import (
    NOT_UNDERSTOOD,
    TaskCenter,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.user_tokens import user_tokens
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import redact

INTERVAL = 10  # seconds between two questions, unless a task says otherwise


def watch_connectors(http: Http, params: t.Mapping[str, t.Any]) -> tuple[dict[str, t.Any], list[str]]:
    """Return what M(btp_ops.task_center.task_center_connector_info) returns with these options, and its warnings.

    :raises InputError: the service key or a token cannot be used
    :raises ServiceError: Task Center refuses, cannot be reached, or answers what nobody understands
    """
    key = read_task_center_key(params["service_key"])
    tokens, store = user_tokens(http, key, params)
    service = TaskCenter(http, key, tokens)
    waited = 0
    while True:
        connectors = _connectors(service, params["name"])
        reached = _reached(params, connectors)
        pause = min(params["interval"], params["wait"] - waited)
        if reached is not False or pause <= 0:
            break
        time.sleep(pause)
        waited += pause
    facts: dict[str, t.Any] = {
        "connectors": [_described(http, connector) for connector in connectors],
        "reached": reached,
        "waited": waited,
    }
    if params["service_status"]:
        facts["service_status"] = [
            {**state, "message": redact(state["message"], http.secrets)} for state in service.service_status()
        ]
    facts["refresh_token_renewed"] = store.renewed
    return facts, store.warnings


def _connectors(service: TaskCenter, name: str | None) -> list[Connector]:
    """Return the connectors, with their jobs where Task Center reports them.

    A list that names no destinations says only which connectors there are: each is read to learn whose it is.
    """
    chosen = [
        connector
        for connector in service.connectors()
        if name in (None, connector.destination) or not connector.destination
    ]
    whole = filter(None, (_whole(service, connector, name) for connector in chosen))
    return [connector for connector in whole if name in (None, connector.destination)]


def _whole(service: TaskCenter, connector: Connector, name: str | None) -> Connector | None:
    """Return a connector with status and jobs: from the list, else from the connector, else from each job.

    :param name: of the destination whose connector is needed; another one's is returned as far as it is known
    :raises ServiceError: none of these has them
    """
    if connector.destination and connector.status and connector.jobs is not None:
        return connector
    detailed = service.connector(connector.id) if connector.id else connector
    if detailed is None:
        return None
    whole = detailed.or_else(connector)
    if not whole.destination:
        raise ServiceError(
            f"{service.system} does not report of which destination connector {whole.id} is, in any field that is "
            "known.",
            NOT_UNDERSTOOD,
        )
    if name not in (None, whole.destination):
        return whole
    if whole.id and whole.jobs is None:
        jobs = [service.job(whole.id, job_type) for job_type in JOB_TYPES]
        whole = dataclasses.replace(whole, jobs=tuple(filter(None, jobs)))
    if not whole.status or whole.jobs is None:
        raise ServiceError(
            f"{service.system} does not report status and jobs of connector {whole.destination} "
            "in any field that is known.",
            NOT_UNDERSTOOD,
        )
    return whole


def _reached(params: t.Mapping[str, t.Any], connectors: list[Connector]) -> bool | None:
    if not params["name"]:
        return None
    if params["wait_for"] == "removed":
        return not connectors
    return bool(connectors) and all(connector.settled for connector in connectors)


def _described(http: Http, connector: Connector) -> dict[str, t.Any]:
    facts = dataclasses.asdict(connector)
    facts["jobs"] = [{**job, "message": redact(job["message"], http.secrets)} for job in facts["jobs"]]
    return facts
