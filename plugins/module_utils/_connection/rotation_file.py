# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file of a certificate in a rotation, and what it takes to upload the certificate without the file. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.btp_ops.task_center.plugins.module_utils._trust import rotation as plan
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.certificate import (
    SHORT_FINGERPRINT,
    named_after,
)
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.plan import NEW
from ansible_collections.btp_ops.task_center.plugins.module_utils._trust.upload import to_upload


def file_path(facts: dict[str, t.Any], slot: str, certificate: plan.SlotCertificate | None) -> str:
    """Return the file for a certificate, named after environment, slot, expiry and fingerprint."""
    path = f"{facts['directory']}/{facts['environment']}-{slot}-<expiry>-{SHORT_FINGERPRINT}.pem"
    if certificate is None or certificate.fingerprint == NEW:
        # As a preview knows it.
        return path
    expiry = certificate.not_after.date().isoformat() if certificate.not_after else "unknown"
    return named_after(path.replace("<expiry>", expiry), certificate.fingerprint)


def upload_facts(
    certificate: plan.SlotCertificate | None, path: str, facts: dict[str, t.Any], step: str
) -> dict[str, t.Any]:
    """Return the file of the certificate that somebody has to upload, and what it takes to do that without the file."""
    if step not in ("export", "upload", "declare"):
        return {"path": None, "to_upload": None}
    # A preview does not know what it has only assumed.
    known = certificate is not None and certificate.pem is not None
    until = certificate.not_after.isoformat(timespec="seconds") if certificate and certificate.not_after else None
    shown = {**vars(certificate), "not_after": until} if certificate else {}
    return {"path": path, "to_upload": to_upload(shown, path, facts["host"], facts["account_id"]) if known else None}
