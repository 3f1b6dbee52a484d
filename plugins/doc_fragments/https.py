# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that all modules share: how a system is reached."""

from __future__ import annotations


class ModuleDocFragment:
    """Options for TLS, timeouts and retries."""

    DOCUMENTATION = r"""
options:
  ca_path:
    description:
      - File with the certificate authorities to trust, in PEM form.
      - Without it, those of the environment variable E(REQUESTS_CA_BUNDLE) or of the Python installation.
      - Verification cannot be turned off, for every request carries a secret.
    type: path
  connect_timeout:
    description: Seconds to wait for a connection.
    type: float
    default: 5.0
  read_timeout:
    description: Seconds to wait for the next part of an answer.
    type: float
    default: 30.0
  request_timeout:
    description:
      - Seconds for one request, its repetitions and the waiting between them included. A system that sends its answer
        byte by byte does not make a run last for ever.
    type: float
    default: 120.0
  task_timeout:
    description: Seconds for all requests of the task to one system together.
    type: float
    default: 600.0
  retries:
    description:
      - How often a failed request is repeated, with growing delay or after the time that the service demands.
      - Only requests are repeated that do no harm when they are carried out twice.
    type: int
    default: 4
  max_answer_mib:
    description: Size of the largest answer that is accepted, unpacked, in MiB.
    type: int
    default: 16
  max_pages:
    description: Number of pages of a list that are read at most. The Destination Service has 100 destinations per page.
    type: int
    default: 200
requirements:
  - Python >= 3.9 where the module runs; >= 3.10 on the controller
  - requests >= 2.31
  - cryptography >= 43
notes:
  - Requests go through the proxy that the environment variables E(HTTPS_PROXY), E(ALL_PROXY) and E(NO_PROXY) name, as
    the Python library requests understands them. One in lower case counts more, and an empty E(https_proxy) means none.
"""
