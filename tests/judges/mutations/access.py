# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destination Service: who may call it, and on whose behalf."""

from __future__ import annotations

import dataclasses
import typing as t

import jwt
from starlette.requests import Request

from landscape.destination_service import (
    BASE_PATH,
    DestinationService,
    certificates,
    configuration_endpoints,
    lookup,
    operations,
    service,
)
from landscape.destination_service.operations import Caller
from landscape.platform.tokens import InvalidToken, TokenSigner
from landscape.platform.web import ServiceError
from landscape.subaccount.tenants import ServiceInstance

from .mutation import (
    DESCRIPTION,
    HTTP_CACHE,
    OPERATIONS,
    PYTHON_CLIENT,
    READS,
    REFUSALS,
    caught_by,
    replace,
    serve,
)

if t.TYPE_CHECKING:
    import pytest

    from landscape.destination_service.operations import Call

_UNPROTECTED = "/v1/saml2Metadata/certificate"


@caught_by(f"{DESCRIPTION}[GET {_UNPROTECTED}]")
def one_operation_asks_for_no_token(patch: pytest.MonkeyPatch) -> None:
    """Anybody reads what one forgotten operation answers."""

    def faulty(original: t.Any, service: DestinationService, request: t.Any) -> Caller:
        try:
            caller: Caller = original(service, request)
        except ServiceError:
            if request.url.path != BASE_PATH + _UNPROTECTED:
                raise
            key = next(iter(service._tenants.service_keys.values()))
            caller = Caller(key.instance.subaccount, key.instance)
        return caller

    replace(patch, DestinationService, "_authenticate", faulty)


@caught_by(f"{OPERATIONS}no_operation_without_a_valid_token[GET-/v1/subaccountDestinations]")
def signatures_of_tokens_are_not_verified(patch: pytest.MonkeyPatch) -> None:
    """Anybody who can write JSON makes tokens."""

    def faulty(_original: t.Any, signer: TokenSigner, token: str) -> t.Any:
        try:
            if jwt.get_unverified_header(token).get("kid") != signer.key_id:
                raise InvalidToken("unknown key")
            return jwt.decode(token, options={"verify_signature": False})
        except jwt.PyJWTError as error:
            raise InvalidToken(str(error)) from error

    replace(patch, TokenSigner, "_verify_signature", faulty)


@caught_by(f"{PYTHON_CLIENT}destinations.py::test_expired_token_is_renewed")
def expired_tokens_are_accepted(patch: pytest.MonkeyPatch) -> None:
    """A client that never renews its token works in tests, and stops twelve hours after it went live."""
    replace(patch, TokenSigner, "verify", lambda _original, signer, token: signer._signed_claims(token))


@caught_by(f"{PYTHON_CLIENT}destinations.py::test_levels_and_tenants_are_apart[subscriber subaccount]")
def subscribers_act_on_the_provider(patch: pytest.MonkeyPatch) -> None:
    """What is meant for one customer's subaccount changes the provider's, for all customers."""

    def faulty(original: t.Any, service: DestinationService, request: t.Any) -> Caller:
        caller: Caller = original(service, request)
        return dataclasses.replace(caller, subaccount=caller.instance.subaccount)

    replace(patch, DestinationService, "_authenticate", faulty)


@caught_by(f"{PYTHON_CLIENT}destinations.py::test_levels_and_tenants_are_apart[subscriber instance]")
def tenants_share_the_level_of_the_instance(patch: pytest.MonkeyPatch) -> None:
    """Every customer reads the instance destinations of the others, secrets included."""

    def faulty(original: t.Any, instance: ServiceInstance, _tenant: t.Any) -> t.Any:
        return original(instance, instance.subaccount)

    replace(patch, ServiceInstance, "level", faulty)


@caught_by(f"{DESCRIPTION}[POST /v1/subaccountDestinationFragments]")
def creation_answers_like_replacement(patch: pytest.MonkeyPatch) -> None:
    """A client that waits for 201 takes a fragment that was created for one that was not."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        response = await original(call)
        response.status_code = 200
        return response

    serve(patch, "/v1/subaccountDestinationFragments", "post", faulty)


@caught_by(f"{HTTP_CACHE}what_is_unchanged_is_not_sent_again[/v1/subaccountDestinations/FSM-configuration0]")
def conditions_of_requests_are_ignored(patch: pytest.MonkeyPatch) -> None:
    """Clients that ask whether something has changed are sent all of it, secrets included, every time."""
    patch.setattr(operations, "_names_etag", lambda _header, _etag: False)


@caught_by(f"{READS}another_version_is_asked_for[/v1/subaccountDestinations/FSM]")
def version_that_is_asked_for_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """A client that wants the version which it has read, and no other, gets another one."""

    def faulty(original: t.Any, request: t.Any, *rest: t.Any) -> t.Any:
        headers = [item for item in request.scope["headers"] if item[0] != b"if-match"]
        return original(Request({**request.scope, "headers": headers}), *rest)

    for module in (configuration_endpoints, lookup, certificates):
        replace(patch, module, "conditional", faulty)


@caught_by(f"{REFUSALS}uri_is_too_long")
def uris_have_no_limit(patch: pytest.MonkeyPatch) -> None:
    """A filter that names a hundred destinations works in tests, and is refused by the service."""
    patch.setattr(service, "URI_LENGTH", 1_000_000)
