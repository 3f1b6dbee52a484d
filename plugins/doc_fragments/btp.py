# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of what all modules of the Destination Service share, in addition to the options in ``https``."""

from __future__ import annotations


class ModuleDocFragment:
    """Options for credentials, and the action group that sets them for all of these modules."""

    DOCUMENTATION = r"""
options:
  service_key:
    description:
      - The service key of a Destination Service instance in the subaccount, with a client secret or with an X.509
        client certificate. The service key decides which subaccount is acted on.
      - A mapping, its JSON text, or the path of a file with the JSON text; plain, or below a key C(credentials). What
        C(cf service-key) prints and a Kubernetes Secret of SAP's service operator are read as well.
      - Contradicts O(api_url), O(token_url), O(client_id), O(client_secret), O(client_certificate) and
        O(client_certificate_key), which hold the same one by one.
    type: raw
  api_url:
    description: Base URL of the Destination Service; C(uri) in a service key.
    type: str
  token_url:
    description:
      - Base URL of the subaccount's token service; C(url) in a service key.
      - With a client certificate, C(certurl).
    type: str
  client_id:
    description: OAuth client; C(clientid) in a service key.
    type: str
  client_secret:
    description: Secret of the OAuth client; C(clientsecret) in a service key.
    type: str
  client_certificate:
    description: PEM text of the client certificate chain; C(certificate) in a service key of type C(x509).
    type: str
  client_certificate_key:
    description: PEM text of the client certificate's private key; C(key) in a service key of type C(x509).
    type: str
attributes:
  action_group:
    description: Use C(group/btp_ops.task_center.btp) in C(module_defaults) to set options for all modules of the
      Destination Service, or C(group/btp_ops.task_center.all) to set those for TLS and timeouts for all modules of the
      collection.
    support: full
    membership:
      - btp_ops.task_center.all
      - btp_ops.task_center.btp
"""
