# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host in a URL of FSM, however it was typed."""

from __future__ import annotations

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_cluster import host_of


@pytest.mark.parametrize(
    "url, host",
    [
        ("https://DE.fsm.cloud.sap/x", "de.fsm.cloud.sap"),
        ("https://de.fsm.cloud.sap:443/x", "de.fsm.cloud.sap"),
        ("https://de.fsm.cloud.sap./x", "de.fsm.cloud.sap"),
        (" https://user@de.fsm.cloud.sap ", "de.fsm.cloud.sap"),
        ("de.fsm.cloud.sap", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_host_of_a_url(url: str, host: str) -> None:
    assert host_of(url) == host
