# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the systems say before FSM's destinations are written, all findings at once. Pure: no I/O, no Ansible."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.findings import found
from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.subaccount import (
    Destination,
    subaccount_findings,
    system_of,
)

Answer = dict[str, t.Any]


def prerequisite_findings(asked: dict[str, Answer], wanted: Destination) -> list[dict[str, str]]:
    """Check what the systems said against the primary destination that is to stand.

    :param asked: results of the modules that asked: ``client``, ``metadata``, ``subaccount`` and ``instance``, and
        others that only have to have answered, such as ``trust``; empty where nobody asked, with ``failed`` and
        ``msg`` where there was no answer
    :param wanted: the primary destination, by JSON key
    """
    results = unread_findings(asked) + client_findings(asked["client"], wanted)
    results += metadata_findings(asked["metadata"])
    in_subaccount, in_instance = (asked[level].get("destinations") for level in ("subaccount", "instance"))
    if in_subaccount is not None and in_instance is not None:
        results += subaccount_findings(in_subaccount, in_instance, wanted)
    return results


def unread_findings(asked: dict[str, Answer]) -> list[dict[str, str]]:
    """Find what could not be asked; one system may have refused several questions with the same words."""
    errors = dict.fromkeys(answer["msg"] for answer in asked.values() if answer.get("failed"))
    return [found("system_unread", error=error) for error in errors]


def client_findings(client: Answer, wanted: Destination) -> list[dict[str, str]]:
    """Check what fsm_client_info returned. FSM guarantees none of what it says, so silence is no finding."""
    host, account_id, company_id = system_of(wanted)
    results = []
    if client.get("authenticated") is False:
        results.append(found("client_refused", error=client["error"]))
    if client.get("account_matches") is False:
        results.append(found("client_of_other_account", told=client["account"]["id"], account_id=account_id))
    if client.get("company_matches") is False:
        companies = ", ".join(str(company["id"]) for company in client["companies"])
        results.append(found("client_of_other_company", told=companies, company_id=company_id))
    if client.get("cluster_matches") is False:
        results.append(found("client_of_other_cluster", told=client["cluster_url"], host=host))
    return results


def metadata_findings(metadata: Answer) -> list[dict[str, str]]:
    """Check what fsm_saml_metadata_info returned."""
    results = []
    if metadata.get("available") is False:
        results.append(found("metadata_unavailable", error=metadata["error"]))
    if metadata.get("entity_id_matches") is False:
        results.append(found("audience_differs", entity_id=metadata["entity_id"]))
    return results
