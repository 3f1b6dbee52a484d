# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials of a BTP service instance, as its service key or single options hold them.

The forms are those of SAP BTP Connectivity, "Find the Destination Service's REST API credentials": a JSON object with a
client secret or, with ``credential-type: x509``, a client certificate.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key_forms import (
    TOLD_FILE,
    is_file_name,
    read_fields,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError

# Single options, and the service key's fields that they replace.
FIELD_OF_OPTION = {
    "client_id": "clientid",
    "client_secret": "clientsecret",
    "client_certificate": "certificate",
    "client_certificate_key": "key",
    "api_url": "uri",
    "token_url": "url",
}
SECRET_FIELDS = ("clientsecret", "key")
# What service keys hold besides, and messages may name. In any other field there may be a secret.
PUBLIC_FIELDS = (
    *(field for field in FIELD_OF_OPTION.values() if field not in SECRET_FIELDS),
    *("apiurl", "certificate-expires-at", "certificate-pinning", "certurl", "credential-type", "identityzone"),
    *("identityzoneid", "inbox_rest_url", "instanceid", "sburl", "serviceInstanceId", "subaccountid", "tenantid"),
    *("tenantmode", "uaadomain", "verificationkey", "xsappname", "zoneid"),
)

NAME = "service_key"  # the modules' option
TASK_CENTER_KEY = "task_center_service_key"  # among the variables of a connection
NEW_KEY = (
    "Create a service key for a Destination Service instance (plan lite) in the subaccount of SAP Task Center and pass "
    "its whole JSON as {name}."
)
NEW_TASK_CENTER_KEY = "Create a service key for the SAP Task Center instance and pass its whole JSON as {name}."
# What a service key of SAP Task Center calls the fields that one of the Destination Service has too.
TASK_CENTER_NAMES = {
    "uri": "endpoints.inbox_rest_url",
    **{field: f"uaa.{field}" for field in ("clientid", "clientsecret", "url", "certificate", "key", "certurl")},
}


@dataclass(frozen=True)
class ServiceKey:
    """Who calls a service, and where it is.

    :param client_id: OAuth client
    :param api_url: base URL of the service
    :param token_url: base URL of the token service; with a client certificate the ``cert`` host
    :param client_secret: set unless the client shows a certificate
    :param certificate: PEM text of the client certificate chain, or None
    :param key: PEM text of its private key, or None
    :param subdomain: the subaccount's subdomain, for messages; empty when single options were given
    """

    client_id: str
    api_url: str
    token_url: str
    client_secret: str | None = None
    certificate: str | None = None
    key: str | None = None
    subdomain: str = ""

    @property
    def secrets(self) -> set[str]:
        """Values that no message may hold."""
        return {secret for secret in (self.client_secret, self.key) if secret}

    @property
    def tenant_host(self) -> str:
        """Host of the subaccount's token service, which no other subaccount has; the same with a client certificate."""
        return (urlsplit(self.token_url).hostname or "").replace(".authentication.cert.", ".authentication.")

    @property
    def subaccount(self) -> str:
        """How messages name the subaccount."""
        return f"subaccount {self.subdomain}" if self.subdomain else f"the subaccount of client {self.client_id}"


def read_service_key(params: dict[str, t.Any], name: str = NAME) -> ServiceKey:
    """Make a :class:`ServiceKey` of a module's credential options.

    :param name: how messages name the service key
    :raises InputError: a field is missing or contradicts another; the message names it
    """
    remedy = NEW_KEY.format(name=name)
    singles = {option: params[option] for option in FIELD_OF_OPTION if params.get(option)}
    if params.get("service_key"):
        if singles:
            raise InputError(
                f"{name} and {', '.join(sorted(singles))} contradict each other.", "Give one or the other."
            )
        return _from_fields(parse_service_key(params["service_key"], NEW_KEY, name), name, {}, remedy)
    if not singles:
        raise InputError("No credentials of the Destination Service were given.", remedy)
    fields = {FIELD_OF_OPTION[option]: value for option, value in singles.items()}
    if "certificate" in fields or "key" in fields:
        fields["certurl"] = fields.pop("url", "")
    names = {field: option for option, field in FIELD_OF_OPTION.items()}
    return _from_fields(fields, "the options", {**names, "certurl": "token_url"}, remedy)


def read_task_center_key(value: t.Any, name: str = NAME) -> ServiceKey:
    """Make a :class:`ServiceKey` of a service key of SAP Task Center (its guide, "Monitoring").

    :param name: how messages name it
    :raises InputError: it is none, or lacks something; the message names it
    """
    fields = parse_service_key(value, NEW_TASK_CENTER_KEY, name)
    remedy = NEW_TASK_CENTER_KEY.format(name=name)
    if "uri" in fields:
        raise InputError(f"{name} is one of the Destination Service, not of SAP Task Center.", remedy)
    endpoints, client = fields.get("endpoints"), fields.get("uaa")
    if not isinstance(endpoints, dict) or not isinstance(client, dict):
        raise InputError(f"{name} lacks endpoints or uaa.", remedy)
    merged = {**client, "uri": endpoints.get("inbox_rest_url")}
    return _from_fields(merged, name, TASK_CENTER_NAMES, remedy)


def parse_service_key(value: t.Any, remedy: str = NEW_KEY, name: str = NAME) -> dict[str, t.Any]:
    """Return the fields of a service key in any of its forms (service_key_forms.py).

    :param remedy: how to get a right one
    :param name: how messages name it
    :raises InputError: it has none of them
    """
    return read_fields(value, name, remedy.format(name=name))


def public_values(value: t.Any) -> set[str]:
    """Return what of a service key is no secret, so that messages may name hosts: known fields, and its file."""
    file = {value} if isinstance(value, str) and is_file_name(value) and TOLD_FILE.fullmatch(value) else set()
    try:
        fields = parse_service_key(value)
    except InputError:
        return file
    leaves = list(_leaves(fields))
    secrets = {text for field, text in leaves if field in SECRET_FIELDS}
    return {*file, *(text for field, text in leaves if field in PUBLIC_FIELDS)} - secrets


def public_options(params: t.Mapping[str, t.Any]) -> set[str]:
    """Return the public values of all service keys among a module's options, and among the variables that it takes."""
    # Options that have not been validated, too.
    connection = params.get("connection")
    keys = [params.get("service_key"), (connection if isinstance(connection, dict) else {}).get(TASK_CENTER_KEY)]
    return set().union(*(public_values(key) for key in keys if key))


def _leaves(fields: dict[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    """Walk through the fields of a service key; SAP Task Center's has some below others."""
    for field, value in fields.items():
        if isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield field, str(value)


def _from_fields(fields: dict[str, t.Any], where: str, names: dict[str, str], remedy: str) -> ServiceKey:
    """Check the fields of a service key.

    :param where: what holds them
    :param names: what the operator calls them
    :param remedy: how to get a right one
    """

    def name(field: str) -> str:
        return names.get(field, field)

    if "uri" not in fields and "endpoints" in fields:
        raise InputError(f"{where} is one of SAP Task Center, not of the Destination Service.", remedy)
    with_certificate = fields.get("credential-type") == "x509" or "certificate" in fields or "key" in fields
    if with_certificate and fields.get("clientsecret"):
        raise InputError(
            f"{where} holds both {name('clientsecret')} and a client certificate "
            f"({name('certificate')}, {name('key')}).",
            "Give the credentials of one kind only.",
        )
    needed = ("clientid", "uri", *(("certificate", "key", "certurl") if with_certificate else ("clientsecret", "url")))
    missing = [field for field in needed if not fields.get(field)]
    if missing:
        raise InputError(f"{where} lacks {', '.join(map(name, missing))}.", remedy)
    wrong = [field for field in needed if not isinstance(fields[field], str)]
    if wrong:
        raise InputError(f"{', '.join(map(name, wrong))} of {where} must be text.", remedy)
    urls = {field: fields[field].rstrip("/") for field in needed if field in ("uri", "url", "certurl")}
    for field, url in urls.items():
        if not _is_https(url):
            raise InputError(f"{name(field)} of {where} is no https URL.", remedy)
    return ServiceKey(
        client_id=fields["clientid"],
        api_url=urls["uri"],
        token_url=urls["certurl"] if with_certificate else urls["url"],
        client_secret=None if with_certificate else fields["clientsecret"],
        certificate=fields["certificate"] if with_certificate else None,
        key=fields["key"] if with_certificate else None,
        subdomain=str(fields.get("identityzone") or ""),
    )


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not parts.query and not parts.username
