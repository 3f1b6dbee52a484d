# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exported destinations are read whatever tool wrote them, and no secret comes through."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleError

from ansible_collections.btp_ops.task_center.plugins.lookup import exported_destinations
from ansible_collections.btp_ops.task_center.plugins.module_utils.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils.exported_destinations import read_export
from ansible_collections.btp_ops.task_center.plugins.module_utils.secrets import HIDDEN

DESTINATION = {"Name": "FSM", "URL": "https://example.com/ä", "clientSecret": "real"}
READ = {**DESTINATION, "clientSecret": HIDDEN}
REMARK = "<< Existing password/certificate removed on export >>"


@pytest.mark.parametrize(
    "wrapped",
    [
        DESTINATION,
        [DESTINATION],
        {"destinationConfiguration": DESTINATION, "owner": {"SubaccountId": "x"}},
        {"init_data": {"subaccount": {"existing_destinations_policy": "update", "destinations": [DESTINATION]}}},
    ],
)
def test_json_in_whatever_wrapping(wrapped: t.Any) -> None:
    assert read_export("f", json.dumps(wrapped).encode()) == [READ]
    assert read_export("f", b"\xef\xbb\xbf\n" + json.dumps(wrapped, ensure_ascii=False).encode()) == [READ]


def test_values_of_json_become_texts() -> None:
    (read,) = read_export("f", b'{"Name": "FSM", "TrustAll": true, "days": 30, "none": null, "list": [1]}')
    assert read == {"Name": "FSM", "TrustAll": "true", "days": "30"}


def test_properties_file_of_the_cockpit() -> None:
    text = f"#clientSecret={REMARK}\n#\n#Tue Nov 24 03:37:07 UTC 2026\nName=FSM\nURL=https\\://example.com/\\u00e4\n"
    assert read_export("f", text.encode()) == [READ]


def test_remark_in_place_of_a_value_hides_it_whatever_its_name() -> None:
    (read,) = read_export("f", json.dumps({"Name": "FSM", "Harmless": REMARK}).encode())
    assert read["Harmless"] == HIDDEN


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "holds no destination"),
        (b"[]", "holds no destination"),
        (b"URL=https://example.com", "holds no destination"),
        (b'{"Name": ', "cannot be read"),
        (b'{"Name": "\xff"}', "cannot be read"),
        (b"Name=\\u1", "four hexadecimal digits"),
    ],
)
def test_what_is_no_export(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_export("exports/FSM", content)
    assert "exports/FSM" in str(caught.value)
    assert "cockpit" in str(caught.value)


def test_lookup_reads_files_in_their_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).write_text(json.dumps({"Name": name}), encoding="utf-8")
    lookup = exported_destinations.LookupModule()
    assert lookup.run([str(tmp_path / "b"), str(tmp_path / "a")]) == [{"Name": "b"}, {"Name": "a"}]
    with pytest.raises(AnsibleError, match="cannot be read: No such file"):
        lookup.run([str(tmp_path / "c")])
    (tmp_path / "d").write_text("[]")
    with pytest.raises(AnsibleError, match="holds no destination"):
        lookup.run([str(tmp_path / "d")])
