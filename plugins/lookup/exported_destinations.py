# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookup that reads destinations that were exported to files."""

from __future__ import annotations

DOCUMENTATION = r"""
name: exported_destinations
short_description: Read destinations that were exported to files
version_added: 0.1.0
author:
  - The btp_ops.task_center authors (@btp-ops)
description:
  - Reads destinations that were exported from SAP BTP's cockpit, as JSON or as properties files, or printed as JSON by
    another tool, whatever that wraps around them.
  - Secrets are masked, whether they are real or remarks that the cockpit puts in their place.
options:
  _terms:
    description: Paths of files on the controller. A relative one is seen from where the playbook was started.
    type: list
    elements: path
    required: true
"""

EXAMPLES = r"""
- name: What was exported
  ansible.builtin.debug:
    msg: "{{ query('btp_ops.task_center.exported_destinations', 'FSM.json', 'FSM_PP') | map(attribute='Name') }}"
"""

RETURN = r"""
_raw:
  description: The destinations, by the JSON keys of the REST API.
  type: list
  elements: dict
"""

import os
import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils.exported_destinations import read_export


class LookupModule(LookupBase):
    """The lookup."""

    def run(self, terms: list[str], variables: t.Any = None, **kwargs: t.Any) -> list[dict[str, str]]:
        """Return the destinations of all files."""
        return [destination for path in terms for destination in _read(os.path.abspath(os.path.expanduser(path)))]


def _read(path: str) -> list[dict[str, str]]:
    try:
        with open(path, "rb") as file:
            return read_export(path, file.read())
    except OSError as error:
        raise AnsibleError(f"The file {path} cannot be read: {error.strerror}.") from error
    except InputError as error:
        raise AnsibleError(str(error)) from error
