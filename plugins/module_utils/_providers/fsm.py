# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SAP Field Service Management (FSM) as a task provider: its two destinations, by JSON keys of the Destination Service.

Source: SAP Task Center administration guide, "Primary Destination with the Technical User" and "Secondary Destination
for the Principal Propagation". The cockpit's "Use default JDK truststore" is the absence of TrustStoreLocation and
TrustAll.

In braces are values of a connection (_connection/definition.py); ``{host}`` is the one in its URL. It is text to be
filled in, and no template language, because it is read backwards as well: an adoption finds the values in destinations
that exist. A property whose value is not known is left out.
"""

from __future__ import annotations

# What both destinations have in common.
SHARED = {
    "Type": "HTTP",
    "URL": "{url}",
    "ProxyType": "Internet",
    "tokenServiceURLType": "Dedicated",
    "tokenServiceURL": "https://{host}/api/oauth2/v2/token",
    "tokenServiceUser": "{client_id}",
    "tc.provider_type": "FSM",
    "URL.headers.X-Account-ID": "{account_id}",
    "URL.headers.X-Client-Id": "sap-task-center",
    "URL.headers.X-Client-Version": "1.0",
    "URL.headers.X-Company-ID": "{company_id}",
}

# Technical user: what Task Center polls.
PRIMARY = {
    **SHARED,
    "Name": "{name}",
    "Authentication": "OAuth2ClientCredentials",
    "clientId": "{client_id}",
    "tc.enabled": "true",
}
PRIMARY_SECRETS = {
    "clientSecret": "{client_secret}",
    "tokenServicePassword": "{client_secret}",
}

# Principal propagation: what Task Center uses when a user acts on a task. Never with tc.enabled, or Task Center may
# poll it as well.
SECONDARY = {
    **SHARED,
    "Name": "{name}_PP",
    "Authentication": "OAuth2SAMLBearerAssertion",
    "audience": "{audience}",
    "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PreviousSession",
    "clientKey": "{client_key}",
    "userIdSource": "email",
}
SECONDARY_SECRETS = {
    "tokenServicePassword": "{client_secret}",
}
