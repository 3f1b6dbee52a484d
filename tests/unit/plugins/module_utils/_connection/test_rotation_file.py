# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What it takes to upload a certificate of a rotation, with and without its file."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from ansible_collections.btp_ops.task_center.plugins.module_utils._connection.rotation_file import upload_facts
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.plan import NEW
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.rotation import SlotCertificate

NOW = datetime(2026, 11, 30, tzinfo=timezone.utc)
FSM = {"host": "de.fsm.cloud.sap", "account_id": "1"}
STAGED = SlotCertificate("AA:BB", not_after=NOW, pem="PEM")
TO_UPLOAD = {"fingerprint": "AA:BB", "not_after": "2026-11-30T00:00:00+00:00", "pem": "PEM", "path": "/f.pem", **FSM}


@pytest.mark.parametrize("step", ["export", "upload", "declare"])
def test_certificate_that_somebody_has_to_upload(step: str) -> None:
    assert upload_facts(STAGED, "/f.pem", FSM, step) == {"path": "/f.pem", "to_upload": TO_UPLOAD}


def test_certificate_that_only_a_preview_assumes() -> None:
    for assumed in (None, SlotCertificate(NEW)):
        assert upload_facts(assumed, "/f.pem", FSM, "upload") == {"path": "/f.pem", "to_upload": None}


def test_nothing_has_to_be_uploaded() -> None:
    assert upload_facts(STAGED, "/f.pem", FSM, "activate") == {"path": None, "to_upload": None}
