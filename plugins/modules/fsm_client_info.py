#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_client_info
short_description: Find out whether an FSM client's ID and secret are right, and what for
version_added: 1.0.0
description:
  - Fetches a token from SAP Field Service Management (FSM) with a client ID and secret, as both destinations of SAP
    Task Center will do, and drops it.
  - Compares account, company and cluster with what FSM says of the client. FSM need not say any of it, so each
    comparison has three results, where V(null) means "FSM does not say".
  - Wrong credentials are a result, not a failure. The module fails when FSM cannot be reached, or its answer cannot
    be interpreted.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.https
  - btp_ops.task_center.attributes.info
  - btp_ops.task_center.attributes.all_group
options:
  url:
    description:
      - FSM cluster URL, as the destinations name it. The token service is at C(/api/oauth2/v2/token) of the same host.
      - Exactly one of O(url) and O(token_url) is needed.
    type: str
  token_url:
    description: URL of FSM's token service, when it is another one.
    type: str
  client_id:
    description: Client ID that was generated in FSM Admin.
    type: str
    required: true
  client_secret:
    description: The client's secret.
    type: str
    required: true
  account_id:
    description: ID of the account that the client should belong to.
    type: str
  company_id:
    description: ID of the company that the client should belong to.
    type: str
  ask_accounts_api:
    description:
      - Whether to read the companies of O(account_id) from FSM's accounts API, when the token does not name them.
      - Its path is known from FSM's public SDK only. When it refuses to answer, it does not say.
    type: bool
    default: false
seealso:
  - module: btp_ops.task_center.fsm_saml_metadata_info
  - name: SAP Field Service Management, access tokens
    description: How clients are generated and used.
    link: https://help.sap.com/docs/SAP_FIELD_SERVICE_MANAGEMENT
"""

EXAMPLES = r"""
- name: Are FSM's client ID and secret right, and for this account and company
  btp_ops.task_center.fsm_client_info:
    url: "{{ fsm_url }}"
    client_id: "{{ fsm_client_id }}"
    client_secret: "{{ fsm_client_secret }}"
    account_id: "{{ fsm_account_id }}"
    company_id: "{{ fsm_company_id }}"
  register: client

- name: Stop when FSM refuses the client, or says that it is for another account or company
  ansible.builtin.assert:
    that:
      - client.authenticated
      - client.account_matches is not false
      - client.company_matches is not false
    fail_msg: "{{ client.error | default('The client is for another account or company.', true) }}"
"""

RETURN = r"""
authenticated:
  description: Whether FSM accepted client ID and secret.
  type: bool
  returned: success
error:
  description: How FSM refused them; empty when it accepted them.
  type: str
  returned: success
  sample: "FSM's token service https://de.fsm.cloud.sap/api/oauth2/v2/token refused to fetch a token for client c:
    401 Bad client credentials."
token_url:
  description: URL of the token service that was used.
  type: str
  returned: success
  sample: https://de.fsm.cloud.sap/api/oauth2/v2/token
expires_in:
  description: Seconds for which such a token is good, or null.
  type: int
  returned: success
account_matches:
  description: Whether the client is for O(account_id); null when FSM does not say, or it is not compared.
  type: bool
  returned: success
company_matches:
  description: Whether O(company_id) is one of the client's companies; null when FSM does not say or it is not compared.
  type: bool
  returned: success
cluster_matches:
  description: Whether the account is in the cluster of the token service; null when FSM does not say.
  type: bool
  returned: success
account:
  description: The account as FSM names it; C(id) and C(name) are null where it does not.
  type: dict
  returned: success
  sample:
    id: "654321"
    name: acme
companies:
  description: The client's companies as FSM names them, or null.
  type: list
  elements: dict
  returned: success
  sample:
    - id: "123456"
      name: acme_de
cluster_url:
  description: URL of the account's cluster as FSM names it, or null.
  type: str
  returned: success
  sample: https://de.fsm.cloud.sap
"""

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm import Fsm
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_facts import base_url, client_facts
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import HTTP, open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Environ, Outcome, Spec, run_module

SPEC = Spec(
    {
        "url": {"type": "str"},
        "token_url": {"type": "str", "no_log": False},
        "client_id": {"type": "str", "required": True},
        "client_secret": {"type": "str", "required": True, "no_log": True},
        "account_id": {"type": "str"},
        "company_id": {"type": "str"},
        "ask_accounts_api": {"type": "bool", "default": False},
    },
    {
        "required_one_of": [("url", "token_url")],
        "mutually_exclusive": [("url", "token_url")],
        "required_if": [("ask_accounts_api", True, ["account_id"])],
    },
).including(HTTP)


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Try the client and return what FSM says of it."""
    option = "url" if params["url"] else "token_url"
    fsm = Fsm(open_http(params, environ), base_url(option, params[option]), params["token_url"])
    client = params["client_id"], params["client_secret"]
    facts = client_facts(fsm, client, params["account_id"], params["company_id"], params["ask_accounts_api"])
    return Outcome(facts=facts)


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
