# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SAP Field Service Management: ``{cluster}.fsm.cloud.sap``."""

from __future__ import annotations

import re
import typing as t
import uuid

from lxml import etree
from starlette.responses import Response

from ..platform.saml import EMAIL_FORMAT, GRANT_TYPE
from ..platform.token_endpoint import token_answer, token_form
from ..platform.web import (
    OAuthError,
    PlainServiceError,
    application,
    basic_credentials,
    note_environment,
    resource,
    same_secret,
)
from .accounts import FsmCluster
from .admin import FsmAdministration, is_administrator
from .approval import FsmApproval
from .assertion import asserted_user
from .companies import FsmCompanies

if t.TYPE_CHECKING:
    from starlette.requests import Request

    from ..platform.clock import Clock
    from .accounts import FsmAccount, FsmClient, FsmUser

HOST = re.compile(r"(?P<cluster>[^.]+)\.fsm\.cloud\.sap")
HOST_NAMES = ("*.fsm.cloud.sap",)
TOKEN_PATH = "/api/oauth2/v2/token"

_METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"


class Fsm:
    """FSM's token service, SAML metadata and APIs, and a substitute of its administration."""

    def __init__(self, clock: Clock, token_lifetime: int) -> None:
        self._clock = clock
        self._token_lifetime = token_lifetime
        self.clusters: dict[str, FsmCluster] = {}
        further = (FsmAdministration(self.clusters), FsmApproval(self.clusters), FsmCompanies(self.clusters))
        self.app = application(
            [
                resource(TOKEN_PATH, post=self.token),
                resource("/api/oauth2/v2/saml/{name}/metadata", get=self.saml_metadata),
                *(route for part in further for route in part.routes),
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
        form = await token_form(request, self._token_lifetime)
        account, client = self._authenticate(request, cluster, form.fields)
        claims: dict[str, t.Any] = {"client_id": client.id, "authorities": [], "jti": str(uuid.uuid4())}
        naming = {
            "account": account.name,
            "account_id": int(account.id),
            "companies": [account.company(client.company_id)],
        }
        if form.grant_type == "client_credentials":
            claims["permission_group_id"] = client.permission_group_id
            if account.assumptions.holds("fsm_token_account", "unnamed"):
                naming = {}
        elif form.grant_type in ("password", GRANT_TYPE):
            user = self._user(account, form.grant_type, form.fields)
            claims.update(user=user.email, user_id=user.id, user_email=user.email)
        else:
            raise OAuthError(400, "unsupported_grant_type", f"Unsupported grant type: {form.grant_type}")
        token = cluster.signer.sign({**claims, **naming}, form.lifetime)
        if naming:
            naming["cluster_url"] = account.base_url
        return token_answer(
            {"access_token": token, "token_type": "bearer", "expires_in": self._token_lifetime, **naming}
        )

    def _user(self, account: FsmAccount, grant_type: str, form: t.Mapping[str, str]) -> FsmUser:
        """Return the user on whose behalf a client asks for a token."""
        if grant_type == GRANT_TYPE:
            if not form.get("assertion"):
                raise OAuthError(400, "invalid_request", "Missing assertion")
            return asserted_user(form["assertion"], account, f"{account.base_url}{TOKEN_PATH}", self._clock.now())
        user = account.user(form.get("username", ""))
        if user is None or not same_secret(form.get("password", ""), user.password):
            raise OAuthError(400, "invalid_grant", "Bad credentials")
        return user

    async def saml_metadata(self, request: Request) -> Response:
        """Return the account's SAML metadata as a service provider."""
        cluster = self._cluster(request)
        account = cluster.accounts_by_saml_name.get(request.path_params["name"])
        if account is None:
            return Response("Not Found", 404, media_type="text/plain")
        note_environment(request, account.environment)
        if account.assumptions.holds("fsm_metadata", "private") and not is_administrator(request, account):
            raise PlainServiceError(401, "Unauthorized", media_type="text/plain")
        root = etree.Element(f"{{{_METADATA}}}EntityDescriptor", nsmap={"md": _METADATA}, entityID=account.entity_id)
        role = etree.SubElement(
            root,
            f"{{{_METADATA}}}SPSSODescriptor",
            AuthnRequestsSigned="false",
            WantAssertionsSigned="true",
            protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol",
        )
        name_id = etree.SubElement(role, f"{{{_METADATA}}}NameIDFormat")
        name_id.text = EMAIL_FORMAT
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
        # A client that names itself in the body as well must not contradict itself there. With an assertion the body
        # names its consumer by the destination's clientKey: what FSM checks of that is not public, so nothing is here.
        if form.get("grant_type") == GRANT_TYPE:
            return account, client
        in_body = (form.get("client_id", client.id), form.get("client_secret", client.secret))
        if in_body[0] != client.id or not same_secret(in_body[1], client.secret):
            raise OAuthError(401, "invalid_client", "Bad client credentials")
        return account, client
