# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filter that writes the inventory's files for an environment that was taken over."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils.fsm.adopted_files import environment_files
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.in_worker import plain
from ansible_collections.btp_ops.task_center.plugins.plugin_utils.untrusted import untrusted

DOCUMENTATION = r"""
name: fsm_adopted_files
short_description: Write the inventory's files for an environment that was taken over
version_added: 0.1.0
description:
  - Returns the text of C(main.yml), with every secret as a reference to a vaulted variable, and of
    C(vault.yml.example), which lists these.
positional: _input
options:
  _input:
    description: What P(btp_ops.task_center.fsm_adopted#filter) returned.
    type: dict
    required: true
  options:
    description: The options of the role, with their descriptions.
    type: dict
    required: true
  certificate:
    description:
      - The active trust certificate, as M(btp_ops.task_center.fsm_trust_cert_info) returns it; null if it is not known.
    type: dict
  with_service_key:
    description: Whether the inventory does not have the service key yet.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Digits come in quotes, and a secret as a reference
  ansible.builtin.assert:
    that:
      - >-
        'fsm_account_id: "0042"' in files['main.yml']
      - >-
        'vault_fsm_client_secret:' in files['vault.yml.example']
  vars:
    files: "{{ adopted | btp_ops.task_center.fsm_adopted_files(options) }}"
    adopted:
      variables: {fsm_name: FSM, fsm_account_id: "0042"}
      secrets: {fsm_client_secret: vault_fsm_client_secret}
      found: {primary: {Name: FSM}, secondary: {}}
    options:
      fsm_client_secret: {description: Client secret.}
      fsm_uploaded_certificates: {description: Fingerprints.}
"""

RETURN = r"""
_value:
  description: Name of a file to its text.
  type: dict
"""


def adopted_files(
    adopted: dict[str, t.Any],
    options: dict[str, dict[str, t.Any]],
    certificate: dict[str, t.Any] | None = None,
    with_service_key: bool = False,
) -> t.Any:
    """Return the files; what others wrote into a destination is no template."""
    return untrusted(environment_files(plain(adopted), certificate, options, with_service_key))


class FilterModule:
    """Hands the filter to Ansible."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"fsm_adopted_files": adopted_files}
