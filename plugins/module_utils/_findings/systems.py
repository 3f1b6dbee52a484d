# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What FSM and SAP BTP answer before anything is written."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.finding import ERROR, WARNING, Finding

FINDINGS = (
    Finding(
        "client_refused",
        ERROR,
        "{error}",
        "Neither destination would get a token with fsm_client_id and fsm_client_secret.",
        "Compare both with FSM Admin, or generate a new client secret there.",
    ),
    Finding(
        "client_of_other_account",
        ERROR,
        "FSM says that the client belongs to account {reported}; fsm_account_id is {account_id}.",
        "FSM would refuse requests for another account.",
        "Use the client of this account, or correct fsm_account_id.",
    ),
    Finding(
        "client_of_other_company",
        ERROR,
        "FSM says that the client may work for {reported}; fsm_company_id is {company_id}.",
        "FSM would refuse requests for another company.",
        "Correct fsm_company_id, or give the client access to this company in FSM Admin.",
    ),
    Finding(
        "client_of_other_cluster",
        ERROR,
        "FSM says that the account is on {reported}; fsm_url is on {host}.",
        "FSM's clusters do not know each other's accounts.",
        "Correct fsm_url.",
    ),
    Finding(
        "metadata_unavailable",
        ERROR,
        "{error}",
        "FSM accepts users only from assertions whose audience is the entity ID in the account's SAML metadata, "
        "and fsm_audience has to be their URL.",
        "Copy the SAML metadata URL from FSM Admin. If this network forbids the request, set fsm_check_metadata to "
        "false.",
    ),
    Finding(
        "metadata_not_public",
        WARNING,
        "The SAML metadata at fsm_audience can be read by nobody who has not logged on: {error}",
        "So it was not verified that they are those of this account. Where fsm_audience is not what FSM expects, it "
        "rejects every user.",
        "Compare fsm_audience with the URL in FSM Admin, and let a user's token verify it: fsm_user_token.",
        acknowledgeable=True,
    ),
    Finding(
        "audience_differs",
        WARNING,
        "The SAML metadata at fsm_audience name {entity_id} as their entity ID, and fsm_audience is {audience}.",
        "SAP's guide has the URL of the metadata as the audience. SAP does not publish which of the two FSM expects; "
        "if it is the other one, it rejects every user.",
        "Let a user's token verify it: fsm_user_token. If FSM rejects the user because of the audience, set "
        "fsm_audience to {entity_id}.",
    ),
    Finding(
        "audience_is_no_url",
        WARNING,
        "fsm_audience is {audience}, and not the URL of the account's SAML metadata.",
        "SAP's guide has that URL as the audience. Whether FSM accepts another text was not verified.",
        "Set fsm_audience to the URL in FSM Admin, unless FSM is known to reject users with it.",
        acknowledgeable=True,
    ),
    Finding(
        "system_not_readable",
        ERROR,
        "{error}",
        "So its present state could not be checked.",
        "Correct that first, and run the playbook again.",
    ),
)
