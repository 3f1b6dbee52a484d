# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A new client secret for both destinations, verified before the old one is given up."""

from __future__ import annotations

import typing as t

import pytest

from landscape import Matching, UserConfig
from landscape.faults import Status
from landscape.logon import log_on
from operating import ENABLED, LABELS, Connection
from tables import rows_of

if t.TYPE_CHECKING:
    from landscape import Landscape
    from operator_at_work import Operator, Variables


REFRESH = 1  # seconds; SAP's Task Center takes up to a minute


@pytest.mark.provokes("client_refused", "primary_without_secondary", "no_new_client")
def test_rotate_secret(operator: Operator, landscape: Landscape) -> None:
    names = ("whole", "refused", "unverified", "user", "interrupted", "half", "paused")
    connections = {name: Connection(operator, operator.environment()) for name in names}
    connections["paused"].change("FSM", **{ENABLED: "false"})
    connections["paused"].tick()
    hosts: dict[str, Variables] = {}
    right: dict[str, list[dict[str, str]]] = {}
    clients: dict[str, str] = {}
    for name, one in connections.items():
        # FSM accepts the new client in addition to the old one.
        fsm = {"account_id": one.environment.fsm_account.id, "company_id": one.environment.fsm_client.company_id}
        other = operator.environment({"fsm": fsm, "users": []})
        new, clients[name] = other.fsm_client, other.name
        hosts[name] = one.variables(fsm_client_id=new.id, fsm_client_secret=new.secret)
        client = {"tokenServiceUser": new.id, "tokenServicePassword": new.secret}
        primary, secondary = (one.environment.subaccount.destinations[key] for key in ("FSM", "FSM_PP"))
        right[name] = [
            {**primary, **client, "clientId": new.id, "clientSecret": new.secret},
            {**secondary, **client, "clientKey": new.id},
        ]
    wrong = "not-what-fsm-accepts"
    operator.secrets.add(wrong)
    hosts["refused"]["fsm_client_secret"] = wrong
    connections["half"].environment.subaccount.destinations.pop("FSM_PP")
    stranger = landscape.add_user(connections["user"].environment, UserConfig(in_fsm=False))
    for name in ("whole", "user"):
        environment = connections[name].environment
        user = stranger if name == "user" else environment.users[0]
        token = log_on(landscape, environment.application.credentials(), user)["access_token"]
        hosts[name]["fsm_user_token"] = token
    connections["interrupted"].fail_at("PUT", 2)
    before = {name: pair(one) for name, one in connections.items()}
    # FSM accepts the new client from the controller, and not from the Destination Service.
    refusal = landscape.faults.add(
        Status(401), Matching(system="fsm", environment=clients["unverified"], path="*/token", origin="landscape")
    )

    preview = operator.play("rotate_fsm_secret", {"whole": hosts["whole"]}, "--check", "--diff")
    assert preview.code == 0
    assert preview.changed("whole")
    assert "******** (differs)" in preview.output
    assert pair(connections["whole"]) == before["whole"]

    # Whatever else is not asked, FSM has to accept the new client.
    first = operator.play("rotate_fsm_secret", hosts, "-e", "fsm_check_client=false")

    assert first.code == 2
    assert pair(connections["whole"]) == right["whole"]
    assert connections["whole"].labels("FSM") == LABELS
    for name, words in {
        "refused": "Neither destination would get a token with fsm_client_id and fsm_client_secret.",
        "unverified": "Destination FSM yielded no token as it was written, so what was there before is restored",
        "half": "Connect it as a whole",
    }.items():
        assert words in first.failure(name)
        assert pair(connections[name]) == before[name]
    assert "Destination FSM_PP yielded no token as it was written" in first.failure("user")
    assert pair(connections["user"]) == [right["user"][0], before["user"][1]]
    assert "no more" in first.failure("interrupted")

    landscape.faults.remove(refusal)
    del hosts["user"]["fsm_user_token"]
    again = {name: hosts[name] for name in ("whole", "unverified", "user", "interrupted", "paused")}
    for variables in again.values():
        variables["fsm_task_center_refresh_seconds"] = REFRESH
    second = operator.play("rotate_fsm_secret", again)

    assert second.code == 0, second.output
    assert not second.changed("whole")
    assert {name for name in again if "no_new_client" in second.reported(name)} == {"whole", "paused"}
    # On purpose: that is no failure, and no reason to resume it.
    assert not second.changed("paused")
    assert rows_of(second, "Summarize the environments")["paused"]["tc.enabled"] == "false"
    for name in again:
        assert pair(connections[name]) == right[name]
    # What Task Center said before it reread what was changed would verify nothing.
    for name in {*again} - {"whole", "paused"}:
        assert connections[name].seconds_until_asked() >= REFRESH


def pair(connection: Connection) -> list[dict[str, str] | None]:
    """Return both destinations as they are."""
    return [connection.destination(name) for name in ("FSM", "FSM_PP")]
