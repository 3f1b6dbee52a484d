# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module fsm_adoption_info: what is to be written, and everything that is wrong at once."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.modules import fsm_adoption_info
from landscape.faults import Matching, Status
from landscape.made_by_hand import expected_pair

if t.TYPE_CHECKING:
    from pathlib import Path

    from landscape import Environment, Landscape

Adopt = t.Callable[..., t.Any]


@pytest.fixture
def adopt(run: t.Callable[..., t.Any], environment: Environment, tmp_path: Path) -> Adopt:
    """Adopt the environment, which has both destinations and a trust certificate, and return the facts."""
    environment.subaccount.trust.replace("active")
    for destination in expected_pair(environment):
        environment.subaccount.destinations[destination["Name"]] = destination

    def adopted(check_mode: bool = False, **options: t.Any) -> t.Any:
        usual = {"environment_name": "dev", "inventory_directory": str(tmp_path / "host_vars")}
        outcome = run(fsm_adoption_info, check_mode, **{**usual, **options})
        assert (outcome.changed, outcome.diff) == (False, [])
        return {**outcome.facts, **outcome.decisions}

    return adopted


def ids(facts: dict[str, t.Any]) -> list[str]:
    """Return the IDs of the findings."""
    return [finding["id"] for finding in facts["findings"]]


def test_everything_is_right(adopt: Adopt, environment: Environment, landscape: Landscape, tmp_path: Path) -> None:
    facts = adopt()
    folder = tmp_path / "host_vars" / "dev"
    assert [file["path"] for file in facts["files"]] == [str(folder / "main.yml"), str(folder / "vault.yml.example")]
    assert (facts["directory"], facts["overwrite"]) == (str(folder), False)
    assert not folder.exists()
    active = environment.subaccount.trust.active
    assert active is not None
    assert facts["certificate"]["fingerprint"] == active.fingerprint
    assert ids(facts) == ["adoption_upload_undeclared"]
    assert active.fingerprint in facts["findings"][0]["text"]
    assert facts["row"] == {
        "environment": "dev",
        "primary": "FSM",
        "secondary": "FSM_PP",
        "file": str(folder / "main.yml"),
    }
    assert environment.inputs()["fsm"]["client_secret"] not in str(facts)
    assert [item.method for item in landscape.requests(environment.name)] == ["POST", "GET", "GET", "GET"]


def test_without_a_certificate(adopt: Adopt, environment: Environment) -> None:
    environment.subaccount.trust.active = None
    facts = adopt()
    assert (ids(facts), facts["certificate"]) == ([], None)


def test_files_that_exist_are_left_alone(adopt: Adopt, tmp_path: Path) -> None:
    folder = tmp_path / "host_vars" / "dev"
    folder.mkdir(parents=True)
    for file in adopt()["files"]:
        (folder / file["path"].rpartition("/")[2]).write_text(file["content"], encoding="utf-8")
    assert ids(adopt()) == ["adoption_upload_undeclared"]
    (folder / "main.yml").write_bytes(b"\xff")
    refused = adopt()
    assert ids(refused) == ["adoption_file_exists", "adoption_upload_undeclared"]
    assert refused["files"] == []
    overwritten = adopt(overwrite="yes")
    assert overwritten["overwrite"] is True
    assert len(overwritten["files"]) == 2


def test_file_that_cannot_be_read_is_a_finding(adopt: Adopt, tmp_path: Path) -> None:
    (tmp_path / "host_vars" / "dev" / "main.yml").mkdir(parents=True)
    facts = adopt(overwrite=True)
    assert (ids(facts), facts["files"]) == (["system_not_readable"], [])
    assert f"{tmp_path}/host_vars/dev/main.yml cannot be read: Is a directory." in facts["findings"][0]["text"]


def test_folder_that_would_hide_a_file(adopt: Adopt, tmp_path: Path) -> None:
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "host_vars" / "dev.yml").write_text("fsm_name: MINE\n")
    assert "adoption_file_hidden" in ids(adopt(overwrite=True))
    (tmp_path / "host_vars" / "dev").write_text("fsm_name: MINE\n")
    assert ids(adopt()).count("adoption_file_hidden") == 2


@pytest.mark.parametrize("blank", [None, "", " ", [], False])
def test_blank_is_not_set(adopt: Adopt, blank: t.Any) -> None:
    facts = adopt(primary_name=blank, exports=blank or None, overwrite=blank or False)
    assert ids(facts) == ["adoption_upload_undeclared"]
    assert facts["overwrite"] is False


def test_everything_mistyped_is_found_at_once(adopt: Adopt, environment: Environment, landscape: Landscape) -> None:
    facts = adopt(primary_name={"a": 1}, exports=[{"a": 1}], overwrite="yess", inventory_directory=" ", service_key="{")
    assert ids(facts) == ["input_pattern"] * 4 + ["service_key_unusable"]
    text = "\n".join(finding["text"] for finding in facts["findings"])
    for variable in ("fsm_adopt_name", "fsm_adopt_files", "fsm_adopt_overwrite", "fsm_adopt_dir"):
        assert f"{variable} is '" in text
    assert "fsm_destination_service_key is not valid JSON" in text
    assert "fsm_adopt_overwrite is 'yess'. [input_pattern]\nIt has to be true or false." in text
    assert (facts["files"], facts["row"]) == ([], {})
    assert landscape.requests(environment.name) == []


def test_service_key_is_needed_without_exports(adopt: Adopt) -> None:
    (found,) = adopt(service_key=None)["findings"]
    assert found["id"] == "service_key_unusable"
    assert "fsm_destination_service_key is not set." in found["text"]


def test_service_that_does_not_answer_is_a_finding(
    adopt: Adopt, environment: Environment, landscape: Landscape
) -> None:
    landscape.faults.add(Status(403), Matching(environment=environment.name, path="*/certificate"))
    try:
        facts = adopt()
    finally:
        landscape.faults.clear()
    assert ids(facts) == ["system_not_readable"]
    assert environment.subaccount.subdomain in facts["findings"][0]["text"]
    assert facts["files"] == []


def test_exports(adopt: Adopt, environment: Environment, landscape: Landscape, tmp_path: Path) -> None:
    pair = expected_pair(environment)
    for destination in pair:
        (tmp_path / destination["Name"]).write_text(json.dumps(destination), encoding="utf-8")
    (tmp_path / "both").write_text(json.dumps(pair), encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("FSM", "FSM_PP", "both")]
    for exports in (paths, ",".join(paths)):
        facts = adopt(exports=exports, service_key=None)
        assert (ids(facts), facts["certificate"]) == ([], None)
        assert "vault_fsm_destination_service_key" in facts["files"][0]["content"]
        assert environment.inputs()["fsm"]["client_secret"] not in str(facts)
    assert landscape.requests(environment.name) == []


def test_every_export_that_cannot_be_used_is_named(adopt: Adopt, tmp_path: Path) -> None:
    for name, content in {"empty": "[]", "a": '{"Name": "FSM"}', "b": '{"Name": "FSM", "URL": "x"}'}.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    facts = adopt(exports=[str(tmp_path / name) for name in ("missing", "empty", "a", "b")])
    assert ids(facts) == ["adoption_export_unusable"] * 3
    text = "\n".join(finding["text"] for finding in facts["findings"])
    assert f"The file {tmp_path}/missing cannot be read: No such file or directory." in text
    assert f"The file {tmp_path}/empty holds no destination" in text
    assert f"The file {tmp_path}/b holds another destination FSM" in text


def test_secret_of_the_service_key_is_written_nowhere(adopt: Adopt, environment: Environment) -> None:
    secret = str(environment.service_key.client_secret)
    environment.subaccount.destinations["FSM"] |= {"Description": f"key: {secret}"}
    facts = adopt()
    assert secret not in str(facts)
    assert 'Description: "{{ vault_fsm_primary_description }}"' in facts["files"][0]["content"]
