#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: task_center_connector_info
short_description: Read what SAP Task Center says of its connectors and their jobs
version_added: 1.0.0
description:
  - SAP Task Center makes a connector of each primary destination with C(tc.enabled). This module returns the status of
    connectors, of their jobs, and of Task Center's own settings. It can wait for the first pull of tasks to end.
  - Only a user with the role C(TaskCenterAdmin) may see them. So one of O(refresh_token_file), O(refresh_token) and
    O(user_token) is needed in addition to Task Center's service key; the client of the key alone is not enough.
  - SAP publishes the paths of this API, not the form of its answers. They are read tolerantly; what cannot be
    understood makes the module fail, and is never taken for a good status.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.https
  - btp_ops.task_center.attributes.info
  - btp_ops.task_center.attributes.all_group
options:
  service_key:
    description:
      - The service key of a SAP Task Center instance, with C(endpoints.inbox_rest_url) and C(uaa).
      - A mapping, its JSON text, or the path of a file with the JSON text; plain, or below a key C(credentials).
    type: raw
    required: true
  refresh_token_file:
    description:
      - File that holds nothing but a refresh token of the user for the client of O(service_key).
      - Where the token service is set to rotate refresh tokens, it hands out a new one each time, and the old one no
        longer works. The new one is then written to this file, in check mode too, or else the user would have to log on
        again.
    type: path
  refresh_token:
    description:
      - A refresh token of the user for the client of O(service_key).
      - When the token service hands out a new one in its place, the module warns and drops that, for a result is no
        place for a secret. Use O(refresh_token_file) then.
    type: str
  user_token:
    description:
      - An access token (JWT) of the user. One that was issued to another client than that of O(service_key), such as to
        an application of the same subaccount, is exchanged first.
    type: str
  name:
    description: Name of the primary destination whose connector is to be returned. Without it, all are.
    type: str
  service_status:
    description: Whether to read the status of Task Center's own settings too.
    type: bool
    default: true
  wait_for:
    description:
      - What to wait for, and what RV(reached) is about.
      - V(settled) is a connector O(name) whose first pull of tasks (job C(INITIAL)) is over, well or badly, or that is
        not going to have one because it is paused or in error.
      - V(removed) is that there is no connector O(name) any more, as after C(tc.enabled) was removed from its
        destination.
    type: str
    choices: [settled, removed]
    default: settled
  wait:
    description:
      - Seconds to wait for it at most, not counting the time that requests take. V(0) reads once.
      - Needs O(name). What was not reached in time is a result, RV(reached), not a failure.
      - Waiting here takes one token for all reads. With C(until), each read would take a refresh token of its own.
    type: int
    default: 0
  interval:
    description: Seconds between two reads. Task Center answers 429 to too many requests; this is honoured.
    type: int
    default: 10
seealso:
  - module: btp_ops.task_center.btp_destination
  - name: SAP Task Center, Monitoring
    description: Which jobs there are and what their statuses mean.
    link: https://help.sap.com/docs/task-center
"""

EXAMPLES = r"""
- name: Wait up to five minutes for the first pull of tasks
  btp_ops.task_center.task_center_connector_info:
    service_key: "{{ task_center_service_key }}"
    refresh_token_file: "{{ task_center_refresh_token_file }}"
    name: FSM
    wait: 300
  register: monitoring

- name: Show what is not as it should be
  ansible.builtin.debug:
    msg: "{{ monitoring.connectors | map(attribute='jobs') | flatten | rejectattr('status', 'eq', 'OK') }}"

- name: All connectors, with the access token of a user
  btp_ops.task_center.task_center_connector_info:
    service_key: "{{ task_center_service_key }}"
    user_token: "{{ task_center_user_token }}"
"""

RETURN = r"""
connectors:
  description: The connectors; none when there is none for O(name).
  type: list
  elements: dict
  returned: success
  contains:
    destination:
      description: Name of the primary destination.
      type: str
      sample: FSM
    id:
      description: ID of the connector, or null.
      type: str
    status:
      description: C(OK), C(WARNING), C(ERROR), C(PAUSED), or what else Task Center says, in upper case.
      type: str
      sample: OK
    jobs:
      description: The last runs of the connector's jobs.
      type: list
      elements: dict
      contains:
        type:
          description: C(INITIAL), C(CONFIG), C(DELTA), C(META) or C(PUSH).
          type: str
          sample: INITIAL
        status:
          description: C(OK), C(RUNNING), C(WARNING), C(ERROR), or what else Task Center says, in upper case.
          type: str
          sample: OK
        message:
          description: What Task Center says of it; may be empty.
          type: str
reached:
  description: Whether what O(wait_for) describes is the case; null without O(name).
  type: bool
  returned: success
waited:
  description: Seconds that were waited.
  type: int
  returned: success
service_status:
  description: The states of Task Center's own settings.
  type: list
  elements: dict
  returned: when O(service_status) is true
  contains:
    code:
      description: Which setting, such as C(IDS_Configuration).
      type: str
      sample: IDS_Configuration
    status:
      description: Its status, in upper case.
      type: str
      sample: OK
    message:
      description: What Task Center says of it; may be empty.
      type: str
refresh_token_renewed:
  description: Whether the token service handed out a new refresh token in place of the one that was used.
  type: bool
  returned: success
"""

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import (
    HTTP,
    TASK_CENTER,
    open_http,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.connector_watch import (
    INTERVAL,
    watch_connectors,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Environ, Outcome, Spec, run_module

SPEC = Spec(
    {
        "name": {"type": "str"},
        "service_status": {"type": "bool", "default": True},
        "wait_for": {"type": "str", "choices": ["settled", "removed"], "default": "settled"},
        "wait": {"type": "int", "default": 0},
        "interval": {"type": "int", "default": INTERVAL},
    },
    {"required_if": [("wait_for", "removed", ["name"])]},
).including(TASK_CENTER, HTTP)


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Read the connectors, repeatedly if there is something to wait for."""
    _check(params)
    facts, warnings = watch_connectors(open_http(params, environ), params)
    return Outcome(facts=facts, warnings=warnings)


def _check(params: dict[str, t.Any]) -> None:
    if params["wait"] and not params["name"]:
        raise InputError("wait needs name.", "Name the destination whose connector to wait for.")
    if params["wait"] < 0 or params["interval"] < 1:
        raise InputError("wait must not be negative, and interval must be at least 1.", "Correct the options.")


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
