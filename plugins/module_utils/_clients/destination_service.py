# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Destination Service REST API: one method per call, as SAP's OpenAPI description has it. No decisions."""

from __future__ import annotations

import base64
import typing as t
from urllib.parse import quote, urlencode

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.answer_types import (
    Destination,
    FoundDestination,
    Labels,
    Unexpected,
    as_destination,
    as_destinations,
    as_found,
    as_labels,
    text_of,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import (
    ANY_METHOD,
    REPEATABLE,
    Http,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import ServiceKey
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.token_claims import bare_token
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.xsuaa import Xsuaa
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import AnswerLost, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.words import option_name

if t.TYPE_CHECKING:
    import requests

T = t.TypeVar("T")

COLLECTION_OF_LEVEL = {"subaccount": "subaccountDestinations", "instance": "instanceDestinations"}
PAGE_SIZE = 100
LONGEST_URI = 4000  # characters

NEXT_STEP_OF_STATUS = {
    400: "Correct the destination's properties; their names are case-sensitive.",
    401: "Check that the service key is one of a Destination Service instance and still exists.",
    403: "Check that the service key is one of a Destination Service instance in this subaccount.",
    404: "Read the present state and run the task again.",
}
NEXT_STEP = "Run the task again later; if it keeps failing, report it to SAP."


class DestinationService:
    """Speaks to the Destination Service of the one subaccount that the service key belongs to."""

    def __init__(self, http: Http, key: ServiceKey) -> None:
        self.http = http
        self.key = key
        self.tokens = Xsuaa(http, key)
        self.base = f"{key.api_url}/destination-configuration/v1"
        self.system = f"The Destination Service of {key.subaccount}"
        # A repeated creation is answered with 409 at worst, which the caller compares; a repeated trust call makes a
        # second key.
        http.retry(self.base, ANY_METHOD)
        http.retry(f"{self.base}/saml2Metadata", REPEATABLE)

    def destinations(self, level: str, condition: str | None = None) -> list[Destination]:
        """Return the destinations of a level, secrets included.

        :param condition: what the service filters by (destination_filters.py); its answer is then one whole, for
            ``$filter`` and ``$page`` exclude each other. Without it, all are read, over as many pages as there are.
        """
        what = f"list the destinations of level {level}"
        if condition:
            answer = self._call(what, "GET", COLLECTION_OF_LEVEL[level], params={"$filter": condition})
            return self._read(what, answer, as_destinations)
        found: list[Destination] = []
        page = 1
        while page <= self.http.settings.max_pages:
            query = {"$page": page, "$pageSize": PAGE_SIZE, "$pageCount": "true"}
            answer = self._call(what, "GET", COLLECTION_OF_LEVEL[level], params=query)
            entries = self._read(what, answer, as_destinations)
            found += entries
            pages = answer.headers.get("Page-Count", "")
            # What is no number of pages that anybody reads is not believed.
            known = pages.isdigit() and len(pages) < 10
            if page >= int(pages) if known else len(entries) < PAGE_SIZE:
                return found
            page += 1
        raise ServiceError(
            f"{self.system} has more than {page - 1} pages of destinations of level {level}, "
            f"{option_name('max_pages')}.",
            "Raise it if that many are there; else see whether something else answers in its place.",
            200,
        )

    def accepts(self, level: str, condition: str) -> bool:
        """Return whether a request with this condition is short enough for the service."""
        query = urlencode({"$filter": condition})
        return len(f"{self.base}/{COLLECTION_OF_LEVEL[level]}?{query}") <= LONGEST_URI

    def destination(self, level: str, name: str) -> Destination | None:
        """Return one destination, secrets included, or None.

        :raises ServiceError: also where the service answers with another one than was asked for
        """
        what = f"read destination {name}"
        answer = self._call(what, "GET", f"{COLLECTION_OF_LEVEL[level]}/{quote(name, safe='')}", allow=(404,))
        if answer.status_code == 404:
            return None
        found = self._read(what, answer, as_destination)
        self._check_name(name, found)
        return found

    def create(self, level: str, destination: Destination) -> bool:
        """Create a destination; return False when one of this name exists already.

        :raises AnswerLost: it exists, but a first try without an answer may have created it
        """
        what = f"create destination {destination['Name']}"
        answer = self._call(what, "POST", COLLECTION_OF_LEVEL[level], json=destination, allow=(409,))
        if answer.status_code == 409 and answer.raw.retries and answer.raw.retries.history:
            raise AnswerLost(f"{self.system} did not answer a first try to {what}.", NEXT_STEP_OF_STATUS[404])
        return answer.status_code != 409

    def replace(self, level: str, destination: Destination) -> bool:
        """Replace the whole configuration of a destination; return False when there is none of this name."""
        what = f"update destination {destination['Name']}"
        answer = self._call(what, "PUT", COLLECTION_OF_LEVEL[level], json=destination, allow=(404,))
        return answer.status_code != 404

    def delete(self, level: str, name: str) -> bool:
        """Delete a destination; return False when there was none of this name."""
        what = f"delete destination {name}"
        answer = self._call(what, "DELETE", f"{COLLECTION_OF_LEVEL[level]}/{quote(name, safe='')}", allow=(404,))
        return answer.status_code != 404

    def labels(self, level: str, name: str) -> Labels | None:
        """Return the labels of a destination, or None when there is none of this name."""
        what = f"read the labels of destination {name}"
        answer = self._call(what, "GET", _labels_path(level, name), allow=(404,))
        if answer.status_code == 404:
            return None
        return self._read(what, answer, as_labels)

    def replace_labels(self, level: str, name: str, labels: Labels) -> None:
        """Replace all labels of a destination.

        Not in the OpenAPI description; the form is that of SAP's own clients. They know a ``PATCH`` too, but nobody
        says whether it adds and deletes labels or single values, so the state afterwards would be a guess.
        """
        body = [{"key": key, "values": values} for key, values in labels.items()]
        what = f"set the labels of destination {name}"
        self._call(what, "PUT", _labels_path(level, name), json=body, allow=(204,))

    def find(self, name: str, user_token: str | None = None) -> FoundDestination | None:
        """Return a destination as an application finds it, with the tokens that the service fetched for it, or None.

        :param user_token: JWT of the user on whose behalf to send the request, for principal propagation
        :raises ServiceError: also where the service answers with another one than was asked for
        """
        what = f"find destination {name}"
        headers = {}
        if user_token:
            headers["X-user-token"] = bare_token(user_token, option_name("user_token"))
            self.http.secrets.add(headers["X-user-token"])
        answer = self._call(what, "GET", f"destinations/{quote(name, safe='')}", headers=headers, allow=(404,))
        if answer.status_code == 404:
            return None
        found = self._read(what, answer, as_found)
        if found.configuration:
            self._check_name(name, found.configuration)
        return found

    def certificate(self, slot: str) -> str | None:
        """Return the PEM text of the active or passive trust certificate, or None when there is none."""
        what = f"read the {slot} trust certificate"
        answer = self._call(what, "GET", _certificate_path(slot), allow=(404,))
        return None if answer.status_code == 404 else self._pem(what, answer, "certificate")

    def generate_certificate(self, slot: str) -> str:
        """Make a new key pair for a slot, in place of the one that may be there; return its certificate's PEM text."""
        what = f"generate the {slot} trust certificate"
        return self._pem(what, self._call(what, "POST", _certificate_path(slot)), "certificate")

    def delete_passive_certificate(self) -> bool:
        """Delete the passive trust certificate; return False when there was none."""
        what = "delete the passive trust certificate"
        return self._call(what, "DELETE", _certificate_path("passive"), allow=(404,)).status_code != 404

    def rotate_certificates(self) -> str:
        """Let the active and the passive trust certificate change places; return the active one's PEM text."""
        what = "rotate the trust certificates"
        return self._pem(what, self._call(what, "POST", "saml2Metadata/rotateCertificate"), "activeCertificate")

    def idp_metadata(self) -> str | None:
        """Return the subaccount's SAML IdP metadata, XML text, or None before the first certificate."""
        what = "read the IdP metadata"
        answer = self._call(what, "GET", "saml2Metadata", allow=(404,))
        if answer.status_code == 404:
            return None
        try:
            return base64.b64decode(self._pem(what, answer, "idpMetadata"), validate=True).decode()
        except ValueError:
            raise self._unexpected(what) from None

    def _call(
        self, what: str, method: str, path: str, allow: tuple[int, ...] = (), **options: t.Any
    ) -> requests.Response:
        """Send an authorized request; return its answer when it is a success or one of the statuses to ``allow``."""
        url = f"{self.base}/{path}"
        answer = self.http.request(self.system, what, method, url, auth=self.tokens.bearer(), **options)
        if answer.status_code == 401:
            # The token may have been revoked before its time: obtain a new one, once.
            self.tokens.forget()
            answer = self.http.request(self.system, what, method, url, auth=self.tokens.bearer(), **options)
        if answer.status_code in (200, 201, *allow) and not _by_a_router(answer):
            return answer
        raise self.http.refused(self.system, what, answer, NEXT_STEP_OF_STATUS.get(answer.status_code, NEXT_STEP))

    def _read(self, what: str, answer: requests.Response, reader: t.Callable[[t.Any], T]) -> T:
        """Return what an answer says.

        :raises ServiceError: it says something else than is documented
        """
        value = self.http.json(self.system, what, answer)
        try:
            return reader(value)
        except Unexpected:
            raise self._unexpected(what) from None

    def _check_name(self, name: str, found: Destination) -> None:
        """Make sure that an answer is about the destination that was asked for.

        :raises ServiceError: it is about another one
        """
        if found.get("Name") != name:
            raise ServiceError(
                f"{self.system} was asked for destination {name}, and answered with destination {found.get('Name')}.",
                "If the names differ in upper and lower case only, use the name as the service has it.",
                200,
            )

    def _pem(self, what: str, answer: requests.Response, key: str) -> str:
        return self._read(what, answer, lambda value: text_of(value, key))

    def _unexpected(self, what: str) -> ServiceError:
        return ServiceError(f"{self.system} answered something unexpected to: {what}.", NEXT_STEP, 200)


def _labels_path(level: str, name: str) -> str:
    return f"{COLLECTION_OF_LEVEL[level]}/{quote(name, safe='')}/labels"


def _certificate_path(slot: str) -> str:
    return "saml2Metadata/certificate" if slot == "active" else f"saml2Metadata/certificate/{slot}"


def _by_a_router(answer: requests.Response) -> bool:
    """Return whether an error is not the service's own: a missing route says nothing of what the service holds.

    Source: Cloud Foundry, "Gorouter": its own errors carry the header X-Cf-RouterError. Portals answer with pages.
    """
    is_page = answer.text.lstrip()[:1] == "<"
    return answer.status_code == 404 and ("X-Cf-RouterError" in answer.headers or is_page)
