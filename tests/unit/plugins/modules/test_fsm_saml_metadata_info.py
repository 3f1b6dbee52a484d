# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module fsm_saml_metadata_info: whether there are metadata, and whether they are the audience's."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import (
    InputError,
    ServiceError,
    Unreachable,
)
from ansible_collections.btp_ops.task_center.plugins.modules import fsm_saml_metadata_info
from landscape.faults import Matching, Status

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

Run = t.Callable[..., t.Any]


@pytest.fixture
def url(environment: Environment) -> str:
    """The SAML metadata URL of the environment's account."""
    return environment.fsm_account.saml_metadata_url


@pytest.fixture
def strike(landscape: Landscape, url: str) -> t.Iterator[t.Callable[[Status], object]]:
    """Let the metadata URL answer something else."""
    matching = Matching(system="fsm", path=url.removeprefix("https://de.fsm.cloud.sap"))
    yield lambda status: landscape.faults.add(status, matching)
    landscape.faults.clear()


@pytest.mark.parametrize("check_mode", [True, False])
def test_audience_is_the_entity_id(run: Run, url: str, check_mode: bool) -> None:
    outcome = run(fsm_saml_metadata_info, check_mode=check_mode, url=url)
    assert outcome.facts == {
        "available": True,
        "error": "",
        "requires_logon": False,
        "audience": url,
        "entity_id": url,
        "entity_id_matches": True,
    }
    assert (outcome.changed, outcome.diff) == (False, [])


@pytest.mark.parametrize("status", [401, 403, 302])
def test_metadata_that_need_a_log_on(run: Run, url: str, strike: t.Callable[[Status], object], status: int) -> None:
    strike(Status(status))
    facts = run(fsm_saml_metadata_info, url=url).facts
    assert (facts["available"], facts["requires_logon"], facts["entity_id_matches"]) == (False, True, None)
    assert str(status) in facts["error"]


def test_other_audience(run: Run, url: str) -> None:
    facts = run(fsm_saml_metadata_info, url=url, audience=f"{url}/").facts
    assert (facts["available"], facts["entity_id"], facts["entity_id_matches"]) == (True, url, False)


def test_no_metadata_at_this_url(run: Run, url: str) -> None:
    facts = run(fsm_saml_metadata_info, url=f"{url}x").facts
    assert facts["error"].startswith(f"The SAML metadata URL {url}x refused to give the metadata: 404")
    assert (facts["available"], facts["entity_id"], facts["entity_id_matches"]) == (False, None, None)


@pytest.mark.parametrize(
    "answer, reported",
    [
        (Status(200, body="<!DOCTYPE html><html>Log on</html>"), "is no SAML 2.0 metadata: it has a document type"),
        (Status(200, body=""), "is no SAML 2.0 metadata: it is not well-formed XML"),
        (Status(403, body="Forbidden"), "403 Forbidden"),
        (Status(302), "302"),
    ],
)
def test_something_else_is_a_result(
    run: Run, url: str, strike: t.Callable[[Status], object], answer: Status, reported: str
) -> None:
    strike(answer)
    facts = run(fsm_saml_metadata_info, url=url).facts
    assert facts["available"] is False
    assert reported in facts["error"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_trouble_is_a_failure(
    run: Run, url: str, strike: t.Callable[[Status], object], status: int, waits: list[float]
) -> None:
    strike(Status(status))
    with pytest.raises(ServiceError, match=f"The SAML metadata URL .* {status}"):
        run(fsm_saml_metadata_info, url=url)
    assert waits


def test_host_that_does_not_exist(run: Run, url: str, waits: list[float]) -> None:
    with pytest.raises(Unreachable, match=r"https://xx\.fsm"):
        run(fsm_saml_metadata_info, url=url.replace("de.fsm", "xx.fsm"))


def test_url_without_tls(run: Run, url: str) -> None:
    with pytest.raises(InputError, match="no https URL"):
        run(fsm_saml_metadata_info, url=url.replace("https:", "http:"))
