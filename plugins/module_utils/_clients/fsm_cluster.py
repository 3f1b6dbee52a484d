# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""To which cluster of FSM a URL leads, however it is written. Pure: no I/O, no Ansible.

FSM's clusters have an older domain as well, below which they go by the same names: eu.fsm.cloud.sap and
eu.coresuite.com are one system. Destinations from before the change of domains lead there, and users see every task
twice if such a one is taken for another system's.
"""

from __future__ import annotations

from urllib.parse import urlsplit

DOMAIN = ".fsm.cloud.sap"
OLDER_DOMAIN = ".coresuite.com"


def host_of(url: str) -> str:
    """Return the host of a URL in its one spelling: lower case, no port, no final dot; empty when there is none."""
    try:
        return (urlsplit(url.strip()).hostname or "").rstrip(".")
    except ValueError:
        return ""


def cluster_host(url: str) -> str:
    """Return the host of a URL as :func:`host_of` does, one of FSM's older domain by its present name."""
    host = host_of(url)
    cluster = host.removesuffix(OLDER_DOMAIN)
    return f"{cluster}{DOMAIN}" if cluster and cluster != host else host


def is_of_fsm(url: str) -> bool:
    """Return whether a URL leads to a cluster of FSM."""
    return cluster_host(url).endswith(DOMAIN)
