# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Propagation of users: the assertions of the Destination Service, and what FSM accepts."""

from __future__ import annotations

import dataclasses
import typing as t
from datetime import timedelta

from asn1crypto import pem
from signxml.signer import XMLSigner

from landscape.destination_service import saml_bearer, token_retrieval
from landscape.fsm import assertion as fsm_assertion
from landscape.fsm.accounts import FsmAccount, TrustedCertificate
from landscape.platform.pki import fingerprint

from .mutation import JAVASCRIPT_CLIENTS, PYTHON_CLIENT, caught_by, replace

if t.TYPE_CHECKING:
    import pytest

_DECISION = f"{PYTHON_CLIENT}propagation.py::test_users_decide_their_own_tasks"
_CERTIFICATES = f"{PYTHON_CLIENT}propagation.py::test_certificates_that_fsm_does_not_accept"
_OUTSIDE_ITS_TIME = f"{PYTHON_CLIENT}propagation.py::test_assertion_outside_its_time"


def _change_subject(patch: pytest.MonkeyPatch, change: t.Callable[[t.Any, t.Any], t.Any]) -> None:
    def faulty(original: t.Any, configuration: t.Any, claims: t.Any) -> t.Any:
        return change(original(configuration, claims), claims)

    replace(patch, token_retrieval, "_subject", faulty)


@caught_by(_DECISION)
def assertion_names_the_user_by_another_claim(patch: pytest.MonkeyPatch) -> None:
    """FSM knows nobody of this name: no user can decide a task."""
    _change_subject(patch, lambda subject, claims: dataclasses.replace(subject, name_id=claims["user_name"]))


@caught_by(f"{PYTHON_CLIENT}propagation.py::test_fsm_refuses_and_says_why[change2-There is no user]")
def user_id_source_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """A destination with the wrong userIdSource works in tests, and for no user in production."""
    _change_subject(patch, lambda subject, claims: dataclasses.replace(subject, name_id=claims["email"]))


@caught_by(_DECISION)
def assertion_is_valid_for_the_past(patch: pytest.MonkeyPatch) -> None:
    """FSM rejects every assertion as expired."""
    patch.setattr(saml_bearer, "LIFETIME", timedelta(minutes=-1))


@caught_by(_DECISION)
def assertion_is_changed_after_it_was_signed(patch: pytest.MonkeyPatch) -> None:
    """FSM rejects every assertion: its signature does not fit."""

    def faulty(original: t.Any, assertion: t.Any, *arguments: t.Any, **options: t.Any) -> t.Any:
        signed = original(assertion, *arguments, **options)
        signed.set("Version", "2.1")
        return signed

    replace(patch, XMLSigner, "sign", faulty)


@caught_by(f"{JAVASCRIPT_CLIENTS}destinations.py::test_wrong_audience")
def any_audience_is_accepted(patch: pytest.MonkeyPatch) -> None:
    """An assertion that was made for another system opens FSM."""

    def faulty(original: t.Any, assertion: t.Any, _audience: str, now: t.Any) -> None:
        named = assertion.find("saml:Conditions/saml:AudienceRestriction/saml:Audience", fsm_assertion._NAMES)
        original(assertion, named.text, now)

    replace(patch, fsm_assertion, "_check_conditions", faulty)


@caught_by(f"{PYTHON_CLIENT}propagation.py::test_fsm_refuses_and_says_why[change1-meant for recipient]")
def any_recipient_is_accepted(patch: pytest.MonkeyPatch) -> None:
    """An assertion that was sent to another token service opens FSM."""
    replace(patch, fsm_assertion, "_check_subject_confirmation", lambda _original, *_arguments: None)


@caught_by(f"{_OUTSIDE_ITS_TIME}[LIFETIME--1-has expired]")
def expired_assertions_are_accepted(patch: pytest.MonkeyPatch) -> None:
    """Anybody who finds an assertion in a log acts in the user's name for ever."""

    def faulty(original: t.Any, element: t.Any, now: t.Any) -> None:
        element.attrib.pop("NotOnOrAfter", None)
        original(element, now)

    replace(patch, fsm_assertion, "_check_window", faulty)


@caught_by(f"{_OUTSIDE_ITS_TIME}[TOLERANCE--60-not valid before]")
def assertions_are_accepted_before_their_time(patch: pytest.MonkeyPatch) -> None:
    """A clock that is wrong is found by nobody before production."""

    def faulty(original: t.Any, element: t.Any, now: t.Any) -> None:
        element.attrib.pop("NotBefore", None)
        original(element, now)

    replace(patch, fsm_assertion, "_check_window", faulty)


@caught_by(f"{JAVASCRIPT_CLIENTS}destinations.py::test_untrusted_certificate")
def any_certificate_is_trusted(patch: pytest.MonkeyPatch) -> None:
    """Anybody who makes a key pair acts in every user's name; a forgotten upload is found by nobody."""

    def faulty(_original: t.Any, account: FsmAccount, der: bytes) -> t.Any:
        return account.upload(pem.armor("CERTIFICATE", der).decode())

    replace(patch, FsmAccount, "trusted", faulty)


@caught_by(_CERTIFICATES)
def signatures_of_assertions_are_not_verified(patch: pytest.MonkeyPatch) -> None:
    """Anybody who has the public certificate acts in every user's name."""

    def faulty(_original: t.Any, root: t.Any, account: FsmAccount, now: t.Any) -> t.Any:
        certificate = fsm_assertion._signing_certificate(root, account)
        if not certificate.not_before <= now < certificate.not_after:
            raise fsm_assertion._refusal("The signing certificate is not valid at this time")
        return root

    replace(patch, fsm_assertion, "_verified", faulty)


@caught_by(_CERTIFICATES)
def expired_certificates_are_trusted(patch: pytest.MonkeyPatch) -> None:
    """A forgotten rotation is found by nobody before the day on which all users are locked out."""

    def faulty(original: t.Any, root: t.Any, account: FsmAccount) -> t.Any:
        certificate = original(root, account)
        return dataclasses.replace(certificate, not_after=certificate.not_after + timedelta(days=3650))

    replace(patch, fsm_assertion, "_signing_certificate", faulty)


@caught_by(f"{JAVASCRIPT_CLIENTS}destinations.py::test_user_unknown_to_fsm")
def unknown_users_are_made_on_the_way(patch: pytest.MonkeyPatch) -> None:
    """Anybody who can log on to the subaccount is a user of FSM."""
    replace(patch, FsmAccount, "user", lambda _original, account, email: account.add_user(email))


@caught_by(f"{JAVASCRIPT_CLIENTS}destinations.py::test_secondary_propagates_the_user")
def every_assertion_is_the_first_users(patch: pytest.MonkeyPatch) -> None:
    """All decisions are made in the name of one user."""
    replace(patch, FsmAccount, "user", lambda _original, account, _email: next(iter(account.users.values())))


@caught_by(f"{PYTHON_CLIENT}propagation.py::test_user_unknown_to_fsm")
def reason_of_a_refusal_is_lost(patch: pytest.MonkeyPatch) -> None:
    """Nobody can distinguish a missing user from a missing certificate."""
    replace(patch, fsm_assertion, "_refusal", lambda original, _reason: original("Bad Request"))


@caught_by(f"{PYTHON_CLIENT}propagation.py::test_user_of_another_tenant")
def users_of_other_tenants_are_propagated(patch: pytest.MonkeyPatch) -> None:
    """A user of one customer acts as the user with the same e-mail address at another one."""

    def faulty(_original: t.Any, token: str, signer: t.Any, _tenant_ids: t.Any) -> t.Any:
        return signer.verify(token)

    replace(patch, token_retrieval, "user_claims", faulty)


@caught_by(f"{PYTHON_CLIENT}propagation.py::test_audience_that_only_begins_with_fsms[/elsewhere]")
def audience_has_to_begin_like_fsms_only(patch: pytest.MonkeyPatch) -> None:
    """An assertion that was made for a part of FSM, or for another system with a similar name, opens all of FSM."""

    def faulty(original: t.Any, assertion: t.Any, audience: str, now: t.Any) -> None:
        named = assertion.findtext("saml:Conditions/saml:AudienceRestriction/saml:Audience", "", fsm_assertion._NAMES)
        original(assertion, named if named.startswith(audience) else audience, now)

    replace(patch, fsm_assertion, "_check_conditions", faulty)


@caught_by(f"{PYTHON_CLIENT}propagation.py::test_certificate_that_another_account_trusts")
def certificates_of_other_accounts_are_trusted(patch: pytest.MonkeyPatch) -> None:
    """One customer's key opens the accounts of all customers of the cluster; an upload to the wrong account works."""
    uploaded: dict[str, TrustedCertificate] = {}

    def upload(original: t.Any, account: FsmAccount, text: str) -> TrustedCertificate:
        trusted: TrustedCertificate = original(account, text)
        uploaded[trusted.fingerprint] = trusted
        return trusted

    replace(patch, FsmAccount, "upload", upload)
    replace(patch, FsmAccount, "trusted", lambda _original, _account, der: uploaded.get(fingerprint(der)))
