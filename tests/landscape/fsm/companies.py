# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FSM's list of an account's companies.

Unverified: FSM's public SDK asks below ``/api/master`` for it, but the path is documented nowhere, nor is the JSON.
Here a company has what is known of the same list in token answers: ``id`` and ``name``. Nothing may rely on more, and
a client has to expect that there is no such path.
"""

from __future__ import annotations

import typing as t

from starlette.responses import JSONResponse, Response

from ..platform.web import PlainServiceError, ServiceError, resource
from .principal import principal_of

if t.TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import Route

    from .accounts import FsmCluster

PATH = "/api/master/v1/accounts/{account_id}/companies"


class FsmCompanies:
    """The companies of accounts: a client reads those of its own."""

    def __init__(self, clusters: t.Mapping[str, FsmCluster]) -> None:
        self._clusters = clusters

    @property
    def routes(self) -> list[Route]:
        """The routes below an FSM cluster's host name."""
        return [resource(PATH, get=self.list_companies)]

    async def list_companies(self, request: Request) -> Response:
        """Return the companies of the client's account."""
        cluster = self._clusters[request.scope["landscape.host"]["cluster"]]
        asked = cluster.accounts.get(request.path_params["account_id"])
        if asked and asked.assumptions.holds("fsm_companies", "elsewhere"):
            raise PlainServiceError(404, "Not Found", media_type="text/plain")
        account = principal_of(request, self._clusters).account
        if request.path_params["account_id"] != account.id:
            raise ServiceError(403, f"The client has no access to account {request.path_params['account_id']}")
        return JSONResponse([account.company(company_id) for company_id in account.companies])
