# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request that the Destination Service sends to a destination's token service, and what comes of it."""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit, urlunsplit

import httpx

if t.TYPE_CHECKING:
    from starlette.datastructures import Headers

    from ..subaccount.configuration_store import Configuration

AuthToken = dict[str, t.Any]
# User and password of HTTP Basic.
Basic = tuple[str, str]

TENANT_PLACEHOLDER = "{tenant}"


class TokenRetrievalFailed(Exception):
    """No authorization could be had; the message says why."""


def is_common(configuration: Configuration) -> bool:
    """Say whether the destination's token service has a URL for each tenant."""
    return configuration.get("tokenServiceURLType", "Dedicated") == "Common"


def token_service_url(configuration: Configuration, tenant: str) -> str:
    """Return the URL of the token service; ``tenant`` is the subdomain that a common one is asked under.

    Raises:
        TokenRetrievalFailed: the URL in the destination cannot be read.
    """
    url = configuration.get("tokenServiceURL", "")
    if not is_common(configuration):
        return url
    if TENANT_PLACEHOLDER in url:
        return url.replace(TENANT_PLACEHOLDER, tenant)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise TokenRetrievalFailed(f"The value of property tokenServiceURL is malformed: {error}") from error
    return urlunsplit(parts._replace(netloc=f"{tenant}.{parts.netloc}"))


def client_authentication(headers: Headers, configuration: Configuration) -> tuple[dict[str, str], Basic | None]:
    """Return what authenticates the destination's client: fields of the form, and the Authorization header.

    SAP BTP Connectivity, "OAuth Client Credentials Authentication": the client goes into the body unless configured
    otherwise, a token service user, where there is one, into the Authorization header. The other types of OAuth do
    the same here.
    """
    client = (configuration.get("clientId", ""), configuration.get("clientSecret", ""))
    if "x-client-assertion" in headers:
        # OpenAPI description: the assertion authenticates the client, whose secret "should be empty".
        form = {"client_id": client[0], "client_assertion": headers["x-client-assertion"]}
        if "x-client-assertion-type" in headers:
            form["client_assertion_type"] = headers["x-client-assertion-type"]
        return form, None
    if configuration.get("tokenService.addClientCredentialsInBody", "true").lower() == "false":
        return {}, token_service_user(configuration) or client
    return {"client_id": client[0], "client_secret": client[1]}, token_service_user(configuration)


def token_service_user(configuration: Configuration) -> Basic | None:
    """Return the user and password with which the token service wants to be asked, None without."""
    if not configuration.get("tokenServiceUser"):
        return None
    return configuration["tokenServiceUser"], configuration.get("tokenServicePassword", "")


async def request_token(outbound: httpx.AsyncClient, url: str, form: dict[str, str], basic: Basic | None) -> AuthToken:
    """Return the token that a token service issues.

    Raises:
        TokenRetrievalFailed: it cannot be reached, or it refused; then with its reason.
    """
    try:
        response = await outbound.post(
            url, data=form, auth=httpx.BasicAuth(*basic) if basic else httpx.USE_CLIENT_DEFAULT
        )
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise TokenRetrievalFailed(f"Token service {url} cannot be reached: {error}") from error
    try:
        answer = response.json()
    except ValueError:
        answer = {}
    if not isinstance(answer, dict):
        answer = {}
    if response.status_code != 200 or "access_token" not in answer:
        reason = " - ".join(str(answer[key]) for key in ("error", "error_description") if key in answer)
        raise TokenRetrievalFailed(
            f"Token service {url} answered with status {response.status_code}: {reason or response.reason_phrase}"
        )
    return auth_token("Bearer", answer["access_token"], answer)


def auth_token(kind: str, value: str, answer: t.Mapping[str, t.Any] | None = None) -> AuthToken:
    """Return an authorization as applications get it, with what else the token service has answered."""
    token: AuthToken = {
        "type": kind,
        "value": value,
        "http_header": {"key": "Authorization", "value": f"{kind} {value}"},
    }
    # Numbers arrive as text here.
    further = ("expires_in", "scope", "refresh_token")
    token.update({key: str(answer[key]) for key in further if answer and key in answer})
    return token
