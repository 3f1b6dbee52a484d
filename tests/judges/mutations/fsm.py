# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FSM: its token service and approval API."""

from __future__ import annotations

import dataclasses
import typing as t

from starlette.requests import Request

from landscape.fsm import approval, service
from landscape.fsm.accounts import FsmAccount, FsmUser
from landscape.platform.saml import GRANT_TYPE
from landscape.platform.tokens import InvalidToken, TokenSigner
from landscape.platform.web import basic_credentials

from .mutation import FACTS, PYTHON_CLIENT, caught_by, replace

if t.TYPE_CHECKING:
    import pytest

_TOKENS = f"{FACTS}fsm_tokens.py::test_"
_APPROVAL = f"{FACTS}fsm_approval.py::test_"
_HEADERS = f"{PYTHON_CLIENT}propagation.py::test_fsm_demands_four_headers"
_DECISION = f"{PYTHON_CLIENT}propagation.py::test_users_decide_their_own_tasks"


@caught_by(f"{PYTHON_CLIENT}consumption.py::test_token_comes_along")
def any_client_secret_of_fsm_is_accepted(patch: pytest.MonkeyPatch) -> None:
    """A mistyped secret in the primary destination is found by nobody before production."""
    patch.setattr(service, "same_secret", lambda _given, _expected: True)


@caught_by(_DECISION)
def users_tokens_do_not_name_the_user(patch: pytest.MonkeyPatch) -> None:
    """FSM shows a user the whole company's tasks, and lets the user decide none."""

    def faulty(original: t.Any, *arguments: t.Any) -> FsmUser:
        user = original(*arguments)
        return FsmUser("", user.password, user.id)

    replace(patch, service.Fsm, "_user", faulty)


@caught_by(f"{_HEADERS}[X-Client-Version]")
def headers_are_not_demanded(patch: pytest.MonkeyPatch) -> None:
    """A destination without the four headers works in tests, and FSM refuses every request."""

    def faulty(original: t.Any, request: Request, clusters: t.Any) -> t.Any:
        missing = [(name.lower().encode(), b"1") for name in ("X-Client-ID", "X-Client-Version")]
        headers = [*request.scope["headers"], *missing]
        return original(Request({**request.scope, "headers": headers}), clusters)

    replace(patch, approval, "principal_of", faulty)


@caught_by(f"{_HEADERS}[X-Company-ID]")
def any_company_is_served(patch: pytest.MonkeyPatch) -> None:
    """With a mistyped company ID, users see and decide the tasks of another company."""

    def faulty(original: t.Any, request: Request, clusters: t.Any) -> t.Any:
        headers = [item for item in request.scope["headers"] if item[0] != b"x-company-id"]
        if "x-company-id" in request.headers:
            cluster = clusters[request.scope["landscape.host"]["cluster"]]
            claims = cluster.signer.verify(request.headers["authorization"].partition(" ")[2])
            headers.append((b"x-company-id", cluster.clients[claims["client_id"]][1].company_id.encode()))
        return original(Request({**request.scope, "headers": headers}), clusters)

    replace(patch, approval, "principal_of", faulty)


@caught_by(_DECISION)
def users_see_the_tasks_of_all(patch: pytest.MonkeyPatch) -> None:
    """Users read and decide what is meant for their colleagues."""

    def faulty(original: t.Any, principal: t.Any) -> t.Any:
        return original(principal._replace(user_email=None))

    replace(patch, approval, "_visible", faulty)


@caught_by(f"{PYTHON_CLIENT}propagation.py::test_technical_user_reads_the_companys_tasks")
def technical_users_decide(patch: pytest.MonkeyPatch) -> None:
    """Decisions are made in nobody's name."""

    def faulty(original: t.Any, request: Request, clusters: t.Any) -> t.Any:
        principal = original(request, clusters)
        if request.method == "POST" and principal.user_email is None:
            [task] = [item for item in principal.account.tasks.values() if item.id == request.path_params["id"]]
            principal = principal._replace(user_email=task.assignee)
        return principal

    replace(patch, approval, "principal_of", faulty)


@caught_by(f"{_TOKENS}other_grants_are_refused[authorization_code]")
def unknown_grants_are_the_clients(patch: pytest.MonkeyPatch) -> None:
    """A token request of the wrong kind works in tests, and FSM refuses it."""

    async def faulty(original: t.Any, *arguments: t.Any) -> t.Any:
        form = await original(*arguments)
        known = form.grant_type in ("client_credentials", "password", GRANT_TYPE)
        return form if known else dataclasses.replace(form, grant_type="client_credentials")

    replace(patch, service, "token_form", faulty)


@caught_by(f"{_TOKENS}client_authenticates_by_http_basic")
def client_in_the_body_is_enough(patch: pytest.MonkeyPatch) -> None:
    """A destination without token service user works in tests, and gets no token in production."""

    def faulty(original: t.Any, request: Request) -> t.Any:
        # The form was read before.
        form: t.Any = request._form or {}
        return original(request) or (form.get("client_id", ""), form.get("client_secret", ""))

    replace(patch, service, "basic_credentials", faulty)


@caught_by(f"{_TOKENS}client_is_one_of_its_cluster")
def clients_of_other_clusters_get_tokens(patch: pytest.MonkeyPatch) -> None:
    """A destination with the token URL of the wrong cluster works in tests, and for nobody in production."""

    def faulty(original: t.Any, fsm: service.Fsm, request: Request, cluster: t.Any, form: t.Any) -> t.Any:
        client_id, _unused = basic_credentials(request) or ("", "")
        owners = [other for other in fsm.clusters.values() if client_id in other.clients]
        return original(fsm, request, *(owners or [cluster]), form)

    replace(patch, service.Fsm, "_authenticate", faulty)


@caught_by(f"{_APPROVAL}token_of_another_cluster")
def tokens_of_other_clusters_are_accepted(patch: pytest.MonkeyPatch) -> None:
    """What one cluster has issued opens all of them: the companies of other customers."""

    def faulty(original: t.Any, request: Request, clusters: t.Any) -> t.Any:
        token = request.headers.get("authorization", "").partition(" ")[2]
        for name, cluster in clusters.items():
            try:
                cluster.signer.verify(token)
            except InvalidToken:
                continue
            request = Request({**request.scope, "landscape.host": {"cluster": name}}, request.receive)
        return original(request, clusters)

    replace(patch, approval, "principal_of", faulty)


@caught_by(f"{_TOKENS}token_is_valid_as_long_as_it_says[client_credentials]")
def fsm_promises_more_time_than_it_gives(patch: pytest.MonkeyPatch) -> None:
    """A token that the Destination Service keeps is refused long before it is renewed."""

    def faulty(original: t.Any, content: dict[str, t.Any]) -> t.Any:
        return original({**content, "expires_in": 2 * content["expires_in"]})

    replace(patch, service, "token_answer", faulty)


def _change_tokens_of_users(patch: pytest.MonkeyPatch, change: t.Callable[[dict[str, t.Any]], None]) -> None:
    def faulty(original: t.Any, signer: TokenSigner, claims: t.Any, lifetime: int, **headers: str) -> t.Any:
        changed = dict(claims)
        if "user_email" in changed:
            change(changed)
        return original(signer, changed, lifetime, **headers)

    replace(patch, TokenSigner, "sign", faulty)


@caught_by(f"{_TOKENS}users_token_names_account_and_company")
def users_tokens_name_no_account(patch: pytest.MonkeyPatch) -> None:
    """Nobody can tell from a user's token whether it is one of the right account."""
    _change_tokens_of_users(patch, lambda claims: claims.pop("account_id"))


@caught_by(f"{_TOKENS}users_token_names_account_and_company")
def users_tokens_name_another_company(patch: pytest.MonkeyPatch) -> None:
    """What compares a token's company with the destination's reports a mistake where there is none."""
    _change_tokens_of_users(patch, lambda claims: claims.update(companies=[{"id": 1, "name": "another"}]))


@caught_by(f"{_TOKENS}user_logs_on_with_the_right_password_only")
def any_password_of_fsm_is_accepted(patch: pytest.MonkeyPatch) -> None:
    """Anybody who knows an e-mail address and has a client decides the user's tasks."""

    def faulty(original: t.Any, fsm: service.Fsm, account: FsmAccount, grant_type: str, form: t.Any) -> t.Any:
        user = account.user(form.get("username", ""))
        return original(fsm, account, grant_type, {**form, "password": user.password if user else ""})

    replace(patch, service.Fsm, "_user", faulty)


@caught_by(f"{_TOKENS}metadata_name_what_an_assertion_needs")
def metadata_name_another_entity(patch: pytest.MonkeyPatch) -> None:
    """An audience that was copied from the metadata is refused."""
    patch.setattr(FsmAccount, "entity_id", property(lambda account: f"{account.base_url}/api/oauth2/v2/saml/metadata"))


@caught_by(f"{_TOKENS}metadata_name_what_an_assertion_needs")
def metadata_of_one_account_are_those_of_all(patch: pytest.MonkeyPatch) -> None:
    """With the metadata of a neighbour's account everything looks right, until the first user acts."""
    first: list[str] = []

    def entity_id(account: FsmAccount) -> str:
        first.append(account.saml_metadata_url)
        return first[0]

    patch.setattr(FsmAccount, "entity_id", property(entity_id))


def _change_company(patch: pytest.MonkeyPatch, right: t.Callable[[str, FsmAccount, str], bool]) -> None:
    """Take another company ID for the client's own where ``right`` says so, of header, account and the client's ID."""

    def faulty(original: t.Any, request: Request, clusters: t.Any) -> t.Any:
        token = request.headers.get("authorization", "").partition(" ")[2]
        cluster = clusters[request.scope["landscape.host"]["cluster"]]
        try:
            account, client = cluster.clients[cluster.signer.verify(token)["client_id"]]
        except InvalidToken:
            return original(request, clusters)
        if right(request.headers.get("x-company-id", ""), account, client.company_id):
            headers = [item for item in request.scope["headers"] if item[0] != b"x-company-id"]
            headers.append((b"x-company-id", client.company_id.encode()))
            request = Request({**request.scope, "headers": headers}, request.receive)
        return original(request, clusters)

    replace(patch, approval, "principal_of", faulty)


@caught_by(f"{_APPROVAL}client_is_one_of_its_company")
def companies_of_an_account_are_one(patch: pytest.MonkeyPatch) -> None:
    """With the company ID of a neighbour in the same account, users see the tasks of another company."""
    _change_company(patch, lambda given, account, _own: given in account.companies)


@caught_by(f"{_APPROVAL}leading_zeros_of_a_company_count")
def company_ids_are_numbers(patch: pytest.MonkeyPatch) -> None:
    """A company ID that lost its leading zeros on the way into the destination works in tests."""
    _change_company(patch, lambda given, _account, own: given.lstrip("0") == own.lstrip("0"))
