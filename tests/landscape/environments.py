# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One environment of the landscape, as tests see it and as its operators do."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .fsm import admin
from .fsm.approval import APPROVAL_PATH

if t.TYPE_CHECKING:
    from .assumptions import Assumptions
    from .fsm.accounts import FsmAccount, FsmClient
    from .subaccount.oauth_clients import ApplicationClient
    from .subaccount.tenants import ServiceKey, Subaccount
    from .subaccount.users import User
    from .task_center.connectors import TaskCenterTenant


@dataclass(frozen=True, eq=False)
class Environment:
    """One environment: a subaccount with its service keys and users, its FSM account and client, its Task Center."""

    name: str
    subaccount: Subaccount
    service_key: ServiceKey
    service_key_x509: ServiceKey | None
    fsm_account: FsmAccount
    fsm_client: FsmClient
    users: tuple[User, ...]
    # An application in the subaccount to which users log on.
    application: ApplicationClient
    task_center: TaskCenterTenant

    @property
    def assumptions(self) -> Assumptions:
        """The alternatives of assumptions that hold in this environment."""
        return self.subaccount.assumptions

    def inputs(self) -> dict[str, t.Any]:
        """Return what an operator holds before starting, as the ready file has it."""
        account, client = self.fsm_account, self.fsm_client
        keys = {"service_key": self.service_key.credentials()}
        if self.service_key_x509:
            keys["service_key_x509"] = self.service_key_x509.credentials()
        return {
            **keys,
            "fsm": {
                "url": f"{account.base_url}{APPROVAL_PATH}",
                "account_id": account.id,
                "company_id": client.company_id,
                "client_id": client.id,
                "client_secret": client.secret,
                "audience": account.audience,
                "saml_metadata_url": account.saml_metadata_url,
                "admin": {
                    "url": f"{account.base_url}{admin.PATH.format(account_id=account.id)}",
                    "user": account.administrator,
                    "password": account.administrator_password,
                },
            },
            "task_center": self.task_center.service_key(),
            "application": self.application.credentials(),
            "users": [user.logon() for user in self.users],
        }
