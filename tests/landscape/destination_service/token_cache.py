# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Destination Service's cache of the tokens that it has fetched.

That there is one is public, for two authentication types; what it finds a token by is not (assumption ``token_cache``).
The trust certificate is no part of any key: a token that was had with the old one is found after a rotation as well.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta

if t.TYPE_CHECKING:
    from ..assumptions import Assumptions
    from ..platform.clock import Clock
    from ..subaccount.configuration_store import Configuration
    from .token_request import AuthToken

CACHED_TYPES = ("OAuth2ClientCredentials", "OAuth2SAMLBearerAssertion")
# So long before a token expires, a new one is fetched. The real margin is not public.
RENEWED_BEFORE = timedelta(minutes=5)

Key = tuple[t.Any, ...]


@dataclass(frozen=True)
class _Kept:
    token: AuthToken
    fetched: datetime
    expires: datetime


@dataclass(frozen=True)
class OnBehalf:
    """For whom a token is fetched: a user, known by name or by the user's token, of a tenant."""

    tenant: str = ""
    user: str = ""
    user_token: str = ""


class TokenCache:
    """Tokens by what they are found by."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[Key, _Kept] = {}

    def find(self, key: Key | None) -> AuthToken | None:
        """Return the token of a key, unless it expires soon; ``expires_in`` says how long it is still valid."""
        kept = None if key is None else self._kept.get(key)
        now = self._clock.now()
        # A test may have moved the clock back behind the moment at which the token was fetched.
        if kept is None or not kept.fetched <= now < kept.expires - RENEWED_BEFORE:
            return None
        return {**kept.token, "expires_in": str(int((kept.expires - now).total_seconds()))}

    def keep(self, key: Key | None, token: AuthToken) -> None:
        """Keep a token, if it has a key and says how long it is valid."""
        if key is not None and "expires_in" in token:
            now = self._clock.now()
            self._kept[key] = _Kept(token, now, now + timedelta(seconds=float(token["expires_in"])))


def cache_key(
    assumptions: Assumptions, subaccount_id: str, configuration: Configuration, on_behalf: OnBehalf
) -> Key | None:
    """Return what the token of a destination is found by; None when none is kept.

    Args:
        assumptions: decides what the key is made of.
        subaccount_id: the tenant whose destination it is; part of every key.
        configuration: the destination, merged with its fragment.
        on_behalf: for whom the token is fetched.
    """
    parts = assumptions["token_cache"].split("+")
    if parts == ["none"] or configuration.get("Authentication") not in CACHED_TYPES:
        return None
    properties = sorted((key, value) for key, value in configuration.items() if key != "Name")
    values: dict[str, t.Any] = {
        "name": (configuration["Name"], configuration.get("FragmentName")),
        "configuration": tuple(properties),
        "user": on_behalf.user,
        "user_token": on_behalf.user_token,
    }
    return (subaccount_id, on_behalf.tenant, *(values[part] for part in parts))
