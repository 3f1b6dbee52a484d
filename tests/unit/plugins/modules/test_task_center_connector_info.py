# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module task_center_connector_info: what Task Center says, in whose name it is read, and how long it waits."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import (
    InputError,
    OperatorError,
    ServiceError,
)
from ansible_collections.btp_ops.task_center.plugins.modules import task_center_connector_info
from landscape import logon
from landscape.faults import Callback, Matching, NotJson, RevokedToken, Status
from landscape.made_by_hand import expected_pair

if t.TYPE_CHECKING:
    from landscape import Environment, Landscape

Run = t.Callable[..., t.Any]
LogOn = t.Callable[..., dict[str, t.Any]]
LIST = "/inbox/v1/connectors"
GOOD = {"CONFIG": "OK", "INITIAL": "OK", "META": "OK"}


@pytest.fixture
def destination(environment: Environment) -> dict[str, str]:
    """A primary destination that works."""
    fsm = environment.inputs()["fsm"]
    configuration = {
        "Type": "HTTP",
        "URL": fsm["url"],
        "ProxyType": "Internet",
        "Authentication": "OAuth2ClientCredentials",
        "clientId": fsm["client_id"],
        "clientSecret": fsm["client_secret"],
        "tokenServiceURLType": "Dedicated",
        "tokenServiceURL": "https://de.fsm.cloud.sap/api/oauth2/v2/token",
        "tokenServiceUser": fsm["client_id"],
        "tokenServicePassword": fsm["client_secret"],
        "tc.enabled": "true",
        "tc.provider_type": "FSM",
        "URL.headers.X-Account-ID": fsm["account_id"],
        "URL.headers.X-Company-ID": fsm["company_id"],
        "URL.headers.X-Client-Id": "sap-task-center",
        "URL.headers.X-Client-Version": "1.0",
    }
    environment.subaccount.destinations["FSM"] = configuration
    return configuration


@pytest.fixture
def connected(landscape: Landscape, environment: Environment, destination: dict[str, str]) -> Environment:
    """An environment in which Task Center has made a connector of the destination and pulled its tasks."""
    landscape.task_center.tick(environment.name)
    return environment


@pytest.fixture
def log_on(landscape: Landscape, environment: Environment) -> LogOn:
    """Log a user on, by default the administrator to Task Center; return the token service's answer."""

    def as_user(client: dict[str, str] | None = None, user: int = 0) -> dict[str, t.Any]:
        return logon.log_on(landscape, client or environment.task_center.service_key()["uaa"], environment.users[user])

    return as_user


@pytest.fixture
def read(run: Run, environment: Environment, log_on: LogOn) -> Run:
    """Run the module for the environment, in the administrator's name unless another credential is given."""

    def read(**options: t.Any) -> t.Any:
        if not {"refresh_token", "refresh_token_file", "user_token"}.intersection(options):
            options["refresh_token"] = log_on()["refresh_token"]
        return run(task_center_connector_info, **{"service_key": environment.task_center.service_key(), **options})

    return read


@pytest.fixture
def faults(landscape: Landscape) -> t.Iterator[t.Any]:
    """The landscape's faults, switched off afterwards."""
    yield landscape.faults
    landscape.faults.clear()


def jobs_of(outcome: t.Any) -> dict[str, str]:
    """Return type and status of the jobs of the one connector."""
    (connector,) = outcome.facts["connectors"]
    return {job["type"]: job["status"] for job in connector["jobs"]}


@pytest.mark.parametrize("check_mode", [True, False])
def test_connector_that_works(read: Run, connected: Environment, check_mode: bool) -> None:
    outcome = read(check_mode=check_mode, name="FSM")
    (connector,) = outcome.facts["connectors"]
    assert (connector["destination"], connector["status"]) == ("FSM", "OK")
    assert connector["id"] == connected.task_center.connectors["FSM"].id
    assert jobs_of(outcome) == GOOD
    assert outcome.facts["reached"] is True
    assert (outcome.facts["waited"], outcome.facts["refresh_token_renewed"]) == (0, False)
    assert {state["code"]: state["status"] for state in outcome.facts["service_status"]} == {
        "Service_Configuration": "OK",
        "IDS_Configuration": "OK",
    }
    assert (outcome.changed, outcome.diff, outcome.warnings) == (False, [], [])
    assert "eyJ" not in str(outcome)


EXPECTED = {"task_center_connectors": "status_only", "task_center_job": "history", "task_center_push": "absent"}


@pytest.fixture
def assuming(landscape: Landscape, run: Run) -> t.Callable[..., t.Any]:
    """Let alternatives of assumptions hold in a new environment, and read its connectors."""

    def read_under(name: str | None = "FSM", **assumptions: str) -> t.Any:
        environment = landscape.add_environment({"assumptions": assumptions})
        for one in ("FSM", "OTHER"):
            primary, _secondary = expected_pair(environment)
            environment.subaccount.destinations[one] = {**primary, "Name": one}
        landscape.task_center.tick(environment.name)
        key = environment.task_center.service_key()
        token = logon.log_on(landscape, key["uaa"], environment.users[0])["access_token"]
        return run(task_center_connector_info, service_key=key, user_token=token, name=name)

    return read_under


@pytest.mark.parametrize("path", ["inbox_rest_url", "task_center_service"])
@pytest.mark.parametrize("slash", ["with_slash", "without_slash"])
def test_list_that_names_no_destination_below_either_path(
    assuming: t.Callable[..., t.Any], path: str, slash: str
) -> None:
    outcome = assuming(task_center_path=path, task_center_rest_url=slash, **EXPECTED)
    assert [one["destination"] for one in outcome.facts["connectors"]] == ["FSM"]
    assert jobs_of(outcome).keys() >= {"INITIAL", "CONFIG"}
    assert outcome.facts["service_status"]
    everything = assuming(None, task_center_path=path, **EXPECTED)
    assert sorted(one["destination"] for one in everything.facts["connectors"]) == ["FSM", "OTHER"]


def test_connector_of_which_nothing_names_the_destination(read: Run, connected: Environment, faults: t.Any) -> None:
    name = connected.name
    nameless = {"id": "1", "status": "OK"}
    faults.add(Status(200, body=json.dumps([nameless])), Matching(path="*/v1/connectors", environment=name))
    whole = json.dumps({**nameless, "jobs": {"CONFIG": "OK"}})
    faults.add(Status(200, body=whole), Matching(path="*/v1/connectors/1", environment=name))
    with pytest.raises(ServiceError, match="does not report of which destination connector 1 is"):
        read(name="FSM")


@pytest.mark.parametrize("newest_first", [True, False])
def test_job_whose_resource_is_a_history(read: Run, connected: Environment, faults: t.Any, newest_first: bool) -> None:
    name = connected.name
    shown = {"id": "1", "name": "FSM", "status": "OK"}
    for path, body in (("*/v1/connectors", [shown]), ("*/v1/connectors/1", shown)):
        faults.add(Status(200, body=json.dumps(body)), Matching(path=path, environment=name))
    runs = [
        {"status": status, "endTime": f"2026-03-01T08:0{minute}:00Z"} for minute, status in enumerate(("OK", "ERROR"))
    ]
    history = json.dumps(runs[::-1] if newest_first else runs)
    faults.add(Status(200, body=history), Matching(path="*/jobTypes/DELTA", environment=name))
    faults.add(Status(200, body="[]"), Matching(path="*/jobTypes/PUSH", environment=name))
    for other in ("INITIAL", "CONFIG", "META"):
        faults.add(Status(404), Matching(path=f"*/jobTypes/{other}", environment=name))
    assert jobs_of(read(name="FSM")) == {"DELTA": "ERROR"}


def test_connector_in_trouble(read: Run, landscape: Landscape, connected: Environment) -> None:
    stored = connected.subaccount.destinations
    stored["FSM"] = {**stored["FSM"], "tokenServicePassword": "wrong", "URL": f"{stored['FSM']['URL']}/"}
    landscape.task_center.tick(connected.name)
    outcome = read(name="FSM")
    (connector,) = outcome.facts["connectors"]
    assert connector["status"] == "ERROR"
    (job,) = (job for job in connector["jobs"] if job["type"] == "INITIAL")
    assert "No token for destination FSM" in job["message"]
    assert outcome.facts["reached"] is True


def test_all_connectors_and_none(read: Run, landscape: Landscape, connected: Environment) -> None:
    connected.subaccount.destinations["OTHER"] = {**connected.subaccount.destinations["FSM"], "tc.enabled": "no"}
    landscape.task_center.tick(connected.name)
    outcome = read(service_status=False)
    assert [item["destination"] for item in outcome.facts["connectors"]] == ["FSM", "OTHER"]
    assert outcome.facts["reached"] is None
    assert "service_status" not in outcome.facts
    nobody = read(name="NOBODY")
    assert (nobody.facts["connectors"], nobody.facts["reached"]) == ([], False)
    assert read(name="NOBODY", wait_for="removed").facts["reached"] is True
    assert read(name="FSM", wait_for="removed").facts["reached"] is False


def test_subaccount_without_initial_setup(read: Run, environment: Environment) -> None:
    environment.subaccount.destinations.clear()
    states = {state["code"]: state["status"] for state in read().facts["service_status"]}
    assert states["IDS_Configuration"] == "ERROR"


# In whose name.


def test_user_token_of_task_center_is_used_as_it_is(
    read: Run, landscape: Landscape, connected: Environment, log_on: LogOn
) -> None:
    token = log_on()["access_token"]
    landscape.forget_requests()
    assert jobs_of(read(user_token=token)) == GOOD
    assert [item.path for item in landscape.requests(connected.name)] == [LIST, "/inbox/v1/service-status"]


def test_user_token_of_another_client_is_exchanged(
    read: Run, landscape: Landscape, connected: Environment, log_on: LogOn
) -> None:
    token = log_on(connected.application.credentials())["access_token"]
    landscape.forget_requests()
    assert jobs_of(read(user_token=token)) == GOOD
    assert landscape.requests(connected.name)[0].path == "/oauth/token"


def test_user_without_the_role(read: Run, connected: Environment, log_on: LogOn) -> None:
    with pytest.raises(ServiceError, match="403 The user lacks the role TaskCenterAdmin") as caught:
        read(refresh_token=log_on(user=1)["refresh_token"])
    assert f"SAP Task Center of subaccount {connected.subaccount.subdomain}" in caught.value.problem
    assert "assign it to the user" in caught.value.remedy


def test_token_that_is_no_good(read: Run) -> None:
    with pytest.raises(ServiceError, match="401") as caught:
        read(user_token="opaque-t0ken")
    assert "opaque-t0ken" not in str(caught.value)
    with pytest.raises(ServiceError, match=r"The token service .* refused to give a token") as caught:
        read(refresh_token="outdated-r")
    assert "log on again for a new refresh token" in caught.value.remedy
    assert "outdated-r" not in str(caught.value)


def test_revoked_token_is_renewed_once(read: Run, connected: Environment, faults: t.Any) -> None:
    fault = faults.add(RevokedToken(), Matching(system="task-center", environment=connected.name), times=1)
    assert jobs_of(read(name="FSM")) == GOOD
    assert fault.struck == 1


# Refresh tokens that the token service renews.


@pytest.fixture
def rotating(environment: Environment, faults: t.Any, log_on: LogOn) -> str:
    """The refresh token that the token service hands out in place of the next one that is used."""
    answer = {**log_on(), "refresh_token": "renewed-r3fresh-token"}
    matching = Matching(system="xsuaa", environment=environment.name)
    faults.add(Status(200, body=json.dumps(answer), content_type="application/json"), matching, times=1)
    return str(answer["refresh_token"])


@pytest.mark.parametrize("check_mode", [True, False])
def test_renewed_refresh_token_is_kept(read: Run, tmp_path: Path, rotating: str, check_mode: bool) -> None:
    path = tmp_path / "refresh-token"
    path.write_text(" the-old-one\n", encoding="ascii")
    path.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(path)
    outcome = read(check_mode=check_mode, refresh_token_file=str(link))
    assert path.read_text(encoding="ascii") == f"{rotating}\n"
    assert path.stat().st_mode & 0o7777 == 0o640
    assert link.is_symlink()
    assert (outcome.facts["refresh_token_renewed"], outcome.warnings, outcome.changed) == (True, [], False)
    assert rotating not in str(outcome)


def test_renewed_refresh_token_is_kept_even_if_nothing_else_works(
    read: Run, environment: Environment, tmp_path: Path, rotating: str, faults: t.Any
) -> None:
    path = tmp_path / "refresh-token"
    path.write_text("the-old-one", encoding="ascii")
    faults.add(Status(500), Matching(system="task-center", environment=environment.name))
    with pytest.raises(ServiceError, match="500"):
        read(refresh_token_file=str(path), retries=0)
    assert path.read_text(encoding="ascii") == f"{rotating}\n"


def test_refresh_token_that_is_not_renewed_stays(
    read: Run, connected: Environment, tmp_path: Path, log_on: LogOn
) -> None:
    path = tmp_path / "refresh-token"
    path.write_text(log_on()["refresh_token"], encoding="ascii")
    before = path.stat()
    outcome = read(refresh_token_file=str(path))
    assert jobs_of(outcome) == GOOD
    assert outcome.facts["refresh_token_renewed"] is False
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_renewed_refresh_token_that_cannot_be_kept_is_warned_of(read: Run, rotating: str) -> None:
    outcome = read(refresh_token="the-old-one")
    assert outcome.facts["refresh_token_renewed"] is True
    assert "refresh_token_file" in outcome.warnings[0]
    assert rotating not in str(outcome)


@pytest.mark.parametrize(
    "content, reported",
    [(None, "There is no file"), ("\n", "is empty"), ("$ANSIBLE_VAULT;1.1;AES256\n", "Ansible Vault")],
)
def test_file_without_refresh_token(read: Run, tmp_path: Path, content: str | None, reported: str) -> None:
    path = tmp_path / "refresh-token"
    if content is not None:
        path.write_text(content, encoding="ascii")
    with pytest.raises(OperatorError, match=reported) as caught:
        read(refresh_token_file=str(path))
    assert str(path) in str(caught.value)


# Waiting.


def test_first_pull_is_waited_for(
    read: Run,
    landscape: Landscape,
    environment: Environment,
    destination: dict[str, str],
    faults: t.Any,
    waits: list[float],
) -> None:
    """Task Center makes the connector between the second and the third read."""
    faults.add(
        Callback(lambda _arrival: landscape.task_center.tick(environment.name)),
        Matching(system="task-center", path=LIST, environment=environment.name),
        nth=3,
        times=1,
    )
    fetched = faults.add(
        Callback(lambda _arrival: None), Matching(system="xsuaa", environment=environment.name, origin="client")
    )
    outcome = read(name="FSM", wait=300, interval=20)
    assert (outcome.facts["reached"], outcome.facts["waited"]) == (True, 40)
    assert jobs_of(outcome) == GOOD
    assert waits == [20, 20]
    # One to log on, one for all reads.
    assert fetched.struck == 2


def test_waiting_ends(read: Run, environment: Environment, waits: list[float]) -> None:
    outcome = read(name="FSM", wait=25)
    assert (outcome.facts["connectors"], outcome.facts["reached"], outcome.facts["waited"]) == ([], False, 25)
    assert waits == [10, 10, 5]


def test_end_of_a_connector_is_waited_for(
    read: Run, landscape: Landscape, connected: Environment, faults: t.Any, waits: list[float]
) -> None:
    stored = connected.subaccount.destinations
    stored["FSM"] = {key: value for key, value in stored["FSM"].items() if key != "tc.enabled"}
    faults.add(
        Callback(lambda _arrival: landscape.task_center.tick(connected.name)),
        Matching(system="task-center", path=LIST, environment=connected.name),
        nth=2,
        times=1,
    )
    outcome = read(name="FSM", wait_for="removed", wait=60)
    assert (outcome.facts["connectors"], outcome.facts["reached"], outcome.facts["waited"]) == ([], True, 10)


def answer_of(faults: t.Any, environment: Environment, path: str, content: t.Any) -> t.Any:
    """Let Task Center answer something else."""
    matching = Matching(system="task-center", path=path, environment=environment.name)
    return faults.add(Status(200, body=json.dumps(content), content_type="application/json"), matching)


def test_running_first_pull_is_waited_for(read: Run, connected: Environment, faults: t.Any, waits: list[float]) -> None:
    running = [{"name": "FSM", "status": "OK", "jobs": [{"jobType": "INITIAL", "status": "RUNNING"}]}]
    answer_of(faults, connected, LIST, running)
    outcome = read(name="FSM", wait=10)
    assert (outcome.facts["reached"], jobs_of(outcome)) == (False, {"INITIAL": "RUNNING"})
    assert waits == [10]


@pytest.mark.parametrize("wrong", [{"wait": 5}, {"wait": -1, "name": "FSM"}, {"interval": 0, "name": "FSM"}])
def test_wrong_options(read: Run, landscape: Landscape, environment: Environment, wrong: dict[str, t.Any]) -> None:
    with pytest.raises(InputError):
        read(refresh_token="x", **wrong)
    assert landscape.requests(environment.name) == []


# Answers in other forms.


def test_jobs_of_the_connector_itself(read: Run, connected: Environment, faults: t.Any) -> None:
    connector_id = connected.task_center.connectors["FSM"].id
    answer_of(faults, connected, LIST, [{"connectorId": connector_id, "destination": "FSM"}])
    outcome = read(name="FSM")
    assert jobs_of(outcome) == GOOD
    assert outcome.facts["connectors"][0]["status"] == "OK"


def test_jobs_that_are_asked_for_alone(read: Run, connected: Environment, faults: t.Any) -> None:
    connector_id = connected.task_center.connectors["FSM"].id
    alone = {"id": connector_id, "name": "FSM", "status": "OK", "jobTypes": ["INITIAL", "CONFIG", "META"]}
    answer_of(faults, connected, LIST, [alone])
    answer_of(faults, connected, f"{LIST}/{connector_id}", alone)
    assert jobs_of(read(name="FSM")) == GOOD


def test_connector_that_goes_while_it_is_read(read: Run, connected: Environment, faults: t.Any) -> None:
    answer_of(faults, connected, LIST, [{"id": "gone", "name": "FSM", "status": "OK"}])
    assert read(name="FSM").facts["connectors"] == []


@pytest.mark.parametrize(
    "path, content",
    [
        (LIST, {"error": "none"}),
        (LIST, [{"name": "FSM", "status": "OK"}]),
        (LIST, [{"name": "FSM", "jobs": []}]),
        (LIST, [{"name": "FSM", "status": "OK", "jobs": [{"jobType": "INITIAL"}]}]),
        ("/inbox/v1/service-status", {"status": "OK"}),
    ],
)
def test_answer_that_cannot_be_understood(
    read: Run, connected: Environment, faults: t.Any, path: str, content: t.Any
) -> None:
    answer_of(faults, connected, path, content)
    with pytest.raises(ServiceError, match="SAP Task Center of subaccount") as caught:
        read(name="FSM")
    assert "SAP does not publish the form of this answer" in caught.value.remedy


def test_page_of_a_gateway(read: Run, connected: Environment, faults: t.Any) -> None:
    faults.add(NotJson(), Matching(system="task-center", environment=connected.name))
    with pytest.raises(ServiceError, match="no JSON to: list the connectors"):
        read()


def test_overloaded(read: Run, connected: Environment, faults: t.Any, waits: list[float]) -> None:
    faults.add(Status(429, retry_after=7), Matching(system="task-center", environment=connected.name), times=2)
    assert jobs_of(read()) == GOOD
    assert waits == [7, 7]


def test_key_of_the_destination_service(read: Run, environment: Environment) -> None:
    with pytest.raises(InputError, match="one of the Destination Service, not of SAP Task Center"):
        read(service_key=environment.service_key.credentials())
