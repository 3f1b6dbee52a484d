# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an administrator makes by hand who follows SAP's guide: the two destinations, apart from the role's own tables.

Source: SAP Task Center administration guide, "Connect SAP Field Service Management and SAP Task Center".
"""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from .environments import Environment

SHARED = {
    "Type": "HTTP",
    "ProxyType": "Internet",
    "tokenServiceURLType": "Dedicated",
    "tc.provider_type": "FSM",
    "URL.headers.X-Client-Id": "sap-task-center",
    "URL.headers.X-Client-Version": "1.0",
}


def expected_pair(environment: Environment) -> tuple[dict[str, str], dict[str, str]]:
    """Return both destinations as SAP's guide has them."""
    fsm = environment.inputs()["fsm"]
    shared = {
        **SHARED,
        "URL": fsm["url"],
        "tokenServiceURL": fsm["url"].replace("/cloud-approval-service/api", "/api/oauth2/v2/token"),
        "tokenServiceUser": fsm["client_id"],
        "tokenServicePassword": fsm["client_secret"],
        "URL.headers.X-Account-ID": fsm["account_id"],
        "URL.headers.X-Company-ID": fsm["company_id"],
    }
    primary = {
        **shared,
        "Name": "FSM",
        "Authentication": "OAuth2ClientCredentials",
        "clientId": fsm["client_id"],
        "clientSecret": fsm["client_secret"],
        "tc.enabled": "true",
    }
    secondary = {
        **shared,
        "Name": "FSM_PP",
        "Authentication": "OAuth2SAMLBearerAssertion",
        "audience": fsm["audience"],
        "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PreviousSession",
        "clientKey": fsm["client_id"],
        "userIdSource": "email",
    }
    return primary, secondary
