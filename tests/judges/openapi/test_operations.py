# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation of SAP's OpenAPI description is served, and none of them without a valid token."""

from __future__ import annotations

import re
import typing as t

import jwt
import pytest

from judges.openapi.specification import load, operations
from landscape.destination_service import BASE_PATH, OPERATIONS

if t.TYPE_CHECKING:
    from landscape import Environment
    from unit.landscape.conftest import Http

DESCRIBED = operations(load())


def test_every_operation_is_served() -> None:
    served = {(method.upper(), path) for path, methods in OPERATIONS.items() for method in methods}
    described = {(method, re.sub(r"{\w+ name}", "{name}", path)) for method, path in DESCRIBED}
    assert len(described) == 47
    assert described - served == set()
    # Labels alone are in SAP's clients, but not in the description.
    assert {path for _unused, path in served - described} == {path for path in OPERATIONS if path.endswith("/labels")}


@pytest.mark.parametrize("method, path", DESCRIBED)
def test_no_operation_without_a_valid_token(
    http: Http, environment: Environment, fetch_token: t.Callable[[dict[str, str]], str], method: str, path: str
) -> None:
    key = environment.service_key.credentials()
    url = key["uri"] + BASE_PATH + re.sub("{[^}]*}", "x", path)
    good = fetch_token(key)
    forged = jwt.encode(
        jwt.decode(good, options={"verify_signature": False}),
        "0" * 32,
        "HS256",
        {"kid": jwt.get_unverified_header(good)["kid"]},
    )
    for authorization in (None, "", "Bearer", f"Basic {good}", f"Bearer {good[:-5]}", f"Bearer {forged}"):
        headers = {} if authorization is None else {"Authorization": authorization}
        answer = http(method, url, headers=headers)
        assert (answer.status_code, answer.text) == (401, "Unauthorized")
    assert http(method, url, headers={"Authorization": f"Bearer {good}"}).status_code != 401
