# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FSM: its token service and approval API."""

from __future__ import annotations

import typing as t

from starlette.requests import Request

from landscape.fsm import approval, service
from landscape.fsm.accounts import FsmUser

from .mutation import PYTHON_CLIENT, caught_by, replace

if t.TYPE_CHECKING:
    import pytest

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
