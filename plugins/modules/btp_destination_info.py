#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: btp_destination_info
short_description: Read destinations of SAP BTP's Destination Service
version_added: 0.1.0
description:
  - Returns one destination or all of them, without any secret.
  - On request proves that the service obtains a token through the destination, as an application would.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.btp
  - btp_ops.task_center.attributes.info
options:
  name:
    description: The destination to read. Without it, all of the level are returned.
    type: str
  level:
    description: Where to look.
    type: str
    choices: [subaccount, instance]
    default: subaccount
  prove_token:
    description:
      - Whether to find the destination O(name) as an application does and let the service fetch a token for it. This
        looks at the
        instance first and then at the subaccount, whatever O(level) is.
      - The token itself is dropped.
    type: bool
    default: false
  user_token:
    description: JWT of the user on whose behalf the token is fetched; needed for principal propagation.
    type: str
seealso:
  - module: btp_ops.task_center.btp_destination
"""

EXAMPLES = r"""
- name: All destinations of the subaccount
  btp_ops.task_center.btp_destination_info:
    service_key: "{{ fsm_destination_service_key }}"
  register: all_destinations

- name: Does the primary destination yield a token
  btp_ops.task_center.btp_destination_info:
    service_key: "{{ fsm_destination_service_key }}"
    name: FSM
    prove_token: true
  register: primary
  failed_when: not primary.token.obtained
"""

RETURN = r"""
destinations:
  description: The destinations, secrets masked.
  type: list
  elements: dict
  returned: success
  sample:
    - Name: FSM
      Type: HTTP
      clientSecret: "********"
subaccount:
  description: Host of the subaccount's token service, by which subaccounts can be told apart.
  type: str
  returned: success
  sample: dev-a1b2.authentication.eu10.hana.ondemand.com
token:
  description: What came of the attempt to obtain a token.
  type: dict
  returned: when O(prove_token) is true
  contains:
    obtained:
      description: Whether the service obtained a token.
      type: bool
    type:
      description: Type of the token.
      type: str
    expires_in:
      description: Seconds until the token expires, or null.
      type: int
    error:
      description: Why there is none, in the service's words; empty when there is one.
      type: str
    found_at:
      description: The level at which the destination was found.
      type: str
"""

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils.options import BTP_OPTIONS, LEVEL_OPTION, open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils.secrets import masked, redact, secret_values
from ansible_collections.btp_ops.task_center.plugins.module_utils.service_key import read_service_key
from ansible_collections.btp_ops.task_center.plugins.module_utils.shell import Environ, Outcome, Spec, run_module

SPEC = Spec(
    {
        "name": {"type": "str"},
        "prove_token": {"type": "bool", "default": False, "no_log": False},
        "user_token": {"type": "str", "no_log": True},
        **LEVEL_OPTION,
        **BTP_OPTIONS,
    },
    {"required_if": [("prove_token", True, ["name"])]},
)


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Read what the options ask for."""
    service = DestinationService(open_http(params, environ), read_service_key(params))
    if params["name"]:
        found = service.destination(params["level"], params["name"])
        destinations = [] if found is None else [found]
    else:
        destinations = service.destinations(params["level"])
    facts: dict[str, t.Any] = {
        "destinations": [masked(destination) for destination in destinations],
        "subaccount": service.key.tenant_host,
    }
    if params["prove_token"]:
        facts["token"] = _proof(service, params["name"], params["user_token"])
    return Outcome(facts=facts)


def _proof(service: DestinationService, name: str, user_token: str | None) -> dict[str, t.Any]:
    """Let the service obtain a token through the destination, and keep all of the answer but the token."""
    answer = service.find(name, user_token)
    service.http.secrets |= secret_values((answer or {}).get("destinationConfiguration") or {})
    if answer is None:
        return _told(error=f"There is no destination {name}.")
    owner = answer.get("owner") or {}
    level = "instance" if owner.get("InstanceId") else "subaccount"
    tokens = answer.get("authTokens") or [{}]
    error = str(tokens[0].get("error") or "")
    obtained = bool(tokens[0].get("value")) and not error
    if not obtained and not error:
        error = "The service fetched no token: the destination's authentication needs none."
    return _told(
        obtained=obtained,
        type=str(tokens[0].get("type") or ""),
        expires_in=int(tokens[0]["expires_in"]) if str(tokens[0].get("expires_in", "")).isdigit() else None,
        error=redact(error, service.http.secrets),
        found_at=level,
    )


def _told(**facts: t.Any) -> dict[str, t.Any]:
    return {"obtained": False, "type": "", "expires_in": None, "error": "", "found_at": "", **facts}


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
