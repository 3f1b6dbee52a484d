# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Task Center calls other systems: the Destination Service with a service key of its own, FSM by destinations."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta
from urllib.parse import quote

import httpx

from ..destination_service.service import BASE_PATH

if t.TYPE_CHECKING:
    from ..platform.clock import Clock
    from ..subaccount.tenants import ServiceKey

_HEADERS = "URL.headers."
# A token is renewed this long before it expires.
_TOKEN_MARGIN = timedelta(seconds=60)


class CallFailed(Exception):
    """Another system did not answer as it should; the message says which, and what it said."""


class NoToken(CallFailed):
    """The Destination Service got no token for a destination."""


class DestinationAccess:
    """The Destination Service, for one subaccount."""

    def __init__(self, key: ServiceKey, clock: Clock) -> None:
        self._credentials = key.credentials()
        self._clock = clock
        self._token = ""
        self._valid_until: datetime | None = None

    async def list(self, client: httpx.AsyncClient) -> list[dict[str, str]]:
        """Return all destinations of the subaccount.

        Raises:
            CallFailed: the service refused, or could not be reached.
        """
        destinations: list[dict[str, str]] = await self._call(client, "GET", "/subaccountDestinations")
        return destinations

    async def find(self, client: httpx.AsyncClient, name: str) -> dict[str, str]:
        """Return a destination as applications get it, its secrets included.

        Raises:
            CallFailed: the service refused, or could not be reached.
        """
        found = await self._call(client, "GET", f"/destinations/{quote(name, safe='')}?$skipTokenRetrieval=true")
        configuration: dict[str, str] = found["destinationConfiguration"]
        return configuration

    async def replace(self, client: httpx.AsyncClient, configuration: dict[str, str]) -> None:
        """Replace a destination of the subaccount.

        Raises:
            CallFailed: the service refused, or could not be reached.
        """
        await self._call(client, "PUT", "/subaccountDestinations", json=configuration)

    async def approval_api(self, client: httpx.AsyncClient, name: str, user_token: str | None = None) -> ApprovalApi:
        """Return FSM's approval API as a destination describes it, found with its token.

        Raises:
            CallFailed: the service refused, could not be reached, or (`NoToken`) got no token for the destination.
        """
        headers = {"X-user-token": user_token} if user_token else {}
        found = await self._call(client, "GET", f"/destinations/{quote(name, safe='')}", headers=headers)
        tokens = found.get("authTokens", [{"error": "the destination's authentication type yields no token"}])
        if tokens[0].get("error"):
            raise NoToken(f"No token for destination {name}: {tokens[0]['error']}")
        if not found["destinationConfiguration"].get("URL"):
            raise CallFailed(f"Destination {name} has no URL")
        return ApprovalApi(client, found["destinationConfiguration"], tokens[0])

    async def _call(self, client: httpx.AsyncClient, method: str, path: str, **options: t.Any) -> t.Any:
        url = f"{self._credentials['uri']}{BASE_PATH}/v1{path}"
        for renewed in (False, True):
            headers = {**options.pop("headers", {}), "Authorization": f"Bearer {await self._access_token(client)}"}
            response = await _send(client, method, url, headers=headers, **options)
            if response.status_code != 401 or renewed:
                break
            self._valid_until = None
            options["headers"] = headers
        return _json(response)

    async def _access_token(self, client: httpx.AsyncClient) -> str:
        if self._valid_until is None or self._valid_until <= self._clock.now():
            answer = _json(
                await _send(
                    client,
                    "POST",
                    f"{self._credentials['url']}/oauth/token",
                    data={"grant_type": "client_credentials"},
                    auth=(self._credentials["clientid"], self._credentials["clientsecret"]),
                )
            )
            self._token = answer["access_token"]
            self._valid_until = self._clock.after(answer["expires_in"]) - _TOKEN_MARGIN
        return self._token


class ApprovalApi:
    """FSM's approval API, at the URL and with the headers of a destination and one token for it."""

    def __init__(
        self, client: httpx.AsyncClient, configuration: t.Mapping[str, str], token: t.Mapping[str, t.Any]
    ) -> None:
        self._client = client
        self._url = configuration["URL"].rstrip("/") + "/simulated"
        self._headers = {
            key.removeprefix(_HEADERS): value for key, value in configuration.items() if key.startswith(_HEADERS)
        }
        self._headers[token["http_header"]["key"]] = token["http_header"]["value"]

    async def get(self, path: str) -> t.Any:
        """Return what the API has at a path.

        Raises:
            CallFailed: the API refused, or could not be reached.
        """
        return _json(await _send(self._client, "GET", self._url + path, headers=self._headers))

    async def post(self, path: str, content: t.Mapping[str, t.Any]) -> t.Any:
        """Send something to the API and return its answer.

        Raises:
            CallFailed: the API refused, or could not be reached.
        """
        return _json(await _send(self._client, "POST", self._url + path, headers=self._headers, json=content))


async def _send(client: httpx.AsyncClient, method: str, url: str, **options: t.Any) -> httpx.Response:
    try:
        return await client.request(method, url, **options)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise CallFailed(f"{url} cannot be reached: {error}") from error


def _json(response: httpx.Response) -> t.Any:
    if response.status_code >= 400:
        raise CallFailed(f"{response.request.url} answered with status {response.status_code}: {response.text[:200]}")
    try:
        return response.json()
    except ValueError as error:
        raise CallFailed(f"{response.request.url} did not answer with JSON") from error
