# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What FSM answers, as facts that can be checked: about a client, and about the metadata of an account."""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.answer_types import seconds
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm import Fsm, saml_metadata
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_identity import (
    Identity,
    read_companies,
    read_identity,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import Http
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.saml_metadata import NoMetadata, entity_ids
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.token_claims import unverified_claims
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, ServiceError

# With these a token service refuses a client (RFC 6749, section 5.2); others say nothing of it.
REFUSALS = (400, 401, 403)
# With these a document is not for everybody, the redirection to a page for the log-on among them.
LOGON = (301, 302, 303, 307, 308, 401, 403)


def base_url(option: str, url: str) -> str:
    """Return scheme and host of a URL to which secrets are to be sent.

    :param option: how messages name it
    :raises InputError: the secret must not be sent there
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname or parts.username:
        raise InputError(f"{option} is no https URL.", "Correct it; nothing was sent.")
    return f"https://{parts.netloc}"


def client_facts(
    fsm: Fsm, client: tuple[str, str], account_id: str | None, company_id: str | None, ask_accounts_api: bool
) -> dict[str, t.Any]:
    """Try an OAuth client and return what FSM says of it, as M(btp_ops.task_center.fsm_client_info) returns it.

    :param client: its ID and secret
    :raises ServiceError: FSM cannot be reached, or its answer cannot be interpreted
    """
    error, lifetime, identity = "", None, Identity()
    try:
        answer = fsm.token(*client)
    except ServiceError as refusal:
        if refusal.status not in REFUSALS:
            raise
        error = refusal.problem
    else:
        lifetime = seconds(answer.get("expires_in"))
        token = answer["access_token"]
        identity = read_identity(unverified_claims(token)).or_else(read_identity(answer))
        if ask_accounts_api and account_id and not identity.companies:
            identity = identity.or_else(read_companies(fsm.companies(account_id, company_id, token)))
    return {
        "authenticated": not error,
        "error": error,
        "token_url": fsm.token_url,
        "expires_in": lifetime,
        "account_matches": identity.is_account(account_id),
        "company_matches": identity.has_company(company_id),
        "cluster_matches": identity.is_cluster(fsm.token_url),
        "account": {"id": identity.account_id, "name": identity.account_name},
        "companies": identity.companies and [{"id": number, "name": name} for number, name in identity.companies],
        "cluster_url": identity.cluster_url,
    }


def metadata_facts(http: Http, option: str, url: str, audience: str) -> dict[str, t.Any]:
    """Read SAML metadata and compare, as M(btp_ops.task_center.fsm_saml_metadata_info) returns it.

    :param option: how messages name the URL
    :raises InputError: the URL cannot be requested
    :raises ServiceError: the system cannot be reached, or is in trouble
    """
    if urlsplit(url).scheme != "https":
        raise InputError(f"{option} {url} is no https URL.", "Take it from FSM Admin.")
    error, found, status = "", [], None
    try:
        found = entity_ids(saml_metadata(http, url))
    except NoMetadata as reason:
        error = f"The document at {url} is no SAML 2.0 metadata: {reason}."
    except ServiceError as refusal:
        if refusal.status is None or refusal.status == 429 or refusal.status >= 500:
            raise
        error, status = refusal.problem, refusal.status
    return {
        "available": not error,
        "error": error,
        "requires_logon": status in LOGON,
        "audience": audience,
        "entity_id": audience if audience in found else found[0] if found else None,
        "entity_id_matches": audience in found if found else None,
    }
