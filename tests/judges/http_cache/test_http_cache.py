# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP cache that others wrote (CacheControl) judges ETags and conditional requests."""

from __future__ import annotations

import typing as t

import pytest
import requests
from cachecontrol import CacheControl

from landscape.destination_service import BASE_PATH

if t.TYPE_CHECKING:
    from collections.abc import Iterator

    from landscape import Environment, Landscape

Read = t.Callable[[str], requests.Response]


@pytest.fixture
def read(
    landscape: Landscape, environment: Environment, fetch_token: t.Callable[[dict[str, str]], str]
) -> Iterator[Read]:
    """Read something of the Destination Service through a cache, which asks whether what it has is still valid."""
    key = environment.service_key.credentials()
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"https": landscape.proxy_url}
        session.verify = str(landscape.ca_file)
        session.headers["Authorization"] = f"Bearer {fetch_token(key)}"
        cached = CacheControl(session)
        yield lambda path: cached.get(f"{key['uri']}{BASE_PATH}{path}", timeout=30)


@pytest.mark.parametrize(
    "path, configuration",
    [
        ("/v1/subaccountDestinations/FSM", ()),
        ("/v1/destinations/FSM", ("destinationConfiguration",)),
        ("/v2/destinations/FSM@subaccount", ("destinationConfiguration",)),
    ],
)
def test_what_is_unchanged_is_not_sent_again(
    landscape: Landscape, environment: Environment, read: Read, path: str, configuration: tuple[str, ...]
) -> None:
    stored = environment.subaccount.destinations

    def url() -> str:
        content = read(path).json()
        for key in configuration:
            content = content[key]
        return str(content["URL"])

    def statuses() -> list[int | None]:
        return [item.status for item in landscape.requests(environment.name) if item.method == "GET"]

    stored["FSM"] = {"Type": "HTTP", "URL": "https://one.example"}
    assert (url(), url()) == ("https://one.example", "https://one.example")
    assert statuses() == [200, 304]
    stored["FSM"] = {"Type": "HTTP", "URL": "https://two.example"}
    assert (url(), url()) == ("https://two.example", "https://two.example")
    assert statuses() == [200, 304, 200, 304]
