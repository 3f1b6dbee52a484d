# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which destinations sign with the trust certificate, so that their systems have to trust a new one. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_cluster import is_of_fsm
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation import Request
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import system_of
from ansible_collections.btp_ops.task_center.plugins.module_utils._destination.temporary_copy import is_copy
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation import Signer

# Authentication types that sign with the subaccount's trust key (SAP BTP Connectivity, "HTTP Destinations").
SIGNING = ("OAuth2SAMLBearerAssertion", "SAMLAssertion")
KEYSTORE = "KeyStoreLocation"


def signers_among(
    in_subaccount: t.Iterable[dict[str, t.Any]], in_instance: t.Iterable[dict[str, t.Any]], request: Request
) -> tuple[Signer, ...]:
    """Return the destinations that sign with the same trust key, for systems whose trust no environment declares.

    What an FSM account trusts, the environment of this account declares, whatever its destinations are called.
    """
    declaring = [one for one in request.sharing if one.host and one.account_id]
    accounts = {(one.host, one.account_id) for one in declaring}
    accounts.add((request.facts["host"], str(request.facts["account_id"])))
    # Of an environment whose account cannot be read, at least the name may be known; it counts as not declared.
    names = {one.secondary for one in request.sharing if one not in declaring}
    others = [("", one) for one in in_subaccount if one["Name"] not in names]
    others += [("instance/", one) for one in in_instance]
    found = {
        Signer(level + one["Name"], _system(one))
        for level, one in others
        if one.get("Authentication") in SIGNING
        and not key_store(one)
        and system_of(one)[:2] not in accounts
        and not is_copy(one["Name"])
    }
    return tuple(sorted(found, key=lambda one: one.key))


def key_store(destination: t.Mapping[str, t.Any] | None) -> str:
    """Return the key store with which a destination signs instead; empty without one. A blank names none."""
    return str((destination or {}).get(KEYSTORE, "")).strip()


def _system(destination: dict[str, t.Any]) -> str:
    """Return the system to which a destination leads, in the operator's words."""
    host, account_id, _company_id = system_of(destination)
    if is_of_fsm(destination.get("URL", "")) or destination.get("tc.provider_type") == "FSM":
        return f"FSM account {account_id or 'unknown'} of {host or 'an unknown host'}, of no environment in sight"
    return host or "an unknown system"
