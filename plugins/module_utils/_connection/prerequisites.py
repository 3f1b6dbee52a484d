# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What keeps a connection from being made, of what was read before anything is written. Pure: no I/O, no Ansible."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.state import State
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import (
    Destination,
    subaccount_findings,
    system_of,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.concurrency import Answer
from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.catalog import Findings, finding


def prerequisite_findings(state: State, primary: Destination) -> Findings:
    """Check what was read against the primary destination that has to exist.

    :param primary: by JSON key, without its secrets
    """
    results = client_findings(state.client, primary) + metadata_findings(state.metadata)
    if state.subaccount is not None and state.instance is not None:
        results += subaccount_findings(state.subaccount, state.instance, primary)
    return results


def client_findings(client: Answer, primary: Destination) -> Findings:
    """Check what FSM says of the client. FSM guarantees none of it, so silence is no finding."""
    host, account_id, company_id = system_of(primary)
    results = []
    if client.get("authenticated") is False:
        results.append(finding("client_refused", error=client["error"]))
    if client.get("account_matches") is False:
        results.append(finding("client_of_other_account", reported=client["account"]["id"], account_id=account_id))
    if client.get("company_matches") is False:
        companies = ", ".join(str(company["id"]) for company in client["companies"])
        results.append(finding("client_of_other_company", reported=companies, company_id=company_id))
    if client.get("cluster_matches") is False:
        results.append(finding("client_of_other_cluster", reported=client["cluster_url"], host=host))
    return results


def metadata_findings(metadata: Answer) -> Findings:
    """Check what the SAML metadata say."""
    results = []
    if metadata.get("available") is False:
        finding_id = "metadata_not_public" if metadata.get("requires_logon") else "metadata_unavailable"
        results.append(finding(finding_id, error=metadata["error"]))
    if metadata.get("entity_id_matches") is False:
        facts = {"entity_id": metadata["entity_id"], "audience": metadata["audience"]}
        results.append(finding("audience_differs", **facts))
    return results
