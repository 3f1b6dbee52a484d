# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which secrets a read of a destination does not show. Pure: no I/O, no Ansible.

The service's answers show them, as far as is known; the cockpit and the btp CLI do not. An update replaces the whole
destination, so one that is built on a read without them would store stars, or nothing, in their place.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import is_secret

Destination = t.Mapping[str, t.Any]

_MASK = re.compile(r"[*•]+|<<.*>>", re.DOTALL)
# Authentication types that need the secret of an OAuth client (SAP BTP Connectivity, "HTTP Destinations").
_WITH_CLIENT_SECRET = frozenset(
    {
        "OAuth2ClientCredentials",
        "OAuth2UserTokenExchange",
        "OAuth2JWTBearer",
        "OAuth2Password",
        "OAuth2AuthorizationCode",
        "OAuth2RefreshToken",
        "OAuth2TechnicalUserPropagation",
    }
)


def hidden_secrets(destination: Destination, secrets: t.Collection[str] = ()) -> set[str]:
    """Return the names of the secrets that a destination must have, or says that it has, without their values.

    :param secrets: names of further properties that are taken for secrets
    """
    named = {key for key, value in destination.items() if (is_secret(key) or key in secrets) and _is_mask(value)}
    return named | {key for key in _needed(destination) if not destination.get(key)}


def shown_properties(destination: Destination, secrets: t.Collection[str] = ()) -> dict[str, t.Any]:
    """Return the properties of a destination without the secrets that are not shown."""
    hidden = hidden_secrets(destination, secrets)
    return {key: value for key, value in destination.items() if key not in hidden}


def shows(read: Destination, written: Destination, secrets: t.Collection[str] = ()) -> bool:
    """Return whether a read shows a destination as it was written, apart from secrets that it does not show.

    :param secrets: names of further properties that are taken for secrets
    """
    return not differing(read, written, secrets)


def differing(read: Destination, written: Destination, secrets: t.Collection[str] = ()) -> list[str]:
    """Return the names of the properties that a read shows otherwise than they were written."""
    hidden = hidden_secrets(read, secrets)
    # One that is needed by no authentication may be left out together with those that are.
    hidden |= {key for key in written.keys() - read.keys() if hidden and (is_secret(key) or key in secrets)}
    names = {*read, *written} - (hidden & written.keys())
    return sorted(name for name in names if read.get(name) != written.get(name))


def _is_mask(value: t.Any) -> bool:
    return not value or (isinstance(value, str) and _MASK.fullmatch(value) is not None)


def _needed(destination: Destination) -> t.Iterator[str]:
    """Return the names of the secrets without which a destination of this kind cannot work."""
    authentication = destination.get("Authentication")
    by_certificate = "tokenService.KeyStoreLocation" in destination
    if authentication in _WITH_CLIENT_SECRET and destination.get("clientId") and not by_certificate:
        yield "clientSecret"
    if destination.get("tokenServiceUser"):
        yield "tokenServicePassword"
    if authentication in ("BasicAuthentication", "OAuth2Password") and destination.get("User"):
        yield "Password"
