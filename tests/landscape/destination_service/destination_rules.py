# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Destination Service accepts as a destination (SAP BTP Connectivity, "HTTP Destinations")."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from ..platform.web import ServiceError
from .operations import Draft

if t.TYPE_CHECKING:
    from ..subaccount.configuration_store import Configuration, ConfigurationStore
    from .operations import Call

NAME_LENGTH = 200
TYPES = ("HTTP", "RFC", "MAIL", "LDAP", "TCP")


class NameForm(t.NamedTuple):
    """The form of names: a pattern, and what it allows in words."""

    pattern: re.Pattern[str]
    allowed: str


_NAME = NameForm(re.compile(r"[A-Za-z0-9_-]+"), "letters, digits, '_' and '-'")

_CLIENT_AND_TOKEN_SERVICE = ("clientId", "tokenServiceURL")
# Without these properties an authentication type cannot work. Names are case-sensitive.
REQUIRED_PROPERTIES: dict[str, tuple[str, ...]] = {
    "BasicAuthentication": ("User", "Password"),
    "ClientCertificateAuthentication": ("KeyStoreLocation",),
    "OAuth2AuthorizationCode": _CLIENT_AND_TOKEN_SERVICE,
    "OAuth2ClientCredentials": _CLIENT_AND_TOKEN_SERVICE,
    "OAuth2JWTBearer": _CLIENT_AND_TOKEN_SERVICE,
    "OAuth2Password": (*_CLIENT_AND_TOKEN_SERVICE, "User", "Password"),
    "OAuth2RefreshToken": _CLIENT_AND_TOKEN_SERVICE,
    "OAuth2SAMLBearerAssertion": ("audience", "clientKey", "tokenServiceURL"),
    "OAuth2TechnicalUserPropagation": _CLIENT_AND_TOKEN_SERVICE,
    "OAuth2TokenExchange": _CLIENT_AND_TOKEN_SERVICE,
    "OAuth2UserTokenExchange": _CLIENT_AND_TOKEN_SERVICE,
}

# What is secret in a destination: $skipCredentials leaves it out.
CREDENTIAL_PROPERTIES = frozenset(
    {
        "Password",
        "clientSecret",
        "tokenServicePassword",
        "KeyStorePassword",
        "TrustStorePassword",
        "tokenService.KeyStorePassword",
    }
)

# Properties by which one destination uses another one for its assertions.
_PROVIDER_PROPERTIES = ("SAMLAssertionProvider", "clientAssertion.destinationName")


async def destination_draft(_call: Call, data: t.Any) -> Draft:
    """Return the destination that a request's JSON describes.

    Raises:
        ServiceError: 400 when the service would not store it.
    """
    properties = text_properties(data, "destination")
    validate_name(properties, "Name")
    if properties.get("Type") not in TYPES:
        raise ServiceError(400, f"Property Type is mandatory and must be one of {', '.join(TYPES)}")
    if properties["Type"] == "HTTP":
        _validate_http(properties)
    return Draft(properties)


def text_properties(data: t.Any, kind: str) -> Configuration:
    """Return a request's JSON as a configuration.

    Raises:
        ServiceError: 400 for anything but an object of texts.
    """
    if not isinstance(data, dict):
        raise ServiceError(400, f"A {kind} must be a JSON object")
    for key, value in data.items():
        if not isinstance(value, str):
            raise ServiceError(400, f"The value of property {key} must be a string")
    return data


def validate_name(properties: Configuration, key: str, form: NameForm = _NAME) -> None:
    """Check the property that names a configuration.

    Raises:
        ServiceError: 400 when it is missing, too long, or of another form.
    """
    name = properties.get(key)
    if not name:
        raise ServiceError(400, f"Property {key} is mandatory")
    if len(name) > NAME_LENGTH:
        raise ServiceError(400, f"The value of property {key} must not be longer than {NAME_LENGTH} characters")
    if not form.pattern.fullmatch(name):
        raise ServiceError(400, f"The value of property {key} may contain {form.allowed} only")


def _validate_http(data: Configuration) -> None:
    if "URL" not in data:
        raise ServiceError(400, "Property URL is mandatory for destinations of type HTTP")
    if not is_url(data["URL"]):
        raise ServiceError(400, "The value of property URL is malformed")
    authentication = data.get("Authentication", "NoAuthentication")
    for key in REQUIRED_PROPERTIES.get(authentication, ()):
        if key not in data:
            raise ServiceError(400, f"{authentication} authentication requires the existence of property {key}.")


def is_url(text: str) -> bool:
    """Say whether the text is an absolute HTTP or HTTPS URL."""
    if re.search(r"\s", text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def users_of_provider(name: str, store: ConfigurationStore) -> list[str]:
    """Return the names of the destinations that use the one named here as their assertion provider."""
    return [
        entry.name
        for entry in store.entries()
        if entry.name != name and name in map(entry.configuration.get, _PROVIDER_PROPERTIES)
    ]
