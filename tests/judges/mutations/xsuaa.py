# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XSUAA."""

from __future__ import annotations

import dataclasses
import typing as t

from landscape.platform.tokens import TokenSigner
from landscape.subaccount.tenants import ServiceInstance
from landscape.xsuaa import Xsuaa, grants, service
from landscape.xsuaa.grants import Grants

from .mutation import FACTS, JAVASCRIPT_CLIENTS, PYTHON_CLIENT, caught_by, replace

if t.TYPE_CHECKING:
    import pytest


@caught_by(f"{PYTHON_CLIENT}destinations.py::test_wrong_client_secret")
def any_client_secret_is_accepted(patch: pytest.MonkeyPatch) -> None:
    """Anybody who knows a client ID reads and changes every destination; a mistyped secret shows in production only."""
    patch.setattr(service, "same_secret", lambda _given, _expected: True)


@caught_by(f"{PYTHON_CLIENT}destinations.py::test_tenant_that_did_not_subscribe")
def clients_get_tokens_of_every_tenant(patch: pytest.MonkeyPatch) -> None:
    """An application acts on the subaccounts of customers who never subscribed to it."""
    patch.setattr(ServiceInstance, "serves", lambda _instance, _tenant: True)


@caught_by(f"{JAVASCRIPT_CLIENTS}xsuaa.py::test_client_certificate_authenticates_the_client")
def any_client_certificate_is_accepted(patch: pytest.MonkeyPatch) -> None:
    """The X.509 key of one service instance opens all others."""
    patch.setattr(service, "_shows_certificate", lambda *_shown: True)


@caught_by(f"{JAVASCRIPT_CLIENTS}xsuaa.py::test_user_logs_on_with_the_right_password_only")
def any_password_is_accepted(patch: pytest.MonkeyPatch) -> None:
    """Anybody who knows a user's name decides the user's tasks."""

    def faulty(original: t.Any, grants: Grants, request: t.Any) -> t.Any:
        user = grants._users.find(request.subaccount.id, request.form.get("username", ""))
        form = {**request.form, "password": user.password if user else ""}
        return original(grants, dataclasses.replace(request, form=form))

    replace(patch, Grants, "_password", faulty)


@caught_by(f"{JAVASCRIPT_CLIENTS}xsuaa.py::test_tenant_is_named_by_its_id")
def header_with_the_tenant_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """A subscriber's request is served with the token of whichever tenant comes first."""

    def faulty(original: t.Any, service: Xsuaa, request: t.Any) -> t.Any:
        named = original(service, request)
        if request.scope["landscape.host"]["subdomain"] is None:
            return next(iter(service._tenants.by_id.values()))
        return named

    replace(patch, Xsuaa, "_subaccount", faulty)


@caught_by(f"{JAVASCRIPT_CLIENTS}xsuaa.py::test_exchange")
def exchanged_token_is_the_old_one(patch: pytest.MonkeyPatch) -> None:
    """A user's token that was exchanged for another client still is the first client's, and is refused there."""

    def faulty(original: t.Any, grants: Grants, request: t.Any) -> t.Any:
        return {**original(grants, request), "access_token": request.form["assertion"]}

    replace(patch, Grants, "_jwt_bearer", faulty)


def _change_user_tokens(patch: pytest.MonkeyPatch, change: t.Callable[[dict[str, t.Any]], None]) -> None:
    def faulty(original: t.Any, signer: TokenSigner, claims: t.Any, lifetime: int, **headers: str) -> t.Any:
        changed = dict(claims)
        if "user_name" in changed:
            change(changed)
        return original(signer, changed, lifetime, **headers)

    replace(patch, TokenSigner, "sign", faulty)


@caught_by(f"{JAVASCRIPT_CLIENTS}xsuaa.py::test_tokens_pass_validation")
def tokens_do_not_name_their_tenant(patch: pytest.MonkeyPatch) -> None:
    """Without the claim zid, SAP's libraries refuse every user."""
    _change_user_tokens(patch, lambda claims: claims.pop("zid"))


@caught_by(f"{JAVASCRIPT_CLIENTS}xsuaa.py::test_tokens_pass_validation")
def tokens_do_not_name_their_audience(patch: pytest.MonkeyPatch) -> None:
    """SAP's libraries take every token for one that is meant for another application."""
    _change_user_tokens(patch, lambda claims: claims.update(aud=["openid"], cid="sb-other", client_id="sb-other"))


@caught_by(f"{JAVASCRIPT_CLIENTS}xsuaa.py::test_tokens_pass_validation")
def tokens_name_another_subdomain(patch: pytest.MonkeyPatch) -> None:
    """An application takes a user for one of another customer."""
    _change_user_tokens(patch, lambda claims: claims.update(ext_attr={**claims["ext_attr"], "zdn": "elsewhere"}))


@caught_by(f"{JAVASCRIPT_CLIENTS}xsuaa.py::test_tokens_pass_validation")
def published_keys_are_others(patch: pytest.MonkeyPatch) -> None:
    """No application can verify a token: the keys at /token_keys did not sign it."""

    def faulty(original: t.Any, signer: TokenSigner) -> t.Any:
        other = TokenSigner("other", signer._clock)
        other.key_id = signer.key_id
        return original(other)

    replace(patch, TokenSigner, "key_set", faulty)


@caught_by(f"{JAVASCRIPT_CLIENTS}xsuaa.py::test_tokens_pass_validation")
def published_keys_have_other_names(patch: pytest.MonkeyPatch) -> None:
    """No application finds the key that a token names."""

    def faulty(original: t.Any, signer: TokenSigner) -> t.Any:
        [key] = original(signer)["keys"]
        return {"keys": [{**key, "kid": "other"}]}

    replace(patch, TokenSigner, "key_set", faulty)


_FACTS = f"{FACTS}xsuaa.py::test_"


@caught_by(f"{_FACTS}refresh_token_is_its_clients")
def refresh_tokens_are_everybodys(patch: pytest.MonkeyPatch) -> None:
    """A refresh token that was stored for one application renews the user's token for any other one."""

    def faulty(original: t.Any, granting: Grants, request: t.Any) -> t.Any:
        value = request.form.get("refresh_token", "")
        kept = granting._refresh_tokens.get(value)
        if kept:
            granting._refresh_tokens[value] = dataclasses.replace(kept, client_id=request.client.id)
        return original(granting, request)

    replace(patch, Grants, "_refresh", faulty)


@caught_by(f"{_FACTS}expired_token_is_not_exchanged")
def expired_tokens_are_exchanged(patch: pytest.MonkeyPatch) -> None:
    """A user who has logged off long ago still acts."""

    def faulty(_original: t.Any, token: str, signer: TokenSigner, _tenant_ids: t.Any) -> t.Any:
        return signer._signed_claims(token)

    replace(patch, grants, "user_claims", faulty)


@caught_by(f"{_FACTS}token_of_another_tenant_is_not_exchanged")
def tokens_of_other_tenants_are_exchanged(patch: pytest.MonkeyPatch) -> None:
    """A user of one customer becomes the user of the same name at another one."""

    def faulty(_original: t.Any, token: str, signer: TokenSigner, _tenant_ids: t.Any) -> t.Any:
        return signer.verify(token)

    replace(patch, grants, "user_claims", faulty)


@caught_by(f"{_FACTS}user_has_the_own_roles_only")
def every_user_has_every_role(patch: pytest.MonkeyPatch) -> None:
    """A user without a role can do in tests what production refuses."""

    def faulty(original: t.Any, granting: Grants, request: t.Any, user: t.Any, *rest: t.Any) -> t.Any:
        return original(granting, request, dataclasses.replace(user, roles=tuple(request.client.roles)), *rest)

    replace(patch, Grants, "_user_token", faulty)


@caught_by(f"{_FACTS}token_is_valid_as_long_as_it_says")
def xsuaa_promises_more_time_than_it_gives(patch: pytest.MonkeyPatch) -> None:
    """A client that reuses its token until the end that was announced is refused long before."""

    def faulty(original: t.Any, content: dict[str, t.Any]) -> t.Any:
        return original({**content, "expires_in": 2 * content["expires_in"]})

    replace(patch, service, "token_answer", faulty)


@caught_by(f"{_FACTS}client_with_a_certificate_has_no_secret")
def client_with_a_certificate_needs_none_elsewhere(patch: pytest.MonkeyPatch) -> None:
    """Anybody who knows the client ID of an X.509 key gets its tokens."""

    def faulty(original: t.Any, xsuaa: Xsuaa, request: t.Any, subaccount: t.Any, form: dict[str, str]) -> t.Any:
        client = xsuaa._clients.find(form.get("client_id", ""))
        without = client is not None and client.secret is None and client.serves(subaccount)
        if without and not request.scope["landscape.host"]["certificate"]:
            return client
        return original(xsuaa, request, subaccount, form)

    replace(patch, Xsuaa, "_authenticate", faulty)
