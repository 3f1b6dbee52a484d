# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a trust certificate will do: how long it is valid, and whether it is declared as uploaded to FSM."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._core.errors import InputError
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.upload import Upload, validity_findings

FINGERPRINT = ":".join(["AB"] * 32)
CERTIFICATE = {
    "fingerprint": FINGERPRINT,
    "not_before": "2026-01-01",
    "not_after": "2028-01-01",
    "days_left": 700,
    "expired": False,
    "not_yet_valid": False,
    "unreadable": None,
}
HOST = "de.fsm.cloud.sap"


def of_validity(**difference: t.Any) -> list[tuple[str, str]]:
    """Return ID and severity of what is found of a certificate that has to be valid for 30 days."""
    return [(finding["id"], finding["severity"]) for finding in validity_findings({**CERTIFICATE, **difference}, 30)]


def of_upload(declared: list[str], gate: str = "enforce", preview: bool = False) -> list[tuple[str, str]]:
    """Return ID and severity of what is found when these are declared as uploaded."""
    found = Upload(declared, gate, HOST, "1").findings(FINGERPRINT, "dev.pem", preview)
    return [(finding["id"], finding["severity"]) for finding in found]


def test_certificate_that_will_do() -> None:
    assert of_validity() == []
    assert of_validity(days_left=30) == []
    assert of_upload([FINGERPRINT]) == of_upload([FINGERPRINT], preview=True) == []


@pytest.mark.parametrize(
    "difference, found",
    [
        ({"expired": True, "days_left": -1}, ("certificate_expired", "error")),
        ({"not_yet_valid": True}, ("certificate_not_yet_valid", "error")),
        ({"days_left": 29}, ("certificate_expires", "error")),
        (
            {"unreadable": "no", "expired": None, "not_yet_valid": None, "days_left": None},
            ("certificate_unreadable", "warning"),
        ),
    ],
)
def test_certificate_that_will_not_do(difference: dict[str, t.Any], found: tuple[str, str]) -> None:
    assert of_validity(**difference) == [found]


@pytest.mark.parametrize("gate, severity", [("enforce", "error"), ("warn", "warning")])
@pytest.mark.parametrize("declared", [[], [":".join(["CD"] * 32)]])
def test_certificate_that_is_not_declared(gate: str, severity: str, declared: list[str]) -> None:
    assert of_upload(declared, gate) == [("certificate_not_uploaded", severity)]


def test_preview_goes_on_and_says_that_a_run_would_not() -> None:
    assert of_upload([], preview=True) == [
        ("certificate_not_uploaded", "warning"),
        ("upload_required_before_run", "warning"),
    ]
    assert of_upload([], "warn", preview=True) == [("certificate_not_uploaded", "warning")]


@pytest.mark.parametrize("spelling", [FINGERPRINT.lower(), FINGERPRINT.replace(":", ""), f" {FINGERPRINT}"])
def test_spelling_of_a_declared_fingerprint_does_not_matter(spelling: str) -> None:
    assert of_upload(["12" * 32, spelling]) == []


def test_instructions_name_system_file_and_line() -> None:
    (found,) = Upload([], "enforce", HOST, "1").findings(FINGERPRINT, "/files/dev.pem", False)
    for fact in (HOST, "account 1", "/files/dev.pem", f'- "{FINGERPRINT}"', "fsm_uploaded_certificates"):
        assert fact in found["remedy"]


def test_declared_fingerprint_that_is_none() -> None:
    with pytest.raises(InputError, match="'AA' is no SHA-256 fingerprint"):
        of_upload(["AA"])
