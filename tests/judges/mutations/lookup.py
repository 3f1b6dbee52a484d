# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destination Service: destinations as applications find and consume them."""

from __future__ import annotations

import dataclasses
import typing as t

from landscape.destination_service import lookup, token_retrieval
from landscape.destination_service.operations import Caller, speaking_text
from landscape.platform.web import ServiceError

from .mutation import JAVASCRIPT_CLIENTS, PYTHON_CLIENT, READS, REFUSALS, caught_by, replace, replace_item, serve

if t.TYPE_CHECKING:
    import pytest

    from landscape.destination_service.operations import Call

_FRAGMENT = f"{PYTHON_CLIENT}consumption.py::test_fragment_overrides_and_extends"
_TOKEN = f"{PYTHON_CLIENT}consumption.py::test_token_comes_along"
_TOKENS = f"{PYTHON_CLIENT}tokens.py::test_"


def _change_merging(
    patch: pytest.MonkeyPatch, merge: t.Callable[[dict[str, str], dict[str, str]], dict[str, str]]
) -> None:
    """Let a destination and its fragment be merged in another way."""

    def faulty(original: t.Any, call: Call, level: str, fragments: t.Any, fragment: str | None) -> t.Any:
        found = original(call, level, fragments, fragment)
        if fragment is None or fragment not in fragments:
            return found
        plain = original(call, level, fragments, None)
        return dataclasses.replace(found, configuration=merge(plain.configuration, fragments[fragment]))

    replace(patch, lookup, "_merged", faulty)


@caught_by(_FRAGMENT)
def fragment_is_not_merged(patch: pytest.MonkeyPatch) -> None:
    """Production's requests go to the test system, whose URL the fragment should have replaced."""
    _change_merging(patch, lambda destination, _fragment: destination)


@caught_by(_FRAGMENT)
def fragment_does_not_override(patch: pytest.MonkeyPatch) -> None:
    """What a fragment adds is there, what it should replace is not: half a configuration."""
    _change_merging(patch, lambda destination, fragment: {**fragment, **destination})


@caught_by(_FRAGMENT)
def missing_fragment_does_not_matter(patch: pytest.MonkeyPatch) -> None:
    """With a mistyped fragment name, requests go to the destination's default system, and nothing says so."""

    def faulty(original: t.Any, call: Call, level: str, fragments: t.Any, fragment: str | None) -> t.Any:
        return original(call, level, fragments, fragment if fragment in fragments else None)

    replace(patch, lookup, "_merged", faulty)


@caught_by(f"{PYTHON_CLIENT}consumption.py::test_fragment_without_a_level_has_the_destinations")
def fragment_without_a_level_is_the_instances(patch: pytest.MonkeyPatch) -> None:
    """A destination of the subaccount is found without what its fragment adds, or with another one of that name."""

    def faulty(original: t.Any, call: Call, level: str, _fragments: t.Any, fragment: str | None) -> t.Any:
        return original(call, level, call.caller.level("instance").fragments, fragment)

    replace(patch, lookup, "_merged", faulty)


@caught_by(f"{PYTHON_CLIENT}consumption.py::test_levels")
def provider_and_subscriber_are_one_level(patch: pytest.MonkeyPatch) -> None:
    """An application that asks for its provider's destination gets the subscriber's of the same name."""

    def faulty(original: t.Any, caller: Caller, name: str) -> t.Any:
        return original(caller, name.removeprefix("provider_"))

    replace(patch, Caller, "level", faulty)


class _SubaccountFirst(Caller):
    """A caller whose subaccount is asked before the instance."""

    def level(self, name: str) -> t.Any:
        """Return the other level."""
        return super().level({"instance": "subaccount", "subaccount": "instance"}[name])


@caught_by(f"{JAVASCRIPT_CLIENTS}destinations.py::test_instances_destination_comes_first")
def subaccount_comes_before_the_instance(patch: pytest.MonkeyPatch) -> None:
    """A destination that an application keeps for itself is not the one that it gets."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        name, levels = call.request.path_params["name"], map(call.caller.level, ("instance", "subaccount"))
        if all(name in level.destinations for level in levels):
            call = dataclasses.replace(call, caller=_SubaccountFirst(call.caller.subaccount, call.caller.instance))
        return await original(call)

    serve(patch, "/v1/destinations/{name}", "get", faulty)


@caught_by(f"{JAVASCRIPT_CLIENTS}destinations.py::test_primary_yields_a_token")
def owner_is_missing(patch: pytest.MonkeyPatch) -> None:
    """SAP's JavaScript SDK takes every destination for one that does not exist."""
    replace(patch, lookup, "_owner", lambda _original, *_arguments: {})


@caught_by(f"{JAVASCRIPT_CLIENTS}destinations.py::test_unknown_destination")
def unknown_destination_is_refused_in_bare_text(patch: pytest.MonkeyPatch) -> None:
    """SAP's JavaScript SDK fails where an application asked whether there is such a destination."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        return await speaking_text(original)(call)

    serve(patch, "/v1/destinations/{name}", "get", faulty)


@caught_by(f"{REFUSALS}what_is_not_there[GET-/v2/destinations/{{name}}]")
def nothing_to_consume_is_reported_in_bare_text(patch: pytest.MonkeyPatch) -> None:
    """A program that reads why a destination or its fragment is not there stops at what is no JSON."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        return await speaking_text(original)(call)

    serve(patch, "/v2/destinations/{name}", "get", faulty)


@caught_by(f"{PYTHON_CLIENT}consumption.py::test_unknown_destination")
def unknown_destination_is_a_bad_request(patch: pytest.MonkeyPatch) -> None:
    """An optional destination that is not there stops the application."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        try:
            return await original(call)
        except ServiceError as error:
            raise ServiceError(400, error.message) from error

    for path in ("/v2/destinations/{name}", "/v2/destinations/{name}@{level}"):
        serve(patch, path, "get", faulty)


def _ignore_flag(patch: pytest.MonkeyPatch, ignored: str) -> None:
    def faulty(original: t.Any, call: Call, name: str) -> bool:
        return name != ignored and original(call, name)

    replace(patch, lookup, "_flag", faulty)


@caught_by(_TOKEN)
def tokens_are_retrieved_in_any_case(patch: pytest.MonkeyPatch) -> None:
    """Reading a configuration costs a request to the token service, and fails when that is down."""
    _ignore_flag(patch, "$skipTokenRetrieval")


@caught_by(f"{PYTHON_CLIENT}consumption.py::test_tenant_and_user_exclude_each_other")
def tenant_and_user_are_mixed(patch: pytest.MonkeyPatch) -> None:
    """An application that names a tenant and a user of another one gets somebody's token."""
    patch.setattr(lookup, "EXCLUSIVE_HEADERS", ())


@caught_by(f"{PYTHON_CLIENT}consumption.py::test_certificates_come_along")
def certificates_are_left_out(patch: pytest.MonkeyPatch) -> None:
    """An application that has to show a client certificate cannot."""
    replace(patch, lookup, "_certificate_names", lambda _original, *_arguments: [])


def _change_tokens(patch: pytest.MonkeyPatch, change: t.Callable[[dict[str, t.Any]], None]) -> None:
    async def faulty(original: t.Any, *arguments: t.Any) -> t.Any:
        tokens = await original(*arguments)
        for token in tokens:
            change(token)
        return tokens

    replace(patch, lookup, "auth_tokens", faulty)


@caught_by(_TOKEN)
def failure_to_get_a_token_is_not_reported(patch: pytest.MonkeyPatch) -> None:
    """With a wrong secret in the destination, applications send requests without authorization."""
    _change_tokens(patch, lambda token: token.pop("error", None))


@caught_by(_TOKEN)
def header_of_the_token_is_missing(patch: pytest.MonkeyPatch) -> None:
    """Applications find a token, and send it nowhere."""
    _change_tokens(patch, lambda token: token.pop("http_header"))


@caught_by(_TOKEN)
def token_service_user_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """A wrong password of the token service user is found by nobody before production."""

    async def faulty(original: t.Any, call: Call, configuration: dict[str, str]) -> t.Any:
        kept = {key: value for key, value in configuration.items() if not key.startswith("tokenServiceUser")}
        return await original(call, kept)

    replace_item(patch, token_retrieval.RETRIEVALS, "OAuth2ClientCredentials", faulty)


@caught_by(f"{JAVASCRIPT_CLIENTS}destinations.py::test_subscribers_user_is_exchanged_through_the_providers_destination")
def tenant_of_the_user_does_not_count(patch: pytest.MonkeyPatch) -> None:
    """A subscriber's user cannot use what the provider of the application has set up for all of them."""

    async def faulty(original: t.Any, call: Call, configuration: t.Any, _tenant: str, **form: str) -> t.Any:
        return await original(call, configuration, call.caller.subaccount.subdomain, **form)

    replace(patch, token_retrieval, "_granted", faulty)


@caught_by(f"{_TOKENS}header_names_the_tenant_of_a_technical_user")
def tenant_is_named_where_it_is_forbidden(patch: pytest.MonkeyPatch) -> None:
    """An application believes that it acts for the tenant that it has named, and acts for another one."""

    async def faulty(original: t.Any, call: Call, configuration: dict[str, str]) -> t.Any:
        if configuration.get("tokenServiceURLType") == "Common":
            return await original(call, configuration)
        return await token_retrieval._granted(call, configuration, "", grant_type="client_credentials")

    replace_item(patch, token_retrieval.RETRIEVALS, "OAuth2ClientCredentials", faulty)


@caught_by(f"{_TOKENS}assertion_of_the_application")
def assertion_of_the_application_is_not_passed_on(patch: pytest.MonkeyPatch) -> None:
    """An application that vouches for its users itself cannot let any of them in."""

    def faulty(original: t.Any, call: Call, header: str, configuration: t.Any) -> str:
        return "" if header == "X-samlAssertion" else original(call, header, configuration)

    replace(patch, token_retrieval, "_mandatory", faulty)


@caught_by(f"{_TOKENS}password_and_refresh_token")
def refresh_tokens_are_kept_back(patch: pytest.MonkeyPatch) -> None:
    """A user has to log on again whenever a token expires."""
    _change_tokens(patch, lambda token: token.pop("refresh_token", None))


@caught_by(f"{_TOKENS}refusals_say_why[OAuth2AuthorizationCode-options2-X-code is mandatory]")
def types_without_token_are_answered_in_silence(patch: pytest.MonkeyPatch) -> None:
    """An application that forgot a header sends requests without authorization, and nothing says why."""

    async def faulty(original: t.Any, call: Call, configuration: t.Any) -> t.Any:
        tokens = await original(call, configuration)
        return [token for token in tokens if "is mandatory" not in token.get("error", "")]

    replace(patch, lookup, "auth_tokens", faulty)


_MIXES = f"{PYTHON_CLIENT}consumption.py::test_{{}}_mixes_levels"


@caught_by(_MIXES.format("no_subscriber"))
def subscribers_mix_levels(patch: pytest.MonkeyPatch) -> None:
    """A subscriber's destination with a fragment of its provider works in tests, and is refused in production."""
    replace(patch, lookup, "_check_mix", lambda _original, *_arguments: None)


@caught_by(_MIXES.format("no_subscriber"))
def subscribers_mix_levels_in_one_direction(patch: pytest.MonkeyPatch) -> None:
    """A provider's destination with a fragment of the subscriber's subaccount works in tests only."""

    def faulty(original: t.Any, call: Call, levels: set[str]) -> None:
        if call.request.path_params.get("level", lookup.DEFAULT_LEVEL) == "subaccount":
            original(call, levels)

    replace(patch, lookup, "_check_mix", faulty)


@caught_by(_MIXES.format("provider"))
def providers_mix_no_levels(patch: pytest.MonkeyPatch) -> None:
    """An application is refused what only its subscribers may not do."""

    def faulty(_original: t.Any, _call: Call, levels: set[str]) -> None:
        if len(levels) > 1 and "subaccount" in levels:
            raise ServiceError(400, "Levels cannot be combined")

    replace(patch, lookup, "_check_mix", faulty)


@caught_by(f"{READS}credentials_can_be_left_out[/v1/destinations/FSM]")
def credentials_come_along_in_any_case(patch: pytest.MonkeyPatch) -> None:
    """Who asks for a destination without its secrets, in order to show it, shows them."""
    _ignore_flag(patch, "$skipCredentials")
