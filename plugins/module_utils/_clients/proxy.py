# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which proxy a request takes: the rules of HTTPS_PROXY and NO_PROXY, by the environment variables of the task."""

from __future__ import annotations

import contextlib
import re
import typing as t
from urllib.parse import urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN

# The module's shell reports missing libraries before a session is made.
with contextlib.suppress(ImportError):
    from requests.utils import address_in_network, is_ipv4_address, is_valid_cidr

VARIABLES = ("https_proxy", "no_proxy")


def proxy_for(url: str, environ: t.Mapping[str, str]) -> str:
    """Return the URL of the proxy for a URL; nothing where none is to be taken."""
    proxy, exceptions = (environ.get(name) or environ.get(name.upper()) for name in VARIABLES)
    return "" if not proxy or (exceptions and _bypasses(url, exceptions)) else proxy


def secrets_in(proxy: str) -> set[str]:
    """Return what no message may quote of a proxy's URL, whole or in part: its user and password."""
    user_info = proxy.rpartition("@")[0].rpartition("://")[2]
    return {part for part in (user_info, user_info.partition(":")[2], *user_info.split("/")) if part}


def without_secrets(proxy: str) -> str:
    """Return a proxy's URL for a message."""
    return re.sub(r"(?:(?<=://)|^(?!.*://)).*@", f"{HIDDEN}@", proxy)


def _bypasses(url: str, exceptions: str) -> bool:
    """Return whether NO_PROXY names the host of a URL, by its name or domain, with its port, or as a network.

    requests has a function for this, which changes the environment of the process.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if proxy_bypass_environment(parts.netloc.rpartition("@")[2], {"no": exceptions}):
        return True
    networks = (entry.strip() for entry in exceptions.split(","))
    return is_ipv4_address(host) and any(address_in_network(host, entry) for entry in networks if is_valid_cidr(entry))
