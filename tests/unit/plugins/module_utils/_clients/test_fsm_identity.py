# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What FSM says of a client counts; what it does not say is never guessed."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._clients.fsm_identity import (
    Identity,
    read_companies,
    read_identity,
)

FULL = {
    "account": "acme",
    "account_id": 654321,
    "companies": [{"id": 123456, "name": "de"}, {"id": "77", "name": None}, "odd", {"name": "without id"}],
    "cluster_url": "https://de.fsm.cloud.sap",
}
IDENTITY = Identity("654321", "acme", (("123456", "de"), ("77", None)), "https://de.fsm.cloud.sap")


def test_everything_is_read() -> None:
    assert read_identity(FULL) == IDENTITY


@pytest.mark.parametrize(
    "said",
    [
        {},
        None,
        [],
        {"account_id": None, "account": 5, "companies": [], "cluster_url": "nowhere"},
        {"account_id": True, "companies": {"id": 1}, "cluster_url": 5},
        {"account_id": "", "companies": [{"id": None}], "cluster_url": "https://["},
    ],
)
def test_silence(said: t.Any) -> None:
    identity = read_identity(said)
    assert identity == Identity()
    assert identity.is_account("654321") is None
    assert identity.has_company("123456") is None
    assert identity.is_cluster("https://de.fsm.cloud.sap") is None


@pytest.mark.parametrize("given, expected", [("654321", True), ("0654321", True), ("65432", False), (None, None)])
def test_account(given: str | None, expected: bool | None) -> None:
    assert IDENTITY.is_account(given) is expected


@pytest.mark.parametrize("given, expected", [("123456", True), ("0077", True), ("1", False), ("", None)])
def test_company(given: str, expected: bool | None) -> None:
    assert IDENTITY.has_company(given) is expected


@pytest.mark.parametrize(
    "reported, asked, expected",
    [
        ("https://de.fsm.cloud.sap", "https://de.fsm.cloud.sap/api/oauth2/v2/token", True),
        ("https://DE.fsm.cloud.sap:443/", "https://de.fsm.cloud.sap", True),
        ("https://de.coresuite.com", "https://de.fsm.cloud.sap", True),
        ("https://us.fsm.cloud.sap", "https://de.fsm.cloud.sap", False),
        ("https://us.coresuite.com", "https://de.fsm.cloud.sap", False),
        ("https://us.elsewhere.example", "https://de.fsm.cloud.sap", None),
    ],
)
def test_cluster(reported: str, asked: str, expected: bool | None) -> None:
    assert Identity(cluster_url=reported).is_cluster(asked) is expected


def test_first_who_says_something_counts() -> None:
    assert Identity(account_id="1").or_else(IDENTITY) == Identity("1", "acme", IDENTITY.companies, IDENTITY.cluster_url)


@pytest.mark.parametrize("said", [[{"id": 5, "name": "de"}], {"total": 1, "companies": [{"id": 5, "name": "de"}]}])
def test_answer_of_the_accounts_api(said: t.Any) -> None:
    assert read_companies(said) == Identity(companies=(("5", "de"),))


@pytest.mark.parametrize("said", [None, "x", [], {}, {"data": []}, [5]])
def test_silence_of_the_accounts_api(said: t.Any) -> None:
    assert read_companies(said) == Identity()
