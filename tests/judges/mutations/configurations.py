# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Destination Service: destinations, fragments, certificates, their lists and labels."""

from __future__ import annotations

import base64
import dataclasses
import re
import typing as t

from starlette.responses import JSONResponse

from landscape.destination_service import (
    certificates,
    configuration_endpoints,
    destination_rules,
    fragment_rules,
    labels,
    list_query,
)
from landscape.destination_service.operations import speaking_text
from landscape.subaccount import configuration_store
from landscape.subaccount.configuration_store import ConfigurationStore

from .mutation import DESCRIPTION, HTTP_CACHE, LISTS, PYTHON_CLIENT, REFUSALS, caught_by, replace, serve

if t.TYPE_CHECKING:
    import pytest

    from landscape.destination_service.operations import Call

_DESTINATION = f"{PYTHON_CLIENT}destinations.py::test_life_of_a_destination[provider subaccount]"
_FRAGMENT = f"{PYTHON_CLIENT}fragments.py::test_life_of_a_fragment[provider subaccount]"
_CERTIFICATE = f"{PYTHON_CLIENT}certificates.py::test_life_of_a_certificate[provider subaccount]"
_PAGES = f"{PYTHON_CLIENT}destinations.py::test_pages[provider subaccount]"
_LABELS = f"{PYTHON_CLIENT}labels.py::test_{{}}[destination-provider subaccount]"


@caught_by(_DESTINATION)
def replacing_merges(patch: pytest.MonkeyPatch) -> None:
    """A property that was taken out, such as TrustAll, stays in force, and nothing says so."""

    def faulty(original: t.Any, store: ConfigurationStore, configuration: t.Any, *rest: t.Any) -> t.Any:
        old = store.entry(configuration[store._name_property])
        return original(store, {**(old.configuration if old else {}), **configuration}, *rest)

    replace(patch, ConfigurationStore, "replace", faulty)


@caught_by(_DESTINATION)
def properties_of_applications_are_dropped(patch: pytest.MonkeyPatch) -> None:
    """Task Center never sees tc.enabled, and so no task."""

    def faulty(original: t.Any, store: ConfigurationStore, name: str, configuration: t.Any, *rest: t.Any) -> t.Any:
        return original(store, name, {key: configuration[key] for key in configuration if "." not in key}, *rest)

    replace(patch, ConfigurationStore, "_write", faulty)


@caught_by(_FRAGMENT)
def creating_overwrites(patch: pytest.MonkeyPatch) -> None:
    """A second team's fragment of the same name replaces the first one's: no conflict is reported."""

    def faulty(original: t.Any, store: ConfigurationStore, configuration: t.Any, *rest: t.Any) -> t.Any:
        store.pop(configuration[store._name_property], None)
        return original(store, configuration, *rest)

    replace(patch, ConfigurationStore, "create", faulty)


@caught_by(_CERTIFICATE)
def replacing_creates(patch: pytest.MonkeyPatch) -> None:
    """A certificate that is renewed under a mistyped name is reported as renewed; the old one expires."""

    def faulty(original: t.Any, store: ConfigurationStore, configuration: t.Any, *rest: t.Any) -> t.Any:
        store.setdefault(configuration[store._name_property], configuration)
        return original(store, configuration, *rest)

    replace(patch, ConfigurationStore, "replace", faulty)


@caught_by(_FRAGMENT)
def deleting_does_nothing(patch: pytest.MonkeyPatch) -> None:
    """A fragment that was deleted, as the answer says, still overrides destinations."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        store = call.caller.level("subaccount").fragments
        kept = dict(store)
        response = await original(call)
        store.update(kept)
        return response

    serve(patch, "/v1/subaccountDestinationFragments/{name}", "delete", faulty)


@caught_by(f"{REFUSALS}what_is_not_there[GET-/v1/subaccountDestinationFragments/{{fragment name}}]")
def unknown_fragment_is_refused_in_bare_text(patch: pytest.MonkeyPatch) -> None:
    """A program that reads why there is no fragment stops at what is no JSON."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        return await speaking_text(original)(call)

    serve(patch, "/v1/subaccountDestinationFragments/{name}", "get", faulty)


@caught_by(f"{REFUSALS}an_assertion_provider_cannot_be_deleted[subaccount]")
def assertion_providers_can_be_deleted(patch: pytest.MonkeyPatch) -> None:
    """A destination that others rely on disappears, and they stop working."""
    patch.setattr(configuration_endpoints, "users_of_provider", lambda _name, _store: [])


@caught_by(f"{DESCRIPTION}[DELETE /v1/subaccountDestinations]")
def bulk_deletion_does_not_say_what_became_of_each(patch: pytest.MonkeyPatch) -> None:
    """A script that deletes many destinations cannot know which of them were deleted."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        response = await original(call)
        response.body = re.sub(rb'"status":"[A-Z_]+"', b'"status":"DONE"', response.body)
        response.headers["content-length"] = str(len(response.body))
        return response

    serve(patch, "/v1/subaccountDestinations", "delete", faulty)


@caught_by(_CERTIFICATE)
def content_of_certificates_is_rewritten(patch: pytest.MonkeyPatch) -> None:
    """A keystore that comes back with other bytes than were stored does not open any more."""

    def faulty(original: t.Any, text: t.Any, *arguments: t.Any) -> t.Any:
        properties = original(text, *arguments)
        if "Content" in properties:
            content = base64.b64decode(properties["Content"]).decode("utf-8", "replace").encode()
            properties = {**properties, "Content": base64.b64encode(content).decode()}
        return properties

    replace(patch, certificates, "text_properties", faulty)


@caught_by(f"{DESCRIPTION}[GET /v1/subaccountCertificates/{{certificate name}}/publicKeys]")
def public_keys_do_not_name_their_subject(patch: pytest.MonkeyPatch) -> None:
    """Nobody sees in the list of public keys whose certificate it is that will expire."""

    def faulty(original: t.Any, *arguments: t.Any) -> t.Any:
        return {**original(*arguments), "SubjectDN": None}

    replace(patch, certificates, "_public_key", faulty)


@caught_by(f"{HTTP_CACHE}what_is_unchanged_is_not_sent_again[/v1/subaccountDestinations/FSM-configuration0]")
def etag_never_changes(patch: pytest.MonkeyPatch) -> None:
    """A client that keeps what it has read never learns of a change."""
    replace(patch, configuration_store, "etag_of", lambda original, _content: original({}))


@caught_by(_PAGES)
def last_of_a_page_is_missing(patch: pytest.MonkeyPatch) -> None:
    """Who reads page by page never sees some of the destinations."""

    def faulty(original: t.Any, entries: t.Any, page: t.Any, path: str) -> t.Any:
        return original(entries[:-1], page, path)

    replace(patch, configuration_endpoints, "_page_of", faulty)


def _change_headers_of_pages(patch: pytest.MonkeyPatch, change: t.Callable[[t.Any], t.Any]) -> None:
    def faulty(original: t.Any, *arguments: t.Any) -> t.Any:
        response = original(*arguments)
        change(response.headers)
        return response

    replace(patch, configuration_endpoints, "_page_of", faulty)


@caught_by(_PAGES)
def link_to_the_next_page_is_missing(patch: pytest.MonkeyPatch) -> None:
    """Who follows the links believes that the first page is all there is."""

    def without_link(headers: t.Any) -> None:
        if "link" in headers:
            del headers["link"]

    _change_headers_of_pages(patch, without_link)


@caught_by(_PAGES)
def entities_are_counted_by_page(patch: pytest.MonkeyPatch) -> None:
    """A report says that a subaccount with hundreds of destinations has a handful."""

    def of_page(headers: t.Any) -> None:
        if "entity-count" in headers:
            headers["Entity-Count"] = "2"

    _change_headers_of_pages(patch, of_page)


@caught_by(f"{PYTHON_CLIENT}destinations.py::test_filter_by_names[provider subaccount]")
def filter_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """Who asks for two destinations and acts on the answer acts on all of them."""
    replace(patch, list_query, "_parse_filter", lambda _original, *_arguments: lambda _entry: True)


@caught_by(f"{LISTS}conditions[subaccountDestinations-starts-with-startswith(Name, 'SAP_John''s')]")
def beginnings_of_names_are_ignored(patch: pytest.MonkeyPatch) -> None:
    """Who asks for the destinations of one application, by the beginning of their names, gets those of all."""

    def faulty(original: t.Any, expression: str, *arguments: t.Any) -> t.Any:
        return (lambda _entry: True) if expression.startswith("startswith") else original(expression, *arguments)

    replace(patch, list_query, "_parse_filter", faulty)


@caught_by(f"{LISTS}selection_of_names[subaccountDestinations]")
def selection_of_names_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """Who asks for names alone is sent all passwords, and logs them."""

    def faulty(original: t.Any, *arguments: t.Any) -> t.Any:
        return dataclasses.replace(original(*arguments), names_only=False)

    replace(patch, configuration_endpoints, "parse_list_query", faulty)


@caught_by(_LABELS.format("filter_by_labels"))
def only_the_first_of_several_labels_counts(patch: pytest.MonkeyPatch) -> None:
    """What is meant for team A's test destinations strikes all of team A's."""

    def faulty(original: t.Any, expression: str, *arguments: t.Any) -> t.Any:
        return original(expression.partition(" AND ")[0], *arguments)

    replace(patch, list_query, "_parse_filter", faulty)


@caught_by(_LABELS.format("life_of_labels"))
def labels_are_merged(patch: pytest.MonkeyPatch) -> None:
    """A label that was taken away, such as env=prod, stays."""

    def faulty(original: t.Any, store: ConfigurationStore, name: str, given: t.Any) -> t.Any:
        old = store.entry(name)
        return original(store, name, {**(old.labels if old else {}), **given})

    replace(patch, ConfigurationStore, "set_labels", faulty)


@caught_by(_LABELS.format("limits"))
def labels_have_no_limits(patch: pytest.MonkeyPatch) -> None:
    """A tool that labels by ticket number works in tests, and fails with the eleventh ticket."""
    replace(patch, labels, "_limited", lambda _original, given: given)


@caught_by(f"{DESCRIPTION}[POST /v1/subaccountDestinations]")
def names_have_no_limit(patch: pytest.MonkeyPatch) -> None:
    """Names of more than 200 characters work in tests, and are refused by the service."""
    patch.setattr(destination_rules, "NAME_LENGTH", 10_000)


@caught_by(f"{PYTHON_CLIENT}destinations.py::test_refusals_say_why")
def destinations_need_no_client(patch: pytest.MonkeyPatch) -> None:
    """A destination with a mistyped clientId is stored, and fails when the first user needs it."""
    patch.setattr(destination_rules, "REQUIRED_PROPERTIES", {})


@caught_by(f"{PYTHON_CLIENT}fragments.py::test_fragment_is_no_destination[properties1]")
def fragments_change_names_and_types(patch: pytest.MonkeyPatch) -> None:
    """A fragment turns a destination into another one than the application asked for."""
    patch.setattr(fragment_rules, "FORBIDDEN_PROPERTIES", ())


@caught_by(f"{DESCRIPTION}[GET /v1/subaccountDestinations]")
def lists_are_wrapped(patch: pytest.MonkeyPatch) -> None:
    """Programs that read the list as it is described find no destination in it."""

    async def faulty(original: t.Any, call: Call) -> t.Any:
        response = await original(call)
        response.body = b'{"destinations":' + response.body + b"}"
        response.headers["content-length"] = str(len(response.body))
        return response

    serve(patch, "/v1/subaccountDestinations", "get", faulty)


@caught_by(_LABELS.format("labels_survive_a_replacement"))
def replacing_drops_labels(patch: pytest.MonkeyPatch) -> None:
    """What was remembered in a destination's labels is gone when somebody changes its description."""

    def faulty(original: t.Any, store: ConfigurationStore, configuration: t.Any, *rest: t.Any) -> t.Any:
        entry = original(store, configuration, *rest)
        store.set_labels(entry.name, {})
        return entry

    replace(patch, ConfigurationStore, "replace", faulty)


@caught_by(f"{PYTHON_CLIENT}destinations.py::test_case_of_names[case_sensitive]")
def case_of_names_does_not_matter(patch: pytest.MonkeyPatch) -> None:
    """A destination that is meant to be another one is replaced."""

    def faulty(_original: t.Any, store: ConfigurationStore, name: str) -> str:
        return next((key for key in store._entries if key.lower() == name.lower()), name)

    replace(patch, ConfigurationStore, "_key", faulty)


@caught_by(f"{REFUSALS}some_of_several_are_refused[subaccount-Destinations-POST]")
def half_of_a_request_is_reported_as_all(patch: pytest.MonkeyPatch) -> None:
    """Who creates many destinations at once is not told that some were refused."""

    async def faulty(original: t.Any, *arguments: t.Any) -> t.Any:
        response = await original(*arguments)
        response.status_code = 200 if response.status_code == 207 else response.status_code
        return response

    replace(patch, configuration_endpoints, "_write_each", faulty)


@caught_by(f"{REFUSALS}some_of_several_are_refused[subaccount-Destinations-PUT]")
def one_of_several_stops_the_others(patch: pytest.MonkeyPatch) -> None:
    """One destination that does not exist keeps all the others of the request from being changed."""

    async def faulty(original: t.Any, collection: t.Any, call: Call, items: t.Any, success: int, write: t.Any) -> t.Any:
        names = [item.get("Name") for item in items if isinstance(item, dict)]
        missing = [name for name in names if name not in collection.store(call.caller)]
        if success == 200 and missing:
            return JSONResponse([{"name": name, "status": 404, "cause": "Not Found"} for name in names], 207)
        return await original(collection, call, items, success, write)

    replace(patch, configuration_endpoints, "_write_each", faulty)
