# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connecting, checking and auditing search for the same: both destinations, the trust certificate and its file."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.operations.connect import Check, Connect
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN
from unit.plugins.connections import (
    FINGERPRINT,
    OFF,
    OTHER_SYSTEM,
    PEM,
    PRIMARY,
    SECRET,
    SETUP,
    Destination,
    certificate,
    ids,
    operation,
    slots,
    state,
)

if t.TYPE_CHECKING:
    from pathlib import Path

UPLOADED: dict[str, t.Any] = {"uploaded_certificates": [FINGERPRINT]}
VALID = slots(certificate())


def pair(connecting: Connect) -> list[Destination]:
    """Return both destinations as they have to be."""
    return [{**one.properties, **one.secrets} for one in connecting.definitions.values()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of the trust certificate, as it has to be."""
    file = tmp_path / "dev.pem"
    file.write_text(PEM, encoding="ascii")
    file.chmod(0o644)
    return file


def test_file_that_nobody_needs_any_more_is_not_missed_where_files_do_not_stay(path: Path) -> None:
    """The folder of a job of AWX is empty each time: once the certificate is uploaded, that is no difference."""
    path.unlink()
    for declared, keeps_files, in_sync in ((UPLOADED, False, True), (UPLOADED, True, False), ({}, False, False)):
        connecting = operation(Connect, str(path), **declared)
        connecting.environment = replace(connecting.environment, keeps_files=keeps_files)
        read = state(SETUP, *pair(connecting), slots=VALID)
        assert connecting.in_sync(read, connecting.plan(read)) is in_sync


@pytest.mark.parametrize("kind", [Connect, Check])
def test_connection_that_is_in_sync(kind: type[Connect], path: Path) -> None:
    connecting = operation(kind, str(path), **UPLOADED)
    read = state(SETUP, *pair(connecting), slots=VALID)
    plan = connecting.plan(read)
    assert connecting.findings(read) == []
    enabled = {"enabled": "true"} if kind is Check else {}
    assert plan == {"polled": True, "keeps": {}, "primary": "none", "secondary": "none", **enabled}
    assert connecting.in_sync(read, plan)
    nothing = {"action": "none", "changed_properties": []}
    assert connecting.changes == {"primary": nothing, "secondary": nothing}


def test_changes_hide_secrets(path: Path) -> None:
    connecting = operation(Connect, str(path), **UPLOADED)
    connecting.plan(state(SETUP, slots=VALID))
    assert connecting.changes["primary"]["destination"]["clientSecret"] == HIDDEN
    assert SECRET not in str(connecting.changes)


@pytest.mark.parametrize(
    "content, mode, exported", [(PEM, 0o644, True), (PEM, 0o600, False), ("changed", 0o644, False), (None, 0, False)]
)
def test_file_of_the_certificate_is_part_of_the_state(
    path: Path, content: str | None, mode: int, exported: bool
) -> None:
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="ascii")
        path.chmod(mode)
    connecting = operation(Connect, str(path), **UPLOADED)
    read = state(SETUP, *pair(connecting), slots=VALID)
    assert connecting.in_sync(read, connecting.plan(read)) is exported


def test_path_that_is_a_folder_holds_no_certificate(tmp_path: Path) -> None:
    connecting = operation(Connect, str(tmp_path), **UPLOADED)
    read = state(SETUP, *pair(connecting), slots=VALID)
    assert not connecting.in_sync(read, connecting.plan(read))


@pytest.mark.parametrize("part", [0, 1])
def test_what_differs_is_planned(path: Path, part: int) -> None:
    connecting = operation(Connect, str(path), **UPLOADED)
    existing = pair(connecting)
    existing[part] = {**existing[part], "tokenServiceUser": "another", "Description": "by hand"}
    read = state(SETUP, *existing, slots=VALID)
    plan = connecting.plan(read)
    which = ("primary", "secondary")[part]
    assert [plan[name] for name in ("primary", "secondary")].count("update") == 1
    assert plan[which] == "update"
    # Properties that nobody names go.
    assert connecting.changes[which]["changed_properties"] == ["Description", "tokenServiceUser"]
    assert connecting.changes[which]["diff"][0]["before"]["tokenServiceUser"] == "another"
    assert not connecting.in_sync(read, plan)


def test_empty_subaccount() -> None:
    connecting = operation(Connect)
    read = state(SETUP, slots=slots())
    plan = connecting.plan(read)
    assert plan == {"polled": False, "keeps": {}, "primary": "create", "secondary": "create"}
    assert connecting.findings(read) == []
    assert connecting.row(plan, None, []) == {
        "primary": "FSM to be created",
        "secondary": "FSM_PP to be created",
        "unverified": "primary, secondary, connector",
    }
    row = connecting.row({}, plan, ["primary", "secondary", "connector"])
    assert (row["primary"], row["secondary"]) == ("FSM created", "FSM_PP created")
    assert row["unverified"] == "-"


def test_secret_that_stays_as_it_is(path: Path) -> None:
    connecting = operation(Connect, str(path), update_secrets="on_create", **UPLOADED)
    existing = [{key: "other" if value == SECRET else value for key, value in one.items()} for one in pair(connecting)]
    read = state(SETUP, *existing, slots=VALID)
    assert connecting.in_sync(read, connecting.plan(read))


def test_update_that_would_be_refused_is_one_finding(path: Path) -> None:
    """However often somebody asks what would be done."""
    connecting = operation(Connect, str(path), update_secrets="on_create")
    primary, secondary = pair(connecting)
    del primary["clientSecret"]
    read = state(SETUP, {**primary, "URL.headers.X-Client-Version": "0.9"}, secondary, slots=VALID)
    connecting.findings(read)
    plan = connecting.plan(read)
    assert ids(connecting.refused) == ["secrets_not_shown"]
    assert "fsm_client_secret" in connecting.refused[0]["remedy"]
    assert plan["secondary"] == "none"
    assert list(connecting.changes) == ["secondary"]
    assert not connecting.in_sync(read, plan)


@pytest.mark.parametrize("which", ["subaccount", "slots"])
def test_nobody_is_in_sync_who_was_not_seen(path: Path, which: str) -> None:
    connecting = operation(Connect, str(path), **UPLOADED)
    unread: dict[str, t.Any] = {"slots": VALID, which: None}
    read = state(SETUP, *pair(connecting), **unread)
    assert connecting.findings(read) == []
    assert not connecting.in_sync(read, connecting.plan(read))


# The trust certificate.


def of_certificate(kind: type[Connect], preview: bool = False, file: str = "/no/file.pem", **more: t.Any) -> t.Any:
    """Return what is found of a trust certificate in a subaccount that is connected."""
    connecting = operation(kind, file, preview, **more.pop("given", {}))
    return connecting.findings(state(SETUP, *pair(connecting), **{"slots": VALID, **more}))


def test_subaccount_without_certificate() -> None:
    """A run that connects generates it; a run that changes nothing says so."""
    assert of_certificate(Connect, slots=slots()) == []
    assert ids(of_certificate(Connect, preview=True, slots=slots())) == ["certificate_missing"]
    assert ids(of_certificate(Check, slots=slots())) == ["certificate_missing"]


@pytest.mark.parametrize("kind", [Connect, Check])
@pytest.mark.parametrize("days, found", [(30, []), (29, ["certificate_expires"]), (-1, ["certificate_expired"])])
def test_certificate_that_will_not_do(kind: type[Connect], days: int, found: list[str]) -> None:
    assert ids(of_certificate(kind, slots=slots(certificate(days)), given=UPLOADED)) == found


def test_days_that_a_certificate_has_to_be_valid() -> None:
    given = {**UPLOADED, "certificate_min_days": "31"}
    assert ids(of_certificate(Connect, slots=slots(certificate(30)), given=given)) == ["certificate_expires"]


def test_run_that_writes_the_file_asks_for_the_upload_afterwards(path: Path) -> None:
    assert of_certificate(Connect) == []
    # Nothing is left to do but the upload.
    (found,) = of_certificate(Connect, file=str(path))
    assert found["id"] == "certificate_not_uploaded"
    assert f"Upload this file there as a trusted certificate: {path}\n" in found["remedy"]
    assert ids(of_certificate(Check)) == ["certificate_not_uploaded"]


def test_file_that_does_not_exist_yet_is_reported_with_who_writes_it(path: Path) -> None:
    written_by = "the one that btp_ops.task_center.connect_fsm writes to "
    assert f"{written_by}/no/file.pem\n" in of_certificate(Check)[0]["remedy"]
    assert written_by not in of_certificate(Check, file=str(path))[0]["remedy"]


@pytest.mark.parametrize(
    "gate, preview, found",
    [
        ("enforce", False, [("certificate_not_uploaded", "error")]),
        ("enforce", True, [("certificate_not_uploaded", "warning"), ("upload_required_before_run", "warning")]),
        ("warn", False, [("certificate_not_uploaded", "warning")]),
        ("warn", True, [("certificate_not_uploaded", "warning")]),
    ],
)
def test_gate(path: Path, gate: str, preview: bool, found: list[tuple[str, str]]) -> None:
    reported = of_certificate(Connect, preview, str(path), given={"upload_gate": gate})
    assert [(one["id"], one["severity"]) for one in reported] == found


def test_prerequisites_are_checked_too() -> None:
    connecting = operation(Connect)
    read = state({**PRIMARY, "Name": "OLD"}, slots=slots(), client={"authenticated": False, "error": "401 Wrong."})
    assert ids(connecting.findings(read)) == ["client_refused", "initial_setup_missing", "second_primary"]


def test_what_is_read() -> None:
    questions = operation(Connect, check_client=False).questions
    assert (questions.client, questions.metadata, questions.trust, questions.labels) == (False, True, True, ("FSM",))
    assert operation(Connect, check_metadata="no").questions.metadata is False


def test_tokens_matter_only_to_a_run_that_verifies() -> None:
    given: dict[str, t.Any] = {"task_center_service_key": {"uaa": {}}}
    assert ids(operation(Connect, **given).input_findings()) == ["task_center_token_missing"]
    assert operation(Connect, verify=False, **given).input_findings() == []
    assert (Connect.verifies, Check.verifies) == (True, False)


def test_check_says_how_both_destinations_compare_and_whether_they_are_paused() -> None:
    checking = operation(Check)
    paused = {**checking.definitions["primary"].properties, **checking.definitions["primary"].secrets}
    plan = checking.plan(state(SETUP, {**paused, "tc.enabled": "false"}))
    assert checking.row(plan, None, []) == {
        "primary": "FSM drifted",
        "secondary": "FSM_PP missing",
        "tc.enabled": "false",
    }
    in_sync = checking.plan(state(SETUP, *pair(checking)))
    assert list(checking.row(in_sync, None, []).values()) == ["FSM in sync", "FSM_PP in sync", "true"]
    unread = checking.plan(state(subaccount=None))
    assert list(checking.row(unread, None, []).values()) == ["-", "-", "-"]


OTHER = {**PRIMARY, "Name": "OLD"}


@pytest.mark.parametrize(
    "added, others, withdraws",
    [
        (["Name", "tc.enabled"], [OTHER], "pair"),
        (["tc.enabled"], [OTHER], "tc.enabled"),
        # What was there before is nobody's fault of this run, and is reported as a second primary destination.
        (["URL"], [OTHER], ""),
        (["Name", "tc.enabled"], [{**OTHER, **OTHER_SYSTEM}], ""),
        (["Name", "tc.enabled"], [{**OFF, "Name": "OLD"}], ""),
        (["Name", "tc.enabled"], [], ""),
        # A secondary destination that leads to another system is somebody else's.
        (["Name", "tc.enabled"], [OTHER, {**PRIMARY, **OTHER_SYSTEM, "Name": "FSM_PP"}], "tc.enabled"),
    ],
)
def test_what_this_run_wrote_makes_way(added: list[str], others: list[dict[str, str]], withdraws: str) -> None:
    assert operation(Connect).withdraws(state(PRIMARY, *others), added, ["Name", "URL"]) == withdraws


def test_secondary_that_was_there_before_stays() -> None:
    read = state(PRIMARY, {**OFF, "Name": "FSM_PP"}, OTHER)
    assert operation(Connect).withdraws(read, ["Name", "tc.enabled"], ["Description"]) == "tc.enabled"


def test_what_leads_to_another_system_by_now_is_not_taken_back() -> None:
    theirs = {**PRIMARY, **OTHER_SYSTEM}
    assert (
        operation(Connect).withdraws(state(theirs, {**theirs, "Name": "OLD"}), ["Name", "tc.enabled"], ["Name"]) == ""
    )


@pytest.mark.parametrize("kind", [Connect, Check])
def test_connection_that_is_paused_on_purpose_stays_so(kind: type[Connect]) -> None:
    wanted = operation(kind)
    primary, secondary = pair(wanted)
    paused = {**primary, "tc.enabled": "false"}
    remembered = state(paused, secondary, labels={"FSM": {"fsm-pause": ["since=2026-03-01"]}})
    plan = wanted.plan(remembered)
    assert (plan["primary"], plan["keeps"]) == ("none", {"tc.enabled": "false"})
    assert "connection_paused" in ids(wanted.findings(remembered))
    assert "destination_paused" not in ids(wanted.findings(remembered))

    # Task Center has paused it, or somebody by hand.
    forgotten = state(paused, secondary, labels={"FSM": {"owner": ["x"]}})
    again = operation(kind)
    plan = again.plan(forgotten)
    assert (plan["primary"], plan["keeps"]) == ("update", {})
    assert "destination_paused" in ids(again.findings(forgotten))


@pytest.mark.parametrize("kind", [Connect, Check])
def test_pause_is_not_ended_by_who_cannot_know_whether_it_is_wanted(kind: type[Connect]) -> None:
    wanted = operation(kind)
    primary, secondary = pair(wanted)
    paused = state({**primary, "tc.enabled": "false"}, secondary, without_labels={"FSM": "403 No."})
    plan = wanted.plan(paused)
    assert (plan["primary"], plan["keeps"]) == ("none", {"tc.enabled": "false"})
    assert "pause_unknown" in ids(wanted.findings(paused))


def test_pause_survives_an_operation_that_was_interrupted() -> None:
    wanted = operation(Connect)
    primary, secondary = pair(wanted)
    without = {key: value for key, value in primary.items() if key != "tc.enabled"}
    labels = {"fsm-pause": ["since=2026-03-01"], "fsm-renaming": ["prepared", "tc.enabled=false"]}
    assert wanted.plan(state(without, secondary, labels={"FSM": labels}))["keeps"] == {"tc.enabled": "false"}


def test_pause_meanwhile_is_not_overwritten() -> None:
    assert "tc.enabled" in operation(Connect).must_stay()
