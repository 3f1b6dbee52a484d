# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a browser does for a user: logs on to an application and brings it the user's tokens."""

from __future__ import annotations

import ssl
import typing as t

import httpx

if t.TYPE_CHECKING:
    from .landscape import Landscape
    from .subaccount.users import User


def log_on(landscape: Landscape, client: t.Mapping[str, str], user: User) -> dict[str, t.Any]:
    """Return the token service's answer when a user logs on to an application: access token and refresh token.

    Args:
        landscape: the running landscape.
        client: the application's credentials, such as ``uaa`` in Task Center's service key.
        user: the user.
    """
    answer = httpx.post(
        f"{client['url']}/oauth/token",
        data={"grant_type": "password", "username": user.user_name, "password": user.password},
        auth=(client["clientid"], client["clientsecret"]),
        proxy=landscape.proxy_url,
        verify=ssl.create_default_context(cafile=str(landscape.ca_file)),
        trust_env=False,
    )
    content: dict[str, t.Any] = answer.raise_for_status().json()
    return content
