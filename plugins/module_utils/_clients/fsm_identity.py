# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For which account, company and cluster an FSM client is, as far as FSM says so. Pure: no I/O, no Ansible.

FSM guarantees none of this: answers of its first token service carried ``account``, ``account_id``, ``companies`` and
``cluster_url``; of the second one the tokens of users carry the same as claims, those of clients need not. So each
question has three answers: yes, no, and None for "it does not say".
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_cluster import cluster_host, host_of


@dataclass(frozen=True)
class Identity:
    """What was said; None where nothing was.

    :param account_id: in digits
    :param companies: ID in digits, and name
    """

    account_id: str | None = None
    account_name: str | None = None
    companies: tuple[tuple[str, str | None], ...] | None = None
    cluster_url: str | None = None

    def or_else(self, other: Identity) -> Identity:
        """Return the same, filled where nothing was said with what someone else says."""
        return Identity(
            self.account_id or other.account_id,
            self.account_name or other.account_name,
            self.companies or other.companies,
            self.cluster_url or other.cluster_url,
        )

    def is_account(self, account_id: str | None) -> bool | None:
        """Return whether it is this account."""
        if not account_id or self.account_id is None:
            return None
        return _same_number(self.account_id, account_id)

    def has_company(self, company_id: str | None) -> bool | None:
        """Return whether this company is among those that were named."""
        if not company_id or not self.companies:
            return None
        return any(_same_number(number, company_id) for number, _name in self.companies)

    def is_cluster(self, url: str) -> bool | None:
        """Return whether the account is in the cluster of a URL."""
        reported, expected = cluster_host(self.cluster_url or ""), cluster_host(url)
        if not reported or not expected:
            return None
        if reported == expected:
            return True
        # Another domain that is not known may be one more name of the same cluster.
        return False if reported.partition(".")[2] == expected.partition(".")[2] else None


def read_identity(said: t.Any) -> Identity:
    """Return what the answer of a token service, or the claims of a token, say."""
    if not isinstance(said, dict):
        return Identity()
    return Identity(
        _id(said.get("account_id")), _text(said.get("account")), _companies(said.get("companies")), _url(said)
    )


def read_companies(said: t.Any) -> Identity:
    """Return what an answer of the accounts API says: a list of companies, or a mapping that holds one."""
    lists = [said] if isinstance(said, list) else list(said.values()) if isinstance(said, dict) else []
    return Identity(companies=next(filter(None, map(_companies, lists)), None))


def _companies(listed: t.Any) -> tuple[tuple[str, str | None], ...] | None:
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    found = [(_id(entry.get("id")), _text(entry.get("name"))) for entry in entries]
    # An empty list is taken for silence, for it would be the answer to someone who may not see them, too.
    return tuple((number, name) for number, name in found if number is not None) or None


def _url(said: dict[str, t.Any]) -> str | None:
    url = _text(said.get("cluster_url"))
    return url if url and host_of(url) else None


def _id(value: t.Any) -> str | None:
    return str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) and str(value) else None


def _text(value: t.Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _same_number(one: str, other: str) -> bool:
    """Compare IDs, which FSM's JSON has as numbers and so without leading zeros."""
    return one.strip().lstrip("0") == other.strip().lstrip("0")
