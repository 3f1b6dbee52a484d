#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: btp_destination
short_description: Manage one destination of SAP BTP's Destination Service
version_added: 0.1.0
description:
  - Creates, updates and deletes a destination in a subaccount or in a Destination Service instance.
  - The service replaces a destination as a whole, so the module reads it, works out the whole configuration, and
    writes it only when it differs. Then it reads it back, for the service knows no conditional write.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.btp
  - btp_ops.task_center.attributes
options:
  name:
    description: Name of the destination, unique in its level. Letters, digits, C(_) and C(-), at most 200 of them.
    type: str
    required: true
  state:
    description: Whether the destination has to be there.
    type: str
    choices: [present, absent]
    default: present
  level:
    description:
      - Where the destination stands. SAP Task Center reads those of the subaccount.
      - One of the instance hides one of the same name in the subaccount from applications that use this instance.
    type: str
    choices: [subaccount, instance]
    default: subaccount
  properties:
    description:
      - Properties by the JSON keys of the REST API, such as C(URL) or C(tokenServiceURLType). They are case-sensitive.
      - The service keeps texts. A boolean becomes V(true) or V(false), an integer its digits. A number with a
        fraction is refused, because V(1.0) would arrive as whatever is made of it; quote it.
      - Null means that the property must not exist.
    type: dict
    default: {}
  secret_properties:
    description:
      - Properties that are never shown, such as C(clientSecret) and C(tokenServicePassword).
      - An empty text is refused, for it would wipe the stored secret. Null means that the property must not exist.
    type: dict
    default: {}
  update_secrets:
    description:
      - With V(always), a stored secret that differs from O(secret_properties) is replaced.
      - With V(on_create), the secrets of a destination that exists stay, whatever O(secret_properties) says.
    type: str
    choices: [always, on_create]
    default: always
  purge_properties:
    description: Whether properties that the task does not name are removed.
    type: bool
    default: false
seealso:
  - module: btp_ops.task_center.btp_destination_info
  - name: SAP BTP Connectivity, Destination Service REST API
    description: What the service accepts.
    link: https://api.sap.com/api/SAP_CP_CF_Connectivity_Destination/overview
"""

EXAMPLES = r"""
- name: The technical user's destination to SAP Field Service Management
  btp_ops.task_center.btp_destination:
    service_key: "{{ fsm_destination_service_key }}"
    name: FSM
    properties:
      Type: HTTP
      URL: https://de.fsm.cloud.sap/cloud-approval-service/api
      ProxyType: Internet
      Authentication: OAuth2ClientCredentials
      clientId: "{{ fsm_client_id }}"
      tokenServiceURLType: Dedicated
      tokenServiceURL: https://de.fsm.cloud.sap/api/oauth2/v2/token
      tokenServiceUser: "{{ fsm_client_id }}"
      tc.enabled: true
      URL.headers.X-Client-Version: "1.0"
    secret_properties:
      clientSecret: "{{ fsm_client_secret }}"
      tokenServicePassword: "{{ fsm_client_secret }}"

- name: One property less, one changed, all others as they are
  btp_ops.task_center.btp_destination:
    service_key: "{{ fsm_destination_service_key }}"
    name: FSM
    properties:
      tc.ui.group: null
      tc.notifications.enabled: true

- name: No destination of this name in the service instance
  btp_ops.task_center.btp_destination:
    service_key: "{{ fsm_destination_service_key }}"
    name: FSM
    level: instance
    state: absent
"""

RETURN = r"""
action:
  description: What was done, or would be in check mode.
  type: str
  returned: success
  sample: update
destination:
  description: The destination as it stands afterwards, secrets masked; empty when it is gone.
  type: dict
  returned: success
  sample:
    Name: FSM
    Type: HTTP
    clientSecret: "********"
changed_properties:
  description: Names of the properties that appeared, changed or went.
  type: list
  elements: str
  returned: success
  sample: [URL, clientSecret]
"""

import time
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import AnswerLost, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils.options import BTP_OPTIONS, LEVEL_OPTION, open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils.plans.destination import (
    Plan,
    plan_absent,
    plan_present,
    wish,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils.secrets import secret_values
from ansible_collections.btp_ops.task_center.plugins.module_utils.service_key import read_service_key
from ansible_collections.btp_ops.task_center.plugins.module_utils.shell import Environ, Outcome, Spec, run_module

SPEC = Spec(
    {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "properties": {"type": "dict", "default": {}},
        "secret_properties": {"type": "dict", "default": {}, "no_log": True},
        "update_secrets": {"type": "str", "choices": ["always", "on_create"], "default": "always", "no_log": False},
        "purge_properties": {"type": "bool", "default": False},
        **LEVEL_OPTION,
        **BTP_OPTIONS,
    }
)

# Another writer, or a destination that came or went between reading and writing, is met at most this often.
ROUNDS = 3
# Seconds between reading back tries: a read may lag behind the write that it follows.
LAG = (0.0, 0.2, 0.5, 1.0, 2.0)


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Bring the destination to the state that the options describe."""
    name, level = params["name"], params["level"]
    wanted = wish(
        name,
        params["properties"],
        params["secret_properties"],
        purge=params["purge_properties"],
        keep_secrets=params["update_secrets"] == "on_create",
    )
    service = DestinationService(open_http(params, environ), read_service_key(params))
    service.http.secrets |= {value for value in wanted.secrets.values() if value}

    def plan() -> Plan:
        current = service.destination(level, name)
        service.http.secrets |= secret_values(current or {})
        return plan_absent(current) if params["state"] == "absent" else plan_present(wanted, current)

    planned = plan()
    if not check_mode:
        planned = _carry_out(service, level, name, planned, plan)
    return Outcome(
        changed=planned.action != "none",
        facts={
            "action": planned.action,
            "destination": planned.after,
            "changed_properties": planned.changed_properties,
        },
        diff=[
            {
                "before_header": f"{name} ({level})",
                "after_header": f"{name} ({level})",
                # Nothing is shown as nothing, not as an empty mapping.
                "before": planned.before or "",
                "after": planned.after or "",
            }
        ],
    )


def _carry_out(
    service: DestinationService, level: str, name: str, planned: Plan, plan_again: t.Callable[[], Plan]
) -> Plan:
    """Carry out a plan and return the one that was carried out in the end.

    :raises ServiceError: the service refuses, or something else stands afterwards
    """
    attempted: Plan | None = None
    lost: AnswerLost | None = None
    for _round in range(ROUNDS):
        if planned.action == "none":
            # Either nobody had to do anything, or a request whose answer was lost did it.
            return attempted or planned
        try:
            if _written(service, level, name, planned):
                break
        except AnswerLost as error:
            attempted, lost = planned, error
        planned = plan_again()
    else:
        if planned.action == "none":
            return attempted or planned
        raise lost or ServiceError(
            f"Destination {name} came and went while it was to be written ({planned.action}).",
            "Find out who else is writing it, and run the task again.",
        )
    _read_back(service, level, name, planned)
    return planned


def _written(service: DestinationService, level: str, name: str, planned: Plan) -> bool:
    """Send a plan's request; return False when what stands by now asks for another plan."""
    if planned.action == "create":
        return service.create(level, planned.destination)
    if planned.action == "update":
        return service.replace(level, planned.destination)
    service.delete(level, name)
    return True


def _read_back(service: DestinationService, level: str, name: str, planned: Plan) -> None:
    """Make sure that what was written is what stands.

    :raises ServiceError: it is not, and names what differs
    """
    stands: dict[str, str] = {}
    for lag in LAG:
        time.sleep(lag)
        stands = service.destination(level, name) or {}
        if stands == planned.destination:
            return
    keys = sorted(key for key in {*stands, *planned.destination} if stands.get(key) != planned.destination.get(key))
    raise ServiceError(
        f"Destination {name} does not stand as it was written; it differs in {', '.join(keys)}.",
        "Someone else may be writing it: find out who, and run the task again.",
    )


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
