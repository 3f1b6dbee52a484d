# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom TLS connections trust: one context per file of certificate authorities, for all connections of a process.

Reading the authorities takes longer than a request, and requests does it again for every connection. A context that was
made before Ansible forks its workers is there in each of them.
"""

from __future__ import annotations

import functools
import os
import ssl
import typing as t

try:
    from requests.utils import DEFAULT_CA_BUNDLE_PATH
    from urllib3.util.ssl_ import create_urllib3_context
except ImportError:
    # The module's shell reports missing libraries before a session is made.
    pass

BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def authorities(ca_path: str | None, environ: t.Mapping[str, str]) -> str:
    """Return the file or folder of the authorities to trust, by default those of the Python installation."""
    named = (ca_path, *map(environ.get, BUNDLE_VARIABLES))
    return next(filter(None, named), DEFAULT_CA_BUNDLE_PATH)


def trusting(path: str) -> ssl.SSLContext:
    """Return a context that trusts the authorities in a file or folder and verifies host names.

    :raises OSError: they cannot be read (ssl.SSLError: they are no certificates)
    """
    facts = os.stat(path)
    return _context(path, facts.st_mtime_ns, facts.st_size)


@functools.lru_cache(maxsize=8)
def _context(path: str, _changed: int, _size: int) -> ssl.SSLContext:
    return load_authorities(create_urllib3_context(), path)


def load_authorities(context: ssl.SSLContext, path: str) -> ssl.SSLContext:
    """Let a context trust the authorities in a file or folder; return it.

    :raises OSError: they cannot be read
    """
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
    if os.path.isdir(path):
        context.load_verify_locations(capath=path)
    else:
        context.load_verify_locations(cafile=path)
    return context
