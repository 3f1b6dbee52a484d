# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that turns destinations that were set up by hand into variables of the role fsm."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.adoption import adopt
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.untrusted import untrusted

DOCUMENTATION = r"""
name: fsm_adopted
short_description: Turn destinations that were set up by hand into variables of the role fsm
version_added: 0.1.0
description:
  - Finds the primary destination to FSM and its secondary one, and returns the variables with which the role makes
    them.
  - Holds no table of its own. The tables of the role say which property comes from which variable, when every variable
    holds its own name.
positional: _input
options:
  _input:
    description: The destinations, secrets masked, as M(btp_ops.task_center.btp_destination_info) returns them.
    type: list
    elements: dict
    required: true
  tables:
    description: C(primary) and C(secondary), each a property to the name of its variable or to a fixed value.
    type: dict
    required: true
  reserved:
    description: Per variable with additional properties, the names of the properties that the role sets itself.
    type: dict
    required: true
  name:
    description: Name of the primary destination; without it, the only one to FSM.
    type: str
    default: ""
  source:
    description: Where the destinations are from, for messages.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: What was set up by hand
  ansible.builtin.assert:
    that:
      - adopted.variables.fsm_account_id == '0042'
      - adopted.variables.fsm_primary_properties.Description == 'Field Service'
      - adopted.secrets.fsm_client_secret == 'vault_fsm_client_secret'
  vars:
    adopted: >-
      {{ [destination] | btp_ops.task_center.fsm_adopted(
           tables={'primary': table, 'secondary': table},
           reserved={'fsm_primary_properties': table | list}, source='This example') }}
    table:
      Name: fsm_name
      URL: fsm_url
      clientId: fsm_client_id
      clientSecret: fsm_client_secret
      tc.enabled: "true"
      tc.provider_type: FSM
      URL.headers.X-Account-ID: fsm_account_id
    destination:
      Name: FSM
      Description: Field Service
      URL: https://de.fsm.cloud.sap/cloud-approval-service/api
      clientId: from-fsm
      clientSecret: "********"
      tc.enabled: "true"
      tc.provider_type: FSM
      URL.headers.X-Account-ID: "0042"
"""

RETURN = r"""
_value:
  description:
    - C(variables) by name; C(secrets), variables and properties to the names of vaulted variables; both destinations as
      C(found); the properties that no variable can hold as C(refused), each with the reason; and C(findings), as
      P(btp_ops.task_center.fsm_input_findings#filter) returns them.
    - If there is nothing to take over, only C(findings).
  type: dict
"""


def adopted(
    destinations: list[dict[str, str]],
    tables: dict[str, dict[str, str]],
    reserved: dict[str, list[str]],
    source: str,
    name: str = "",
) -> t.Any:
    """Return the variables for a pair of destinations; what others wrote into a destination is no template."""
    return untrusted(adopt(destinations, tables, reserved, name, source))


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_adopted": adopted}
