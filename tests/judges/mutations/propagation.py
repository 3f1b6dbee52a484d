# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Propagation of users: the assertions of the Destination Service, and what FSM accepts."""

from __future__ import annotations

import dataclasses
import typing as t
from datetime import timedelta
from types import SimpleNamespace

from asn1crypto import pem
from signxml.signer import XMLSigner

from landscape.destination_service import saml_bearer, token_cache, token_retrieval
from landscape.fsm import assertion as fsm_assertion
from landscape.fsm.accounts import FsmAccount, TrustedCertificate
from landscape.platform.pki import fingerprint
from landscape.platform.saml import BEARER

from .mutation import FACTS, JAVASCRIPT_CLIENTS, PYTHON_CLIENT, caught_by, replace

if t.TYPE_CHECKING:
    import pytest

_ASSERTIONS = f"{FACTS}fsm_assertions.py::test_"
_SIGNING = f"{FACTS}propagation.py::test_"
_KEPT = f"{FACTS}kept_tokens.py::test_"
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


@caught_by(f"{_ASSERTIONS}what_an_assertion_needs[no audience]")
def assertions_need_no_audience(patch: pytest.MonkeyPatch) -> None:
    """An assertion that was made for nobody in particular opens FSM."""

    def faulty(original: t.Any, assertion: t.Any, audience: str, now: t.Any) -> None:
        conditions = assertion.find("saml:Conditions", fsm_assertion._NAMES)
        if conditions is None or conditions.find("saml:AudienceRestriction", fsm_assertion._NAMES) is not None:
            original(assertion, audience, now)

    replace(patch, fsm_assertion, "_check_conditions", faulty)


def _change_confirmation(patch: pytest.MonkeyPatch, change: t.Callable[[t.Any, str], object]) -> None:
    """Change the subject confirmation before it is checked; ``change`` is given it and the expected recipient."""

    def faulty(original: t.Any, assertion: t.Any, recipient: str, now: t.Any) -> None:
        for confirmation in assertion.iterfind("saml:Subject/saml:SubjectConfirmation", fsm_assertion._NAMES):
            change(confirmation, recipient)
        original(assertion, recipient, now)

    replace(patch, fsm_assertion, "_check_subject_confirmation", faulty)


@caught_by(f"{_ASSERTIONS}what_an_assertion_needs[confirmation that has expired]")
def confirmation_never_expires(patch: pytest.MonkeyPatch) -> None:
    """An assertion can be sent once more when the time for sending it is over."""

    def without_end(confirmation: t.Any, _recipient: str) -> None:
        data = confirmation.find("saml:SubjectConfirmationData", fsm_assertion._NAMES)
        data.set("NotOnOrAfter", "2999-01-01T00:00:00Z")

    _change_confirmation(patch, without_end)


@caught_by(f"{_ASSERTIONS}what_an_assertion_needs[no recipient]")
def assertions_need_no_recipient(patch: pytest.MonkeyPatch) -> None:
    """An assertion that was made for any token service opens FSM."""

    def with_recipient(confirmation: t.Any, recipient: str) -> None:
        data = confirmation.find("saml:SubjectConfirmationData", fsm_assertion._NAMES)
        data.set("Recipient", data.get("Recipient", recipient))

    _change_confirmation(patch, with_recipient)


@caught_by(f"{_ASSERTIONS}what_an_assertion_needs[confirmation by another method]")
def any_method_of_confirmation_is_accepted(patch: pytest.MonkeyPatch) -> None:
    """An assertion that only the holder of a key may use opens FSM for anybody."""
    _change_confirmation(patch, lambda confirmation, _recipient: confirmation.set("Method", BEARER))


@caught_by(f"{_ASSERTIONS}what_an_assertion_needs[conditions that have expired]")
def conditions_never_expire(patch: pytest.MonkeyPatch) -> None:
    """An assertion is accepted after the end that its issuer has set."""

    def faulty(original: t.Any, element: t.Any, now: t.Any) -> None:
        if element.tag.endswith("Conditions"):
            element.attrib.pop("NotOnOrAfter", None)
        original(element, now)

    replace(patch, fsm_assertion, "_check_window", faulty)


@caught_by(f"{_ASSERTIONS}unknown_key[without its certificate]")
def key_without_certificate_is_trusted(patch: pytest.MonkeyPatch) -> None:
    """Anybody acts in every user's name who leaves the certificate out."""

    def faulty(original: t.Any, root: t.Any, account: FsmAccount) -> t.Any:
        named = root.find(fsm_assertion._CERTIFICATE, fsm_assertion._NAMES) is not None
        if named or not account.certificates:
            return original(root, account)
        return root, account.certificates[0]

    replace(patch, fsm_assertion, "_signed", faulty)


@caught_by(f"{_ASSERTIONS}unknown_key[without its certificate]")
def keys_of_other_accounts_are_trusted(patch: pytest.MonkeyPatch) -> None:
    """Where assertions carry no certificate, as is SAP's default, one customer's key opens the accounts of all."""
    uploaded: dict[str, TrustedCertificate] = {}

    def upload(original: t.Any, account: FsmAccount, text: str) -> TrustedCertificate:
        trusted: TrustedCertificate = original(account, text)
        return uploaded.setdefault(trusted.fingerprint, trusted)

    def signed(original: t.Any, root: t.Any, account: FsmAccount) -> t.Any:
        # Those that the assertion carries are looked up as before.
        accounts = SimpleNamespace(id=account.id, trusted=account.trusted, certificates=list(uploaded.values()))
        return original(root, accounts)

    replace(patch, FsmAccount, "upload", upload)
    replace(patch, fsm_assertion, "_signed", signed)


@caught_by(f"{_ASSERTIONS}what_is_not_signed_does_not_count")
def what_surrounds_the_signed_assertion_counts(patch: pytest.MonkeyPatch) -> None:
    """A user who has one assertion of the own acts in every other user's name."""

    def faulty(original: t.Any, root: t.Any, certificate: TrustedCertificate) -> t.Any:
        original(root, certificate)
        return root

    replace(patch, fsm_assertion, "_signed_by", faulty)


@caught_by(f"{_ASSERTIONS}certificate_that_was_removed")
def removed_certificates_stay_trusted(patch: pytest.MonkeyPatch) -> None:
    """A key pair that was retired because it was stolen still opens FSM."""
    patch.setattr(FsmAccount, "remove", lambda account, fingerprint: fingerprint in account._certificates)


@caught_by(f"{_ASSERTIONS}issuer[certificate_subject]")
def issuer_is_never_checked(patch: pytest.MonkeyPatch) -> None:
    """Where FSM checks the issuer, a destination with the wrong one works in tests."""

    def faulty(_original: t.Any, root: t.Any, account: FsmAccount, now: t.Any) -> t.Any:
        signed, certificate = fsm_assertion._signed(root, account)
        if not certificate.not_before <= now < certificate.not_after:
            raise fsm_assertion._refusal("The signing certificate is not valid at this time")
        return signed

    replace(patch, fsm_assertion, "_verified", faulty)


@caught_by(f"{_ASSERTIONS}case_of_an_email_address[case_insensitive]")
def case_of_email_addresses_counts(patch: pytest.MonkeyPatch) -> None:
    """A user whose e-mail address is written otherwise in the identity provider is locked out."""

    def faulty(original: t.Any, account: FsmAccount, email: str) -> t.Any:
        user = original(account, email)
        return user if user and user.email == email else None

    replace(patch, FsmAccount, "user", faulty)


@caught_by(f"{_ASSERTIONS}how_many_certificates_are_trusted[last_uploaded]")
def uploads_add_up_in_any_case(patch: pytest.MonkeyPatch) -> None:
    """Where an upload replaces the certificate before, a rotation that relies on both works in tests."""

    def faulty(original: t.Any, account: FsmAccount, text: str) -> t.Any:
        kept = dict(account._certificates)
        trusted = original(account, text)
        account._certificates = {**kept, **account._certificates}
        return trusted

    replace(patch, FsmAccount, "upload", faulty)


@caught_by(f"{_SIGNING}keystore_of_the_destination_signs")
def keystore_of_the_destination_does_not_sign(patch: pytest.MonkeyPatch) -> None:
    """A destination that was given a key of its own stops working when the subaccount's is rotated."""

    def faulty(original: t.Any, call: t.Any, configuration: t.Any) -> t.Any:
        return original(call, {key: value for key, value in configuration.items() if key != "KeyStoreLocation"})

    replace(patch, token_retrieval, "_signing_pair", faulty)


@caught_by(f"{_SIGNING}user_is_found_by_a_json_path[$.email]")
def json_paths_are_names(patch: pytest.MonkeyPatch) -> None:
    """A destination whose userIdSource is a JsonPath works for no user."""
    replace(patch, token_retrieval, "_claim", lambda _original, claims, source: claims.get(source))


def _ignore_property(patch: pytest.MonkeyPatch, ignored: str) -> None:
    async def faulty(original: t.Any, call: t.Any, configuration: t.Any, *rest: t.Any) -> t.Any:
        kept = {key: value for key, value in configuration.items() if key != ignored}
        return await original(call, kept, *rest)

    replace(patch, token_retrieval, "_own_assertion", faulty)


@caught_by(f"{_SIGNING}destination_names_the_recipient")
def recipient_in_the_destination_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """A mistyped assertionRecipient is found by nobody before production."""
    _ignore_property(patch, "assertionRecipient")


@caught_by(f"{_SIGNING}destination_names_the_issuer[assumptions0]")
def issuer_in_the_destination_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """A mistyped assertionIssuer is found by nobody before production."""
    _ignore_property(patch, "assertionIssuer")


def _change_key(patch: pytest.MonkeyPatch, change: t.Callable[[token_cache.OnBehalf], token_cache.OnBehalf]) -> None:
    """Let tokens be found by less than what they are for; ``change`` is given for whom a token is fetched."""

    def faulty(original: t.Any, assumptions: t.Any, subaccount: str, configuration: t.Any, on_behalf: t.Any) -> t.Any:
        changed = change(on_behalf)
        return original(assumptions, subaccount if changed.tenant else "", configuration, changed)

    replace(patch, token_retrieval, "cache_key", faulty)


@caught_by(f"{_KEPT}kept_token_is_the_users_own[name+configuration+user]")
def kept_tokens_are_everybodys(patch: pytest.MonkeyPatch) -> None:
    """All decisions are made in the name of the user who came first."""
    _change_key(patch, lambda on_behalf: dataclasses.replace(on_behalf, user="", user_token=""))


@caught_by(f"{_KEPT}kept_token_is_the_tenants_own[name+configuration+user]")
def kept_tokens_are_all_tenants(patch: pytest.MonkeyPatch) -> None:
    """A user of one customer acts as the user of the same name at another one."""
    _change_key(patch, lambda on_behalf: dataclasses.replace(on_behalf, tenant=""))


@caught_by(f"{_KEPT}kept_token_is_renewed_in_time")
def kept_tokens_are_never_renewed(patch: pytest.MonkeyPatch) -> None:
    """When the first token has expired, a destination works no longer."""

    def faulty(_original: t.Any, cache: token_cache.TokenCache, key: t.Any) -> t.Any:
        kept = cache._kept.get(key)
        return kept.token if kept else None

    replace(patch, token_cache.TokenCache, "find", faulty)


@caught_by(f"{_KEPT}kept_token_says_how_long_it_is_valid")
def kept_tokens_are_as_good_as_new(patch: pytest.MonkeyPatch) -> None:
    """Applications keep a token that is about to expire for its whole lifetime once more."""

    def faulty(original: t.Any, cache: token_cache.TokenCache, key: t.Any) -> t.Any:
        return cache._kept[key].token if original(cache, key) else None

    replace(patch, token_cache.TokenCache, "find", faulty)
