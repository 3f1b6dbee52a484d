#!/usr/bin/python

# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: fsm_saml_metadata_info
short_description: Read the entity ID in SAP Field Service Management's SAML metadata
version_added: 1.0.0
description:
  - Reads the SAML metadata of an account of SAP Field Service Management (FSM), and compares its entity ID with the
    audience of the secondary destination. FSM accepts an assertion only when they are equal.
  - Metadata that cannot be had or understood are a result, not a failure. The module fails when the system cannot be
    reached, or is in trouble.
author:
  - The btp_ops.task_center authors (@btp-ops)
extends_documentation_fragment:
  - btp_ops.task_center.https
  - btp_ops.task_center.attributes.info
  - btp_ops.task_center.attributes.all_group
options:
  url:
    description: SAML metadata URL of the account.
    type: str
    required: true
  audience:
    description: The audience that assertions are to have; O(url) itself when it is left out, as FSM has it.
    type: str
seealso:
  - module: btp_ops.task_center.fsm_client_info
"""

EXAMPLES = r"""
- name: Is the audience of the secondary destination the entity ID of FSM
  btp_ops.task_center.fsm_saml_metadata_info:
    url: "{{ fsm_audience }}"
  register: metadata
  failed_when: not metadata.entity_id_matches
"""

RETURN = r"""
available:
  description: Whether there are metadata that can be understood.
  type: bool
  returned: success
error:
  description: Why there are none; empty when there are.
  type: str
  returned: success
  sample: "The SAML metadata URL https://de.fsm.cloud.sap/x refused to give the metadata: 404 Not Found."
requires_logon:
  description:
    - Whether the answer was that nobody reads them without a log-on. SAP does not publish whether everybody can read
      them.
  type: bool
  returned: success
audience:
  description: What they were compared with.
  type: str
  returned: success
entity_id:
  description: The entity ID; of several, the one that is the audience, or else the first; null without metadata.
  type: str
  returned: success
  sample: https://de.fsm.cloud.sap/api/oauth2/v2/saml/saml-test/metadata
entity_id_matches:
  description: Whether the entity ID is the audience; null without metadata.
  type: bool
  returned: success
"""

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_facts import metadata_facts
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import HTTP, open_http
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.module import Environ, Outcome, Spec, run_module

SPEC = Spec(
    {
        "url": {"type": "str", "required": True},
        "audience": {"type": "str"},
    }
).including(HTTP)


def work(params: dict[str, t.Any], check_mode: bool, environ: Environ) -> Outcome:
    """Read the metadata and compare."""
    url = params["url"]
    return Outcome(facts=metadata_facts(open_http(params, environ), "url", url, params["audience"] or url))


def main() -> None:
    """Run as a module."""
    run_module(SPEC, work)


if __name__ == "__main__":
    main()
