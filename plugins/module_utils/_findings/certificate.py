# Copyright (c) 2026, The btp_ops.task_center authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The trust certificate, and whether FSM trusts it."""

from __future__ import annotations

from ansible_collections.btp_ops.task_center.plugins.module_utils._findings.finding import ERROR, WARNING, Finding

FINDINGS = (
    Finding(
        "certificate_missing",
        WARNING,
        "The subaccount has no trust certificate yet.",
        "Without it the secondary destination cannot propagate users.",
        "A real run generates it, writes its file, and stops there until it is uploaded to FSM.",
    ),
    Finding(
        "certificate_expired",
        ERROR,
        "The trust certificate {fingerprint} has expired on {not_after}.",
        "FSM rejects every assertion that is signed with its key.",
        "Rotate the trust certificate.",
    ),
    Finding(
        "certificate_not_yet_valid",
        ERROR,
        "The trust certificate {fingerprint} is valid from {not_before} only.",
        "FSM rejects assertions until then.",
        "Wait until then, and run again.",
    ),
    Finding(
        "certificate_expires",
        ERROR,
        "The trust certificate {fingerprint} expires in {days_left} days, on {not_after}.",
        "Fewer than fsm_certificate_min_days ({min_days}) are left.",
        "Rotate the trust certificate first.",
    ),
    Finding(
        "certificate_unreadable",
        WARNING,
        "The validity of the trust certificate {fingerprint} cannot be read: {reason}.",
        "So this run does not know whether it is about to expire.",
        "Inspect the exported file with openssl x509.",
    ),
    Finding(
        "certificate_not_uploaded",
        ERROR,
        "The trust certificate {fingerprint} is not declared as uploaded to FSM.",
        "FSM rejects every user that comes through the secondary destination until it trusts this certificate, and "
        "offers no API to upload it.",
        "1. Log on to the FSM Admin portal of {host}, account {account_id}.\n"
        "2. Upload this file there as a trusted certificate: {path}\n"
        "3. Add this line to fsm_uploaded_certificates of this environment, in place of [] if that is its value:\n"
        '     - "{fingerprint}"\n'
        "4. Run the playbook again.",
    ),
    Finding(
        "upload_required_before_run",
        WARNING,
        "A real run writes {path} and stops here.",
        "fsm_upload_gate is enforce.",
        "What this preview shows from here on happens after the upload.",
    ),
)
