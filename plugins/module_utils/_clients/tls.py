# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom TLS connections trust, and what they show: one context per file of authorities, for all of a process.

Reading the authorities takes longer than a request, and requests does it again for every connection. A context that was
made before Ansible forks its workers is there in each of them.
"""

from __future__ import annotations

import functools
import os
import secrets as random
import ssl
import tempfile
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.limits import PunctualTlsSocket

try:
    from cryptography.hazmat.primitives import serialization
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
    context.minimum_version = max(context.minimum_version, ssl.TLSVersion.TLSv1_2)
    context.sslsocket_class = PunctualTlsSocket
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
    if os.path.isdir(path):
        context.load_verify_locations(capath=path)
    else:
        context.load_verify_locations(cafile=path)
    return context


def showing(certificate: str, key: str) -> ssl.SSLContext:
    """Return a TLS context that shows a client certificate.

    OpenSSL takes it from files only. So the key is on disk only for that moment, and only encrypted with a password
    that never leaves this process.

    :param certificate: PEM text of the certificate chain
    :param key: PEM text of its private key
    :raises ValueError: they cannot be read, or do not belong together (ssl.SSLError)
    """
    password = random.token_bytes(32).hex().encode()
    encrypted = serialization.load_pem_private_key(key.encode(), None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password),
    )
    # Empty of authorities: the session adds those that every other request trusts.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    handle, path = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(certificate.encode() + b"\n" + encrypted)
        context.load_cert_chain(path, password=password)
    finally:
        os.unlink(path)
    return context
