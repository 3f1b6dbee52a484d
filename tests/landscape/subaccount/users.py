# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people of an environment: users of its subaccount and, by their e-mail address, of its FSM account."""

from __future__ import annotations

import secrets
import typing as t
import uuid
from dataclasses import dataclass, field

# The role that Task Center's monitoring asks for.
ADMINISTRATOR_ROLE = "TaskCenterAdmin"


@dataclass(frozen=True)
class User:
    """A person who can log on to the subaccount."""

    email: str
    given_name: str
    family_name: str
    # What the identity provider calls the person; other than the e-mail address with a custom one.
    user_name: str
    # Key of the identity provider in the subaccount: sap.default, or sap.custom for Identity Authentication.
    origin: str = "sap.custom"
    # Names of the roles of applications, such as Task Center's, that the person has.
    roles: tuple[str, ...] = ()
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def logon(self) -> dict[str, t.Any]:
        """Return what the person logs on with, and as whom."""
        return {
            "user_name": self.user_name,
            "password": self.password,
            "email": self.email,
            "given_name": self.given_name,
            "family_name": self.family_name,
            "roles": list(self.roles),
        }


class UserDirectory:
    """The users of all subaccounts."""

    def __init__(self) -> None:
        self._users: dict[tuple[str, str], User] = {}

    def add(self, subaccount_id: str, user: User) -> None:
        """Let a person log on to a subaccount.

        Raises:
            ValueError: the user name is taken.
        """
        if (subaccount_id, user.user_name) in self._users:
            raise ValueError(f"there are two users named {user.user_name}")
        self._users[subaccount_id, user.user_name] = user

    def find(self, subaccount_id: str, user_name: str) -> User | None:
        """Return a subaccount's user of this name."""
        return self._users.get((subaccount_id, user_name))
