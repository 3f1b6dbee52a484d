# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SAP Field Service Management: its token service, its SAML metadata, its accounts. No decisions.

Known of them is what FSM's public SDK and SAP Task Center's guide say: see each method.
"""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.answers import json_value
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import ANY_METHOD, Bearer, Http
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import ServiceError

# FSM requires every caller of its APIs to identify itself.
CALLER = {"X-Client-ID": "btp_ops.task_center", "X-Client-Version": "1.0"}


class Fsm:
    """Speaks to one FSM cluster.

    :param base_url: https://{cluster}.fsm.cloud.sap, without a slash at the end
    :param token_url: where tokens are fetched, if not from the cluster's own token service
    """

    def __init__(self, http: Http, base_url: str, token_url: str | None = None) -> None:
        self.http = http
        self.base_url = base_url
        self.token_url = token_url or f"{base_url}/api/oauth2/v2/token"
        # Asking twice for a token does no harm.
        http.retry(self.token_url, ANY_METHOD)

    def token(self, client_id: str, client_secret: str) -> dict[str, t.Any]:
        """Return the token service's answer to an OAuth client (``client_credentials``, HTTP Basic).

        :raises ServiceError: it refused (the status says why), or cannot be reached, or answered without a token
        """
        system, what = f"FSM's token service {self.token_url}", f"give client {client_id} a token"
        self.http.secrets.add(client_secret)
        answer = self.http.request(
            system,
            what,
            "POST",
            self.token_url,
            data={"grant_type": "client_credentials"},
            auth=(client_id.encode(), client_secret.encode()),
        )
        if answer.status_code != 200:
            raise self.http.refused(
                system, what, answer, "Check the cluster in the URL, the client ID and the client secret."
            )
        body = self.http.json(system, what, answer)
        token = body.get("access_token") if isinstance(body, dict) else None
        if not isinstance(token, str) or not token:
            raise ServiceError(f"{system} answered without a token.", "Check the URL.", 200)
        self.http.secrets.add(token)
        return t.cast("dict[str, t.Any]", body)

    def companies(self, account_id: str, company_id: str | None, token: str) -> t.Any:
        """Return what the accounts API says of an account's companies, None when it does not say.

        FSM's public SDK calls this path; no other source confirms it, so a refusal means nothing.

        :param company_id: the company in whose name to send the request
        """
        headers = {**CALLER, "X-Account-ID": account_id, **({"X-Company-ID": company_id} if company_id else {})}
        answer = self.http.request(
            f"FSM's accounts API {self.base_url}",
            f"read the companies of account {account_id}",
            "GET",
            f"{self.base_url}/api/master/v1/accounts/{quote(account_id, safe='')}/companies",
            headers=headers,
            auth=Bearer(token),
        )
        if answer.status_code != 200:
            return None
        try:
            return json_value(answer)
        except ValueError:
            return None


def saml_metadata(http: Http, url: str) -> bytes:
    """Return the document at a SAML metadata URL, which anyone may read.

    :raises ServiceError: the system refused (the status says why), or cannot be reached
    """
    system, what = f"The SAML metadata URL {url}", "give the metadata"
    answer = http.request(system, what, "GET", url)
    if answer.status_code != 200:
        raise http.refused(system, what, answer, "Take the URL from FSM Admin, and open it in a browser.")
    return answer.content
