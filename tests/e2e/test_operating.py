# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What operators do after day one: pause, resume, repopulate, rename, rotate the client secret; and what users see."""

from __future__ import annotations

import json
import typing as t

import pytest

from landscape import Matching, UserConfig
from landscape.faults import Status
from landscape.logon import log_on
from operating import ENABLED, LABELS, Connection

if t.TYPE_CHECKING:
    from landscape import Landscape
    from operator_at_work import Operator, Variables


@pytest.fixture(autouse=True)
def _no_faults(landscape: Landscape) -> t.Iterator[None]:
    """Leave the landscape without faults."""
    yield
    landscape.faults.clear()


def test_pause_and_resume(operator: Operator) -> None:
    names = ("whole", "again", "on", "second", "missing", "other", "off", "elsewhere")
    connections = {name: Connection(operator, operator.environment()) for name in names}
    whole, second = connections["whole"], connections["second"]
    right = whole.destination("FSM")
    assert right is not None
    connections["again"].change("FSM", **{ENABLED: "false"})
    connections["other"].change("FSM", **{"URL": "https://mail.example.com", "tc.provider_type": "S4"})
    del connections["missing"].environment.subaccount.destinations["FSM"]
    disabled = {key: value for key, value in right.items() if key != ENABLED}
    connections["off"].environment.subaccount.destinations["FSM"] = disabled
    copied = {**second.environment.subaccount.destinations["FSM"], ENABLED: "false"}
    second.environment.subaccount.destinations["COPY"] = copied
    # No more than that is needed: not the variables of the connection.
    key = "fsm_destination_service_key"
    hosts = {name: {key: operator.variables(one.environment)[key]} for name, one in connections.items()}

    system = ("fsm_url", "fsm_account_id", "fsm_company_id")
    hosts["elsewhere"] |= {name: operator.variables(connections["elsewhere"].environment)[name] for name in system}
    hosts["elsewhere"]["fsm_company_id"] = "4711"

    preview = operator.play("pause_fsm", {"whole": hosts["whole"]}, "--check", "--diff")
    assert preview.changed("whole")
    assert whole.destination("FSM") == right

    paused = operator.play("pause_fsm", {name: hosts[name] for name in names if name != "on"})
    assert paused.code == 2
    assert paused.changed("whole")
    assert not paused.changed("again")
    assert whole.destination("FSM") == {**right, ENABLED: "false"}
    whole.tick()
    assert whole.connectors["FSM"].status == "PAUSED"
    assert "there is no destination of this name" in paused.failure("missing")
    assert "it leads to mail.example.com" in paused.failure("other")
    assert "Destination FSM has no tc.enabled" in paused.failure("off")
    assert "Destination FSM leads to another FSM system" in paused.failure("elsewhere")

    resumed = operator.play("resume_fsm", {name: hosts[name] for name in ("whole", "on", "second")})
    assert whole.destination("FSM") == right
    assert whole.labels("FSM") == LABELS
    assert not resumed.changed("on")
    assert "Destination COPY is a primary destination to the same FSM system" in resumed.failure("second")
    assert second.environment.subaccount.destinations["FSM"][ENABLED] == "false"


def assert_nothing_twice(connection: Connection) -> None:
    """Fail if at some moment there were two destinations or connectors, or a task was seen twice, or not decided."""
    assert connection.moments
    for moment in connection.moments:
        assert len(moment.enabled) <= 1, moment
        assert len(moment.connectors) <= 1, moment
        assert len(set(moment.shown)) == len(moment.shown), moment
        assert set(moment.decisions) <= {204}, moment


def refuse_to_tell(connection: Connection) -> None:
    """Let Task Center refuse to tell of its connectors."""
    matching = Matching(system="task-center", environment=connection.environment.name, origin="client")
    connection.landscape.faults.add(Status(403), matching)


# Which of the requests with PUT fails: those that remove the value, remember that the connector is gone, restore the
# value, and forget it.
WRITES_OF_REPOPULATION = {"removal": 2, "memory": 3, "restoring": 4, "forgetting": 5}


@pytest.mark.core
def test_repopulate(operator: Operator) -> None:
    # Texts that look like something else stay what they are, on every ansible-core.
    values = {"memory": "True", "restoring": "false"}
    connections = {
        name: Connection(operator, operator.environment(), **{ENABLED: values.get(name, "true")})
        for name in ("whole", "blind", "stuck", "refused", *WRITES_OF_REPOPULATION)
    }
    whole, stuck = connections["whole"], connections["stuck"]
    before = {name: one.destination("FSM") for name, one in connections.items()}
    ids = {name: one.connectors["FSM"].id for name, one in connections.items()}
    hosts = {name: one.variables() for name, one in connections.items()}
    hosts["stuck"]["fsm_task_center_wait"] = 0
    hosts["blind"] = {key: value for key, value in hosts["blind"].items() if "task_center" not in key}
    # As of a variable that was left empty.
    hosts["blind"] |= {"fsm_task_center_service_key": "", "fsm_task_center_beat": 0}
    refuse_to_tell(connections["refused"])
    for name, one in connections.items():
        if name in WRITES_OF_REPOPULATION:
            one.fail_at("PUT", WRITES_OF_REPOPULATION[name])
        if one is not stuck:
            one.watch(decide=one is whole)

    preview = operator.play("repopulate_fsm", {"whole": hosts["whole"]}, "--check", "--diff")

    assert preview.code == 0
    assert preview.changed("whole")
    assert whole.destination("FSM") == before["whole"]
    assert whole.labels("FSM") == LABELS
    assert whole.connectors["FSM"].id == ids["whole"]

    first = operator.play("repopulate_fsm", hosts)

    assert first.code == 2
    for name in ("whole", "blind"):
        assert connections[name].destination("FSM") == before[name]
        assert connections[name].labels("FSM") == LABELS
        connections[name].tick()
        assert connections[name].connectors["FSM"].id != ids[name]
    assert_nothing_twice(whole)
    assert [] in [moment.connectors for moment in whole.moments]
    assert sum(len(moment.decisions) for moment in whole.moments) > len(WRITES_OF_REPOPULATION)
    assert (
        "Nobody has seen that Task Center's connector of FSM is gone; this run has waited 0 seconds for it."
        in first.output
    )
    assert "Nobody has seen that Task Center's connector of FSM is back." in first.output
    assert "still has its connector of FSM, 0 seconds after tc.enabled was removed." in first.failure("stuck")
    for name in WRITES_OF_REPOPULATION:
        assert "no more" in first.failure(name)
        assert f"tc.enabled={values.get(name, 'true')}" in connections[name].labels("FSM")["fsm-repopulation"]
    assert "403" in first.failure("refused")
    assert connections["refused"].destination("FSM") == before["refused"]
    assert connections["refused"].labels("FSM") == LABELS
    stuck.watch()

    open_end = operator.play("repopulate_fsm", {"restoring": hosts["restoring"]}, "--check", "--diff")

    assert open_end.code == 0
    restored, forgotten = (
        [event["result"] for event in open_end.events if event["task"].endswith(words)]
        for words in ("Restore tc.enabled", "Forget that there was something to restore")
    )
    assert [result["changed_properties"] for result in restored] == [[ENABLED]]
    assert [result["changed_labels"] for result in forgotten] == [["fsm-repopulation"]]
    assert connections["restoring"].destination("FSM") != before["restoring"]

    rest = ("stuck", *WRITES_OF_REPOPULATION)
    second = operator.play("repopulate_fsm", {name: hosts[name] for name in rest})

    assert second.code == 0, second.output
    for name in rest:
        assert connections[name].destination("FSM") == before[name]
        assert connections[name].labels("FSM") == LABELS
        assert connections[name].connectors["FSM"].id != ids[name]
        assert_nothing_twice(connections[name])


def test_repopulation_is_refused_before_the_connector_goes(operator: Operator) -> None:
    """Whoever could not see the connector go, or brings a second one back, changes nothing."""
    names = ("twice", "elsewhere", "one-use-token", "half")
    connections = {name: Connection(operator, operator.environment()) for name in names}
    hosts = {name: one.variables() for name, one in connections.items()}
    twice = connections["twice"].environment.subaccount.destinations
    half = connections["half"].environment.subaccount.destinations
    for destinations in (twice, half):
        destinations["FSM"] = {key: value for key, value in destinations["FSM"].items() if key != ENABLED}
        destinations.set_labels("FSM", {"fsm-repopulation": ["restoring", "tc.enabled=true"]})
    twice["NEW"] = {**twice["FSM"], "Name": "NEW", ENABLED: "true"}
    hosts["elsewhere"]["fsm_task_center_service_key"] = hosts["twice"]["fsm_task_center_service_key"]
    access_token = hosts["one-use-token"].pop("fsm_task_center_user_token")
    hosts["one-use-token"]["fsm_task_center_refresh_token"] = "a-refresh-token-that-is-good-once"
    operator.secrets |= {"a-refresh-token-that-is-good-once", "the-next-refresh-token"}
    answer = {"access_token": access_token, "expires_in": 3600, "refresh_token": "the-next-refresh-token"}
    of_tokens = Matching(environment=connections["one-use-token"].environment.name, path="/oauth/token")
    faults = operator.landscape.faults
    faults.add(Status(200, body=json.dumps(answer)), of_tokens, nth=2)
    # What is left to do needs nobody to be asked beforehand: users wait for it.
    hosts["half"]["fsm_task_center_user_token"] = "expired-and-good-for-nothing"
    operator.secrets.add("expired-and-good-for-nothing")
    before = {name: one.destination("FSM") for name, one in connections.items()}

    run = operator.play(
        "repopulate_fsm", hosts, expect_warning="The token service handed out a new refresh token in place of"
    )

    faults.clear()
    assert "Destination NEW is a primary destination to the same FSM system" in run.failure("twice")
    assert "fsm_task_center_service_key is of the subaccount of" in run.failure("elsewhere")
    assert "another refresh token in place of fsm_task_center_refresh_token" in run.failure("one-use-token")
    for name in ("twice", "elsewhere", "one-use-token"):
        assert connections[name].destination("FSM") == before[name]
    assert half["FSM"][ENABLED] == "true"
    assert "fsm-repopulation" not in connections["half"].labels("FSM")


# The method of the request that fails, and how many of this method came before it: after the new secondary destination
# was written, before the value is taken from the old one, before the new one gets it, and before each of the old ones
# goes.
WRITES_OF_RENAMING = {
    "primary": ("POST", 2),
    "removal": ("PUT", 3),
    "enabling": ("PUT", 4),
    "old_primary": ("DELETE", 1),
    "old_secondary": ("DELETE", 2),
}


def test_rename(operator: Operator) -> None:
    connections = {
        name: Connection(operator, operator.environment(), **{ENABLED: "false" if name == "enabling" else "true"})
        for name in ("whole", *WRITES_OF_RENAMING)
    }
    whole = connections["whole"]
    hosts: dict[str, Variables] = {}
    right = {}
    for name, one in connections.items():
        one.environment.subaccount.destinations.set_labels("FSM_PP", {"trust-proven": ["x"]})
        one.change("FSM", **{"tc.ui.label": "Service"})
        right[name] = {
            "NEW": {**one.environment.subaccount.destinations["FSM"], "Name": "NEW"},
            "NEW_PP": {**one.environment.subaccount.destinations["FSM_PP"], "Name": "NEW_PP"},
        }
        hosts[name] = one.variables(
            fsm_name="NEW", fsm_rename_from="FSM", fsm_primary_properties={"tc.ui.label": "Service"}
        )
        one.watch(decide=one is whole)
    for name, (method, nth) in WRITES_OF_RENAMING.items():
        connections[name].fail_at(method, nth)

    preview = operator.play("rename_fsm", {"whole": hosts["whole"]}, "--check", "--diff")
    assert preview.code == 0
    assert preview.changed("whole")
    assert set(whole.connectors) == {"FSM"}
    assert "NEW" not in whole.environment.subaccount.destinations

    first = operator.play("rename_fsm", hosts)

    assert first.code == 2
    for name in WRITES_OF_RENAMING:
        assert "no more" in first.failure(name)
    second = operator.play("rename_fsm", hosts)

    assert second.code == 0, second.output
    assert not second.changed("whole")
    for name, one in connections.items():
        destinations = one.environment.subaccount.destinations
        assert {key: destinations[key] for key in destinations if key in ("FSM", "FSM_PP", "NEW", "NEW_PP")} == right[
            name
        ]
        assert one.labels("NEW") == LABELS
        assert one.labels("NEW_PP") == {"trust-proven": ["x"]}
        assert_nothing_twice(one)
        one.tick()
        assert set(one.connectors) == {"NEW"}
    assert sum(len(moment.decisions) for moment in whole.moments) > len(WRITES_OF_RENAMING)
    assert connections["enabling"].connectors["NEW"].status == "PAUSED"


def test_rename_is_refused_while_the_old_pair_is_untouched(operator: Operator) -> None:
    names = ("nothing", "other", "token", "shadowed", "third", "same", "open", "unasked", "absent", "more")
    connections = {name: Connection(operator, operator.environment()) for name in names}
    hosts = {name: one.variables(fsm_name="NEW", fsm_rename_from="FSM") for name, one in connections.items()}
    hosts["nothing"]["fsm_rename_from"] = "WRONG"
    connections["other"].change("FSM", **{"URL.headers.X-Company-ID": "4711"})
    # The controller's own question succeeds, the Destination Service's does not.
    matching = Matching(
        system="fsm", path="*/token", origin="landscape", environment=connections["token"].environment.name
    )
    operator.landscape.faults.add(Status(401), matching)
    own = {"Name": "NEW", "Type": "HTTP", "URL": "https://x.example", "ProxyType": "Internet"}
    connections["shadowed"].environment.subaccount.instance_destinations["NEW"] = own
    destinations = connections["third"].environment.subaccount.destinations
    destinations["THIRD"] = destinations["FSM"]
    hosts["same"]["fsm_rename_from"] = "NEW"
    memory = {"fsm-repopulation": ["removing", "tc.enabled=true"]}
    connections["open"].environment.subaccount.destinations.set_labels("FSM", memory)
    refuse_to_tell(connections["unasked"])
    hosts["absent"]["fsm_state"] = "absent"
    connections["more"].change("FSM_PP", **{"Description": "x", "URL.headers.X-Api-Key": "of-someone"})
    hosts["more"]["fsm_secondary_properties"] = {"Description": "x"}
    before = {name: one.destination("FSM") for name, one in connections.items()}

    run = operator.play("rename_fsm", hosts)

    assert run.code == 2
    for name, words in {
        "nothing": "There is neither a destination WRONG nor a destination NEW.",
        "other": "Destination FSM leads to another FSM system",
        "token": "obtains no token through NEW",
        "shadowed": "a destination NEW of its own",
        "third": "Destination THIRD is a primary destination to the same FSM system",
        "same": "another name than fsm_name",
        "open": "The repopulation of FSM was interrupted.",
        "unasked": "403",
        "absent": "fsm_state is absent, so NEW is not to be connected.",
        "more": "FSM_PP has secret properties that NEW_PP would not have: URL.headers.X-Api-Key.",
    }.items():
        assert words in run.failure(name)
        assert connections[name].destination("FSM") == before[name]
        assert connections[name].destination("FSM_PP") is not None
        assert (connections[name].destination("NEW") is not None) == (name == "token")
    assert ENABLED not in (connections["token"].destination("NEW") or {})


def test_rotate_secret(operator: Operator, landscape: Landscape) -> None:
    names = ("whole", "refused", "unproven", "user", "interrupted", "half", "paused")
    connections = {name: Connection(operator, operator.environment()) for name in names}
    connections["paused"].change("FSM", **{ENABLED: "false"})
    connections["paused"].tick()
    hosts: dict[str, Variables] = {}
    right: dict[str, list[dict[str, str]]] = {}
    clients: dict[str, str] = {}
    for name, one in connections.items():
        # FSM accepts the new client beside the old one.
        fsm = {"account_id": one.environment.fsm_account.id, "company_id": one.environment.fsm_client.company_id}
        beside = operator.environment({"fsm": fsm, "users": []})
        new, clients[name] = beside.fsm_client, beside.name
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
        Status(401), Matching(system="fsm", environment=clients["unproven"], path="*/token", origin="landscape")
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
        "unproven": "Destination FSM yielded no token as it was written, so what stood before was put back",
        "half": "Connect it as a whole",
    }.items():
        assert words in first.failure(name)
        assert pair(connections[name]) == before[name]
    assert "Destination FSM_PP yielded no token as it was written" in first.failure("user")
    assert pair(connections["user"]) == [right["user"][0], before["user"][1]]
    assert "no more" in first.failure("interrupted")

    landscape.faults.remove(refusal)
    del hosts["user"]["fsm_user_token"]
    again = {name: hosts[name] for name in ("whole", "unproven", "user", "interrupted", "paused")}
    second = operator.play("rotate_fsm_secret", again)

    assert second.code == 0, second.output
    assert not second.changed("whole")
    # On purpose: that is no failure, and no reason to resume it.
    assert not second.changed("paused")
    assert "Task Center's connector of FSM is PAUSED" in second.output
    for name in again:
        assert pair(connections[name]) == right[name]
    # What Task Center said before it reread what was changed would prove nothing.
    reread = [event for event in second.events if event["task"].endswith("time to reread what was changed")]
    assert {event["host"] for event in reread if event["status"] == "ok"} == {*again} - {"whole", "paused"}


def pair(connection: Connection) -> list[dict[str, str] | None]:
    """Return both destinations as they stand."""
    return [connection.destination(name) for name in ("FSM", "FSM_PP")]
