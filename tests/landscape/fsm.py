# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SAP Field Service Management: ``{cluster}.fsm.cloud.sap``."""

from __future__ import annotations

import re
import secrets
import typing as t
import uuid
from dataclasses import dataclass, field

from asn1crypto import pem
from asn1crypto import x509 as asn1
from lxml import etree
from starlette.responses import JSONResponse, Response

from .fsm_admin import FsmAdministration
from .tokens import TokenSigner
from .trust import fingerprint
from .web import (
    OAuthError,
    application,
    basic_credentials,
    form_fields,
    note_environment,
    resource,
    same_secret,
)

if t.TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from .clock import Clock
    from .config import FsmConfig

HOST = re.compile(r"(?P<cluster>[^.]+)\.fsm\.cloud\.sap")
HOST_NAMES = ("*.fsm.cloud.sap",)
TOKEN_PATH = "/api/oauth2/v2/token"
APPROVAL_PATH = "/cloud-approval-service/api"

_METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"


@dataclass(frozen=True)
class TrustedCertificate:
    """A certificate whose owner's SAML assertions an account accepts."""

    pem: str
    fingerprint: str
    subject: str
    serial_number: int
    not_after: datetime


@dataclass(frozen=True)
class FsmClient:
    """An OAuth client that an administrator generated, for one company and so for one environment."""

    id: str
    secret: str
    company_id: str
    environment: str
    account_in_token: bool
    permission_group_id: int = field(default_factory=lambda: secrets.randbelow(900000) + 100000)


@dataclass(eq=False)
class FsmAccount:
    """An account of a cluster: its companies, OAuth clients, administrator and trusted certificates."""

    cluster: str
    id: str
    saml_name: str
    environment: str
    name: str = field(default_factory=lambda: f"account-{secrets.token_hex(4)}")
    administrator: str = field(default_factory=lambda: f"administrator-{secrets.token_hex(4)}")
    administrator_password: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    companies: dict[str, str] = field(default_factory=dict)
    _certificates: dict[str, TrustedCertificate] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """The URL of the account's cluster."""
        return f"https://{self.cluster}.fsm.cloud.sap"

    @property
    def saml_metadata_url(self) -> str:
        """The URL of the account's SAML metadata, which is its entity ID too."""
        return f"{self.base_url}/api/oauth2/v2/saml/{self.saml_name}/metadata"

    @property
    def certificates(self) -> list[TrustedCertificate]:
        """The trusted certificates, in the order of their upload."""
        return list(self._certificates.values())

    def upload(self, text: str) -> TrustedCertificate:
        """Trust the certificate in a PEM text; a certificate that is trusted already stays so.

        Raises:
            ValueError: the text is not one certificate in PEM form.
        """
        kind, _, der = pem.unarmor(text.strip().encode())
        if kind != "CERTIFICATE":
            raise ValueError(f"expected a certificate, found {kind}")
        certificate = asn1.Certificate.load(der, strict=True)
        trusted = TrustedCertificate(
            pem=text,
            fingerprint=fingerprint(der),
            subject=certificate.subject.human_friendly,
            serial_number=certificate.serial_number,
            not_after=certificate.not_valid_after,
        )
        return self._certificates.setdefault(trusted.fingerprint, trusted)

    def remove(self, certificate_fingerprint: str) -> bool:
        """Trust a certificate no longer; say whether it was trusted."""
        return self._certificates.pop(certificate_fingerprint, None) is not None


class FsmCluster:
    """One cluster: its accounts and OAuth clients, each found in one step, and the key that signs its tokens."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self.signer = TokenSigner(f"fsm-{name}", clock)
        self.accounts: dict[str, FsmAccount] = {}
        self.accounts_by_saml_name: dict[str, FsmAccount] = {}
        self.clients: dict[str, tuple[FsmAccount, FsmClient]] = {}

    def add_client(self, config: FsmConfig, environment: str) -> tuple[FsmAccount, FsmClient]:
        """Return a new OAuth client for the configured company, with its account, which is made on first use.

        Raises:
            ValueError: the SAML name belongs to another account.
        """
        account = self.accounts.get(config.account_id)
        if account is None:
            saml_name = config.saml_name or f"saml-{config.account_id}"
            if saml_name in self.accounts_by_saml_name:
                raise ValueError(f"SAML name {saml_name} belongs to another account of cluster {self.name}")
            account = FsmAccount(self.name, config.account_id, saml_name, environment)
            self.accounts[account.id] = account
            self.accounts_by_saml_name[saml_name] = account
        account.companies.setdefault(config.company_id, f"company-{config.company_id}")
        client = FsmClient(
            id=str(uuid.uuid4()),
            secret=secrets.token_urlsafe(36),
            company_id=config.company_id,
            environment=environment,
            account_in_token=config.account_in_token,
        )
        self.clients[client.id] = (account, client)
        return account, client


class Fsm:
    """FSM's token service, SAML metadata, and what stands for its administration."""

    def __init__(self, clock: Clock, token_lifetime: int) -> None:
        self._clock = clock
        self._token_lifetime = token_lifetime
        self.clusters: dict[str, FsmCluster] = {}
        administration = FsmAdministration(self.clusters)
        self.app = application(
            [
                resource(TOKEN_PATH, post=self.token),
                resource("/api/oauth2/v2/saml/{name}/metadata", get=self.saml_metadata),
                *administration.routes,
            ]
        )

    def add_cluster(self, name: str) -> FsmCluster:
        """Return the cluster of this name, made on first use."""
        if name not in self.clusters:
            self.clusters[name] = FsmCluster(name, self._clock)
        return self.clusters[name]

    async def token(self, request: Request) -> Response:
        """Issue an access token to an OAuth client, known by HTTP Basic."""
        cluster = self._cluster(request)
        form = await form_fields(request)
        account, client = self._authenticate(request, cluster, form)
        grant_type = form.get("grant_type")
        if not grant_type:
            raise OAuthError(400, "invalid_request", "Missing grant type")
        if grant_type != "client_credentials":
            raise OAuthError(400, "unsupported_grant_type", f"Unsupported grant type: {grant_type}")
        claims = {
            "client_id": client.id,
            "authorities": [],
            "permission_group_id": client.permission_group_id,
            "jti": str(uuid.uuid4()),
        }
        naming: dict[str, t.Any] = {}
        if client.account_in_token:
            naming = {
                "account": account.name,
                "account_id": int(account.id),
                "companies": [{"id": int(client.company_id), "name": account.companies[client.company_id]}],
            }
        token = cluster.signer.sign({**claims, **naming}, self._token_lifetime)
        return JSONResponse(
            {"access_token": token, "token_type": "bearer", "expires_in": self._token_lifetime, **naming},
            headers={"Cache-Control": "no-store"},
        )

    async def saml_metadata(self, request: Request) -> Response:
        """Return the account's SAML metadata as a service provider."""
        cluster = self._cluster(request)
        account = cluster.accounts_by_saml_name.get(request.path_params["name"])
        if account is None:
            return Response("Not Found", 404, media_type="text/plain")
        note_environment(request, account.environment)
        root = etree.Element(
            f"{{{_METADATA}}}EntityDescriptor", nsmap={"md": _METADATA}, entityID=account.saml_metadata_url
        )
        role = etree.SubElement(
            root,
            f"{{{_METADATA}}}SPSSODescriptor",
            AuthnRequestsSigned="false",
            WantAssertionsSigned="true",
            protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol",
        )
        name_id = etree.SubElement(role, f"{{{_METADATA}}}NameIDFormat")
        name_id.text = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
        etree.SubElement(
            role,
            f"{{{_METADATA}}}AssertionConsumerService",
            Binding="urn:oasis:names:tc:SAML:2.0:bindings:URI",
            Location=f"{account.base_url}{TOKEN_PATH}",
            index="0",
        )
        document = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        return Response(document, media_type="application/samlmetadata+xml")

    def _cluster(self, request: Request) -> FsmCluster:
        return self.clusters[request.scope["landscape.host"]["cluster"]]

    def _authenticate(
        self, request: Request, cluster: FsmCluster, form: dict[str, str]
    ) -> tuple[FsmAccount, FsmClient]:
        client_id, secret = basic_credentials(request) or ("", "")
        account, client = cluster.clients.get(client_id, (None, None))
        if account is None or client is None or not same_secret(secret, client.secret):
            raise OAuthError(401, "invalid_client", "Bad client credentials")
        note_environment(request, client.environment)
        # A client that names itself in the body as well must not contradict itself there.
        in_body = (form.get("client_id", client.id), form.get("client_secret", client.secret))
        if in_body[0] != client.id or not same_secret(in_body[1], client.secret):
            raise OAuthError(401, "invalid_client", "Bad client credentials")
        return account, client
