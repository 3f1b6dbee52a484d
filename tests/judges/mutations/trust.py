# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destination Service: trust key pairs."""

from __future__ import annotations

import typing as t
from datetime import timedelta

from landscape.destination_service import token_retrieval, trust_endpoints
from landscape.subaccount import trust
from landscape.subaccount.trust import TrustStore

from .mutation import FACTS, PYTHON_CLIENT, REFUSALS, caught_by, replace, replace_item, serve

if t.TYPE_CHECKING:
    import pytest

    from landscape.destination_service.operations import Call, Caller
    from landscape.subaccount.trust import TrustCertificate

_ROTATION = f"{PYTHON_CLIENT}propagation.py::test_rotation_without_downtime[no kept tokens]"
_PASSIVE = "/v1/saml2Metadata/certificate/passive"


@caught_by(_ROTATION)
def rotation_changes_nothing(patch: pytest.MonkeyPatch) -> None:
    """Once the old certificate is removed from FSM, nobody can decide a task any more."""
    patch.setattr(TrustStore, "rotate", lambda _trust: None)


@caught_by(_ROTATION)
def deleting_the_passive_key_pair_deletes_the_active_one(patch: pytest.MonkeyPatch) -> None:
    """The last step of a rotation locks all users out."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        call.caller.subaccount.trust.rotate()
        return await original(call)

    serve(patch, _PASSIVE, "delete", faulty)


@caught_by(_ROTATION)
def generating_the_passive_key_pair_renews_the_active_one(patch: pytest.MonkeyPatch) -> None:
    """The first step of a rotation, meant to avoid a downtime, causes one."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        response = await original(call)
        call.caller.subaccount.trust.rotate()
        return response

    serve(patch, _PASSIVE, "post", faulty)


@caught_by(_ROTATION)
def metadata_leaves_out_the_passive_certificate(patch: pytest.MonkeyPatch) -> None:
    """A system that trusts what the metadata names rejects every assertion after the rotation."""
    replace(patch, trust_endpoints, "_metadata", lambda original, certificates: original(certificates[:1]))


def _sign_with(patch: pytest.MonkeyPatch, choose: t.Callable[[Caller], TrustCertificate | None]) -> None:
    """Let another key pair than the subaccount's active one sign assertions."""

    async def faulty(original: t.Any, call: Call, configuration: dict[str, str]) -> t.Any:
        trust = call.caller.subaccount.trust
        kept, trust.active = trust.active, choose(call.caller)
        try:
            return await original(call, configuration)
        finally:
            trust.active = kept

    replace_item(patch, token_retrieval.RETRIEVALS, "OAuth2SAMLBearerAssertion", faulty)


@caught_by(_ROTATION)
def passive_key_pair_signs(patch: pytest.MonkeyPatch) -> None:
    """From the moment in which a rotation is prepared, FSM rejects every assertion."""
    _sign_with(patch, lambda caller: caller.subaccount.trust.passive or caller.subaccount.trust.active)


@caught_by(f"{PYTHON_CLIENT}propagation.py::test_subscribers_users_are_vouched_for_with_the_subscribers_key")
def provider_signs_for_its_subscribers(patch: pytest.MonkeyPatch) -> None:
    """A customer's FSM would have to trust the provider of the application, and with it all other customers."""
    _sign_with(patch, lambda caller: caller.instance.subaccount.trust.active)


@caught_by(f"{PYTHON_CLIENT}propagation.py::test_renewal_in_place_needs_an_upload")
def renewal_keeps_the_old_key_pair(patch: pytest.MonkeyPatch) -> None:
    """A renewed certificate is uploaded everywhere, and the old one signs until it expires."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        kept = call.caller.subaccount.trust.active
        response = await original(call)
        call.caller.subaccount.trust.active = kept
        return response

    serve(patch, "/v1/saml2Metadata/certificate", "post", faulty)


@caught_by(f"{REFUSALS}keys_are_generated_for_empty_requests_only[x-{_PASSIVE}]")
def requests_for_key_pairs_may_have_a_body(patch: pytest.MonkeyPatch) -> None:
    """A client that sends a body works in tests, and is refused by the service."""

    async def faulty(_original: t.Any, _request: t.Any) -> None:
        return None

    replace(patch, trust_endpoints, "require_empty_body", faulty)


@caught_by(f"{REFUSALS}there_is_no_key_pair[POST-/v1/saml2Metadata/rotateCertificate]")
def rotation_without_a_passive_key_pair_is_accepted(patch: pytest.MonkeyPatch) -> None:
    """A rotation that is started twice leaves the subaccount without a key pair, or says nothing of the mistake."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        trust = call.caller.subaccount.trust
        if trust.passive is None:
            trust.replace("passive")
        return await original(call)

    serve(patch, "/v1/saml2Metadata/rotateCertificate", "post", faulty)


@caught_by(_ROTATION)
def rotation_does_not_answer_with_the_certificates(patch: pytest.MonkeyPatch) -> None:
    """Who rotates cannot see which certificate is the active one now."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        response = await original(call)
        response.body = b'{"Count":1}'
        response.headers["content-length"] = str(len(response.body))
        return response

    serve(patch, "/v1/saml2Metadata/rotateCertificate", "post", faulty)


@caught_by(f"{PYTHON_CLIENT}propagation.py::test_serial_numbers_are_of_both_signs")
def serial_numbers_are_never_negative(patch: pytest.MonkeyPatch) -> None:
    """Every second real certificate breaks a parser that no test has shown one with a negative serial number."""
    replace(patch, trust, "_random_serial", lambda original, _sign: original("positive"))


@caught_by(f"{FACTS}trust.py::test_certificate_is_like_a_real_one[/saml2Metadata/certificate]")
def certificates_live_for_ten_years(patch: pytest.MonkeyPatch) -> None:
    """Nobody sees in tests that a certificate comes to its end."""

    lifetime = timedelta(days=3650)

    def faulty(original: t.Any, store: TrustStore, **options: t.Any) -> TrustCertificate:
        certificate: TrustCertificate = original(store, **{"expires_in": lifetime, **options})
        return certificate

    patch.setattr(trust, "LIFETIME", lifetime)
    replace(patch, TrustStore, "generate", faulty)


@caught_by(f"{FACTS}trust.py::test_certificate_is_like_a_real_one[/saml2Metadata/certificate]")
def common_names_keep_the_limit_of_x509(patch: pytest.MonkeyPatch) -> None:
    """Every real certificate breaks a parser that no test has shown a common name of more than 64 characters."""

    def faulty(original: t.Any, *parts: tuple[str, str]) -> t.Any:
        return original(*((kind, text[:64]) for kind, text in parts))

    replace(patch, trust, "_name", faulty)
