# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads answer as SAP's OpenAPI description says in words: without credentials, and of one version only."""

from __future__ import annotations

import typing as t

import pytest

if t.TYPE_CHECKING:
    from landscape import Environment
    from unit.landscape.conftest import Http

SECRETS = ("clientSecret", "tokenServicePassword")
LOOKUPS = ("/v1/destinations/FSM", "/v2/destinations/FSM@subaccount")


@pytest.mark.parametrize("path", LOOKUPS)
def test_credentials_can_be_left_out(
    service: Http, environment: Environment, primary: dict[str, str], path: str
) -> None:
    environment.subaccount.destinations["FSM"] = primary
    whole = service("GET", path, api="").json()["destinationConfiguration"]
    assert whole == primary
    found = service("GET", path, params={"$skipCredentials": "true"}, api="").json()
    assert found["destinationConfiguration"] == {key: whole[key] for key in whole if key not in SECRETS}
    # The service itself still has them.
    assert found["authTokens"][0]["value"]


@pytest.mark.parametrize("path", [*LOOKUPS, "/v1/subaccountDestinations/FSM"])
def test_another_version_is_asked_for(service: Http, environment: Environment, path: str) -> None:
    environment.subaccount.destinations["FSM"] = {"Type": "HTTP", "URL": "https://one.example"}
    first = service("GET", path, api="")
    same = service("GET", path, headers={"If-Match": first.headers["ETag"]}, api="")
    assert (same.status_code, same.json()) == (200, first.json())
    environment.subaccount.destinations["FSM"] = {"Type": "HTTP", "URL": "https://two.example"}
    other = service("GET", path, headers={"If-Match": first.headers["ETag"]}, api="")
    assert (other.status_code, other.content) == (412, b"")
