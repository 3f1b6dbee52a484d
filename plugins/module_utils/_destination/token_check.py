# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verifies that a destination works: the service itself obtains a token through it, as for an application."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.polling import POLL_DELAYS
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import redact, secret_values


def verify_token(
    service: DestinationService, level: str, name: str, user_token: str | None, current: t.Mapping[str, t.Any]
) -> dict[str, t.Any]:
    """Let the service obtain a token through a destination, and keep all of the answer but the token.

    A search may lag behind a write. Then it is repeated: a token of the destination as it was says nothing about the
    present one.

    :param current: the destination as it is on this level; empty where there is none
    """
    report: dict[str, t.Any] = {}
    for lag in POLL_DELAYS:
        time.sleep(lag)
        report, used = verify_found_token(service, name, user_token)
        differing = sorted(key for key, value in current.items() if used and used.get(key) != value)
        report["differing_properties"] = differing if report["found_at"] == level else []
        if report["found_at"] not in ("", level) or (used and not differing) or not current:
            break
    return report


def verify_found_token(
    service: DestinationService, name: str, user_token: str | None
) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """Let the service obtain a token through a destination, and return what came of it, the token aside.

    :return: the report, and which configuration the service used: with its secrets, not to be shown
    """
    answer = service.find(name, user_token) or {}
    configuration = answer.get("destinationConfiguration") or {}
    service.http.secrets |= secret_values(configuration)
    return _report(service, name, answer), configuration


def _report(service: DestinationService, name: str, answer: dict[str, t.Any]) -> dict[str, t.Any]:
    if not answer:
        return _filled(error=f"There is no destination {name}.")
    owner = answer.get("owner") or {}
    level = "instance" if owner.get("InstanceId") else "subaccount"
    tokens = answer.get("authTokens") or [{}]
    error = str(tokens[0].get("error") or "")
    obtained = bool(tokens[0].get("value")) and not error
    if not obtained and not error:
        error = "The service fetched no token: the destination's authentication needs none."
    return _filled(
        obtained=obtained,
        type=str(tokens[0].get("type") or ""),
        expires_in=int(tokens[0]["expires_in"]) if str(tokens[0].get("expires_in", "")).isdigit() else None,
        error=redact(error, service.http.secrets),
        found_at=level,
    )


def _filled(**facts: t.Any) -> dict[str, t.Any]:
    return {
        "obtained": False,
        "type": "",
        "expires_in": None,
        "error": "",
        "found_at": "",
        "differing_properties": [],
        **facts,
    }
