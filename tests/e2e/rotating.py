# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the rotation share: environments at work, users who log on, and what the run says of itself."""

from __future__ import annotations

import copy
import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from landscape.logon import log_on
from operator_at_work import Operator, Run, Variables, active

if t.TYPE_CHECKING:
    from landscape import Landscape
    from landscape.landscape import Environment
    from landscape.subaccount.trust import TrustCertificate
    from landscape.subaccount.users import User

DUE = 20  # days that the active certificate has left


def user_token(landscape: Landscape, environment: Environment, user: User) -> str:
    """Return the token with which a user of the environment comes to an application."""
    return str(log_on(landscape, environment.application.credentials(), user)["access_token"])


@dataclass
class Rotating:
    """An environment that is connected, with a trust certificate that FSM trusts and that is about to expire."""

    operator: Operator
    environment: Environment
    name: str = "dev"

    def __post_init__(self) -> None:
        """Give it its certificate and its two destinations."""
        trust, account = self.environment.subaccount.trust, self.environment.fsm_account
        account.upload(trust.replace("active", expires_in_days=DUE + 0.5).pem)
        self.old = active(self.environment)
        variables = self.operator.variables(self.environment)
        fsm = {key.removeprefix("fsm_"): value for key, value in variables.items()}
        self.environment.subaccount.destinations["FSM_PP"] = {
            "Name": "FSM_PP",
            "Type": "HTTP",
            "URL": fsm["url"],
            "ProxyType": "Internet",
            "Authentication": "OAuth2SAMLBearerAssertion",
            "audience": fsm["audience"],
            "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PreviousSession",
            "clientKey": fsm["client_id"],
            "tokenServiceURLType": "Dedicated",
            "tokenServiceURL": fsm["url"].replace("/cloud-approval-service/api", "/api/oauth2/v2/token"),
            "tokenServiceUser": fsm["client_id"],
            "tokenServicePassword": fsm["client_secret"],
            "tc.provider_type": "FSM",
            "URL.headers.X-Account-ID": fsm["account_id"],
            "userIdSource": "email",
        }
        user = self.environment.users[0]
        self.token = user_token(self.operator.landscape, self.environment, user)

    def with_operator(self, operator: Operator) -> Rotating:
        """Return the same environment as another operator has it."""
        other = copy.copy(self)
        other.operator = operator
        return other

    @property
    def passive(self) -> TrustCertificate | None:
        """The passive certificate."""
        return self.environment.subaccount.trust.passive

    @property
    def active(self) -> TrustCertificate:
        """The active certificate."""
        return active(self.environment)

    @property
    def labels(self) -> dict[str, list[str]]:
        """The labels of the secondary destination."""
        entry = self.environment.subaccount.destinations.entry("FSM_PP")
        assert entry is not None
        return dict(entry.labels)

    def variables(self, **changes: t.Any) -> Variables:
        """Return the role's variables: FSM trusts what its account holds, and the operator declares just that."""
        declared = [certificate.fingerprint for certificate in self.environment.fsm_account.certificates]
        return self.operator.variables(self.environment, **{"fsm_uploaded_certificates": declared, **changes})

    def activate(self, hours: float, *, verified: bool = False) -> None:
        """Let the passive certificate have become the active one some hours ago, and labels record it."""
        self.environment.subaccount.trust.rotate()
        new, old = (one.fingerprint.replace(":", "").lower()[:12] for one in (self.active, self.old))
        then = f"{datetime.now(timezone.utc) - timedelta(hours=hours):%Y%m%dT%H%M%SZ}"
        labels = {"trust-activated": [f"{new}-{old}-{then}"]}
        verification = {"trust-verified": [f"{new}-{then}"]} if verified else {}
        self.environment.subaccount.destinations.set_labels("FSM_PP", {**labels, **verification})

    def soaked(self, hours: float = 25) -> None:
        """Let the activation lie some hours back, as the label has it that records it."""
        new, old, _when = self.labels["trust-activated"][0].split("-")
        then = datetime.now(timezone.utc) - timedelta(hours=hours)
        moved = {"trust-activated": [f"{new}-{old}-{then:%Y%m%dT%H%M%SZ}"]}
        self.environment.subaccount.destinations.set_labels("FSM_PP", {**self.labels, **moved})

    def upload(self) -> None:
        """Upload the passive certificate to FSM."""
        assert self.passive is not None
        self.environment.fsm_account.upload(self.passive.pem)


def rotate(
    *rotating: Rotating,
    verifying: bool = False,
    arguments: t.Sequence[str] = (),
    surroundings: t.Mapping[str, str] | None = None,
    **changes: t.Any,
) -> Run:
    """Run the playbook over some environments of one operator, all at once.

    Args:
        rotating: the environments.
        verifying: whether each has the token of a user.
        arguments: further command-line arguments.
        surroundings: further environment variables.
        changes: variables that differ from the usual ones, for all environments.
    """
    hosts = {}
    for one in rotating:
        token = {"fsm_user_token": one.token} if verifying else {}
        hosts[one.name] = one.variables(**token, **changes)
    return rotating[0].operator.play(
        "rotate_fsm_trust", hosts, "-e", "fsm_rotation_serial=100%", *arguments, **(surroundings or {})
    )


def report(run: Run, host: str = "dev") -> dict[str, t.Any]:
    """Return what the run reports of an environment at its end, as its artifact has it too."""
    facts = [value for event in run.events for value in event["result"].get("ansible_facts", {}).values()]
    summaries = [value for value in facts if isinstance(value, dict) and "reported_at" in value]
    assert summaries, run.output
    return t.cast("dict[str, t.Any]", summaries[-1]["environments"][host])


def writes(operator: Operator, environment: Environment) -> list[str]:
    """Return the requests for an environment that change something, in their order."""
    return [
        f"{request.method} {request.path.rpartition('/v1/')[2]}"
        for request in operator.landscape.requests(environment.name)
        if request.method != "GET" and not request.path.endswith("/token")
    ]
