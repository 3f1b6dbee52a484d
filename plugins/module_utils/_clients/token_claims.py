# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a JSON web token says of itself."""

from __future__ import annotations

import base64
import json
import re
import typing as t
from datetime import datetime, timezone

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError


def bare_token(text: str, option: str) -> str:
    """Return a token without the white space that files and vaults add.

    :param option: how the operator calls it
    :raises InputError: it cannot be a token (RFC 6750, section 2.1), and must not get into a header
    """
    token = text.strip()
    if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", token):
        raise InputError(f"{option} is no token.", "Give it as the token service issued it, and nothing else.")
    return token


def unverified_claims(token: str) -> dict[str, t.Any]:
    """Return the claims of a token; none when it is no JSON web token (RFC 7519).

    The signature is not verified, and need not be: use this only for a token that came straight from its issuer over
    TLS, or to choose between two requests to a service which verifies it itself. Never grant anything because of it.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    payload = parts[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def check_unexpired(token: str, option: str, now: datetime) -> None:
    """Make sure that a token has not expired, before anyone is blamed for refusing it.

    :param option: the option that gives it, as messages name it
    :param now: by the clock of the system that gets the request
    :raises InputError: it has
    """
    end = unverified_claims(token).get("exp")
    if isinstance(end, (int, float)) and end <= now.timestamp():
        # What is no moment of any token's life has passed, too.
        when = datetime.fromtimestamp(max(end, 0), timezone.utc).isoformat(timespec="seconds")
        raise InputError(
            f"{option} has expired at {when}, so nothing can be verified with it.",
            "Get a new one: log on as that user.",
        )
