# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The claims of a token are read; what is no token has none."""

from __future__ import annotations

import base64
import json
import typing as t
from datetime import datetime, timezone

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.token_claims import (
    bare_token,
    check_unexpired,
    unverified_claims,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError


def token_of(payload: bytes) -> str:
    """Return a token with this payload, in which nothing else is right."""
    return f"eyJ.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.signature"


@pytest.mark.parametrize("claims", [{}, {"a": 1}, {"name": "ÿ~?>" * 5, "companies": [{"id": 5}]}])
def test_claims(claims: dict[str, t.Any]) -> None:
    assert unverified_claims(token_of(json.dumps(claims).encode())) == claims


@pytest.mark.parametrize(
    "token",
    ["", "opaque", "a.b", "a.b.c.d", "..", "a.é.c", token_of(b"no json"), token_of(b"[1]"), token_of(b"\xff\xfe{")],
)
def test_no_claims(token: str) -> None:
    assert unverified_claims(token) == {}


@pytest.mark.parametrize("text", ["a.b-c_d", " a.b-c_d\n", "a.b-c_d\r\n", "abc=="])
def test_bare_token(text: str) -> None:
    assert bare_token(text, "user_token") == text.strip()


@pytest.mark.parametrize("text", ["", " ", "a b", "a\nb", "Bearer abc", "töken", "a\x00", "=a"])
def test_what_is_no_token_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(InputError, match=r"^user_token is no token\. Give it") as caught:
        bare_token(text, "user_token")
    assert not text.strip() or text not in str(caught.value)


@pytest.mark.parametrize("seconds, fine", [(1, True), (0, False), (-1, False)])
def test_expired_token_is_reported(seconds: int, fine: bool) -> None:
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    claims = base64.urlsafe_b64encode(json.dumps({"exp": now.timestamp() + seconds}).encode()).decode().rstrip("=")
    token = f"eyJ.{claims}.x"
    if fine:
        check_unexpired(token, "user_token", now)
    else:
        with pytest.raises(InputError, match="user_token has expired at 202") as caught:
            check_unexpired(token, "user_token", now)
        assert token not in str(caught.value)


@pytest.mark.parametrize("token", ["no token", "eyJ.e30.x"])
def test_token_without_an_end(token: str) -> None:
    check_unexpired(token, "user_token", datetime.now(timezone.utc))
