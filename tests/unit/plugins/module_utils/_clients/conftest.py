# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients that reach the landscape through the gateway."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.destination_service import DestinationService
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.http_client import Http, Settings
from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.service_key import read_service_key

if t.TYPE_CHECKING:
    from unit.plugins.gateway import Gateway


@pytest.fixture
def client(gateway: Gateway, waits: list[float]) -> t.Callable[..., DestinationService]:
    """Return a client of the Destination Service, with another service key, environment or settings on request."""
    assert waits == []

    def make(
        service_key: dict[str, str] | None = None, environ: dict[str, str] | None = None, **settings: t.Any
    ) -> DestinationService:
        http = Http(Settings(**{"ca_path": str(gateway.ca_file), **settings}), environ or {})
        return DestinationService(http, read_service_key({"service_key": service_key or gateway.service_key}))

    return make


@pytest.fixture
def service(client: t.Callable[..., DestinationService]) -> DestinationService:
    """A client of the Destination Service."""
    return client()
