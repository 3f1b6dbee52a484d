# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module btp_destination_info: reads without showing secrets, and verifies that a token is obtained."""

from __future__ import annotations

import re
import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError, ServiceError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN
from ansible_collections.btp_ops.task_center.plugins.modules import btp_destination, btp_destination_info
from landscape.faults import Lag, Matching
from unit.plugins.gateway import Fault, Gateway

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

Run = t.Callable[..., t.Any]


@pytest.fixture
def primary(environment: Environment) -> dict[str, str]:
    """A destination whose token the environment's FSM grants."""
    fsm = environment.inputs()["fsm"]
    configuration = {
        "Type": "HTTP",
        "URL": fsm["url"],
        "ProxyType": "Internet",
        "Authentication": "OAuth2ClientCredentials",
        "clientId": fsm["client_id"],
        "clientSecret": fsm["client_secret"],
        "tokenServiceURLType": "Dedicated",
        "tokenServiceURL": fsm["url"].replace("/cloud-approval-service/api", "/api/oauth2/v2/token"),
        "tokenServiceUser": fsm["client_id"],
        "tokenServicePassword": fsm["client_secret"],
    }
    environment.subaccount.destinations["FSM"] = configuration
    return configuration


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("level", ["subaccount", "instance"])
def test_all_destinations(
    run: Run, environment: Environment, writes: t.Callable[[], list[str]], level: str, check_mode: bool
) -> None:
    subaccount = environment.subaccount
    stored = subaccount.destinations if level == "subaccount" else subaccount.instance_destinations
    for number in range(205):
        stored[f"D{number}"] = {"Type": "HTTP", "URL": f"https://u:s3cr3t@host/{number}", "Password": "s3cr3t"}
    outcome = run(btp_destination_info, check_mode=check_mode, level=level)
    found = {entry["Name"]: entry for entry in outcome.facts["destinations"]}
    assert list(found) == list(stored)
    assert found["D204"]["Password"] == HIDDEN
    assert "s3cr3t" not in str(outcome)
    assert outcome.changed is False
    assert outcome.diff == []
    assert writes() == []


def test_one_destination(run: Run, primary: dict[str, str]) -> None:
    outcome = run(btp_destination_info, name="FSM")
    masked = {"clientSecret": HIDDEN, "tokenServicePassword": HIDDEN}
    assert outcome.facts["destinations"] == [{"Name": "FSM", **primary, **masked}]


@pytest.mark.parametrize("chosen", [[], ["url", "Authentication"]])
def test_some_properties(run: Run, primary: dict[str, str], chosen: list[str]) -> None:
    (destination,) = run(btp_destination_info, name="FSM", properties=chosen).facts["destinations"]
    assert destination == {"Name": "FSM", **{key: primary[key] for key in ("URL", "Authentication") if chosen}}


def test_thousands_of_destinations(run_through_gateway: Run, environment: Environment, gateway: Gateway) -> None:
    stored = environment.subaccount.instance_destinations
    for number in range(2050):
        stored[f"D{number}"] = {"Type": "HTTP", "URL": f"https://host/{number}"}
    found = run_through_gateway(btp_destination_info, level="instance").facts["destinations"]
    assert [entry["Name"] for entry in found] == list(stored)
    assert gateway.count("GET", "/instanceDestinations") == 21


def test_selections_of_thousands(run_through_gateway: Run, environment: Environment, gateway: Gateway) -> None:
    """The service selects, so one answer is all it takes; none is lost however many they are."""
    stored = environment.subaccount.destinations
    names = [f"D{number}" for number in range(2050)]
    for number, name in enumerate(names):
        stored[name] = {"Type": "HTTP", "URL": f"https://host/{number}"}
        stored.set_labels(name, {"stage": ["prod" if number % 2 else "qa"], "team": [f"t{number % 10}"]})

    def found(**options: t.Any) -> tuple[list[str], int]:
        before = gateway.count("GET", "/subaccountDestinations")
        answer = run_through_gateway(btp_destination_info, properties=["URL"], **options).facts["destinations"]
        return [entry["Name"] for entry in answer], gateway.count("GET", "/subaccountDestinations") - before

    assert found(name_pattern="D1*") == ([name for name in names if name[1] == "1"], 1)
    assert found(name_pattern="D*5") == ([name for name in names if name[-1] == "5"], 1)
    assert found(labels={"stage": ["prod"]}) == (names[1::2], 1)
    both = {"stage": ["qa"], "team": ["t4", "t6"]}
    chosen = [name for name in names if name[-1] in "46" and re.fullmatch("D1.*", name)]
    assert found(labels=both, name_pattern="D1*")[0] == chosen


@pytest.fixture
def labelled(environment: Environment) -> dict[str, dict[str, list[str]]]:
    """Labels by destination, as they are."""
    labels = {
        "FSM": {"stage": ["prod", "eu"], "team's": ["a, b"]},
        "FSM_PP": {"stage": ["prod"]},
        "FSM-QA": {"stage": ["qa"], "team's": ["a, b"]},
        "fsm": {},
        "S4_PP": {"team's": ["c"]},
    }
    for name, of_destination in labels.items():
        environment.subaccount.destinations[name] = {"Type": "HTTP", "URL": "https://x"}
        environment.subaccount.destinations.set_labels(name, of_destination)
    return labels


@pytest.mark.parametrize(
    "options, names, requests",
    [
        ({"name_pattern": "FSM*"}, ["FSM", "FSM_PP", "FSM-QA"], 1),
        ({"name_pattern": "*_PP"}, ["FSM_PP", "S4_PP"], 1),
        ({"name_pattern": "FSM"}, ["FSM"], 1),
        ({"name_pattern": "[!F]*_P?"}, ["S4_PP"], 1),
        ({"name_pattern": "?S?"}, ["FSM"], 1),
        ({"name_pattern": "X" * 5000}, [], 1),
        ({"labels": {"stage": ["prod"]}}, ["FSM", "FSM_PP"], 1),
        ({"labels": {"stage": ["eu", "qa"]}}, ["FSM", "FSM-QA"], 2),
        ({"labels": {"stage": ["prod"], "team's": ["a, b"]}}, ["FSM"], 1),
        ({"labels": {"stage": ["prod", "qa"], "team's": ["a, b", "c"]}}, ["FSM", "FSM-QA"], 4),
        ({"labels": {"stage": ["qa", "prod"]}, "name_pattern": "*_PP"}, ["FSM_PP"], 2),
        ({"labels": {"stage": ["x" * 900 + str(number) for number in range(9)]}}, [], 9),
        ({"labels": {"absent": ["x"]}}, [], 1),
    ],
)
def test_selection(
    run_through_gateway: Run,
    gateway: Gateway,
    labelled: dict[str, t.Any],
    options: dict[str, t.Any],
    names: list[str],
    requests: int,
) -> None:
    found = run_through_gateway(btp_destination_info, **options).facts["destinations"]
    assert sorted(entry["Name"] for entry in found) == sorted(names)
    assert gateway.count("GET", "/subaccountDestinations") == requests
    assert labelled


def test_labels_come_on_request(run: Run, labelled: dict[str, dict[str, list[str]]]) -> None:
    selected = run(btp_destination_info, name_pattern="FSM*", with_labels=True).facts["labels"]
    assert selected == {name: labels for name, labels in labelled.items() if name.startswith("FSM")}
    assert run(btp_destination_info, name="FSM", with_labels=True).facts["labels"] == {"FSM": labelled["FSM"]}
    assert "labels" not in run(btp_destination_info, name="FSM").facts


@pytest.mark.parametrize("labels", [{"stage": "prod"}, {"stage": None}, {"stage": ["x" * 5000]}])
def test_labels_that_cannot_be_selected_by(run: Run, labels: dict[str, t.Any]) -> None:
    with pytest.raises(InputError, match="stage"):
        run(btp_destination_info, labels=labels)


def test_no_destination_of_this_name(run: Run) -> None:
    assert run(btp_destination_info, name="FSM").facts["destinations"] == []


def test_token_is_verified_and_dropped(run: Run, primary: dict[str, str]) -> None:
    outcome = run(btp_destination_info, name="FSM", verify_token=True)
    token = outcome.facts["token"]
    assert (token["obtained"], token["error"], token["found_at"]) == (True, "", "subaccount")
    assert token["type"].lower() == "bearer"
    assert token["expires_in"] > 0
    assert "eyJ" not in str(outcome)
    assert primary["clientSecret"] not in str(outcome)


@pytest.mark.parametrize("times, differing", [(2, []), (None, ["clientSecret"])])
def test_search_that_lags_behind_is_made_again(
    run: Run,
    environment: Environment,
    primary: dict[str, str],
    landscape: Landscape,
    waits: list[float],
    times: int,
    differing: list[str],
) -> None:
    """What comes of a destination as it was says nothing of it as it is."""
    matching = Matching(environment=environment.name, path="/destination-configuration/v1/destinations/FSM")
    landscape.faults.add(Lag(3600), matching, times=times)
    try:
        run(btp_destination, name="FSM", secret_properties={"clientSecret": "an0ther-0ne"})
        waits.clear()
        token = run(btp_destination_info, name="FSM", verify_token=True).facts["token"]
    finally:
        landscape.faults.clear()
    assert token["differing_properties"] == differing
    assert token["obtained"] is bool(differing)
    assert len([seconds for seconds in waits if seconds]) == (4 if differing else 2)


def test_wrong_secret_is_reported(run: Run, environment: Environment, primary: dict[str, str]) -> None:
    wrong = {"clientSecret": "wr0ng-s3cret", "tokenServicePassword": "wr0ng-s3cret"}
    environment.subaccount.destinations["FSM"] = {**primary, **wrong}
    outcome = run(btp_destination_info, name="FSM", verify_token=True)
    assert outcome.facts["token"]["obtained"] is False
    assert outcome.facts["token"]["error"]
    assert "wr0ng-s3cret" not in str(outcome)


def test_destination_of_the_instance_hides_that_of_the_subaccount(
    run: Run, environment: Environment, primary: dict[str, str]
) -> None:
    environment.subaccount.instance_destinations["FSM"] = primary
    token = run(btp_destination_info, name="FSM", verify_token=True).facts["token"]
    assert (token["obtained"], token["found_at"]) == (True, "instance")


def test_no_token_without_destination(run: Run) -> None:
    outcome = run(btp_destination_info, name="FSM", verify_token=True)
    assert outcome.facts["token"] == {
        "obtained": False,
        "type": "",
        "expires_in": None,
        "issued_at": None,
        "error": "There is no destination FSM.",
        "found_at": "",
        "differing_properties": [],
    }


def test_authentication_that_needs_no_token(run: Run, environment: Environment) -> None:
    (setup,) = environment.subaccount.destinations
    token = run(btp_destination_info, name=setup, verify_token=True).facts["token"]
    assert (token["obtained"], token["found_at"]) == (False, "subaccount")
    assert "authentication needs none" in token["error"]


def test_error_of_a_token_quotes_no_stored_secret(run_through_gateway: Run, gateway: Gateway) -> None:
    """The service quotes what FSM answered, and FSM may quote what it was sent."""
    configuration = {"Name": "FSM", "Type": "HTTP", "clientSecret": "st0red-s3cret"}
    answer = {
        "owner": {"SubaccountId": "1", "InstanceId": None},
        "destinationConfiguration": configuration,
        "authTokens": [{"type": "", "value": "", "error": "401: bad client secret st0red-s3cret for user.jwt.token"}],
    }
    gateway.fail("GET", "/subaccountDestinations/FSM", Fault(200, configuration))
    gateway.fail("GET", "/destinations/FSM", Fault(200, answer))
    outcome = run_through_gateway(btp_destination_info, name="FSM", verify_token=True, user_token="user.jwt.token")
    assert outcome.facts["token"]["error"].startswith("401: bad client secret ****")
    assert "st0red-s3cret" not in str(outcome)
    assert "user.jwt.token" not in str(outcome)


def test_token_with_error_is_none(run_through_gateway: Run, gateway: Gateway) -> None:
    tokens = [{"type": "bearer", "value": "t0ken", "expires_in": 5, "error": "expired"}]
    gateway.fail("GET", "/destinations/FSM", Fault(200, {"owner": {"InstanceId": "1"}, "authTokens": tokens}))
    token = run_through_gateway(btp_destination_info, name="FSM", verify_token=True).facts["token"]
    assert (token["obtained"], token["error"], token["expires_in"]) == (False, "expired", 5)
    assert "t0ken" not in str(token)


def test_service_that_cannot_be_understood(run_through_gateway: Run, gateway: Gateway) -> None:
    gateway.fail("GET", "/subaccountDestinations", Fault(200, "<html>Please log on</html>"))
    with pytest.raises(ServiceError, match="no JSON"):
        run_through_gateway(btp_destination_info)
