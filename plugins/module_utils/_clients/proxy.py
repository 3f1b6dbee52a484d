# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which proxy a request takes: by the environment variables of the task, exactly as requests understands them.

requests itself reads the environment of the process, and changes it meanwhile: other tasks run in the same process at
the same time. So its rules are here once more, and a test compares the two over many environments.
"""

from __future__ import annotations

import contextlib
import re
import typing as t
from urllib.parse import urlparse
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN

# The module's shell reports missing libraries before a session is made.
with contextlib.suppress(ImportError):
    from requests.utils import address_in_network, is_ipv4_address, is_valid_cidr, select_proxy

SUFFIX = "_proxy"


def proxy_for(url: str, environ: t.Mapping[str, str]) -> str:
    """Return the URL of the proxy for a URL; nothing where none is to be taken.

    :raises ValueError: the URL's port is no number that a port can have
    """
    proxies = _proxies(environ)
    # An empty no_proxy hides NO_PROXY from Python's rule, and from that of requests it does not.
    exceptions = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    parts = urlparse(url)
    if _is_exception(parts.hostname or "", parts.port, exceptions):
        return ""
    if proxy_bypass_environment(parts.hostname or "", proxies):
        return ""
    return select_proxy(url, proxies) or ""


def secrets_in(proxy: str) -> set[str]:
    """Return what no message may quote of a proxy's URL, whole or in part: its user and password."""
    user_info = proxy.rpartition("@")[0].rpartition("://")[2]
    return {part for part in (user_info, user_info.partition(":")[2], *user_info.split("/")) if part}


def without_secrets(proxy: str) -> str:
    """Return a proxy's URL for a message."""
    return re.sub(r"(?:(?<=://)|^(?!.*://)).*@", f"{HIDDEN}@", proxy)


def _proxies(environ: t.Mapping[str, str]) -> dict[str, str]:
    """Return what the variables ``..._proxy`` say, by what comes before that (urllib.request.getproxies_environment).

    One in lower case counts more than the others; if it is empty, none counts.
    """
    proxies = {
        name.lower().removesuffix(SUFFIX): value
        for name, value in environ.items()
        if value and name.lower().endswith(SUFFIX)
    }
    for name, value in environ.items():
        if not name.endswith(SUFFIX):
            continue
        key = name.lower().removesuffix(SUFFIX)
        if value:
            proxies[key] = value
        else:
            proxies.pop(key, None)
    return proxies


def _is_exception(host: str, port: int | None, exceptions: str) -> bool:
    """Return whether NO_PROXY names a host by itself, its domain, with its port, or as part of a network."""
    entries = [entry for entry in exceptions.replace(" ", "").split(",") if entry]
    if is_ipv4_address(host):
        return any(address_in_network(host, entry) if is_valid_cidr(entry) else host == entry for entry in entries)
    names = (host, f"{host}:{port}" if port else host)
    domains = [entry.lstrip(".") for entry in entries]
    return any(name == domain or name.endswith(f".{domain}") for name in names for domain in domains)
