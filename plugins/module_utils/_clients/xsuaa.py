# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token service of a subaccount (XSUAA)."""

from __future__ import annotations

import dataclasses
import time
import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients import shared_tokens, tls
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.answer_types import seconds
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import ANY_METHOD, Bearer, Http
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import ServiceKey
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, ServiceError

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
NEXT_STEP_OF_GRANT = {
    "client_credentials": "Check that the service key is current: one of a deleted key or instance is refused.",
    "refresh_token": "Check that the service key is current, and log on again for a new refresh token.",
    JWT_BEARER: "Check that the service key is current, and log on again for a new user token of this subaccount.",
}
MARGIN = 60.0  # seconds before its end from which on a token is not used any more


class Xsuaa:
    """Fetches access tokens with a service key and reuses each until it expires.

    :param grant: on what grounds to fetch one, as the token service's form has it; without it, the client's own
    :param keep: is called with a refresh token that comes in place of the one that was used, before anything else
        happens: the old one may be good no more
    """

    def __init__(
        self,
        http: Http,
        key: ServiceKey,
        grant: t.Mapping[str, str] | None = None,
        keep: t.Callable[[str], None] | None = None,
    ) -> None:
        self.http = http
        self.key = key
        self.grant = dict(grant or {"grant_type": "client_credentials"})
        self.keep = keep
        self.system = f"The token service {key.token_url}"
        # A user's tokens are not shared: a task is given them, and has to show that they are good.
        self._owner = None if grant else shared_tokens.owner(dataclasses.asdict(key))
        self._token: str | None = None
        self._usable_until = 0.0
        self.http.secrets |= key.secrets | {text for name, text in self.grant.items() if name != "grant_type"}
        self._ready = False

    def bearer(self) -> Bearer:
        """Return the authentication of a request: a token that is valid for a while.

        :raises ServiceError: the token service refused, or cannot be reached
        """
        if self._token is None or time.monotonic() >= self._usable_until:
            self._token, self._usable_until = self._shared() or self._fetched()
        return Bearer(self._token)

    def forget(self) -> None:
        """Drop the token, because a service did not accept it."""
        self._token = None
        store = shared_tokens.shared()
        if store and self._owner:
            store.drop(self._owner)

    def _shared(self) -> tuple[str, float] | None:
        """Return a token that an earlier task of the run has fetched, and until when it is usable."""
        store = shared_tokens.shared()
        found = store.get(self._owner) if store and self._owner else None
        if found is None or time.monotonic() >= found[1]:
            return None
        self.http.secrets.add(found[0])
        return found

    def _fetched(self) -> tuple[str, float]:
        token, lifetime = self._fetch()
        usable_until = time.monotonic() + lifetime - MARGIN
        store = shared_tokens.shared()
        if store and self._owner:
            store.put(self._owner, token, usable_until)
        return token, usable_until

    def _prepare(self) -> None:
        """Let the session obtain tokens. Only now, for a key is costly to load, and its token may be shared.

        :raises InputError: the client certificate cannot be used
        """
        context = None
        if self.key.certificate and self.key.key:
            try:
                context = tls.showing(self.key.certificate, self.key.key)
            except (ValueError, TypeError, OSError):
                raise InputError(
                    "The client certificate and key of the service key cannot be read, or do not belong together.",
                    "Pass both PEM texts exactly as the service key has them.",
                ) from None
        # Asking twice for a token does no harm.
        self.http.retry(self.key.token_url, ANY_METHOD, context)
        self._ready = True

    def _fetch(self) -> tuple[str, float]:
        if not self._ready:
            self._prepare()
        what = f"give a token for {self.key.subaccount}"
        form = dict(self.grant)
        options: dict[str, t.Any] = {}
        if self.key.client_secret is None:
            form["client_id"] = self.key.client_id
        else:
            # As UTF-8: requests encodes text as Latin-1, of which other systems can make nothing.
            options["auth"] = (self.key.client_id.encode(), self.key.client_secret.encode())
        answer = self.http.request(self.system, what, "POST", f"{self.key.token_url}/oauth/token", data=form, **options)
        if answer.status_code != 200:
            raise self.http.refused(
                self.system,
                what,
                answer,
                NEXT_STEP_OF_GRANT[form["grant_type"]],
            )
        body = self.http.json(self.system, what, answer)
        said = body if isinstance(body, dict) else {}
        token, lifetime = said.get("access_token"), seconds(said.get("expires_in") or 0)
        if not isinstance(token, str) or not token or lifetime is None:
            raise ServiceError(
                f"{self.system} answered without a usable token.",
                "See whether url of the service key (or the option token_url) is the token service's.",
                200,
            )
        self.http.secrets.add(token)
        self._renew(said.get("refresh_token"))
        return token, float(lifetime)

    def _renew(self, refresh_token: t.Any) -> None:
        """Continue with the refresh token of an answer, if it is a new one."""
        if not isinstance(refresh_token, str) or not refresh_token:
            return
        self.http.secrets.add(refresh_token)
        if self.grant.get("refresh_token", refresh_token) != refresh_token:
            self.grant["refresh_token"] = refresh_token
            if self.keep:
                self.keep(refresh_token)
