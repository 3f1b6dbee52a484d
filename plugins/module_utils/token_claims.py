# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a JSON web token says of itself."""

from __future__ import annotations

import base64
import json
import typing as t


def unverified_claims(token: str) -> dict[str, t.Any]:
    """Return the claims of a token; none when it is no JSON web token (RFC 7519).

    The signature is not verified, and need not be: use this only for a token that came straight from its issuer over
    TLS, or to choose between two ways to ask a service which verifies it itself. Never grant anything because of it.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    payload = parts[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
