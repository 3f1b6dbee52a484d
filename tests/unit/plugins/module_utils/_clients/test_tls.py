# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What TLS connections trust is read once, and nothing else is trusted."""

from __future__ import annotations

import ssl
import typing as t
from pathlib import Path

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients import tls
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import Unreachable

if t.TYPE_CHECKING:
    from landscape import Landscape
    from unit.plugins.gateway import Gateway

    Client = t.Callable[..., t.Any]


def test_authorities_are_those_named_first() -> None:
    environ = {"REQUESTS_CA_BUNDLE": "/bundle", "CURL_CA_BUNDLE": "/curl"}
    assert tls.authorities("/own", environ) == "/own"
    assert tls.authorities(None, environ) == "/bundle"
    assert tls.authorities(None, {"CURL_CA_BUNDLE": "/curl"}) == "/curl"
    assert Path(tls.authorities(None, {})).is_file()


def test_context_is_made_once_until_the_file_changes(landscape: Landscape, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(landscape.ca_file.read_bytes())
    first = tls.trusting(str(file))
    assert tls.trusting(str(file)) is first
    assert first.verify_mode is ssl.CERT_REQUIRED
    assert first.check_hostname
    file.write_bytes(landscape.ca_file.read_bytes() * 2)
    assert tls.trusting(str(file)) is not first


def test_folder_of_authorities(tmp_path: Path) -> None:
    assert tls.trusting(str(tmp_path)).get_ca_certs() == []


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_read(client: Client, gateway: Gateway, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Unreachable, match=r"Correct ca_path \(of the roles: fsm_ca_path\)"):
        client(gateway.service_key, ca_path=str(path)).destinations("subaccount")


def test_python_s_authorities_are_not_trusted_next_to_the_given_ones(
    client: Client, gateway: Gateway, landscape: Landscape, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A private authority that is named is the only one that counts."""
    other = tls.authorities(None, {})
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(gateway.ca_file))
    with pytest.raises(Unreachable, match="certificate verify failed"):
        client(gateway.service_key, ca_path=other).destinations("subaccount")
