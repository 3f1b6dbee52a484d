# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that the modules of a rotation share."""

from __future__ import annotations


class ModuleDocFragment:
    """Which environment it is, what is uploaded to FSM, and with whom to verify."""

    DOCUMENTATION = r"""
options:
  connection:
    description:
      - The connection to SAP Field Service Management whose trust certificate is rotated. Messages name the role's
        variables.
    type: dict
    required: true
    suboptions:
      environment_name:
        description: Name of the environment, usually that of the host in the inventory.
        type: raw
      name:
        description: Name of the primary destination. The secondary one is named like it, with C(_PP).
        type: raw
        default: FSM
      url:
        description: FSM cluster URL, for the instructions.
        type: raw
      account_id:
        description: FSM account ID, digits in quotes, for the instructions.
        type: raw
      certificate_dir:
        description:
          - Folder for certificate files, which are named after environment, slot, expiry and fingerprint.
          - Without it, where C(fsm_certificate_dir) of the role has its default; where the module does not run on the
            controller, as given here.
        type: path
        default: ~/fsm/host_vars/fsm-certificates
  uploaded_certificates:
    description:
      - SHA-256 fingerprints of the trust certificates that an administrator has uploaded in the FSM Admin portal; a
        list, or one text with commas.
    type: raw
  user_token:
    description:
      - JWT of a user of the subaccount whom FSM knows. With it, a certificate is verified by a token that the service
        obtains for this user through the secondary destination.
    type: str
"""
