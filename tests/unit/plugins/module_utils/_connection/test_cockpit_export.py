# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exported destinations are read exactly, whatever tool wrote them, or refused; and no secret comes through."""

from __future__ import annotations

import codecs
import json
import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.cockpit_export import read_export
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._core.secrets import HIDDEN

DESTINATION = {"Name": "FSM", "URL": "https://example.com/ä", "clientSecret": "real"}
READ = {**DESTINATION, "clientSecret": HIDDEN}
REMARK = "<< Existing password/certificate removed on export >>"
LABEL = {"Name": "FSM", "tc.ui.label": "Außendienst"}


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
    (read,) = read_export("f", b'{"Name": "FSM", "TrustAll": true, "days": 30, "v": 1.0, "none": null, "list": [1]}')
    assert read == {"Name": "FSM", "TrustAll": "true", "days": "30", "v": "1.0"}


def test_long_numbers_stay_what_they_are() -> None:
    digits = "7" * 5000
    (read,) = read_export("f", f'{{"Name": "FSM", "n": {digits}, "f": 0.{digits}}}'.encode())
    assert read == {"Name": "FSM", "n": digits, "f": f"0.{digits}"}


def test_properties_file_of_the_cockpit() -> None:
    text = f"#clientSecret={REMARK}\n#\n#Tue Nov 24 03:37:07 UTC 2026\nName=FSM\nURL=https\\://example.com/\\u00e4\n"
    assert read_export("f", text.encode()) == [READ]


def test_remark_in_place_of_a_value_hides_it_whatever_its_name() -> None:
    (read,) = read_export("f", json.dumps({"Name": "FSM", "Harmless": REMARK}).encode())
    assert read["Harmless"] == HIDDEN


def test_secret_that_another_property_repeats_is_hidden_there_too() -> None:
    repeated = {"Name": "FSM", "clientSecret": "s3cr3t-0f-fsm", "Description": "secret: s3cr3t-0f-fsm"}
    (read,) = read_export("f", json.dumps(repeated).encode())
    assert read["Description"] == HIDDEN


@pytest.mark.parametrize(
    "encoding, mark",
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be", codecs.BOM_UTF32_BE),
    ],
)
@pytest.mark.parametrize(
    "text", [json.dumps(LABEL, ensure_ascii=False), "#x\r\nName=FSM\r\ntc.ui.label=Außendienst\r\n"]
)
def test_encodings(encoding: str, mark: bytes, text: str) -> None:
    assert read_export("f", mark + text.encode(encoding)) == [LABEL]


def test_encoding_of_javas_properties() -> None:
    assert read_export("f", "Name=FSM\ntc.ui.label=Außendienst".encode("iso-8859-1")) == [LABEL]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(LABEL, ensure_ascii=False).encode("iso-8859-1"),
        json.dumps(LABEL, ensure_ascii=False).encode("utf-16-le"),
        "Name=FSM\nx=Ä".encode("utf-16-be"),
        # The sign for the euro in an encoding that Windows calls ANSI, and in one of old Macs a letter.
        b"Name=FSM\nprice=1 \x80",
        b"Name=FSM\nx=\x8a",
        codecs.BOM_UTF16_LE + b"N",
        codecs.BOM_UTF8 + b"Name=\xff",
    ],
)
def test_encoding_that_is_not_known_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="UTF-") as caught:
        read_export("exports/FSM", content)
    assert "exports/FSM cannot be read" in str(caught.value)
    assert "Save it as UTF-8" in str(caught.value)


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "holds no destination"),
        (b"[]", "holds no destination"),
        (b"URL=https://example.com", "holds no destination"),
        (b'{"Name": ', "cannot be read"),
        (b'{"Name": "FSM", "x": "\\ud800"}', "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b"Name=\\u1", "four hexadecimal digits"),
    ],
)
def test_what_is_no_export(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_export("exports/FSM", content)
    assert "exports/FSM" in str(caught.value)
    assert "cockpit" in str(caught.value)
