# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What operations do where the service hides secrets, keeps no labels, or may compare names without case."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.base import Operation
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.connect import (
    Check,
    Connect,
    assertion_findings,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.rename import Rename
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.repopulate import Repopulate
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.rotate_secret import (
    RotateSecret,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.switch import Pause, Resume
from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.subaccount import look_alike_findings
from unit.plugins.connections import PRIMARY, SECONDARY, SECRET, SETUP, ids, operation, state

SECRETS = ("clientSecret", "tokenServicePassword")
RENAMING = {"name": "NEW", "rename_from": "FSM"}


def made(kind: type[Operation], **given: t.Any) -> Operation:
    """Return an operation with these values."""
    return operation(kind, **given)


def hidden(name: str = "FSM") -> dict[str, str]:
    """Return a destination as it has to be, and as a read shows it that hides its secrets."""
    which = "secondary" if name.endswith("_PP") else "primary"
    definition = operation(Connect).definitions[which]
    return {**definition.properties, **dict.fromkeys(definition.secrets, "****"), "Name": name}


@pytest.mark.parametrize("kind, given", [(Pause, {}), (Resume, {}), (Repopulate, {}), (Rename, RENAMING)])
def test_secrets_that_are_hidden_have_to_be_in_the_variables(kind: type[Operation], given: dict[str, t.Any]) -> None:
    read = state(SETUP, {**hidden(), "tc.enabled": "false" if kind is Resume else "true"}, hidden("FSM_PP"))
    able = made(kind, **given)
    able.plan(read)
    assert able.refused == []

    for other in ({"client_secret": None}, {"client_id": "another"}):
        unable = made(kind, **{**given, **other})
        unable.plan(read)
        assert ids(unable.refused) == ["secrets_not_shown"]
        assert all(secret in unable.refused[0]["problem"] for secret in SECRETS)
        assert SECRET not in str(unable.refused)


def test_what_is_in_sync_apart_from_hidden_secrets_is_left_alone() -> None:
    read = state(SETUP, hidden(), hidden("FSM_PP"))
    for kind in (Connect, Check):
        connecting = made(kind)
        plan = connecting.plan(read)
        assert (plan["primary"], plan["secondary"]) == ("none", "none")
        warned = [one for one in connecting.findings(read) if one["id"] == "secrets_not_compared"]
        assert [one["severity"] for one in warned] == ["warning", "warning"]
    kept = made(Connect, update_secrets="on_create")
    assert "secrets_not_compared" not in ids(kept.findings(read))


def test_new_client_is_written_even_if_nobody_can_compare_it() -> None:
    read = state(SETUP, hidden(), hidden("FSM_PP"))
    rotating = made(RotateSecret)
    plan = rotating.plan(read)
    assert (plan["primary"], plan["secondary"]) == ("update", "update")
    assert not rotating.in_sync(read, plan)
    # Afterwards the service shows no more than before.
    assert rotating.completed(read, plan, plan)
    other = made(RotateSecret)
    differs = state(SETUP, {**hidden(), "clientId": "of-someone"}, hidden("FSM_PP"))
    assert not other.completed(differs, other.plan(differs), plan)


@pytest.mark.parametrize("kind, given", [(Repopulate, {}), (Rename, RENAMING)])
def test_without_labels_nothing_begins_that_has_to_be_remembered(
    kind: type[Operation], given: dict[str, t.Any]
) -> None:
    read = state(SETUP, PRIMARY, SECONDARY, without_labels={"FSM": "403 No."})
    assert "labels_not_available" in ids(made(kind, **given).findings(read))


def test_names_that_differ_in_case_only() -> None:
    found = look_alike_findings([{"Name": "fsm"}, {"Name": "FSM_pp"}], ["FSM", "FSM_PP"])
    assert ids(found) == ["name_differs_in_case", "name_differs_in_case"]
    # Where both are there, the service tells them apart.
    assert look_alike_findings([{"Name": "fsm"}, {"Name": "FSM"}], ["FSM"]) == []
    assert set(made(Rename, **RENAMING).all_names()) == {"NEW", "NEW_PP", "FSM", "FSM_PP"}


@pytest.mark.parametrize(
    "properties, named",
    [
        ({}, []),
        ({"userIdSource": "$.email"}, ["userIdSource $.email"]),
        ({"assertionIssuer": "me", "assertionRecipient": "https://r"}, ["assertionIssuer me", "assertionRecipient"]),
        ({"KeyStoreLocation": "own.p12"}, ["KeyStoreLocation own.p12"]),
    ],
)
def test_what_decides_an_assertion_is_named_before_it_is_removed(properties: dict[str, str], named: list[str]) -> None:
    definition = operation(Connect).definitions["secondary"]
    found = assertion_findings({**definition.properties, **properties}, definition)
    assert len(found) == bool(named)
    for words in named:
        assert words in found[0]["problem"]
    assert assertion_findings(None, definition) == []


def test_what_the_variables_have_decides_as_the_operator_wants() -> None:
    given: dict[str, t.Any] = {"secondary_properties": {"assertionIssuer": "me"}}
    definition = operation(Connect, **given).definitions["secondary"]
    assert assertion_findings({**definition.properties}, definition) == []
