# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an FSM cluster holds: accounts with companies, users, OAuth clients, trusted certificates and tasks."""

from __future__ import annotations

import secrets
import typing as t
import uuid
from dataclasses import dataclass, field

from asn1crypto import pem
from asn1crypto import x509 as asn1

from ..platform.pki import fingerprint
from ..platform.tokens import TokenSigner

if t.TYPE_CHECKING:
    from datetime import datetime

    from ..assumptions import Assumptions
    from ..platform.clock import Clock

Decision = t.Literal["APPROVED", "REJECTED"]


def _random_digits() -> str:
    return str(secrets.randbelow(900000) + 100000)


@dataclass(frozen=True)
class FsmConfig:
    """One environment's FSM: its cluster, account and company, and the client that an administrator made for it."""

    cluster: str = "de"
    account_id: str = field(default_factory=_random_digits)
    company_id: str = field(default_factory=_random_digits)
    # Last part but one of the SAML metadata URL; one per account.
    saml_name: str | None = None
    # The client's; made up when None.
    client_secret: str | None = None


@dataclass(frozen=True)
class TrustedCertificate:
    """A certificate whose owner's SAML assertions an account accepts."""

    pem: str
    der: bytes
    # The public key (SubjectPublicKeyInfo, DER).
    public_key: bytes
    fingerprint: str
    subject: str
    # The common name in the subject.
    common_name: str
    serial_number: int
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True)
class FsmClient:
    """An OAuth client that an administrator generated, for one company and so for one environment."""

    id: str
    secret: str
    company_id: str
    environment: str
    permission_group_id: int = field(default_factory=lambda: secrets.randbelow(900000) + 100000)


@dataclass(frozen=True)
class FsmUser:
    """A user of an account, known by the e-mail address."""

    email: str
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    id: int = field(default_factory=lambda: secrets.randbelow(900000) + 100000)


@dataclass
class ApprovalTask:
    """Something that a user of a company has to approve or reject."""

    company_id: str
    assignee: str
    title: str
    created: datetime
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    decision: Decision | None = None
    # E-mail address of the user who decided.
    decided_by: str | None = None

    def summary(self) -> dict[str, t.Any]:
        """Return the task as the approval API shows it."""
        return {
            "id": self.id,
            "title": self.title,
            "assignee": self.assignee,
            "createdAt": self.created.isoformat(timespec="seconds"),
            "status": self.decision or "READY",
            "decidedBy": self.decided_by,
        }


@dataclass(eq=False)
class FsmAccount:
    """An account of a cluster, with its administrator."""

    cluster: str
    id: str
    saml_name: str
    environment: str
    assumptions: Assumptions
    name: str = field(default_factory=lambda: f"account-{secrets.token_hex(4)}")
    administrator: str = field(default_factory=lambda: f"administrator-{secrets.token_hex(4)}")
    administrator_password: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    companies: dict[str, str] = field(default_factory=dict)
    # By e-mail address in lower case.
    users: dict[str, FsmUser] = field(default_factory=dict)
    tasks: dict[str, ApprovalTask] = field(default_factory=dict)
    _certificates: dict[str, TrustedCertificate] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """The URL of the account's cluster."""
        return f"https://{self.cluster}.fsm.cloud.sap"

    @property
    def saml_metadata_url(self) -> str:
        """The URL of the account's SAML metadata."""
        return f"{self.base_url}/api/oauth2/v2/saml/{self.saml_name}/metadata"

    @property
    def entity_id(self) -> str:
        """The entity ID in the account's SAML metadata."""
        if self.assumptions.holds("fsm_entity_id", "url"):
            return self.saml_metadata_url
        return f"FSM_{self.cluster}_{self.id}"

    @property
    def audience(self) -> str:
        """The audience that assertions have to be meant for."""
        return self.entity_id if self.assumptions.holds("fsm_entity_id", "other_audience") else self.saml_metadata_url

    @property
    def certificates(self) -> list[TrustedCertificate]:
        """The trusted certificates, in the order of their upload."""
        return list(self._certificates.values())

    def trusted(self, der: bytes) -> TrustedCertificate | None:
        """Return the trusted certificate that has this content."""
        return self._certificates.get(fingerprint(der))

    def upload(self, text: str) -> TrustedCertificate:
        """Trust the certificate in a PEM text; a certificate that is trusted already stays so.

        What FSM does with several at once is not public: here they are refused, so that none is lost silently.

        Raises:
            ValueError: the text is not one certificate in PEM form.
        """
        found = list(pem.unarmor(text.strip().encode(), multiple=True))
        if len(found) != 1:
            raise ValueError(f"the text holds {len(found)} certificates; each has to be uploaded by itself")
        [(kind, _unused, der)] = found
        if kind != "CERTIFICATE":
            raise ValueError(f"expected a certificate, found {kind}")
        certificate = asn1.Certificate.load(der, strict=True)
        trusted = TrustedCertificate(
            pem=text,
            der=der,
            public_key=certificate.public_key.dump(),
            fingerprint=fingerprint(der),
            subject=certificate.subject.human_friendly,
            common_name=str(certificate.subject.native.get("common_name", "")),
            serial_number=certificate.serial_number,
            not_before=certificate.not_valid_before,
            not_after=certificate.not_valid_after,
        )
        if self.assumptions.holds("fsm_trust", "last_uploaded"):
            self._certificates = {key: value for key, value in self._certificates.items() if key == trusted.fingerprint}
        return self._certificates.setdefault(trusted.fingerprint, trusted)

    def remove(self, certificate_fingerprint: str) -> bool:
        """Trust a certificate no longer; say whether it was trusted."""
        return self._certificates.pop(certificate_fingerprint, None) is not None

    def company(self, company_id: str) -> dict[str, t.Any]:
        """Return one of the companies as FSM reports it: the ID is a number there."""
        return {"id": int(company_id), "name": self.companies[company_id]}

    def add_user(self, email: str) -> FsmUser:
        """Return the user with this e-mail address, made on first use."""
        return self.users.setdefault(email.lower(), FsmUser(email))

    def user(self, email: str) -> FsmUser | None:
        """Return the user with this e-mail address."""
        user = self.users.get(email.lower())
        if user and user.email != email and self.assumptions.holds("fsm_email", "case_sensitive"):
            return None
        return user

    def add_task(self, company_id: str, assignee: str, title: str, created: datetime) -> ApprovalTask:
        """Return a new task for a user of a company."""
        task = ApprovalTask(company_id, assignee, title, created)
        self.tasks[task.id] = task
        return task


class FsmCluster:
    """One cluster: its accounts and OAuth clients, each found in one step, and the key that signs its tokens."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self.signer = TokenSigner(f"fsm-{name}", clock)
        self.accounts: dict[str, FsmAccount] = {}
        self.accounts_by_saml_name: dict[str, FsmAccount] = {}
        self.clients: dict[str, tuple[FsmAccount, FsmClient]] = {}

    def add_client(self, config: FsmConfig, environment: str, assumptions: Assumptions) -> tuple[FsmAccount, FsmClient]:
        """Return a new OAuth client for the configured company, with its account, which is made on first use.

        Raises:
            ValueError: the SAML name belongs to another account, or the account is there with other assumptions on FSM.
        """
        account = self.accounts.get(config.account_id)
        if account is None:
            saml_name = config.saml_name or f"saml-{config.account_id}"
            if saml_name in self.accounts_by_saml_name:
                raise ValueError(f"SAML name {saml_name} belongs to another account of cluster {self.name}")
            account = FsmAccount(self.name, config.account_id, saml_name, environment, assumptions)
            self.accounts[account.id] = account
            self.accounts_by_saml_name[saml_name] = account
        if account.assumptions.of("fsm") != assumptions.of("fsm"):
            raise ValueError(
                f"account {account.id} of cluster {self.name} belongs to environment {account.environment} too, "
                "with other assumptions on FSM"
            )
        account.companies.setdefault(config.company_id, f"company-{config.company_id}")
        return account, self.generate_client(account, config.company_id, environment, config.client_secret)

    def generate_client(
        self, account: FsmAccount, company_id: str, environment: str, secret: str | None = None
    ) -> FsmClient:
        """Return a new OAuth client for a company of an account, in addition to those that there are."""
        client = FsmClient(
            id=str(uuid.uuid4()),
            secret=secret or secrets.token_urlsafe(36),
            company_id=company_id,
            environment=environment,
        )
        self.clients[client.id] = (account, client)
        return client
