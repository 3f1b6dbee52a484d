#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: btp_destination_info
short_description: Read destinations of SAP BTP's Destination Service
version_added: 1.0.0
description:
  - Returns one destination, those that a pattern or labels select, or all of them, without any secret.
  - On request verifies that the service obtains a token through the destination, as an application would.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.btp
  - btp_ops.task_center.https
  - btp_ops.task_center.attributes.info
options:
  name:
    description: The destination to read. Without it, all of the level are returned, however many there are.
    type: str
  name_pattern:
    description:
      - Selects destinations by name, as a shell does files; C(*), C(?) and C([...]) match characters.
      - Names are case-sensitive.
    type: str
  labels:
    description:
      - Selects destinations that have all of these labels, each with at least one of the values in its list.
      - The service selects them, so that no others are read.
    type: dict
  with_labels:
    description: Whether the labels of the destinations are returned too, which takes one more request for each.
    type: bool
    default: false
  level:
    description: The level to read.
    type: str
    choices: [subaccount, instance]
    default: subaccount
  verify_token:
    description:
      - Whether to find the destination O(name) as an application does and let the service fetch a token for it. This
        searches the instance first and then the subaccount, whatever O(level) is.
      - The token itself is dropped. The service keeps tokens, so it may be one that was obtained before the destination
        or what it depends on was changed; RV(token.issued_at) says so, if the token does.
    type: bool
    default: false
  user_token:
    description: JWT of the user on whose behalf the token is fetched; needed for principal propagation.
    type: str
  properties:
    description:
      - Names of the properties to return, in addition to C(Name), in any case. Without this option, all of them.
      - Keeps what a play remembers small, where there are many destinations.
    type: list
    elements: str
  secret_names:
    description: Names of properties that hold secrets though their names do not say so.
    type: list
    elements: str
    default: []
seealso:
  - module: btp_ops.task_center.btp_destination
"""

EXAMPLES = r"""
- name: All destinations of the subaccount
  btp_ops.task_center.btp_destination_info:
    service_key: "{{ fsm_destination_service_key }}"
  register: all_destinations

- name: Destinations of two stages whose name begins with FSM, and their labels
  btp_ops.task_center.btp_destination_info:
    service_key: "{{ fsm_destination_service_key }}"
    name_pattern: FSM*
    labels:
      stage: [qa, prod]
    with_labels: true
  register: labelled_destinations

- name: To which systems the destinations lead, and nothing else of them
  btp_ops.task_center.btp_destination_info:
    service_key: "{{ fsm_destination_service_key }}"
    properties: [Type, URL]
  register: systems

- name: Does the primary destination yield a token
  btp_ops.task_center.btp_destination_info:
    service_key: "{{ fsm_destination_service_key }}"
    name: FSM
    verify_token: true
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
  description: Host of the subaccount's token service, which differs from subaccount to subaccount.
  type: str
  returned: success
  sample: dev-a1b2.authentication.eu10.hana.ondemand.com
labels:
  description: Labels by name of destination.
  type: dict
  returned: when O(with_labels) is true
  sample:
    FSM:
      stage: [prod]
token:
  description: What came of the attempt to obtain a token.
  type: dict
  returned: when O(verify_token) is true
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
    issued_at:
      description: When the token was issued, as it says itself, in seconds since the epoch; or null.
      type: int
    error:
      description: Why there is none, in the service's words; empty when there is one.
      type: str
    found_at:
      description: The level at which the destination was found.
      type: str
    differing_properties:
      description:
        - Names of properties that the service found with other values than they have on O(level), after a while of
          waiting. With some, the token may be one of the destination as it was.
      type: list
      elements: str
"""

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import (
    BTP,
    LEVEL,
    open_http,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import read_service_key
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.token_claims import (
    bare_token,
    check_unexpired,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Environ, Outcome, Spec, run_module
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import masked
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.labels import filter_labels
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.query import search
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.token_check import verify_token

SPEC = Spec(
    {
        "name": {"type": "str"},
        "name_pattern": {"type": "str"},
        "labels": {"type": "dict"},
        "with_labels": {"type": "bool", "default": False},
        "verify_token": {"type": "bool", "default": False, "no_log": False},
        "user_token": {"type": "str", "no_log": True},
        "properties": {"type": "list", "elements": "str"},
        "secret_names": {"type": "list", "elements": "str", "default": [], "no_log": False},
    },
    {
        "required_if": [("verify_token", True, ["name"])],
        "mutually_exclusive": [("name", "name_pattern"), ("name", "labels")],
    },
).including(LEVEL, BTP)


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Read what the options select."""
    level, labels = params["level"], filter_labels(params["labels"] or {})
    if params["user_token"]:
        bare_token(params["user_token"], "user_token")
    service = DestinationService(open_http(params, environ), read_service_key(params))
    if params["name"]:
        found = service.destination(level, params["name"])
        destinations = [] if found is None else [found]
    else:
        destinations = search(service, level, params["name_pattern"], labels)
    shown = [_chosen(destination, params["properties"]) for destination in destinations]
    facts: dict[str, t.Any] = {
        "destinations": [masked(destination, params["secret_names"]) for destination in shown],
        "subaccount": service.key.tenant_host,
    }
    if params["with_labels"]:
        names = [destination["Name"] for destination in destinations]
        facts["labels"] = {name: service.labels(level, name) or {} for name in names}
    if params["verify_token"]:
        if params["user_token"]:
            check_unexpired(params["user_token"], "user_token", service.http.now())
        facts["token"] = verify_token(service, level, params["name"], params["user_token"], (destinations or [{}])[0])
    return Outcome(facts=facts)


def _chosen(destination: dict[str, str], properties: list[str] | None) -> dict[str, str]:
    """Return the selected properties of a destination; names of HTTP headers have no case."""
    if properties is None:
        return destination
    wanted = {"name", *map(str.lower, properties)}
    return {key: value for key, value in destination.items() if key.lower() in wanted}


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
