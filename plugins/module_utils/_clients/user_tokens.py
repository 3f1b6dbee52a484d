# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A user's tokens, as a task gives them: an access token, or a refresh token, which may be renewed on the way."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import Http
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.options import USER_TOKENS
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import ServiceKey
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.task_center import Tokens, UserToken
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.token_claims import (
    bare_token,
    unverified_claims,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.xsuaa import JWT_BEARER, Xsuaa
from ansible_collections.btp_ops.task_center.plugins.module_utils._core import public_file as files
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.file_lock import file_lock

# Claims by which XSUAA names the client that it issued a token to.
CLIENT_CLAIMS = ("cid", "client_id", "azp")
LOST = (
    "The token service handed out a new refresh token in place of refresh_token, which may be good no more. "
    "Log on again, and give the refresh token in a file, as refresh_token_file: there the new one is kept each time."
)


@dataclass
class RefreshTokenStore:
    """Keeps what the token service hands out in place of a refresh token.

    :param path: the file with the refresh token; None when it was given as text, and a new one can only be dropped
    """

    path: str | None = None
    renewed: bool = False

    @property
    def warnings(self) -> list[str]:
        """What the user has to know."""
        return [LOST] if self.renewed and self.path is None else []

    def read(self) -> str:
        """Return the refresh token in the file.

        :raises InputError: there is none
        :raises OperatorError: the file cannot be read
        """
        content = files.read_state(self.path or "").content
        if content is None:
            raise InputError(f"There is no file {self.path}.", "Log on and put the refresh token into it.")
        if content.startswith("$ANSIBLE_VAULT"):
            raise InputError(
                f"The file {self.path} is encrypted with Ansible Vault, in which a new refresh token cannot be kept.",
                "Put the refresh token as it is into a file that only you can read.",
            )
        if not content.strip():
            raise InputError(f"The file {self.path} is empty.", "Log on and put the refresh token into it.")
        return content.strip()

    def keep(self, refresh_token: str) -> None:
        """Put a new refresh token in the place of the old one.

        :raises OperatorError: the file cannot be written
        """
        self.renewed = True
        if self.path:
            current = files.read_state(self.path)
            wanted = files.DesiredFile(self.path, 0o600 if current.mode is None else current.mode)
            files.write(wanted, files.desired_state(wanted, f"{refresh_token}\n", current), current)


def user_tokens(http: Http, key: ServiceKey, params: t.Mapping[str, t.Any]) -> tuple[Tokens, RefreshTokenStore]:
    """Return a source of access tokens of the user whom a module's options name, and what keeps new refresh tokens.

    :raises InputError: none of the options is given, or more than one
    :raises OperatorError: the file of the refresh token cannot be used, or the token service refused
    """
    given = [option for option in USER_TOKENS if params[option]]
    if len(given) != 1:
        raise InputError(
            f"One of {', '.join(USER_TOKENS)} is needed, and {' and '.join(given) or 'none'} is given.",
            "Give the one or the other.",
        )
    if params["user_token"]:
        return _of_access_token(http, key, bare_token(params["user_token"], "user_token")), RefreshTokenStore()
    if not params["refresh_token_file"]:
        store = RefreshTokenStore()
        return Xsuaa(http, key, _refreshing(params["refresh_token"]), store.keep), store
    # The file itself, not a link to it, which would be replaced by a file.
    store = RefreshTokenStore(os.path.realpath(params["refresh_token_file"]))
    with file_lock(f"refresh token {store.path}"):
        tokens = Xsuaa(http, key, _refreshing(store.read()), store.keep)
        tokens.bearer()
    return tokens, store


def _refreshing(refresh_token: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": refresh_token}


def _of_access_token(http: Http, key: ServiceKey, token: str) -> Tokens:
    """Return a token as it is, or in exchange for it one that is meant for the service key's client."""
    claims = unverified_claims(token)
    issued_to = next((claims[name] for name in CLIENT_CLAIMS if claims.get(name)), None)
    if issued_to in (None, key.client_id):
        return UserToken(http, token)
    return Xsuaa(http, key, {"grant_type": JWT_BEARER, "assertion": token})
